"""PostgreSQL and MariaDB as they really answer: types, zones, read-only sessions, hidden passwords."""

from __future__ import annotations

import traceback
from urllib.parse import quote

import pandas as pd
import pytest

from mining.errors import LogError
from mining.reading import read_event_log

CREATE = {
    "postgresql": """
CREATE TABLE up_pro_process (id bigint, project_no numeric(12), process_name text, event_name varchar(8),
  event_start_time timestamp, event_end_time timestamp, handle_user_name text, photo bytea);
CREATE TABLE up_pro_accept (project_no numeric(12), task_code text, accept_date timestamp, apply_date date);
CREATE TABLE zoned (case_id text, activity text, done timestamptz);
CREATE TABLE other (a int);
CREATE SEQUENCE numbers;
""",
    "mysql": """
CREATE TABLE up_pro_process (id bigint, project_no decimal(12), process_name text, event_name varchar(8),
  event_start_time datetime, event_end_time datetime, handle_user_name text, photo blob);
CREATE TABLE up_pro_accept (project_no decimal(12), task_code text, accept_date datetime, apply_date date);
CREATE TABLE zoned (case_id text, activity text, done datetime);
CREATE TABLE other (a int);
""",
}
ROWS = """
INSERT INTO up_pro_process VALUES
  (1, 202603020001, '受理', '通过', '2026-03-02 09:00:00', '2026-03-02 09:10:00', 'E1', NULL),
  (2, 202603020001, '审查', '退回', '2026-03-03 09:00:00', '2026-03-03 09:30:00', 'E2', 'x'),
  (3, 202603020002, '受理', '通过', NULL, '2026-03-02 10:10:00', NULL, NULL);
INSERT INTO up_pro_accept VALUES (202603020001, 'T1', '2026-03-02 09:00:00', '2026-03-01');
INSERT INTO zoned VALUES ('P1', 'a', '2026-03-02 09:00:00');
"""


@pytest.fixture(scope="module", params=["postgresql", "mysql"])
def server(request):
    """A server with the tables; those that are not installed are skipped."""
    sqlalchemy = pytest.importorskip("sqlalchemy")
    started = request.getfixturevalue("postgresql" if request.param == "postgresql" else "mariadb")
    driver = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}[request.param]
    engine = sqlalchemy.create_engine(started.url.replace(request.param, driver, 1))
    with engine.begin() as connection:
        for statement in (CREATE[request.param] + ROWS).split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    engine.dispose()
    return started


def check_refused(url: str, *words: str, **options: str) -> LogError:
    with pytest.raises(LogError) as caught:
        read_event_log(url, **options)  # type: ignore[arg-type]
    for word in words:
        assert word in caught.value.text.en
    assert any("\u4e00" <= character <= "\u9fff" for character in caught.value.text.zh)
    return caught.value


def test_national_tables(server):
    log = read_event_log(server.url)
    assert log.events[["case_id", "activity"]].to_numpy().tolist() == [
        ["202603020001", "受理"],
        ["202603020001", "审查"],
        ["202603020002", "受理"],
    ]
    assert log.events["ts_start"].tolist()[0] == pd.Timestamp("2026-03-02 09:00")
    assert log.cases["ts_apply"].tolist()[0] == pd.Timestamp("2026-03-01")
    assert "other, zoned" in log.quality.issue("tables_not_read").message.en
    assert log.quality.source == f"{server.scheme}://127.0.0.1:{server.port}/hall"


def test_a_table_and_a_query_with_percent_signs_and_colons(server):
    assert read_event_log(server.url, table="up_pro_process").n_events == 3
    query = (
        "SELECT project_no, process_name, event_end_time FROM up_pro_process "
        "WHERE process_name LIKE '受%' AND event_end_time > '2026-03-02 10:00:00'"
    )
    assert read_event_log(server.url, query=query).events["case_id"].tolist() == ["202603020002"]


def test_times_with_a_zone(postgresql, server):
    if server.scheme != "postgresql":
        pytest.skip("MySQL has no type for times with a zone")
    log = read_event_log(server.url, table="zoned", timezone="Asia/Shanghai", columns={"time": "done"})
    assert log.zone == "Asia/Shanghai"
    utc = read_event_log(
        server.url, query="SELECT case_id, activity, done AT TIME ZONE 'UTC' AS time FROM zoned"
    )
    assert log.events["time"].iloc[0] == utc.events["time"].iloc[0] + pd.Timedelta(hours=8)


def test_the_session_can_only_read(server):
    """What the check of words lets through, the server refuses: a function that writes."""
    before = read_event_log(server.url, table="up_pro_process").n_events
    for query in ("DELETE FROM other", "SELECT 1; COMMIT; DROP TABLE other", "INSERT INTO other VALUES (1)"):
        check_refused(server.url, "single SELECT", query=query)
    if server.scheme == "postgresql":
        check_refused(server.url, "read-only", query="SELECT setval('numbers', 9)")
    assert read_event_log(server.url, table="up_pro_process").n_events == before


def test_no_such_table_lists_those_there_are(server):
    check_refused(
        server.url, "no table 'up_pro_proces'", "Did you mean up_pro_process?", table="up_pro_proces"
    )
    check_refused(server.url, "cannot be read", "nothing", query="SELECT nothing FROM other")


def test_a_wrong_password_shows_up_nowhere(server):
    wrong = server.url.replace(quote(server.password, safe=""), "secret%40word")
    error = check_refused(wrong, "cannot be read")
    shown = "".join(traceback.format_exception(error)) + repr(error.text)
    for text in ("secret@word", "secret%40word", server.password):
        assert text not in shown


def test_nobody_answers(server):
    check_refused(f"{server.scheme}://hall:secret@127.0.0.1:1/hall", "127.0.0.1:1", "cannot be read")


def test_the_password_is_in_no_part_of_the_log(server):
    log = read_event_log(server.url)
    shown = log.name + repr(log.quality) + log.events.to_csv() + str(log.quality.to_json("en"))
    assert server.password not in shown
    assert quote(server.password, safe="") not in shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://hall:sec@ret:word/x@host/db",
        "postgresql://hall:secret@host",
        "mysql://hall:secret@host:port/db",
    ],
)
def test_addresses_that_are_none(url):
    pytest.importorskip("sqlalchemy")
    error = check_refused(url)
    assert "sec" not in error.text.en
    assert "sec" not in error.text.zh


def test_without_the_extra_packages_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    check_refused("postgresql://hall:secret@host/db", 'pip install "onewindow[sql]"')

"""SQLite by URL and by file: one table, a query, or the national tables; never written to."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from mining.errors import LogError
from mining.reading import read_event_log
from mining.reading.sql_query import check_query

PROCESS = [
    ("202603020001", "受理", "通过", "2026-03-02 09:00:00", "2026-03-02 09:10:00"),
    ("202603020001", "审查", "退回", "2026-03-03 09:00:00", "2026-03-03 09:30:00"),
    ("202603020002", "受理", "通过", "2026-03-02 10:00:00", "2026-03-02 10:10:00"),
]
ACCEPT = [("202603020001", "T1", "企业设立", "2026-03-02 09:00:00"), ("202603020002", "T1", "企业设立", None)]


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "hall.db"
    with sqlite3.connect(path) as base:
        columns = "project_no, process_name, event_name, event_start_time, event_end_time"
        base.execute(f"CREATE TABLE up_pro_process ({columns})")
        base.executemany("INSERT INTO up_pro_process VALUES (?, ?, ?, ?, ?)", PROCESS)
        base.execute("CREATE TABLE up_pro_accept (project_no, task_code, task_name, accept_date)")
        base.executemany("INSERT INTO up_pro_accept VALUES (?, ?, ?, ?)", ACCEPT)
        base.execute("CREATE TABLE users (name, password)")
        base.execute("CREATE VIEW recent AS SELECT * FROM up_pro_process WHERE event_end_time > '2026-03-03'")
    base.close()
    return path


def check_refused(source: str, *words: str, **options: str) -> None:
    with pytest.raises(LogError) as caught:
        read_event_log(source, **options)  # type: ignore[arg-type]
    for word in words:
        assert word in caught.value.text.en
    assert any("\u4e00" <= character <= "\u9fff" for character in caught.value.text.zh)


@pytest.mark.parametrize("as_url", [True, False])
def test_national_tables_of_a_database_are_read_like_a_folder(path, as_url):
    log = read_event_log(f"sqlite:///{path}" if as_url else path)
    assert log.events["activity"].tolist() == ["受理", "审查", "受理"]
    assert log.cases["item_name"].tolist() == ["企业设立"] * 2
    assert log.cases["ts_accept"].isna().tolist() == [False, True]
    assert "users" in log.quality.issue("tables_not_read").message.en
    assert (log.name, log.quality.format, log.quality.source) == ("hall", "sql", "hall.db")


def test_one_table_a_view_and_a_query(path):
    url = f"sqlite:///{path}"
    assert read_event_log(url, table="up_pro_process").n_events == 3
    assert read_event_log(url, table="recent").n_events == 1
    query = (
        "SELECT project_no AS 办件编号, process_name AS 环节, event_end_time AS 结束时间 FROM up_pro_process"
    )
    log = read_event_log(url, query=f"{query} WHERE event_name = '通过';")
    assert log.n_events == 2
    assert log.events["time"].tolist()[0] == pd.Timestamp("2026-03-02 09:10")


def test_where_no_name_tells_headers_do(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as base:
        base.execute('CREATE TABLE steps ("办件编号", "环节名称", "结束时间")')
        base.execute("INSERT INTO steps VALUES ('P1', '受理', '2026-03-02 09:10')")
        base.execute('CREATE TABLE handed ("办件编号", "材料名称")')
        base.execute("INSERT INTO handed VALUES ('P1', '身份证')")
    log = read_event_log(f"sqlite:///{path}")
    assert (log.n_events, len(log.materials)) == (1, 1)
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE steps_backup AS SELECT * FROM steps")
    base.close()
    check_refused(f"sqlite:///{path}", "both look like events", "--sql-table")


def test_numbers_dates_and_pictures(tmp_path):
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE t (case_id INTEGER, activity TEXT, time TEXT, window REAL, reason BLOB)")
        rows = [
            (202603020001, "a", "20260302T090000", 3.0, b"\x00\xff"),
            (202603020002, "a", "20260302", None, None),
        ]
        base.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
    base.close()
    log = read_event_log(f"sqlite:///{path}", table="t")
    assert log.events["case_id"].tolist() == ["202603020001", "202603020002"]
    assert log.events["window"].tolist()[0] == "3"
    assert "reason" not in log.events.columns


def test_more_rows_than_one_chunk(tmp_path):
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE t (case_id TEXT, activity TEXT, time TEXT)")
        rows = ((f"P{number}", "a", "2026-03-02 09:00") for number in range(45_000))
        base.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
    base.close()
    log = read_event_log(f"sqlite:///{path}", table="t")
    assert log.n_events == log.n_cases == 45_000
    assert log.events["file_row"].max() == 45_000


def test_nothing_is_written(path):
    before = path.read_bytes()
    read_event_log(f"sqlite:///{path}")
    for query in (
        "DELETE FROM users",
        "SELECT 1; DROP TABLE users",
        "WITH x AS (SELECT 1) DELETE FROM users",
    ):
        check_refused(f"sqlite:///{path}", "single SELECT", query=query)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["hall.db"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "PRAGMA writable_schema = 1",
        "EXPLAIN SELECT 1",
        "-- a comment\nSELECT 1",
        "SELECT 1; SELECT 2",
        "select * into outfile 'x.csv' from t",
        "SELECT * FROM t WHERE a = ';'",
        "with a as (delete from t returning *) select * from a",
        "ATTACH 'x' AS y",
    ],
)
def test_queries_that_are_not_one_select(query):
    with pytest.raises(LogError, match="single SELECT"):
        check_query(query, "hall")


@pytest.mark.parametrize(
    "query",
    ["select 1", "(SELECT a FROM t) UNION (SELECT b FROM t)", " WITH x AS (SELECT 1) SELECT * FROM x ; "],
)
def test_queries_that_are(query):
    assert check_query(query, "hall") == query.strip().rstrip("; ")


def test_what_cannot_be_read(path, tmp_path):
    url = f"sqlite:///{path}"
    check_refused(
        url, "no table 'up_pro_proces'", "Did you mean up_pro_process?", "users", table="up_pro_proces"
    )
    check_refused(url, "cannot be read", "no such column", query="SELECT missing FROM users")
    check_refused(url, "not both", table="users", query="SELECT 1")
    check_refused(url, "hall.db / users", "no rows", table="users")
    check_refused(url, "no column tells", query="SELECT 1 AS a")
    check_refused(f"sqlite:///{tmp_path}/none.db", "no such file")
    check_refused("sqlite://", "sqlite:///FILE")
    check_refused("oracle://hall:secret@host/x", "unknown kind of database oracle://", "postgresql://")
    (tmp_path / "a.csv").write_text("case,activity,time\n1,a,2026-03-02\n")
    check_refused(str(tmp_path / "a.csv"), "is no database", table="t")
    path.write_bytes(path.read_bytes()[:5000])
    check_refused(url, "incomplete or damaged")


def test_a_query_may_not_reach_other_files(path, tmp_path):
    check_refused(f"sqlite:///{path}", "cannot be read", query="SELECT load_extension('x')")
    check_refused(f"sqlite:///{path}", "cannot be read", query="SELECT * FROM pragma_database_list")

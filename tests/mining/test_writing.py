"""What is written is read back: the same events, in every format."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mining.errors import LogError
from mining.event_log import EVENT_COLUMNS, EventLog, sort_events
from mining.reading import read_event_log
from mining.writing import tables_left_out, write_event_log, write_materials

ENDINGS = (".csv", ".parquet", ".xes", ".xes.gz")
MORNING = pd.Timestamp("2026-03-02 09:00")


def make_log(rows: list[dict[str, object]], **more: object) -> EventLog:
    events = pd.DataFrame(rows)
    events["file_row"] = range(2, len(rows) + 2)
    known = [name for name in ("ts_end", "ts_start") if name in events.columns]
    events["time"] = events[known[0]].fillna(events[known[-1]])
    events = events.astype({name: kind for name, kind in EVENT_COLUMNS.items() if name in events.columns})
    cases = pd.DataFrame({"case_id": pd.Series(events["case_id"].unique(), dtype="str")})
    return EventLog(events=sort_events(events), **{"cases": cases, **more})  # type: ignore[arg-type]


def check_same_events(found: EventLog, expected: EventLog) -> None:
    """Equal but for row numbers, which are those of the file."""
    columns = [name for name in expected.events.columns if name != "file_row"]
    assert set(found.events.columns) - {"file_row"} == set(columns)
    pd.testing.assert_frame_equal(
        found.events[columns].reset_index(drop=True), expected.events[columns].reset_index(drop=True)
    )


def hall_log() -> EventLog:
    """Two cases with everything a simulated log has."""
    step = {"item_name": "企业开办", "dept": "税务", "window": "税务-3", "officer": "=1+1", "channel": "窗口"}
    rows = [
        {
            **step,
            "case_id": "P1",
            "activity": '受理,"核"\n税',
            "ts_start": MORNING,
            "ts_end": MORNING + pd.Timedelta("7min"),
        },
        {
            **step,
            "case_id": "P1",
            "activity": "@领照",
            "ts_start": pd.NaT,
            "ts_end": MORNING + pd.Timedelta("1h"),
        },
        {
            **step,
            "case_id": "-2",
            "activity": "'受理",
            "ts_start": MORNING + pd.Timedelta("3ms"),
            "ts_end": pd.NaT,
        },
    ]
    for number, row in enumerate(rows):
        row |= {"place": "counter", "visit_no": number, "ts_ticket": MORNING, "ts_enabled": MORNING}
        row |= {"result": ["通过", "补正", None][number], "materials": "身份证;合同", "issues": "营业执照"}
    cases = pd.DataFrame(
        {
            "case_id": ["P1", "-2"],
            "channel": ["online", "online"],
            "ts_apply": pd.to_datetime([MORNING, None]).astype("datetime64[ms]"),
            "limit_promised": [3.0, 1.5],
            "applicant_hash": ["0123456789abcdef"] * 2,
            "case:part": ['a<b&"c"', "+x"],
        }
    ).astype({"case_id": "str", "channel": "str", "applicant_hash": "str", "case:part": "str"})
    return make_log(rows, cases=cases, simulated=True)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_hall_comes_back(tmp_path, ending):
    log = hall_log()
    write_event_log(log, tmp_path / f"hall{ending}")
    found = read_event_log(tmp_path / f"hall{ending}")
    check_same_events(found, log)
    assert found.simulated
    assert found.name == "hall"
    assert not found.quality.rejected
    expected = log.cases.sort_values("case_id", ignore_index=True)
    pd.testing.assert_frame_equal(found.cases[expected.columns.tolist()], expected, check_like=True)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_measured_log_comes_back_measured(tmp_path, ending):
    log = make_log([{"case_id": "1", "activity": "a", "ts_end": MORNING}])
    write_event_log(log, tmp_path / f"a{ending}")
    assert not read_event_log(tmp_path / f"a{ending}").simulated


names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn", "Co")),
    min_size=1,
    max_size=6,
).filter(lambda name: name.strip("'") not in ("", "NULL", "null", "NaN", "nan", "None"))
minutes = st.one_of(st.none(), st.integers(0, 90))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    rows=st.lists(
        st.tuples(names, names, minutes, st.integers(1, 90), st.one_of(st.none(), names)),
        min_size=1,
        max_size=6,
    ),
    ending=st.sampled_from(ENDINGS),
)
def test_any_events_come_back(tmp_path, rows, ending):
    """Any names, quotes and signs; starts and officers missing here and there; equal events stay two."""
    written = []
    for case, step, start, minutes_long, officer in rows:
        begin = pd.NaT if start is None else MORNING + pd.Timedelta(minutes=start)
        end = MORNING + pd.Timedelta(minutes=(start or 0) + minutes_long)
        written.append(
            {
                "case_id": f"c{case}",
                "activity": f"s{step}",
                "ts_start": begin,
                "ts_end": end,
                "officer": officer,
            }
        )
    log = make_log(written)
    for column in ("ts_start", "officer"):
        if log.events[column].isna().all():
            log = EventLog(events=log.events.drop(columns=column), cases=log.cases)
    path = Path(tmp_path) / f"any{ending}"
    write_event_log(log, path)
    check_same_events(read_event_log(path), log)


def test_csv_is_for_excel_and_runs_no_formula(tmp_path):
    path = tmp_path / "a.csv"
    write_event_log(hall_log(), path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert {"'=1+1", "'@领照", "'-2", "'+x"} <= set(cells)


def test_xes_is_readable_by_others(tmp_path):
    """Standard names, and the offset where the log has one."""
    log = make_log(
        [
            {
                "case_id": "1",
                "activity": "a\x07<",
                "ts_start": MORNING,
                "ts_end": MORNING + pd.Timedelta("1min"),
            }
        ]
    )
    log = EventLog(events=log.events, cases=log.cases, zone="+08:00")
    write_event_log(log, tmp_path / "a.xes")
    text = (tmp_path / "a.xes").read_text(encoding="utf-8")
    for part in (
        '<string key="concept:name" value="a\ufffd&lt;"/>',
        '<date key="time:timestamp" value="2026-03-02T09:01:00.000+08:00"/>',
        '<date key="start_timestamp" value="2026-03-02T09:00:00.000+08:00"/>',
        '<string key="lifecycle:transition" value="complete"/>',
    ):
        assert part in text
    assert read_event_log(tmp_path / "a.xes").zone == "+08:00"


def test_equal_logs_give_equal_files(tmp_path):
    for ending in ENDINGS:
        first, second = tmp_path / f"1{ending}", tmp_path / f"2{ending}"
        write_event_log(hall_log(), first)
        write_event_log(hall_log(), second)
        assert first.read_bytes() == second.read_bytes()
    assert gzip.decompress((tmp_path / "1.xes.gz").read_bytes()) == (tmp_path / "1.xes").read_bytes()


def test_materials_come_back(tmp_path):
    write_event_log(hall_log(), tmp_path / "a.csv")
    log = read_event_log(tmp_path / "a.csv")
    assert len(log.materials) == 6
    write_materials(log, tmp_path / "m.csv")
    again = read_event_log(tmp_path / "a.csv", materials=tmp_path / "m.csv").materials
    pd.testing.assert_frame_equal(again.drop(columns="file_row"), log.materials.drop(columns="file_row"))


def test_a_folder_holds_every_table(tmp_path):
    moments = pd.Series([MORNING, MORNING + pd.Timedelta("7min")]).astype("datetime64[ms]")
    devices = pd.DataFrame({"device_id": ["一号机", "一号机"], "ts": moments, "state": ["up", "down"]})
    log = replace(hall_log(), devices=devices.assign(file_row=[2, 3]))
    assert tables_left_out(log, tmp_path / "a.csv") == ("devices",)
    assert tables_left_out(log, tmp_path / "hall") == ()
    write_event_log(log, tmp_path / "hall")
    assert {path.name for path in (tmp_path / "hall").iterdir()} == {"events.csv", "devices.csv"}
    back = read_event_log(tmp_path / "hall")
    assert len(back.events) == len(log.events)
    assert back.devices["state"].tolist() == ["up", "down"]
    assert back.devices["ts"].tolist() == moments.tolist()
    write_event_log(hall_log(), tmp_path / "hall")  # without devices: those of before are not left behind
    assert read_event_log(tmp_path / "hall").devices.empty
    (tmp_path / "hall" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(LogError, match=r"has other files \(1, first notes.txt\)"):
        write_event_log(log, tmp_path / "hall")


def test_where_nothing_can_be_written(tmp_path):
    with pytest.raises(LogError, match=r"a.xlsx: unknown kind of file, allowed are .csv"):
        write_event_log(hall_log(), tmp_path / "a.xlsx")
    with pytest.raises(LogError, match="no such folder"):
        write_event_log(hall_log(), tmp_path / "none" / "a.csv")

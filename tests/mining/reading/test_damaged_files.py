"""Damage of any kind ends in a log or in a `LogError`, never in another exception."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mining.errors import LogError
from mining.event_log import EventLog
from mining.reading import read_event_log

CSV = "办件编号,环节名称,开始时间,结束时间,办理时长(秒),材料清单,证件号码\n" + "".join(
    f"P{n},受理,2026-03-0{n} 09:00,2026-03-0{n} 09:1{n},60,身份证；合同,33010219900307001{n}\n"
    for n in range(1, 8)
)
XES = "<log>" + "".join(
    f'<trace><string key="concept:name" value="{n}"/><event><string key="concept:name" value="a"/>'
    f'<date key="time:timestamp" value="2026-03-0{n}T09:00:00.000+08:00"/></event></trace>'
    for n in range(1, 5)
)


def outcome(path: Path) -> EventLog | LogError:
    """The log, or the error meant for the user; any other error fails the test."""
    try:
        return read_event_log(path)
    except LogError as error:
        return error


def _frame() -> pd.DataFrame:
    return pd.read_csv(io.StringIO(CSV))


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for line in CSV.splitlines():
        book.active.append(line.split(","))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _parquet() -> bytes:
    stream = io.BytesIO()
    _frame().to_parquet(stream)
    return stream.getvalue()


SOUND = {
    "a.csv": CSV.encode("utf-8"),
    "b.csv": CSV.encode("gb18030"),
    "c.csv": CSV.encode("utf-16"),
    "a.csv.gz": gzip.compress(CSV.encode("utf-8")),
    "a.xes": f"{XES}</log>".encode(),
    "a.xes.gz": gzip.compress(f"{XES}</log>".encode()),
    "a.xlsx": _workbook(),
    "a.parquet": _parquet(),
}


@pytest.mark.parametrize("name", SOUND)
def test_undamaged(tmp_path, name):
    (tmp_path / name).write_bytes(SOUND[name])
    assert read_event_log(tmp_path / name).n_events >= 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(
    name=st.sampled_from(sorted(SOUND)),
    cut=st.floats(0, 1),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=3)), max_size=4),
)
def test_cut_and_changed(tmp_path, name, cut, changes):
    content = bytearray(SOUND[name])
    for where, new in changes:
        position = int(where * (len(content) - 1))
        content[position : position + len(new)] = new
    path = Path(tmp_path) / name
    path.write_bytes(content[: max(1, int(cut * len(content)))] if cut > 0.2 else content)
    found = outcome(path)
    if isinstance(found, LogError):
        assert name in found.text.zh
    else:
        assert found.quality.events_kept == found.n_events > 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    header=st.lists(st.sampled_from(CSV.splitlines()[0].split(",")), min_size=1, max_size=7),
    cells=st.lists(
        st.lists(
            st.sampled_from(["", "P1", "受理", "2026-03-02", "1/2/2026", "1.5E+3", '"', "a;b", "-1"]),
            max_size=8,
        ),
        max_size=6,
    ),
    separator=st.sampled_from(",;\t|"),
)
def test_any_table(tmp_path, header, cells, separator):
    path = Path(tmp_path) / "table.csv"
    path.write_text("\n".join(separator.join(row) for row in [header, *cells]), encoding="utf-8")
    found = outcome(path)
    if isinstance(found, LogError):
        assert "table.csv" in found.text.en
    else:
        quality = found.quality
        dropped = quality.issue("duplicate_rows")
        rows = quality.events_kept + len(quality.rejected) + (dropped.rows if dropped else 0)
        assert rows == quality.rows_read

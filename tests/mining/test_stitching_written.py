"""A stitched log written to a file and read back knows which journeys were its own and which were told."""

from __future__ import annotations

from pathlib import Path

import pytest

from mining.event_log import EventLog
from mining.reading import read_event_log
from mining.stitching import stitch_journeys, with_journeys
from mining.writing import write_event_log

ITEMS = [("设立登记", "2026-11-23", ""), ("公章刻制", "2026-11-30", ""), ("社保登记", "2026-12-21", "")]
ROWS = "办件编号,事项名称,证件号码,环节名称,完成时间,一件事编号\n" + "".join(
    f"{item},{item},110101199000000012,受理,{day} 09:30,{journey}\n"
    for item, day, journey in [*ITEMS, ("排水许可", "2026-12-21", "P-7")]
)


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    path = tmp_path / "items.csv"
    path.write_text(ROWS, encoding="utf-8")
    return read_event_log(path)


@pytest.mark.parametrize("ending", ["csv", "parquet", "xes"])
def test_it_is_stitched_anew_from_what_the_first_file_said(
    log: EventLog, tmp_path: Path, ending: str
) -> None:
    first = stitch_journeys(log)
    assert first.cases_by_origin == {"explicit": 1, "stitched": 2, "alone": 1}
    write_event_log(with_journeys(log, first), tmp_path / f"stitched.{ending}")
    back = read_event_log(tmp_path / f"stitched.{ending}")
    assert stitch_journeys(back).cases_by_origin == first.cases_by_origin
    assert stitch_journeys(back, 20).cases_by_origin == {"explicit": 1, "stitched": 3}

"""Drift: quiet on logs without any, loud on a planted change, and the example of the docstring."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics.drift import DEFINITION, find_drift
from mining.drift import measure_drift
from mining.event_log import EventLog, sort_events
from mining.working_time import OFFICE_HOURS

DAYS = pd.bdate_range("2026-01-01", "2026-06-30")
CALM = [0.55, 0.3, 0.1, 0.05]
PATHS = ("abc", "acb", "ab", "abbc")


def drawn(seed: int, shares_after: list[float] | None = None, change: str = "2026-04-01") -> EventLog:
    """About 15 cases a day, each with one of four paths; each day leans to one path as real days do."""
    draw = np.random.default_rng(seed)
    rows = []
    for day in DAYS:
        shares = shares_after if shares_after and day >= pd.Timestamp(change) else CALM
        leaning = draw.dirichlet(np.array(shares) * 30)
        for path in draw.choice(PATHS, draw.poisson(15), p=leaning):
            case = f"c{len(rows)}"
            for n, step in enumerate(path):
                rows.append((case, step, day + pd.Timedelta(hours=9 + n)))
    events = pd.DataFrame(rows, columns=["case_id", "activity", "time"])
    events = events.astype({"case_id": "str", "activity": "str", "time": "datetime64[ms]"})
    events["ts_end"], events["file_row"] = events["time"], np.arange(2, len(rows) + 2)
    return EventLog(events=sort_events(events), name="drawn")


def test_a_stationary_log_never_alarms():
    chances = []
    for seed in range(20):
        assert find_drift(drawn(seed), OFFICE_HOURS) == []
        chances += [pair.chance for pair in measure_drift(drawn(seed), OFFICE_HOURS).pairs]
    assert len(chances) == 20 * 6  # five pairs of months, and the last against the first


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_change_is_found_where_it_is(seed):
    found = find_drift(drawn(seed, [0.25, 0.6, 0.1, 0.05]), OFFICE_HOURS)
    months = {(each.where["month_before"], each.where["month_after"]) for each in found}
    assert ("2026-03", "2026-04") in months
    assert months <= {("2026-03", "2026-04"), ("2026-01", "2026-06")}
    finding = next(each for each in found if each.where["month_after"] == "2026-04")
    assert finding.effect is not None
    assert finding.evidence["path_distance"] == pytest.approx(0.3, abs=0.08)  # planted: 0.55 to 0.25
    assert 0.05 < finding.effect.low < finding.effect.value < finding.effect.high
    assert finding.hours_lost_per_year is None
    assert len(finding.example_cases) == 5


def test_two_months_by_hand(sequences_log):
    log = sequences_log(["ab"])
    rows = []
    for month, split in (("2026-03", 6), ("2026-04", 3)):
        for day in pd.bdate_range(f"{month}-02", periods=10):
            for n in range(10):
                word = "ab" if n < split else "ac"
                rows += [(f"{day}{n}", step, day + pd.Timedelta(hours=9)) for step in word]
    events = pd.DataFrame(rows, columns=["case_id", "activity", "time"])
    events = events.astype({"case_id": "str", "activity": "str", "time": "datetime64[ms]"})
    events["ts_end"], events["file_row"] = events["time"], np.arange(2, len(rows) + 2)
    [pair] = measure_drift(EventLog(events=sort_events(events)), OFFICE_HOURS).pairs
    assert pair.distance == pytest.approx(0.3)
    assert (pair.cases_before, pair.cases_after) == (100, 100)
    assert pair.chance == 1 / 2000  # no deal of 20 days gives as much
    assert pair.cases_per_working_day_before == pytest.approx(100 / 22)
    assert {shift.steps: round(shift.share_after - shift.share_before, 9) for shift in pair.shifts} == {
        ("a", "b"): -0.3,
        ("a", "c"): 0.3,
    }
    assert measure_drift(log, OFFICE_HOURS).thin_months == ("2026-03",)


def test_a_log_of_single_variants_is_compared_by_moves():
    draw = np.random.default_rng(5)
    rows = []
    for day in DAYS[:60]:
        for _ in range(4):
            case = f"c{len(rows)}"
            for n, step in enumerate(draw.choice(list("abcdefgh"), 12)):
                rows.append((case, str(step), day + pd.Timedelta(minutes=540 + 10 * n)))
    events = pd.DataFrame(rows, columns=["case_id", "activity", "time"])
    events = events.astype({"case_id": "str", "activity": "str", "time": "datetime64[ms]"})
    events["ts_end"], events["file_row"] = events["time"], np.arange(2, len(rows) + 2)
    log = EventLog(events=sort_events(events))
    drift = measure_drift(log, OFFICE_HOURS)
    assert drift.unit == "moves"
    assert drift.pairs
    assert find_drift(log, OFFICE_HOURS) == []


def test_the_definition_names_its_level():
    assert DEFINITION.ids == ("D20",)
    assert "0.05" in DEFINITION.alarm.en

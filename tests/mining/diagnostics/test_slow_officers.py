"""Slow officers: the planted one and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics.slow_officers import find_officer_funnel, find_slow_officers, officer_effects
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.officer_views import officer_label
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]


def log_with(log_of: LogMaker, factors: dict[str, float], n: int = 60, step_minutes: float = 20) -> EventLog:
    """n services of each officer at one step, lognormal with cv about 0.3 around step_minutes x factor."""
    rng = np.random.default_rng(7)
    rows = []
    for officer, factor in factors.items():
        for number in range(n):
            start = pd.Timestamp("2026-03-02 09:00") + pd.Timedelta(days=number % 5)
            minutes = step_minutes * factor * float(np.exp(0.3 * rng.standard_normal()))
            rows.append(
                {
                    "case_id": f"{officer}-{number}",
                    "activity": "核税",
                    "officer": officer,
                    "place": "counter",
                    "start": start,
                    "end": start + pd.Timedelta(minutes=minutes),
                }
            )
    return log_of(rows)


def test_the_slow_one_is_found_with_the_factor_that_was_planted(log_of: LogMaker) -> None:
    log = log_with(log_of, {"甲": 0.95, "乙": 1.0, "丙": 1.05, "丁": 1.5}, n=200)
    (finding,) = find_slow_officers(log, OFFICE_HOURS)
    assert (finding.where["officer"], finding.where["steps"]) == (officer_label(log, "丁"), ["核税"])
    assert "丁" not in finding.title.zh + finding.title.en
    factor = finding.evidence["service_time_factor"]
    low, high = finding.evidence["service_time_factor_low"], finding.evidence["service_time_factor_high"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low < 1.5 < high
    assert factor == pytest.approx(1.5, rel=0.08)
    assert (finding.cases, finding.proposes) == (200, ())


@pytest.mark.parametrize(
    ("factors", "n", "why"),
    [
        ({"甲": 0.9, "乙": 1.0, "丙": 1.1, "丁": 1.2}, 200, "people differ"),
        ({"甲": 1.0, "丁": 1.5}, 200, "of two nobody knows who is the exception"),
        ({"甲": 1.0, "乙": 1.0, "丁": 1.5}, 29, "29 services are too few"),
    ],
)
def test_others_are_left_alone(log_of: LogMaker, factors: dict[str, float], n: int, why: str) -> None:
    assert find_slow_officers(log_with(log_of, factors, n), OFFICE_HOURS) == [], why


def test_a_slow_step_does_not_make_a_slow_officer(log_of: LogMaker) -> None:
    easy = log_with(log_of, {"甲": 1.0, "乙": 1.0, "丙": 1.0})
    hard = log_with(log_of, {"丁": 1.0, "戊": 1.0, "己": 1.0}, step_minutes=60)
    events = pd.concat([easy.events, hard.events.assign(activity="开户")])
    both = log_of(
        {k: v for k, v in row.items() if k != "file_row"} | {"start": row["ts_start"], "end": row["ts_end"]}
        for row in events.to_dict("records")
    )
    assert find_slow_officers(both, OFFICE_HOURS) == []


def test_effects_by_hand() -> None:
    # log minutes: a has 0 and 2 (mean 1), b and c have 0: others' mean of a is 0, of b (0 + 2 + 0 + 0) / 4
    services = pd.DataFrame(
        {
            "step": [0] * 90,
            "officer": np.repeat([0, 1, 2], 30),
            "name": np.repeat(["a", "b", "c"], 30),
            "log_minutes": np.concatenate([np.tile([0.0, 2.0], 15), np.zeros(60)]),
        }
    )
    effects = officer_effects(services)
    np.testing.assert_allclose(effects.effect, [1.0, -0.5, -0.5])
    # residual variance 30 / 87; se of a: sqrt(30/87 x (1/30 + 1/60))
    assert effects.se[0] == pytest.approx(np.sqrt(30 / 87 * (1 / 30 + 1 / 60)))
    assert 0 < effects.pooled[0] < effects.effect[0]


def test_ends_that_equal_starts_are_unknown_not_instant(log_of: LogMaker) -> None:
    log = log_with(log_of, {"甲": 1.0, "乙": 1.0, "丙": 1.0})
    quick = log.events["officer"] == "甲"
    log.events.loc[quick & (log.events.index % 2 == 0), "ts_end"] = log.events["ts_start"]
    assert find_slow_officers(log, OFFICE_HOURS) == []


def test_needs_start_times(log_of: LogMaker) -> None:
    with pytest.raises(MissingColumnsError, match="officer, ts_start"):
        find_slow_officers(log_of([{"case_id": "a", "activity": "x", "end": "0 09:00"}]), OFFICE_HOURS)


def test_an_officer_of_slow_hours_is_not_slow(log_of: LogMaker) -> None:
    # everybody takes twice as long from 14:00 on; 丁 works only then, the others in both halves of the day
    rng = np.random.default_rng(5)
    rows = []
    for officer, hours in {"甲": (9, 14), "乙": (9, 14), "丙": (9, 14), "丁": (14, 14)}.items():
        for number in range(200):
            hour = hours[number % 2]
            start = pd.Timestamp("2026-03-02") + pd.Timedelta(days=number % 5, hours=hour)
            minutes = 10 * (2 if hour == 14 else 1) * float(np.exp(0.2 * rng.standard_normal()))
            row = {"case_id": f"{officer}-{number}", "activity": "核税", "officer": officer}
            rows.append({**row, "place": "counter", "start": start})
            rows[-1]["end"] = start + pd.Timedelta(minutes=minutes)
    log = log_of(rows)
    assert find_slow_officers(log, OFFICE_HOURS) == []
    factors = {p.officer: p.service_time_factor for p in find_officer_funnel(log, OFFICE_HOURS)}
    assert factors[officer_label(log, "丁")] == pytest.approx(1.0, abs=0.1)


def test_an_officer_of_long_items_is_not_slow(log_of: LogMaker) -> None:
    easy = log_with(log_of, {"甲": 1.0, "乙": 1.0, "丙": 1.0})
    hard = log_with(log_of, {"丁": 1.0, "戊": 1.0, "己": 1.0}, step_minutes=60)
    events = pd.concat([easy.events.assign(item_code="A"), hard.events.assign(item_code="B")])
    assert (
        find_slow_officers(
            EventLog(events=events.sort_values(["case_id", "time"]).reset_index(drop=True)), OFFICE_HOURS
        )
        == []
    )


def test_funnel_points_have_limits_around_one(log_of: LogMaker) -> None:
    log = log_with(log_of, {"甲": 0.95, "乙": 1.0, "丙": 1.05, "丁": 1.5}, n=200)
    points = {point.officer: point for point in find_officer_funnel(log, OFFICE_HOURS)}
    assert set(points) == {officer_label(log, name) for name in "甲乙丙丁"}
    slow = points[officer_label(log, "丁")]
    assert slow.service_time_factor > slow.limit_high > 1 > slow.limit_low
    assert slow.services == 200


def test_hours_are_the_officers_and_of_those_who_stand_there(log_of: LogMaker) -> None:
    at_counter = log_with(log_of, {"甲": 0.95, "乙": 1.0, "丙": 1.05, "丁": 1.5}, n=200)
    (finding,) = find_slow_officers(at_counter, OFFICE_HOURS)
    assert finding.citizen_hours_lost_per_year == finding.official_hours_lost_per_year
    behind = EventLog(events=at_counter.events.assign(place="back_office"))
    (finding,) = find_slow_officers(behind, OFFICE_HOURS)
    assert finding.citizen_hours_lost_per_year == 0
    assert finding.official_hours_lost_per_year is not None


def test_an_officer_of_fewer_than_five_cases_is_never_named(log_of: LogMaker) -> None:
    log = log_with(log_of, {"甲": 0.95, "乙": 1.0, "丙": 1.05, "丁": 1.5}, n=200)
    slow = log.events["officer"] == "丁"
    number = log.events["case_id"].str.split("-").str[1].astype("int64")
    events = log.events.assign(case_id=log.events["case_id"].where(~slow, "丁-" + (number % 4).astype("str")))
    few = EventLog(events=events.sort_values(["case_id", "time"]).reset_index(drop=True))
    assert find_slow_officers(few, OFFICE_HOURS) == []
    assert len(find_officer_funnel(few, OFFICE_HOURS)) == 3

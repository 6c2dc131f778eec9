"""Volume against quality: ranks within counters by hand, permutation, the satisfaction trap, clean logs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics.periods import Tally, find_periods
from mining.diagnostics.volume_association import associate
from mining.diagnostics.volume_quality import find_volume_quality
from mining.errors import MissingColumnsError
from mining.event_log import PASS, RETURN, EventLog
from mining.findings import Finding
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
MONDAY = pd.Timestamp("2026-03-02")


def test_ranks_are_taken_within_counters() -> None:
    # counter 1: volumes and rates both rising (rank products 2+1... = 10 of 10); counter 2: ten times the
    # volume and far lower rates, rising too. Pooled ranks would say the opposite
    volume = np.array([[10.0, 12, 14, 16, 18], [100, 110, 120, 130, 140]])
    bad = np.array([[10.0, 12, 14, 18, 20], [1, 2, 3, 4, 5]])
    found = associate(volume, Tally(("a", "b"), np.full((2, 5), 200), bad))
    assert found is not None
    assert found.together.correlation == pytest.approx(1.0)
    assert found.by_strength == ("a", "b")
    # of 120 orders of five periods one is as bad: 1 / 120 = 0.83 %, found by 5,000 draws
    assert found.together.p_value == pytest.approx(1 / 120, abs=0.004)
    assert found.together.cells == 10


def test_one_swap_by_hand() -> None:
    # ranks of the rates 1 2 3 5 4: products of centred ranks 4 + 1 + 0 + 2 + 2 = 9 of 10
    found = associate(
        np.array([[1.0, 2, 3, 4, 5]]), Tally(("a",), np.full((1, 5), 100), np.array([[1.0, 2, 3, 5, 4]]))
    )
    assert found is not None
    assert found.together.correlation == pytest.approx(0.9)
    assert found.together.low <= 0.9 <= found.together.high


def test_unknown_cells_are_left_out() -> None:
    counted = np.full((3, 5), 100)
    counted[1] = [100, 0, 0, 0, 100]  # two periods are always in some order: no part of it
    found = associate(np.tile(np.arange(1.0, 6), (3, 1)), Tally(("a", "b", "c"), counted, np.ones((3, 5))))
    assert found is None  # rates that never change go with nothing
    assert (
        associate(np.ones((1, 4)), Tally(("a",), np.ones((1, 4)), np.eye(1, 4))) is None
    )  # four are too few


def test_one_counter_among_many_is_held_against_the_highest_of_all() -> None:
    # 12 counters of 12 periods; the rates of the first follow its volume exactly, all others are drawn
    rng = np.random.default_rng(1)
    volume = rng.uniform(5, 15, (12, 12))
    bad = rng.binomial(100, 0.1, (12, 12)).astype(float)
    bad[0] = np.argsort(np.argsort(volume[0])) + 2
    found = associate(volume, Tally(tuple("abcdefghijkl"), np.full((12, 12), 100), bad))
    assert found is not None
    assert not found.together.alarms
    assert [(each.unit, each.correlation) for each in found.singled_out] == [("a", pytest.approx(1.0))]
    assert found.headline.unit == "a"
    assert found.worst_units == ("a",)
    # of any counter by chance a correlation as high is common among twelve: it does not stand out
    bad[0] = rng.binomial(100, 0.1, 12)
    clean = associate(volume, Tally(tuple("abcdefghijkl"), np.full((12, 12), 100), bad))
    assert clean is not None
    assert clean.singled_out == ()


def a_year(
    log_of: LogMaker, seed: int, pressure: float, months: int = 8, reviews: bool = True, steady: bool = False
) -> EventLog:
    """Four counters, volumes that swing by month; faults grow with `pressure` times the swing."""
    rng = np.random.default_rng(seed)
    events: list[Row] = []
    rated: list[Row] = []
    for month in range(months):
        days = pd.bdate_range(f"2026-{month + 1:02d}-01", periods=20)
        for window in range(4):
            swing = 0.0 if steady else rng.uniform(-0.5, 0.5)
            n = rng.poisson(240 * (1 + swing))
            fault = (rng.random(n) < 0.08 * (1 + pressure * swing)).astype(int)
            stars = np.where(rng.random(n) < 0.06 * (1 + pressure * swing), 1.0, 5.0)
            for k in range(n):
                at = days[k % 20] + pd.Timedelta(hours=9, minutes=k % 300)
                case = f"c{month}-{window}-{k}"
                events.append(
                    {"case_id": case, "activity": "受理", "window": f"W{window}", "end": at}
                    | {"result": RETURN if fault[k] else PASS}
                )
                rated.append({"case_id": case, "ts": at, "rating_1to5": stars[k]})
    return log_of(events, **({"reviews": rated} if reviews else {}))


def test_pressure_is_found(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    findings = find_volume_quality(a_year(log_of, 1, pressure=1.6), OFFICE_HOURS)
    assert [finding.where["quality"] for finding in findings] == ["bad_reviews", "returns"]
    for finding in findings:
        assert finding.effect is not None
        assert finding.effect.low is not None
        assert finding.effect.high is not None
        assert 0.4 < finding.effect.value <= 1
        assert finding.effect.low <= finding.effect.value <= finding.effect.high
        assert finding.evidence["period_is"] == "month"
        assert finding.effect.n == 32
        check_words(finding)
    bad = findings[0].evidence["bad_reviews_per_10000"]
    assert isinstance(bad, float)
    assert 400 < bad < 1000
    assert findings[0].evidence["reviews_are_few"] is False
    assert [proposal.lever for proposal in findings[0].proposes] == ["appraisal"]


def test_volumes_that_swing_without_harm_are_left_alone(log_of: LogMaker) -> None:
    found = [
        find_volume_quality(a_year(log_of, seed, pressure=0.0, months=6), OFFICE_HOURS) for seed in range(20)
    ]
    assert sum(bool(findings) for findings in found) <= 1


def test_up_and_down_two_periods_running(log_of: LogMaker) -> None:
    # the last three weeks of W1: 10, 12, 14 a day with 2, 15, 40 % returned; W2 stays as it is
    events: list[Row] = []
    for week in range(6):
        for window, per_day, wrong in (("W1", 10, 0.02), ("W2", 10, 0.02)):
            if window == "W1" and week >= 3:
                per_day, wrong = 10 + 2 * (week - 3), (0.02, 0.15, 0.40)[week - 3]
            n = per_day * 5
            for k in range(n):
                at = MONDAY + pd.Timedelta(days=7 * week + k % 5, hours=10, minutes=k)
                result = RETURN if k < round(wrong * n) else PASS
                events.append(
                    {"case_id": f"{window}{week}{k}", "activity": "受理", "window": window, "end": at}
                    | {"result": result}
                )
    (finding,) = find_volume_quality(log_of(events), OFFICE_HOURS)
    assert finding.evidence["up_and_down_two_periods"] == ["W1"]
    assert (finding.evidence["period_is"], finding.where["quality"]) == ("week", "returns")
    windows = finding.where["windows"]
    assert isinstance(windows, list)
    assert windows[0] == "W1"


def test_a_share_of_satisfied_people_near_one_hides_nothing(log_of: LogMaker) -> None:
    # 99.9 % are satisfied; what is counted are the bad ones per 10,000, and that they are few is said
    log = a_year(log_of, 3, pressure=0.0, months=6)
    log.reviews["rating_1to5"] = 5.0
    assert [f for f in find_volume_quality(log, OFFICE_HOURS) if f.where["quality"] == "bad_reviews"] == []


def test_months_begun_late_are_no_quiet_ones(log_of: LogMaker) -> None:
    # 2026-01-20 to 2026-06-10: January has 9 open days and June 8, too few; four months are weeks
    ends = [pd.Timestamp("2026-01-20 10:00"), pd.Timestamp("2026-06-10 10:00")]
    log = log_of({"case_id": f"c{n}", "activity": "受理", "end": end} for n, end in enumerate(ends))
    periods = find_periods(log, OFFICE_HOURS)
    assert periods.kind == "week"
    log = log_of(
        {"case_id": f"c{n}", "activity": "受理", "end": end - pd.Timedelta(days=14 * n)}
        for n, end in enumerate([pd.Timestamp("2025-12-20 10:00"), pd.Timestamp("2026-06-10 10:00")])
    )
    assert find_periods(log, OFFICE_HOURS).open_days.tolist() == [22, 20, 22, 22, 19]


@pytest.mark.parametrize("without", ["window", "result"])
def test_what_is_missing_is_said(log_of: LogMaker, without: str) -> None:
    row: Row = {"case_id": "a", "activity": "受理", "window": "W1", "result": PASS, "end": "0 09:00"}
    with pytest.raises(MissingColumnsError, match=without):
        find_volume_quality(log_of([{k: v for k, v in row.items() if k != without}]), OFFICE_HOURS)
    assert find_volume_quality(log_of([row]), OFFICE_HOURS) == []  # one day tells nothing

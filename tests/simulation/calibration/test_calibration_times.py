"""Starts, durations and delays on timelines worked by hand. 2026-04-06 is a Monday."""

from __future__ import annotations

import numpy as np
import pytest

from mining.working_time import MS_PER_MINUTE, OFFICE_HOURS
from simulation.calibration.clock import WorkingClock
from simulation.calibration.delays import calibrate_delays, find_waits
from simulation.calibration.distributions import fit_distribution, fit_quantiles
from simulation.calibration.durations import calibrate_durations, known_durations, work_minutes
from simulation.calibration.observations import observe
from simulation.calibration.officers import calibrate_speeds
from simulation.calibration.staffing import calibrate_staffing
from simulation.calibration.start_times import assume_starts
from simulation.service_model import NO_TIME, Constant, Lognormal, Quantiles


def clock_of(observed):
    first = min(observed.start_ms.min(), observed.released_ms.min())
    return WorkingClock.over(OFFICE_HOURS, int(first), int(observed.end_ms.max()))


def minutes_of_day(moments_ms):
    return (moments_ms % 86_400_000) // MS_PER_MINUTE


def test_assumed_start_is_the_latest_of_released_previous_end_and_opening(make_log):
    # case 1: a ends 10:00; b ends 10:30, the officer of b ended case 2's b at 10:20: b starts 10:20.
    # case 3: a ends Monday 16:00, b ends Tuesday 9:04: b starts at the opening, 9:00.
    log = make_log(
        "case_id activity ts_end officer",
        [
            ("1", "a", "2026-04-06 10:00", "x"),
            ("1", "b", "2026-04-06 10:30", "y"),
            ("2", "a", "2026-04-06 10:05", "x"),
            ("2", "b", "2026-04-06 10:20", "y"),
            ("3", "a", "2026-04-06 16:00", "x"),
            ("3", "b", "2026-04-07 09:04", "y"),
        ],
    )
    observed = observe(log)
    starts = assume_starts(observed, clock_of(observed))
    b = starts.observed.events_of_step(1)
    # bounds are 10, 15 and 4 minutes: their median 10 caps the second, whose start moves to 10:10
    assert minutes_of_day(starts.observed.start_ms[b]).tolist() == [620, 610, 540]
    assert starts.n_assumed == 6
    assert starts.evidence.source == "assumed"
    assert "6 starts" in starts.evidence.note.en


def test_a_log_with_starts_keeps_them(make_log):
    rows = [("1", "a", "2026-04-06 09:00", "2026-04-06 09:30")]
    observed = observe(make_log("case_id activity ts_start ts_end", rows))
    starts = assume_starts(observed, clock_of(observed))
    assert starts.observed is observed
    assert starts.evidence is None


def test_work_minutes_leave_out_lunch_and_night(make_log):
    rows = [
        ("1", "a", "2026-04-06 11:30", "2026-04-06 13:30"),  # 60 working minutes
        ("2", "a", "2026-04-06 16:30", "2026-04-07 09:30"),  # 60 working minutes
    ]
    observed = observe(make_log("case_id activity ts_start ts_end", rows))
    assert work_minutes(observed, clock_of(observed)).tolist() == [60.0, 60.0]


def test_service_at_a_counter_runs_on_over_lunch(make_log):
    rows = [("1", "a", "2026-04-06 11:30", "2026-04-06 12:10", "2026-04-06 11:20")]
    observed = observe(make_log("case_id activity ts_start ts_end ts_ticket", rows))
    assert work_minutes(observed, clock_of(observed)).tolist() == [40.0]


def test_a_few_zero_durations_are_unknown_many_are_real(make_log):
    rows = []
    for i in range(20):
        minute = 1 if i else 0  # 5 % without length
        rows.append((f"{i}", "rare", "2026-04-06 10:00", f"2026-04-06 10:0{minute}"))
        minute = 1 if i % 2 else 0  # half without length
        rows.append((f"{i}", "often", "2026-04-06 11:00", f"2026-04-06 11:0{minute}"))
    observed = observe(make_log("case_id activity ts_start ts_end", rows))
    minutes = work_minutes(observed, clock_of(observed))
    known = known_durations(observed, minutes)
    often, rare = observed.step_names.index("often"), observed.step_names.index("rare")
    assert known[observed.step == often].all()
    assert known[observed.step == rare].sum() == 19
    durations = calibrate_durations(observed, minutes, np.ones(observed.n_events), assumed_starts=False)
    assert durations[rare].distribution.mean_minutes == pytest.approx(1.0)
    assert durations[often].distribution.mean_minutes == pytest.approx(0.5)


def test_all_zero_durations_are_no_time_and_an_assumption(make_log):
    rows = [(f"{i}", "a", "2026-04-06 10:00", "2026-04-06 10:00") for i in range(3)]
    observed = observe(make_log("case_id activity ts_start ts_end", rows))
    found = calibrate_durations(observed, np.zeros(3), np.ones(3), assumed_starts=False)[0]
    assert found.distribution == NO_TIME
    assert found.evidence.source == "assumed"


def test_distributions_keep_the_mean():
    rng = np.random.default_rng(3)
    heavy = rng.lognormal(2, 1.5, 5000)
    fitted = fit_distribution(heavy)
    assert isinstance(fitted, Quantiles)
    assert fitted.mean_minutes == pytest.approx(heavy.mean(), rel=1e-4)
    few = fit_distribution(heavy[:20])
    assert isinstance(few, Lognormal)
    assert few.mean_minutes == pytest.approx(heavy[:20].mean())
    assert fit_distribution(np.array([7.0, 7.0])) == Constant(minutes=7.0)
    assert fit_distribution(np.zeros(4)) == NO_TIME


def test_quantiles_of_a_short_tail_keep_order_and_mean():
    values = np.concatenate([np.zeros(60), np.full(40, 5.0)])
    fitted = fit_quantiles(values)
    assert list(fitted.values_minutes) == sorted(fitted.values_minutes)
    assert fitted.values_minutes[0] == 0.0
    assert fitted.mean_minutes == pytest.approx(2.0, rel=1e-6)


def test_slow_officer_is_found_and_a_novice_is_not_judged(log_of_frame):
    import pandas as pd

    rng = np.random.default_rng(5)
    officer = np.array(["usual"] * 400 + ["slow"] * 400 + ["novice"] * 5)
    factor = np.select([officer == "slow", officer == "novice"], [1.35, 3.0], 1.0)
    minutes = rng.lognormal(2.5, 0.4, officer.size) * factor
    start = pd.Timestamp("2026-04-06 09:00") + pd.to_timedelta(np.arange(officer.size) * 1.0, "D")
    frame = pd.DataFrame(
        {"case_id": np.arange(officer.size).astype(str), "activity": "a", "officer": officer}
    )
    frame["ts_start"], frame["ts_end"] = start, start + pd.to_timedelta(minutes, "min")
    observed = observe(log_of_frame(frame))
    worked = (observed.end_ms - observed.start_ms) / MS_PER_MINUTE
    speeds = calibrate_speeds(observed, worked, assumed_starts=False)
    by_name = dict(zip(observed.officer_names, speeds.speed, strict=True))
    assert by_name["usual"] / by_name["slow"] == pytest.approx(1.35, rel=0.08)
    assert by_name["novice"] == 1.0


def two_cases_one_officer(make_log):
    # case 2 is free at 10:00 and waits until 10:30 for case 1, then nobody touches it until 11:00
    return make_log(
        "case_id activity ts_start ts_end officer",
        [
            ("1", "a", "2026-04-06 09:00", "2026-04-06 09:30", "x"),
            ("1", "b", "2026-04-06 09:30", "2026-04-06 10:30", "y"),
            ("2", "a", "2026-04-06 09:30", "2026-04-06 10:00", "x"),
            ("2", "b", "2026-04-06 11:00", "2026-04-06 11:20", "y"),
        ],
    )


def test_delay_is_the_wait_without_the_time_the_pool_was_full(make_log):
    observed = observe(two_cases_one_officer(make_log))
    clock = clock_of(observed)
    minutes = work_minutes(observed, clock)
    staffing = calibrate_staffing(observed, minutes, [None, None], clock)
    assert [pool.n_members for pool in staffing.pools] == [1, 1]
    waits = find_waits(observed, staffing, clock)
    assert (waits.working_ms / MS_PER_MINUTE).tolist() == [0, 0, 0, 30]
    delays = calibrate_delays(observed, staffing, clock, np.zeros(4, bool))
    assert delays[1].distribution.mean_minutes == pytest.approx(15.0)  # of 0 and 30


def test_logged_enabled_time_ends_the_delay(make_log):
    log = make_log(
        "case_id activity ts_enabled ts_start ts_end officer",
        [
            ("1", "a", "2026-04-06 09:00", "2026-04-06 09:00", "2026-04-06 09:30", "x"),
            ("1", "b", "2026-04-06 10:15", "2026-04-06 11:00", "2026-04-06 11:20", "y"),
        ],
    )
    observed = observe(log)
    clock = clock_of(observed)
    staffing = calibrate_staffing(observed, work_minutes(observed, clock), [None, None], clock)
    waits = find_waits(observed, staffing, clock)
    assert waits.working_ms[1] / MS_PER_MINUTE == 45


@pytest.mark.parametrize("kind", ["working", "elapsed"])
def test_the_clock_of_a_delay_is_told_apart(log_of_frame, kind):
    import pandas as pd

    rng = np.random.default_rng(11)
    n = 400
    day = pd.Timestamp("2026-04-06") + pd.to_timedelta(7 * (np.arange(n) // 5) + np.arange(n) % 5, "D")
    end_a = day + pd.to_timedelta(rng.uniform(9.5, 11.9, n), "h")
    delay_ms = (rng.uniform(0.5, 3.0, n) * (420 if kind == "working" else 1440) * MS_PER_MINUTE).astype(
        "int64"
    )
    end_a_ms = end_a.to_numpy().astype("datetime64[ms]").astype("int64")
    clock = WorkingClock.over(OFFICE_HOURS, int(end_a_ms.min()), int(end_a_ms.max()) + 30 * 86_400_000)
    if kind == "working":
        start = clock.moment(clock.worked(end_a_ms) + delay_ms)
    else:
        start = clock.next_open(end_a_ms + delay_ms)
    case = np.arange(n).astype(str)
    a = pd.DataFrame(
        {"case_id": case, "activity": "a", "ts_start": end_a - pd.Timedelta(minutes=5), "ts_end": end_a}
    )
    begin = pd.to_datetime(start, unit="ms")
    b = pd.DataFrame(
        {"case_id": case, "activity": "b", "ts_start": begin, "ts_end": begin + pd.Timedelta(minutes=5)}
    )
    observed = observe(log_of_frame(pd.concat([a, b])))
    staffing = calibrate_staffing(observed, work_minutes(observed, clock), [None, None], clock)
    found = calibrate_delays(observed, staffing, clock, np.zeros(observed.n_events, bool))[1]
    assert found.clock == kind
    true_mean = float(delay_ms.mean()) / MS_PER_MINUTE
    assert found.distribution.mean_minutes == pytest.approx(true_mean, rel=0.12)

"""Arrivals, outcomes, documents and visits on small logs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mining.event_log import BY_APPLICANT, PASS, REJECT, RETURN, SHARED
from mining.working_time import MS_PER_MINUTE, OFFICE_HOURS
from simulation.calibration.arrivals import ARRIVAL_DAYS, HALL, calibrate_arrivals
from simulation.calibration.cases import find_case_window
from simulation.calibration.materials import calibrate_materials
from simulation.calibration.observations import observe
from simulation.calibration.outcomes import calibrate_outcomes, repeats_after_return, returned
from simulation.calibration.visits import calibrate_visits, ready_after_ms


def arrivals_of(log, hall=OFFICE_HOURS):
    observed = observe(log)
    return calibrate_arrivals(log, observed, find_case_window(log, observed), hall)


def cases_by_day(log_of_frame, counts, first="2026-01-05", channel=None, business_days=True):
    days = pd.date_range(first, periods=len(counts), freq="B" if business_days else "D")
    rng = np.random.default_rng(7)
    moments = [
        day + pd.Timedelta(minutes=float(rng.uniform(540, 720)))
        for day, n in zip(days, counts, strict=True)
        for _ in range(n)
    ]
    frame = pd.DataFrame({"ts_end": moments})
    frame["case_id"] = [f"c{i:06d}" for i in range(len(frame))]
    frame["activity"] = "a"
    if channel is not None:
        frame["channel"] = channel(np.arange(len(frame)))
    return log_of_frame(frame)


@pytest.mark.parametrize("day_cv", [0.0, 0.4])
def test_rate_weekdays_and_over_dispersion_are_recovered(log_of_frame, day_cv):
    rng = np.random.default_rng(1)
    factors = np.tile([1.4, 1.0, 1.0, 1.0, 0.6], 60)
    rate = 30 * factors * (rng.gamma(1 / day_cv**2, day_cv**2, 300) if day_cv else 1.0)
    found = arrivals_of(cases_by_day(log_of_frame, rng.poisson(rate))).arrivals[0]
    assert found.per_day == pytest.approx(30, rel=0.08)
    assert found.weekday_factors[0] == pytest.approx(1.4, rel=0.15)
    assert found.weekday_factors[4] == pytest.approx(0.6, rel=0.15)
    assert found.day_cv == pytest.approx(day_cv, abs=0.08)
    assert set(found.half_hour_weights) == {540, 570, 600, 630, 660, 690}
    assert found.calendar == HALL


def test_a_slow_trend_is_not_over_dispersion(log_of_frame):
    rng = np.random.default_rng(2)
    calibrated = arrivals_of(cases_by_day(log_of_frame, rng.poisson(np.linspace(10, 40, 250))))
    assert calibrated.arrivals[0].day_cv < 0.12
    note = calibrated.evidence[f"arrivals.{calibrated.arrivals[0].name}.per_day"].note.en
    assert "last 60" in note


def test_channels_with_enough_cases_stand_alone(log_of_frame):
    def channel(i):
        return np.select([i % 3 == 0, i == 1], ["网上", "邮寄"], "窗口")

    calibrated = arrivals_of(cases_by_day(log_of_frame, [10] * 40, channel=channel))
    rates = {a.name: a.per_day for a in calibrated.arrivals}
    assert set(rates) == {"窗口", "网上"}
    assert sum(rates.values()) == pytest.approx(10, rel=0.01)


def test_people_who_come_on_closed_days_get_a_calendar_of_their_own(log_of_frame):
    calibrated = arrivals_of(cases_by_day(log_of_frame, [5] * 70, business_days=False))
    assert calibrated.arrivals[0].calendar == ARRIVAL_DAYS
    assert calibrated.arrivals[0].per_day == pytest.approx(5)
    assert calibrated.calendars[ARRIVAL_DAYS].is_working_day(pd.Timestamp("2026-01-10").date())


def counter_log(make_log, materials=None):
    # case 1: returned, corrected the next day; case 2: on to the next counter; case 3: rejected
    rows = [
        ("1", "受理", "2026-04-06 09:00", "2026-04-06 09:10", "2026-04-06 09:20", RETURN, "身份证"),
        ("1", "受理", "2026-04-07 10:00", "2026-04-07 10:05", "2026-04-07 10:10", PASS, None),
        ("1", "领证", "2026-04-08 11:00", "2026-04-08 11:00", "2026-04-08 11:05", None, None),
        ("2", "受理", "2026-04-06 09:30", "2026-04-06 09:40", "2026-04-06 09:50", PASS, None),
        ("2", "领证", "2026-04-06 09:52", "2026-04-06 09:55", "2026-04-06 10:00", None, None),
        ("3", "受理", "2026-04-06 14:00", "2026-04-06 14:00", "2026-04-06 14:10", REJECT, None),
        ("4", "咨询", "2026-04-06 14:00", "2026-04-06 14:10", "2026-04-06 14:15", None, None),
        ("5", "咨询", "2026-04-06 14:00", "2026-04-06 14:15", "2026-04-06 14:20", None, None),
    ]
    tables = {} if materials is None else {"materials": materials}
    return make_log("case_id activity ts_ticket ts_start ts_end result reason", rows, **tables)


def test_outcomes_by_step(make_log):
    log = counter_log(make_log)
    observed = observe(log)
    outcomes = dict(zip(observed.step_names, calibrate_outcomes(log, observed), strict=True))
    assert outcomes["受理"].return_share == pytest.approx(1 / 4)
    assert outcomes["受理"].reject_chance == pytest.approx(1 / 4)
    assert outcomes["受理"].return_evidence.n == 4
    assert not outcomes["领证"].decides


def test_a_rejection_that_ends_nothing_is_routing(make_log):
    rows = [("1", "a", "2026-04-06 09:00", REJECT), ("1", "b", "2026-04-06 10:00", PASS)]
    log = make_log("case_id activity ts_end result", rows)
    assert calibrate_outcomes(log, observe(log))[0].reject_chance == 0.0


def test_visits_carry_on_come_back_and_correct(make_log):
    log = counter_log(make_log)
    observed = observe(log)
    sent_back = returned(log)
    found = calibrate_visits(
        observed, sent_back, repeats_after_return(observed, sent_back), OFFICE_HOURS, HALL
    )
    # both passes at 受理 were followed by 领证: one at once, one the next day
    assert found.visits.same_day_continuation == pytest.approx(0.5)
    # Monday 9:20 -> ready midway between Monday 17:00 and Tuesday 10:00, which is 1:30: 16 h 10
    assert found.visits.correction_takes.mean_minutes == pytest.approx(970)
    # Tuesday 10:10 -> midway between Tuesday 17:00 and Wednesday 11:00, which is 2:00: 15 h 50
    assert found.visits.come_back_after.mean_minutes == pytest.approx(950)
    assert found.visits.ticket_cutoff_minutes_before_close == 180  # the third latest ticket was at 14:00


def test_closed_days_between_do_not_lengthen_the_gap():
    friday = np.array([np.datetime64("2026-04-10T11:00", "ms").astype("int64")])
    monday = np.array([np.datetime64("2026-04-13T10:00", "ms").astype("int64")])
    # midway between Friday 17:00 and Saturday 10:00
    assert (ready_after_ms(friday, monday, OFFICE_HOURS) / MS_PER_MINUTE).tolist() == [870]


def submissions(rows):
    columns = ["case_id", "activity", "material_name", "source", "attempt_no", "issuer_dept"]
    return pd.DataFrame(rows, columns=columns)


def test_documents_asked_shared_and_at_fault(make_log):
    table = submissions(
        [
            ("1", "受理", "身份证", BY_APPLICANT, 1, "公安局"),
            ("1", "受理", "申请表", BY_APPLICANT, 1, None),
            ("1", "受理", "身份证（复印件）", BY_APPLICANT, 2, "公安局"),
            ("2", "受理", "身份证", BY_APPLICANT, 1, "公安局"),
            ("2", "受理", "申请表", BY_APPLICANT, 1, None),
            ("2", "受理", "结婚证", BY_APPLICANT, 1, "民政局"),
            ("3", "受理", "申请表", BY_APPLICANT, 1, None),
            ("1", "领证", "营业执照", SHARED, 1, "市监局"),
            ("2", "领证", "营业执照", SHARED, 1, "市监局"),
        ]
    )
    log = counter_log(make_log, table)
    observed = observe(log)
    found = calibrate_materials(log, observed, calibrate_outcomes(log, observed))
    by_step = {observed.step_names[s]: parts for s, parts in found.of_step.items()}
    asked = {a.material: a for a in by_step["受理"].asked}
    identity = next(name for name in asked if "身份证" in name)  # spelled in three ways, one document
    assert len(asked) == 2  # the marriage certificate was asked of one case in three
    assert asked[identity].defect_chance == pytest.approx(1 / 3)
    assert asked["申请表"].defect_chance == 0.0
    assert by_step["受理"].return_chance == 0.0
    assert by_step["领证"].asked[0].shared
    assert {m.name: m.issuer_dept for m in found.materials}[identity] == "公安局"


def test_returns_without_a_reason_are_spread_over_the_documents(make_log):
    table = submissions([(c, "受理", d, BY_APPLICANT, 1, None) for c in "123" for d in ("申请表", "合同")])
    log = counter_log(make_log, table)
    log.events["reason"] = None
    observed = observe(log)
    found = calibrate_materials(log, observed, calibrate_outcomes(log, observed))
    parts = found.of_step[observed.step_names.index("受理")]
    chances = [a.defect_chance for a in parts.asked]
    assert chances == pytest.approx([1 - 0.75**0.5] * 2, abs=1e-6)
    assert parts.return_chance == pytest.approx(0.0, abs=1e-9)
    assert all(e.source == "assumed" for e in found.evidence.values())

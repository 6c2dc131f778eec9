"""How applicants come and go between counters, where the log says which steps they attend.

A log shows when people took their ticket, not when they were ready to: who was ready at night came in the
morning. A gap that ends on a later day is therefore read as "ready between the closing of the last working
day before the ticket and the ticket", at the middle of the two; closed days in between do not count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WorkingCalendar, date_of
from simulation.calibration.distributions import fit_distribution
from simulation.calibration.evidence import assumed, mean_interval, measured, share_interval
from simulation.calibration.observations import UNKNOWN_MS, Observations
from simulation.service_model import NO_TIME, Distribution, Evidence, Visits

SAME_VISIT_MS = 30 * MS_PER_MINUTE  # time to walk to the next counter
LATEST_TICKET = 3  # the third latest of all: one wrong clock moves nothing


@dataclass(frozen=True)
class CalibratedVisits:
    """Visits, what they rest on, and the events whose gap they explain."""

    visits: Visits
    evidence: dict[str, Evidence]
    explained: np.ndarray  # bool by event


def calibrate_visits(
    observed: Observations,
    sent_back: np.ndarray,
    repeats: np.ndarray,
    hall: WorkingCalendar,
    calendar_name: str,
) -> CalibratedVisits:
    """Coming back, correcting, carrying on at the next counter, and the last ticket of the day.

    `sent_back` marks events that returned the case, `repeats` the visits that answered a return.
    """
    came = np.where(observed.ticket_ms != UNKNOWN_MS, observed.ticket_ms, observed.start_ms)
    gap = ready_after_ms(observed.released_ms, came, hall)
    # nobody has to come for work in the back office: where the log has it, its enabled time is exact
    exact = ~observed.at_counter & (observed.enabled_ms != UNKNOWN_MS)
    gap = np.where(exact, np.maximum(observed.enabled_ms - observed.released_ms, 0), gap)
    gap_minutes = gap / MS_PER_MINUTE
    evidence: dict[str, Evidence] = {}
    correction = _distribution(gap_minutes[repeats], "visits.correction_takes", evidence)
    if not observed.at_counter.any():
        return CalibratedVisits(
            Visits(calendar=calendar_name, correction_takes=correction), evidence, repeats
        )
    cutoff, last_ticket = _ticket_cutoff(observed, hall, evidence)
    follows = observed.at_counter & ~observed.first & ~repeats
    from_counter = follows & np.append(False, observed.at_counter[:-1] & ~sent_back[:-1])
    carries_on = from_counter & (came - observed.released_ms <= SAME_VISIT_MS)
    could = from_counter & (carries_on | _before(observed.released_ms, last_ticket))
    share = _continuation(int(carries_on.sum()), int(could.sum()), evidence)
    # a gap after closing time shows the opening hours, not that somebody chose to come back later
    chose_later = follows & ~carries_on
    come_back = _distribution(gap_minutes[chose_later], "visits.come_back_after", evidence)
    visits = Visits(
        calendar=calendar_name,
        ticket_cutoff_minutes_before_close=cutoff,
        come_back_after=come_back,
        correction_takes=correction,
        same_day_continuation=share,
    )
    return CalibratedVisits(visits, evidence, repeats | observed.at_counter)


def ready_after_ms(released: np.ndarray, came: np.ndarray, hall: WorkingCalendar) -> np.ndarray:
    """Elapsed milliseconds after which somebody who came at `came` was ready to; see the module."""
    released_day, came_day = released // MS_PER_DAY, came // MS_PER_DAY
    if came_day.size == 0:
        return np.zeros(0, "int64")
    first = int(min(released_day.min(), came_day.min()))
    days = np.arange(first, int(came_day.max()) + 1)
    is_open = np.array([hall.is_working_day(date_of(int(day))) for day in days])
    last_open = np.maximum.accumulate(np.where(is_open, days, first - 1))
    before = np.maximum(last_open[np.maximum(came_day - first - 1, 0)], released_day)
    closing = before * MS_PER_DAY + closing_minute(hall) * MS_PER_MINUTE
    morning_after = (before + 1) * MS_PER_DAY + came % MS_PER_DAY
    ready = np.where(released_day == came_day, came, (closing + morning_after) // 2)
    return np.maximum(ready - released, 0)


def closing_minute(hall: WorkingCalendar) -> int:
    """The latest closing of the week, in minutes of the day."""
    return max(periods[-1][1] for periods in hall.weekly.values() if periods)


def _before(moments: np.ndarray, minute_of_day: float) -> np.ndarray:
    return (moments % MS_PER_DAY) < minute_of_day * MS_PER_MINUTE


def _ticket_cutoff(
    observed: Observations, hall: WorkingCalendar, evidence: dict[str, Evidence]
) -> tuple[float, float]:
    """Minutes before closing at which tickets stop, and that moment in minutes of the day."""
    closing = float(closing_minute(hall))
    tickets = observed.ticket_ms[observed.ticket_ms != UNKNOWN_MS]
    if tickets.size == 0:
        evidence["visits.ticket_cutoff_minutes_before_close"] = assumed(
            zh="没有取号时间：假定取号到闭门为止。",
            en="No ticket times: tickets are given out until closing.",
        )
        return 0.0, closing
    times = np.sort(tickets % MS_PER_DAY) / MS_PER_MINUTE
    latest = float(times[-min(LATEST_TICKET, times.size)])
    cutoff = max(0.0, 5.0 * round((closing - latest) / 5.0))
    evidence["visits.ticket_cutoff_minutes_before_close"] = measured(int(tickets.size))
    return cutoff, closing - cutoff


def _continuation(carried_on: int, n: int, evidence: dict[str, Evidence]) -> float:
    key = "visits.same_day_continuation"
    if n == 0:
        evidence[key] = assumed(
            zh="没有相邻的窗口环节：假定当日接着办理。",
            en="No two counter steps follow each other: people are taken to carry on the same day.",
        )
        return 1.0
    note = Text(
        zh=f"{carried_on} 次在 30 分钟内到下一窗口取号。",
        en=f"{carried_on} took the next ticket within 30 minutes.",
    )
    evidence[key] = measured(n, share_interval(carried_on, n), note)
    return carried_on / n


def _distribution(minutes: np.ndarray, key: str, evidence: dict[str, Evidence]) -> Distribution:
    if minutes.size == 0:
        return NO_TIME
    note = Text(
        zh="均值区间；跨日的间隔按前一工作日闭门与取号之间的中点计。",
        en="Interval of the mean; gaps over night end midway between closing and ticket.",
    )
    evidence[key] = measured(int(minutes.size), mean_interval(minutes), note)
    return fit_distribution(minutes)

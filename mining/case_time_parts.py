"""Where the time of a case goes: its elapsed time split into parts that sum to it, to the millisecond.

Every moment from the begin of a finished case to its finish (`case_times`) belongs to the first of these that
holds:

1. `touch`: the applicant is served at a counter or kiosk;
2. `hall_queue`: the applicant waits in the hall, from the ticket (lunch counts, nights are closed hours) to
   the service, or to leaving unserved;
3. `special_procedure`: the clock stood still (`clock_stops`, except stops for corrections and payments);
4. work elsewhere, start to end in open hours: `touch` as far as an officer was busy with it
   (`touch_times`), `in_hand` where the log does not tell that, else `back_office_wait`: the file lay open;
5. `applicant`: a correction, from its notice until the paper came back; what the applicant does alone; the
   gap between two visits, until the ticket of the next one;
6. `back_office_wait`: enabled to start of other work, in open hours;
7. `untold`: open hours of which the log says nothing, or where it knows ends only and waiting and working
   cannot be told apart.

Hours in which the hall is closed are `closed_hours` in 2, 4, 6 and 7; the applicant's time and special
procedures run on through nights.

A correction lasts until a material came in, a ticket was drawn or the next step was enabled, whichever the
log knows first; where it knows none, until the next step began. Somebody who comes on a later day without a
ticket waited at home.

Example: ticket 9:00, served 9:20-9:30, reviewed from 14:00 to 15:00 by an officer with nothing else open:
touch 70 minutes, hall queue 20, lunch of 60 minutes closed, back-office wait 210; in all 360.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from mining.case_stretches import (
    Kind,
    Stretches,
    correction_stretches,
    done_by_applicant,
    event_stretches,
    in_hall,
    stop_stretches,
    visit_gaps,
)
from mining.case_times import find_case_times
from mining.columns import UNKNOWN_MS, log_columns
from mining.event_log import EventLog
from mining.grouped import sorted_distinct
from mining.touch_times import find_touch_ms
from mining.waiting import split_times
from mining.waiting_causes.clocks import Clock, clock_readings
from mining.waiting_causes.range_sums import smallest_cover
from mining.working_time import WorkingCalendar


class Part(IntEnum):
    """Rows of `CaseTimeParts.ms`."""

    TOUCH = 0
    IN_HAND = 1
    HALL_QUEUE = 2
    BACK_OFFICE_WAIT = 3
    APPLICANT = 4
    SPECIAL_PROCEDURE = 5
    CLOSED_HOURS = 6
    UNTOLD = 7


@dataclass(frozen=True)
class CaseTimeParts:
    """`ms`: shape (parts, cases) in ms, `cases`: their codes in `LogColumns.case_ids`, `elapsed_ms` their
    sums.

    Only finished cases that did not finish before they began. `corrections_assumed`: corrections of which
    nothing tells when the paper came back; `homes_assumed`: visits on a later day without a ticket.
    """

    ms: np.ndarray
    cases: np.ndarray
    elapsed_ms: np.ndarray
    corrections_assumed: int
    homes_assumed: int


def find_case_time_parts(log: EventLog, calendar: WorkingCalendar) -> CaseTimeParts:
    """The parts of each finished case of a log."""
    times = find_case_times(log)
    done = times.finished & (times.finish_ms >= times.begin_ms)
    cases = np.flatnonzero(done)
    corrections, assumed = correction_stretches(log)
    gaps, at_home = visit_gaps(log)
    stretches = [*event_stretches(log, at_home), *stop_stretches(log, times.finish_ms), corrections, gaps]
    spent = _swept(stretches, times.begin_ms, times.finish_ms, calendar)[:, :, cases]
    ms = np.zeros((len(Part), cases.size), "int64")
    for kind in Kind:
        _share_out(ms, kind, spent[kind])
    _tell_touch(ms, log, calendar, cases, spent[Kind.HANDLED, Clock.WORKING])
    elapsed = (times.finish_ms - times.begin_ms)[cases]
    if not np.array_equal(ms.sum(axis=0), elapsed):
        raise AssertionError("the parts of the time of a case do not sum to it")
    return CaseTimeParts(ms, cases, elapsed, assumed, int(at_home.sum()))


def _share_out(ms: np.ndarray, kind: Kind, spent: np.ndarray) -> None:
    """Add time of one kind, shape (clocks, cases), to the parts in place."""
    part, clock = {
        Kind.SERVED: (Part.TOUCH, Clock.ELAPSED),
        Kind.QUEUE: (Part.HALL_QUEUE, Clock.ATTENDING),
        Kind.STOPPED: (Part.SPECIAL_PROCEDURE, Clock.ELAPSED),
        Kind.HANDLED: (Part.BACK_OFFICE_WAIT, Clock.WORKING),
        Kind.APPLICANT: (Part.APPLICANT, Clock.ELAPSED),
        Kind.WAITING: (Part.BACK_OFFICE_WAIT, Clock.WORKING),
        Kind.UNKNOWN: (Part.UNTOLD, Clock.WORKING),
    }[kind]
    ms[part] += spent[clock]
    ms[Part.CLOSED_HOURS] += spent[Clock.ELAPSED] - spent[clock]


def _tell_touch(
    ms: np.ndarray, log: EventLog, calendar: WorkingCalendar, cases: np.ndarray, handled: np.ndarray
) -> None:
    """Of the open time a file was handled: what an officer was busy with it, and what nobody can tell."""
    columns, here = log_columns(log), in_hall(log)
    work = split_times(log, calendar).work_ms
    touch = find_touch_ms(log, work, calendar)
    elsewhere = ~here & (work > 0) & ~done_by_applicant(log)
    unknown = elsewhere & (touch == UNKNOWN_MS)
    sums = (
        np.bincount(columns.case[at], values[at], minlength=columns.n_cases)[cases].astype("int64")
        for at, values in ((elsewhere & ~unknown, touch), (unknown, work))
    )
    left = handled
    for part, most in zip((Part.TOUCH, Part.IN_HAND), sums, strict=True):
        told = np.minimum(most, left)
        ms[part] += told
        ms[Part.BACK_OFFICE_WAIT] -= told
        left = left - told


def _swept(
    stretches: list[Stretches], begin_ms: np.ndarray, finish_ms: np.ndarray, calendar: WorkingCalendar
) -> np.ndarray:
    """Ms of each kind by clock and case, shape (kinds, clocks, cases); moments nothing covers are unknown."""
    n = begin_ms.size
    whole = np.flatnonzero((finish_ms != UNKNOWN_MS) & (finish_ms >= begin_ms))
    case = np.concatenate([whole, *(part[0] for part in stretches)])
    begin = np.concatenate([begin_ms[whole], *(part[1] for part in stretches)])
    end = np.concatenate([finish_ms[whole], *(part[2] for part in stretches)])
    kind = np.concatenate(
        [np.full(whole.size, Kind.UNKNOWN), *(np.full(part[0].size, part[3]) for part in stretches)]
    ).astype("int64")
    finished = np.isin(case, whole)
    case, kind = case[finished], kind[finished]
    begin = np.maximum(begin[finished], begin_ms[case])
    end = np.minimum(end[finished], finish_ms[case])
    keep = end >= begin
    case, kind, begin, end = case[keep], kind[keep], begin[keep], end[keep]
    spent = np.zeros((len(Kind), len(Clock), n), "int64")
    if case.size == 0:
        return spent
    # counted from the begin of each case, so that numbers stay small however long the log is
    span = int((end - begin_ms[case]).max()) + 1
    left, right = case * span + begin - begin_ms[case], case * span + end - begin_ms[case]
    cuts = sorted_distinct(np.concatenate([left, right]))
    owner = cuts // span
    readings = clock_readings(cuts % span + begin_ms[owner], calendar)
    length = np.diff(readings, axis=1) * (owner[1:] == owner[:-1])
    of = smallest_cover(np.searchsorted(cuts, left), np.searchsorted(cuts, right), kind, cuts.size - 1)
    for each in Kind:
        at = of == each
        for clock in Clock:
            spent[each, clock] = np.bincount(owner[:-1][at], length[clock, at], minlength=n)
    return spent

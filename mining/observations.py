"""What the measures of a log are means of: one value for each wait, case or journey, and whose it is.

`mining.measures` takes their means over a whole log; `mining.reform` takes them by stratum and by day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.case_times import cycle_calendar_days, cycle_days, find_case_times
from mining.columns import UNKNOWN_MS, log_columns
from mining.event_log import ABANDON, BY_APPLICANT, LIST_SEPARATOR, RETURN, EventLog
from mining.journeys import count_visits, journey_ids
from mining.presence import applicant_present
from mining.waiting import split_times
from mining.working_time import MS_PER_MINUTE, WorkingCalendar


@dataclass(frozen=True)
class Observed:
    """The values one measure is made of: `values[i]` belongs to the case with code `case[i]` and to the
    moment `at_ms[i]` (the start of the event waited for, the begin of the case, of the first case of the
    journey)."""

    name: str  # wait_minutes, cycle_time_working_days, first_time_right, ...
    values: np.ndarray
    case: np.ndarray
    at_ms: np.ndarray

    def only(self, chosen: np.ndarray) -> Observed:
        """The part chosen by one bool a value."""
        return Observed(self.name, self.values[chosen], self.case[chosen], self.at_ms[chosen])


@dataclass(frozen=True)
class JourneyCounts:
    """Counts of each journey, in the order of `journey_ids` codes; None where the log cannot tell.

    `of_event` is the journey of each event; `finished` whether all its cases are done (`CaseTimes.done`).
    """

    of_event: np.ndarray
    finished: np.ndarray
    steps: np.ndarray
    visits: np.ndarray | None
    materials: np.ndarray | None

    def counts(self) -> dict[str, np.ndarray]:
        """Those the log can tell, by the beginning of the measure's key."""
        found = {"steps": self.steps, "visits": self.visits, "materials": self.materials}
        return {name: values for name, values in found.items() if values is not None}


def observe(log: EventLog, calendar: WorkingCalendar) -> tuple[Observed, ...]:
    """Every value a log can tell: waits, cycle times, counts a finished journey, first time right (0 or 1).

    Measures a log cannot tell are left out.
    """
    columns = log_columns(log)
    if columns.n_events == 0:
        return ()
    begin = find_case_times(log).begin_ms
    events, waits = waits_in_hall(log, calendar)
    starts = np.where(columns.start_ms == UNKNOWN_MS, columns.time_ms, columns.start_ms)
    days, calendar_days = cycle_days(log, calendar), cycle_calendar_days(log)
    known, dated = np.flatnonzero(~np.isnan(days)), np.flatnonzero(~np.isnan(calendar_days))
    found = [
        Observed("wait_minutes", waits, columns.case[events], starts[events]),
        Observed("cycle_time_working_days", days[known], known, begin[known]),
        Observed("cycle_time_calendar_days", calendar_days[dated], dated, begin[dated]),
    ]
    journeys = count_journeys(log)
    first_event = np.unique(journeys.of_event, return_index=True)[1]
    first_case = columns.case[first_event[journeys.finished]]
    for name, counts in journeys.counts().items():
        values = counts[journeys.finished].astype(float)
        found.append(Observed(f"{name}_per_journey", values, first_case, begin[first_case]))
    decided = decided_cases(log)
    if decided is not None:
        cases = np.flatnonzero(decided[0])
        right = 1.0 - decided[1][cases]
        found.append(Observed("first_time_right", right, cases, begin[cases]))
    return tuple(each for each in found if each.values.size)


def waits_in_hall(log: EventLog, calendar: WorkingCalendar) -> tuple[np.ndarray, np.ndarray]:
    """Events waited for (positions) and the minutes: in the hall if any event of the log is there.

    A wait ends when the service begins: who gave up (弃号) was not served and is in no wait.
    """
    wait_ms = split_times(log, calendar).wait_ms
    counted = wait_ms != UNKNOWN_MS
    present = applicant_present(log)
    if present is not None and present.any():
        counted &= present
    return np.flatnonzero(counted), wait_ms[counted] / MS_PER_MINUTE


def count_journeys(log: EventLog) -> JourneyCounts:
    """Steps, visits and documents handed in of every journey."""
    columns = log_columns(log)
    code, ids = pd.factorize(journey_ids(log))
    not_done = ~find_case_times(log).done[columns.case]
    finished = np.ones(len(ids), bool)
    finished[code[not_done]] = False
    visits = count_visits(log)
    handed_in = documents_handed_in(log)
    return JourneyCounts(
        of_event=code,
        finished=finished,
        steps=np.bincount(code, minlength=len(ids)),
        visits=None if visits.empty else visits.loc[ids].to_numpy(),
        materials=None
        if handed_in is None
        else np.bincount(code[columns.first_events], weights=handed_in, minlength=len(ids)),
    )


def documents_handed_in(log: EventLog) -> np.ndarray | None:
    """Documents the applicant of each case handed in: from the materials table, else the list column."""
    columns = log_columns(log)
    if len(log.materials):
        source = log.materials["source"] if "source" in log.materials.columns else None
        by_applicant = log.materials["case_id"]
        if source is not None:
            by_applicant = by_applicant[source.isna() | (source == BY_APPLICANT)]
        codes = columns.codes_of_cases(by_applicant)
        return np.bincount(codes[codes >= 0], minlength=columns.n_cases)
    if log.has("materials"):
        lists = log.events["materials"].fillna("").str.strip(f"{LIST_SEPARATOR} ")
        n_listed = np.where(lists == "", 0, lists.str.count(LIST_SEPARATOR) + 1)
        return np.bincount(columns.case, weights=n_listed, minlength=columns.n_cases)
    return None


def decided_cases(log: EventLog) -> tuple[np.ndarray, np.ndarray] | None:
    """Whether each case has any result, and whether it was returned for correction; None without results.

    A ticket given up (弃号) is no result: nobody decided anything.
    """
    if not log.has("result"):
        return None
    columns = log_columns(log)
    result = log.events["result"].mask(log.events["result"] == ABANDON)
    decided = np.bincount(columns.case, weights=result.notna(), minlength=columns.n_cases) > 0
    returned = np.bincount(columns.case, weights=result == RETURN, minlength=columns.n_cases) > 0
    return decided, returned

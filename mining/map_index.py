"""The process map of some of the cases, without looking at the log again.

All that a map counts and measures is sorted once for a log and a calendar; choosing cases then picks from
what is sorted, which takes milliseconds on a million events.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.columns import UNKNOWN_MS, LogColumns, difference_ms, log_columns
from mining.enabled_times import find_enabled_times
from mining.event_log import EventLog
from mining.grouped import OwnedValues, count_codes, owned_values
from mining.log_cache import once_per_object
from mining.map_times import EdgeTable, Moves, StepTable, list_moves
from mining.text_codes import MISSING, TextCodes, text_codes
from mining.waiting import split_times
from mining.working_time import MS_PER_MINUTE, WorkingCalendar


@dataclass(frozen=True)
class MapIndex:
    """What maps of a log are made of; groups are edges or steps, owners are cases."""

    n_activities: int
    edge_keys: np.ndarray  # source * (n_activities + 1) + target of each edge of the whole log
    moves: OwnedValues
    edge_cases: OwnedValues  # one value an edge and case
    open_ms: OwnedValues
    elapsed_ms: OwnedValues
    events: OwnedValues
    step_cases: OwnedValues  # one value a step and case
    work_ms: OwnedValues
    work_elapsed_ms: OwnedValues
    wait_ms: OwnedValues
    wait_elapsed_ms: OwnedValues
    words: dict[str, tuple[TextCodes, OwnedValues]]  # department and place of each event, by step and word

    def edges(self, chosen: np.ndarray, rank: np.ndarray) -> EdgeTable:
        """The edges of the chosen cases, as `tabulate_edges` gives them; of equals by the `rank` of
        their steps."""
        moves, cases = self.moves.count(chosen), self.edge_cases.count(chosen)
        mean, [median] = self.open_ms.measure(chosen, [0.5])
        elapsed_mean, [elapsed_median] = self.elapsed_ms.measure(chosen, [0.5])
        source, target = np.divmod(self.edge_keys, self.n_activities + 1)
        order = np.lexsort((rank[target], rank[source], -moves))
        order = order[moves[order] > 0]
        return EdgeTable(
            source=source[order],
            target=target[order],
            moves=moves[order],
            cases=cases[order],
            minutes_mean=mean[order] / MS_PER_MINUTE,
            minutes_median=median[order] / MS_PER_MINUTE,
            calendar_minutes_mean=elapsed_mean[order] / MS_PER_MINUTE,
            calendar_minutes_median=elapsed_median[order] / MS_PER_MINUTE,
        )

    def steps(self, chosen: np.ndarray) -> StepTable:
        """The steps of the chosen cases, one value a step of the log, as `tabulate_steps` gives them."""
        events, cases = self.events.count(chosen), self.step_cases.count(chosen)
        _, [median, p90] = self.work_ms.measure(chosen, [0.5, 0.9])
        _, [elapsed] = self.work_elapsed_ms.measure(chosen, [0.5])
        return StepTable(
            events=events,
            cases=cases,
            repeats=events - cases,
            work_minutes_median=median / MS_PER_MINUTE,
            work_minutes_p90=p90 / MS_PER_MINUTE,
            wait_minutes_mean=self.wait_ms.measure(chosen)[0] / MS_PER_MINUTE,
            work_calendar_minutes_median=elapsed / MS_PER_MINUTE,
            wait_calendar_minutes_mean=self.wait_elapsed_ms.measure(chosen)[0] / MS_PER_MINUTE,
        )

    def most_frequent(self, column: str, chosen: np.ndarray) -> list[str | None]:
        """The most frequent word of a column at each step, None where it has none."""
        if column not in self.words:
            return [None] * self.n_activities
        codes, pairs = self.words[column]
        by_step = pairs.count(chosen).reshape(self.n_activities, codes.texts.size)
        return [
            str(codes.texts[best]) if by_step[step, best] else None
            for step, best in enumerate(by_step.argmax(axis=1).tolist())
        ]


@once_per_object
def _known_indexes(log: EventLog) -> dict[WorkingCalendar, MapIndex]:
    return {}


def map_index(log: EventLog, calendar: WorkingCalendar) -> MapIndex:
    """The index of a log and a calendar, made when it is first asked for."""
    known = _known_indexes(log)
    if calendar not in known:
        known[calendar] = _index(log, calendar)
    return known[calendar]


def _index(log: EventLog, calendar: WorkingCalendar) -> MapIndex:
    columns, moves = log_columns(log), list_moves(log)
    k = columns.n_activities
    keys, edge, _ = count_codes(moves.source * (k + 1) + moves.target, (k + 1) ** 2)
    times = split_times(log, calendar)
    worked = difference_ms(columns.end_ms, columns.start_ms)
    waited = difference_ms(columns.start_ms, find_enabled_times(log).enabled_ms)
    first_of_step = np.flatnonzero(~columns.repeated)
    return MapIndex(
        n_activities=k,
        edge_keys=keys,
        moves=owned_values(edge, moves.case, keys.size),
        edge_cases=owned_values(*_different_pairs(edge, moves.case, columns.n_cases), keys.size),
        **_move_times(moves, edge, keys.size, calendar),
        events=owned_values(columns.activity, columns.case, k),
        step_cases=owned_values(columns.activity[first_of_step], columns.case[first_of_step], k),
        work_ms=_known_times(columns, times.work_ms, times.work_ms),
        work_elapsed_ms=_known_times(columns, worked, times.work_ms),
        wait_ms=_known_times(columns, times.wait_ms, times.wait_ms),
        wait_elapsed_ms=_known_times(columns, waited, times.wait_ms),
        words={
            name: (codes, _words_at_steps(columns, codes))
            for name in ("dept", "place")
            if (codes := text_codes(log, name)) is not None
        },
    )


def _different_pairs(groups: np.ndarray, owner: np.ndarray, n_owners: int) -> tuple[np.ndarray, np.ndarray]:
    pairs = np.unique(groups * max(n_owners, 1) + owner)
    return pairs // max(n_owners, 1), pairs % max(n_owners, 1)


def _move_times(
    moves: Moves, edge: np.ndarray, n_edges: int, calendar: WorkingCalendar
) -> dict[str, OwnedValues]:
    known = (moves.from_ms != UNKNOWN_MS) & (moves.to_ms != UNKNOWN_MS)
    begin, end, groups, owner = moves.from_ms[known], moves.to_ms[known], edge[known], moves.case[known]
    spans = {"open_ms": calendar.working_ms_between(begin, end), "elapsed_ms": end - begin}
    return {
        name: owned_values(groups, owner, n_edges, np.maximum(values, 0)) for name, values in spans.items()
    }


def _known_times(columns: LogColumns, values_ms: np.ndarray, known_in: np.ndarray) -> OwnedValues:
    at = np.flatnonzero(known_in != UNKNOWN_MS)
    return owned_values(columns.activity[at], columns.case[at], columns.n_activities, values_ms[at])


def _words_at_steps(columns: LogColumns, codes: TextCodes) -> OwnedValues:
    at = np.flatnonzero(codes.codes != MISSING)
    pairs = columns.activity[at] * codes.texts.size + codes.codes[at]
    return owned_values(pairs, columns.case[at], columns.n_activities * codes.texts.size)

"""The measures of a run straight from its records: what `mining.measures.measure` and `simulation.kpis` say
of its log, without making the log.

Each measure has one definition, that of a log; every function here names it, and
`tests/simulation/test_run_measures.py` holds the two equal: counts exactly, other numbers to 1e-9.
"""

from __future__ import annotations

import numpy as np

from mining.journeys import stretches_of_presence, visit_numbers
from mining.measures import mean_and_p90
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE
from simulation.engines.log.repairs import repairs_by_members
from simulation.engines.log.tickets import tickets_taken
from simulation.engines.reference.cases import Outcome
from simulation.engines.run_records import Record, RunRecords
from simulation.kpis import Load
from simulation.yardstick import Yardstick


class RunColumns:
    """The visits of a run by column, and its cases.

    `applied`, `finished` and `done` (not by giving up) are one bool a case, `counts` its number of visits;
    `chosen` are the cases that are measured: those that applied on the measured days and have any visit.
    """

    def __init__(self, run: RunRecords, yardstick: Yardstick) -> None:
        self.run = run
        self.case, self.step, self.member = (_column(run, name) for name in ("case", "step", "member"))
        self.enabled, self.start, self.end = (_column(run, name) for name in ("enabled", "start", "end"))
        self.outcome, self.handed = (_column(run, name) for name in ("outcome", "handed"))
        self.counts = np.bincount(self.case, minlength=run.arrivals.size)
        self.applied = (run.arrived_ms >= yardstick.first_ms) & (run.arrived_ms < yardstick.last_ms)
        self.chosen = self.applied & (self.counts > 0)
        self.finished = run.finish_ms >= 0
        self.done = self.finished & ~run.gave_up


def _column(run: RunRecords, name: str) -> np.ndarray:
    return np.ascontiguousarray(run.visits[:, Record._fields.index(name)])


def measure_run(columns: RunColumns, yardstick: Yardstick) -> dict[str, float]:
    """The KPIs of a run by key: `mining.measures.measure` of its log over the measured cases and days."""
    if columns.case.size == 0:
        return {}
    mine = columns.chosen[columns.case]
    return {
        **_throughput(columns, yardstick),
        **mean_and_p90("wait_minutes", _waits(columns, yardstick, mine)),
        **_abandonment(columns, yardstick, mine),
        **_cycle_times(columns, yardstick),
        **_per_journey(columns, yardstick, mine),
        **_first_time_right(columns, yardstick, mine),
    }


def _throughput(columns: RunColumns, yardstick: Yardstick) -> dict[str, float]:
    """`mining.measures._throughput`: all cases that finished on the measured days."""
    if yardstick.working_days == 0:
        return {}
    finish = columns.run.finish_ms[columns.done & (columns.counts > 0)]
    finished = np.count_nonzero((finish >= yardstick.first_ms) & (finish < yardstick.last_ms))
    return {"throughput_per_day": float(finished / yardstick.working_days)}


def _waits(columns: RunColumns, yardstick: Yardstick, mine: np.ndarray) -> np.ndarray:
    """`mining.observations.waits_in_hall`: minutes from enabled to start, in the hall if any visit was."""
    present = yardstick.present[columns.step]
    in_hall = bool(present.any())
    served = mine & (columns.outcome != Outcome.GAVE_UP)
    rows = np.flatnonzero(served & present if in_hall else served)
    hours = yardstick.inside if in_hall else yardstick.hall
    waited = hours.worked_until(columns.start[rows]) - hours.worked_until(columns.enabled[rows])
    return waited / MS_PER_MINUTE


def _abandonment(columns: RunColumns, yardstick: Yardstick, mine: np.ndarray) -> dict[str, float]:
    """`mining.measures._abandonment`: tickets given up, of all that were taken."""
    if not yardstick.may_give_up:
        return {}
    of_run = dict(zip(Record._fields, columns.run.visits.T, strict=True))
    rows = np.flatnonzero(mine & tickets_taken(yardstick.queued, yardstick.helpers, of_run))
    if rows.size == 0:
        return {}
    return {"abandonment_share": float((columns.outcome[rows] == Outcome.GAVE_UP).mean())}


def _cycle_times(columns: RunColumns, yardstick: Yardstick) -> dict[str, float]:
    """`mining.case_times.cycle_days` and `cycle_calendar_days`: an applicant's case begins with applying."""
    run, hall = columns.run, yardstick.hall
    done = np.flatnonzero(columns.chosen & columns.done)
    begin, finish = run.arrived_ms[done], run.finish_ms[done]
    worked = hall.worked_until(finish) - hall.worked_until(begin)
    working_days = worked / MS_PER_MINUTE / yardstick.minutes_per_day
    return {
        **mean_and_p90("cycle_time_working_days", working_days),
        **mean_and_p90("cycle_time_calendar_days", (finish - begin) / MS_PER_DAY),
    }


def _per_journey(columns: RunColumns, yardstick: Yardstick, mine: np.ndarray) -> dict[str, float]:
    """`mining.observations.count_journeys` and `mining.visit_rates`: a case is a journey of its own here."""
    wanted = columns.chosen & columns.done
    if not wanted.any():
        return {}
    visits = _visits(columns, yardstick, mine)[wanted]
    found = {
        "steps_per_journey_mean": float(columns.counts[wanted].mean()),
        "visits_per_journey_mean": float(visits.mean()),
    }
    if columns.handed.any() or _column(columns.run, "fetched").any():
        handed_in = np.bitwise_count(columns.handed[wanted[columns.case]])
        found["materials_per_journey_mean"] = float(handed_in.sum() / np.count_nonzero(wanted))
    found["at_most_one_visit_share"] = float(np.count_nonzero(visits <= 1) / visits.size)
    found["no_visit_share"] = float(np.count_nonzero(visits == 0) / visits.size)
    return found


def _visits(columns: RunColumns, yardstick: Yardstick, mine: np.ndarray) -> np.ndarray:
    """`mining.journeys.count_visits`: visits to the hall of each case that is measured, 0 of the others."""
    present = yardstick.present[columns.step]
    days = np.unique(columns.end[present] // MS_PER_DAY)
    rows = np.flatnonzero(mine & present)
    who, begin, end = stretches_of_presence(
        columns.enabled[rows], columns.start[rows], columns.end[rows], days
    )
    owner = columns.case[rows[who]]
    number = visit_numbers(owner, begin, end)
    whose = np.zeros(int(number.max()) + 1 if number.size else 0, "int64")
    whose[number] = owner
    return np.bincount(whose, minlength=columns.counts.size)


def _first_time_right(columns: RunColumns, yardstick: Yardstick, mine: np.ndarray) -> dict[str, float]:
    """`mining.observations.decided_cases`: cases decided on that were never returned."""
    rows = np.flatnonzero(mine & yardstick.decides[columns.step] & (columns.outcome <= Outcome.REJECTED))
    n_cases = columns.counts.size
    decided = np.bincount(columns.case[rows], minlength=n_cases) > 0
    returned = np.zeros(n_cases, bool)
    returned[columns.case[rows[columns.outcome[rows] == Outcome.RETURNED]]] = True
    if not decided.any():
        return {}
    return {"first_time_right_share": float(1 - returned[decided].mean())}


def run_loads(columns: RunColumns, yardstick: Yardstick) -> dict[str, Load]:
    """`simulation.kpis.member_loads` with the repairs of the run: busy and open minutes of each member
    within the measured days."""
    first, last = yardstick.first_ms, yardstick.last_ms
    rows = np.flatnonzero((columns.member >= 0) & (columns.start < last) & (columns.end > first))
    if yardstick.together.any():
        rows = _once(columns, rows)
    repairer, repair_begin, repair_end, _ = repairs_by_members(columns.run).T
    member = np.concatenate([columns.member[rows], repairer])
    begin = np.clip(np.concatenate([columns.start[rows], repair_begin]), first, last)
    end = np.clip(np.concatenate([columns.end[rows], repair_end]), first, last)
    worked = end - begin
    pauses = np.concatenate([~yardstick.present[columns.step[rows]], np.ones(repairer.size, bool)])
    pausing = np.flatnonzero(pauses)
    kept = yardstick.hours_of_member[member[pausing]]
    for number, hours in enumerate(yardstick.hours):
        here = pausing[kept == number]
        worked[here] = hours.worked_until(end[here]) - hours.worked_until(begin[here])
    names = [member.name for member in yardstick.model.members]
    busy = np.bincount(member, weights=worked, minlength=len(names)) / MS_PER_MINUTE
    return {
        name: Load(float(minutes), float(open_minutes))
        for name, minutes, open_minutes in zip(names, busy, yardstick.open_minutes, strict=True)
    }


def _once(columns: RunColumns, rows: np.ndarray) -> np.ndarray:
    """One of the rows of each piece of work: cases done together have one member, start and end."""
    work = np.stack([columns.member[rows], columns.start[rows], columns.end[rows]])
    return rows[np.unique(work, axis=1, return_index=True)[1]]

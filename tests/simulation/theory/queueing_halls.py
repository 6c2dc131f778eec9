"""Halls that are queues in the textbook's sense, and what is counted in their runs.

Hall, members and arrivals keep a calendar that never closes. A day's number of people is Poisson, their times
of day are independent and uniform over 48 half-hours of equal weight: exactly a Poisson process. Times are
minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.engines.program import Program, build_program
from simulation.engines.run_records import Record, RunRecords
from simulation.service_model import ServiceModel, service_model_from
from simulation.simulate import ENGINES

MINUTE, MINUTES_PER_DAY = 60_000, 1440
ALL_DAY = {f"{hour:02d}:{minute:02d}": 1 for hour in range(24) for minute in (0, 30)}
ALWAYS = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
WARM_UP_DAYS = 2


def exponential(mean: float) -> dict[str, Any]:
    """An exponential duration."""
    return {"kind": "exponential", "mean_minutes": mean}


def people(per_minute: float, name: str = "来人", **more: Any) -> dict[str, Any]:
    """Poisson arrivals around the clock."""
    return {
        "name": name,
        "per_day": per_minute * MINUTES_PER_DAY,
        "calendar": "always",
        "half_hour_weights": ALL_DAY,
        **more,
    }


def members(pool: str, n: int) -> list[dict[str, Any]]:
    """`n` members who serve one pool around the clock."""
    return [{"name": f"{pool}{number}号", "serves": [pool], "calendar": "always"} for number in range(n)]


def step(pool: str, duration: dict[str, Any], name: str | None = None, **more: Any) -> dict[str, Any]:
    """A step at a counter, called like its pool if not otherwise."""
    return {"name": name or pool, "place": "counter", "pool": pool, "duration": duration, **more}


def round_the_clock(
    steps: Sequence[dict[str, Any]],
    staff: Sequence[dict[str, Any]],
    arrivals: Sequence[dict[str, Any]],
    flow: dict[str, Any] | None = None,
    more_pools: Sequence[str] = (),
    visits: dict[str, Any] | None = None,
) -> ServiceModel:
    """A hall that never closes; the steps follow one another if `flow` does not say otherwise. Beside the
    pools of the steps there may be others, e.g. of those who repair machines."""
    pools = [*dict.fromkeys(each["pool"] for each in steps if "pool" in each), *more_pools]
    return service_model_from(
        {
            "name": {"zh": "不打烊", "en": "Round the clock"},
            "start_date": "2026-03-02",
            "calendars": {"always": {"weekly": ALWAYS}},
            "pools": [{"name": pool} for pool in pools],
            "members": list(staff),
            "steps": list(steps),
            "flow": flow or {"sequence": [{"step": each["name"]} for each in steps]},
            "arrivals": list(arrivals),
            "visits": {"calendar": "always", **(visits or {})},
        }
    )


@dataclass(frozen=True)
class Stay:
    """People (or papers) who enter and leave, minutes since the first midnight."""

    enter: np.ndarray
    leave: np.ndarray

    @property
    def minutes(self) -> np.ndarray:
        """How long each stays."""
        return self.leave - self.enter


@dataclass(frozen=True)
class Observation:
    """A run within the time `begin` to `end`, minutes since the first midnight: an empty hall fills before,
    and whoever enters in this time has left before the run ends."""

    program: Program
    run: RunRecords
    begin: float
    end: float

    def visits(self, *steps: str) -> dict[str, np.ndarray]:
        """Columns of the records, of these steps or of all."""
        columns = dict(zip(Record._fields, self.run.visits.T, strict=True))
        if not steps:
            return columns
        numbers = [n for n, each in enumerate(self.program.names.steps) if each.name in steps]
        chosen = np.isin(columns["step"], numbers)
        return {name: values[chosen] for name, values in columns.items()}

    def waiting(self, *steps: str) -> Stay:
        """From the ticket to the start of the service."""
        visits = self.visits(*steps)
        return Stay(visits["enabled"] / MINUTE, visits["start"] / MINUTE)

    def at_station(self, *steps: str) -> Stay:
        """From the ticket to the end of the service."""
        visits = self.visits(*steps)
        return Stay(visits["enabled"] / MINUTE, visits["end"] / MINUTE)

    def gathering(self, *steps: str) -> Stay:
        """From joining the gate of a batch to being let go."""
        visits = self.visits(*steps)
        return Stay(visits["enabled"] / MINUTE, visits["released"] / MINUTE)

    def released(self, *steps: str) -> Stay:
        """From being let go to the start of the service."""
        visits = self.visits(*steps)
        return Stay(visits["released"] / MINUTE, visits["start"] / MINUTE)

    def cases(self) -> Stay:
        """From coming to the end of the case."""
        done = self.run.finish_ms >= 0
        return Stay(self.run.arrived_ms[done] / MINUTE, self.run.finish_ms[done] / MINUTE)

    def minutes(self, stay: Stay) -> np.ndarray:
        """How long each stays who enters in the observed time."""
        return stay.minutes[(stay.enter >= self.begin) & (stay.enter < self.end)]

    def mean_number(self, stay: Stay) -> float:
        """Mean over time of the number inside."""
        inside = np.clip(stay.leave, self.begin, self.end) - np.clip(stay.enter, self.begin, self.end)
        return float(inside.sum()) / (self.end - self.begin)

    def time_shares(self, stay: Stay, states: int) -> np.ndarray:
        """Share of the time in which 0, 1, ..., states - 1 are inside."""
        moments = np.concatenate([stay.enter, stay.leave])
        order = np.argsort(moments, kind="stable")
        inside = np.concatenate([[0], np.cumsum(np.repeat([1, -1], stay.enter.size)[order])])
        edges = np.clip(np.concatenate([[self.begin], moments[order], [self.end]]), self.begin, self.end)
        spent = np.bincount(inside, weights=np.diff(edges), minlength=states)
        return spent[:states] / (self.end - self.begin)

    def seen_shares(self, stay: Stay, states: int) -> np.ndarray:
        """Share of those entering who find 0, 1, ..., states - 1 inside."""
        enter = np.sort(stay.enter)
        found = np.arange(enter.size) - np.searchsorted(np.sort(stay.leave), enter, side="left")
        counted = found[(enter >= self.begin) & (enter < self.end)]
        return np.bincount(counted, minlength=states)[:states] / counted.size


def same_records(model: ServiceModel, seed: int) -> None:
    """Both engines, event for event, on the first day of the first replication."""
    program = build_program(model, 1)
    ours, reference = (ENGINES[engine](program, seed, 0, None) for engine in ("compiled", "simpy"))
    for name, value in vars(reference).items():
        np.testing.assert_array_equal(getattr(ours, name), value, err_msg=name)


def observe(
    model: ServiceModel,
    measures: Callable[[Observation], Sequence[float] | np.ndarray],
    *,
    days: int,
    seed: int,
    replications: int = 30,
    engine: str = "compiled",
    days_behind: int = 1,
) -> np.ndarray:
    """The measures of each replication, shape (replications, measures), over `days` after the warm-up.

    A day more is run behind; nobody who came before it may still be inside. On the first day both engines
    write the same records, so that what is shown of one is shown of the other.
    """
    same_records(model, seed)
    program = build_program(model, WARM_UP_DAYS + days + days_behind)
    begin, end = WARM_UP_DAYS * MINUTES_PER_DAY, (WARM_UP_DAYS + days) * MINUTES_PER_DAY
    found = []
    for replication in range(replications):
        run = ENGINES[engine](program, seed, replication, None)
        late = (run.finish_ms < 0) & (run.arrived_ms < end * MINUTE)
        assert not late.any(), "somebody is inside for a day"
        found.append(np.asarray(measures(Observation(program, run, begin, end)), float))
    return np.array(found)

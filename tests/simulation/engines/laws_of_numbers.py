"""Laws about how many and how long, told from the records of a run: conservation and Little's law."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simulation.engines.arrivals import Applicants
from simulation.engines.program import Program
from simulation.engines.run_records import Record, RunRecords

Stay = tuple[np.ndarray, np.ndarray]  # when each enters and leaves, ms


def visits_of(run: RunRecords) -> dict[str, np.ndarray]:
    """The columns of the records by name."""
    return dict(zip(Record._fields, run.visits.T, strict=True))


def breaches_of_conservation(program: Program, run: RunRecords, people: Applicants) -> Iterator[str]:
    """Who came by the end of the run is finished, rejected, gave up or inside, and each visit ended once."""
    # an instant is taken as a whole, so a run that stops may hold people who come at its very last moment
    surely, at_most = (people.time_ms < run.end_ms).sum(), (people.time_ms <= run.end_ms).sum()
    if not surely <= run.arrived_ms.size <= at_most:
        yield f"{run.arrived_ms.size} came, {surely} to {at_most} were to come"
    if run.arrived_ms.tolist() != people.time_ms[: run.arrived_ms.size].tolist():
        yield "others came than were to come"
    finished = run.finish_ms >= 0
    ends = np.stack([run.rejected, run.gave_up])
    if (ends.sum(axis=0) > 1).any():
        yield "a case is rejected and gave up"
    kinds = [(finished & ~ends.any(axis=0)).sum(), *(finished & end for end in ends), (~finished).sum()]
    if sum(int(np.sum(kind)) for kind in kinds) != run.arrived_ms.size:
        yield f"{kinds} do not add up to {run.arrived_ms.size}"
    yield from _visits_without_a_gap(program, run, finished & ~ends.any(axis=0))


def _visits_without_a_gap(program: Program, run: RunRecords, passed: np.ndarray) -> Iterator[str]:
    """Visits of a case to a step are numbered 0, 1, ...; those of a case that passed have all ended."""
    visits = visits_of(run)
    place = visits["case"] * len(program.steps) + visits["step"]
    if np.unique(np.stack([place, visits["visit"]]), axis=1).shape[1] != place.size:
        yield "a visit ended twice"
    of_passed = passed[visits["case"]]
    if (visits["visit"] >= np.bincount(place)[place])[of_passed].any():
        yield "a visit of a case that passed has not ended"


def breaches_of_littles_law(program: Program, run: RunRecords, begin: int, end: int) -> Iterator[str]:
    """L x time = lambda x time x W within a window, in whole ms: the area under the number inside, walked
    from moment to moment, is the time spent inside, added up one by one. For cases, every queue, every step.
    """
    for what, stay in _stays(program, run):
        enter, leave = stay
        spent = int((np.clip(leave, begin, end) - np.clip(enter, begin, end)).sum())
        area = area_under_number(stay, begin, end)
        if area != spent:
            yield f"{what}: {area} ms under the number inside, {spent} ms spent"


def _stays(program: Program, run: RunRecords) -> Iterator[tuple[str, Stay]]:
    yield "cases", (run.arrived_ms, np.where(run.finish_ms < 0, run.end_ms, run.finish_ms))
    visits = visits_of(run)
    for number, step in enumerate(program.names.steps):
        here = visits["step"] == number
        yield f"queue of {step.name}", (visits["enabled"][here], visits["start"][here])
        yield f"service of {step.name}", (visits["start"][here], visits["end"][here])


def area_under_number(stay: Stay, begin: int, end: int) -> int:
    """Integral over [begin, end) of the number inside: at each moment who entered by then less who left."""
    enter, leave = (np.sort(moments) for moments in stay)
    moments = np.unique(np.clip(np.concatenate([enter, leave, [begin, end]]), begin, end))
    inside = np.searchsorted(enter, moments, "right") - np.searchsorted(leave, moments, "right")
    return int((inside[:-1] * np.diff(moments)).sum())

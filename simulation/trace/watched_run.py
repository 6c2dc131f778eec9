"""A run with what is asked of it again and again: the visits of a case, of a member, of a queue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mining.text import Text, same
from mining.working_time import MS_PER_DAY
from simulation.engines.log.tables import case_names
from simulation.engines.program.codes import Program
from simulation.engines.program.open_time import OpenTime
from simulation.engines.run_records import Record, RunRecords
from simulation.errors import ExperimentError
from simulation.service_model import Step


@dataclass(frozen=True, eq=False)
class WatchedRun:
    """A simulated run to look at. Rows are numbers of rows of `run.visits`."""

    program: Program
    run: RunRecords

    @cached_property
    def case_ids(self) -> list[str]:
        """Ids by case number; the same applicant has the same id in every hall with the same arrivals."""
        return [str(name) for name in case_names(self.program, self.run)]

    @cached_property
    def short_ids(self) -> list[str]:
        """Ids for sentences: without the name of the arrivals where the hall has only one."""
        if len(self.program.arrivals) > 1:
            return self.case_ids
        return [case_id[len(self.program.names.arrivals[0]) + 1 :] for case_id in self.case_ids]

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """The columns of the visits by name, int64."""
        return dict(zip(Record._fields, self.run.visits.T, strict=True))

    @cached_property
    def pools(self) -> tuple[str, ...]:
        """Names of the queues that steps of the flow join, by number; "" for the others."""
        names = [""] * len(self.program.members_of_pool)
        for step, code in zip(self.program.names.steps, self.program.steps, strict=True):
            if code.pool >= 0 and step.pool is not None:
                names[code.pool] = step.pool
        return tuple(names)

    @cached_property
    def pool_of_row(self) -> np.ndarray:
        """Number of the queue each visit waited in, -1 for none."""
        pools = np.array([code.pool for code in self.program.steps], "int64")
        return pools[self.columns["step"]]

    @cached_property
    def present_of_row(self) -> np.ndarray:
        """Whether the applicant stood there, by visit."""
        present = np.array([code.present for code in self.program.steps], bool)
        return present[self.columns["step"]]

    @cached_property
    def _rows_by(self) -> dict[str, dict[int, np.ndarray]]:
        keys = {"case": self.columns["case"], "member": self.columns["member"], "pool": self.pool_of_row}
        return {name: _grouped(key, self.columns["start"]) for name, key in keys.items()}

    def rows_of_case(self, case: int) -> list[int]:
        """Its visits by start."""
        return self._rows("case", case).tolist()

    def rows_of_member(self, member: int) -> np.ndarray:
        """The visits a member served, by start."""
        return self._rows("member", member)

    def rows_of_pool(self, pool: int) -> np.ndarray:
        """The visits that waited in a queue, by start."""
        return self._rows("pool", pool)

    def _rows(self, kind: str, number: int) -> np.ndarray:
        return self._rows_by[kind].get(number, np.zeros(0, "int64"))

    def record(self, row: int) -> Record:
        """A visit."""
        return Record(*self.run.visits[row].tolist())

    def step(self, number: int) -> Step:
        """A step of the model."""
        return self.program.names.steps[number]

    def step_name(self, number: int) -> Text:
        """Its label, else its name."""
        step = self.step(number)
        return step.label or same(step.name)

    def member_name(self, number: int) -> str:
        """Name of a member."""
        return self.program.names.members[number]

    def calendar_of(self, member: int) -> OpenTime:
        """Open time of a member."""
        return self.program.calendars[self.program.member_calendars[member]]

    def materials(self, step: int, bits: int) -> list[str]:
        """Names of a set of materials of a step."""
        asked = self.step(step).materials
        return [each.material for number, each in enumerate(asked) if bits >> number & 1]

    def case_number(self, case_id: str) -> int:
        """The number of a case; raises `ExperimentError` for an id this run does not have."""
        found = self._numbers.get(case_id.strip())
        if found is None:
            example = self.case_ids[0] if self.case_ids else "-"
            raise ExperimentError(
                zh=f"本次仿真中没有办件“{case_id}”；编号形如“{example}”，共 {len(self.case_ids)} 件。",
                en=f"There is no case {case_id!r} in this run; ids look like {example!r}, "
                f"{len(self.case_ids)} cases.",
            )
        return found

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {case_id: number for number, case_id in enumerate(self.case_ids)}

    def member_number(self, name: str) -> int:
        """The number of a member; raises `ExperimentError` naming the known ones."""
        members = self.program.names.members
        if name not in members:
            raise ExperimentError(
                zh=f"大厅中没有“{name}”；已有：{'、'.join(members)}。",
                en=f"The hall has no {name!r}; known: {', '.join(members)}.",
            )
        return members.index(name)

    def day_span(self, day: int) -> tuple[int, int]:
        """Midnight to midnight of a day of the run; raises `ExperimentError` outside it."""
        if not 0 <= day * MS_PER_DAY < self.run.end_ms:
            last = (self.run.end_ms - 1) // MS_PER_DAY
            raise ExperimentError(
                zh=f"第 {day} 天不在仿真之内；可选 0 至 {last}。",
                en=f"Day {day} is outside the run; it has days 0 to {last}.",
            )
        return day * MS_PER_DAY, (day + 1) * MS_PER_DAY


def _grouped(keys: np.ndarray, order: np.ndarray) -> dict[int, np.ndarray]:
    """Rows by key, within a key by `order`."""
    if keys.size == 0:
        return {}
    rows = np.lexsort((order, keys))
    begins = np.flatnonzero(np.diff(keys[rows], prepend=keys[rows][0] - 1))
    return {int(keys[part[0]]): part for part in np.split(rows, begins[1:])}

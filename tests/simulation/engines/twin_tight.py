"""The compiled engine with no room to spare: tables grow one row at a time and end in rows that must stay
untouched, people become known a few at a time."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np

from simulation.engines.arrivals import Applicants
from simulation.engines.compiled import engine, people_coming, prepare
from simulation.engines.compiled.engine import GROWING, CompiledRun
from simulation.engines.compiled.layout import VISIT
from simulation.engines.program.codes import Program
from simulation.engines.run_records import RunRecords

IN_USE = {
    "task_room": "live_tasks",
    "agenda_room": "agenda_size",
    "case_room": "live_cases",
    "repair_room": "n_repairs",
}
UNTOUCHED_ROWS = 16
UNTOUCHED = 0xA5  # in every byte


class TightRun(CompiledRun):
    """Gives the kernel exactly the rows it asks for."""

    def _enlarge(self, room: str) -> None:
        hall = self.hall[0]
        most = self._rows_at_once + int(hall["largest_batch"])
        rows = int(hall[IN_USE[room]]) + (most if room in ("task_room", "agenda_room") else 1)
        rows = max(rows, int(hall[room]))
        for name, dtype, columns in GROWING[room]:
            width = self._program.n_slots if columns else 1
            table = np.zeros((rows + UNTOUCHED_ROWS) * width, dtype)
            if name in self.tables:
                table[: int(hall[room]) * width] = self.tables[name][: int(hall[room]) * width]
            table[rows * width :].view("uint8")[:] = UNTOUCHED
            self._place(name, table)
        self.hall[room] = rows

    def _more_visits(self) -> None:
        super()._more_visits()
        rows = int(self.hall[0]["visit_room"])
        table = np.zeros(rows + UNTOUCHED_ROWS, VISIT)
        table[:rows] = self.tables["visits"]
        table[rows:].view("uint8")[:] = UNTOUCHED
        self._place("visits", table)

    def run(self) -> RunRecords:
        """See `CompiledRun`; the rows behind the tables are untouched."""
        records = super().run()
        for room, tables in {**GROWING, "visit_room": (("visits", VISIT, False),)}.items():
            for name, _, columns in tables:
                width = self._program.n_slots if columns else 1
                behind = self.tables[name][int(self.hall[0][room]) * width :] if name in self.tables else None
                if behind is not None and (behind.view("uint8") != UNTOUCHED).any():
                    raise AssertionError(f"the kernel wrote behind the table {name}")
        return records


def run_tight(
    program: Program,
    seed: int,
    replication: int,
    cohort_days: tuple[int, int] | None = None,
    applicants: Applicants | None = None,
) -> RunRecords:
    """`run_compiled` with no room to spare."""
    prepare()
    with (
        patch.object(people_coming, "PEOPLE_AT_A_TIME", 3),
        patch.object(engine, "VISITS_AT_A_TIME", 1),
        patch.object(engine, "ENOUGH_TO_TELL", 64),
    ):
        if applicants is None:
            people = people_coming.people_of(program, seed, replication)
        else:
            people = people_coming.AllPeople(applicants)
        return TightRun(program, seed, replication, cohort_days, people).run()

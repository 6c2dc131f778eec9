"""One run of the compiled engine: gives the kernel its tables, larger ones when it asks, and reads them."""

from __future__ import annotations

import numpy as np

from mining.working_time import MS_PER_DAY
from simulation.engines.compiled.kernel import NEEDS_PEOPLE, OVER
from simulation.engines.compiled.kernel import run as run_kernel
from simulation.engines.compiled.layout import (
    CASE,
    DUE,
    FLAG,
    HALL,
    NONE,
    NUMBER,
    PEOPLE_COLUMNS,
    REPAIR,
    TASK,
    VISIT,
)
from simulation.engines.compiled.memory import OF_NO_CASE
from simulation.engines.compiled.people_coming import People
from simulation.engines.compiled.tables import tables_of
from simulation.engines.program.codes import Program
from simulation.engines.program.open_time import NEVER
from simulation.engines.run_records import RunRecords

FIRST_ROOM = 256  # rows of the tables that grow
VISITS_AT_A_TIME = 1 << 20
ENOUGH_TO_TELL = 1 << 19  # visits: from here on it is known how many a person makes
MOST_TIMES_LARGER = 16


class CompiledRun:
    """One run; `run` may be called once."""

    def __init__(
        self,
        program: Program,
        seed: int,
        replication: int,
        cohort_days: tuple[int, int] | None,
        people: People,
    ) -> None:
        self._program = program
        self._people = people
        self.hall = np.zeros(1, HALL)
        self.tables: dict[str, np.ndarray] = {}
        # most new rows of a table that one thing executed can ask for
        self._rows_at_once = len(program.nodes) + len(program.steps) + len(program.failures) + 2
        self._set_up(seed, replication)
        for name, table in tables_of(program).items():
            self._place(name, table)
        self._expect(cohort_days)
        self._more_visits()
        for room in GROWING:
            self._enlarge(room)

    def _set_up(self, seed: int, replication: int) -> None:
        program = self._program
        values = {
            "horizon": program.horizon_ms,
            "entry": program.entry,
            "n_steps": len(program.steps),
            "n_slots": program.n_slots,
            "n_pools": len(program.members_of_pool),
            "n_members": len(program.member_calendars),
            "n_patterns": max(program.coming_back.pattern_of_day, default=0) + 1,
            "n_quantiles": len(program.quantiles_ms),
            "inside": len(program.calendars),
            "tickets": len(program.calendars) + 1,
            "come_back_after": program.come_back_after,
            "correction_takes": program.correction_takes,
            "walk": program.walk,
            "same_day_continuation": program.same_day_continuation,
            "most_at_once": self._rows_at_once,
            "key_0": seed,
            "key_1": replication,
            "now": -1,
            "free_task": NONE,
            "free_case": NONE,
            "people_inside": program.inside.is_open(0),
        }
        for name, value in values.items():
            self.hall[name] = value

    def _expect(self, cohort_days: tuple[int, int] | None) -> None:
        """People come; the run may stop when those of the cohort have finished."""
        people, hall = self._people, self.hall
        columns = (people.time_ms, people.arrivals, people.day, people.index, people.slot_ms)
        for name, column in zip(PEOPLE_COLUMNS, columns, strict=True):
            self._place(name, np.ascontiguousarray(column))  # one number a person, also where all are equal
        self._place("finish", np.empty(people.total, NUMBER))
        for name in ("rejected", "gave_up"):
            self._place(name, np.empty(people.total, FLAG))
        hall["n_changes"] = len(self.tables["changes"])
        first, last = cohort_days or (0, 0)
        hall["cohort_first"], hall["cohort_last"] = first, last
        hall["earliest_stop"] = last * MS_PER_DAY if cohort_days else NEVER
        hall["unfinished"] = people.coming_on(first, last)
        self._know_people()

    def _know_people(self) -> None:
        self.hall["n_people"] = self._people.known
        self.hall["all_people_known"] = self._people.known == self._people.total

    def _place(self, name: str, table: np.ndarray) -> None:
        """Tell the hall where a table is."""
        self.tables[name] = table
        self.hall[name] = table.ctypes.data

    # --- room ------------------------------------------------------------------------------------------

    def _enlarge(self, room: str) -> None:
        """Twice as many rows for the tables that share a number of rows."""
        hall = self.hall[0]
        rows = 2 * max(FIRST_ROOM, self._rows_at_once + int(hall["largest_batch"]), int(hall[room]))
        for name, dtype, columns in GROWING[room]:
            table = np.zeros(rows * (self._program.n_slots if columns else 1), dtype)
            if name in self.tables:
                table[: len(self.tables[name])] = self.tables[name]
            self._place(name, table)
        self.hall[room] = rows

    def _give_room(self) -> None:
        """Enlarge what may not suffice for the next thing executed; see `memory.has_room`."""
        hall, most = self.hall[0], self._rows_at_once + int(self.hall["largest_batch"][0])
        if hall["live_tasks"] + most > hall["task_room"]:
            self._enlarge("task_room")
        if hall["agenda_size"] + most > hall["agenda_room"]:
            self._enlarge("agenda_room")
        if hall["n_repairs"] >= hall["repair_room"]:
            self._enlarge("repair_room")
        if hall["live_cases"] >= hall["case_room"]:
            self._enlarge("case_room")
        if hall["n_visits"] >= hall["visit_room"]:
            self._more_visits()

    def _more_visits(self) -> None:
        """A larger table of visits, large enough for all people once it can be told how many visits each
        makes: a table is copied rarely, and rows never written take no memory."""
        hall, expected = self.hall[0], 0
        written = int(hall["n_visits"])
        if written >= ENOUGH_TO_TELL:
            each = written / max(int(hall["next_person"]), 1)
            expected = int(min(1.1 * each * self._people.total, MOST_TIMES_LARGER * written))
        rows = max(written + VISITS_AT_A_TIME, expected) + self._rows_at_once + int(hall["largest_batch"])
        table = np.empty(rows, VISIT)
        table[:written] = self._visits(written)
        self._place("visits", table)
        self.hall["visit_room"] = rows

    def _visits(self, written: int) -> np.ndarray:
        """The visits written so far, none before the first table."""
        return self.tables["visits"][:written] if written else np.empty(0, VISIT)

    # --- the run ---------------------------------------------------------------------------------------

    def run(self) -> RunRecords:
        """Run to the horizon, or until the cohort has finished."""
        while (reason := run_kernel(self.hall.ctypes.data)) != OVER:
            if reason == NEEDS_PEOPLE:
                self._people.more()
                self._know_people()
            else:
                self._give_room()
        return self._records()

    def _records(self) -> RunRecords:
        hall, people = self.hall[0], self._people
        n = int(hall["next_person"])
        return RunRecords(
            visits=_numbers(self._visits(int(hall["n_visits"]))),
            arrivals=people.arrivals[:n],
            day=people.day[:n],
            index=people.index[:n],
            arrived_ms=people.time_ms[:n],
            finish_ms=self.tables["finish"]["value"][:n],
            rejected=self.tables["rejected"]["value"][:n].view(bool),
            gave_up=self.tables["gave_up"]["value"][:n].view(bool),
            slot_ms=people.slot_ms[:n],
            repairs=_numbers(self.tables["repairs"][: int(hall["n_repairs"])]),
            still_down=self._still_down(),
            end_ms=int(hall["end"]),
            loops_capped=int(hall["loops_capped"]),
            returns_capped=int(hall["returns_capped"]),
            turned_away=int(hall["turned_away"]),
            left_with_ticket=int(hall["left_with_ticket"]),
            no_shows=people.no_shows,
            no_slot=people.no_slot,
            missed_slots=people.missed_slots,
        )

    def _still_down(self) -> np.ndarray:
        """The repairs among the jobs alive, by machine."""
        jobs = self.tables["tasks"][: int(self.hall["n_tasks"][0])]
        jobs = jobs[jobs["number"] == OF_NO_CASE]
        jobs = jobs[np.argsort(jobs["step"])]
        begun = np.where(jobs["start"] == NEVER, NONE, jobs["start"])
        never = np.full(jobs.size, NONE)
        columns = (jobs["step"], jobs["visit"], jobs["enabled"], begun, never, jobs["member"])
        return np.stack(columns, axis=1).astype("int64")


def _numbers(table: np.ndarray) -> np.ndarray:
    """A table of whole numbers, row by row."""
    return table.view("int64").reshape(len(table), len(table.dtype.names or ()))


GROWING: dict[str, tuple[tuple[str, np.dtype, bool], ...]] = {
    "task_room": (("tasks", TASK, False),),
    "agenda_room": (("agenda", DUE, False),),
    "repair_room": (("repairs", REPAIR, False),),
    "case_room": (("cases", CASE, False), ("counters", NUMBER, True), ("settling", NUMBER, False)),
}

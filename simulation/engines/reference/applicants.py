"""How applicants come to the hall, take tickets and go home; see `Visits` in the service model."""

from __future__ import annotations

from collections.abc import Callable

from mining.working_time import MS_PER_DAY
from simulation.engines.program.codes import Program
from simulation.engines.program.open_time import NEVER
from simulation.engines.randomness import COME_BACK, CONTINUE, TIME_OF_DAY, WALK
from simulation.engines.reference.agenda import Agenda, Due, Kind
from simulation.engines.reference.cases import Case, Presence, Task
from simulation.engines.reference.patience import Patience
from simulation.engines.reference.sampling import Sampling


class Applicants:
    """One person a case: attends one counter step at a time, in the order they asked for her.

    At the end of an instant a free applicant takes the next counter step that needs her, waits where
    materials are being fetched, or else goes home.
    """

    def __init__(
        self,
        program: Program,
        sampling: Sampling,
        agenda: Agenda,
        enable: Callable[[Task], None],
        patience: Patience,
    ) -> None:
        self._program = program
        self._sampling = sampling
        self._agenda = agenda
        self._enable = enable
        self._patience = patience
        self.to_settle: dict[int, Case] = {}  # by case number
        self.turned_away = 0

    def needs(self, task: Task) -> None:
        """A counter step is ready for the applicant."""
        case = task.case
        case.line.append((self._agenda.now, task.place, task))
        self.to_settle[case.number] = case

    def look_after(self, case: Case) -> None:
        """The applicant has come, or has become free."""
        self.to_settle[case.number] = case

    def settle(self) -> None:
        """Decide for everybody concerned at this instant, in order of case number."""
        cases = sorted(self.to_settle.items())
        self.to_settle.clear()
        for _, case in cases:
            if case.attended:
                continue
            if case.line:
                first = min(case.line, key=lambda entry: (entry[0], entry[1], entry[2].visit))
                case.line.remove(first)
                self._attend(first[2])
            elif not case.staying:
                case.presence = Presence.AWAY

    def _attend(self, task: Task) -> None:
        case, now = task.case, self._agenda.now
        case.attended = True
        moment = self._next_ticket_of_visit(task) if case.presence == Presence.IN_HALL else NEVER
        if moment == NEVER:
            moment = self._first_ticket(task)
        if moment == now:
            self.takes_ticket(task)
        else:
            due = Due(Kind.TICKET, case.number, task.place, task.visit, self.takes_ticket, task)
            self._agenda.at(moment, due)

    def takes_ticket(self, task: Task) -> None:
        """The applicant stands in the hall with a ticket for this step."""
        if not task.case.closed:
            task.case.presence = Presence.IN_HALL
            self._enable(task)
            self._patience.begins_to_wait(task)

    def _next_ticket_of_visit(self, task: Task) -> int:
        """The ticket of a further counter on the same day; `NEVER` if the applicant goes home."""
        now, chance = self._agenda.now, self._program.same_day_continuation
        moment = self._program.tickets.next_open(now + self._walk(task))
        if moment // MS_PER_DAY != now // MS_PER_DAY:
            return NEVER
        if chance < 1 and self._uniform(task, CONTINUE) >= chance:
            return NEVER
        return moment

    def _walk(self, task: Task) -> int:
        """The way to a counter of another pool than that of the last one."""
        case, walk = task.case, self._program.walk
        if case.pool == task.code.pool:
            return 0
        return self._sampling.whole_ms(walk, task.code.stream, case, task.visit, WALK)

    def _first_ticket(self, task: Task) -> int:
        """The first ticket of a new visit; on the day of the appointment not before the slot begins."""
        case, booked = task.case, self._program.arrivals[task.case.arrivals].appointments
        slot, at_the_door = case.slot_ms, case.presence == Presence.AT_THE_DOOR
        case.slot_ms = -1
        moment = self._moment_of_coming(task)
        if slot < 0 or booked is None or not at_the_door or moment // MS_PER_DAY != slot // MS_PER_DAY:
            return moment
        if moment <= slot + booked.grace_ms:
            task.priority += booked.priority
        return max(moment, slot)

    def _moment_of_coming(self, task: Task) -> int:
        """When the applicant can take the first ticket of a new visit."""
        case, program = task.case, self._program
        ready = self._agenda.now
        if case.presence != Presence.AT_THE_DOOR and not task.returns and not task.again:
            ready += self._sampling.whole_ms(
                program.come_back_after, task.code.stream, case, task.visit, COME_BACK
            )
        tickets, at_the_door = program.tickets, case.presence == Presence.AT_THE_DOOR
        moment = tickets.next_open(ready)
        day = moment // MS_PER_DAY
        another_day = day != ready // MS_PER_DAY
        self.turned_away += at_the_door and another_day
        if moment >= program.horizon_ms:
            return NEVER
        before_opening = ready < moment and tickets.last_closing(ready) <= day * MS_PER_DAY
        if not another_day and (at_the_door or not before_opening):
            return moment
        pattern = program.coming_back.pattern_of_day[day]
        profile = program.coming_back.profiles[case.arrivals][pattern]
        return day * MS_PER_DAY + profile.moment(self._uniform(task, TIME_OF_DAY))

    def _uniform(self, task: Task, purpose: int) -> float:
        return self._sampling.uniform(task.code.stream, task.case.number, task.visit, purpose)

"""How a case walks along the flow until it reaches steps, waits, an incomplete join or the end."""

from __future__ import annotations

from numba import njit

from simulation.engines.compiled import agenda, open_hours
from simulation.engines.compiled.before_work import reach
from simulation.engines.compiled.chance import exact_ms, uniform, whole
from simulation.engines.compiled.corrections import correct_block
from simulation.engines.compiled.layout import NONE, NUMBER, ROW, SHARE, TABLE
from simulation.engines.compiled.memory import (
    case_of,
    count_up,
    counter_of,
    node_of,
    number_of,
    refer_to,
    step_of,
)
from simulation.engines.compiled.pointers import Record, record_at
from simulation.engines.program.flow import ALL, CHOICE, FORK, JOIN, LOOP_ENTER, LOOP_TEST, STEP, WAIT


@njit
def passed(hall: Record, row: int, node: int) -> None:
    """The case has passed the step of this node and goes on."""
    code = node_of(hall, node)
    _has_passed(case_of(hall, row), code.a)
    go_on(hall, row, code.next)


@njit
def _has_passed(case: Record, step: int) -> None:
    case.before_last = case.last
    case.last = step + 1


@njit
def go_on(hall: Record, row: int, node: int) -> None:
    """The case goes on from a node."""
    record_at(hall.branches, 0, NUMBER).value = node
    _follow(hall, row, 1)


@njit
def enter_again(hall: Record, row: int, fork: int) -> None:
    """All branches of a parallel block begin once more."""
    _follow(hall, row, _enter(hall, row, node_of(hall, fork), 0))


@njit
def _enter(hall: Record, row: int, fork: Record, open_branches: int) -> int:
    """All branches of a parallel block are open; returns how many are now, with those before."""
    counter_of(hall, row, fork.slot).value = fork.n_targets
    for place in range(fork.n_targets - 1, -1, -1):
        target = number_of(hall.targets, fork.first_target + place)
        record_at(hall.branches, open_branches, NUMBER).value = target
        open_branches += 1
    return open_branches


@njit
def _follow(hall: Record, row: int, open_branches: int) -> None:
    """Open branches one after another, the last opened first, each as far as the case comes."""
    while open_branches > 0:
        open_branches -= 1
        node = number_of(hall.branches, open_branches)
        while node != NONE:
            code = node_of(hall, node)
            if code.op == FORK:
                counter_of(hall, row, code.slot_2).value = 0
                open_branches = _enter(hall, row, code, open_branches)
                break
            node = _step_on(hall, row, node, code)


@njit(forceinline=True)
def _step_on(hall: Record, row: int, node: int, code: Record) -> int:
    """Where the case goes from a node, `NONE` if it stays there."""
    op = code.op
    if op == STEP:
        if not step_of(hall, code.a).silent:
            reach(hall, row, node, code.a, rounds(hall, row, node))
            return NONE
        _has_passed(case_of(hall, row), code.a)
        return code.next
    if op == CHOICE:
        return number_of(hall.targets, code.first_target + _draw(hall, row, code, code.slot))
    if op == LOOP_TEST:
        return _again_or_on(hall, row, code)
    if op == LOOP_ENTER:
        counter_of(hall, row, code.slot).value = 0
        return code.next
    if op == JOIN:
        may_leave = has_answer(hall, row, number_of(hall.targets, code.first_target))
        return code.next if may_leave else NONE
    if op == WAIT:
        _wait(hall, row, node, code)
    else:
        finish(hall, row)
    return NONE


@njit
def rounds(hall: Record, row: int, node: int) -> int:
    """How often the whole block around a step was returned since the case entered it."""
    fork = node_of(hall, node).block
    if fork < 0 or node_of(hall, fork).b != ALL:
        return 0
    return counter_of(hall, row, node_of(hall, fork).slot_2).value


@njit
def has_answer(hall: Record, row: int, fork: int) -> bool:
    """One more branch of a block has an answer; whether all have and none was returned: the case goes on."""
    missing = counter_of(hall, row, node_of(hall, fork).slot)
    missing.value -= 1
    return missing.value == 0 and not correct_block(hall, row, fork)


@njit
def finish(hall: Record, row: int) -> None:
    """The case ends."""
    case = case_of(hall, row)
    case.finished = 1
    record_at(hall.finish, case.number, NUMBER).value = hall.now
    hall.unfinished -= case.in_cohort


@njit
def _draw(hall: Record, row: int, code: Record, slot: int) -> int:
    """The branch of a choice or loop for the nth time a case is there."""
    time = count_up(hall, row, slot)
    case = case_of(hall, row)
    u = uniform(hall, case, code.stream, time >> 2, time & 3)
    table = record_at(hall.tables, code.a, TABLE)
    share = _shares(hall, table, case)
    for branch in range(table.n_branches - 1):
        if u < record_at(hall.shares, share + branch, SHARE).value:
            return branch
    return table.n_branches - 1


@njit
def _shares(hall: Record, table: Record, case: Record) -> int:
    """Where the shares of the longest context that has a row begin; see `program.flow.context_keys`."""
    size = hall.n_steps + 1
    found = _find_row(hall, table, 1 + size + case.before_last * size + case.last)
    if found == NONE:
        found = _find_row(hall, table, 1 + case.last)
    if found == NONE:
        found = _find_row(hall, table, 0)
    return record_at(hall.rows, found, ROW).first_share


@njit
def _find_row(hall: Record, table: Record, key: int) -> int:
    low, high = table.first_row, table.first_row + table.n_rows
    while low < high:
        middle = (low + high) // 2
        if record_at(hall.rows, middle, ROW).key < key:
            low = middle + 1
        else:
            high = middle
    behind = table.first_row + table.n_rows
    return low if low < behind and record_at(hall.rows, low, ROW).key == key else NONE


@njit
def _again_or_on(hall: Record, row: int, code: Record) -> int:
    rounds = counter_of(hall, row, code.slot)
    rounds.value += 1
    again = number_of(hall.targets, code.first_target)
    on = number_of(hall.targets, code.first_target + 1)
    if _draw(hall, row, code, code.slot_2) == 1:
        return on
    if rounds.value >= code.b:
        hall.loops_capped += 1
        return on
    return again


@njit
def _wait(hall: Record, row: int, node: int, code: Record) -> None:
    time = count_up(hall, row, code.slot)
    case = case_of(hall, row)
    length = whole(exact_ms(hall, code.a, uniform(hall, case, code.stream, time >> 2, time & 3)))
    end = hall.now + length if code.b < 0 else open_hours.add(hall, code.b, hall.now, length)
    refer_to(hall, row)
    agenda.of_case(hall, end, agenda.DELAY_OVER, row, node, time)

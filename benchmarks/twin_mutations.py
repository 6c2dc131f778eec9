"""Would the twin search notice? One rule of the SimPy engine is broken at a time, on purpose.

    python benchmarks/twin_mutations.py [--models 1000] [--seed 1]

For each broken rule the generated models of `twin_search.py` run on the broken SimPy engine and on the
compiled one, until the two differ; where they do not, the kept cases of `twin_cases/`, which every test run
compares as well. Prints a table: at which model or case, and what differs. A broken rule that nothing
notices is a hole: exit code 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

if __name__ == "__main__":
    root = Path(__file__).resolve().parents[1]
    sys.path[:1] = [str(root), str(root / "tests" / "simulation" / "engines")]

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from generated_models import GeneratedRun, generated_runs, run_from_yaml
from simulation.engines.compiled import prepare, run_compiled
from simulation.engines.program.open_time import NEVER
from simulation.engines.randomness import COME_BACK, WALK
from simulation.engines.reference import desks as desks_module
from simulation.engines.reference import simpy_engine
from simulation.engines.reference.agenda import Kind
from simulation.engines.reference.applicants import Applicants
from simulation.engines.reference.case_flow import CaseFlow
from simulation.engines.reference.cases import Case, Task
from simulation.engines.reference.desks import Desks
from simulation.engines.reference.gates import Gates
from simulation.engines.reference.machines import Machines
from simulation.engines.reference.patience import Patience
from simulation.engines.reference.sampling import Sampling
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.engines.reference.work import Work
from twin_difference import first_difference

KEPT = Path(__file__).resolve().parents[1] / "tests" / "simulation" / "engines" / "twin_cases"


class Mutation(NamedTuple):
    """A rule that is broken, and how."""

    rule: str
    broken: Callable[[], AbstractContextManager[Any]]


def _in_place(owner: Any, name: str, replacement: Any) -> Callable[[], AbstractContextManager[Any]]:
    return lambda: patch.object(owner, name, replacement)


def _comes_first(kind: int) -> Callable[[], AbstractContextManager[Any]]:
    """One kind of things due at one instant comes before all others."""
    return _in_place(simpy_engine, "_IDENTITY", lambda due: (due[0] != kind, *due[:4]))


def _first_free(desks: Desks, pool: int) -> int:
    for member in desks._members_of_pool[pool]:
        if desks._free[member] and desks._on_duty[member] and not desks._down[member]:
            return member
    return -1


def _papers_first(desks: Desks, pool: int) -> Any:
    return desks._papers[pool] or (desks.people_inside and desks._applicants[pool]) or None


def _stays_open(desks: Desks, opens: bool) -> int:
    if opens:
        desks.people_inside = True
        desks.to_look_at.update(range(len(desks._applicants)))
    return 0


def _later_reached_first(task: Task, job: Any = None) -> Any:
    return task.priority, task.enabled, -task.case.number, task.step, task.visit, job or task


def _without_priority(task: Task, job: Any = None) -> Any:
    return 0, task.enabled, task.case.number, task.step, task.visit, job or task


def _rounded_down(
    sampling: Sampling, distribution: int, stream: int, case: Case, visit: int, purpose: int
) -> int:
    return int(sampling.exact_ms(distribution, stream, case, visit, purpose))


def _as_they_came(gates: Gates, step: int) -> list[Task]:
    return [task for task in gates._there[step] if not task.gone]


def _same_day(patience: Patience, again: Task) -> int:
    return patience._agenda.now + patience._sampling.whole_ms(
        patience._program.come_back_after, again.code.stream, again.case, again.visit, COME_BACK
    )


def _left_on_the_clock(job: Any, _: Any, now: int) -> None:
    job.left = NEVER if job.end == NEVER else job.end - now
    job.end = NEVER


def _always_walks(applicants: Applicants, task: Task) -> int:
    walk = applicants._program.walk
    return applicants._sampling.whole_ms(walk, task.code.stream, task.case, task.visit, WALK)


def _kept_to_the_end(work: Work, case: Case) -> None:
    if case.closed:
        for member in case.kept:
            work.desks.free(member, work._agenda.now)
        case.kept = ()


def _passed_in_wrong_order(flow: CaseFlow, case: Case, node: int) -> None:
    code = flow._nodes[node]
    case.last, case.before_last = case.before_last, code.a + 1
    flow.go_on(case, code.next)


def _rounds_never_counted(flow: CaseFlow, case: Case, node: int) -> int:
    return 0


def _repair_makes_idle() -> AbstractContextManager[Any]:
    works_again = Desks.works_again

    def broken(desks: Desks, machine: int) -> Any:
        job = works_again(desks, machine)
        if job is None:
            desks._idle_since[machine] = max(desks._idle_since) + 1
        return job

    return patch.object(Desks, "works_again", broken)


def _slot_not_waited_for() -> AbstractContextManager[Any]:
    coming = Applicants._moment_of_coming

    def broken(applicants: Applicants, task: Task) -> int:
        task.case.slot_ms = -1
        return coming(applicants, task)

    return patch.object(Applicants, "_first_ticket", broken)


MUTATIONS = (
    Mutation("of those free, the one idle longest serves", _in_place(Desks, "_longest_idle", _first_free)),
    Mutation("lower priority numbers first", _in_place(desks_module, "waiting", _without_priority)),
    Mutation("of equals, the earlier case first", _in_place(desks_module, "waiting", _later_reached_first)),
    Mutation("papers and applicants share one order", _in_place(Desks, "_first_queue", _papers_first)),
    Mutation("closed cases leave the queue", _in_place(desks_module, "_drop_gone", lambda queue: None)),
    Mutation("applicants leave at closing", _in_place(Desks, "hall_changes", _stays_open)),
    Mutation("completions before delays that are over", _comes_first(Kind.DELAY_OVER)),
    Mutation("completions before patience ends", _comes_first(Kind.GIVES_UP)),
    Mutation("completions before failures", _comes_first(Kind.MACHINE)),
    Mutation("a gate opens after what is due", _comes_first(Kind.GATE)),
    Mutation("milliseconds are rounded half up", _in_place(Sampling, "whole_ms", _rounded_down)),
    Mutation("a batch keeps the order of its queue", _in_place(Gates, "_in_order", _as_they_came)),
    Mutation("who gave up comes on a later day", _in_place(Patience, "back_at", _same_day)),
    Mutation(
        "papers pause with their machine", _in_place(Machines, "_interrupt", staticmethod(_left_on_the_clock))
    ),
    Mutation("a repair is no work of the machine", _repair_makes_idle),
    Mutation("no way to the pool one is at", _in_place(Applicants, "_walk", _always_walks)),
    Mutation("a kept machine is free after the help", _in_place(Work, "_free_kept", _kept_to_the_end)),
    Mutation("the slot is waited for", _slot_not_waited_for),
    Mutation("choices look back in order", _in_place(CaseFlow, "passed", _passed_in_wrong_order)),
    Mutation("rounds of a block count as returns", _in_place(CaseFlow, "rounds", _rounds_never_counted)),
)


class _Noticed(Exception):  # noqa: N818 - ends a search that was successful
    pass


def difference(mutation: Mutation, generated: GeneratedRun) -> str | None:
    """What differs between the broken engine and the compiled one."""
    program, *how = generated.arguments()
    try:
        with mutation.broken():
            run = run_simpy(program, *how)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        return f"the engine fails: {type(error).__name__}"
    found = first_difference(program, run, run_compiled(program, *how))
    return None if found is None else found.splitlines()[0]


def first_noticed(mutation: Mutation, models: int, seed: int) -> tuple[str, str] | None:
    """At which model or kept case the engines differ, and in what; None if they never do."""
    looked_at = 0
    found: list[tuple[str, str]] = []  # Hypothesis runs a failing model again: the first counts

    @seeded(seed)
    @settings(
        max_examples=models,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(generated=generated_runs())
    def every(generated: GeneratedRun) -> None:
        nonlocal looked_at
        looked_at += 1
        what = difference(mutation, generated)
        if what is not None:
            found.append((str(looked_at), what))
            raise _Noticed

    try:
        every()
    except _Noticed:
        return found[0]
    for path in sorted(KEPT.glob("*.yaml")):
        what = difference(mutation, run_from_yaml(path.read_text(encoding="utf-8")))
        if what is not None:
            return path.stem, what
    return None


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given_ = parser.parse_args()
    prepare()
    missed = 0
    print("| rule that was broken | noticed at model or case | what differs |\n|---|---|---|")
    for mutation in MUTATIONS:
        noticed = first_noticed(mutation, given_.models, given_.seed)
        missed += noticed is None
        at, what = noticed or ("never", "")
        print(f"| {mutation.rule} | {at} | {what} |", flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()

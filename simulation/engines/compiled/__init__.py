"""The compiled engine, on numba: the exact twin of the SimPy engine, which stays the reference.

`run_compiled` gives the very records of `run_simpy`, many times sooner, and holds no lock of the
interpreter while it runs, so that replications run in threads. Its machine code is made once on a machine,
which takes some tens of seconds (`prepare`), and kept (`kernels`). Numba is imported when first needed.
"""

from __future__ import annotations

from simulation.engines.arrivals import Applicants
from simulation.engines.compiled.kernels import is_ready, prepare
from simulation.engines.program.codes import Program
from simulation.engines.run_records import RunRecords

__all__ = ["is_ready", "prepare", "run_compiled"]


def run_compiled(
    program: Program,
    seed: int,
    replication: int,
    cohort_days: tuple[int, int] | None = None,
    applicants: Applicants | None = None,
) -> RunRecords:
    """Run a program with the compiled engine; with `applicants`, these come instead of drawn ones.

    The first run in a process loads the machine code, the first on a machine makes it (see `prepare`).
    """
    prepare()
    from simulation.engines.compiled.engine import CompiledRun
    from simulation.engines.compiled.people_coming import AllPeople, people_of

    people = people_of(program, seed, replication) if applicants is None else AllPeople(applicants)
    return CompiledRun(program, seed, replication, cohort_days, people).run()

"""The twin search: generated models on both engines, looked through for the first event that differs.

    python benchmarks/twin_search.py [--models 2000] [--seed 1] [--coverage-of 4] [--keep DIR] [--shrink]

Hypothesis makes the models (`tests/simulation/engines/generated_models.py`); every field of the records must
be equal, to the millisecond, also where the compiled engine has no room to spare (`twin_tight.py`), and the
records must obey the laws of `laws_of_runs.py`. Prints how many models,
visits and repairs were compared, and what they covered: how many models have a feature, and in how many of
every `--coverage-of`-th it acted, i.e. the records show it or leaving it out makes another run. A feature
that never acted is a failure of the search, like a difference: exit code 1. Differences are written to
`--keep` as YAML; with `--shrink` the search ends with the first one and makes it as small as it can.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parents[1]
    sys.path[:1] = [str(root), str(root / "tests" / "simulation" / "engines")]

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from generated_coverage import Facts, acted, features, present
from generated_models import GeneratedRun, generated_runs
from laws_of_runs import broken_laws
from simulation.engines.compiled import prepare, run_compiled
from simulation.engines.reference.simpy_engine import run_simpy
from twin_difference import first_difference
from twin_tight import run_tight

MOST_DIFFERENCES = 20


class Search:
    """What was looked at so far."""

    def __init__(self, coverage_of: int, keep: Path | None) -> None:
        self.coverage_of = coverage_of
        self.keep = keep
        self.models = self.cases = self.visits = self.repairs = self.covered = 0
        self.distinct: set[int] = set()
        self.has: Counter[str] = Counter()
        self.acted: Counter[str] = Counter()
        self.differences: list[str] = []
        self.smallest: GeneratedRun | None = None

    def look_at(self, generated: GeneratedRun) -> str | None:
        """Runs a model on both engines; what differs, or a law that is broken."""
        program, *how = generated.arguments()
        run = run_simpy(program, *how)
        found = first_difference(program, run, run_compiled(program, *how))
        found = found or first_difference(program, run, run_tight(program, *how))
        found = found or next((f"a law is broken: {breach}" for breach in broken_laws(program, run)), None)
        self.models += 1
        self.distinct.add(hash(repr(generated.document)))
        self.cases += run.arrived_ms.size
        self.visits += len(run.visits)
        self.repairs += len(run.repairs)
        if self.models % 500 == 0:
            print(f"{self.models} models, {self.visits} visits", file=sys.stderr, flush=True)
        self.has.update(present(generated))
        if self.models % self.coverage_of == 0:
            self.covered += 1
            self.acted.update(acted(Facts(generated, program, run)))
        return found

    def report(self, generated: GeneratedRun, found: str) -> None:
        """A difference: on the screen, and as YAML where it is to be kept."""
        self.differences.append(found)
        self.smallest = generated
        print(f"difference {len(self.differences)} (model {self.models}):\n{found}\n", flush=True)
        if self.keep is not None:
            self.keep.mkdir(parents=True, exist_ok=True)
            path = self.keep / f"difference-{len(self.differences):03d}.yaml"
            path.write_text(generated.to_yaml(), encoding="utf-8")

    def table(self) -> str:
        """The coverage as Markdown."""
        lines = [
            f"| feature | models with it (of {self.models}) | acted (of {self.covered}) |",
            "|---|---|---|",
        ]
        lines += [f"| {name} | {self.has[name]} | {self.acted[name]} |" for name in features()]
        return "\n".join(lines)

    @property
    def never_acted(self) -> list[str]:
        """Features of the table that did not act once."""
        return [name for name in features() if not self.acted[name]]


def look_through(search: Search, models: int, seed: int) -> None:
    """Generates models and looks at each."""

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
        found = search.look_at(generated)
        if found is not None:
            search.report(generated, found)
        if len(search.differences) >= MOST_DIFFERENCES:
            sys.exit(f"stopped after {MOST_DIFFERENCES} differences in {search.models} models")

    every()


def shrink(search: Search, models: int, seed: int) -> str | None:
    """The first difference, as small as Hypothesis makes it; None if there is none."""
    smallest: list[tuple[GeneratedRun, str]] = []

    @seeded(seed)
    @settings(
        max_examples=models,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(generated=generated_runs())
    def every(generated: GeneratedRun) -> None:
        found = search.look_at(generated)
        if found is not None:
            smallest[:] = [(generated, found)]
            raise AssertionError("the engines differ")

    try:
        every()
    except AssertionError:
        search.report(*smallest[-1])
        return smallest[-1][0].to_yaml()
    return None


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--coverage-of", type=int, default=4)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--shrink", action="store_true")
    given_ = parser.parse_args()
    prepare()
    search, began = Search(given_.coverage_of, given_.keep), time.process_time()
    if given_.shrink:
        sys.exit(shrink(search, given_.models, given_.seed) or 0)
    look_through(search, given_.models, given_.seed)
    print(search.table())
    models = f"{search.models} runs of {len(search.distinct)} models (seed {given_.seed})"
    print(
        f"\n{models}: {search.cases} cases, "
        f"{search.visits} visits and {search.repairs} repairs compared, "
        f"{len(search.differences)} differences; {time.process_time() - began:.0f} s of processor time"
    )
    if search.never_acted:
        print(f"never acted: {', '.join(search.never_acted)}")
    sys.exit(1 if search.differences or search.never_acted else 0)


if __name__ == "__main__":
    main()

"""Speed of the simulation engines beside other libraries, in one run and one set of tables.

    python benchmarks/engines.py [--quick] [--runs 3] [--parts queue hall loan growth experiments]
    python benchmarks/engines.py --write docs/speed.md

The first run makes an environment for the other libraries (`benchmarks/.peers`, 1.2 GB, from
benchmarks/engine_peers.txt), because Ciw brings a top-level package `tests` and Prosimos needs pandas 2.

- queue: M/M/3 at 90 % load, our engines, SimPy and heapq by hand, Ciw, salabim, cimba three ways;
- hall: sample service B with all it has, our compiled engine against our SimPy engine;
- loan: a loan application of Prosimos (BPMN and JSON), carried over by `onewindow import-prosimos`: events a
  second, and the mean cycle times of both within the error of the replications;
- growth: from 10,000 events to 10 million, time, peak memory, bytes an event;
- experiments: a slider's answers and a year x 30 replications (benchmarks/experiment_speed.py).

Each measurement has a process of its own and counts the processor seconds of all its threads; what takes less
than a second is repeated within it, as replications are, and the first run shown apart. The engines take
turns; the least of several is shown, as others disturb a run and never speed it up. A mean wait or cycle time
that is not that of the formula or of the other engine ends the benchmark with an error.

`--prosimos-files MODEL.bpmn PARAMETERS.json` takes another model of Prosimos for `loan`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":  # mining.py stands here, called like the package it measures
    sys.path[0] = str(ROOT)

from benchmarks.engine_peers import LOAD, SERVERS, SERVICE_MINUTES
from benchmarks.engine_tables import Figure, tables
from benchmarks.machine import versions
from simulation.simulate import ENGINES

HERE = ROOT / "benchmarks"
PEERS = HERE / ".peers"
LOAN = HERE / "loan_application"
PARTS = ("queue", "hall", "loan", "growth", "experiments")
OURS = {"compiled": "onewindow, compiled", "simpy": "onewindow, SimPy"}
OWN = [name for name in OURS if name in ENGINES]
RECORDS = {
    "compiled": "every visit: 13 numbers, and each case",
    "simpy": "every visit: 13 numbers, and each case",
    "prosimos": "a CSV line a task: 6 fields",
    "by hand": "3 numbers a customer",
    "heapq": "3 numbers a customer",
    "ciw": "18 fields a customer",
    "salabim": "3 numbers a customer, and statistics of queues",
    "cimba_servers": "sums alone (three serving processes)",
    "cimba_records": "3 numbers a customer (three serving processes)",
    "cimba_customers": "sums alone (a process a customer, as by hand)",
}
NAMES = {
    "by hand": "SimPy by hand",
    "heapq": "heapq by hand",
    "ciw": "Ciw",
    "salabim": "salabim",
    "cimba_servers": "cimba, fastest form",
    "cimba_records": "cimba, with records",
    "cimba_customers": "cimba, customers",
}
PLAIN_PAGES = {"NUMPY_MADVISE_HUGEPAGE": "0"}
MARKS = ("<!-- engines -->", "<!-- end of engines -->")
FEWER = {"simpy": 5, "by hand": 5, "ciw": 10, "salabim": 100}  # times fewer customers for the slow
SIGMA_OF_A_MEAN_WAIT = 22.0  # x 1 / sqrt(customers): relative, measured at this load over many seeds
GROWTH = {"compiled": (10_000, 100_000, 1_000_000, 10_000_000), "simpy": (10_000, 100_000, 1_000_000)}


def peers_python() -> Path:
    """The Python of the other libraries' environment; made if it is not there."""
    python = (
        PEERS / ("Scripts" if os.name == "nt" else "bin") / ("python.exe" if os.name == "nt" else "python")
    )
    if not (PEERS / "installed").exists():
        print(f"making {PEERS} from engine_peers.txt ...", file=sys.stderr)
        venv.create(PEERS, with_pip=True, clear=True)
        packages = ["-r", str(HERE / "engine_peers.txt")]
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        (PEERS / "installed").touch()
    return python


def in_own_process(
    python: Path, script: str, *arguments: str, settings: dict[str, str] | None = None
) -> dict[str, Any]:
    """The JSON line a script prints last; `settings` are added to its environment."""
    command = [str(python), str(HERE / script), *arguments]
    environment = {**os.environ, **(settings or {})}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        what = f"{script} {' '.join(arguments)} ended with {done.returncode}"
        raise SystemExit(f"{what}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def own(*arguments: str, settings: dict[str, str] | None = None) -> dict[str, Any]:
    """A measurement of our engines."""
    return in_own_process(Path(sys.executable), "engine_runs.py", *arguments, settings=settings)


def best(part: str, engine: str, name: str, runs: Sequence[dict[str, Any]]) -> Figure:
    least = min(runs, key=lambda run: run["cpu"] / run["units"])
    return Figure(
        part=part,
        engine=name,
        records=RECORDS.get(engine, ""),
        units=least["units"],
        cpu_seconds=least["cpu"],
        cpu_seconds_all=[round(run["cpu"], 3) for run in runs],
        first_cpu_seconds=min(run["first_cpu"] for run in runs),
        wall_seconds=min(run["wall"] for run in runs),
        before_mb=least.get("before_mb"),
        peak_mb=least.get("peak_mb"),
        version=least.get("version", ""),
    )


def erlang_c_wait() -> float:
    """Mean wait of M/M/c in minutes."""
    offered = SERVERS * LOAD
    last = offered**SERVERS / math.factorial(SERVERS) / (1 - LOAD)
    waits = last / (sum(offered**k / math.factorial(k) for k in range(SERVERS)) + last)
    return waits * SERVICE_MINUTES / (SERVERS - offered)


def check_wait(engine: str, run: dict[str, Any]) -> None:
    """Within four standard errors of the formula."""
    expected = erlang_c_wait()
    allowed = 4 * SIGMA_OF_A_MEAN_WAIT / math.sqrt(run["units"])
    if abs(run["mean_wait"] / expected - 1) > allowed:
        raise SystemExit(
            f"{engine}: mean wait {run['mean_wait']:.3f} minutes, the formula says {expected:.3f}"
        )


def measure_queue(customers: int, runs: int, seed: int) -> list[Figure]:
    """All of them, taking turns; each run has a seed of its own, the same for all."""
    python = peers_python()
    names = [*OWN, *NAMES]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for run in range(runs):
        turn = names[run % len(names) :] + names[: run % len(names)]
        for name in turn:
            size = str(customers // FEWER.get(name, 1))
            if name in OWN:
                one = own("queue", name, size, str(seed + run))
            else:  # what is written by hand runs in our Python, with our SimPy
                by_hand = name in ("by hand", "heapq")
                engine = "simpy" if name == "by hand" else name
                chosen = Path(sys.executable) if by_hand else python
                one = in_own_process(chosen, "engine_peers.py", engine, size, str(seed + run))
            check_wait(name, one)
            found[name].append(one)
    return [best("queue", name, {**OURS, **NAMES}[name], found[name]) for name in names]


def measure_hall(days: int, runs: int, seed: int) -> list[Figure]:
    """Our engines on service B, the same seed each time; they must write the same number of visits."""
    found = {name: [own("hall", name, str(days), str(seed)) for _ in range(runs)] for name in OWN}
    counts = {run["units"] for of_engine in found.values() for run in of_engine}
    if len(counts) > 1:
        raise SystemExit(f"the engines write different numbers of visits: {sorted(counts)}")
    return [best("hall", name, OURS[name], found[name]) for name in OWN]


def measure_growth(largest: int, seed: int) -> list[Figure]:
    """The queue at each size, one process each; the least of three up to 100,000, of two beyond.

    Without huge pages: where memory is in pieces the system spends seconds on making some.
    """
    figures = []
    for name in OWN:
        for size in (size for size in GROWTH[name] if size <= largest):
            repeats = 3 if size <= 100_000 else 2
            runs = [own("queue", name, str(size), str(seed), settings=PLAIN_PAGES) for _ in range(repeats)]
            figures.append(best("growth", name, OURS[name], runs))
    return figures


def measure_loan(
    files: Sequence[str], cases: int, replications: int, seed: int, folder: Path
) -> tuple[list[Figure], dict[str, Any]]:
    """Prosimos, then our engines with the same arrivals: the least times, and the cycle times in pairs."""
    python, log = peers_python(), str(folder / "log.csv")
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in (*OWN, "prosimos")}
    for replication in range(replications):
        number = str(seed + replication)
        theirs = in_own_process(python, "engine_peers.py", "prosimos", *files, str(cases), number, log)
        for name in OWN:
            runs[name].append(own("loan", name, *files, number, log))
        runs["prosimos"].append({**theirs, "units": runs[OWN[0]][-1]["their_units"]})
    figures = [best("loan", name, {**OURS, "prosimos": "Prosimos"}[name], runs[name]) for name in runs]
    pairs = runs[OWN[0]]
    return figures, {
        "cases": cases,
        "replications": replications,
        **paired("cycle_hours", [(run["their_cycle_hours"], run["cycle_hours"]) for run in pairs]),
        **paired("events", [(run["their_units"], run["units"]) for run in pairs]),
    }


def paired(name: str, values: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Means of both and of the difference with its standard error; more than four of them is an error."""
    differences = [own_value - their_value for their_value, own_value in values]
    error = statistics.stdev(differences) / math.sqrt(len(differences)) if len(differences) > 1 else math.nan
    difference = statistics.fmean(differences)
    if len(differences) >= 5 and abs(difference) > 4 * error:
        raise SystemExit(f"{name}: ours - Prosimos = {difference:.3f} with a standard error of {error:.3f}")
    return {
        f"{name}_prosimos": statistics.fmean(their_value for their_value, _ in values),
        f"{name}_ours": statistics.fmean(own_value for _, own_value in values),
        f"{name}_difference": difference,
        f"{name}_standard_error": error,
    }


def measure_all(chosen: argparse.Namespace) -> dict[str, Any]:
    """Every part that was asked for."""
    quick, seed = chosen.quick, chosen.seed
    runs = 1 if quick else chosen.runs
    found: dict[str, Any] = {"figures": [], "loan": None, "experiments": None}
    if "queue" in chosen.parts:
        found["figures"] += measure_queue(100_000 if quick else 1_000_000, runs, seed)
    if "hall" in chosen.parts:
        found["figures"] += measure_hall(60 if quick else 365, runs, seed)
    if "loan" in chosen.parts:
        files = chosen.prosimos_files or [str(path) for path in sorted(LOAN.glob("loan_application.*"))]
        cases, replications = (500, 2) if quick else (2000, 8)
        with tempfile.TemporaryDirectory() as folder:
            figures, found["loan"] = measure_loan(files, cases, replications, seed, Path(folder))
        found["figures"] += figures
    if "growth" in chosen.parts:
        found["figures"] += measure_growth(100_000 if quick else 10_000_000, seed)
    if "experiments" in chosen.parts and "compiled" in ENGINES:
        found["experiments"] = own("experiments", "compiled", str(1 if quick else 4))["figures"]
    return found


def write_between(file: Path, text: str) -> None:
    """Replace what stands between the marks of a file."""
    old = file.read_text(encoding="utf-8")
    begin, end = (old.find(mark) for mark in MARKS)
    if not 0 <= begin < end:
        raise SystemExit(f"{file} has no {' ... '.join(MARKS)}")
    new = f"{old[: begin + len(MARKS[0])]}\n{text}\n{old[end:]}"
    file.write_text(new, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes, one run each")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--prosimos-files", nargs=2, metavar=("BPMN", "JSON"))
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--write", type=Path, help=f"put the tables between {' and '.join(MARKS)} of this file"
    )
    chosen = parser.parse_args(arguments)
    found = measure_all(chosen)
    about = versions("simpy", "numpy", "numba", "pandas")
    if chosen.json:
        figures = [{**asdict(figure), "per_second": figure.per_second} for figure in found["figures"]]
        print(json.dumps({"about": about, **found, "figures": figures}))
        return
    line = ", ".join(f"{key} {value}" for key, value in about.items()) + f"; seed {chosen.seed}"
    text = f"{line}\n\n{tables(found)}"
    print(text)
    if chosen.write is not None:
        write_between(chosen.write, text)


if __name__ == "__main__":
    main(sys.argv[1:])

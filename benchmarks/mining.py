"""Speed and memory of mining beside pm4py, r4pm, polars and DuckDB, in one run and one table.

    pip install -e .[benchmarks]
    python benchmarks/mining.py [--events 1000000] [--runs 3] [--parts csv xes ...] [--json]

It writes synthetic logs from a seed into a temporary folder and measures

- csv: read, sort, directly-follows counts, times of moves (mean, median, max, min, sum, sd), variants;
- xes: the same from XES, and reading alone;
- hall: this project alone on nine Chinese columns with starts and ends, and with the whole process map;
- filters: once a log is loaded, each filter and slider;
- diagnostics: all of them on one log;
- growth: the work of `csv` from 10,000 events to 10 million, time and peak memory.

Each measurement has a process of its own, begins when everything is imported, and counts the processor
seconds of all its threads; the engines take turns, each turn in another order, and the median is shown. Peak
memory is that of the whole process. All engines must give the same counts, times, variants and order of
events, or the benchmark fails.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":  # this file is called like the package it measures
    sys.path[0] = str(ROOT)

from benchmarks import mining_engines as engines
from benchmarks import mining_loaded, mining_logs
from benchmarks.machine import peak_mb, versions

PARTS = ("csv", "xes", "hall", "filters", "diagnostics", "growth")
GROWTH = (10_000, 100_000, 1_000_000, 10_000_000)
GROUPS: dict[str, dict[str, engines.Engine]] = {
    "csv": engines.CSV_ENGINES,
    "xes": engines.XES_ENGINES,
    "xes reading": engines.XES_READERS,
    "hall": engines.OWN,
}
LIBRARIES = ("numpy", "pandas", "pyarrow", "polars", "duckdb", "pm4py", "r4pm")


@dataclass(frozen=True)
class Figure:
    """One line of the table; seconds of the processor, median of the runs."""

    part: str
    engine: str
    events: int
    cpu_seconds: float
    cpu_seconds_all: list[float]
    wall_seconds: float
    peak_mb: float


def measure_here(group: str, engine: str, path: str) -> dict[str, Any]:
    """One measurement, in this process."""
    work, answer = GROUPS[group][engine](path)
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = peak_mb()
    return {"cpu": cpu, "wall": wall, "peak_mb": peak, "answer": asdict(answer(result))}


def in_own_process(*arguments: str) -> dict[str, Any]:
    """What `--measure` prints, from a new process."""
    command = [sys.executable, str(Path(__file__).resolve()), "--measure", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(group: str, path: Path, runs: int) -> list[Figure]:
    """All engines of a group on one file, taking turns; fails where two answers differ."""
    names = list(GROUPS[group])
    measured: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for run in range(runs):
        turn = names[run % len(names) :] + names[: run % len(names)]
        for name in turn:
            measured[name].append(in_own_process(group, name, str(path)))
    for name in names:
        check_equal(measured[names[0]][0]["answer"], measured[name][0]["answer"], f"{group}: {name}")
    return [figure(group, name, measured[name]) for name in names]


def figure(part: str, engine: str, runs: Sequence[dict[str, Any]]) -> Figure:
    return Figure(
        part=part,
        engine=engine,
        events=runs[0]["answer"]["events"],
        cpu_seconds=statistics.median(run["cpu"] for run in runs),
        cpu_seconds_all=[round(run["cpu"], 3) for run in runs],
        wall_seconds=statistics.median(run["wall"] for run in runs),
        peak_mb=statistics.median(run["peak_mb"] for run in runs),
    )


def check_equal(expected: dict[str, Any], found: dict[str, Any], where: str) -> None:
    for field in ("events", "variants", "order"):
        if None not in (expected[field], found[field]) and expected[field] != found[field]:
            raise SystemExit(f"{where}: {field} differ: {expected[field]} and {found[field]}")
    if expected["moves"] is None or found["moves"] is None:
        return
    if expected["moves"].keys() != found["moves"].keys():
        raise SystemExit(f"{where}: moves differ: {expected['moves'].keys() ^ found['moves'].keys()}")
    for move, values in expected["moves"].items():
        for mine, other in zip(values, found["moves"][move], strict=True):
            if not (math.isclose(mine, other, rel_tol=1e-9) or (math.isnan(mine) and math.isnan(other))):
                raise SystemExit(f"{where}: times of {move} differ: {values} and {found['moves'][move]}")


def measure_growth(folder: Path, sizes: Sequence[int], seed: int) -> list[Figure]:
    """This project at each size, one process each; the two smallest as medians of three."""
    figures = []
    for size in sizes:
        path = folder / f"growth{size}.csv"
        mining_logs.write_csv(path, map(mining_logs.usual_columns, mining_logs.draw_events(size, seed)))
        runs = [in_own_process("csv", "onewindow", str(path)) for _ in range(3 if size <= 100_000 else 1)]
        figures.append(figure("growth", "onewindow", runs))
        path.unlink()
    return figures


def measure_all(arguments: argparse.Namespace, folder: Path) -> tuple[list[Figure], dict[str, Any]]:
    figures: list[Figure] = []
    loaded: dict[str, Any] = {}
    n, seed, runs = arguments.events, arguments.seed, arguments.runs
    if "csv" in arguments.parts:
        path = folder / "usual.csv"
        mining_logs.write_csv(path, map(mining_logs.usual_columns, mining_logs.draw_events(n, seed)))
        figures += compare("csv", path, runs)
    if "xes" in arguments.parts:
        path = folder / "usual.xes"
        mining_logs.write_xes(path, mining_logs.draw_events(n, seed))
        figures += compare("xes", path, runs) + compare("xes reading", path, runs)
        path.unlink()
    hall = folder / "hall.csv"
    if {"hall", "filters"} & set(arguments.parts):
        mining_logs.write_csv(hall, map(mining_logs.hall_columns, mining_logs.draw_events(n, seed)))
    if "hall" in arguments.parts:
        figures += compare("hall", hall, runs)
    for part in ("filters", "diagnostics"):
        if part in arguments.parts:
            loaded[part] = in_own_process(part, str(n), str(hall if part == "filters" else folder))
    if "growth" in arguments.parts:
        figures += measure_growth(folder, arguments.growth, seed)
    return figures, loaded


def print_table(figures: Sequence[Figure], loaded: dict[str, Any]) -> None:
    fastest_own = {f.part: f.cpu_seconds for f in figures if f.engine == "onewindow"}
    titles = ("part", "engine", "events", "CPU s", "x ours", "wall s", "MB", "CPU s of each run")
    print("{:12s} {:20s} {:>11s} {:>8s} {:>7s} {:>8s} {:>7s}  {}".format(*titles))
    for f in figures:
        ratio = "" if f.part == "growth" else f"{f.cpu_seconds / fastest_own[f.part]:.2f}"
        print(
            f"{f.part:12s} {f.engine:20s} {f.events:11,d} {f.cpu_seconds:8.3f} {ratio:>7s} "
            f"{f.wall_seconds:8.3f} {f.peak_mb:7.0f}  {f.cpu_seconds_all}"
        )
    for part, found in loaded.items():
        print(f"\n{part}: {found['title']}")
        for name, value in found["figures"].items():
            print(f"  {name:60s} {value:10.3f} {found['unit']}")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--growth", nargs="+", type=int, default=GROWTH, metavar="EVENTS")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.measure:
        part, what, path = chosen.measure
        if part in mining_loaded.PARTS:
            print(json.dumps(mining_loaded.PARTS[part](int(what), path)))
        else:
            print(json.dumps(measure_here(part, what, path)))
        return
    with tempfile.TemporaryDirectory() as folder:
        figures, loaded = measure_all(chosen, Path(folder))
    if chosen.json:
        print(
            json.dumps(
                {"about": versions(*LIBRARIES), "figures": [asdict(f) for f in figures], "loaded": loaded}
            )
        )
        return
    for key, value in versions(*LIBRARIES).items():
        print(f"{key}: {value}")
    print(f"CPU seconds, median of {chosen.runs} runs in turns, a process each\n")
    print_table(figures, loaded)


if __name__ == "__main__":
    main(sys.argv[1:])

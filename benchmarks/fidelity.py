"""How well calibrated models follow the logs published systems are measured on, the floor beside them.

    python benchmarks/fidelity.py --data DIR [--log LoanApp ...] [--replications 10] [--seed 1] [--json FILE]

DIR holds LoanApp.csv.gz, P2P.csv.gz, Production.csv.gz and ACR.csv.gz; one that is missing is named and left
out. For each log: cut by end time (first 80 % of the events), `calibrate` on the training part, then
simulate from the day of the first arrival of the test part and take as many cases as that part holds, from
that arrival on. The mean of six distances over the replications, for the model and for the resampling floor
(`simulation/fidelity/floor.py`). A hall begins empty. Cases that do not come or
finish within a run of up to 3584 days are counted, and measured as far as they came. Equal arguments give
equal figures but for the seconds (of CPU).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mining.event_log import EventLog
from mining.reading import read_event_log
from simulation.calibration import calibrate
from simulation.fidelity import (
    Distances,
    LogSplit,
    mean_distances,
    measure_distances,
    resample_training,
    split_by_end_time,
)
from simulation.service_model import ServiceModel
from simulation.simulate import simulate

LOGS = ("LoanApp", "P2P", "Production", "ACR")
FIRST_DAYS, MOST_DAYS = 56, 3584
FIGURES = {
    "NGD": "n_gram",
    "AED h": "absolute_hours",
    "CED h": "circadian_hours",
    "RED h": "relative_hours",
    "CTD h": "cycle_time_hours",
    "CAR h": "case_arrival_hours",
}


@dataclass(frozen=True)
class Result:
    """One log: both sets of distances, and what it took; `n_unfinished` of all replications together."""

    log: str
    n_training: int
    n_test: int
    n_cut: int
    n_unfinished: int
    calibration_cpu_seconds: float
    model: Distances
    floor: Distances


def simulated_cases(
    model: ServiceModel, split: LogSplit, seed: int, replication: int
) -> tuple[EventLog, int]:
    """As many cases as the test part has, from its first arrival on; how many did not come or finish."""
    begin = split.first_test_arrival
    placed = model.model_copy(update={"start_date": begin.date()})
    days = FIRST_DAYS
    while True:
        log = simulate(placed, days, seed, replication)
        came = log.cases[log.cases["ts_apply"] >= begin].sort_values("ts_apply", kind="stable")
        chosen = came.iloc[: split.test.n_cases]
        n_unfinished = split.test.n_cases - int(chosen["ts_finish"].notna().sum())
        if days >= MOST_DAYS or n_unfinished == 0:
            return log.of_cases(chosen["case_id"]), n_unfinished
        days *= 2


def measure_log(path: Path, seed: int, replications: int) -> Result:
    """The distances of today's `calibrate` and of the floor on one log."""
    split = split_by_end_time(read_event_log(path))
    began = time.process_time()
    model = calibrate(split.training)
    seconds = time.process_time() - began
    runs = [simulated_cases(model, split, seed, number) for number in range(replications)]
    n_test = split.test.n_cases
    drawn = [
        resample_training(split.training, n_test, split.first_test_arrival, seed, number)
        for number in range(replications)
    ]
    return Result(
        log=path.name.removesuffix(".csv.gz"),
        n_training=split.training.n_cases,
        n_test=n_test,
        n_cut=split.n_cut_cases,
        n_unfinished=sum(unfinished for _, unfinished in runs),
        calibration_cpu_seconds=seconds,
        model=mean_distances([measure_distances(split.test, run) for run, _ in runs]),
        floor=mean_distances([measure_distances(split.test, run) for run in drawn]),
    )


def table(results: list[Result]) -> str:
    """Markdown: two rows a log, the model and the floor."""
    names = " | ".join(FIGURES)
    lines = [
        f"| log (training / test / cut cases) | made by | {names} | unfinished | calibration CPU s |",
        "|---" * (len(FIGURES) + 4) + "|",
    ]
    for result in results:
        head = f"{result.log} ({result.n_training} / {result.n_test} / {result.n_cut})"
        more = f"{result.n_unfinished} | {result.calibration_cpu_seconds:.2f}"
        lines.append(f"| {head} | model | {_figures(result.model)} | {more} |")
        lines.append(f"| | floor | {_figures(result.floor)} | | |")
    return "\n".join(lines)


def _figures(distances: Distances) -> str:
    return " | ".join(f"{getattr(distances, name):.3g}" for name in FIGURES.values())


def main() -> int:
    """Print the table; 2 where no log could be measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--log", nargs="+", choices=LOGS, default=list(LOGS))
    parser.add_argument("--replications", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if given.replications < 1:
        parser.error(f"--replications must be at least 1, found {given.replications}")
    results = []
    for name in given.log:
        path = given.data / f"{name}.csv.gz"
        if not path.exists():
            print(f"left out: {path} is missing", file=sys.stderr)
            continue
        results.append(measure_log(path, given.seed, given.replications))
        print(f"measured: {name}", file=sys.stderr)
    if not results:
        return 2
    print(table(results))
    if given.json:
        given.json.write_text(json.dumps([asdict(result) for result in results], indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

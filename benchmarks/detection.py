"""Precision and recall of the diagnostics on the sample services, kind by kind, in one table.

    python benchmarks/detection.py [--service A B ...] [--seeds 20] [--days N] [--json FILE]

For each service and seed a log is made, mined as the product mines it (working hours read from the log), and
the findings are held against what the generator itself knows. The rules (`sample_logs/judging/kinds.py`):

- A *place* is where a kind of waste can be: a document, a step, an officer, a pair of departments, a kind of
  limit, an item, or the hall as a whole.
- Planted is a place whose figure, counted from the log as it was made (true names, no noise, the model
  behind it), lies above the alarm level by more than a tenth of it: recall = planted places found / planted.
- A finding is right at a place whose figure lies above nine tenths of the alarm level: precision = right
  findings / findings. Between nine and eleven tenths chance decides, so such a place counts neither way.
- A set of parallel steps is planted as written in `sample_logs/planted/`; right is any set of departments of
  which, by the model, none needs a document of another. Drift is right where a new policy began.
- "any other kind": findings of kinds of which nothing is planted; each is invented.
- Service N has nothing planted. Its line says in how many of its logs nothing at all was found.

A second table adds the services up, kind by kind: what is found in a service it was not planted in counts
against the precision there. What was missed or invented stands below the table with its seed. Two processes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

if __name__ == "__main__":  # mining.py stands here, called like the package it measures
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from sample_logs import sample_names
from sample_logs.judging import Judgement, Row, add_up, clean_logs, judge, over_services

CONTROL = "N"
LEAST = 0.95


def judgements(services: list[str], seeds: int, days: int | None, processes: int) -> Iterator[Judgement]:
    """Every service with every seed from 1 on."""
    tasks = [(service, seed) for service in services for seed in range(1, seeds + 1)]
    if processes < 2:
        yield from (judge(service, seed, days) for service, seed in tasks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(judge, service, seed, days) for service, seed in tasks]
        yield from (task.result() for task in waiting)


def table(rows: list[Row]) -> str:
    """The rows as Markdown; a figure below .95 is marked."""
    lines = [
        "| service | planted kind | planted | found | recall | precision |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row.service} | {row.kind} | {row.planted} | {row.found} | {_share(row.recall)} "
            f"| {_share(row.precision)} |"
        )
    return "\n".join(lines)


def _share(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" + ("" if value >= LEAST else " **below**")


def below(rows: list[Row]) -> list[Row]:
    """Rows whose recall or precision is below .95."""
    return [row for row in rows if min(_or_one(row.recall), _or_one(row.precision)) < LEAST]


def _or_one(value: float | None) -> float:
    return 1.0 if value is None else value


def errors(rows: list[Row]) -> str:
    """What was missed and invented, row by row."""
    lines = []
    for row in rows:
        for what, places in (("missed", row.missed), ("invented", row.invented)):
            if places:
                lines.append(f"{row.service}, {row.kind}: {what} {'; '.join(places)}")
    return "\n".join(lines)


def as_json(rows: list[Row], control: str) -> str:
    """The same for machines."""
    document = {
        "rows": [{**vars(row), "recall": row.recall, "precision": row.precision} for row in rows],
        "control": control,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Returns 1 if a figure is below .95 or findings stand in more than one in twenty logs of the control."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--service", nargs="+", default=sample_names(), choices=sample_names())
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--days", type=int)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    begin = time.perf_counter()
    found = list(judgements(given.service, given.seeds, given.days, given.processes))
    planted = [judgement for judgement in found if judgement.service != CONTROL]
    control = [judgement for judgement in found if judgement.service == CONTROL]
    rows = add_up(planted)
    clean = clean_logs(control)
    line = (
        f"{CONTROL}: nothing found in {clean} of {len(control)} logs without planted waste" if control else ""
    )
    print(table(rows), table(over_services(rows)), line, errors([*rows, *add_up(control)]), sep="\n\n")
    print(f"\n{len(found)} logs in {time.perf_counter() - begin:.0f} s")
    if given.json is not None:
        given.json.write_text(as_json([*rows, *add_up(control)], line), encoding="utf-8")
    return int(bool(below(rows)) or clean < LEAST * len(control))


if __name__ == "__main__":
    raise SystemExit(main())

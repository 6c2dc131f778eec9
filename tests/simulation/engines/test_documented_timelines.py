"""The timelines of docs/how-the-simulation-works.md are what the engine does.

An example is a hall (yaml) and what happens in it: blocks of lines, each checked by the function of its kind
in `TOLD`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from simulation.engines.appointments import book
from simulation.engines.log.tables import case_names, to_event_log
from simulation.engines.program import Program, build_program
from simulation.engines.run_records import Repair, RunRecords
from simulation.horizon import Horizon, plan_horizon
from simulation.replication import measure_replication, set_up

PAGE = Path(__file__).parents[3] / "docs" / "how-the-simulation-works.md"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
EXAMPLE = re.compile(r"```yaml\n(.*?)```((?:\n```text[^\n]*\n.*?```)+)", re.DOTALL)
BLOCK = re.compile(r"```text([^\n]*)\n(.*?)```", re.DOTALL)
NOT_OF_THE_MODEL = ("come", "days", "seed", "through", "slots", "wish", "experiment")

Blocks = dict[str, list[str]]  # kind -> lines


def _examples() -> list[tuple[str, dict[str, Any], Blocks]]:
    """(heading, hall, what is told) of every example on the page."""
    text = PAGE.read_text(encoding="utf-8")
    headings = [(match.start(), match.group(1)) for match in HEADING.finditer(text)]
    found = []
    for match in EXAMPLE.finditer(text):
        heading = [name for start, name in headings if start < match.start()][-1]
        told = {kind.strip() or "visits": lines.splitlines() for kind, lines in BLOCK.findall(match.group(2))}
        found.append((heading, yaml.safe_load(match.group(1)), told))
    return found


EXAMPLES = _examples()
IN_THE_HALL = [example for example in EXAMPLES if "come" in example[1]]
AT_BOOKING = [example for example in EXAMPLES if "wish" in example[1]]


def test_no_example_is_overlooked():
    text = PAGE.read_text(encoding="utf-8")
    assert len(EXAMPLES) == text.count("```yaml") == len(IN_THE_HALL) + len(AT_BOOKING)
    assert sum(len(told) for _, _, told in EXAMPLES) == text.count("```text")
    rules = HEADING.findall(text)
    assert len(rules) >= 21
    assert {heading for heading, _, _ in EXAMPLES} >= set(rules[:-1])  # the last is about chance
    assert all(" / " in rule for rule in rules)  # in both languages
    assert {kind for _, _, told in EXAMPLES for kind in told} == {"slots", *TOLD}


@pytest.mark.parametrize(
    ("heading", "hall", "told"), IN_THE_HALL, ids=[heading.split(".")[0] for heading, _, _ in IN_THE_HALL]
)
def test_the_engine_does_what_the_page_says(run_tiny, lines_of, make_model, heading, hall, told):
    model = make_model(_document(hall))
    horizon = plan_horizon(model, **hall["experiment"]) if "experiment" in hall else None
    days = horizon.n_days if horizon else hall.get("days", 14)
    more = {name: hall[name] for name in ("through", "slots") if name in hall}
    program, run = run_tiny(_document(hall), hall["come"], days=days, seed=hall.get("seed", 1), **more)
    assert lines_of(program, run) == told["visits"]
    for kind, expected in told.items():
        assert TOLD[kind](lines_of, model, horizon, program, run, expected) == expected


@pytest.mark.parametrize(
    ("heading", "hall", "told"), AT_BOOKING, ids=[heading.split(".")[0] for heading, _, _ in AT_BOOKING]
)
def test_people_book_as_the_page_says(make_model, heading, hall, told):
    # all chances on the page are 0 or 1, so any number in between does
    program = build_program(make_model(_document(hall)), 14)
    wish = np.array([_milliseconds(text) for text in hall["wish"]])
    half = np.full((wish.size, 4), 0.5)
    booked = book(program, 0, wish, np.arange(wish.size), half, half)
    lines = []
    for number, text in enumerate(hall["wish"]):
        comes = bool(booked.comes[number])
        slot = _clock(booked.slot_ms[number]) if comes else "-"
        lines.append(f"{number} | Mon {text} | {slot} | {_clock(booked.time_ms[number]) if comes else '-'}")
    assert lines == told["slots"]


def _document(hall: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in hall.items() if name not in NOT_OF_THE_MODEL}


def _milliseconds(text: str) -> int:
    hour, minute = text.split(":")
    return (int(hour) * 60 + int(minute)) * 60_000


def _clock(ms: int) -> str:
    day, minute = divmod(int(ms) // 60_000, 1440)
    return (
        f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[day % 7]} {minute // 60:02d}:{minute % 60:02d}"
    )


def _visits(
    lines_of: Any, _m: Any, _h: Any, program: Program, run: RunRecords, _expected: list[str]
) -> list[str]:
    return list(lines_of(program, run))


def _repairs(_l: Any, _m: Any, _h: Any, program: Program, run: RunRecords, _expected: list[str]) -> list[str]:
    members, lines = program.names.members, []
    for each in (Repair(*values) for values in run.repairs.tolist()):
        by = members[each.repaired_by] if each.repaired_by >= 0 else "-"
        moments = " | ".join(_clock(ms) for ms in (each.failed, each.repair_start, each.repaired))
        lines.append(f"{members[each.machine]} {each.number} | {moments} | {by}")
    return lines


def _clock_of_limits(
    _l: Any, _m: Any, _h: Any, program: Program, run: RunRecords, _expected: list[str]
) -> list[str]:
    log = to_event_log(program, run)
    number = {str(case_id): n for n, case_id in enumerate(case_names(program, run))}

    def told(time: Any) -> str:
        return str(time.strftime("%a %H:%M"))

    accepted = [
        f"{number[case.case_id]} 受理时间 accepted | {told(case.ts_accept)}"
        for case in log.cases.itertuples()
    ]
    stops = [
        f"{number[stop.case_id]} {stop.kind} | {told(stop.ts_start)} | {told(stop.ts_end)}"
        for stop in log.clock_stops.itertuples()
    ]
    return accepted + stops


def _measured(
    _l: Any, model: Any, horizon: Horizon, _p: Program, run: RunRecords, expected: list[str]
) -> list[str]:
    """The figures the page names, of all that are measured."""
    figures = measure_replication(set_up(model, horizon, 1, "simpy"), 0, run)
    known = {"cases": figures.cases, "unfinished": figures.unfinished, **figures.kpis}
    return [f"{name} {known[name]:.4g}" for name, _ in (line.split() for line in expected)]


def _counted(_l: Any, _m: Any, _h: Any, _p: Program, run: RunRecords, expected: list[str]) -> list[str]:
    """The counters of the run the page names."""
    return [f"{name} {getattr(run, name)}" for name, _ in (line.split() for line in expected)]


TOLD: dict[str, Callable[..., list[str]]] = {
    "visits": _visits,
    "repairs": _repairs,
    "clock": _clock_of_limits,
    "measured": _measured,
    "counted": _counted,
}

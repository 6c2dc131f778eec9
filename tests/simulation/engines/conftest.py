"""Tiny halls: a model from a short document, and what happens in it as lines a person can check by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import yaml

from simulation.engines.arrivals import applicants_at
from simulation.engines.compiled import run_compiled
from simulation.engines.program import Program, build_program
from simulation.engines.reference.cases import Outcome
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.engines.run_records import Record, RunRecords
from simulation.service_model import ServiceModel, service_model_from

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NINE_TO_FIVE = {day: ["09:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
ALWAYS = {day.lower(): ["00:00-24:00"] for day in WEEKDAYS}


def tiny_model(document: str | dict[str, Any]) -> ServiceModel:
    """A model from a short document: Monday 2 March 2026 is day 0, the calendar `hall` is 9-12 and 13-17,
    pools are those of the steps in order, a step without `place` is done at the counter."""
    given: dict[str, Any] = dict(yaml.safe_load(document) if isinstance(document, str) else document)
    for ignored in ("come", "seed", "days", "through", "slots"):
        given.pop(ignored, None)
    steps = [{"place": "counter", **step} for step in given.pop("steps")]
    pools = list(dict.fromkeys(step["pool"] for step in steps if "pool" in step))
    members = [{"calendar": "hall", **member} for member in given.pop("members", [])]
    full = {
        "name": {"zh": "小厅", "en": "Tiny hall"},
        "start_date": "2026-03-02",
        "calendars": {
            "hall": {"weekly": NINE_TO_FIVE},
            "always": {"weekly": ALWAYS},
            **given.pop("calendars", {}),
        },
        "pools": [{"name": pool} for pool in pools],
        "members": members,
        "steps": steps,
        "flow": {"sequence": [{"step": step["name"]} for step in steps]},
        "arrivals": [
            {"name": "A", "per_day": 10, "calendar": "hall", "half_hour_weights": {"10:00": 1, "14:00": 1}}
        ],
        "visits": {"calendar": "hall", **given.pop("visits", {})},
        **given,
    }
    return service_model_from(full)


def milliseconds(text: str) -> int:
    """'09:30' (Monday) or 'Tue 09:30' as milliseconds since the first midnight."""
    day, time = text.split() if " " in text else ("Mon", text)
    parts = [int(part) for part in time.split(":")]
    hour, minute, second = (*parts, 0)[:3]
    return (((WEEKDAYS.index(day) * 24 + hour) * 60 + minute) * 60 + second) * 1000


def clock(ms: int) -> str:
    """Milliseconds since the first midnight as 'Mon 09:30', with seconds where there are any."""
    day, rest = divmod(int(ms), 86_400_000)
    second, fraction = divmod(rest, 1000)
    text = f"{WEEKDAYS[day % 7]} {second // 3600:02d}:{second // 60 % 60:02d}"
    if second % 60 or fraction:
        text += f":{second % 60:02d}"
    return text + (f".{fraction:03d}" if fraction else "")


def lines(program: Program, run: RunRecords) -> list[str]:
    """A line for each finished visit, in order: case, step, member, enabled, start, end, outcome."""
    found = []
    for values in run.visits.tolist():
        record = Record(*values)
        member = program.names.members[record.member] if record.member >= 0 else "-"
        times = (record.enabled, record.start, record.end)
        shown = " | ".join(clock(moment) for moment in times)
        outcome = Outcome(record.outcome).name.lower()
        found.append(f"{record.case} {program.names.steps[record.step].name} {member} | {shown} | {outcome}")
    return found


Timeline = Callable[..., list[str]]
Engine = Callable[..., RunRecords]
ENGINES: dict[str, Engine] = {"simpy": run_simpy, "compiled": run_compiled}


def _run(
    document: str | dict[str, Any],
    come: list[str],
    days: int = 14,
    seed: int = 1,
    through: list[int] | None = None,
    slots: list[str] | None = None,
    engine: Engine = run_simpy,
) -> tuple[Program, RunRecords]:
    """A tiny hall in which people come at given times, each through the arrivals of this number and with the
    slot that begins then ("-" = none)."""
    program = build_program(tiny_model(document), days)
    booked = None if slots is None else [-1 if text == "-" else milliseconds(text) for text in slots]
    people = applicants_at([milliseconds(text) for text in come], through, booked)
    return program, engine(program, seed, 0, None, people)


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each of the engines."""
    return ENGINES[request.param]


@pytest.fixture
def timeline(engine: Engine) -> Timeline:
    """`timeline(document, come=[...])`: the lines of a tiny hall in which people come at given times."""
    return lambda *hall, **more: lines(*_run(*hall, engine=engine, **more))


@pytest.fixture
def run_tiny(engine: Engine) -> Callable[..., tuple[Program, RunRecords]]:
    """Like `timeline`, but gives the program and the records."""
    return lambda *hall, **more: _run(*hall, engine=engine, **more)


@pytest.fixture
def lines_of() -> Callable[[Program, RunRecords], list[str]]:
    """`lines` for tests."""
    return lines


@pytest.fixture
def make_model() -> Callable[[str | dict[str, Any]], ServiceModel]:
    """`tiny_model` for tests."""
    return tiny_model


@pytest.fixture
def fields() -> Callable[[RunRecords], dict[str, np.ndarray]]:
    """The columns of the visits of a run by name."""
    return lambda run: dict(zip(Record._fields, run.visits.T, strict=True))

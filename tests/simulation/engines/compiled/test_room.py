"""Tables grow while a run goes on, and hold no more than what is alive."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from sample_logs import load_service
from simulation.engines.arrivals import draw_applicants
from simulation.engines.compiled import engine, people_coming, run_compiled
from simulation.engines.compiled.layout import PEOPLE_COLUMNS
from simulation.engines.compiled.people_coming import people_of
from simulation.engines.program import build_program
from simulation.engines.run_records import RunRecords


@pytest.mark.parametrize("name", ["A", "B", "E"])
def test_a_run_with_tables_that_are_always_too_small_is_the_same(monkeypatch, name):
    program = build_program(load_service(name), 20)
    whole = run_compiled(program, 1, 0)
    monkeypatch.setattr(engine, "FIRST_ROOM", 1)
    monkeypatch.setattr(engine, "VISITS_AT_A_TIME", 3)
    monkeypatch.setattr(people_coming, "PEOPLE_AT_A_TIME", 1)
    helped = []
    give_room = engine.CompiledRun._give_room
    monkeypatch.setattr(engine.CompiledRun, "_give_room", lambda run: (helped.append(1), give_room(run)))
    small = run_compiled(program, 1, 0)
    assert len(helped) > 20
    for field in fields(RunRecords):
        assert np.array_equal(getattr(whole, field.name), getattr(small, field.name)), field.name


def _after(days: int) -> engine.CompiledRun:
    program = build_program(load_service("B"), days)
    run = engine.CompiledRun(program, 1, 0, None, people_of(program, 1, 0))
    run.run()
    return run


def test_rows_of_finished_cases_and_tasks_are_used_again():
    short, long = _after(60), _after(240)
    for table in ("cases", "tasks", "agenda"):
        # four times as many people have come; tables hold those inside at once
        assert len(long.tables[table]) <= 2 * len(short.tables[table])
    hall = long.hall[0]
    assert hall["next_person"] > 20 * hall["live_cases"]


def test_people_are_drawn_no_further_than_needed(monkeypatch):
    monkeypatch.setattr(people_coming, "PEOPLE_AT_A_TIME", 100)
    program = build_program(load_service("B"), 400)
    people = people_of(program, 1, 0)
    engine.CompiledRun(program, 1, 0, (10, 20), people).run()
    assert people.known < people.total / 2


@pytest.mark.parametrize("booked", [False, True], ids=["nobody booked", "all known"])
def test_the_kernel_reads_a_number_of_each_person_in_each_column(booked):
    """Columns in which all numbers are equal too: the kernel steps from person to person."""
    program = build_program(load_service("B"), 10)
    people = people_coming.AllPeople(draw_applicants(program, 1, 0)) if booked else people_of(program, 1, 0)
    run = engine.CompiledRun(program, 1, 0, None, people)
    for name in PEOPLE_COLUMNS:
        column = run.tables[name]
        assert (column.size, column.itemsize, column.strides) == (people.total, 8, (8,)), name
        assert run.hall[name] == column.ctypes.data

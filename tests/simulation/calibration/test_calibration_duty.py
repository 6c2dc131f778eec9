"""Who was on duty, inferred from services and from people who waited meanwhile."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mining.working_time import MS_PER_DAY, MS_PER_MINUTE
from simulation.calibration.duty import OTHERS_BEFORE, Services, Waits, find_duty, on_duty_by_half_hour
from simulation.engines.arrivals import applicants_at
from simulation.engines.program import build_program
from simulation.engines.reference.simpy_engine import run_simpy
from simulation.engines.run_records import Record
from simulation.service_model import service_model_from

NOBODY = Waits(*(np.zeros(0, "int64"),) * 3)


def ms(clock: str) -> int:
    parts = [int(part) for part in clock.split(":")]
    hour, minute, second = (*parts, 0)[:3]
    return ((hour * 60 + minute) * 60 + second) * 1000


def services(*rows: tuple[int, int, str, str], at_once: bool = False) -> Services:
    """(officer, queue, start, end)."""
    columns = list(zip(*rows, strict=True))
    return Services(
        np.array(columns[0]),
        np.array(columns[1]),
        np.array([ms(each) for each in columns[2]]),
        np.array([ms(each) for each in columns[3]]),
        np.full(len(rows), at_once),
    )


def waits(*rows: tuple[int, str, str]) -> Waits:
    """(queue, from, until)."""
    columns = list(zip(*rows, strict=True))
    return Waits(
        np.array(columns[0]),
        np.array([ms(each) for each in columns[1]]),
        np.array([ms(each) for each in columns[2]]),
    )


def test_a_gap_in_which_people_wait_is_a_pause_or_a_break():
    # people wait from 9:00 to 10:00. 5 seconds between the first two services: a pause; 20 minutes: a break.
    # The last service before the break is 9:05:05 to 9:15:05, its middle 9:10:05; of the last, 9:40
    own = services((0, 0, "9:00", "9:05"), (0, 0, "9:05:05", "9:15:05"), (0, 0, "9:35", "9:45"))
    duty = find_duty(own, waits((0, "9:00", "9:30"), (0, "9:20", "10:00")))
    assert [(spell.begin_ms, spell.end_ms) for spell in duty.spells] == [
        (ms("9:00"), ms("9:10:05")),
        (ms("9:35"), ms("9:40")),
    ]
    assert duty.pause_minutes.tolist() == pytest.approx([5 / 60])
    assert duty.breaks == 1


def test_a_gap_in_which_nobody_waits_tells_nothing():
    own = services((0, 0, "9:00", "9:05"), (0, 0, "9:35", "9:45"))
    duty = find_duty(own, waits((0, "9:10", "9:11:30")))  # a minute and a half is no break
    assert [(spell.begin_ms, spell.end_ms) for spell in duty.spells] == [(ms("9:00"), ms("9:40"))]
    assert duty.pause_minutes.size == 0
    assert find_duty(own, NOBODY).breaks == 0


def test_people_in_another_queue_do_not_show_that_an_officer_is_away():
    own = services((0, 0, "9:00", "9:05"), (0, 0, "9:35", "9:45"), (1, 1, "9:00", "9:50"))
    duty = find_duty(own, waits((1, "9:05", "9:35")))
    assert [spell.queues for spell in duty.spells] == [(0,), (1,)]
    assert duty.breaks == 0


def test_who_lets_many_others_go_before_was_away():
    others = [(1, 0, f"9:{10 + n // 2}:{n % 2 * 30:02d}", f"9:{10 + n // 2}:{n % 2 * 30 + 20:02d}")
              for n in range(OTHERS_BEFORE + 1)]  # fmt: skip
    own = services((0, 0, "9:00", "9:05"), (0, 0, "9:35", "9:45"), *others, at_once=True)
    assert find_duty(own, NOBODY).breaks == 1
    fewer = services((0, 0, "9:00", "9:05"), (0, 0, "9:35", "9:45"), *others[1:], at_once=True)
    assert find_duty(fewer, NOBODY).breaks == 0


def test_an_officer_of_several_queues():
    # 0 does both; one of 30 services of 1 in queue 0 is help out of turn
    rows = [(0, n % 2, f"9:{n:02d}", f"9:{n:02d}:30") for n in range(30)]
    rows += [(1, int(n > 0), f"10:{n:02d}", f"10:{n:02d}:30") for n in range(30)]
    duty = find_duty(services(*rows), NOBODY)
    assert {spell.officer: spell.queues for spell in duty.spells} == {0: (0, 1), 1: (1,)}


def test_days_stand_for_themselves_and_half_hours_add_up():
    own = services((0, 0, "9:15", "9:25"), (0, 0, "33:00", "33:20"))  # 9:15 and 9:00 of the next day
    duty = find_duty(own, NOBODY)
    table = on_duty_by_half_hour(duty.spells, np.array([0, 1]))
    # to the middle of the services: 5 and 10 minutes
    assert [spell.begin_ms // MS_PER_DAY for spell in duty.spells] == [0, 1]
    assert table[:, 18].tolist() == pytest.approx([5 / 30, 10 / 30])
    assert table.sum() == pytest.approx(0.5)


def test_nobody_served_anybody():
    nothing = Services(*(np.zeros(0, "int64"),) * 4, np.zeros(0, bool))
    duty = find_duty(nothing, NOBODY)
    assert (duty.spells, duty.pause_minutes.size, duty.breaks) == ((), 0, 0)
    assert on_duty_by_half_hour(duty.spells, np.array([0])).sum() == 0


def test_breaks_that_were_put_in_are_found_again():
    """Three clerks with a queue most of the time, one away from 10:00 to 10:40, one from 11:00 to 11:40."""
    calendars = {
        "甲": ["09:00-10:00", "10:40-13:00"],
        "乙": ["09:00-11:00", "11:40-13:00"],
        "丙": ["09:00-13:00"],
    }
    model = service_model_from(
        {
            "name": {"zh": "小厅", "en": "Tiny hall"},
            "start_date": "2026-03-02",
            "calendars": {"hall": {"weekly": {"mon": ["00:00-24:00"]}}}
            | {name: {"weekly": {"mon": periods}} for name, periods in calendars.items()},
            "pools": [{"name": "窗口"}],
            "members": [{"name": name, "serves": ["窗口"], "calendar": name} for name in calendars],
            "steps": [
                {"name": "受理", "place": "counter", "pool": "窗口",
                 "duration": {"kind": "exponential", "mean_minutes": 3}}
            ],
            "flow": {"step": "受理"},
            "arrivals": [{"name": "A", "per_day": 1, "calendar": "hall", "half_hour_weights": {"09:00": 1}}],
            "visits": {"calendar": "hall"},
        }
    )  # fmt: skip
    moments = np.sort(np.random.default_rng(2).uniform(ms("9:00"), ms("12:50"), 225)).astype(int)
    run = run_simpy(build_program(model, 1), 1, 0, None, applicants_at(moments.tolist()))
    visit = dict(zip(Record._fields, run.visits.T, strict=True))
    waited = visit["start"] > visit["enabled"]
    queue = np.zeros(len(run.visits), "int64")
    duty = find_duty(
        Services(visit["member"], queue, visit["start"], visit["end"], ~waited),
        Waits(queue[waited], visit["enabled"][waited], visit["start"][waited]),
    )
    found = on_duty_by_half_hour(duty.spells, np.array([0]))[0, 18:26]
    true = np.array([3, 3, 2, 3 - 1 / 3, 2, 3 - 1 / 3, 3, 3])
    # the middle of the last service lies after its break began: up to a service more, and noise at the edges
    assert found == pytest.approx(true, abs=0.35)
    assert found.sum() == pytest.approx(true.sum(), rel=0.05)
    away = {0: [], 1: [], 2: []}
    for officer in away:
        own = sorted((s for s in duty.spells if s.officer == officer), key=lambda s: s.begin_ms)
        away[officer] = [
            (a.end_ms / MS_PER_MINUTE, b.begin_ms / MS_PER_MINUTE)
            for a, b in pairwise(own)
            if b.begin_ms - a.end_ms > 20 * MS_PER_MINUTE
        ]
    assert [len(away[officer]) for officer in (0, 1, 2)] == [1, 1, 0]
    assert away[0][0] == pytest.approx((600, 640), abs=8)
    assert away[1][0] == pytest.approx((660, 700), abs=8)

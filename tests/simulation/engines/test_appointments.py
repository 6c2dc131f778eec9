"""Who books which slot and when those who booked come."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.engines.appointments import slots_of
from simulation.engines.arrivals import Applicants, draw_applicants
from simulation.engines.program import build_program

DAY, HOUR, MINUTE = 86_400_000, 3_600_000, 60_000


@pytest.fixture
def draw(make_model):
    """`draw(share=..., per_slot=...)`: the program and the applicants of a hall with these appointments."""

    def drawn(days=7, per_day=30, replication=0, ticket_cutoff=0, **appointments):
        arrivals = {
            "name": "窗口",
            "per_day": per_day,
            "calendar": "hall",
            "half_hour_weights": {"09:00": 1, "11:30": 1, "15:00": 1},
        }
        if appointments:
            arrivals["appointments"] = {"slot_minutes": 45, **appointments}
        model = make_model(
            {
                "steps": [{"name": "受理", "place": "online", "clock": "elapsed"}],
                "arrivals": [arrivals],
                "visits": {"ticket_cutoff_minutes_before_close": ticket_cutoff},
            }
        )
        program = build_program(model, days)
        return program, draw_applicants(program, 1, replication)

    return drawn


def _by_person(people: Applicants) -> dict[tuple[int, int], tuple[int, int]]:
    who = zip(people.day.tolist(), people.index.tolist(), strict=True)
    return dict(zip(who, zip(people.time_ms.tolist(), people.slot_ms.tolist(), strict=True), strict=True))


def test_slots_begin_with_the_tickets_and_as_long_as_there_are_any(draw):
    # 9:00-12:00 and 13:00-16:15 (last ticket), 45 minutes each: the last one begins before the tickets end
    program, _ = draw(days=1, share=1, per_slot=1, ticket_cutoff=45)
    slots = slots_of(program, program.arrivals[0].appointments)
    shown = [f"{ms // HOUR:02d}:{ms // MINUTE % 60:02d}" for ms in slots.tolist()]
    assert shown == ["09:00", "09:45", "10:30", "11:15", "13:00", "13:45", "14:30", "15:15", "16:00"]


def test_everybody_gets_the_first_slot_with_room_that_has_not_ended(draw):
    program, people = draw(share=1, per_slot=2, per_day=15)
    _, walk_ins = draw(per_day=15)
    wishes = {who: time for who, (time, _) in _by_person(walk_ins).items()}
    room = dict.fromkeys(slots_of(program, program.arrivals[0].appointments).tolist(), 2)
    expected, without = {}, 0
    for who, wish in sorted(wishes.items(), key=lambda item: (item[1], item[0][1])):
        slot = next((s for s in sorted(room) if s + 45 * MINUTE > wish and room[s]), -1)
        without += slot < 0
        if slot >= 0:
            room[slot] -= 1
        expected[who] = (slot if slot >= 0 else wish, slot)
    assert _by_person(people) == expected
    assert people.no_slot == without == 0
    assert people.no_shows == 0
    assert np.bincount(np.unique(people.slot_ms, return_inverse=True)[1]).max() == 2


def test_who_finds_no_slot_in_the_whole_run_comes_without(draw):
    program, people = draw(share=1, per_slot=1, per_day=40)
    n_slots = slots_of(program, program.arrivals[0].appointments).size
    _, walk_ins = draw(per_day=40)
    booked = people.slot_ms >= 0
    assert people.no_slot == (~booked).sum() == walk_ins.time_ms.size - booked.sum()
    assert people.no_slot > 0
    assert booked.sum() <= n_slots
    wishes = {who: time for who, (time, _) in _by_person(walk_ins).items()}
    assert all(time == wishes[who] for who, (time, slot) in _by_person(people).items() if slot < 0)


def test_walk_ins_come_as_they_would_without_appointments(draw):
    _, people = draw(share=0.4, per_slot=20)
    _, walk_ins = draw()
    before, after = _by_person(walk_ins), _by_person(people)
    assert before.keys() == after.keys()
    without = [who for who, (_, slot) in after.items() if slot < 0]
    assert all(after[who] == before[who] for who in without)
    n = len(before)
    assert len(without) / n == pytest.approx(0.6, abs=4 * np.sqrt(0.24 / n))


def test_lateness_follows_its_quantiles(draw):
    # uniform from 10 minutes early to on time, then to 20 minutes late: mean (-5 + 10) / 2
    _, people = draw(days=70, share=1, per_slot=100, lateness_minutes=[-10, 0, 20])
    late = (people.time_ms - people.slot_ms) / MINUTE
    assert late.min() >= -10
    assert late.max() <= 20
    assert (late < 0).mean() == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / late.size))
    assert late.mean() == pytest.approx(2.5, abs=4 * late.std() / np.sqrt(late.size))
    _, punctual = draw(share=1, per_slot=100, lateness_minutes=[2.5])
    assert set((punctual.time_ms - punctual.slot_ms).tolist()) == {150_000}


def test_nobody_comes_before_the_first_midnight(draw):
    _, people = draw(days=1, share=1, per_slot=100, lateness_minutes=[-600])
    assert set(people.time_ms.tolist()) <= {0, *range(1, 7 * HOUR)}
    assert (people.time_ms == 0).any()  # a slot of 9:00 or 9:45
    assert (people.slot_ms >= 9 * HOUR).all()


def test_no_shows_leave_the_slot_empty_and_never_come_or_later_without_one(draw):
    _, everybody = draw(days=70, share=1, per_slot=1, per_day=6)
    _, people = draw(days=70, share=1, per_slot=1, per_day=6, no_show_chance=0.5, no_show_comes_later=0.5)
    slots = {who: slot for who, (_, slot) in _by_person(everybody).items()}
    assert set(slots.values()) - {-1} == set(slots.values())
    after = _by_person(people)
    kept = {who for who, (_, slot) in after.items() if slot >= 0}
    assert all(after[who][1] == slots[who] for who in kept)  # nobody moved into the slot of a no-show
    n = len(slots)
    assert people.no_shows == n - len(after)
    assert len(kept) / n == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / n))
    later = after.keys() - kept
    missed = n - len(kept)
    assert len(later) / missed == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / missed))
    for who in later:
        slot_day, day = slots[who] // DAY, after[who][0] // DAY
        assert day - slot_day == (3 if slot_day % 7 == 4 else 1)  # Friday to Monday
        minute = after[who][0] % DAY // MINUTE
        assert 540 <= minute < 570 or 690 <= minute < 720 or 900 <= minute < 930


def test_who_would_come_after_the_run_is_counted_with_those_who_never_come(draw):
    _, everybody = draw(days=5, share=1, per_slot=100)
    _, people = draw(days=5, share=1, per_slot=100, no_show_chance=1, no_show_comes_later=1)
    friday = everybody.slot_ms // DAY == 4
    assert people.no_shows == friday.sum() > 0
    assert people.time_ms.size == (~friday).sum()
    assert people.time_ms.max() < 5 * DAY


def test_order_is_by_the_moment_of_coming(draw):
    _, people = draw(share=0.5, per_slot=1, lateness_minutes=[-30, 30])
    assert np.all(np.diff(people.time_ms) >= 0)
    assert np.any(np.diff(people.day) < 0)  # somebody wished to come on Monday and booked for Tuesday

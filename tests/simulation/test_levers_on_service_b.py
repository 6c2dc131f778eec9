"""Single levers on service B: sign and order as a simpler simulation of the same service found them.

Ten paired runs of 60 working days each (`sample_logs.service_b_levers`); the table with what differs and why
is `docs/service-b-levers.md`.
"""

from __future__ import annotations

import importlib.util
from itertools import combinations
from pathlib import Path

import pytest

from sample_logs import load_service
from sample_logs.service_b_levers import LEVERS, POOLING, VISITS, WAIT, Lever, LeverEffect, measure_levers
from simulation.comparison import KpiDifference

DOCS = Path(__file__).parents[2] / "docs"
SMALLER_HERE = "half_booked"  # only the first of 3.5 trips is booked here; see the test on it
Effects = dict[str, LeverEffect]


@pytest.fixture(scope="module")
def effects() -> Effects:
    found = measure_levers(load_service("B"), LEVERS, engine="compiled")
    return {effect.lever.key: effect for effect in found}


def wait_of(effects: Effects, key: str) -> KpiDifference:
    return effects[key].comparison.kpi(WAIT)


def told(lever: Lever) -> bool:
    """Whether the reference tells a sign."""
    return lever.reference is not None and abs(lever.reference.wait_minutes) > lever.reference.half_width


@pytest.mark.parametrize("key", [lever.key for lever in LEVERS if told(lever)])
def test_the_sign_is_that_of_the_reference_and_certain(effects, key):
    wait, reference = wait_of(effects, key), effects[key].lever.reference
    if reference.wait_minutes > 0:
        assert wait.ci_low > 0
    else:
        assert wait.ci_high < 0


def test_the_hall_of_today_waits_as_long(effects):
    """23.8 +- 1.1 minutes and 3.5 visits there; ours was never fitted to it."""
    before = effects[LEVERS[0].key].comparison.before
    assert before.interval(WAIT).low < 23.8 + 1.1
    assert before.interval(WAIT).high > 23.8 - 1.1
    assert before.interval(VISITS).mean == pytest.approx(3.5, abs=0.1)


def test_the_order_is_that_of_the_reference_wherever_it_tells_one(effects):
    """For every two levers whose intervals there do not overlap."""
    levers = [lever for lever in LEVERS if lever.reference is not None and lever.key != SMALLER_HERE]
    compared = 0
    for one, other in combinations(levers, 2):
        gap = other.reference.wait_minutes - one.reference.wait_minutes
        if abs(gap) > one.reference.half_width + other.reference.half_width:
            ours = wait_of(effects, other.key).difference - wait_of(effects, one.key).difference
            assert ours * gap > 0, (one.key, other.key)
            compared += 1
    assert compared > 50


def test_the_slower_the_generalists_the_longer_the_wait_and_the_gain_is_gone_near_a_tenth(effects):
    waits = {penalty: wait_of(effects, f"pooled_{penalty:.2f}") for penalty, _ in POOLING}
    differences = [waits[penalty].difference for penalty in sorted(waits)]
    assert differences == sorted(differences)
    assert waits[1.06].ci_high < 0 < waits[1.12].ci_low


def test_half_the_returns_save_trips(effects):
    visits = effects["half_the_returns"].comparison.kpi(VISITS)
    assert visits.ci_high < 0
    assert visits.difference == pytest.approx(-0.25, abs=0.1)


def test_bookings_do_less_here_because_they_are_for_the_first_trip_only(effects):
    """Half of all trips spread evenly over the day, not of the first ones alone, gains over twice as much."""
    booked, spread = wait_of(effects, SMALLER_HERE), wait_of(effects, "half_of_all_trips_spread")
    assert booked.ci_high < 0
    assert spread.ci_high < booked.ci_low
    assert spread.difference < 2 * booked.difference
    # nobody is sent home by a booking: who does not come makes no trip
    assert abs(effects[SMALLER_HERE].comparison.kpi(VISITS).difference) < 0.02


def test_the_page_holds_the_figures_of_this_run(effects):
    spec = importlib.util.spec_from_file_location("make_service_b_levers", DOCS / "make_service_b_levers.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    written = maker.PAGE.read_text(encoding="utf-8")
    assert written == maker.page(list(effects.values())), (
        "renew it with: python docs/make_service_b_levers.py"
    )

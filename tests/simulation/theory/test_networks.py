"""Several stations: tandem, Jackson network with feedback, corrections as feedback, fork and join."""

from __future__ import annotations

import numpy as np
import pytest

import queueing_formulas as theory
from queueing_halls import MINUTE, Observation, exponential, members, observe, people, round_the_clock, step


def test_stations_in_a_row_are_independent_queues(agrees):
    """M/M/1, M/M/2, M/M/1 in tandem: what leaves an M/M/c is Poisson (Burke 1956), so each is M/M/c."""
    stations = {"一号": (1, 1.0), "二号": (2, 1.6), "三号": (1, 0.8)}  # servers, mean minutes
    arrivals = 0.65
    hall = round_the_clock(
        [step(name, exponential(mean)) for name, (_, mean) in stations.items()],
        [member for name, (n, _) in stations.items() for member in members(name, n)],
        [people(arrivals)],
    )

    def measures(seen: Observation) -> list[float]:
        numbers = [seen.mean_number(seen.at_station(name)) for name in stations]
        return [*numbers, seen.minutes(seen.cases()).mean()]

    values = observe(hall, measures, days=25, seed=8).T
    expected = [
        theory.mean_number_at_station(servers, arrivals, 1 / mean) for servers, mean in stations.values()
    ]
    for (name, (servers, _)), column, number in zip(stations.items(), values, expected, strict=False):
        agrees(f"tandem: mean number at {name} (M/M/{servers})", column, number)
    agrees("tandem: mean time in the hall", values[-1], sum(expected) / arrivals)


def test_time_through_two_single_counters_is_a_sum_of_independent_ones(agrees):
    """Reich (1957): the times at M/M/1 stations in a row are independent, each exponential of rate
    mu - lambda; so is the spread of their sum."""
    arrivals = 0.6
    hall = round_the_clock(
        [step("一号", exponential(1.0)), step("二号", exponential(1.25))],
        members("一号", 1) + members("二号", 1),
        [people(arrivals)],
    )

    def measures(seen: Observation) -> list[float]:
        minutes = seen.minutes(seen.cases())
        return [minutes.mean(), minutes.std()]

    values = observe(hall, measures, days=50, seed=9).T
    rates = [1.0 - arrivals, 0.8 - arrivals]
    agrees("two M/M/1 in a row: mean time in the hall", values[0], sum(1 / r for r in rates))
    agrees("two M/M/1 in a row: sd of the time", values[1], sum(1 / r**2 for r in rates) ** 0.5, catches=0.1)


def test_an_open_network_with_feedback_has_product_form(agrees):
    """Jackson: everybody begins at 咨询 and goes on by the last station's row; mean numbers are those of
    independent M/M/c at the rates of the traffic equations, although the streams are not Poisson."""
    names, servers, minutes = ("咨询", "受理", "缴费"), (1, 2, 1), (1.0, 2.0, 0.9)
    routing = [[0.0, 0.7, 0.2], [0.15, 0.1, 0.5], [0.0, 0.2, 0.0]]
    outside = [0.45, 0.0, 0.0]

    def after(row: int) -> list[str]:
        return [names[row]]

    choice = {
        "choice": [{"step": name} for name in names],
        "name": "去哪",
        "table": {
            "rows": [
                {"after": [], "weights": [1, 0, 0]},
                {"after": ["^"], "weights": [1, 0, 0]},
                *({"after": after(n), "weights": row} for n, row in enumerate(routing)),
            ]
        },
    }
    leave = [{"after": after(n), "weights": [sum(row), 1 - sum(row)]} for n, row in enumerate(routing)]
    flow = {"loop": choice, "name": "再来", "table": {"rows": [{"after": [], "weights": [0, 1]}, *leave]}}
    hall = round_the_clock(
        [step(name, exponential(mean)) for name, mean in zip(names, minutes, strict=True)],
        [member for name, n in zip(names, servers, strict=True) for member in members(name, n)],
        [people(outside[0])],
        flow,
    )

    def measures(seen: Observation) -> list[float]:
        rates = [seen.minutes(seen.at_station(name)).size / (seen.end - seen.begin) for name in names]
        numbers = [seen.mean_number(seen.at_station(name)) for name in names]
        return [*rates, *numbers, seen.minutes(seen.cases()).mean()]

    values = observe(hall, measures, days=30, seed=10).T
    rates = theory.throughputs(outside, routing)
    numbers = [
        theory.mean_number_at_station(n, rate, 1 / mean)
        for n, rate, mean in zip(servers, rates, minutes, strict=True)
    ]
    for name, column, rate in zip(names, values[:3], rates, strict=True):
        agrees(f"Jackson: visits a minute to {name}", column, rate, catches=0.02)
    for name, column, number in zip(names, values[3:6], numbers, strict=True):
        agrees(f"Jackson: mean number at {name}", column, number)
    agrees("Jackson: mean time in the hall", values[6], sum(numbers) / outside[0])


def test_returns_for_correction_are_feedback(agrees):
    """Sent back with chance p and at once there again: the mean number is that of M/M/1 at lambda / (1 - p)
    (Takacs 1963, Bell System Technical Journal 42; Jackson with one station)."""
    arrivals, again = 0.5, 0.3
    hall = round_the_clock(
        [step("受理", exponential(1), return_chance=again)], members("受理", 1), [people(arrivals)]
    )

    def measures(seen: Observation) -> list[float]:
        return [seen.mean_number(seen.at_station()), seen.minutes(seen.cases()).mean()]

    values = observe(hall, measures, days=50, seed=11).T
    number = theory.mean_number_at_station(1, arrivals / (1 - again), 1.0)
    agrees("M/M/1 with returns: mean number inside", values[0], number)
    agrees("M/M/1 with returns: mean time of a case", values[1], number / arrivals)


def test_the_way_between_two_counters_is_a_station_without_queue(agrees):
    """M/M/1, a walk of any length (./G/infinity), M/M/1: product form again."""
    arrivals, walk = 0.6, {"kind": "uniform", "low_minutes": 1, "high_minutes": 5}
    hall = round_the_clock(
        [step("一号", exponential(1.0)), step("二号", exponential(1.2))],
        members("一号", 1) + members("二号", 1),
        [people(arrivals)],
        visits={"walk": walk},
    )

    def measures(seen: Observation) -> list[float]:
        first, second = (seen.at_station(name) for name in ("一号", "二号"))
        return [
            seen.mean_number(first),
            seen.mean_number(second),
            seen.minutes(seen.cases()).mean(),
        ]

    values = observe(hall, measures, days=40, seed=25).T
    numbers = [theory.mean_number_at_station(1, arrivals, 1 / mean) for mean in (1.0, 1.2)]
    agrees("two counters and a walk: mean number at the first", values[0], numbers[0])
    agrees("two counters and a walk: mean number at the second", values[1], numbers[1])
    agrees("two counters and a walk: mean time in the hall", values[2], sum(numbers) / arrivals + 3)


@pytest.mark.parametrize("load", [0.3, 0.7])
def test_fork_and_join_of_two(agrees, load):
    """Flatto, Hahn: a case is done when both offices are."""
    names = ("消防", "人防")
    offices = [
        {"name": name, "place": "back_office", "pool": name, "duration": exponential(1)} for name in names
    ]
    hall = round_the_clock(
        offices,
        [member for name in names for member in members(name, 1)],
        [people(load)],
        {"parallel": [{"step": name} for name in names]},
    )

    def measures(seen: Observation) -> list[float]:
        branches = [seen.minutes(seen.at_station(name)).mean() for name in names]
        return [seen.minutes(seen.cases()).mean(), float(np.mean(branches))]

    values = observe(hall, measures, days=round(18 / load), seed=12).T
    expected = theory.mean_response_of_fork_and_join(load, 1.0)
    agrees(f"fork and join, load {load}: mean response", values[0], expected)
    agrees(f"fork and join, load {load}: mean time of a branch", values[1], 1 / (1 - load))


@pytest.mark.parametrize("rework", ["alone", "merged", "all"])
def test_rounds_of_two_branches_that_return_cases(agrees, rework):
    """Nobody waits, each round takes an hour to correct. Alone and gathered, a case needs as many rounds as
    its slower branch; done again as a whole, until both pass at once. Visits a branch: 1 / (chance to pass),
    done again as a whole 1 / (chance that both pass)."""
    passes = (0.7, 0.6)
    names = ("消防", "人防")
    offices = [
        {"name": name, "place": "online", "clock": "elapsed", "return_chance": 1 - chance}
        for name, chance in zip(names, passes, strict=True)
    ]
    block = {"parallel": [{"step": name} for name in names], "rework": rework}
    takes = {"correction_takes": {"kind": "constant", "minutes": 60}}
    hall = round_the_clock(offices, [], [people(0.5)], block, visits=takes)

    def measures(seen: Observation) -> list[float]:
        came = (
            (seen.run.arrived_ms >= seen.begin * MINUTE) & (seen.run.arrived_ms < seen.end * MINUTE)
        ).sum()
        visits = [seen.minutes(seen.at_station(name)).size / came for name in names]
        return [seen.minutes(seen.cases()).mean() / 60 + 1, *visits]

    values = observe(hall, measures, days=12, seed=26).T
    both = passes[0] * passes[1]
    rounds = 1 / both if rework == "all" else theory.rounds_of_the_slower(*passes)
    agrees(f"two branches, rework {rework}: rounds", values[0], rounds, catches=0.02)
    for name, column, chance in zip(names, values[1:], passes, strict=True):
        visits = 1 / both if rework == "all" else 1 / chance
        agrees(f"two branches, rework {rework}: visits to {name}", column, visits, catches=0.02)

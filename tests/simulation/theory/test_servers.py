"""One station: M/M/1, M/M/c with the distributions of wait and queue, M/G/1, M/D/c, M/G/infinity."""

from __future__ import annotations

import numpy as np
import pytest

import queueing_formulas as theory
from queueing_halls import ALL_DAY, Observation, exponential, members, observe, people, round_the_clock, step

DESK = "窗口"
STATES = 5


def _hall(servers: int, arrivals: float, duration: dict[str, object]):
    return round_the_clock([step(DESK, duration)], members(DESK, servers), [people(arrivals)])


@pytest.mark.parametrize(
    ("servers", "load", "days"),
    [(1, 0.7, 40), (3, 0.75, 20), (8, 0.85, 18)],
    ids=["M/M/1", "M/M/3", "M/M/8"],
)
def test_waits_and_numbers_of_exponential_service(agrees, servers, load, days):
    """Mean wait; chance to wait at all and longer than t; numbers inside over time and as found by those
    who come."""
    arrivals = load * servers
    mean = theory.mean_wait_of_servers(servers, arrivals, 1.0)
    beyond = [0.0, mean / 2, 2 * mean]
    first = max(servers - 2, 0)

    def measures(seen: Observation) -> np.ndarray:
        waits = seen.minutes(seen.waiting())
        stay = seen.at_station()
        shares = [(waits > t).mean() for t in beyond]
        over_time = seen.time_shares(stay, first + STATES)[first:]
        found = seen.seen_shares(stay, first + STATES)[first:]
        return np.array([waits.mean(), *shares, seen.mean_number(stay), *over_time, *found])

    values = observe(_hall(servers, arrivals, exponential(1)), measures, days=days, seed=1).T
    name, p = f"M/M/{servers}, load {load:g}", theory.number_of_servers_queue(servers, arrivals, 1.0)
    agrees(f"{name}: mean wait", values[0], mean)
    for number, t in enumerate(beyond, 1):
        expected = theory.wait_beyond(t, servers, arrivals, 1.0)
        agrees(f"{name}: P(wait > {t:.3g})", values[number], expected)
    agrees(f"{name}: mean number inside", values[4], arrivals * (mean + 1))
    for n in range(STATES):
        agrees(f"{name}: P({first + n} inside), time", values[5 + n], p[first + n])
        agrees(f"{name}: P({first + n} inside), as found", values[5 + STATES + n], p[first + n])


MINUTES = 1.0
SHAPES = {
    "lognormal, cv 0.5": (
        {"kind": "lognormal", "mean_minutes": MINUTES, "cv": 0.5},
        theory.lognormal_moments(MINUTES, 0.5),
    ),
    "lognormal, cv 1.2": (
        {"kind": "lognormal", "mean_minutes": MINUTES, "cv": 1.2},
        theory.lognormal_moments(MINUTES, 1.2),
    ),
    "uniform 0.2 to 1.8": (
        {"kind": "uniform", "low_minutes": 0.2, "high_minutes": 1.8},
        theory.uniform_moments(0.2, 1.8),
    ),
    "constant": ({"kind": "constant", "minutes": MINUTES}, theory.constant_moments(MINUTES)),
}


@pytest.mark.parametrize("shape", list(SHAPES))
def test_wait_of_any_service_time(agrees, shape):
    """Pollaczek-Khinchine for the mean, Takacs for the standard deviation."""
    duration, moments = SHAPES[shape]
    arrivals = 0.6

    def measures(seen: Observation) -> list[float]:
        waits = seen.minutes(seen.waiting())
        return [waits.mean(), waits.std(), (waits == 0).mean()]

    values = observe(_hall(1, arrivals, duration), measures, days=50, seed=2).T
    name = f"M/G/1, {shape}, load {arrivals}"
    agrees(f"{name}: mean wait", values[0], theory.mean_wait(arrivals, moments))
    agrees(f"{name}: sd of wait", values[1], theory.variance_of_wait(arrivals, moments) ** 0.5, catches=0.1)
    agrees(f"{name}: P(wait = 0)", values[2], 1 - arrivals)


def test_wait_of_several_servers_of_constant_service(agrees):
    """Crommelin: neither of exponential service nor of one server."""

    def measures(seen: Observation) -> list[float]:
        return [seen.minutes(seen.waiting()).mean()]

    values = observe(_hall(3, 2.4, {"kind": "constant", "minutes": 1}), measures, days=20, seed=3).T
    agrees("M/D/3, load 0.8: mean wait", values[0], theory.mean_wait_of_constant_service(3, 2.4, 1.0))


def test_nobody_waits_where_nobody_is_short_of_hands(agrees):
    """M/G/infinity: the number inside is Poisson whatever the time takes, mean and variance lambda E[S]."""
    duration = {"kind": "lognormal", "mean_minutes": 4, "cv": 1.0}
    post = {"name": "邮寄", "place": "online", "clock": "elapsed", "duration": duration}

    def measures(seen: Observation) -> list[float]:
        shares = seen.time_shares(seen.at_station(), 40)
        n = np.arange(shares.size)
        mean = float((n * shares).sum())
        return [mean, float((n**2 * shares).sum()) - mean**2, shares[0]]

    values = observe(round_the_clock([post], [], [people(1.0)]), measures, days=20, seed=4).T
    agrees("M/G/infinity: mean number inside", values[0], 4.0)
    agrees("M/G/infinity: variance of the number inside", values[1], 4.0)
    agrees("M/G/infinity: P(nobody inside)", values[2], float(np.exp(-4)), catches=0.1)


def test_two_counters_of_unequal_pace(agrees):
    """Who is idle longest serves: the slow one takes more people than a rule for the fast would give him."""
    arrivals, speeds = 1.2, (1.4, 0.6)
    staff = [{**one, "speed": speed} for one, speed in zip(members(DESK, 2), speeds, strict=True)]
    hall = round_the_clock([step(DESK, exponential(1))], staff, [people(arrivals)])

    def measures(seen: Observation) -> list[float]:
        return [(seen.visits()["member"] == 0).mean(), seen.mean_number(seen.at_station())]

    values = observe(hall, measures, days=20, seed=27).T
    shares, inside = theory.two_counters_longest_idle_first(arrivals, speeds)
    agrees("two counters, speeds 1.4 and 0.6: share of the fast one", values[0], shares[0], catches=0.02)
    agrees("two counters, speeds 1.4 and 0.6: mean number inside", values[1], inside)


def test_numbers_inside_follow_the_profile_of_the_day(agrees):
    """M(t)/M/infinity: what people of the morning peak leave behind, at four times of the day."""
    shares = [1 + (18 <= half_hour < 24) * 5 + (28 <= half_hour < 34) * 3 for half_hour in range(48)]
    mean, per_day, times = 40.0, 1000.0, (540, 630, 720, 1000)
    post = {"name": "邮寄", "place": "online", "clock": "elapsed", "duration": exponential(mean)}
    come = people(per_day / 1440, half_hour_weights=dict(zip(ALL_DAY, shares, strict=True)))

    def measures(seen: Observation) -> list[float]:
        stay = seen.at_station()
        enter, leave = np.sort(stay.enter), np.sort(stay.leave)
        days = np.arange(seen.begin, seen.end, 1440)
        return [
            (np.searchsorted(enter, days + time) - np.searchsorted(leave, days + time)).mean()
            for time in times
        ]

    values = observe(round_the_clock([post], [], [come]), measures, days=60, seed=28).T
    rates = [per_day * share / sum(shares) / 30 for share in shares]
    for time, column in zip(times, values, strict=True):
        expected = theory.mean_number_by_time(time, rates, 30, mean)
        agrees(f"M(t)/M/infinity: mean number at {time // 60}:{time % 60:02d}", column, expected)


def test_the_reference_engine_by_itself(agrees):
    """M/D/1 run with SimPy only, shorter and so less sharp: it would tell an error of 15 %. That it writes
    the records of the compiled engine is shown for each hall of this folder."""

    def measures(seen: Observation) -> list[float]:
        waits = seen.minutes(seen.waiting())
        return [waits.mean(), (waits > 0).mean()]

    hall = _hall(1, 0.5, {"kind": "constant", "minutes": 1})
    values = observe(hall, measures, days=10, seed=21, replications=8, engine="simpy").T
    agrees("SimPy: M/D/1, load 0.5: mean wait", values[0], 0.5, catches=0.15)
    agrees("SimPy: M/D/1, load 0.5: P(wait > 0)", values[1], 0.5)

"""What queueing theory says, each formula with its source. Rates are a minute, times minutes.

Sources: [K] Kleinrock, Queueing Systems I (1975) and II (1976); [GH] Gross, Shortle, Thompson, Harris,
Fundamentals of Queueing Theory (4th ed. 2008); others by name at the formula.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve
from scipy.special import pdtrc

Moments = tuple[float, float, float]  # E[S], E[S^2], E[S^3]


# --- service times ------------------------------------------------------------------------------------


def constant_moments(value: float) -> Moments:
    return value, value**2, value**3


def exponential_moments(mean: float) -> Moments:
    return mean, 2 * mean**2, 6 * mean**3


def lognormal_moments(mean: float, cv: float) -> Moments:
    """E[S^k] = mean^k (1 + cv^2)^(k (k - 1) / 2)."""
    spread = 1 + cv**2
    return mean, mean**2 * spread, mean**3 * spread**3


def uniform_moments(low: float, high: float) -> Moments:
    """E[S^k] = (high^(k + 1) - low^(k + 1)) / ((k + 1) (high - low))."""
    first, second, third = ((high ** (k + 1) - low ** (k + 1)) / ((k + 1) * (high - low)) for k in (1, 2, 3))
    return first, second, third


# --- one station ----------------------------------------------------------------------------------------


def birth_death(birth: Callable[[int], float], death: Callable[[int], float], states: int) -> np.ndarray:
    """Stationary probabilities of 0 ... states - 1: p(n) death(n) = p(n - 1) birth(n - 1). [K] I, 3.1."""
    weights = [1.0]
    for n in range(1, states):
        weights.append(weights[-1] * birth(n - 1) / death(n))
    return np.array(weights) / sum(weights)


def stationary(rates: dict[tuple[int, int], float], n: int) -> np.ndarray:
    """Stationary probabilities of a chain with these rates between its states 0 ... n - 1, by numbers."""
    balance = lil_matrix((n, n))
    for (origin, target), rate in rates.items():
        balance[target, origin] += rate
        balance[origin, origin] -= rate
    balance[0, :] = 1.0
    right = np.zeros(n)
    right[0] = 1.0
    return spsolve(balance.tocsc(), right)


def erlang_b(servers: int, offered: float) -> float:
    """Chance that all servers are busy where nobody waits (M/G/c/c). [K] I, 3.6."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked


def erlang_c(servers: int, offered: float) -> float:
    """Chance to wait in M/M/c, from Erlang B. [K] I, 3.5."""
    blocked = erlang_b(servers, offered)
    return blocked / (1 - offered / servers * (1 - blocked))


def wait_beyond(minutes: float, servers: int, arrivals: float, service: float) -> float:
    """P(wait > t) of M/M/c, first come first served: C e^(-(c mu - lambda) t). [GH] 2.3."""
    return erlang_c(servers, arrivals / service) * math.exp(-(servers * service - arrivals) * minutes)


def mean_wait_of_servers(servers: int, arrivals: float, service: float) -> float:
    """Mean wait of M/M/c: C / (c mu - lambda). [GH] 2.3."""
    return erlang_c(servers, arrivals / service) / (servers * service - arrivals)


def number_of_servers_queue(servers: int, arrivals: float, service: float, states: int = 2000) -> np.ndarray:
    """P(n in the system), n = 0, 1, ..., of M/M/c. [K] I, 3.5."""
    return birth_death(lambda _: arrivals, lambda n: min(n, servers) * service, states)


def mean_wait(arrivals: float, moments: Moments) -> float:
    """Pollaczek-Khinchine: lambda E[S^2] / (2 (1 - rho)). [K] I, 5.6."""
    return arrivals * moments[1] / (2 * (1 - arrivals * moments[0]))


def variance_of_wait(arrivals: float, moments: Moments) -> float:
    """Takacs: E[W]^2 + lambda E[S^3] / (3 (1 - rho)). [K] I, 5.7, (5.113)."""
    return mean_wait(arrivals, moments) ** 2 + arrivals * moments[2] / (3 * (1 - arrivals * moments[0]))


def mean_wait_of_constant_service(servers: int, arrivals: float, service_minutes: float) -> float:
    """Mean wait of M/D/c. Crommelin (1932), Post Office Electrical Engineers' Journal 25.

    In service times, with a = lambda S:
    sum over i >= 1 of e^(-i a) (sum over j >= i c of (i a)^j / j! - c / a sum over j > i c of (i a)^j / j!).
    The two inner sums are tails of a Poisson distribution.
    """
    offered = arrivals * service_minutes
    terms = 0.0
    for i in range(1, 5000):
        tail = pdtrc(i * servers - 1, i * offered) - servers / offered * pdtrc(i * servers, i * offered)
        terms += tail
        if i > 50 and abs(tail) < 1e-15:
            break
    return terms * service_minutes


def two_counters_longest_idle_first(
    arrivals: float, services: tuple[float, float], most: int = 400
) -> tuple[tuple[float, float], float]:
    """Two counters of unequal pace, whoever is idle longest serves: shares of the people, mean number inside.

    The chain by numbers. States 0 and 1: nobody inside, the first or the second counter idle longest; 2 and
    3: one person, at the first or the second; from 4 on: two and more.
    """
    first, second = services
    rates = {(0, 2): arrivals, (1, 3): arrivals, (2, 1): first, (3, 0): second}
    rates |= {(2, 4): arrivals, (3, 4): arrivals, (4, 3): first, (4, 2): second}
    for n in range(4, most):
        rates[n, n + 1], rates[n + 1, n] = arrivals, first + second
    p = stationary(rates, most + 1)
    busy = (p[2] + p[4:].sum(), p[3] + p[4:].sum())
    inside = p[2] + p[3] + float((np.arange(2, most - 1) * p[4:]).sum())
    return (first * busy[0] / arrivals, second * busy[1] / arrivals), inside


def root_of_bookings(slot: float, no_show: float, service: float) -> float:
    """GI/M/1 where each slot brings one person, or nobody with chance `no_show`: the chance s to wait.

    s in (0, 1) with s = A(mu (1 - s)), A(x) = (1 - p) e^(-x d) / (1 - p e^(-x d)) the transform of the time
    between two who come; the wait is 0 with chance 1 - s, else exponential of rate mu (1 - s). [K] I, 6.4.
    """

    def excess(s: float) -> float:
        gone = math.exp(-service * (1 - s) * slot)
        return (1 - no_show) * gone / (1 - no_show * gone) - s

    return float(brentq(excess, 0.0, 1 - 1e-9))


def mean_number_by_time(
    minute: float, rates: Sequence[float], bin_minutes: float, mean: float, days: int = 3
) -> float:
    """M(t)/M/infinity with a daily profile of rates: the mean of the Poisson number inside at `minute`.

    The integral over the past of lambda(u) P(S > t - u). Eick, Massey, Whitt (1993), Operations Research 41.
    """
    total, day = 0.0, bin_minutes * len(rates)
    for back in range(days):
        for number, rate in enumerate(rates):
            begin = number * bin_minutes - back * day
            end = min(begin + bin_minutes, minute)
            if end > begin:
                total += rate * mean * (math.exp((end - minute) / mean) - math.exp((begin - minute) / mean))
    return total


# --- priorities -----------------------------------------------------------------------------------------


def mean_waits_by_class(arrivals: Sequence[float], moments: Sequence[Moments]) -> list[float]:
    """Non-preemptive priorities in M/G/1, most urgent class first. Cobham (1954), Operations Research 2.

    R / ((1 - sigma_(k - 1)) (1 - sigma_k)) with R = sum lambda E[S^2] / 2, sigma_k the load of classes <= k.
    """
    residual = sum(rate * m[1] for rate, m in zip(arrivals, moments, strict=True)) / 2
    return _behind_more_urgent(residual, [rate * m[0] for rate, m in zip(arrivals, moments, strict=True)])


def mean_waits_by_class_of_servers(servers: int, arrivals: Sequence[float], service: float) -> list[float]:
    """The same in M/M/c, one service rate for all classes: R = C / (c mu). Cobham (1954)."""
    residual = erlang_c(servers, sum(arrivals) / service) / (servers * service)
    return _behind_more_urgent(residual, [rate / (servers * service) for rate in arrivals])


def _behind_more_urgent(residual: float, loads: list[float]) -> list[float]:
    sigma = np.cumsum([0.0, *loads])
    return [float(residual / ((1 - a) * (1 - b))) for a, b in pairwise(sigma)]


# --- people who give up, machines that fail ---------------------------------------------------------------


def number_with_patience(
    servers: int, arrivals: float, service: float, giving_up: float, states: int = 2000
) -> np.ndarray:
    """Erlang A (M/M/c + M): P(n in the system). Palm (1946); Garnett, Mandelbaum, Reiman (2002), MSOM 4."""
    return birth_death(
        lambda _: arrivals,
        lambda n: min(n, servers) * service + max(n - servers, 0) * giving_up,
        states,
    )


def mean_queue(probabilities: np.ndarray, servers: int) -> float:
    """Mean number waiting, of P(n in the system)."""
    n = np.arange(probabilities.size)
    return float((np.maximum(n - servers, 0) * probabilities).sum())


def giving_up_after(minutes: float, servers: int, arrivals: float, service: float) -> float:
    """M/M/c + D: share of people who give up after exactly these minutes, for a load below 1.

    (1 - rho) P(W > t) / (1 - rho P(W > t)), W the wait of M/M/c. Boots, Tijms (1999), Management Science 45.
    """
    load = arrivals / (servers * service)
    beyond = wait_beyond(minutes, servers, arrivals, service)
    return (1 - load) * beyond / (1 - load * beyond)


def mean_number_with_breakdowns(arrivals: float, service: float, failing: float, repair: float) -> float:
    """Mean number in M/M/1 whose server fails, busy or idle, and goes on after its repair; all exponential.

    lambda ((xi + eta)^2 + xi mu) / ((xi + eta) (eta mu - lambda (xi + eta))).
    White, Christie (1958), Operations Research 6; Mitrany, Avi-Itzhak (1968), Operations Research 16.
    """
    both = failing + repair
    return arrivals * (both**2 + failing * service) / (both * (repair * service - arrivals * both))


def machines_down(machines: int, repairers: int, failing: float, repair: float) -> np.ndarray:
    """Machine repair (finite source): P(n down), n = 0 ... machines. [K] I, 3.8; Palm (1947)."""
    return birth_death(lambda n: (machines - n) * failing, lambda n: min(n, repairers) * repair, machines + 1)


# --- networks -------------------------------------------------------------------------------------------


def throughputs(arrivals: Sequence[float], routing: Sequence[Sequence[float]]) -> np.ndarray:
    """Traffic equations of an open network: rate at each station = from outside + from others.

    Jackson (1957), Operations Research 5; (1963), Management Science 10.
    """
    matrix = np.array(routing)
    return np.linalg.solve(np.eye(len(arrivals)) - matrix.T, np.array(arrivals))


def mean_number_at_station(servers: int, arrivals: float, service: float) -> float:
    """Mean number at a station of M/M/c, also within a Jackson network. [GH] 2.3, 4.2."""
    return arrivals * (mean_wait_of_servers(servers, arrivals, service) + 1 / service)


def mean_response_of_fork_and_join(arrivals: float, service: float) -> float:
    """Two M/M/1 queues fed by the same arrivals, done when both are: (12 - rho) / 8 / (mu - lambda).

    Flatto, Hahn (1984), SIAM Journal on Applied Mathematics 44; Nelson, Tantawi (1988), IEEE Trans. Comp. 37.
    """
    return (12 - arrivals / service) / 8 / (service - arrivals)


def rounds_of_the_slower(pass_one: float, pass_other: float) -> float:
    """Mean of the larger of two independent geometric numbers of rounds (1, 2, ...)."""
    return 1 / pass_one + 1 / pass_other - 1 / (pass_one + pass_other - pass_one * pass_other)


# --- batches --------------------------------------------------------------------------------------------


def mean_number_with_batch_arrivals(batches: float, size: int, service: float) -> float:
    """M/M/1 with arrivals in batches of `size`: rho (size + 1) / (2 (1 - rho)). [GH] 3.1."""
    load = batches * size / service
    return load * (size + 1) / (2 * (1 - load))


def mean_wait_of_full_batches(arrivals: float, size: int, service: float) -> float:
    """Wait of a batch in E_k/M/1: Poisson arrivals are gathered until `size` are there and served together.

    s / (mu (1 - s)), s in (0, 1) the root of s = (lambda / (lambda + mu (1 - s)))^k. [K] I, 6.4 (G/M/1).
    """

    def excess(s: float) -> float:
        return (arrivals / (arrivals + service * (1 - s))) ** size - s

    root = float(brentq(excess, 0.0, 1 - 1e-9))
    return root / (service * (1 - root))


def mean_wait_for_a_full_batch(arrivals: float, size: int) -> float:
    """The first waits for `size` - 1 others, the last for none: (size - 1) / (2 lambda)."""
    return (size - 1) / (2 * arrivals)

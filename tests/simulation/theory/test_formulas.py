"""The formulas themselves: known values, special cases, and chains of states solved by numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

import queueing_formulas as theory


def test_erlang_b_and_c_of_known_cases():
    assert theory.erlang_b(5, 3) == pytest.approx(0.110054, abs=1e-6)  # tables of Erlang B
    assert theory.erlang_c(2, 1) == pytest.approx(1 / 3)  # by hand
    assert theory.erlang_c(1, 0.7) == pytest.approx(0.7)  # M/M/1


@pytest.mark.parametrize(("servers", "arrivals"), [(1, 0.7), (3, 2.25), (8, 6.8)])
def test_states_and_waits_of_several_servers_are_one_theory(servers, arrivals):
    states = theory.number_of_servers_queue(servers, arrivals, 1.0)
    assert states[servers:].sum() == pytest.approx(theory.erlang_c(servers, arrivals))
    assert theory.mean_queue(states, servers) == pytest.approx(
        arrivals * theory.mean_wait_of_servers(servers, arrivals, 1.0)
    )
    assert theory.wait_beyond(0, servers, arrivals, 1.0) == pytest.approx(states[servers:].sum())


def test_one_window_in_one_figure():
    """A department with 42 cases a day of 7 hours and one with 2, 9 minutes each: 81 minutes of wait at the
    busy window, 2.6 where both windows serve both."""
    minutes, service = 7 * 60, 1 / 9
    assert theory.mean_wait_of_servers(1, 42 / minutes, service) == pytest.approx(81)
    assert theory.mean_wait_of_servers(2, 44 / minutes, service) == pytest.approx(2.6, abs=0.05)


def test_pollaczek_khinchine_and_takacs_hold_m_m_1_and_m_d_1():
    load, exponential = 0.7, theory.exponential_moments(1.0)
    assert theory.mean_wait(load, exponential) == pytest.approx(load / (1 - load))
    # the wait of M/M/1: 0 with chance 1 - rho, else exponential of rate 1 - rho
    assert theory.variance_of_wait(load, exponential) == pytest.approx(load * (2 - load) / (1 - load) ** 2)
    constant = theory.constant_moments(1.0)
    assert theory.mean_wait(load, constant) == pytest.approx(theory.mean_wait(load, exponential) / 2)
    assert theory.mean_wait_of_constant_service(1, load, 1.0) == pytest.approx(
        theory.mean_wait(load, constant)
    )


def test_moments_against_a_grid_of_the_distributions():
    u = (np.arange(2_000_000) + 0.5) / 2_000_000
    for moments, values in (
        (theory.uniform_moments(2, 18), 2 + 16 * u),
        (theory.exponential_moments(3), -3 * np.log(1 - u)),
    ):
        for power, moment in enumerate(moments, 1):
            assert (values**power).mean() == pytest.approx(moment, rel=2e-3)
    # lognormal: mean 1, cv 0.5: E[S^2] = 1.25, E[S^3] = 1.25^3
    assert theory.lognormal_moments(1, 0.5) == pytest.approx((1, 1.25, 1.25**3))


def test_priorities_keep_the_mean_work():
    """Kleinrock's conservation law: sum rho_k W_k is that of first come first served."""
    arrivals = [0.2, 0.3, 0.1]
    moments = [theory.exponential_moments(m) for m in (1.0, 0.8, 2.0)]
    waits = theory.mean_waits_by_class(arrivals, moments)
    loads = [a * m[0] for a, m in zip(arrivals, moments, strict=True)]
    residual = sum(a * m[1] for a, m in zip(arrivals, moments, strict=True)) / 2
    total = sum(loads)
    kept = sum(load * wait for load, wait in zip(loads, waits, strict=True))
    assert kept == pytest.approx(total * residual / (1 - total))
    assert waits == sorted(waits)
    same = theory.mean_waits_by_class_of_servers(1, [0.3, 0.4], 1.0)
    assert same == pytest.approx(
        theory.mean_waits_by_class([0.3, 0.4], [theory.exponential_moments(1.0)] * 2)
    )


def test_patience_as_long_as_service_makes_as_many_servers_as_people():
    """Erlang A with theta = mu is M/M/infinity: Poisson."""
    states = theory.number_with_patience(3, 4.0, 1.0, 1.0, states=60)
    poisson = [math.exp(-4) * 4**n / math.factorial(n) for n in range(10)]
    assert states[:10] == pytest.approx(poisson)


def test_no_patience_at_all_is_erlangs_loss():
    assert theory.giving_up_after(0, 3, 2.4, 1.0) == pytest.approx(theory.erlang_b(3, 2.4))
    # giving up at once is Erlang A with a boundless rate
    states = theory.number_with_patience(3, 2.4, 1.0, 1e12, states=10)
    assert states[3] == pytest.approx(theory.erlang_b(3, 2.4))


def test_breakdowns_against_the_chain_of_number_and_up_or_down():
    arrivals, service, failing, repair, most = 0.5, 1.0, 0.05, 0.25, 400
    rates: dict[tuple[int, int], float] = {}
    for n in range(most):
        up, down = 2 * n, 2 * n + 1
        rates[up, down], rates[down, up] = failing, repair
        if n + 1 < most:
            rates[up, up + 2] = rates[down, down + 2] = arrivals
            rates[up + 2, up] = service
    p = theory.stationary(rates, 2 * most)
    mean = float((np.arange(2 * most) // 2 * p).sum())
    assert theory.mean_number_with_breakdowns(arrivals, service, failing, repair) == pytest.approx(mean)
    assert theory.mean_number_with_breakdowns(0.5, 1, 0, 1) == pytest.approx(1)  # M/M/1


def test_fork_and_join_against_the_chain_of_both_queues():
    """States (jobs in queue 1, jobs in queue 2); a case is inside while either of its jobs is."""
    arrivals, most = 0.4, 50
    rates: dict[tuple[int, int], float] = {}
    for a in range(most):
        for b in range(most):
            here = a * most + b
            if a + 1 < most and b + 1 < most:
                rates[here, here + most + 1] = arrivals
            if a:
                rates[here, here - most] = 1.0
            if b:
                rates[here, here - 1] = 1.0
    p = theory.stationary(rates, most * most).reshape(most, most)
    a, b = np.indices(p.shape)
    inside = float((np.maximum(a, b) * p).sum())
    assert theory.mean_response_of_fork_and_join(arrivals, 1.0) == pytest.approx(inside / arrivals, rel=1e-6)
    # nobody waits: the longer of two exponential times
    assert theory.mean_response_of_fork_and_join(1e-9, 1.0) == pytest.approx(1.5)


def test_machine_repair_of_one_and_of_enough_repairers():
    assert theory.machines_down(1, 1, 0.1, 0.4)[1] == pytest.approx(0.1 / 0.5)
    # a repairer for each: independent machines, binomial
    expected = [math.comb(5, n) * 0.2**n * 0.8 ** (5 - n) for n in range(6)]
    assert theory.machines_down(5, 5, 0.1, 0.4) == pytest.approx(expected)


def test_traffic_of_a_station_people_return_to():
    assert theory.throughputs([0.6], [[0.25]]) == pytest.approx([0.8])
    # a ring: all of it goes round
    assert theory.throughputs([1.0, 0, 0], [[0, 0.5, 0.5], [0, 0, 1], [0.2, 0, 0]]) == pytest.approx(
        [1.25, 0.625, 1.25]
    )


def test_equal_counters_are_m_m_2_and_take_half_of_the_people_each():
    shares, inside = theory.two_counters_longest_idle_first(1.2, (1.0, 1.0))
    assert shares == pytest.approx((0.5, 0.5))
    assert inside == pytest.approx(theory.mean_number_at_station(2, 1.2, 1.0))


def test_evenly_spaced_and_random_arrivals_at_one_counter():
    """All who booked come: D/M/1, whose root for load 0.5 is known; of very many one comes: M/M/1."""
    assert theory.root_of_bookings(2.0, 0.0, 1.0) == pytest.approx(0.2032, abs=1e-4)  # [GH] 5.1
    rare = theory.root_of_bookings(2e-4, 1 - 1e-4, 1.0)  # one in ten thousand of slots that are as short
    assert rare == pytest.approx(0.5, abs=1e-3)


def test_rounds_until_all_branches_pass():
    u = np.random.default_rng(1)
    one, other = u.geometric(0.7, 400_000), u.geometric(0.4, 400_000)
    assert theory.rounds_of_the_slower(0.7, 0.4) == pytest.approx(np.maximum(one, other).mean(), rel=0.01)


def test_batches_of_one_are_no_batches():
    assert theory.mean_number_with_batch_arrivals(0.6, 1, 1.0) == pytest.approx(1.5)
    assert theory.mean_wait_of_full_batches(0.6, 1, 1.0) == pytest.approx(1.5)
    assert theory.mean_wait_for_a_full_batch(0.6, 1) == 0

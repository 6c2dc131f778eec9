"""Two maps over one set of nodes, worked by hand."""

from __future__ import annotations

import pytest

from mining.process_map import END_NODE, START_NODE, discover_process_map
from mining.reform.map_difference import compare_maps
from mining.statistics import newcombe_interval
from mining.working_time import OFFICE_HOURS


def test_gone_new_and_changed(sequences_log):
    # before: 6 of 10 cases a-b-c, 4 a-c; after: 20 cases a-c, 5 of them with d at the end
    before, after = sequences_log(["abc"] * 6 + ["ac"] * 4), sequences_log(["ac"] * 15 + ["acd"] * 5)
    found = compare_maps(before, after, OFFICE_HOURS)
    steps = {each.source: each for each in found.steps}
    moves = {(each.source, each.target): each for each in found.moves}
    assert (steps["b"].presence, steps["d"].presence, steps["a"].presence) == (
        "only_before",
        "only_after",
        "both",
    )
    assert (steps["b"].share_change, steps["d"].share_change) == (-0.6, 0.25)
    assert (moves["a", "c"].before.share, moves["a", "c"].after.share) == (0.4, 1.0)
    assert moves["b", "c"].presence == "only_before"
    assert (moves["a", "c"].share_change_low, moves["a", "c"].share_change_high) == newcombe_interval(
        4, 10, 20, 20
    )
    assert moves[START_NODE, "a"].share_change == 0
    assert not moves[START_NODE, "a"].is_certain
    first = found.ranked()[0]
    assert abs(first.share_change) == 0.6
    assert moves["c", END_NODE].share_change == pytest.approx(-0.25)
    assert (found.cases_before, found.cases_after) == (10, 20)


def test_newcombe_published():
    # Newcombe 1998, table II, 56/70 against 48/80: 0.0524 to 0.3339 for before - after
    low, high = newcombe_interval(56, 70, 48, 80)
    assert (low, high) == pytest.approx((-0.3339, -0.0524), abs=1e-4)
    assert newcombe_interval(0, 10, 0, 10)[0] < 0 < newcombe_interval(0, 10, 0, 10)[1]


def test_times(hand_log):
    def log(work, gap):
        return hand_log(
            [
                row
                for n in range(8)
                for row in (
                    (f"c{n}", "a", f"Mon 09:{n:02d}", f"Mon 09:{n + 10:02d}", {}),
                    (
                        f"c{n}",
                        "b",
                        f"Mon 10:{n + gap + n % 2:02d}",
                        f"Mon 10:{n + gap + n % 2 + work:02d}",
                        {},
                    ),
                )
            ]
        )

    found = compare_maps(log(10, 0), log(6, 20), OFFICE_HOURS)
    move = next(each for each in found.moves if (each.source, each.target) == ("a", "b"))
    # 50 or 51 minutes from the end of a to the start of b, then 70 or 71
    assert move.before.minutes_mean == 50.5
    assert move.minutes_change == 20
    half = 1.96 * (2 * (8 * 0.25 / 7) / 8) ** 0.5
    assert move.minutes_change_high - 20 == pytest.approx(half, rel=1e-3)
    step = next(each for each in found.steps if each.source == "b")
    assert (step.minutes_change, step.minutes_per_case_change) == (-4, -4)
    assert found.ranked_by_time()[0] is move


def test_every_edge_of_both_maps_is_there(random_log):
    logs = random_log(3, cases=40), random_log(4, cases=40)
    found = compare_maps(*logs, OFFICE_HOURS)
    maps = [discover_process_map(log, OFFICE_HOURS) for log in logs]
    edges = {(edge.source, edge.target) for each in maps for edge in each.edges}
    assert {(each.source, each.target) for each in found.moves} == edges
    for edge in maps[0].edges:
        change = next(
            each for each in found.moves if (each.source, each.target) == (edge.source, edge.target)
        )
        assert change.before.cases == edge.cases
        assert change.before.minutes_mean == pytest.approx(edge.minutes_mean, nan_ok=True)
        assert change.before.per_case * found.cases_before == pytest.approx(edge.moves)

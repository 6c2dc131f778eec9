"""Sample services exported item by item: the journeys they were made of are found again."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest

from mining.stitching import stitch_journeys
from sample_logs import sample_log


def pairs_of(groups: pd.Series) -> set[tuple[str, str]]:
    together = groups.groupby(groups).groups.values()
    return {pair for cases in together for pair in combinations(sorted(cases), 2)}


@pytest.mark.parametrize(("name", "least"), [("A", 0.99), ("D", 0.9), ("E", 0.99)])
def test_journeys_of_a_sample_are_found_again(name: str, least: float) -> None:
    # D: developers run several projects at once; real exports have 投资项目编号 for that
    made = sample_log(name, seed=1, days=60)
    found = stitch_journeys(made.items)
    true_pairs = pairs_of(pd.Series(dict(made.matter_of_item)))
    found_pairs = pairs_of(pd.Series(found.journey, index=found.case_ids))
    right = len(true_pairs & found_pairs)
    assert right / len(found_pairs) >= 0.99
    assert right / len(true_pairs) >= least

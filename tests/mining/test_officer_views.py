"""Officers under pseudonyms, and never in groups of fewer than five cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mining.event_log import EventLog
from mining.officer_views import officer_label, view_officers
from mining.options import FindingOptions

HandLog = Callable[..., EventLog]


def log_with(hand_log: HandLog, counts: dict[str, int], **options: object) -> EventLog:
    """So many cases for each officer, each with the step done twice by the same one."""
    rows = [
        (f"{officer}-{number}", "审核", None, f"Mon {hour}:00", {"officer": officer})
        for officer, cases in counts.items()
        for number in range(cases)
        for hour in ("09", "10")
    ]
    return replace(hand_log(rows), options=FindingOptions(**options))  # type: ignore[arg-type]


def everywhere(log: EventLog) -> np.ndarray:
    return np.ones(log.n_events, bool)


def test_a_pseudonym_is_stable_within_a_project_and_tells_no_name(hand_log: HandLog) -> None:
    log = log_with(hand_log, {"王小明": 5}, salt="one")
    again = log_with(hand_log, {"李四": 9, "王小明": 2}, salt="one")
    other = log_with(hand_log, {"王小明": 5}, salt="two")
    label = officer_label(log, "王小明")
    assert label == officer_label(again, "王小明") != officer_label(other, "王小明")
    assert label.startswith("O-")
    assert "王" not in label
    assert len({officer_label(log, f"officer {n}") for n in range(500)}) == 500


def test_a_log_without_a_project_has_pseudonyms_of_its_own(hand_log: HandLog) -> None:
    first, second = (log_with(hand_log, {"甲": 5}) for _ in range(2))
    assert officer_label(first, "甲") != officer_label(second, "甲")


def test_names_are_shown_if_asked_for(hand_log: HandLog) -> None:
    log = log_with(hand_log, {"甲": 6, "乙": 5, "丙": 4}, show_officers=True)
    view = view_officers(log, everywhere(log))
    assert (view.labels, view.cases) == (("甲", "乙"), (6, 5))


def test_fewer_than_five_cases_are_never_listed(hand_log: HandLog) -> None:
    log = log_with(hand_log, {"甲": 6, "乙": 4, "丙": 3}, salt="s")
    view = view_officers(log, everywhere(log))
    assert view.labels == (officer_label(log, "甲"),)
    # four and three cases are seven together
    assert (view.others, view.others_cases) == (2, 7)


@pytest.mark.parametrize(("counts", "told"), [({"甲": 9, "乙": 4}, None), ({"甲": 9, "乙": 1, "丙": 4}, 5)])
def test_the_others_together_are_told_from_five_cases_on(
    hand_log: HandLog, counts: dict[str, int], told: int | None
) -> None:
    log = log_with(hand_log, counts)
    assert view_officers(log, everywhere(log)).others_cases == told


def test_only_the_events_asked_for_count(hand_log: HandLog) -> None:
    log = log_with(hand_log, {"甲": 9})
    four_cases = np.flatnonzero(everywhere(log))[:8]
    assert view_officers(log, four_cases).labels == ()
    assert view_officers(log, np.zeros(log.n_events, bool)).others == 0


def test_a_log_without_officers_has_none(hand_log: HandLog) -> None:
    log = hand_log([("a", "审核", None, "Mon 09:00", {})])
    assert view_officers(log, everywhere(log)).labels == ()

"""A hall of few officers, written by hand: what they did, and the wait that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from mining.event_log import BACK_OFFICE, EventLog
from mining.waiting_causes import Cause, split_waits
from mining.working_time import MS_PER_MINUTE, OFFICE_HOURS

Work = tuple[str, str, str, str, str]  # step, officer, enabled, start, end


@pytest.fixture(scope="session")
def office_log(hand_log: Callable[..., EventLog]) -> Callable[..., EventLog]:
    """A log of (step, officer, enabled, start, end), each a case of its own, w0, w1, ...; times like 'Mon
    09:30'."""

    def make(works: Iterable[Work], place: str = BACK_OFFICE) -> EventLog:
        return hand_log(
            [
                (f"w{n}", step, start, end, {"officer": officer, "ts_enabled": enabled, "place": place})
                for n, (step, officer, enabled, start, end) in enumerate(works)
            ]
        )

    return make


@pytest.fixture(scope="session")
def causes_of(office_log: Callable[..., EventLog]) -> Callable[..., dict[str, float]]:
    """Minutes of calendar time by cause of the wait of case `case`; causes without any are left out."""

    def split(
        works: Iterable[Work], case: str, working: bool = False, place: str = BACK_OFFICE
    ) -> dict[str, float]:
        log = office_log(list(works), place)
        causes = split_waits(log, OFFICE_HOURS)
        (at,) = (log.events["case_id"] == case).to_numpy().nonzero()[0]
        spent = (causes.working_ms if working else causes.elapsed_ms)[:, at] / MS_PER_MINUTE
        return {cause.name.lower(): float(spent[cause]) for cause in Cause if spent[cause]}

    return split

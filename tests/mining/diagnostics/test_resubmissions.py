"""When a return was answered: the first sign of the next attempt."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from mining.diagnostics.corrections import find_corrections
from mining.diagnostics.resubmissions import find_resubmissions
from mining.event_log import PASS, RETURN, EventLog

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
MONDAY = pd.Timestamp("2026-03-02")


def answered(log: EventLog) -> list[str]:
    _, moments = find_resubmissions(log, find_corrections(log))
    return [str(moment) for moment in pd.to_datetime(moments, unit="ms").strftime("%d %H:%M")]


def attempts(**more: object) -> list[Row]:
    """Returned on Monday 10:00, again done on Friday 11:00."""
    return [
        {"case_id": "a", "activity": "受理", "end": "0 10:00", "result": RETURN},
        {"case_id": "a", "activity": "受理", "end": "4 11:00", "result": PASS, **more},
        {"case_id": "b", "activity": "受理", "end": "1 10:00", "result": RETURN},
    ]


@pytest.mark.parametrize(
    ("more", "moment"),
    [
        ({}, "06 11:00"),
        ({"start": "4 10:30"}, "06 10:30"),
        ({"start": "4 10:30", "ts_ticket": MONDAY + pd.Timedelta(days=3, hours=9)}, "05 09:00"),
        # a ticket of before the return is none of the next attempt
        ({"start": "4 10:30", "ts_ticket": MONDAY + pd.Timedelta(hours=9)}, "06 10:30"),
    ],
)
def test_ticket_start_or_end(log_of: LogMaker, more: Row, moment: str) -> None:
    assert answered(log_of(attempts(**more))) == [moment]


def test_the_first_document_after_the_return(log_of: LogMaker) -> None:
    def paper(case: str, step: str, when: str) -> Row:
        return {"case_id": case, "activity": step, "material_name": "申请表", "ts_received": when}

    papers = [
        paper("a", "受理", "0 09:00"),  # what was returned
        paper("a", "审核", "1 09:00"),  # another step
        paper("b", "受理", "1 09:30"),  # another case
        paper("a", "受理", "3 09:00"),
        paper("a", "受理", "2 09:00"),
    ]
    assert answered(log_of(attempts(start="4 10:30"), materials=papers)) == ["04 09:00"]

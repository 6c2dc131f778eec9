"""Touch time of officials: shared among what one officer has open at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mining.columns import UNKNOWN_MS
from mining.event_log import EventLog
from mining.touch_times import believed_officers, find_touch_ms
from mining.waiting import split_times
from mining.working_time import MS_PER_MINUTE, OFFICE_HOURS

LogMaker = Callable[..., EventLog]


def touch_minutes(log: EventLog) -> list[float | None]:
    touch = find_touch_ms(log, split_times(log, OFFICE_HOURS).work_ms, OFFICE_HOURS)
    return [None if value == UNKNOWN_MS else value / MS_PER_MINUTE for value in touch]


def row(
    case: str, officer: str | None, start: str, end: str, place: str = "back_office"
) -> dict[str, object]:
    return {
        "case_id": case,
        "activity": "审核",
        "officer": officer,
        "place": place,
        "start": start,
        "end": end,
    }


OTHERS = [row("y", "乙", "4 09:00", "4 10:00"), row("z", "丙", "4 09:00", "4 10:00")]


def test_files_open_at_once_share_their_officer(log_of: LogMaker) -> None:
    # 9-10 a alone, 10-11 a and b, 11-12 b alone: 60 + 30 minutes each; the others are undisturbed
    log = log_of([row("a", "甲", "0 09:00", "0 11:00"), row("b", "甲", "0 10:00", "0 12:00"), *OTHERS])
    assert touch_minutes(log) == [90.0, 90.0, 60.0, 60.0]


def test_lunch_and_nights_are_no_work_and_back_to_back_is_no_overlap(log_of: LogMaker) -> None:
    # OFFICE_HOURS closes from 12 to 13 or so: the touch time is the working time where nothing overlaps
    log = log_of([row("a", "甲", "0 11:00", "1 10:00"), row("b", "甲", "1 10:00", "1 11:00"), *OTHERS])
    work = split_times(log, OFFICE_HOURS).work_ms / MS_PER_MINUTE
    assert touch_minutes(log) == pytest.approx(list(work))


def test_an_officer_is_never_busier_than_the_clock(log_of: LogMaker) -> None:
    rng = np.random.default_rng(3)
    rows = []
    for n in range(200):
        begin = int(rng.integers(9 * 60, 12 * 60 - 61))
        end = begin + int(rng.integers(1, 60))
        rows.append(
            row(
                f"c{n:03d}",
                "甲乙丙丁"[n % 4],
                f"0 {begin // 60:02d}:{begin % 60:02d}",
                f"0 {end // 60:02d}:{end % 60:02d}",
            )
        )
    log = log_of(rows)
    touch = np.array(touch_minutes(log))
    work = split_times(log, OFFICE_HOURS).work_ms / MS_PER_MINUTE
    assert (touch <= work + 1e-6).all()
    for officer in "甲乙丙丁":
        own = (log.events["officer"] == officer).to_numpy()
        start, end = log.events["ts_start"][own], log.events["ts_end"][own]
        busy = np.zeros(24 * 60, bool)
        for a, b in zip(start.dt.hour * 60 + start.dt.minute, end.dt.hour * 60 + end.dt.minute, strict=True):
            busy[a:b] = True
        assert touch[own].sum() == pytest.approx(busy.sum(), abs=0.1)


def test_unknown_where_nobody_is_named_behind_the_counter(log_of: LogMaker) -> None:
    rows = [
        row("a", None, "0 09:00", "0 11:00"),
        row("b", None, "0 09:00", "0 09:20", "counter"),
        row("c", None, "0 09:00", "0 09:20", "kiosk"),
        row("d", None, "0 09:00", "0 09:20", "applicant"),
        row("e", "甲", "0 09:00", "0 09:00"),  # end = start: the end is not known
        row("f", "甲", "0 09:00", "0 09:10"),
        *OTHERS,
    ]
    assert touch_minutes(log_of(rows)) == [None, 20.0, 0.0, 0.0, None, 10.0, 60.0, 60.0]


def test_roles_and_placeholders_are_no_officers(log_of: LogMaker) -> None:
    two = [row("a", "STAFF", "0 09:00", "0 11:00"), row("b", "SYSTEM", "0 09:00", "0 11:00")]
    assert believed_officers(log_of(two)) is None
    assert touch_minutes(log_of(two)) == [None, None]
    many = [row(f"c{n}", "综合岗", "0 09:00", "0 11:00") for n in range(9)]
    assert believed_officers(log_of([*many, *OTHERS])) is None

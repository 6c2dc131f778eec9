"""The fast way to read times: the same numbers as the way that knows all forms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.reading.iso_times import read_iso
from mining.reading.notes import Notes
from mining.reading.time_text import take_apart
from mining.reading.times import TimeSource, read_times

DATES = st.dates(min_value=pd.Timestamp("1899-12-01").date(), max_value=pd.Timestamp("2201-01-31").date())
CLOCKS = st.tuples(st.integers(0, 24), st.integers(0, 60), st.integers(0, 61), st.integers(0, 10**9 - 1))
DECIMALS = st.integers(0, 9)
OFFSETS = st.sampled_from(["+08:00", "-03:30", "+00:00", "Z"])


def written(date, clock: tuple[int, int, int, int], form: str, decimals: int, offset: str) -> str:
    hour, minute, second, nanosecond = clock
    fraction = f"{nanosecond:09d}"[:decimals]
    text = {
        "date": f"{date}",
        "minute": f"{date} {hour:02d}:{minute:02d}",
        "second": f"{date} {hour:02d}:{minute:02d}:{second:02d}",
        "T": f"{date}T{hour:02d}:{minute:02d}:{second:02d}" + (f".{fraction}" if fraction else ""),
    }[form]
    return text + offset


def read(texts: list[str | None]):
    source = TimeSource("时间", pd.Series(texts, dtype="str"), np.arange(2, len(texts) + 2))
    return read_times(
        {"time": source}, timezone="Asia/Shanghai", day_first=None, file="a", notes=Notes("a", 9)
    )


def slowly(monkeypatch, texts):
    with monkeypatch.context() as patch:
        patch.setattr("mining.reading.times.read_iso", lambda _: None)
        return read(texts)


def assert_same(monkeypatch, texts):
    fast, slow = read(texts), slowly(monkeypatch, texts)
    assert fast.local_ms["time"].tolist() == slow.local_ms["time"].tolist()
    assert fast.unreadable["time"].tolist() == slow.unreadable["time"].tolist()


@given(
    st.lists(st.tuples(DATES, CLOCKS), min_size=1, max_size=8),
    st.sampled_from(["date", "minute", "second", "T"]),
    DECIMALS,
    st.lists(OFFSETS, min_size=1, max_size=2) | st.just([""]),
)
def test_the_same_as_the_careful_way(rows, form, decimals, offsets):
    """Hours of 24, minutes of 60, seconds of 61, years out of reach and two offsets are among them."""
    texts: list[str | None] = [
        written(date, clock, form, decimals, offsets[number % len(offsets)])
        for number, (date, clock) in enumerate(rows)
    ]
    with pytest.MonkeyPatch.context() as patch:
        assert_same(patch, texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["2026-03-02 09:00:00", "", None, "2026-03-02 10:00:00"],
        ["2026-03-02 09:00:00", "2026-03-02 10:00:00", "NULL", "later", " 2026-03-03 10:00:00 "],
        ["2026-03-02 09:00:00", "2026-03-02 10:00:00", "2026/3/2 11:00", "2026年3月2日 下午3:05"],
        ["2026-03-02 09:00:00", "2026-02-30 10:00:00"],
        ["2026-03-02 09", "2026-03-02 10"],
        ["20260302", "20260303"],
        ["", None],
    ],
)
def test_columns_that_are_not_all_of_one_form(monkeypatch, texts):
    assert_same(monkeypatch, texts)


def test_the_usual_form_does_not_take_the_slow_way(monkeypatch):
    def refuse(texts):
        assert len(texts) == 0
        return take_apart(texts)

    monkeypatch.setattr("mining.reading.times.take_apart", refuse)
    for texts in (
        ["2026-03-02 09:00:00", "", "2026-03-02 10:00:00"],
        ["2026-03-02T09:00:00.000+01:00", "2026-07-02T09:00:00.000+02:00"],
    ):
        assert (read(texts).local_ms["time"] > 0).sum() == 2


def test_columns_without_the_usual_form_are_left_alone():
    for texts in (["2026/03/02"], ["x"], ["", None], ["2026-03-02 09:00:00 AM"], ["2" * 60]):
        assert read_iso(pd.Series(texts, dtype="str")) is None

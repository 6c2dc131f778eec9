"""Times: every way they are written, day and month, offsets."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.errors import LogError
from mining.event_log import EventLog
from mining.reading import read_event_log
from mining.reading.notes import Notes
from mining.reading.times import TimeSource, read_times


def read(*texts: str | None, timezone: str | None = None, day_first: bool | None = None) -> list[object]:
    return read_all(texts, timezone, day_first)[0]


def read_all(
    texts: tuple[str | None, ...], timezone: str | None = None, day_first: bool | None = None
) -> tuple[list[object], str, Notes]:
    notes = Notes("a.csv", len(texts))
    source = TimeSource("结束时间", pd.Series(texts, dtype="str"), np.arange(2, len(texts) + 2))
    times = read_times({"ts_end": source}, timezone=timezone, day_first=day_first, file="a.csv", notes=notes)
    values = times.local_ms["ts_end"].astype("datetime64[ms]").tolist()
    unreadable = times.unreadable["ts_end"]
    return ["?" if bad else value for value, bad in zip(values, unreadable, strict=True)], times.zone, notes


MARCH_2 = pd.Timestamp("2026-03-02 09:05:00")


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T09:05:00",
        "2026-03-02 09:05",
        "2026-3-2 9:05",
        "2026/3/2 9:05",
        "2026.03.02 09:05:00.000",
        "2026-03-02 09:05:00,000000",
        "20260302T090500",
        "20260302090500",
        "202603020905",
        "20260302 09:05",
        "2026年3月2日 9:05",
        "2026年03月02日09时05分",
        "2026年3月2日 9时5分0秒",
        "2026年3月2日 星期一 上午9:05",
        "2026/3/2 上午 9:05:00",
        "2026-03-02 9:05 AM",
        "2026-03-02 09:05:00 am",
        "２０２６年３月２日　９：０５",
        "46083.378472222219",
    ],
)
def test_one_moment_written_in_many_ways(text):
    assert read(text) == [MARCH_2]


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("下午3:05", 15),
        ("下午12:05", 12),
        ("上午12:05", 0),
        ("中午12:05", 12),
        ("晚上8:05", 20),
        ("PM 3:05", 15),
    ],
)
def test_halves_of_the_day(text, hour):
    assert read(f"2026-03-02 {text}") == [pd.Timestamp(2026, 3, 2, hour, 5)]


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "2026-02-30 09:00",
        "2026-13-01",
        "2026-03-02 25:00",
        "2026-03-02 09:61",
        "2026-03",
        "09:05",
        "12345",
        "2026-03-02 13:05 AM",
        "0026-03-02",
        "1772442300",
        "2/3/26 9:05",
        "2026-03-02T09:05:00+08:00 or so",
    ],
)
def test_what_is_no_time(text):
    assert read(text) == ["?"]


def test_milliseconds_are_kept_and_finer_ones_cut():
    assert read("2026-03-02 09:05:00.1", "2026-03-02 09:05:00.123456") == [
        MARCH_2 + pd.Timedelta(milliseconds=100),
        MARCH_2 + pd.Timedelta(milliseconds=123),
    ]


def test_missing_is_not_unreadable():
    assert read(None, "", "NULL", "2026-03-02 09:05") == [None, None, None, MARCH_2]


def test_one_row_that_fits_one_reading_only_decides_the_column():
    values, _, notes = read_all(("01.02.2025", "13.02.2025 10:00"))
    assert values == [pd.Timestamp("2025-02-01"), pd.Timestamp("2025-02-13 10:00")]
    assert [issue.code for issue in notes.issues] == ["day_first"]
    assert "13.02.2025" in notes.issues[0].message.zh
    values, _, notes = read_all(("1/2/2025 9:00", "1/13/2025 9:00"))
    assert values == [pd.Timestamp("2025-01-02 09:00"), pd.Timestamp("2025-01-13 09:00")]
    assert [issue.code for issue in notes.issues] == ["month_first"]


def test_dates_that_all_fit_both_readings_are_an_error_with_both():
    with pytest.raises(LogError) as caught:
        read("05.05.2025", "01.02.2025", "03.04.2025")
    for text in (caught.value.text.zh, caught.value.text.en):
        assert all(
            part in text for part in ("a.csv", "3", "01.02.2025", "2025-02-01", "2025-01-02", "day_first")
        )


def test_dates_with_equal_day_and_month_need_no_decision():
    assert read("05.05.2025", "12.12.2025") == [pd.Timestamp("2025-05-05"), pd.Timestamp("2025-12-12")]


def test_rows_that_contradict_each_other_are_an_error():
    with pytest.raises(LogError, match=r"row 2 \(13.02.2025\) only fits day first, row 3 \(02.13.2025\)"):
        read("13.02.2025", "02.13.2025")


def test_a_choice_settles_it_and_what_does_not_fit_is_unreadable():
    assert read("01.02.2025", "02.13.2025", day_first=True) == [pd.Timestamp("2025-02-01"), "?"]
    assert read("01.02.2025", "02.13.2025", day_first=False) == [
        pd.Timestamp("2025-01-02"),
        pd.Timestamp("2025-02-13"),
    ]


def test_a_row_that_fits_no_reading_decides_nothing():
    assert read("30.02.2025", "13.01.2025") == ["?", pd.Timestamp("2025-01-13")]


def test_one_column_settles_another(text_file):
    path = text_file(
        "a.csv", "case,activity,start,end\n1,a,01.02.2025 09:00,01.02.2025 10:00\n1,b,,13.02.2025 10:00\n"
    )
    assert read_event_log(path).events["ts_start"].iloc[0] == pd.Timestamp("2025-02-01 09:00")


def test_one_offset_keeps_the_wall_clock():
    assert read_all(("2026-03-02T09:05:00+08:00",))[:2] == ([MARCH_2], "+08:00")
    assert read_all(("2026-03-02 09:05:00 UTC", "2026-03-02T09:05Z", "2026-03-02 09:05+0000"))[:2] == (
        [MARCH_2] * 3,
        "UTC",
    )
    assert read_all(("2026-03-02T09:05:00-0330",))[1] == "-03:30"


def test_summer_time_keeps_the_wall_clock_and_is_noted():
    values, zone, notes = read_all(("2026-03-02T09:05:00+01:00", "2026-07-02T09:05:00+02:00"))
    assert values == [MARCH_2, pd.Timestamp("2026-07-02 09:05")]
    assert zone == "+01:00/+02:00"
    assert [issue.code for issue in notes.issues] == ["daylight_saving"]


@pytest.mark.parametrize(
    "texts",
    [
        ("2026-03-02T09:05:00+01:00", "2026-03-02T09:05:00+08:00"),
        ("2026-01-02T09:05:00+02:00", "2026-07-02T09:05:00+01:00", "2026-06-02T09:05:00+02:00"),
        ("2026-03-02T09:05:00+01:00", "2026-03-02T09:05:00"),
        ("2026-03-02T09:05:00Z", "2026-03-02T09:05:00+01:00", "2026-03-02T09:05:00+02:00"),
    ],
)
def test_other_mixes_of_offsets_ask_for_the_zone(texts):
    with pytest.raises(LogError, match="--timezone"):
        read(*texts)


def test_a_zone_converts_every_offset():
    values, zone, _ = read_all(
        (
            "2026-03-02T01:05:00Z",
            "2026-03-02T02:05:00+01:00",
            "2026-03-02 09:05",
            "2026-07-02T08:00:00+02:00",
        ),
        timezone="Asia/Shanghai",
    )
    assert values == [MARCH_2, MARCH_2, MARCH_2, pd.Timestamp("2026-07-02 14:00")]
    assert zone == "Asia/Shanghai"
    assert read("2026-07-02T12:00Z", "2026-12-02T12:00Z", timezone="Europe/Amsterdam") == [
        pd.Timestamp("2026-07-02 14:00"),
        pd.Timestamp("2026-12-02 13:00"),
    ]


def test_an_unknown_zone():
    with pytest.raises(LogError, match="Asia/Shanghai"):
        read("2026-03-02T01:05:00Z", timezone="China/Peking")


def test_dates_without_a_clock_are_noted():
    assert [issue.code for issue in read_all(("2026-03-02", "2026-03-03"))[2].issues] == [
        "dates_without_clock"
    ]


FORMATS = (
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y-%m-%d %I:%M:%S %p",
)


@given(
    st.lists(
        st.datetimes(min_value=pd.Timestamp("1950-01-01"), max_value=pd.Timestamp("2150-01-01")),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_is_written_is_read(moments):
    """To the second, in any mix of formats."""
    seconds = [moment.replace(microsecond=0) for moment in moments]
    texts = [moment.strftime(form) for moment, form in zip(seconds, itertools.cycle(FORMATS), strict=False)]
    assert read(*texts) == seconds


def test_times_in_rows_are_those_of_their_row(text_file):
    """A mix of shapes, lengths and missing cells keeps the rows apart."""
    cells = ["2026-03-02 09:00", "2026-3-2 9:01", "", "2026年3月2日 9:03", "2026-03-02T09:04:00", "x"]
    rows = "".join(f"P{number},受理,{cell}\n" for number, cell in enumerate(cells))
    log: EventLog = read_event_log(text_file("a.csv", "办件编号,环节名称,结束时间\n" + rows))
    found = {case: time.minute for case, time in zip(log.events["case_id"], log.events["time"], strict=True)}
    assert found == {"P0": 0, "P1": 1, "P3": 3, "P4": 4}
    assert [(row.file_row, row.reason.en) for row in log.quality.rejected] == [
        (4, "no time"),
        (7, "'x' in column '结束时间' is no time in a known format"),
    ]

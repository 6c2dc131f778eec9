"""Times not to be trusted: zero durations, bursts, closed hours, ends before starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mining.diagnostics.data_integrity import find_data_integrity
from mining.event_log import ONLINE, EventLog
from mining.findings import Finding
from mining.quality import QualityIssue, QualityReport
from mining.text import same
from mining.working_time import OFFICE_HOURS

LogMaker = Callable[..., EventLog]
Row = dict[str, object]
MONDAY = pd.Timestamp("2026-03-02")


def at(day: int, clock: str) -> pd.Timestamp:
    return MONDAY + pd.Timedelta(days=day) + pd.Timedelta(clock)


def log_with(log_of: LogMaker, ends: list[pd.Timestamp], **more: object) -> EventLog:
    """Cases of one event each that end at these moments, ten minutes after they began."""
    return log_of(
        {"case_id": f"c{n:03d}", "activity": "办结", "officer": f"甲{n % 3}", "dept": "税务"}
        | {"start": end - pd.Timedelta(minutes=10), "end": end}
        | more
        for n, end in enumerate(ends)
    )


def ordinary(n: int) -> list[pd.Timestamp]:
    """Ends of a working day, a different second each."""
    return [at(k % 5, "09:20:00") + pd.Timedelta(seconds=37 * k) for k in range(n)]


def one(log: EventLog, check_words: Callable[[Finding], None]) -> Finding:
    (finding,) = find_data_integrity(log, OFFICE_HOURS)
    assert finding.effect is not None
    assert finding.effect.low is not None
    assert finding.effect.high is not None
    assert finding.effect.low <= finding.effect.value <= finding.effect.high
    assert finding.proposes == ()
    check_words(finding)
    return finding


def test_an_ordinary_log_is_left_alone(log_of: LogMaker) -> None:
    for seed in range(20):
        offset = np.random.default_rng(seed).integers(0, 7 * 3600, 300)
        ends = [at(k % 5, "09:30:00") + pd.Timedelta(seconds=int(s)) for k, s in enumerate(offset)]
        assert find_data_integrity(log_with(log_of, ends), OFFICE_HOURS) == []


def test_bursts_of_one_officer(log_of: LogMaker, check_words: Callable[[Finding], None]) -> None:
    # 40 cases closed by one officer at 16:02:11 of 200: 20 %; four others at one second are no burst
    ends = ordinary(160) + [at(4, "16:02:11")] * 40
    log = log_with(log_of, ends)
    log.events.loc[log.events["ts_end"] == at(4, "16:02:11"), "officer"] = "乙"
    finding = one(log, check_words)
    assert (finding.kind, finding.cases, finding.share) == ("same_second_bursts", 40, 0.2)
    assert (finding.evidence["bursts"], finding.evidence["largest_burst_cases"]) == (1, 40)
    assert finding.evidence["bursts_by_department"] == {"税务": 40}
    four = log_with(log_of, ordinary(60) + [at(4, "16:02:11")] * 12)  # three officers, four each
    assert find_data_integrity(four, OFFICE_HOURS) == []


@pytest.mark.parametrize("names", [("STAFF MEMBER", "SYSTEM"), ("平台", "平台", "平台", "平台", "甲")])
def test_what_a_role_or_a_placeholder_does_in_one_second_is_no_burst(
    log_of: LogMaker, names: tuple[str, ...]
) -> None:
    ends = ordinary(160) + [at(4, "16:02:11")] * 40
    log = log_with(log_of, ends)
    log.events["officer"] = [names[n % len(names)] for n in range(200)]
    assert find_data_integrity(log, OFFICE_HOURS) == []


def test_a_log_to_the_minute_has_no_bursts(log_of: LogMaker) -> None:
    assert find_data_integrity(log_with(log_of, [at(0, "10:00:00")] * 100), OFFICE_HOURS) == []


def test_one_officer_deciding_one_case_in_many_steps_is_no_burst(log_of: LogMaker) -> None:
    rows = [
        {"case_id": f"c{n % 2}", "activity": f"s{n}", "officer": "甲", "end": at(0, "10:00:01")}
        for n in range(40)
    ]
    assert find_data_integrity(log_of(rows), OFFICE_HOURS) == []


def test_cases_finished_while_the_hall_is_closed(
    log_of: LogMaker, check_words: Callable[[Finding], None]
) -> None:
    # 90 ordinary ones; 6 on a Saturday, 4 at 22:30: 10 %; 12:30 is lunch and 17:40 within the hour
    closed = [at(5, "10:00:05")] * 3 + [at(5, "11:00:07")] * 3 + [at(1, "22:30:01")] * 4
    quiet = [at(1, "12:30:03"), at(2, "17:40:09")]
    finding = one(log_with(log_of, ordinary(88) + quiet + closed), check_words)
    assert (finding.kind, finding.cases, finding.share) == ("finished_in_closed_hours", 10, 0.1)
    assert finding.evidence["finished_on_closed_days"] == 6
    assert finding.evidence["finished_early_or_late"] == 4
    online = log_with(log_of, ordinary(88) + quiet + closed, place=ONLINE)
    assert find_data_integrity(online, OFFICE_HOURS) == []
    days_only = log_with(log_of, [at(k % 7, "00:00:00") for k in range(70)], officer=None)
    assert find_data_integrity(days_only, OFFICE_HOURS) == []


def test_zero_durations_are_counted_where_others_last(
    log_of: LogMaker, check_words: Callable[[Finding], None]
) -> None:
    log = log_with(log_of, ordinary(100))
    log.events.loc[:19, "ts_start"] = log.events["ts_end"]
    finding = one(log, check_words)
    assert (finding.kind, finding.share, finding.cases) == ("zero_durations", 0.2, 20)
    log.events["ts_start"] = log.events["ts_end"]
    assert find_data_integrity(replace(log), OFFICE_HOURS) == []  # the log knows one time only


@pytest.mark.parametrize(
    ("code", "kind"),
    [("zero_duration_means_unknown", "zero_durations"), ("end_before_start", "end_before_start")],
)
def test_what_the_reader_found_counts(
    log_of: LogMaker, check_words: Callable[[Finding], None], code: str, kind: str
) -> None:
    # the reader took 10 starts as unknown: of 100 events, or of those 10 and the 90 that last
    log = log_with(log_of, ordinary(100))
    log.events.loc[:9, "ts_start"] = pd.NaT
    issue = QualityIssue(code=code, severity="info", message=same("x"), rows=10, of_rows=100)
    finding = one(replace(log, quality=QualityReport(issues=(issue,))), check_words)
    assert (finding.kind, finding.share) == (kind, 0.1)
    few = QualityIssue(code=code, severity="info", message=same("x"), rows=4, of_rows=100)
    assert find_data_integrity(replace(log, quality=QualityReport(issues=(few,))), OFFICE_HOURS) == []

"""Times not to be trusted before somebody looked (数据可信度): what a log records looks made up or unknown.

Four checks, each reported above 5 %:

- zero durations: events whose end is written as their start, which the national standard allows where no end
  is known. Not reported where no event lasts any time: such a log knows one time only.
- same-second bursts: events one officer ended in one second with those of at least four other cases, of the
  events with an officer and an end to the second. Entered afterwards, or decided in bulk. Not where the
  names are roles or placeholders (`touch_times.believed_officers`).
- finished in closed hours: cases finished while the hall was closed for an hour before and after, of the
  finished cases with a time of day. Cases that end online or with the applicant do not count.
- end before start, of all events.

None of them says that anybody did wrong; all say which figures of the log rest on sand. Nothing is proposed
but to look at the source.

Example: of 200 files an officer closes 40 on Friday at 17:02:11: a burst of 40, 20 % of the events.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pydantic import JsonValue

from mining.case_times import find_case_times
from mining.columns import UNKNOWN_MS, log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import examples, lost_hours, rounded, share_effect
from mining.event_log import APPLICANT, ONLINE, EventLog
from mining.findings import Finding
from mining.grouped import grouped_distinct
from mining.text import Text
from mining.touch_times import believed_officers
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, WorkingCalendar

ALARM_SHARE = 0.05
"""Each check is reported above this share (an assumption)."""
MIN_EVENTS = 30
MIN_BURST_CASES = 5
GRACE_MS = MS_PER_HOUR
MAX_DEPARTMENTS = 5

DEFINITION = Definition(
    ids=("D19",),
    name=Text(zh="数据可信度", en="Times not to be trusted"),
    kinds=("zero_durations", "same_second_bursts", "finished_in_closed_hours", "end_before_start"),
    definition=Text(
        zh=f"四项检查：结束等于开始的事件；同一经办人同一秒结束 {MIN_BURST_CASES} 件及以上的事件"
        "（角色、占位名不算）；在闭厅时段（前后一小时均未开门）办结的办件；"
        "结束早于开始的事件。只说明这些数字先查后用，不说明有人作假。",
        en="Four checks: events that end as they start; events one officer ended in one second with "
        f"{MIN_BURST_CASES} cases or more (not roles or placeholders); cases finished while the hall was "
        "closed for an hour before and after; events that end before they start. They say which figures to "
        "look at first, not that anybody did wrong.",
    ),
    formula=Text(
        zh="比例 = 有问题的事件（办件）÷ 能检查的事件（办件）",
        en="share = events (cases) of that kind / events (cases) that can be checked",
    ),
    needs=(),
    better_with=("ts_start", "ts_end", "officer", "cases.ts_finish"),
    alarm=Text(
        zh=f"任一比例超过 {ALARM_SHARE:.0%}，且能检查的不少于 {MIN_EVENTS} 个",
        en=f"any share above {ALARM_SHARE:.0%} of at least {MIN_EVENTS}",
    ),
    hours=Text(zh="不涉及工时。", en="None: this is about the data."),
    example=Text(
        zh="某经办人 200 件中有 40 件在周五 17:02:11 同时办结：一次 40 件，占 20%。",
        en="Of 200 files an officer closes 40 on Friday at 17:02:11: a burst of 40, 20 % of the events.",
    ),
)


def find_data_integrity(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """Up to four findings, one for each check above 5 % of at least 30 events or cases.

    `cases` = cases concerned (events for those counted while reading), `share` = of what could be checked.
    A check whose columns the log lacks finds nothing; none is raised, as every log can be checked for
    something.
    """
    checks: tuple[Callable[[EventLog, WorkingCalendar], list[Finding]], ...] = (
        _zero_durations,
        _same_second_bursts,
        _finished_in_closed_hours,
        _end_before_start,
    )
    return [finding for check in checks for finding in check(log, calendar)]


def _alarming(hits: int, n: int) -> bool:
    return n >= MIN_EVENTS and hits > ALARM_SHARE * n


def _zero_durations(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    columns = log_columns(log)
    lasting = columns.knows_start_and_end & (columns.end_ms > columns.start_ms)
    zero = columns.knows_start_and_end & (columns.end_ms == columns.start_ms)
    # the reader takes such a start as unknown, and says so
    issue = log.quality.issue("zero_duration_means_unknown")
    hits = max(int(zero.sum()), issue.rows if issue else 0)
    n = hits + int(lasting.sum())
    if not lasting.any() or not _alarming(hits, n):
        return []
    title = Text(
        zh=f"{hits / n:.0%} 的事件结束等于开始：用时未知，不是零",
        en=f"{hits / n:.0%} of the events end as they start: their time is unknown, not zero",
    )
    where = examples(columns.case_ids[columns.case[zero]])
    return [_finding("zero_durations", title, hits, n, hits, {}, where)]


def _end_before_start(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    columns = log_columns(log)
    reversed_ = columns.knows_start_and_end & (columns.end_ms < columns.start_ms)
    issue = log.quality.issue("end_before_start")
    hits, n = max(int(reversed_.sum()), issue.rows if issue else 0), log.n_events
    if not _alarming(hits, n):
        return []
    title = Text(
        zh=f"{hits / n:.0%} 的事件结束早于开始", en=f"{hits / n:.0%} of the events end before they start"
    )
    where = examples(columns.case_ids[columns.case[reversed_]])
    return [_finding("end_before_start", title, hits, n, hits, {}, where)]


def _same_second_bursts(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    officer = believed_officers(log)
    if officer is None:
        return []  # roles and placeholders: many people do in one second what one person cannot
    columns = log_columns(log)
    known = (officer >= 0) & (columns.end_ms != UNKNOWN_MS)
    if not bool((columns.end_ms[known] % MS_PER_MINUTE != 0).any()):
        return []  # a log to the minute or to the day has bursts of its own making
    at = np.flatnonzero(known)
    second = columns.end_ms[at] // 1000
    second -= second.min()
    keys, group = np.unique(officer[at] * (int(second.max()) + 1) + second, return_inverse=True)
    together = grouped_distinct(group, columns.case[at], keys.size)
    burst = together[group] >= MIN_BURST_CASES
    hits, n = int(burst.sum()), int(at.size)
    if not _alarming(hits, n):
        return []
    where = at[burst]
    title = Text(
        zh=f"{hits / n:.0%} 的事件与另外几件在同一秒结束（同一经办人）",
        en=f"{hits / n:.0%} of the events ended in the same second as others of the same officer",
    )
    evidence: dict[str, JsonValue] = {
        "bursts": int((together >= MIN_BURST_CASES).sum()),
        "largest_burst_cases": int(together.max()),
        "bursts_by_department": _by_department(log, where),
    }
    cases = columns.case_ids[np.unique(columns.case[where])]
    return [_finding("same_second_bursts", title, hits, n, cases.size, evidence, examples(cases))]


def _by_department(log: EventLog, events: np.ndarray) -> dict[str, JsonValue]:
    if not log.has("dept"):
        return {}
    counts = log.events["dept"].iloc[events].value_counts().iloc[:MAX_DEPARTMENTS]
    return {str(name): int(count) for name, count in counts.items()}


def _finished_in_closed_hours(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    columns = log_columns(log)
    finish = find_case_times(log).finish_ms
    told = (finish != UNKNOWN_MS) & (finish % MS_PER_DAY != 0)
    if log.has("place"):
        last = log.events["place"].iloc[columns.last_events]
        told &= ~last.isin([ONLINE, APPLICANT]).to_numpy(dtype=bool)
    case = np.flatnonzero(told)
    moment = finish[case]
    near = calendar.envelope().working_ms_between(moment - GRACE_MS, moment + GRACE_MS) > 0
    closed = case[~near]
    hits, n = int(closed.size), int(case.size)
    if not _alarming(hits, n):
        return []
    day = finish[closed] // MS_PER_DAY * MS_PER_DAY
    on_open_days = calendar.working_ms_between(day, day + MS_PER_DAY) > 0
    title = Text(
        zh=f"{hits / n:.0%} 的办件在闭厅时段办结",
        en=f"{hits / n:.0%} of the cases are finished while the hall is closed",
    )
    evidence: dict[str, JsonValue] = {
        "finished_on_closed_days": int((~on_open_days).sum()),
        "finished_early_or_late": int(on_open_days.sum()),
    }
    names = examples(columns.case_ids[closed])
    return [_finding("finished_in_closed_hours", title, hits, n, hits, evidence, names)]


def _finding(
    kind: str,
    title: Text,
    hits: int,
    n: int,
    cases: int,
    evidence: dict[str, JsonValue],
    example_cases: tuple[str, ...],
) -> Finding:
    effect = share_effect(f"{kind}_share", hits, n)
    return Finding(
        kind=kind,
        title=title,
        where={},
        cases=cases,
        share=rounded(effect.value),
        **lost_hours(None),
        effect=effect,
        evidence={
            "could_be_checked": n,
            "of_doubtful_times": hits,
            effect.name: rounded(effect.value),
            f"{effect.name}_low": rounded(effect.low),
            f"{effect.name}_high": rounded(effect.high),
            **evidence,
        },
        example_cases=example_cases,
    )

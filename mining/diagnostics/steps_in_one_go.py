"""Steps done in one go (一次完成的相邻环节): two steps in the log, one piece of work in fact.

Step b right after step a, by the same officer, both done within two minutes. Reported if, of the b that have
an officer, the share that came about like this is at least two thirds even at the low end of its 95 %
Wilson interval. Example: an officer ticks off "necessity of advice" and "necessity to stop" 30 seconds apart
in nine of ten cases: one form would do.

Nothing is said about a log with fewer than three officers' names, or where one name carries more than three
quarters of the events: those are roles or placeholders.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.columns import log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.protection import propose_removal, protection_of
from mining.diagnostics.shared import (
    Needs,
    case_waiting,
    event_hours,
    examples,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.event_log import EventLog
from mining.findings import Finding
from mining.presence import applicant_present
from mining.statistics import wilson_interval
from mining.text import Text
from mining.touch_times import believed_officers
from mining.working_time import MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="查找一次完成的相邻环节", en="finding steps done in one go"), events=("officer",)
)
DEFINITION = Definition(
    ids=(),
    name=Text(zh="一次完成的相邻环节", en="Steps in one go"),
    kinds=("steps_in_one_go",),
    definition=Text(
        zh="同一人两分钟内接连办完 a 与 b：两个环节其实是一项工作。申请人在场的环节不算。经办人不足三个姓名、"
        "或一个姓名占 75 % 以上事件"
        "（角色、占位名）时不作判断。",
        en="Step b right after a, by the same officer, within two minutes: one piece of work in fact. Not "
        "where the "
        "applicant stands there; nothing is said where fewer than three names are known or one carries over "
        "75 % of the events (roles, placeholders).",
    ),
    formula=Text(
        zh="比例 = 一次完成的 b / 有经办人的全部 b；95 % Wilson 区间。",
        en="Share = b done in one go / all b with an officer, with its 95 % Wilson interval.",
    ),
    needs=("officer",),
    better_with=("place", "dept", "result"),
    alarm=Text(
        zh="区间下限不低于三分之二，b 至少 100 次（假定），至多十对。",
        en="The low end is at least two thirds, 100 b or more (assumptions), ten pairs at most.",
    ),
    hours=Text(
        zh="官员：第二个环节的经手工时（下限）；其余为办件等待。省的是环节数，几乎不省时间。",
        en="Officials: touch time of the second step, a lower bound; the rest is waiting of cases. It saves "
        "a step, "
        "hardly any time.",
    ),
    example=Text(
        zh="十件中九件“是否需要征询意见”与“是否需要中止”相隔 30 秒勾选：一张表即可。",
        en="In nine of ten cases 'necessity of advice' and 'necessity to stop' are ticked 30 seconds apart: "
        "one form "
        "would do.",
    ),
    proposes=("remove_step",),
)
MAX_MINUTES = 2.0
ALARM_SHARE = 2 / 3
MIN_EVENTS = 100
MAX_FINDINGS = 10

_CAUTION = Text(
    zh="建议并入前一环节而非取消其内容：须确认前一环节的表单能记录其结果，并核对法律依据。节省的主要是环节"
    "数，不是时间。",
    en="Merge it into the step before, do not drop what it records: check that the earlier form can hold "
    "it, and the legal basis. What this saves is a step, hardly any time.",
)


def find_steps_in_one_go(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a pair of steps; `cases` = cases with the pair done in one go, `share` = of all cases.

    Hours lost = touch time of the second step in those cases, a lower bound. At most the ten most frequent
    pairs, the rest is counted in the evidence. Raises `MissingColumnsError` without officers.
    """
    NEEDS.check(log)
    moves = _moves(log)
    if moves is None:
        return []
    pairs = moves.groupby(["a", "b"]).agg(quick=("quick", "sum")).reset_index()
    named = _named_events(log)
    pairs["n"] = named[pairs["b"].to_numpy()]
    pairs = pairs[pairs["n"] >= MIN_EVENTS].sort_values(["quick", "a", "b"], ascending=[False, True, True])
    low = np.array(
        [wilson_interval(int(q), int(n))[0] for q, n in zip(pairs["quick"], pairs["n"], strict=True)]
    )
    alarming = pairs[low >= ALARM_SHARE] if len(pairs) else pairs
    factor = yearly_factor(log, calendar)
    return [
        _finding(log, calendar, moves, int(row.a), int(row.b), int(row.n), factor, len(alarming))
        for row in alarming.head(MAX_FINDINGS).itertuples()
    ]


def _moves(log: EventLog) -> pd.DataFrame | None:
    """Moves a -> b of a case: position of b, whether done in one go; None if officers are placeholders."""
    columns = log_columns(log)
    officer = believed_officers(log)
    if officer is None:
        return None
    source = columns.move_sources
    gap_ms = columns.time_ms[source + 1] - columns.time_ms[source]
    same = (officer[source] == officer[source + 1]) & (officer[source] >= 0)
    present = applicant_present(log)
    if present is not None:
        # a short service at a counter is a service of its own to the person who stands there
        same &= ~present[source + 1]
    return pd.DataFrame(
        {
            "a": columns.activity[source],
            "b": columns.activity[source + 1],
            "event": source + 1,
            "quick": same & (gap_ms <= MAX_MINUTES * MS_PER_MINUTE),
        }
    ).query("a != b")


def _named_events(log: EventLog) -> np.ndarray:
    columns = log_columns(log)
    named = log.events["officer"].notna().to_numpy()
    return np.bincount(columns.activity[named], minlength=columns.n_activities)


def _finding(
    log: EventLog,
    calendar: WorkingCalendar,
    moves: pd.DataFrame,
    a: int,
    b: int,
    n: int,
    factor: float | None,
    n_alarming: int,
) -> Finding:
    columns = log_columns(log)
    events = moves.loc[(moves["a"] == a) & (moves["b"] == b) & moves["quick"], "event"].to_numpy()
    cases = np.unique(columns.case[events])
    first, second = str(columns.activities[a]), str(columns.activities[b])
    hours = event_hours(log, calendar, events)
    gap_ms = columns.time_ms[events] - columns.time_ms[events - 1]
    low, high = wilson_interval(events.size, n)
    return Finding(
        kind="steps_in_one_go",
        title=Text(
            zh=f"“{first}”与“{second}”由同一人在两分钟内一并完成",
            en=f"{first!r} and {second!r} are done in one go by one person within two minutes",
        ),
        where={"steps": [first, second], "departments": _departments(log, events)},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **hours.lost(factor),
        effect=share_effect("in_one_go_share", int(events.size), n),
        evidence={
            "second_step_events": n,
            "in_one_go": int(events.size),
            "in_one_go_share": rounded(events.size / n),
            "in_one_go_share_low": rounded(low),
            "in_one_go_share_high": rounded(high),
            "calendar_minutes_between_median": rounded(float(np.median(gap_ms)) / MS_PER_MINUTE, 2),
            "pairs_above_alarm": n_alarming,
            "results_known": log.has("result"),
            **case_waiting(factor, hours.case_waiting),
            "protected_by": protection_of(log, [first, second]),
        },
        example_cases=examples(columns.case_ids[cases[:10]]),
        # merging touches both: neither may be protected
        proposes=() if protection_of(log, [first]) else propose_removal(log, [second], _CAUTION),
    )


def _departments(log: EventLog, events: np.ndarray) -> list[str]:
    """Departments of both steps: a hand-over between them is one on paper only."""
    if not log.has("dept"):
        return []
    both = pd.concat([log.events["dept"].iloc[events - 1], log.events["dept"].iloc[events]])
    return [str(name) for name in both.value_counts().index[:4]]

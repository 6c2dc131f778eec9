"""Ping-pong (推诿往返): a case goes back to a department it had left.

The departments of a case in time order, neighbouring equal ones collapsed to one run. Then

- a return is X-Y-X: three neighbouring runs, the third equal to the first;
- ping-pong is X-Y-X-Y: two returns one after the other. A-B-A-B is ping-pong, A-B-C-A is neither.

A way back that was meant is no return. Where the log has results, that is a middle run that ends with 通过;
where it has none, a third run in which the case meets only steps it had not had before. Runs of steps that
go side by side (`mining.concurrency`, or overlapping times) do not count either, unless a step is done
again. Events of the applicant or without a department are skipped. Time lost is what passes from the end of
the second run to the end of the third (and, in a longer chain, of each later one).

Hand-overs of a journey H are the changes of department over all its events in time order, meant or not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import UNKNOWN_MS, log_columns
from mining.concurrency import find_concurrency
from mining.diagnostics.definition import Definition
from mining.diagnostics.departments import UNKNOWN, department_codes
from mining.diagnostics.protection import propose_one_window
from mining.diagnostics.shared import (
    Needs,
    case_waiting,
    examples,
    rounded,
    share_effect,
    stretch_hours,
    yearly_factor,
)
from mining.event_log import PASS, EventLog
from mining.findings import Finding
from mining.journeys import journey_ids
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import MS_PER_HOUR, WorkingCalendar

NEEDS = Needs(purpose=Text(zh="查找部门间往返", en="finding ping-pong between departments"), events=("dept",))
DEFINITION = Definition(
    ids=("D2",),
    name=Text(zh="部门间往返", en="Ping-pong"),
    kinds=("ping_pong",),
    definition=Text(
        zh="折叠相邻的同一部门后，X-Y-X 为往返，X-Y-X-Y 为踢皮球；A-B-C-A 都不是。中间部门已通过的、（无结果"
        "的日志）回来办新环节的、"
        "并行的不算；申请人与未知部门跳过。交接次数 H：一件事按时间排列的事件中部门改变的次数。",
        en="Departments of a case with neighbouring equal ones collapsed: X-Y-X is a return, X-Y-X-Y "
        "ping-pong, A-B-C-A "
        "neither. Not a return: Y passed the case (logs with results), X only does steps the case had not "
        "had "
        "(logs without), X and Y work side by side. The applicant and unknown departments are skipped. "
        "Hand-overs H of a journey: changes of department over its events in time order.",
    ),
    formula=Text(
        zh="往返率 = 有往返的办件 / 全部办件；H = Σ 1[部门ₖ ≠ 部门ₖ₊₁]。",
        en="Share = cases with a return / all cases; H = Σ 1[deptₖ ≠ deptₖ₊₁].",
    ),
    needs=("dept",),
    better_with=("result", "officer", "journey_id"),
    alarm=Text(
        zh="全部办件的 5 % 以上（假定）；随后列出占 0.5 % 以上的部门对，至多十对。",
        en="5 % of all cases (an assumption); then each pair of departments with 0.5 %, ten at most.",
    ),
    hours=Text(
        zh="从第二段结束到第三段（及其后各段）结束：其间官员的经手工时、申请人在窗口的时间；其余为办件等待。",
        en="From the end of the second run to the end of the third, and of each later one: touch time of "
        "officials and "
        "hall time of applicants in it; the rest is waiting of cases.",
    ),
    example=Text(
        zh="市监 9:00 → 税务 10:00 → 市监 11:00：一次往返，用去一小时；H = 2。",
        en="Market authority 9:00, tax office 10:00, market authority 11:00: one return, one hour; H = 2.",
    ),
    proposes=("one_window",),
)
ALARM_SHARE = 0.05
"""Reported if at least this share of all cases has a return (an assumption) ..."""
ALARM_SHARE_OF_PAIR = 0.005
"""... and then each pair of departments that alone has it in at least this share of the cases."""
MAX_PAIRS = 10
_TITLE = Text(zh="办件退回到已离开的部门", en="Cases go back to a department they had left")
_CAUTION = Text(
    zh="合并前须核对各部门法定职责；综合岗可能变慢，请用仿真比较不同的综合岗系数。",
    en="Check which department is responsible by law; somebody who does everything may be slower: compare "
    "several generalist penalties by simulation.",
)


@dataclass(frozen=True)
class Runs:
    """Stretches of one case in one department, in the order of the log."""

    case: np.ndarray
    dept: np.ndarray  # codes
    first: np.ndarray  # position of the first event
    last: np.ndarray  # position of the last event
    names: tuple[str, ...]


@dataclass(frozen=True)
class Returns:
    """X-Y-X: positions (of runs) of each return's first run, and which of them end a ping-pong X-Y-X-Y."""

    at: np.ndarray
    ping_pong: np.ndarray  # bool: the return right before (Y-X-Y or X-Y-X) is one too
    hours: np.ndarray  # working hours from the end of the second run to the end of the third


def find_ping_pong(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """If returns reach 5 % of all cases: one finding for all departments, and one a pair with 0.5 % or more.

    `cases` = cases with a return (of the pair), `share` = of all cases. At most the ten most frequent
    pairs; the rest is counted in the evidence. Raises `MissingColumnsError` without departments.
    """
    NEEDS.check(log)
    runs = department_runs(log)
    returns = find_returns(log, runs, calendar)
    n_cases = log_columns(log).n_cases
    if np.unique(runs.case[returns.at]).size < max(ALARM_SHARE * n_cases, 1):
        return []
    pairs = _pairs(runs, returns, n_cases)
    factor = yearly_factor(log, calendar)
    facts: dict[str, JsonValue] = {
        "pairs_above_alarm": len(pairs),
        "pairs_reported": min(len(pairs), MAX_PAIRS),
        "handovers_per_journey_mean": rounded(handovers_per_journey(log), 2),
    }
    everywhere = _finding(log, calendar, runs, returns, np.arange(returns.at.size), factor, _TITLE, facts)
    of_pairs = [_pair_finding(log, calendar, runs, returns, pair, factor) for pair in pairs[:MAX_PAIRS]]
    return [everywhere, *of_pairs]


def handovers_per_journey(log: EventLog) -> float:
    """Mean number of changes of department in a journey; events without a department are skipped."""
    columns = log_columns(log)
    dept, _ = department_codes(log)
    journey, names = pd.factorize(journey_ids(log))
    order = np.lexsort((np.arange(columns.n_events), columns.time_ms, journey))
    order = order[dept[order] != UNKNOWN]
    journey, dept = journey[order], dept[order]
    changes = (journey[1:] == journey[:-1]) & (dept[1:] != dept[:-1])
    return float(changes.sum() / len(names))


def department_runs(log: EventLog) -> Runs:
    """The departments of each case with neighbouring equal ones collapsed; unknown departments skipped."""
    columns = log_columns(log)
    dept, names = department_codes(log)
    known = np.flatnonzero(dept != UNKNOWN)
    case, dept = columns.case[known], dept[known]
    begins = np.ones(known.size, bool)
    begins[1:] = (case[1:] != case[:-1]) | (dept[1:] != dept[:-1])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], known.size) - 1
    return Runs(case[first], dept[first], known[first], known[last], names)


def find_returns(log: EventLog, runs: Runs, calendar: WorkingCalendar) -> Returns:
    """All returns of the log, in its order."""
    if runs.case.size < 3:
        return Returns(np.zeros(0, "int64"), np.zeros(0, bool), np.zeros(0))
    back = (runs.case[2:] == runs.case[:-2]) & (runs.dept[2:] == runs.dept[:-2])
    at = np.flatnonzero(back)
    at = at[~_meant(log, runs, at)]
    is_return = np.zeros(runs.case.size, bool)
    is_return[at] = True
    # back at i - 1 and at i: the runs i - 1 .. i + 2 are X-Y-X-Y
    ping_pong = np.zeros(at.size, bool)
    ping_pong[at > 0] = is_return[at[at > 0] - 1]
    time_ms = log_columns(log).time_ms
    lost = calendar.working_ms_between(time_ms[runs.last[at + 1]], time_ms[runs.last[at + 2]]) / MS_PER_HOUR
    return Returns(at, ping_pong, lost)


def _meant(log: EventLog, runs: Runs, at: np.ndarray) -> np.ndarray:
    """Whether the way back was no waste: passed on, a new step, or steps that go side by side anyway."""
    again = _done_again(log, runs, at)
    side_by_side = _side_by_side(log, runs, at) & ~again
    if not log.has("result"):
        return side_by_side | ~again
    passed = (log.events["result"] == PASS).to_numpy(dtype=bool)[runs.last[at + 1]]
    return side_by_side | passed


def _done_again(log: EventLog, runs: Runs, at: np.ndarray) -> np.ndarray:
    """Whether the third run holds a step the case had before."""
    repeats = np.concatenate([[0], np.cumsum(log_columns(log).repeated)])
    return repeats[runs.last[at + 2] + 1] > repeats[runs.first[at + 2]]


def _side_by_side(log: EventLog, runs: Runs, at: np.ndarray) -> np.ndarray:
    """Whether the middle run is concurrent with one of its neighbours, by its steps or by its times."""
    columns = log_columns(log)
    concurrent = find_concurrency(log)
    found = np.zeros(at.size, bool)
    for before in (at, at + 1):
        left, right = runs.last[before], runs.first[before + 1]
        found |= concurrent(columns.activity[left], columns.activity[right])
        start, end = columns.start_ms[right], columns.end_ms[left]
        found |= (start != UNKNOWN_MS) & (end != UNKNOWN_MS) & (start < end)
    return found


def _pairs(runs: Runs, returns: Returns, n_cases: int) -> list[tuple[int, int]]:
    """Unordered pairs of departments above the alarm, those in most cases first."""
    a, b = runs.dept[returns.at], runs.dept[returns.at + 1]
    width = len(runs.names)
    pair = np.minimum(a, b) * width + np.maximum(a, b)
    of_case = np.unique(np.stack([pair, runs.case[returns.at]]), axis=1)
    keys, counts = np.unique(of_case[0], return_counts=True)
    above = counts >= max(ALARM_SHARE_OF_PAIR * n_cases, 1)
    names = [(runs.names[key // width], runs.names[key % width]) for key in keys]
    order = sorted(np.flatnonzero(above), key=lambda i: (-counts[i], names[i]))
    return [(int(keys[i] // width), int(keys[i] % width)) for i in order]


def _pair_finding(
    log: EventLog,
    calendar: WorkingCalendar,
    runs: Runs,
    returns: Returns,
    pair: tuple[int, int],
    factor: float | None,
) -> Finding:
    to, via = runs.dept[returns.at], runs.dept[returns.at + 1]
    chosen = np.flatnonzero(((to == pair[0]) & (via == pair[1])) | ((to == pair[1]) & (via == pair[0])))
    # the department most cases come back to is named first
    there, away = sorted(pair, key=lambda dept: (-int((to[chosen] == dept).sum()), runs.names[dept]))
    names = (runs.names[there], runs.names[away])
    title = Text(
        zh=f"办件在“{names[0]}”与“{names[1]}”之间往返",
        en=f"Cases go back and forth between {names[0]} and {names[1]}",
    )
    facts: dict[str, JsonValue] = {
        "returns_to": {
            names[0]: int((to[chosen] == there).sum()),
            names[1]: int((to[chosen] == away).sum()),
        }
    }
    finding = _finding(log, calendar, runs, returns, chosen, factor, title, facts)
    proposes = propose_one_window(log, names, _CAUTION)
    return finding.model_copy(update={"where": {"departments": [*names]}, "proposes": proposes})


def _finding(
    log: EventLog,
    calendar: WorkingCalendar,
    runs: Runs,
    returns: Returns,
    chosen: np.ndarray,
    factor: float | None,
    title: Text,
    facts: dict[str, JsonValue],
) -> Finding:
    """A finding of the `chosen` returns, of all departments unless the caller names some."""
    columns = log_columns(log)
    at, hours = returns.at[chosen], returns.hours[chosen]
    cases = np.unique(runs.case[at])
    low, high = wilson_interval(int(cases.size), columns.n_cases)
    lost = stretch_hours(log, calendar, runs.last[at + 1], runs.last[at + 2], float(hours.sum()))
    return Finding(
        kind="ping_pong",
        title=title,
        where={"departments": []},
        cases=int(cases.size),
        share=rounded(cases.size / columns.n_cases),
        **lost.lost(factor),
        effect=share_effect("returning_cases_share", int(cases.size), columns.n_cases),
        evidence={
            "returns": int(at.size),
            "ping_pong_cases": int(np.unique(runs.case[at[returns.ping_pong[chosen]]]).size),
            "share_low": rounded(low),
            "share_high": rounded(high),
            "lost_hours_per_return_median": rounded(float(np.median(hours)), 2),
            "same_step_done_again_share": rounded(float(_done_again(log, runs, at).mean())),
            "same_officer_share": rounded(_same_officer(log, runs, at)),
            "results_known": log.has("result"),
            **case_waiting(factor, lost.case_waiting),
            **facts,
        },
        example_cases=examples(columns.case_ids[cases[:10]]),
    )


def _same_officer(log: EventLog, runs: Runs, at: np.ndarray) -> float | None:
    """Share of the returns that never left one person's desk: a hand-over on paper only."""
    if not log.has("officer"):
        return None
    officer = log.events["officer"]
    away = officer.iloc[runs.last[at + 1]].to_numpy()
    return float((officer.iloc[runs.first[at + 2]].to_numpy() == away).mean())

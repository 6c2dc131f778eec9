"""Online service (网办深度): who begins online, who ends at the counter after all, who gives up.

A journey starts online if its first event came in online (`submission_channels`), or if the case names an
online channel and nobody was there at its first event. It falls back if somebody has to come to a counter or
kiosk later for anything but collecting the result. It is given up if it is not finished, its last event was
online or the applicant's, and 30 days have passed since; one whose last event is younger is not decided yet.
Completion = submitted / (submitted + given up), submitted being all that went on or finished.

Online rate (网办率) = cases begun online / all cases; fully online (全程网办率) = begun online and nobody
ever came / all cases. Both count cases (办件口径), with numerator and denominator in the evidence.

Example: of 100 journeys begun online 30 come to the counter, 10 of them to collect: fallback 20 of 100.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.case_times import find_case_times
from mining.columns import LogColumns, log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import (
    ASSUMED_TRAVEL_MINUTES,
    LostHours,
    event_hours,
    examples,
    lost_hours,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.diagnostics.step_words import is_pick_up
from mining.diagnostics.submission_channels import event_channels, means_online
from mining.errors import MissingColumnsError
from mining.event_log import APPLICANT, EventLog, holds
from mining.findings import Effect, Finding, Proposal
from mining.journeys import find_visits, journey_ids
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, WorkingCalendar

PURPOSE = Text(zh="检查线上办理深度", en="looking at online service")
ALARM_SHARE = 0.15
"""Reported if more than this share of the online starts falls back (is given up); an assumption."""
MIN_STARTS = 30
GIVEN_UP_DAYS = 30
MAX_STEPS = 5
_CAUTION = Text(
    zh="须先看转到窗口的原因（系统出错、材料须核原件、看不懂）：平台改进不能取消法定的当面核验。",
    en="Look first at why people come after all (errors, originals to be seen, not understood): a better "
    "platform "
    "does not do away with checks the law wants in person.",
)

DEFINITION = Definition(
    ids=("D16",),
    name=Text(zh="网办深度", en="Depth of online service"),
    kinds=("online_fallback", "online_given_up"),
    definition=Text(
        zh=f"线上开始、后来仍须到窗口（只领取结果的不算）的一件事；线上开始、{GIVEN_UP_DAYS} 天无进展且未办"
        "结的一件事（放弃）。"
        "网办率、全程网办率按办件计。",
        en="Journeys begun online that later bring somebody to a counter for more than collecting the "
        "result; those "
        f"begun online, not finished and without any event for {GIVEN_UP_DAYS} days (given up). Online and "
        "fully online "
        "rates count cases.",
    ),
    formula=Text(
        zh="回流率 = 转窗口 ÷ 线上开始；完成率 = 已提交 ÷（已提交 + 放弃）；网办率 = 线上开始的办件 ÷ 全部"
        "办件；全程网办率 = 从未到场的线上办件 ÷ 全部办件",
        en="fallback = to a counter / begun online; completion = submitted / (submitted + given up); "
        "online rate = "
        "cases begun online / all; fully online = begun online and nobody ever came / all",
    ),
    needs=("place or channel or cases.channel",),
    better_with=("cases.ts_finish", "journey_id", "window"),
    alarm=Text(
        zh=f"回流率或放弃率的 95% 区间下限高于 {ALARM_SHARE:.0%}，线上开始不少于 {MIN_STARTS} 件事",
        en=f"low end of the 95 % interval of fallback or of giving up above {ALARM_SHARE:.0%}, at least "
        f"{MIN_STARTS} "
        "online starts",
    ),
    hours=Text(
        zh=f"群众：转到窗口的每次到场时间，另加假设的往返 {ASSUMED_TRAVEL_MINUTES:g} 分钟；人员：这些到场的"
        "经办用时。放弃的未知。",
        en=f"Citizens: the time of each visit after a fallback and {ASSUMED_TRAVEL_MINUTES:g} minutes of "
        "travel "
        "(assumed); officials: their touch time at these visits. Unknown for journeys given up.",
    ),
    example=Text(
        zh="100 件事线上开始，30 件到过窗口，其中 10 件只是领取：回流 20 件，20%。",
        en="Of 100 journeys begun online 30 come to a counter, 10 of them to collect: fallback 20 %.",
    ),
    proposes=("online",),
)


@dataclass(frozen=True)
class OnlineStarts:
    """Journeys (positions in `ids`) begun online, one bool a journey in each array; and events.

    `decided` says whether it can be told if a journey was given up; None where the log does not know which
    cases are open.
    """

    ids: np.ndarray
    journey: np.ndarray  # of each event
    begun: np.ndarray
    fell_back: np.ndarray
    decided: np.ndarray | None
    given_up: np.ndarray
    at_counter: np.ndarray  # one bool an event: present, after an online start, for more than to collect


def find_online_service(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """`online_fallback` and `online_given_up`, each above 15 % at the low end of its interval.

    `cases` = journeys that fell back (were given up), `share` = of those begun online (and decided). Raises
    `MissingColumnsError` where nothing tells online from counter.
    """
    if not (log.has("place") or log.has("channel") or holds(log.cases, "channel")):
        raise MissingColumnsError(
            zh=f"{log.name}：{PURPOSE.zh}需要列 place 或 channel（事件或办件），日志中没有或全部为空。",
            en=f"{log.name}: {PURPOSE.en} needs the column place or channel (of events or cases); all are "
            "missing "
            "or empty.",
        )
    starts = find_online_starts(log)
    return [*_fallback(log, calendar, starts), *_given_up(log, starts)]


def find_online_starts(log: EventLog) -> OnlineStarts:
    """Which journeys began online, and what became of them."""
    columns = log_columns(log)
    online, present, begun_at_case = _channels(log, columns)
    journey, ids = pd.factorize(journey_ids(log))
    order = np.lexsort((np.arange(log.n_events), columns.time_ms, journey))
    first = order[np.searchsorted(journey[order], np.arange(len(ids)))]
    last = order[np.searchsorted(journey[order], np.arange(len(ids)), side="right") - 1]
    begun = begun_at_case[first]
    collects = np.array([is_pick_up(str(name)) for name in columns.activities], bool)[columns.activity]
    at_counter = present & ~collects & begun[journey]
    fell_back = np.bincount(journey, weights=at_counter, minlength=len(ids)) > 0
    decided, given_up = _outcomes(log, columns, journey, begun, last, online)
    return OnlineStarts(
        np.asarray(ids, dtype=object), journey, begun, fell_back, decided, given_up, at_counter
    )


def _channels(log: EventLog, columns: LogColumns) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each event: came in online, somebody was there, and (first events) its case began online."""
    online, present = event_channels(log)
    begins = online & ~present
    if holds(log.cases, "channel"):
        table = (
            log.cases.dropna(subset=["channel"]).drop_duplicates("case_id").set_index("case_id")["channel"]
        )
        words = {word: means_online(str(word)) for word in table.unique()}
        of_case = table.map(words).reindex(columns.case_ids).fillna(False).to_numpy(dtype=bool)
        at = columns.first_events
        begins = begins.copy()
        begins[at] |= of_case & ~present[at]
    return online, present, begins


def _outcomes(
    log: EventLog,
    columns: LogColumns,
    journey: np.ndarray,
    begun: np.ndarray,
    last: np.ndarray,
    online: np.ndarray,
) -> tuple[np.ndarray | None, np.ndarray]:
    """Which online starts are decided, and which of them were given up; None if open cases are unknown."""
    if not (log.simulated or holds(log.cases, "ts_finish")):
        return None, np.zeros(begun.size, bool)
    still_open = ~find_case_times(log).finished[columns.case]
    open_journey = np.bincount(journey, weights=still_open, minlength=begun.size) > 0
    with_applicant = online[last]
    if log.has("place"):
        with_applicant = with_applicant | (log.events["place"].iloc[last] == APPLICANT).to_numpy(dtype=bool)
    waits = begun & open_journey & with_applicant
    old = columns.time_ms.max() - columns.time_ms[last] > GIVEN_UP_DAYS * MS_PER_DAY
    return begun & ~(waits & ~old), waits & old


def _fallback(log: EventLog, calendar: WorkingCalendar, starts: OnlineStarts) -> list[Finding]:
    n, hits = int(starts.begun.sum()), int((starts.fell_back & starts.begun).sum())
    effect = _alarming("online_fallback_share", hits, n)
    if effect is None:
        return []
    columns = log_columns(log)
    events = np.flatnonzero(starts.at_counter)
    steps = log.events["activity"].iloc[events].value_counts()
    names: list[JsonValue] = [str(name) for name in steps.index[:MAX_STEPS]]
    visits, hours = _hours(log, calendar, starts)
    return [
        Finding(
            kind="online_fallback",
            title=Text(
                zh=f"线上开始的一件事有 {effect.value:.0%} 最后仍到窗口办理",
                en=f"{effect.value:.0%} of the journeys begun online end up at a counter",
            ),
            where={"steps": names},
            cases=hits,
            share=rounded(effect.value),
            **hours,
            effect=effect,
            evidence={
                **_interval(effect),
                "journeys_begun_online": n,
                "visits_after_fallback": visits,
                "fallback_by_step": {str(step): int(k) for step, k in steps.iloc[:MAX_STEPS].items()},
                **_rates(log, starts),
                "assumed_travel_minutes_per_visit": ASSUMED_TRAVEL_MINUTES,
            },
            example_cases=examples(columns.case_ids[columns.case[events]]),
            proposes=(Proposal(lever="online", parameters={"steps": names}, caution=_CAUTION),),
        )
    ]


def _alarming(name: str, hits: int, n: int) -> Effect | None:
    """The share, if even the low end of its interval is above the alarm level."""
    if n < MIN_STARTS:
        return None
    effect = share_effect(name, hits, n)
    return effect if effect.low is not None and effect.low > ALARM_SHARE else None


def _interval(effect: Effect) -> dict[str, JsonValue]:
    return {
        effect.name: rounded(effect.value),
        f"{effect.name}_low": rounded(effect.low),
        f"{effect.name}_high": rounded(effect.high),
    }


def _hours(log: EventLog, calendar: WorkingCalendar, starts: OnlineStarts) -> tuple[int, LostHours]:
    """Visits of journeys that fell back, with what they cost."""
    factor = yearly_factor(log, calendar)
    official = event_hours(log, calendar, starts.at_counter).official
    visits = find_visits(log)
    if visits is None:
        return 0, lost_hours(factor, official=official)
    there = np.unique(visits.served_visit[starts.at_counter[visits.served_event]])
    stay = float((visits.end_ms[there] - visits.begin_ms[there]).sum()) / MS_PER_HOUR
    citizen = stay + there.size * ASSUMED_TRAVEL_MINUTES / 60
    return int(there.size), lost_hours(factor, citizen=citizen, official=official)


def _given_up(log: EventLog, starts: OnlineStarts) -> list[Finding]:
    if starts.decided is None:
        return []
    n, hits = int(starts.decided.sum()), int(starts.given_up.sum())
    effect = _alarming("online_given_up_share", hits, n)
    if effect is None:
        return []
    columns = log_columns(log)
    inside = np.flatnonzero(starts.given_up[starts.journey])
    where = log.events["activity"].iloc[inside].value_counts()
    names: list[JsonValue] = [str(name) for name in where.index[:MAX_STEPS]]
    return [
        Finding(
            kind="online_given_up",
            title=Text(
                zh=f"线上开始的一件事有 {effect.value:.0%} 中途放弃",
                en=f"{effect.value:.0%} of the journeys begun online are given up",
            ),
            where={"steps": names},
            cases=hits,
            share=rounded(effect.value),
            **lost_hours(None),
            effect=effect,
            evidence={
                **_interval(effect),
                "online_completion_share": rounded(1 - effect.value),
                "journeys_begun_online": int(starts.begun.sum()),
                "not_decided_yet": int((starts.begun & ~starts.decided).sum()),
                "given_up_after_days": GIVEN_UP_DAYS,
                **_rates(log, starts),
            },
            example_cases=examples(columns.case_ids[columns.case[inside]]),
            proposes=(Proposal(lever="online", parameters={"steps": names}),),
        )
    ]


def _rates(log: EventLog, starts: OnlineStarts) -> dict[str, JsonValue]:
    """Cases begun online, and those nobody ever came for; with the number of all cases."""
    columns = log_columns(log)
    _, present, begins = _channels(log, columns)
    begun = begins[columns.first_events]
    came = np.bincount(columns.case, weights=present, minlength=columns.n_cases) > 0
    online, fully = int(begun.sum()), int((begun & ~came).sum())
    return {
        "all_cases": columns.n_cases,
        "cases_begun_online": online,
        "online_share": rounded(online / columns.n_cases),
        "cases_fully_online": fully,
        "fully_online_share": rounded(fully / columns.n_cases),
    }

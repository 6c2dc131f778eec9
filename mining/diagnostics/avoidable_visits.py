"""Avoidable visits (多跑路): people who come to the hall more than once for one matter, and why.

A visit is presence at a counter or kiosk with gaps of less than four hours on one day (`mining.journeys`).
Each visit after the first has one trigger, the first of these that holds:

1. `not_served_before`: the visit before was for nothing, a ticket was taken and nobody served;
2. `second_return_with_a_new_reason`: it answers a second return whose reason the first had not named;
3. `return_for_correction`: it answers a return, of the step itself or of the work right before it;
4. `pick_up_only`: all that was done is collecting a document (`mining/data/step_words.yaml`);
5. `next_office_after_wait`: back-office work ended since, and another department comes next;
6. `same_office_after_wait`: the same, but it is the department of the last visit that goes on;
7. `next_counter_without_wait`: nothing was pending; the next counter was left for another day;
8. `unknown`.

Example: name approved Monday at the market authority, approval in the back office over night, registration
there on Wednesday, seal at the police right after it, tax on Thursday: three visits; the second is
`same_office_after_wait`, the third `next_counter_without_wait`.
"""

from __future__ import annotations

import numpy as np
from pydantic import JsonValue

from mining.columns import log_columns
from mining.diagnostics.definition import Definition
from mining.diagnostics.departments import UNKNOWN, department_codes
from mining.diagnostics.fetchable import fetch_what_fails, most_at_fault
from mining.diagnostics.parallel_candidates import find_parallel_candidates
from mining.diagnostics.protection import propose_one_window
from mining.diagnostics.shared import (
    ASSUMED_TRAVEL_MINUTES,
    examples,
    lost_hours,
    require_visits,
    rounded,
    share_effect,
    yearly_factor,
)
from mining.diagnostics.visit_triggers import (
    ANOTHER_DAY,
    CORRECTION,
    IN_VAIN,
    NEW_REASON,
    NEXT_OFFICE,
    PICK_UP,
    SAME_OFFICE,
    TRIGGERS,
    UNCLEAR,
    Triggers,
    find_triggers,
)
from mining.errors import MissingColumnsError
from mining.event_log import EventLog
from mining.findings import Finding, Proposal
from mining.journeys import Visits
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import WorkingCalendar

PURPOSE = Text(zh="统计跑动次数", en="counting visits")
DEFINITION = Definition(
    ids=("D1",),
    name=Text(zh="多跑路", en="Avoidable visits"),
    kinds=("avoidable_visit",),
    definition=Text(
        zh="同一天内间隔不足 4 小时的到场算一次跑动（V）。每件事第一次之后的每次跑动只归一个原因，取首个成立"
        "的：上次取号未办成、"
        "再次补正且原因是新的、补正、只为领取结果、等后台后到另一部门、等后台后回原部门、无须等待却改日再来、"
        "不明。每个原因一条。"
        "后台环节不算到场。",
        en="A visit is presence at a counter or kiosk with gaps of less than 4 hours on one day (V a "
        "journey). Each visit "
        "after a journey's first has one trigger, the first that holds: not served before, second return "
        "with a "
        "new reason, return for correction, pick-up only, next office after a wait, same office after a "
        "wait, "
        "next counter without a wait, unknown. One finding a trigger. Back-office rows are no presence.",
    ),
    formula=Text(
        zh="最多跑一次率 = V ≤ 1 的一件事 / 全部；零跑动率 = V = 0 的一件事 / 全部。",
        en="At most one visit = journeys with V ≤ 1 / all journeys; no visit = journeys with V = 0 / all.",
    ),
    needs=("place or channel or window or ts_ticket or visit_id",),
    better_with=("result", "reason", "dept", "ts_start", "journey_id"),
    alarm=Text(
        zh="V > 1 的一件事超过 20 %；随后列出涉及 5 % 以上一件事的每个原因（假定）。",
        en="More than 20 % of the journeys have V > 1; then each trigger with 5 % of the journeys "
        "(assumptions).",
    ),
    hours=Text(
        zh="申请人：每次多出的跑动 60 分钟路程（假定）。",
        en="Citizens: 60 minutes of travel for each extra visit (assumed).",
    ),
    example=Text(
        zh="周一核名，后台一夜，周三登记被退回，周四再来：V = 3，原因为“等后台后回原部门”与“补正”。",
        en="Name approved Monday, approval over night, registration Wednesday, returned, again Thursday: V = "
        "3, triggers "
        "same office after a wait and return for correction.",
    ),
    proposes=("share_materials", "parallel_approval", "one_window"),
)
ALARM_SHARE = 0.20
"""Reported if more than this share of the journeys takes more than one visit (an assumption) ..."""
ALARM_SHARE_OF_TRIGGER = 0.05
"""... and then each trigger that alone brings back this share of the journeys."""
MAX_NAMES = 5

TITLES = {
    IN_VAIN: Text(zh="取号后未办成、改日再来", en="People leave without being served and come again"),
    NEW_REASON: Text(
        zh="再次补正提出新的原因，又多跑一次", en="A second return names a new reason: one more visit"
    ),
    CORRECTION: Text(zh="因补正再跑一次", en="Returns for correction bring people back to the hall"),
    PICK_UP: Text(zh="只为领取结果再跑一次", en="People come again only to collect a document"),
    NEXT_OFFICE: Text(
        zh="等后台办完，再到另一部门的窗口", en="After the back office people go on to another department"
    ),
    SAME_OFFICE: Text(
        zh="等后台办完，再回同一部门的窗口",
        en="After the back office people come back to the same department",
    ),
    ANOTHER_DAY: Text(
        zh="没有待办结果，却改日才到下一个窗口", en="Nothing was pending, yet the next counter had to wait"
    ),
}
_CAUTION_PARALLEL = Text(
    zh="并联后才能一次申请、少跑：须核对是否有法定前置条件，并由窗口一次收齐各部门的申请。",
    en="Only parallel work makes one application enough: check legal preconditions, and let one counter take "
    "in the applications to all departments.",
)
_CAUTION_ONE_WINDOW = Text(
    zh="改日再来也可能是申请人自己的选择；综合岗可能变慢，请用仿真比较。",
    en="Coming on another day may be people's own choice; somebody who does everything may be slower: "
    "compare by simulation.",
)


def find_avoidable_visits(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """If more than 20 % of the journeys take several visits: one finding a trigger with 5 % or more of them.

    `cases` = journeys brought back by the trigger, `share` = of all journeys. Hours lost = visits x 60
    minutes of travel, assumed: applicants' time, not officials'. Raises `MissingColumnsError` where the log
    does not tell who was in the hall.
    """
    visits = require_visits(log, PURPOSE)
    n_journeys = visits.journey_ids.size
    again = int((visits.per_journey > 1).sum())
    if again <= ALARM_SHARE * n_journeys:
        return []
    triggers = find_triggers(log, visits)
    factor = yearly_factor(log, calendar)
    whole = _overall(visits, triggers)
    found = []
    for number, name in enumerate(TRIGGERS):
        chosen = np.flatnonzero(triggers.trigger == number)
        journeys = np.unique(visits.journey[chosen]).size
        if name != UNCLEAR and journeys >= max(ALARM_SHARE_OF_TRIGGER * n_journeys, 1):
            found.append(_finding(log, calendar, visits, triggers, name, chosen, factor, whole))
    return found


def _overall(visits: Visits, triggers: Triggers) -> dict[str, JsonValue]:
    per_journey = visits.per_journey
    n, again = int(per_journey.size), int((per_journey > 1).sum())
    low, high = wilson_interval(again, n)
    return {
        "journeys": n,
        "visits_per_journey_mean": rounded(float(per_journey.mean()), 2),
        "several_visits_share": rounded(again / n),
        "several_visits_share_low": rounded(low),
        "several_visits_share_high": rounded(high),
        "at_most_one_visit_share": rounded(1 - again / n),
        "no_visit_share": rounded(float((per_journey == 0).mean())),
        "extra_visits_by_trigger": {
            name: int((triggers.trigger == number).sum()) for number, name in enumerate(TRIGGERS)
        },
    }


def _finding(
    log: EventLog,
    calendar: WorkingCalendar,
    visits: Visits,
    triggers: Triggers,
    name: str,
    chosen: np.ndarray,
    factor: float | None,
    whole: dict[str, JsonValue],
) -> Finding:
    columns = log_columns(log)
    events = triggers.first_event[chosen]
    journeys = int(np.unique(visits.journey[chosen]).size)
    low, high = wilson_interval(journeys, visits.journey_ids.size)
    returned = np.zeros(columns.n_events, bool)
    returned[triggers.cause[chosen][triggers.cause[chosen] >= 0]] = True
    steps, departments = (
        _most_frequent(columns.activities, columns.activity[events]),
        _departments(log, events),
    )
    return Finding(
        kind="avoidable_visit",
        title=TITLES[name],
        where={"trigger": name, "steps": [*steps], "departments": [*departments]},
        cases=journeys,
        share=rounded(journeys / visits.journey_ids.size),
        **lost_hours(factor, citizen=chosen.size * ASSUMED_TRAVEL_MINUTES / 60),
        effect=share_effect("journeys_brought_back_share", journeys, visits.journey_ids.size),
        evidence={
            "extra_visits": int(chosen.size),
            "share_low": rounded(low),
            "share_high": rounded(high),
            "documents_at_fault": most_at_fault(log, returned),
            "assumed_travel_minutes_per_visit": ASSUMED_TRAVEL_MINUTES,
            "overall": whole,
        },
        example_cases=examples(columns.case_ids[columns.case[events]]),
        proposes=_proposals(log, calendar, name, departments, returned),
    )


def _proposals(
    log: EventLog, calendar: WorkingCalendar, name: str, departments: list[str], returned: np.ndarray
) -> tuple[Proposal, ...]:
    if name in (NEW_REASON, CORRECTION):
        return fetch_what_fails(log, returned)
    if name == ANOTHER_DAY and len(departments) > 1:
        return propose_one_window(log, departments, _CAUTION_ONE_WINDOW)
    return _side_by_side(log, calendar) if name == NEXT_OFFICE else ()


def _side_by_side(log: EventLog, calendar: WorkingCalendar) -> tuple[Proposal, ...]:
    """What the documents allow to run in parallel, with what that needs; nothing where they do not tell."""
    try:
        candidates = find_parallel_candidates(log, calendar)
    except MissingColumnsError:
        return ()
    return tuple(
        proposal.model_copy(update={"caution": _CAUTION_PARALLEL})
        if proposal.lever == "parallel_approval"
        else proposal
        for proposal in (candidates[0].proposes if candidates else ())
    )


def _departments(log: EventLog, events: np.ndarray) -> list[str]:
    if not log.has("dept"):
        return []
    code, names = department_codes(log)
    known = code[events][code[events] != UNKNOWN]
    return _most_frequent(np.array(names, dtype=object), known)


def _most_frequent(names: np.ndarray, codes: np.ndarray) -> list[str]:
    counts = np.bincount(codes, minlength=len(names))
    order = sorted(np.flatnonzero(counts), key=lambda code: (-counts[code], str(names[code])))
    return [str(names[code]) for code in order[:MAX_NAMES]]

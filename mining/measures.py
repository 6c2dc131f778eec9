"""Measures of a log, the same function on measured and on simulated ones, and the KPIs by name.

`measure` leaves a key out where the log cannot tell. Definitions (domain: K1, K2, K4, K5, K8, K9, K10, K11,
K14) are in `KPIS`, in both languages, for the screens and the reports.

Who gave up (弃号): the ticket counts as abandoned (K4); nobody was served, so there is no wait (K1 is per
service) and no decision (K11). The visit was made and counts (K8). A case that ends with it is no finished
case: it has no cycle time and is in no throughput, otherwise the hall that drives people away would look
quick.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mining.case_times import cycle_calendar_days, cycle_days, find_case_times
from mining.columns import log_columns
from mining.event_log import EventLog, holds
from mining.observations import count_journeys, decided_cases, waits_in_hall
from mining.queue_records import find_queue_records
from mining.text import Text
from mining.visit_rates import visit_rates
from mining.working_time import MS_PER_DAY, WorkingCalendar, to_ms

Window = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True)
class Kpi:
    """A key figure: its key in `measure`, its unit, name and definition, and which direction is better
    ("neither": idle counters cost money, busy ones make people wait)."""

    key: str
    unit: Text
    name: Text
    definition: Text
    better: Literal["lower", "higher", "neither"]


KPIS: tuple[Kpi, ...] = (
    Kpi(
        "throughput_per_day",
        Text(zh="件/工作日", en="cases per working day"),
        Text(zh="日办结量", en="Throughput"),
        Text(
            zh="期间内办结的办件数（弃号不算办结）÷ 期间内的工作日数。",
            en="Cases finished in the window (given up does not count), divided by its working days.",
        ),
        "higher",
    ),
    Kpi(
        "wait_minutes_mean",
        Text(zh="分钟", en="minutes"),
        Text(zh="平均等待", en="Mean wait"),
        Text(
            zh="到场环节从取号（可以开始）到开始办理的平均分钟数，午休计入，夜间不计；"
            "日志没有到场环节时为全部环节的工作时间等待。",
            en="Mean minutes from ticket (work enabled) to start at counters and kiosks; lunch counts, "
            "nights do not. Where no step has the applicant present: working minutes of all steps.",
        ),
        "lower",
    ),
    Kpi(
        "wait_minutes_p90",
        Text(zh="分钟", en="minutes"),
        Text(zh="90 分位等待", en="90th percentile wait"),
        Text(
            zh="十次等待中有九次不超过的分钟数，口径同平均等待。",
            en="Nine waits out of ten are no longer than this; defined like the mean wait.",
        ),
        "lower",
    ),
    Kpi(
        "abandonment_share",
        Text(zh="比例（0–1）", en="share (0 to 1)"),
        Text(zh="弃号率", en="Abandoned tickets"),
        Text(
            zh="取号后未办理即离开的号 ÷ 结果已知的号（办理 + 弃号）。",
            en="Tickets whose holder left unserved, divided by the tickets whose outcome is known (served or "
            "abandoned).",
        ),
        "lower",
    ),
    Kpi(
        "cycle_time_working_days_mean",
        Text(zh="工作日", en="working days"),
        Text(zh="平均办结用时", en="Mean cycle time"),
        Text(
            zh="已办结办件从申请（或首次取号、首个事件）到办结的工作分钟数 ÷ 每日工作分钟数。",
            en="Of finished cases: working minutes from application (or first ticket or event) to finish, "
            "divided by the working minutes of a usual day.",
        ),
        "lower",
    ),
    Kpi(
        "cycle_time_working_days_p90",
        Text(zh="工作日", en="working days"),
        Text(zh="90 分位办结用时", en="90th percentile cycle time"),
        Text(
            zh="十件中有九件不超过的办结用时，口径同平均办结用时。",
            en="Nine finished cases out of ten took no longer than this; defined like the mean cycle time.",
        ),
        "lower",
    ),
    Kpi(
        "cycle_time_calendar_days_mean",
        Text(zh="自然日", en="calendar days"),
        Text(zh="平均办结用时（自然日）", en="Mean cycle time on the calendar"),
        Text(
            zh="已办结办件从申请（或首次取号、首个事件）到办结的自然时间，每 24 小时一天，夜间与休息日计入。",
            en="Of finished cases: time on the wall clock from application (or first ticket or event) to "
            "finish, in days of 24 hours; nights and days off count.",
        ),
        "lower",
    ),
    Kpi(
        "cycle_time_calendar_days_p90",
        Text(zh="自然日", en="calendar days"),
        Text(zh="90 分位办结用时（自然日）", en="90th percentile cycle time on the calendar"),
        Text(
            zh="十件中有九件不超过的自然日用时，口径同平均办结用时（自然日）。",
            en="Nine finished cases out of ten took no more calendar days than this.",
        ),
        "lower",
    ),
    Kpi(
        "visits_per_journey_mean",
        Text(zh="次/一件事", en="visits per journey"),
        Text(zh="跑动次数", en="Visits"),
        Text(
            zh="申请人每办结一件事到大厅的次数；同日间隔不足 4 小时算一次。",
            en="Times the applicant came to the hall in a finished journey; presence on one day with gaps "
            "under 4 hours is one visit.",
        ),
        "lower",
    ),
    Kpi(
        "at_most_one_visit_share",
        Text(zh="比例（0–1）", en="share (0 to 1)"),
        Text(zh="最多跑一次率", en="At most one visit"),
        Text(
            zh="到大厅不超过一次的一件事 ÷ 已办结的一件事。",
            en="Finished journeys with at most one visit, divided by all finished journeys.",
        ),
        "higher",
    ),
    Kpi(
        "no_visit_share",
        Text(zh="比例（0–1）", en="share (0 to 1)"),
        Text(zh="零跑动率", en="No visit at all"),
        Text(
            zh="从未到大厅的一件事 ÷ 已办结的一件事。",
            en="Finished journeys without any visit, divided by all finished journeys.",
        ),
        "higher",
    ),
    Kpi(
        "materials_per_journey_mean",
        Text(zh="份/一件事", en="documents per journey"),
        Text(zh="提交材料数", en="Materials handed in"),
        Text(
            zh="申请人在一件已办结的事中提交的材料份次，含重复提交；数据共享、电子证照、告知承诺不计。",
            en="Documents the applicant handed in during a finished journey, each time counted; those shared "
            "between departments, e-licences and commitments do not count.",
        ),
        "lower",
    ),
    Kpi(
        "steps_per_journey_mean",
        Text(zh="环节次/一件事", en="steps per journey"),
        Text(zh="环节数", en="Steps"),
        Text(
            zh="一件已办结的事经过的环节次数，重复的环节每次都算。",
            en="Events of a finished journey; a step done twice counts twice.",
        ),
        "lower",
    ),
    Kpi(
        "first_time_right_share",
        Text(zh="比例（0–1）", en="share (0 to 1)"),
        Text(zh="一次通过率", en="First time right"),
        Text(
            zh="没有补正结果的办件 ÷ 有办理结果的办件。",
            en="Cases without a return for correction, divided by cases with any known result.",
        ),
        "higher",
    ),
    Kpi(
        "utilisation_mean",
        Text(zh="比例（0–1）", en="share (0 to 1)"),
        Text(zh="人员利用率", en="Utilisation"),
        Text(
            zh="人员（窗口、设备）办理与维修时间 ÷ 其开放时间，由仿真得出；超过 85% 时等待会急剧变长。",
            en="Share of the open time of people, counters and machines spent working, from the simulation; "
            "above 85 % waits grow steeply.",
        ),
        "neither",
    ),
)


def kpi(key: str) -> Kpi:
    """The KPI with this key; raises `KeyError`."""
    return {each.key: each for each in KPIS}[key]


def measure(
    log: EventLog,
    calendar: WorkingCalendar,
    cohort: Iterable[str] | None = None,
    window: Window | None = None,
) -> dict[str, float]:
    """The KPIs of a log by key, each in the unit of `KPIS`; a key is left out where the log cannot tell.

    `cohort` (case ids) restricts everything but the throughput, which counts all cases finished in `window`
    (begin included, end not; the days of the log if None). Cycle times are those of finished cases; visits,
    materials and steps those of journeys whose cases are all finished.

    Example: one case, applied and ticket Monday 9:00, served 9:30-10:00, reviewed in the back office until
    Tuesday 10:00; open 9-12 and 13-17. Wait 30 minutes, cycle time 8 h / 7 h = 1.14 working days, visits 1,
    steps 2, throughput 1 case / 2 days = 0.5 a day.
    """
    columns = log_columns(log)
    if columns.n_events == 0:
        return {}
    chosen = np.ones(columns.n_cases, bool)
    if cohort is not None:
        codes = columns.codes_of_cases(pd.Index(list(cohort)))
        chosen = np.isin(np.arange(columns.n_cases), codes)
    return {
        **_throughput(log, calendar, window),
        **mean_and_p90("wait_minutes", _waits(log, calendar, chosen)),
        **_abandonment(log, None if cohort is None else chosen),
        **mean_and_p90("cycle_time_working_days", _known(cycle_days(log, calendar)[chosen])),
        **mean_and_p90("cycle_time_calendar_days", _known(cycle_calendar_days(log)[chosen])),
        **_per_journey(log, chosen),
        **_first_time_right(log, chosen),
    }


def _known(values: np.ndarray) -> np.ndarray:
    return values[~np.isnan(values)]


def mean_and_p90(name: str, values: np.ndarray) -> dict[str, float]:
    """`NAME_mean` and `NAME_p90` (linear between two values); nothing where there are no values."""
    if values.size == 0:
        return {}
    return {f"{name}_mean": float(values.mean()), f"{name}_p90": float(np.quantile(values, 0.9))}


def _throughput(log: EventLog, calendar: WorkingCalendar, window: Window | None) -> dict[str, float]:
    times = find_case_times(log)
    finish = times.finish_ms[times.done]
    if window is None:
        time = log_columns(log).time_ms
        first_day, last_day = int(time.min()) // MS_PER_DAY, int(time.max()) // MS_PER_DAY
        begin, end = first_day * MS_PER_DAY, (last_day + 1) * MS_PER_DAY
    else:
        begin, end = (to_ms(moment) for moment in window)
    midnights = np.arange(begin // MS_PER_DAY * MS_PER_DAY, end, MS_PER_DAY, dtype="int64")
    working_days = np.count_nonzero(calendar.working_ms_between(midnights, midnights + MS_PER_DAY))
    if working_days == 0:
        return {}
    finished = np.count_nonzero((finish >= begin) & (finish < end))
    return {"throughput_per_day": float(finished / working_days)}


def _waits(log: EventLog, calendar: WorkingCalendar, chosen: np.ndarray) -> np.ndarray:
    """Minutes waited at each event of the chosen cases."""
    events, minutes = waits_in_hall(log, calendar)
    return minutes[chosen[log_columns(log).case[events]]]


def _abandonment(log: EventLog, chosen: np.ndarray | None) -> dict[str, float]:
    """Left out where nothing tells that tickets can be given up: an export of services only names none, and a
    simulated log has a status only where the model lets people lose patience."""
    records = find_queue_records(log, ("status", "ts_call", "ts_start"))
    if records is None:
        return {}
    known = records.served | records.abandoned
    if chosen is not None:
        known &= np.append(chosen, False)[records.case]
    told = holds(log.tickets, "status") if log.simulated else bool(records.abandoned.any())
    if not told or not known.any():
        return {}
    return {"abandonment_share": float(records.abandoned[known].mean())}


def _per_journey(log: EventLog, chosen: np.ndarray) -> dict[str, float]:
    """Visits, materials and steps of finished journeys that have a chosen case; all their cases count."""
    journeys = count_journeys(log)
    wanted = np.zeros(journeys.finished.size, bool)
    wanted[journeys.of_event[chosen[log_columns(log).case]]] = True
    wanted &= journeys.finished
    if not wanted.any():
        return {}
    counts = journeys.counts()
    found = {f"{name}_per_journey_mean": float(values[wanted].mean()) for name, values in counts.items()}
    if "visits" in counts:
        found |= {f"{name}_share": rate.share for name, rate in visit_rates(log, chosen).items()}
    return found


def _first_time_right(log: EventLog, chosen: np.ndarray) -> dict[str, float]:
    decided = decided_cases(log)
    if decided is None:
        return {}
    counted = decided[0] & chosen
    if not counted.any():
        return {}
    return {"first_time_right_share": float(1 - decided[1][counted].mean())}

"""What is true of visits, waits and counters in a sample log, from the log as it was made."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.event_log import BACK_OFFICE, PASS
from mining.working_time import MS_PER_DAY, MS_PER_HOUR
from sample_logs.generate import SampleLog
from sample_logs.planting.setting import at_counters, milliseconds

PICK_UPS = ("领照", "缮证领证", "领件", "领证")
QUESTIONS = ("咨询",)
MIN_SERVICES = 30
SEVERAL_VISITS = 0.20
GAP_MS = 4 * MS_PER_HOUR
TRIGGERS = (
    "not_served_before",
    "return_for_correction",
    "pick_up_only",
    "next_office_after_wait",
    "same_office_after_wait",
)


def waits(sample: SampleLog) -> dict[str, float]:
    """Step -> how much above the alarm it waits: 1 is 90 % within 30 minutes in the hall; for the back office
    four times the work and an hour on average, whichever is missed by more."""
    return {**_waits_in_hall(sample), **_waits_behind(sample)}


def _waits_in_hall(sample: SampleLog) -> dict[str, float]:
    services = at_counters(sample.made)
    minutes = pd.Series(_hall_minutes(sample, services), index=services.index)
    p90 = minutes.groupby(services["activity"]).quantile(0.9)
    n = services.groupby("activity").size()
    return {str(step): float(value) / 30 for step, value in p90.items() if n[step] >= MIN_SERVICES}


def queues(sample: SampleLog) -> dict[str, float]:
    """Queue -> 90th percentile of the wait, 30 minutes being 1; nothing without a queue machine."""
    if sample.made.tickets.empty:
        return {}
    services = at_counters(sample.made)
    minutes = pd.Series(_hall_minutes(sample, services), index=services.index)
    p90 = minutes.groupby(services["dept"]).quantile(0.9)
    return {str(dept): float(value) / 30 for dept, value in p90.items()}


def idleness(sample: SampleLog) -> dict[str, float]:
    """How little anybody works on a case: 5 % of the elapsed time of the finished cases is 1, 1 % is 5."""
    cases = sample.made.cases[sample.made.cases["ts_finish"].notna()]
    events = sample.made.events[sample.made.events["case_id"].isin(cases["case_id"])]
    start, end = milliseconds(events["ts_start"]), milliseconds(events["ts_end"])
    worked = sample.setting.calendar.working_ms_between(start, end).sum()
    elapsed = (milliseconds(cases["ts_finish"]) - milliseconds(cases["ts_apply"])).sum()
    return {"": float(0.05 * elapsed / worked)}


def _hall_minutes(sample: SampleLog, services: pd.DataFrame) -> np.ndarray:
    """Minutes from the moment people stood there to the start; nights do not count."""
    since, start = milliseconds(services["ts_enabled"]), milliseconds(services["ts_start"])
    return sample.setting.calendar.envelope().working_ms_between(since, start) / 60_000


def _waits_behind(sample: SampleLog) -> dict[str, float]:
    """In working time, from the end of the event before to the start."""
    events, calendar = sample.made.events, sample.setting.calendar
    before = events.groupby("case_id")["ts_end"].shift(1)
    here = (events["place"] == BACK_OFFICE) & before.notna()
    start, end = milliseconds(events.loc[here, "ts_start"]), milliseconds(events.loc[here, "ts_end"])
    step = events.loc[here, "activity"].to_numpy()
    frame = pd.DataFrame(
        {
            "wait": calendar.working_ms_between(milliseconds(before[here]), start) / 60_000,
            "work": calendar.working_ms_between(start, end) / 60_000,
        }
    )
    mean = frame.groupby(step).mean()
    above = np.minimum(mean["wait"] / 60, mean["wait"] / (4 * mean["work"]))
    return {str(name): float(value) for name, value in above.items()}


def lunch_share(sample: SampleLog) -> dict[str, float]:
    """Share of the minutes waited in the hall that fall into closed hours."""
    services = at_counters(sample.made)
    waited = _hall_minutes(sample, services).sum()
    since, start = milliseconds(services["ts_enabled"]), milliseconds(services["ts_start"])
    open_minutes = sample.setting.calendar.working_ms_between(since, start).sum() / 60_000
    return {"": float((waited - open_minutes) / waited)} if waited else {}


def _visits(sample: SampleLog) -> pd.DataFrame:
    """Services at counters with the day and the number of the visit: four hours between two make another."""
    services = at_counters(sample.made)
    day = milliseconds(services["ts_start"]) // MS_PER_DAY
    came = np.maximum(milliseconds(services["ts_enabled"]), day * MS_PER_DAY)
    left = milliseconds(services["ts_end"])
    case, _ = pd.factorize(services["case_id"])
    same = np.zeros(len(services), bool)
    same[1:] = (case[1:] == case[:-1]) & (day[1:] == day[:-1]) & (came[1:] - left[:-1] < GAP_MS)
    return services.assign(day=day, visit=np.cumsum(~same))


def wasted(sample: SampleLog) -> dict[str, float]:
    """Share of the visits at which every service ended without a pass or was only a question."""
    services = _visits(sample)
    in_vain = services["result"].notna() & (services["result"] != PASS)
    in_vain |= services["activity"].str.contains("|".join(QUESTIONS))
    return {"": float(in_vain.groupby(services["visit"]).all().mean())}


def triggers(sample: SampleLog) -> dict[str, float]:
    """Trigger -> share of the cases it brought back; nothing where few come more than once.

    Who waited over night, and was not served the day before, came then for nothing. Else, of the second and
    further visits of a case: its first service answers a return; else all it does is collect; else work
    behind the counter ended since, and another department or the same one goes on; else nothing was pending.
    """
    services = _visits(sample)
    visits = services.groupby("visit")
    first, last = visits.head(1).set_index("visit"), visits.tail(1).set_index("visit")
    first["event"] = visits.head(1).index
    first["pick_up"] = visits["activity"].agg(_all_pick_ups)
    before = last.groupby("case_id")[["dept", "ts_end", "day"]].shift(1)
    first = first.assign(before_dept=before["dept"], before_end=before["ts_end"], before_day=before["day"])
    came = milliseconds(first["ts_enabled"]) // MS_PER_DAY
    first["in_vain"] = (came < first["day"]) & ~(first["before_day"] == came)
    extra = first[first["before_end"].notna() | first["in_vain"]].copy()
    n = sample.made.events["case_id"].nunique()
    if extra["case_id"].nunique() <= SEVERAL_VISITS * n:
        return {}
    answers, waited = _answers(sample, extra), _ended_behind(sample, extra)
    same = extra["before_dept"] == extra["dept"]
    trigger = np.select(
        [extra["in_vain"], answers, extra["pick_up"], waited & ~same, waited & same],
        [*TRIGGERS],
        "next_counter_without_wait",
    )
    journeys = extra.groupby(trigger)["case_id"].nunique() / n
    return {str(name): float(value) for name, value in journeys.items()}


def _all_pick_ups(steps: pd.Series) -> bool:
    return all(any(word in step for word in PICK_UPS) for step in steps)


def _answers(sample: SampleLog, extra: pd.DataFrame) -> np.ndarray:
    """Whether the decision before at the same step, or the event right before, had returned the case."""
    events = sample.made.events
    objected = events["result"].notna() & (events["result"] != PASS)
    right_before = objected.groupby(events["case_id"]).shift(1, fill_value=False)
    decided = events[events["result"].notna()]
    at_step = (
        objected[decided.index].groupby([decided["case_id"], decided["activity"]]).shift(1, fill_value=False)
    )
    returned = right_before | at_step.reindex(events.index, fill_value=False)
    return returned[extra["event"]].to_numpy(dtype=bool)


def _ended_behind(sample: SampleLog, extra: pd.DataFrame) -> np.ndarray:
    """Whether work behind the counter ended between the visit before and this one."""
    behind = sample.made.events[sample.made.events["place"] == BACK_OFFICE]
    rows = extra[["case_id", "before_end", "ts_start"]].reset_index()
    joined = rows.merge(behind[["case_id", "ts_end"]], on="case_id")
    inside = joined[(joined["ts_end"] >= joined["before_end"]) & (joined["ts_end"] <= joined["ts_start"])]
    return rows["visit"].isin(inside["visit"]).to_numpy()


def unevenness(sample: SampleLog) -> dict[str, float]:
    """Coefficient of variation of the load of the officers at counters, by the days they served on."""
    services = _visits(sample)
    services = services[services["officer"].notna()]
    if services.empty:
        return {}
    minutes = (services["ts_end"] - services["ts_start"]).dt.total_seconds() / 60
    by_officer = (
        services.assign(minutes=minutes)
        .groupby("officer")
        .agg(minutes=("minutes", "sum"), days=("day", "nunique"), n=("day", "size"))
    )
    load = (by_officer["minutes"] / by_officer["days"])[by_officer["n"] >= MIN_SERVICES]
    return {"": float(load.std(ddof=0) / load.mean())}

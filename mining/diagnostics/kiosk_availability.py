"""Self-service devices out of order (自助设备可用率): how often they fail, how long until they are repaired.

Availability = up / (up + down) scheduled hours of the devices of a hall, with time between failures and time
to repair (`devices`). Beside it, where the log's events know kiosks: the wait there, how many fell back to a
counter (the same step again at a counter later that day, or a kiosk event that did not pass and any counter
later that day), how many needed an officer at the kiosk, and how many services the devices would have done
while they were down at the pace they keep while up.

Example: six kiosks, 2,520 scheduled hours, down for 100 of them in 12 failures: 96.0 %, MTBF 202 h, MTTR
8.3 h.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.diagnostics.definition import Definition
from mining.diagnostics.devices import Reliability, device_table, reliability
from mining.diagnostics.shared import Needs, event_times, examples, lost_hours, rounded, share_effect
from mining.event_log import COUNTER, KIOSK, PASS, EventLog
from mining.findings import Effect, Finding, Proposal
from mining.journeys import journey_ids
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="统计自助设备可用率", en="measuring the availability of self-service devices"),
    tables=("devices.device_id", "devices.ts", "devices.state"),
)
ALARM_AVAILABILITY = 0.98
"""Reported below this availability (one city reports 98 % and more; an assumption for others)."""
MIN_FAILURES = 3
"""One or two failures say little about the next."""
MAX_DEVICES = 10

DEFINITION = Definition(
    ids=("D17",),
    name=Text(zh="自助设备可用率", en="Availability of self-service devices"),
    kinds=("kiosk_availability",),
    definition=Text(
        zh="一个大厅的自助设备在应开时段内能用的时间比例，及故障间隔、修复时间；应开时段以设备自己的停机记"
        "录为准，无则为大厅首次开门到末次关门。",
        en="Share of the scheduled hours in which the self-service devices of a hall work, with times "
        "between "
        "failures and to repair; scheduled is what the device's own log does not call off, else the hours "
        "of the "
        "hall from first opening to last closing.",
    ),
    formula=Text(
        zh="可用率 = 可用 ÷（可用 + 故障）；MTBF = 可用小时 ÷ 故障次数；MTTR = 故障小时 ÷ 修复次数（伽马分"
        "布区间）",
        en="availability = up / (up + down); MTBF = up hours / failures; MTTR = down hours / repairs (gamma "
        "intervals)",
    ),
    needs=NEEDS.columns,
    better_with=("devices.hall", "place", "ts_start", "officer"),
    alarm=Text(
        zh=f"可用率低于 {ALARM_AVAILABILITY:.0%}，且故障不少于 {MIN_FAILURES} 次",
        en=f"availability below {ALARM_AVAILABILITY:.0%}, with at least {MIN_FAILURES} failures",
    ),
    hours=Text(
        zh="停机把多少人推向窗口不在日志中，工时未知；依据中给出停机期间少办的次数。",
        en="Unknown: whom a broken device sends to a counter is not in the log; the services it would "
        "have done "
        "are in the evidence.",
    ),
    example=Text(
        zh="6 台自助机应开 2520 小时，12 次故障共停 100 小时：可用率 96.0%，MTBF 202 小时，MTTR 8.3 小时。",
        en="Six kiosks, 2,520 scheduled hours, down for 100 in 12 failures: 96.0 %, MTBF 202 h, MTTR 8.3 h.",
    ),
    proposes=("kiosk_maintenance",),
)


def find_kiosk_availability(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """One finding a hall whose devices are available less than 98 %, from three failures on.

    `cases` = failures, `share` = of the scheduled hours, down. Devices without a hall are taken together.
    Raises `MissingColumnsError` without a log of devices (device, time, state).
    """
    NEEDS.check(log)
    devices = device_table(log, calendar, int(log_columns(log).time_ms.max()))
    halls = devices["hall"].where(devices["hall"].notna(), "")
    found = []
    for hall, of_hall in devices.groupby(halls, sort=True):
        whole = reliability(of_hall)
        if (
            whole.failures >= MIN_FAILURES
            and whole.scheduled_hours
            and whole.availability < ALARM_AVAILABILITY
        ):
            found.append(_finding(log, calendar, str(hall), of_hall, whole))
    return found


def _finding(
    log: EventLog, calendar: WorkingCalendar, hall: str, devices: pd.DataFrame, whole: Reliability
) -> Finding:
    low, high = whole.availability_interval
    worst = devices.assign(down=devices["down_hours"] / (devices["up_hours"] + devices["down_hours"]))
    worst = worst[worst["down_hours"] > 0].sort_values("down", ascending=False, kind="stable")
    names: list[JsonValue] = [str(name) for name in worst["device_id"].iloc[:MAX_DEVICES]]
    where: dict[str, JsonValue] = {"devices": names, **({"hall": hall} if hall else {})}
    repair = "" if whole.mttr_hours is None else f"{whole.mttr_hours:.1f}"
    at, fallback = _kiosk_events(log, hall)
    return Finding(
        kind="kiosk_availability",
        title=Text(
            zh=f"{hall}自助设备可用率 {whole.availability:.1%}，故障 {whole.failures} 次"
            + (f"，平均 {repair} 小时修复" if repair else "，均未修复"),
            en=f"Self-service devices{f' of {hall}' if hall else ''} work {whole.availability:.1%} of the "
            "time: "
            f"{whole.failures} failures, " + (f"{repair} hours to repair" if repair else "none repaired"),
        ),
        where=where,
        cases=whole.failures,
        share=rounded(1 - whole.availability),
        **lost_hours(None),
        effect=Effect(
            name="kiosk_availability_share",
            value=whole.availability,
            low=low,
            high=high,
            n=whole.failures,
        ),
        evidence={
            **_reliability_evidence(whole, worst),
            **_use(log, calendar, at, fallback, whole),
        },
        example_cases=examples(log_columns(log).case_ids[log_columns(log).case[at[fallback]]]),
        proposes=(Proposal(lever="kiosk_maintenance", parameters=where),),
    )


def _reliability_evidence(whole: Reliability, worst: pd.DataFrame) -> dict[str, JsonValue]:
    availability, mtbf, mttr = whole.availability_interval, whole.mtbf_interval, whole.mttr_interval
    return {
        "kiosk_availability_share": rounded(whole.availability),
        "kiosk_availability_share_low": rounded(availability[0]),
        "kiosk_availability_share_high": rounded(availability[1]),
        "devices_observed": whole.devices,
        "device_up_hours": rounded(whole.up_hours, 1),
        "device_down_hours": rounded(whole.down_hours, 1),
        "device_failures": whole.failures,
        "device_repairs": whole.repairs,
        "mtbf_hours": rounded(whole.mtbf_hours, 1),
        "mtbf_hours_low": rounded(mtbf[0], 1),
        "mtbf_hours_high": rounded(mtbf[1], 1),
        "mttr_hours": rounded(whole.mttr_hours, 1),
        "mttr_hours_low": rounded(mttr[0], 1),
        "mttr_hours_high": rounded(mttr[1], 1),
        "down_hours_by_device": {
            str(name): round(float(hours), 1)
            for name, hours in worst[["device_id", "down_hours"]].iloc[:MAX_DEVICES].itertuples(index=False)
        },
    }


def _kiosk_events(log: EventLog, hall: str) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the events at kiosks (of this hall, if the events know halls), and which fell back."""
    if not log.has("place"):
        return np.zeros(0, "int64"), np.zeros(0, bool)
    here = (log.events["place"] == KIOSK).to_numpy(dtype=bool)
    if hall and log.has("hall"):
        here = here & (log.events["hall"] == hall).to_numpy(dtype=bool)
    at = np.flatnonzero(here)
    return at, _fell_back(log, at)


def _fell_back(log: EventLog, at: np.ndarray) -> np.ndarray:
    """Whether the journey went on at a counter later that day: with the same step, or for want of a pass."""
    columns = log_columns(log)
    journey, _ = pd.factorize(journey_ids(log))
    begin = np.where(columns.start_ms == UNKNOWN_MS, columns.time_ms, columns.start_ms)
    counter = np.flatnonzero((log.events["place"] == COUNTER).to_numpy(dtype=bool))
    day = begin // MS_PER_DAY - int(begin.min()) // MS_PER_DAY
    journey_day = journey * (int(day.max()) + 1) + day
    any_step = _comes_later(journey_day, begin, at, counter)
    same_step = _comes_later(journey_day * columns.n_activities + columns.activity, begin, at, counter)
    if not log.has("result"):
        return same_step
    result = log.events["result"].iloc[at]
    return same_step | (any_step & (result.notna() & (result != PASS)).to_numpy(dtype=bool))


def _comes_later(key: np.ndarray, begin_ms: np.ndarray, at: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether an event of `other` with the same key begins no earlier than each event of `at`."""
    latest = pd.Series(begin_ms[other]).groupby(key[other]).max()
    last = latest.reindex(key[at]).to_numpy(dtype="float64")
    return np.nan_to_num(last, nan=-np.inf) >= begin_ms[at]


def _use(
    log: EventLog, calendar: WorkingCalendar, at: np.ndarray, fallback: np.ndarray, whole: Reliability
) -> dict[str, JsonValue]:
    """Waits, fallbacks and help at the kiosks; nothing where the log's events know no kiosk."""
    if at.size == 0:
        return {}
    wait = event_times(log, calendar).wait_ms[at]
    known = wait[wait != UNKNOWN_MS] / MS_PER_MINUTE
    effect = share_effect("kiosk_fallback_share", int(fallback.sum()), at.size)
    helped = log.events["officer"].iloc[at].notna().to_numpy() if log.has("officer") else None
    # services before the devices' log begins say nothing of its hours
    first = milliseconds(log.devices.dropna(subset=["ts"]), "ts").min()
    observed = np.count_nonzero(log_columns(log).time_ms[at] >= first)
    return {
        "kiosk_services": int(at.size),
        "kiosk_wait_minutes_mean": rounded(float(known.mean()), 1) if known.size else None,
        "kiosk_wait_minutes_p90": rounded(float(np.quantile(known, 0.9)), 1) if known.size else None,
        "kiosk_fallback_share": rounded(effect.value),
        "kiosk_fallback_share_low": rounded(effect.low),
        "kiosk_fallback_share_high": rounded(effect.high),
        "kiosk_assisted_share": None if helped is None else rounded(float(helped.mean())),
        "services_missed_while_down": rounded(observed / whole.up_hours * whole.down_hours, 0)
        if whole.up_hours
        else None,
    }

"""Appointments (预约): who booked and did not come, who came when, and how long the others wait.

A booked ticket is due once its slot lies before the end of the log. It is a no-show if nobody was served and
nobody checked in: `ts_ticket` of a booked ticket is the check-in. Where every booked ticket has one (the
machine writes the time of booking), check-ins are not recorded and an abandoned ticket (弃号) counts as a
no-show; which of the two was read is in the evidence. Who checked in and left is counted apart.

Punctuality = check-in minus slot, more than 15 minutes early or late. Wait of a booked ticket = call (else
start) minus the later of slot and check-in; of one drawn on the spot = call minus ticket. Tickets drawn from
afar (远程) are in neither. The interval of the difference comes from drawing the days again.

Example: of 100 booked slots 25 are empty: no-show 25 % (17.5 to 34.3 %). Walk-ins wait 50 minutes, those with
an appointment 10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import JsonValue

from mining.columns import UNKNOWN_MS, log_columns, milliseconds
from mining.diagnostics.definition import Definition
from mining.diagnostics.shared import Needs, examples, lost_hours, rounded, share_effect, yearly_factor
from mining.event_log import BOOKED, SERVED, TICKET_ABANDONED, TICKET_RETURNED, WALK_IN, EventLog
from mining.findings import Effect, Finding, Proposal
from mining.resampling import mean_difference_interval
from mining.statistics import wilson_interval
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_MINUTE, WorkingCalendar

NEEDS = Needs(
    purpose=Text(zh="统计预约爽约与守时", en="looking at appointments"),
    tables=("tickets.ticket_type", "tickets.ts_booked"),
)
ALARM_NO_SHOW = 0.10
ALARM_LONGER_MINUTES = 15.0
"""Reported if more booked slots than this stay empty, if walk-ins wait longer than this (assumptions)."""
PUNCTUAL_MINUTES = 15.0
MIN_TICKETS = 30
MAX_QUEUES = 5

DEFINITION = Definition(
    ids=("D23",),
    name=Text(zh="预约爽约与排队公平", en="Appointments: no-shows and walk-ins"),
    kinds=("no_shows", "walk_ins_wait_longer"),
    definition=Text(
        zh="已到预约时段而未到场的预约占比；现场取号者比预约者多等的分钟数；到场早晚超过 15 分钟的占比。",
        en="Share of the booked slots nobody came for; minutes walk-ins wait longer than people with an "
        "appointment; shares who came more than 15 minutes early or late.",
    ),
    formula=Text(
        zh="爽约率 = 爽约 ÷ 已到时段的预约（Wilson 区间）；预约等待 = 叫号 −（时段与签到较晚者）；现场等待"
        " = 叫号 − 取号",
        en="no-show rate = no-shows / booked slots that are past (Wilson); wait booked = call - later of "
        "slot and "
        "check-in; wait on the spot = call - ticket (difference: bootstrap by day)",
    ),
    needs=NEEDS.columns,
    better_with=(
        "tickets.ts_ticket",
        "tickets.ts_call or tickets.ts_start",
        "tickets.status",
        "tickets.ts_end",
    ),
    alarm=Text(
        zh=f"爽约率 95% 区间下限高于 {ALARM_NO_SHOW:.0%}；现场取号者多等的 95% 区间下限高于 "
        f"{ALARM_LONGER_MINUTES:g} 分钟；"
        f"各不少于 {MIN_TICKETS} 张号",
        en=f"low end of the 95 % interval of no-shows above {ALARM_NO_SHOW:.0%}, of what walk-ins wait "
        "longer above "
        f"{ALARM_LONGER_MINUTES:g} minutes; at least {MIN_TICKETS} tickets each",
    ),
    hours=Text(
        zh="人员：每次爽约空出的一次平均办理时间（至多，窗口可能已改叫现场号）。",
        en="Officials: one mean service for each empty slot, at most: the counter may have called a walk-in.",
    ),
    example=Text(
        zh="100 个预约时段中 25 个无人到场：爽约率 25%（17.5%–34.3%）。",
        en="Of 100 booked slots 25 stay empty: 25 % (17.5 to 34.3 %).",
    ),
    proposes=("appointments",),
)


@dataclass(frozen=True)
class Booked:
    """Booked tickets whose slot is past, one value each; times in ms."""

    rows: pd.DataFrame
    no_show: np.ndarray  # bool
    left: np.ndarray  # bool: checked in, and left unserved
    read_from: str  # the column that tells who came


def find_appointments(log: EventLog, calendar: WorkingCalendar) -> list[Finding]:
    """`no_shows` above 10 %, `walk_ins_wait_longer` above 15 minutes, both at the low end of the interval.

    `cases` = no-shows (walk-ins compared), `share` = of the booked slots that are past (None). Raises
    `MissingColumnsError` without types of tickets or booked slots.
    """
    NEEDS.check(log)
    booked = _booked(log)
    return [*_no_shows(log, calendar, booked), *_walk_ins_wait_longer(log)]


def _booked(log: EventLog) -> Booked:
    tickets = log.tickets
    slot = milliseconds(tickets, "ts_booked")
    past = (slot != UNKNOWN_MS) & (slot <= _end_of_log(log))
    rows = tickets[(tickets["ticket_type"] == BOOKED).to_numpy(dtype=bool) & past].reset_index(drop=True)
    status = rows["status"] if "status" in rows.columns else pd.Series(None, index=rows.index, dtype=object)
    told = status.isin([SERVED, TICKET_RETURNED]).to_numpy(dtype=bool)
    served = told | (milliseconds(rows, "ts_start") != UNKNOWN_MS)
    abandoned = (status == TICKET_ABANDONED).to_numpy(dtype=bool)
    checked_in = milliseconds(rows, "ts_ticket") != UNKNOWN_MS
    if bool((~checked_in).any()):
        return Booked(rows, ~served & ~checked_in, checked_in & abandoned & ~served, "ts_ticket")
    return Booked(rows, ~served & abandoned, np.zeros(len(rows), bool), "status")


def _end_of_log(log: EventLog) -> int:
    """The last moment a ticket or an event tells of."""
    columns = ("ts_ticket", "ts_call", "ts_start", "ts_end")
    latest = [int(milliseconds(log.tickets, name).max()) for name in columns if len(log.tickets)]
    return max([int(log_columns(log).time_ms.max()), *latest])


def _no_shows(log: EventLog, calendar: WorkingCalendar, booked: Booked) -> list[Finding]:
    n, hits = len(booked.rows), int(booked.no_show.sum())
    low, _ = wilson_interval(hits, n)
    if n < MIN_TICKETS or low <= ALARM_NO_SHOW:
        return []
    effect = share_effect("no_show_share", hits, n)
    minutes = _service_minutes(log)
    hours = None if minutes is None else hits * minutes / 60
    empty = booked.rows[booked.no_show]
    return [
        Finding(
            kind="no_shows",
            title=Text(
                zh=f"预约爽约率 {effect.value:.0%}",
                en=f"{effect.value:.0%} of the booked slots stay empty",
            ),
            where=_queues(empty),
            cases=hits,
            share=rounded(effect.value),
            **lost_hours(yearly_factor(log, calendar), official=hours),
            effect=effect,
            evidence={
                "booked_slots_past": n,
                "no_shows": hits,
                "no_show_share": rounded(effect.value),
                "no_show_share_low": rounded(effect.low),
                "no_show_share_high": rounded(effect.high),
                "no_shows_read_from": booked.read_from,
                "checked_in_and_left": int(booked.left.sum()),
                "booked_share": rounded(_booked_share(log)),
                **_punctuality(booked),
                "booked_service_minutes_mean": rounded(minutes, 1),
            },
            example_cases=examples(empty["case_id"].dropna()) if "case_id" in empty.columns else (),
            proposes=(
                Proposal(
                    lever="appointments",
                    parameters={"no_show_share": rounded(effect.value)},
                    caution=Text(
                        zh="加约过多会让守约的人久等：先用提醒与释放时段，再考虑超额预约。",
                        en="Overbooking makes those wait who keep their appointment: remind people and "
                        "release "
                        "empty slots first.",
                    ),
                ),
            ),
        )
    ]


def _booked_share(log: EventLog) -> float:
    known = log.tickets["ticket_type"].dropna()
    return float((known == BOOKED).mean())


def _queues(rows: pd.DataFrame) -> dict[str, JsonValue]:
    if "business" not in rows.columns:
        return {}
    return {"queues": [str(name) for name in rows["business"].value_counts().index[:MAX_QUEUES]]}


def _service_minutes(log: EventLog) -> float | None:
    """Mean minutes of a service of a booked ticket, else of any; None where the log does not tell."""
    spent = milliseconds(log.tickets, "ts_end") - milliseconds(log.tickets, "ts_start")
    known = log.tickets[["ticket_type"]].assign(minutes=spent / MS_PER_MINUTE)
    known = known[(milliseconds(log.tickets, "ts_start") != UNKNOWN_MS) & (spent > 0)]
    known = known[known["minutes"] < MS_PER_DAY / MS_PER_MINUTE]
    booked = known[known["ticket_type"] == BOOKED]
    chosen = booked if len(booked) else known
    return float(chosen["minutes"].mean()) if len(chosen) else None


def _punctuality(booked: Booked) -> dict[str, JsonValue]:
    """How far from their slot those who checked in on its day came; nothing where check-ins are unknown."""
    if booked.read_from != "ts_ticket":
        return {}
    slot, came = milliseconds(booked.rows, "ts_booked"), milliseconds(booked.rows, "ts_ticket")
    same_day = (came != UNKNOWN_MS) & (came // MS_PER_DAY == slot // MS_PER_DAY)
    if not same_day.any():
        return {}
    minutes = (came - slot)[same_day] / MS_PER_MINUTE
    return {
        "came_early_share": rounded(float((minutes < -PUNCTUAL_MINUTES).mean())),
        "came_late_share": rounded(float((minutes > PUNCTUAL_MINUTES).mean())),
        "minutes_after_slot_median": rounded(float(np.median(minutes)), 1),
        "minutes_after_slot_p90": rounded(float(np.quantile(minutes, 0.9)), 1),
    }


def _waits(log: EventLog) -> pd.DataFrame:
    """Waits of booked and walk-in tickets called on the day they were for: booked (bool), minutes, day."""
    tickets = log.tickets
    slot, came = milliseconds(tickets, "ts_booked"), milliseconds(tickets, "ts_ticket")
    call, start = milliseconds(tickets, "ts_call"), milliseconds(tickets, "ts_start")
    call = np.where(call == UNKNOWN_MS, start, call)
    booked = (tickets["ticket_type"] == BOOKED).to_numpy(dtype=bool)
    walk_in = (tickets["ticket_type"] == WALK_IN).to_numpy(dtype=bool)
    begin = np.where(booked, np.maximum(slot, came), came)  # UNKNOWN_MS is the smallest number
    begin = np.where(booked & (slot == UNKNOWN_MS), UNKNOWN_MS, begin)
    known = (booked | walk_in) & (call != UNKNOWN_MS) & (begin != UNKNOWN_MS)
    known &= (call >= begin) | booked  # somebody called before the slot did not wait
    known &= call // MS_PER_DAY == begin // MS_PER_DAY
    wait = np.maximum(call[known] - begin[known], 0) / MS_PER_MINUTE
    return pd.DataFrame({"booked": booked[known], "minutes": wait, "day": call[known] // MS_PER_DAY})


def _walk_ins_wait_longer(log: EventLog) -> list[Finding]:
    waits = _waits(log)
    walk_in = ~waits["booked"].to_numpy()
    n_walk_in, n_booked = int(walk_in.sum()), int((~walk_in).sum())
    if min(n_walk_in, n_booked) < MIN_TICKETS:
        return []
    minutes = waits["minutes"].to_numpy()
    low, high = mean_difference_interval(waits["day"].to_numpy(), minutes, walk_in)
    if low is None or low <= ALARM_LONGER_MINUTES:
        return []
    on_spot, by_slot = minutes[walk_in], minutes[~walk_in]
    longer = float(on_spot.mean() - by_slot.mean())
    return [
        Finding(
            kind="walk_ins_wait_longer",
            title=Text(
                zh=f"现场取号者平均多等 {longer:.0f} 分钟",
                en=f"Walk-ins wait {longer:.0f} minutes longer than people with an appointment",
            ),
            where=_queues(log.tickets[log.tickets["ticket_type"] == WALK_IN]),
            cases=n_walk_in,
            share=None,
            **lost_hours(None),
            effect=Effect(name="walk_in_longer_minutes_mean", value=longer, low=low, high=high, n=len(waits)),
            evidence={
                "walk_in_longer_minutes_mean": rounded(longer, 1),
                "walk_in_longer_minutes_mean_low": rounded(low, 1),
                "walk_in_longer_minutes_mean_high": rounded(high, 1),
                "walk_ins_compared": n_walk_in,
                "booked_compared": n_booked,
                "walk_in_wait_minutes_mean": rounded(float(on_spot.mean()), 1),
                "walk_in_wait_minutes_p90": rounded(float(np.quantile(on_spot, 0.9)), 1),
                "booked_wait_minutes_mean": rounded(float(by_slot.mean()), 1),
                "booked_wait_minutes_p90": rounded(float(np.quantile(by_slot, 0.9)), 1),
                "booked_share": rounded(_booked_share(log)),
            },
            proposes=(
                Proposal(
                    lever="appointments",
                    parameters={"booked_share": rounded(_booked_share(log))},
                    caution=Text(
                        zh="预约本应少等：过大的差距说明预约名额过多或现场号总被后叫，须留出现场窗口。",
                        en="People with an appointment are to wait less; this much means too many slots "
                        "are booked "
                        "or walk-ins are always called last: keep counters for them.",
                    ),
                ),
            ),
        )
    ]

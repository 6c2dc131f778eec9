"""The queue machine: one ticket a service at a counter, and tickets nobody was served on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mining.event_log import (
    BOOKED,
    PASS,
    SERVED,
    TICKET_ABANDONED,
    TICKET_RETURNED,
    WALK_IN,
    EventLog,
    empty_table,
)
from mining.event_log import TICKET_COLUMNS as COLUMNS
from sample_logs.noise import uniforms
from sample_logs.planting.setting import Setting, at_counters

SLOT = "30min"
FIRST_FILE_ROW = 2


def write_tickets(log: EventLog, setting: Setting) -> EventLog:
    """The machine's own table, in place of that of the run; none where the hall has no machine. It does not
    know cases, as queue machines do not.

    People who booked and never came, and people who left before they were called, stand beside a ticket
    that was served: same queue, same time.
    """
    plan = setting.planted.tickets
    if plan is None:
        return replace(log, tickets=empty_table(COLUMNS))
    services = at_counters(log).sort_values(["ts_ticket", "file_row"], kind="stable")
    services = services[services["ts_ticket"].notna()].reset_index(drop=True)
    chance = {
        purpose: uniforms(setting.seed, f"tickets/{purpose}", services["case_id"], services["file_row"])
        for purpose in ("booked", "no_show", "abandoned")
    }
    booked = chance["booked"] < plan.booked_share
    # one more beside a served one with odds share / (1 - share): of all tickets of its kind the share
    no_show = booked & (chance["no_show"] < _odds(plan.no_show_share))
    gave_up = ~booked & (chance["abandoned"] < _odds(plan.abandoned_share))
    served = _rows(services, booked)
    missing = served[no_show].assign(ts_ticket=pd.NaT)
    left = served[gave_up]
    nobody = pd.concat([missing, left]).assign(
        ts_call=pd.NaT, ts_start=pd.NaT, ts_end=pd.NaT, window=None, officer=None, status=TICKET_ABANDONED
    )
    return replace(log, tickets=_numbered(pd.concat([served, nobody]), log.events))


def _odds(share: float) -> float:
    return share / (1 - share)


def _rows(services: pd.DataFrame, booked: np.ndarray) -> pd.DataFrame:
    slot = services["ts_ticket"].dt.floor(SLOT)
    passed = (services["result"].isna() | (services["result"] == PASS)).to_numpy()
    return pd.DataFrame(
        {
            "business": services["dept"],
            "window": services["window"],
            "officer": services["officer"],
            "ts_ticket": services["ts_ticket"],
            "ts_call": services["ts_start"],
            "ts_start": services["ts_start"],
            "ts_end": services["ts_end"],
            "status": np.where(passed, SERVED, TICKET_RETURNED),
            "ticket_type": np.where(booked, BOOKED, WALK_IN),
            "ts_booked": slot.where(booked),
        }
    )


def _numbered(table: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """In the order in which people came or were to come, numbered within queue and day: "A012"."""
    came = table["ts_ticket"].fillna(table["ts_booked"])
    table = table.assign(_came=came).sort_values(["_came", "business", "status"], kind="stable")
    letters = {name: chr(ord("A") + n) for n, name in enumerate(sorted(table["business"].unique()))}
    nth = table.groupby(["business", table["_came"].dt.date]).cumcount() + 1
    number = table["business"].map(letters) + nth.astype(str).str.zfill(3)
    table = table.assign(ticket_no=number).drop(columns="_came").reset_index(drop=True)
    table = table.astype({name: COLUMNS[name] for name in table.columns})
    table["file_row"] = table.index + FIRST_FILE_ROW
    return table[[name for name in COLUMNS if name in table.columns]]


def true_tickets(log: EventLog, setting: Setting) -> dict[str, object]:
    """Tickets of the machine, those booked, and people who did not come or left."""
    tickets = log.tickets
    if tickets.empty:
        return {}
    booked, gone = tickets["ticket_type"] == BOOKED, tickets["status"] == TICKET_ABANDONED
    return {
        "tickets": len(tickets),
        "booked": int(booked.sum()),
        "no_shows": int((booked & gone).sum()),
        "left_before_the_call": int((~booked & gone).sum()),
    }

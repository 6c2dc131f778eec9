"""The same log as departments export it: one case an item (事项), nothing says what belongs together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mining.event_log import CATALOG_COLUMNS, CLOCK_STOP_COLUMNS, PASS, TIME_DTYPE, EventLog, empty_table
from sample_logs.planting.setting import Setting


def by_item(log: EventLog, setting: Setting) -> EventLog:
    """Each case cut into its items of `Planted.items`; steps of no item are left out.

    An item is applied for with its first ticket or service, accepted where its steps tell and else with its
    first step, and finished with its last decision that passed (collecting is not on the clock).
    `applicant_hash` is all that items of one case have in common; queue machines and devices stay.
    """
    number = {step: n for n, item in enumerate(setting.planted.items.values()) for step in item.steps}
    names = np.array([*setting.planted.items], dtype=object)
    events, materials = _cut(log.events, number), _cut(log.materials, number)
    events = events.assign(item_name=pd.Series(names[events["item"]], index=events.index, dtype="str"))
    more = ["item", "whole_case"]
    return replace(
        log,
        events=events.drop(columns=more),
        cases=_cases(events, log, setting),
        materials=materials.drop(columns=more),
        clock_stops=empty_table(CLOCK_STOP_COLUMNS),
        catalog=empty_table(CATALOG_COLUMNS),
        reviews=log.reviews.drop(columns="case_id"),
        complaints=log.complaints.drop(columns="case_id"),
    )


def _cut(table: pd.DataFrame, number: dict[str, int]) -> pd.DataFrame:
    """Rows of steps that are part of an item, the number of the item behind the case id."""
    item = table["activity"].map(number)
    table = table[item.notna()].assign(item=item.dropna().astype("int64"), whole_case=table["case_id"])
    names = table["case_id"] + "-" + (table["item"] + 1).astype(str)
    return table.assign(case_id=names).reset_index(drop=True)


def _cases(events: pd.DataFrame, log: EventLog, setting: Setting) -> pd.DataFrame:
    first = events.drop_duplicates("case_id").reset_index(drop=True)
    groups = events.groupby("case_id")
    accept = groups["ts_accept"].min() if "ts_accept" in events.columns else groups["ts_end"].min()
    people = log.cases.set_index("case_id")["applicant_hash"]
    days = [item.promised_working_days for item in setting.planted.items.values()]
    limit = np.array(days, dtype="float64")[first["item"]]
    finish = first["case_id"].map(_finishes(events)).astype(TIME_DTYPE)
    return first[["case_id", "item_name", "channel"]].assign(
        applicant_hash=first["whole_case"].map(people),
        ts_apply=first["ts_ticket"].fillna(first["ts_start"]),
        ts_accept=first["case_id"].map(accept).astype(TIME_DTYPE),
        ts_finish=finish,
        final_result=pd.Series(PASS, index=first.index, dtype="str").where(finish.notna()),
        limit_promised=limit,
        limit_statutory=2 * limit,
    )


def _finishes(events: pd.DataFrame) -> pd.Series:
    """The last decision of each item if it passed; the last event of items in which nobody decides."""
    decided = events[events["result"].notna()].drop_duplicates("case_id", keep="last").set_index("case_id")
    others = events[~events["case_id"].isin(decided.index)].groupby("case_id")["ts_end"].max()
    return pd.concat([decided.loc[decided["result"] == PASS, "ts_end"], others])

"""Exports of queue machines: a table of tickets beside a log, or a log of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.event_log import (
    ABANDON,
    BOOKED,
    PASS,
    REJECT,
    REMOTE_TICKET,
    SERVED,
    TICKET_ABANDONED,
    TICKET_COLUMNS,
    TICKET_RETURNED,
    TIME_DTYPE,
    WALK_IN,
)
from mining.reading.arrow_text import text_array
from mining.reading.choices import ColumnChoices
from mining.reading.durations import add_times_from_durations
from mining.reading.mapping import HeaderMap
from mining.reading.more_tables import finish_table, ratings_of
from mining.reading.notes import Notes, listed
from mining.reading.raw import RawTable
from mining.reading.table_columns import drop_unusable, read_columns
from mining.reading.ticket_times import CLOCKS, in_order, past_midnight, with_whole_times
from mining.reading.values import map_values, map_words, word_map

SERVICE = "窗口办理"  # the one step of a ticket: 取号, 叫号 and 办理 are its times
_TIMES = {**TICKET_COLUMNS, "ts_left": TIME_DTYPE}
STATUS_WORDS = word_map(
    {
        "等待": "等待 等待中 排队中 未叫号 waiting",
        "叫号": "叫号 已叫号 呼叫 called",
        "办理": "办理 办理中 正在办理 受理中 serving",
        SERVED: "完成 已完成 办结 已办结 已办理 办理完成 3完成受理 完成受理 结束 served completed done agent",
        TICKET_ABANDONED: "弃号 过号 空号 已过号 已弃号 未到 作废 abandoned abandon noshow no-show hang",
        TICKET_RETURNED: "退办 退件 退回 returned",
    }
)
TYPE_WORDS = word_map(
    {
        WALK_IN: "现场 现场取号 现场排队 取号机 walk-in walkin",
        REMOTE_TICKET: "远程 远程取号 网上取号 微信取号 手机取号 线上取号 remote online",
        BOOKED: "预约 预约取号 网上预约 booked appointment",
    }
)
_RESULTS = {SERVED: PASS, TICKET_ABANDONED: ABANDON, TICKET_RETURNED: REJECT}


@dataclass(frozen=True)
class Tickets:
    """A table of tickets, its headers, and the zone of its times (None: no time is known)."""

    table: pd.DataFrame
    mapped: HeaderMap
    zone: str | None


def read_tickets(raw: RawTable, choices: ColumnChoices, zone: str | None, salt: str, notes: Notes) -> Tickets:
    """The tickets with all columns of `TICKET_COLUMNS`.

    Served tickets get `ts_call` from `ts_left`, the moment they left the queue, abandoned ones `ts_end`.
    Raises `LogError` where no column tells a time.
    """
    own = Notes(raw.label, raw.rows_read, notes.mask)
    raw = with_whole_times(raw, choices, own)
    table = read_columns("tickets", raw, choices, _TIMES, salt, own, zone)
    frame = past_midnight(drop_unusable(table, raw, own), own)
    frame = _with_words(frame, choices, own)
    if "rating_1to5" in frame.columns:
        frame = frame.assign(rating_1to5=ratings_of(frame, table, raw, choices, own))
    frame = add_times_from_durations(frame, table.mapped, own)
    frame = _left_the_queue(_with_status(frame, own))
    frame = _known_services(in_order(frame, own), own)
    notes.issues.extend(own.issues)
    notes.rejected.extend(own.rejected)
    return Tickets(finish_table("tickets", frame), table.mapped, table.zone)


def _with_words(frame: pd.DataFrame, choices: ColumnChoices, notes: Notes) -> pd.DataFrame:
    changed: dict[str, pd.Series] = {}
    for name, words in _WORDS.items():
        if name not in frame.columns:
            continue
        mapped, unknown = map_words(frame[name], words, choices.values.get(name, {}))
        changed[name] = mapped.mask(mapped == "")
        if not words:
            continue
        shown = listed(unknown, at_most=12)
        notes.add(
            f"unknown_{name}",
            "info",
            zh=f"列 {name} 中未识别的词原样保留：{shown}；可在列映射文件的 values.{name} 中写明含义。",
            en=f"words of column {name} that are not known are kept as written: {shown}; "
            f"say what they mean under values.{name} in the columns file.",
            rows=int(frame[name].isin(unknown).sum()),
        )
    return frame.assign(**changed)


_WORDS: dict[str, Mapping[str, str]] = {
    "status": STATUS_WORDS,
    "ticket_type": TYPE_WORDS,
    **{name: {} for name in ("business", "hall", "window", "officer", "priority")},
}


def _with_status(frame: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """Tickets without a status that have a start and an end are served; the others stay unknown."""
    if "ts_start" not in frame.columns or "ts_end" not in frame.columns:
        return frame
    status = frame["status"] if "status" in frame.columns else pd.Series(index=frame.index, dtype="str")
    served = status.isna() & frame["ts_start"].notna() & frame["ts_end"].notna()
    notes.add(
        "status_from_times",
        "info",
        zh=f"没有状态、但有开始和结束时间的号：视为“{SERVED}”。",
        en=f"tickets without a status that have a start and an end are taken as served ({SERVED}).",
        rows=int(served.sum()),
    )
    return frame.assign(status=status.mask(served, SERVED))


def _left_the_queue(frame: pd.DataFrame) -> pd.DataFrame:
    if "ts_left" not in frame.columns:
        return frame
    unknown = pd.Series(pd.NaT, index=frame.index, dtype=TIME_DTYPE)
    status = frame.get("status", pd.Series(index=frame.index, dtype="str"))
    call, end = (frame.get(name, unknown) for name in ("ts_call", "ts_end"))
    gone = status == TICKET_ABANDONED
    return frame.assign(
        ts_call=call.fillna(frame["ts_left"].mask(gone)),
        ts_end=end.mask(gone, frame["ts_left"]).fillna(end),
    )


def _known_services(frame: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """Without the start of a service that would end before it begins, and of abandoned tickets."""
    if "ts_start" not in frame.columns:
        return frame
    status = frame.get("status", pd.Series(index=frame.index, dtype="str"))
    unserved = (status == TICKET_ABANDONED) & frame["ts_start"].notna()
    notes.add(
        "abandoned_with_start",
        "info",
        zh="弃号却有开始服务时间：人未办理，开始时间不采用。",
        en="abandoned tickets with a start of service: nobody was served, the start is not taken.",
        rows=int(unserved.sum()),
        examples=(f"row {row}" for row in frame["file_row"][unserved]),
    )
    start = frame["ts_start"].mask(unserved)
    if "ts_end" not in frame.columns:
        return frame.assign(ts_start=start)
    backwards = frame["ts_end"] < start
    notes.add(
        "end_before_start",
        "warning",
        zh=f"{notes.file}：结束早于开始，开始时间按未知处理。",
        en=f"{notes.file}: the end is before the start; the start is taken as unknown.",
        rows=int(backwards.sum()),
        examples=(f"row {row}" for row in frame["file_row"][backwards]),
    )
    return frame.assign(ts_start=start.mask(backwards))


def ticket_day(tickets: pd.DataFrame) -> pd.Series:
    """The day of each ticket as text, by its first known time."""
    moment = tickets["ts_ticket"]
    for name in CLOCKS:
        if name in tickets.columns:
            moment = moment.fillna(tickets[name])
    return moment.dt.strftime("%Y-%m-%d").astype("str")


def ticket_log(tickets: pd.DataFrame, raw: RawTable, notes: Notes) -> RawTable:
    """Tickets as a table of events: one event a ticket, its case the number with its day (and hall).

    Numbers begin again each day and in each hall; one that still comes twice gets `#2`, `#3` behind it. An
    abandoned ticket has neither start nor end, its time is when it was called, left the queue or was drawn.
    """
    case_ids = _case_ids(tickets, notes)
    abandoned = tickets["status"] == TICKET_ABANDONED
    end = tickets["ts_end"].mask(abandoned)
    moment = tickets["ts_end"]
    for name in ("ts_start", "ts_call", "ts_ticket"):
        moment = moment.fillna(tickets[name])
    frame = tickets.assign(
        case_id=case_ids,
        activity=SERVICE,
        item_name=tickets["business"],
        time=moment,
        ts_end=end,
        result=map_values(tickets["status"], lambda status: _RESULTS.get(status, status)),
    )
    kept = [name for name in _EVENT_COLUMNS if frame[name].notna().any()]
    columns = {name: _as_arrow(frame[name]) for name in kept}
    return RawTable(raw.file, raw.format, pa.table(columns), tickets["file_row"].to_numpy(), raw.encoding)


_EVENT_COLUMNS = (
    *("case_id", "activity", "time", "ts_ticket", "ts_call", "ts_start", "ts_end", "item_name"),
    *("hall", "window", "officer", "ticket_no", "result", "rating_1to5"),
)


def _as_arrow(column: pd.Series) -> pa.Array:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return pa.array(column)
    if pd.api.types.is_float_dtype(column.dtype):
        return text_array(column.map("{:.0f}".format, na_action="ignore"))
    return text_array(column)


def _case_ids(tickets: pd.DataFrame, notes: Notes) -> pd.Series:
    number = tickets["ticket_no"].fillna("row " + tickets["file_row"].astype("str"))
    key = ticket_day(tickets) + "/" + number
    key = (tickets["hall"] + "/" + key).where(tickets["hall"].notna(), key)
    turn = key.groupby(key).cumcount()
    again = turn > 0
    notes.add(
        "tickets_share_number",
        "warning",
        zh="同日同厅同号的票：各为一件，后者编号加 #2、#3。",
        en="tickets with the number of another one of the same day and hall: each is a case, later ones are "
        "numbered #2, #3.",
        rows=int(again.sum()),
        of_rows=len(tickets),
        examples=(
            f"row {row}: {name}" for row, name in zip(tickets["file_row"][again], key[again], strict=True)
        ),
    )
    return key.where(~again, key + "#" + (turn + 1).astype("str"))


def link_tickets(
    tickets: pd.DataFrame, events: pd.DataFrame, notes: Notes
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tickets with the case of the events that carry their number on their day (and in their hall), those
    that name a case with that one.

    The first event of a ticket gets the ticket's `ts_ticket` and `ts_call` where it has none. Tickets without
    an event or a case of the log, and numbers that stand for several tickets, are counted and given no case.
    """
    of_known_case = tickets["case_id"].isin(events["case_id"]).to_numpy()
    if "ticket_no" not in events.columns:
        _note_unlinked(tickets, of_known_case, 0, 0, notes)
        return tickets, events
    by_hall = tickets["hall"].notna().all() and "hall" in events.columns and events["hall"].notna().all()
    ticket_key = _key(tickets["ticket_no"], ticket_day(tickets), tickets["hall"] if by_hall else None)
    event_day = events["time"].dt.strftime("%Y-%m-%d")
    event_key = _key(events["ticket_no"], event_day, events["hall"] if by_hall else None)
    unclear = ticket_key.duplicated(keep=False) & ticket_key.notna()
    unique = pd.Series(np.arange(len(tickets)), index=ticket_key.mask(unclear)).loc[lambda s: s.index.notna()]
    ticket_of_event = event_key.map(unique)
    linked = ticket_of_event.dropna().astype("int64")
    case_of_ticket = events.loc[linked.index, "case_id"].groupby(linked).first()
    case_id = tickets["case_id"].fillna(case_of_ticket.reindex(tickets.index).astype("str"))
    has_event = np.isin(np.arange(len(tickets)), linked.to_numpy()) | of_known_case
    _note_unlinked(
        tickets,
        has_event,
        int((unclear & ~has_event).sum()),
        int((events["ticket_no"].notna() & ticket_of_event.isna()).sum()),
        notes,
    )
    return tickets.assign(case_id=case_id), _with_queue_times(events, tickets, linked, notes)


def _key(number: pd.Series, day: pd.Series, hall: pd.Series | None) -> pd.Series:
    key = number + "/" + day
    return key if hall is None else hall + "/" + key


def _with_queue_times(
    events: pd.DataFrame, tickets: pd.DataFrame, linked: pd.Series, notes: Notes
) -> pd.DataFrame:
    by_time = linked.loc[events.loc[linked.index, "time"].sort_values(kind="stable").index]
    first = by_time[~by_time.duplicated()].sort_index()
    for name in ("ts_ticket", "ts_call"):
        old = events[name] if name in events.columns else pd.Series(pd.NaT, events.index, dtype=TIME_DTYPE)
        found = pd.Series(tickets[name].to_numpy()[first.to_numpy()], index=first.index).reindex(events.index)
        filled = old.isna() & found.notna() & (found <= events["time"])
        notes.add(
            f"{name}_from_tickets",
            "info",
            zh=f"环节缺少的 {name} 取自排队叫号表（每个号的第一个环节）。",
            en=f"missing {name} of events is that of their ticket (the first event of each ticket).",
            rows=int(filled.sum()),
        )
        if filled.any():
            events = events.assign(**{name: old.mask(filled, found).astype(TIME_DTYPE)})
    return events


def _note_unlinked(
    tickets: pd.DataFrame, linked: np.ndarray, n_unclear: int, n_events: int, notes: Notes
) -> None:
    notes.add(
        "tickets_without_event",
        "info",
        zh=f"没有对应环节的号，仍保留在排队叫号表中（其中 {n_unclear:,} 个号当日重复，无法确定）。",
        en=f"tickets without an event of the log, kept among the tickets ({n_unclear:,} of them carry a "
        "number that comes twice on their day, so that none can be chosen).",
        rows=int((~linked).sum()),
        of_rows=len(tickets),
        examples=(f"row {row}" for row in tickets["file_row"][~linked]),
    )
    notes.add(
        "events_without_ticket",
        "warning",
        zh="有票号、但排队叫号表中没有该号（同日同厅）的环节。",
        en="events with a ticket number that is not among the tickets of their day (and hall).",
        rows=n_events,
    )

"""Start and complete rows of the same work, joined into one event with both times."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.reading.coded import as_text
from mining.reading.notes import Notes, listed
from mining.reading.values import LIFECYCLE_WORDS, fold_word, map_values

START, COMPLETE, OTHER = "start", "complete", "other"


def apply_lifecycle(frame: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """Events with `ts_start` and `ts_end` from rows with one `time` and a life-cycle transition.

    Starts and completions of one case and step are paired first in, first out: within the same instance
    id, what is left within the same officer, what is left then within the step. An unpaired start is an event
    without an end and the other way round. Where a column of starts or ends exists, nothing is paired. A log
    whose transitions are neither start nor complete (as states of a ticket) keeps all rows as ends.
    """
    if "time" not in frame.columns or "ts_end" in frame.columns:
        return frame
    if "lifecycle" not in frame.columns:
        return frame.rename(columns={"time": "ts_end"})
    kind = _kinds(frame["lifecycle"])
    if not np.isin(kind, (START, COMPLETE)).any():
        return frame.rename(columns={"time": "ts_end"})
    both = START in kind and COMPLETE in kind
    frame, kind = _set_aside_others(frame, kind, notes) if both else (frame, kind)
    is_start = kind == START
    has_starts = "ts_start" in frame.columns
    own_start = frame["ts_start"] if has_starts else pd.NaT
    frame = frame.assign(
        ts_end=frame["time"].mask(is_start),
        ts_start=frame["time"].where(is_start, own_start).astype(frame["time"].dtype),
    ).drop(columns="time")
    return _paired(frame, is_start, notes) if both and not has_starts else frame


def _kinds(lifecycle: pd.Series) -> np.ndarray:
    kinds = map_values(lifecycle, lambda word: LIFECYCLE_WORDS.get(fold_word(word), OTHER))
    return as_text(kinds).fillna(COMPLETE).to_numpy(dtype=object)


def _set_aside_others(frame: pd.DataFrame, kind: np.ndarray, notes: Notes) -> tuple[pd.DataFrame, np.ndarray]:
    other = kind == OTHER
    names = listed(sorted(frame["lifecycle"][other].dropna().unique()))
    notes.add(
        "transitions_set_aside",
        "warning",
        zh=f"除开始与完成外的状态行未计入事件：{names}。",
        en=f"rows of other transitions than start and complete are not events: {names}.",
        rows=int(other.sum()),
    )
    return frame[~other], kind[~other]


def _paired(frame: pd.DataFrame, is_start: np.ndarray, notes: Notes) -> pd.DataFrame:
    base = pd.factorize(frame["case_id"])[0] * (frame["activity"].nunique() + 1)
    base = base + pd.factorize(frame["activity"])[0]
    time = frame["ts_end"].fillna(frame["ts_start"]).to_numpy().astype("int64")
    row = frame["file_row"].to_numpy()
    partner = np.full(len(frame), -1)  # of each completion: the position of its start
    free = np.ones(len(frame), bool)
    for column in ("instance", "officer", None):
        if column is not None and column not in frame.columns:
            continue
        refined = np.flatnonzero(free)
        keys = base[refined]
        if column is not None:
            code = pd.factorize(frame[column])[0][refined]
            refined, keys = refined[code >= 0], (keys * (code.max(initial=0) + 1) + code)[code >= 0]
        starts, ends = _first_in_first_out(keys, time[refined], ~is_start[refined], row[refined])
        partner[refined[ends]] = refined[starts]
        free[refined[starts]] = free[refined[ends]] = False
    return _merged(frame, partner, free & is_start, free & ~is_start, notes)


def _first_in_first_out(
    keys: np.ndarray, time: np.ndarray, is_end: np.ndarray, row: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Positions of starts and of the ends that take them, oldest start first, within each key.

    An end with no open start before it stays alone: it is a new minimum of starts minus ends so far.
    """
    order = np.lexsort((row, is_end, time, keys))
    group = np.cumsum(np.r_[False, keys[order][1:] != keys[order][:-1]]) if order.size else order
    step = np.where(is_end[order], -1, 1)
    balance = np.cumsum(step)
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if order.size else order
    balance = balance - (balance[first] - step[first])[group]
    # one running minimum for all groups: each lies below everything before it
    drop = group * (2 * order.size + 2)
    lowest = np.minimum(np.minimum.accumulate(balance - drop) + drop, 0) if order.size else balance
    before = np.r_[0, lowest[:-1]] if order.size else lowest
    before[first] = 0
    alone = is_end[order] & (lowest < before)
    starts, ends = order[~is_end[order]], order[is_end[order] & ~alone]
    start_group, end_group = group[~is_end[order]], group[is_end[order] & ~alone]
    start_rank, end_rank = _rank(start_group), _rank(end_group)
    width = max(order.size, 1)
    _, taken, taking = np.intersect1d(
        start_group * width + start_rank,
        end_group * width + end_rank,
        assume_unique=True,
        return_indices=True,
    )
    return starts[taken], ends[taking]


def _rank(groups: np.ndarray) -> np.ndarray:
    """Position within its group, from 0; `groups` is sorted."""
    if not groups.size:
        return groups
    first = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    return np.arange(groups.size) - np.repeat(first, np.diff(np.r_[first, groups.size]))


def _merged(
    frame: pd.DataFrame, partner: np.ndarray, open_start: np.ndarray, lone_end: np.ndarray, notes: Notes
) -> pd.DataFrame:
    ends = np.flatnonzero(partner >= 0)
    starts = partner[ends]
    merged = frame.iloc[ends].reset_index(drop=True)
    of_start = frame.iloc[starts].reset_index(drop=True)
    merged = merged.assign(
        **{name: merged[name].fillna(of_start[name]) for name in merged.columns if name != "ts_end"}
    )
    notes.add(
        "start_rows_merged",
        "info",
        zh="开始行与完成行已配对合并为一个事件（先进先出）；开始行不再单独计数。",
        en="start rows joined with their completion into one event, first in, first out; "
        "they are not events of their own.",
        rows=ends.size,
    )
    _note_alone(frame["file_row"].to_numpy(), open_start, lone_end, notes)
    return pd.concat([merged, frame[open_start | lone_end]], ignore_index=True)


def _note_alone(file_rows: np.ndarray, open_start: np.ndarray, lone_end: np.ndarray, notes: Notes) -> None:
    notes.add(
        "start_without_complete",
        "warning",
        zh="有开始而没有完成的行：结束时间未知。",
        en="starts without a completion: the end is unknown.",
        rows=int(open_start.sum()),
        examples=(f"row {row}" for row in file_rows[open_start]),
    )
    notes.add(
        "complete_without_start",
        "warning",
        zh="有完成而没有开始的行：开始时间未知。",
        en="completions without a start: the start is unknown.",
        rows=int(lone_end.sum()),
        examples=(f"row {row}" for row in file_rows[lone_end]),
    )

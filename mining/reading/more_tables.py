"""The tables of `event_log.MORE_TABLES` but for tickets, each read from a file of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from mining.deadlines import WORKING_DAYS
from mining.event_log import DOWN, MORE_TABLES, OFF, TIME_DTYPE, UP
from mining.reading.arrow_text import is_in
from mining.reading.choices import ColumnChoices
from mining.reading.materials import map_sources, numbers
from mining.reading.notes import Notes, listed
from mining.reading.privacy import hash_applicants, safe_hashes
from mining.reading.ratings import read_ratings
from mining.reading.raw import RawTable
from mining.reading.standard_codes import decode
from mining.reading.table_columns import NAMES, TableColumns, drop_unusable, read_columns
from mining.reading.table_kinds import is_national
from mining.reading.values import (
    fold_word,
    map_values,
    map_words,
    read_limit_days,
    read_limit_units,
    word_map,
)

DEVICE_WORDS = word_map(
    {
        UP: "up 正常 在线 运行 运行中 可用 恢复 online ok running",
        DOWN: "down 故障 离线 异常 报警 维修 停机 offline fault error",
        OFF: "off 关机 停用 下班 未开机 计划停机 disabled",
    }
)
_YES_NO = {
    **dict.fromkeys(("1", "是", "有", "支持", "可", "yes", "true", "y"), "yes"),
    **dict.fromkeys(("0", "否", "无", "不支持", "不可", "no", "false", "n"), "no"),
}


def read_more_table(
    kind: str, raw: RawTable, choices: ColumnChoices, zone: str, salt: str, notes: Notes
) -> pd.DataFrame:
    """One of the tables with all its columns typed; raises `LogError` where it cannot be used."""
    own = Notes(raw.file, raw.rows_read, notes.mask)
    table = read_columns(kind, raw, choices, MORE_TABLES[kind], salt, own, zone)
    _note_unmapped(kind, table, own)
    frame = drop_unusable(table, raw, own)
    frame = _READERS[kind](frame, table, raw, choices, salt, own)
    notes.issues.extend(own.issues)
    notes.rejected.extend(own.rejected)
    return finish_table(kind, frame)


def finish_table(kind: str, frame: pd.DataFrame) -> pd.DataFrame:
    """All columns of a table of `MORE_TABLES` in their order, with their types."""
    typed = {
        name: frame[name].astype(dtype)
        if name in frame.columns
        else pd.Series(pd.NaT if dtype == TIME_DTYPE else np.nan, frame.index).astype(dtype)
        for name, dtype in MORE_TABLES[kind].items()
    }
    return pd.DataFrame(typed).reset_index(drop=True)


def note_strangers(kind: str, frame: pd.DataFrame, case_ids: pd.Series, notes: Notes) -> pd.DataFrame:
    """Count rows of cases that are not in the log; those of stops are left out, all others kept."""
    stranger = frame["case_id"].notna() & ~is_in(frame["case_id"], case_ids)
    name, left_out = NAMES[kind], kind == "clock_stops"
    notes.add(
        f"{kind}_without_case",
        "warning" if left_out else "info",
        zh=f"{name.zh}中有行的办件不在日志里，{'未读入' if left_out else '仍保留'}。",
        en=f"rows of the {name.en} belong to cases that are not in the log; "
        f"{'left out' if left_out else 'kept all the same'}.",
        rows=int(stranger.sum()),
        of_rows=len(frame),
        examples=(
            f"row {row}: case {case}"
            for row, case in zip(frame["file_row"][stranger], frame["case_id"][stranger], strict=True)
        ),
    )
    return frame[~stranger].reset_index(drop=True) if left_out else frame


def _note_unmapped(kind: str, table: TableColumns, notes: Notes) -> None:
    # who complains is hashed, and noted where that is done
    left = [*table.mapped.unmapped, *([] if kind == "complaints" else table.mapped.identity)]
    notes.add(
        "unread_columns",
        "info",
        zh=f"{notes.file} 中未读入的列：{listed(left)}。",
        en=f"columns of {notes.file} that are not read: {listed(left)}.",
        rows=len(left) and notes.of_rows,
    )


def _clock_stops(
    frame: pd.DataFrame, table: TableColumns, raw: RawTable, choices: ColumnChoices, salt: str, notes: Notes
) -> pd.DataFrame:
    if "kind" in frame.columns:
        national = is_national(raw.title)
        kind, _ = map_words(frame["kind"], {}, choices.values.get("kind", {}))
        frame = frame.assign(kind=decode(kind, "kind", table.header("kind"), national, notes))
    if "ts_end" not in frame.columns:
        return frame
    backwards = frame["ts_end"] < frame["ts_start"]
    notes.add(
        "stop_ends_before_start",
        "warning",
        zh="特别程序的结束早于开始：结束按未知处理。",
        en="stops of the clock that end before they begin: the end is taken as unknown.",
        rows=int(backwards.sum()),
        examples=(f"row {row}" for row in frame["file_row"][backwards]),
    )
    return frame.assign(ts_end=frame["ts_end"].mask(backwards))


def _reviews(
    frame: pd.DataFrame, table: TableColumns, raw: RawTable, choices: ColumnChoices, salt: str, notes: Notes
) -> pd.DataFrame:
    return frame.assign(rating_1to5=ratings_of(frame, table, raw, choices, notes))


def ratings_of(
    frame: pd.DataFrame, table: TableColumns, raw: RawTable, choices: ColumnChoices, notes: Notes
) -> pd.Series:
    """The ratings of a table, 5 the best."""
    chosen: Mapping[str, str] = choices.values.get("rating_1to5", {})
    header = table.header("rating_1to5")
    return read_ratings(frame["rating_1to5"], header, chosen, notes, is_national(raw.title))


def _complaints(
    frame: pd.DataFrame, table: TableColumns, raw: RawTable, choices: ColumnChoices, salt: str, notes: Notes
) -> pd.DataFrame:
    if "limit_promised" in frame.columns:
        frame = frame.assign(limit_promised=read_limit_days(frame["limit_promised"]))
    if "applicant_hash" in frame.columns:
        return frame.assign(applicant_hash=safe_hashes(frame["applicant_hash"], salt))
    hashes = hash_applicants(raw, table.mapped.identity, salt, notes)
    return frame if hashes is None else frame.assign(applicant_hash=hashes.reindex(frame.index))


def _catalog(
    frame: pd.DataFrame, table: TableColumns, raw: RawTable, choices: ColumnChoices, salt: str, notes: Notes
) -> pd.DataFrame:
    national = is_national(raw.title)
    changed: dict[str, pd.Series] = {}
    for name in ("limit_statutory", "limit_promised"):
        if name in frame.columns:
            changed[name] = _limit_days(frame, name, notes)
    if "visits_promised" in frame.columns:
        changed["visits_promised"] = numbers(frame["visits_promised"])
    for name in ("case_type", "source"):
        if name in frame.columns:
            changed[name] = decode(frame[name], name, table.header(name), national, notes)
    if "e_licence" in frame.columns:
        changed["e_licence"] = map_values(frame["e_licence"], lambda word: _YES_NO.get(fold_word(word)))
    return map_sources(frame.assign(**changed), choices.values.get("source", {}), notes)


def _limit_days(frame: pd.DataFrame, name: str, notes: Notes) -> pd.Series:
    """Working days; a limit in calendar days, hours or months is left out."""
    days = read_limit_days(frame[name])
    written = read_limit_units(frame[name])
    if f"{name}_unit" in frame.columns:
        unit = frame[f"{name}_unit"]
        coded = unit.str.fullmatch(r"[0-9A-Za-z]{1,2}", na=False)
        codes = listed(sorted(set(unit[coded])))
        notes.add(
            "limit_unit_assumed",
            "info",
            zh=f"列 {name} 的单位为代码（{codes}），按工作日读取。",
            en=f"the unit of column {name} is a code ({codes}); read as working days.",
            rows=int((coded & days.notna()).sum()),
        )
        written = written.fillna(read_limit_units(unit).fillna(unit.mask(coded)))
    other = written.notna() & (written != WORKING_DAYS) & days.notna()
    shown = listed(sorted(set(written[other])))
    notes.add(
        "limit_in_other_units",
        "warning",
        zh=f"列 {name} 有时限的单位不是工作日（{shown}），未读入。",
        en=f"limits in column {name} with another unit than working days ({shown}) are left out.",
        rows=int(other.sum()),
    )
    return days.mask(other)


def _devices(
    frame: pd.DataFrame, table: TableColumns, raw: RawTable, choices: ColumnChoices, salt: str, notes: Notes
) -> pd.DataFrame:
    state, unknown = map_words(frame["state"], DEVICE_WORDS, choices.values.get("state", {}))
    notes.add(
        "unknown_state",
        "info",
        zh=f"设备状态中未识别的词原样保留：{listed(unknown, at_most=12)}。",
        en=f"states of devices that are not known are kept as written: {listed(unknown, at_most=12)}.",
        rows=int(frame["state"].isin(unknown).sum()),
    )
    return frame.assign(state=state).sort_values(["device_id", "ts", "file_row"])


_READERS = {
    "clock_stops": _clock_stops,
    "reviews": _reviews,
    "complaints": _complaints,
    "catalog": _catalog,
    "devices": _devices,
}


def joined_catalog(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One catalogue of several tables: documents of one with the limits of the item in another.

    Items are matched by their code, else by their name. Items without documents keep a row of their own.
    """
    if len(tables) == 1:
        return tables[0]
    every = pd.concat(tables, ignore_index=True)
    item = every["item_code"].fillna(every["item_name"])
    has_document = every["material_name"].notna()
    of_item = every.groupby(item, sort=False)[_OF_ITEM].first()
    filled = {
        name: every[name].fillna(item.map(of_item[name]).astype(every[name].dtype)) for name in _OF_ITEM
    }
    every = every.assign(**filled)
    with_documents = set(item[has_document])
    return every[has_document | ~item.isin(with_documents)].reset_index(drop=True)


_OF_ITEM = ["item_name", "dept", "case_type", "limit_statutory", "limit_promised", "visits_promised"]


def limits_of_catalog(cases: pd.DataFrame, catalog: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """Cases with the kind and the limits of their item where they had none of their own; counted."""
    item = next((name for name in ("item_code", "item_name") if _shared(cases, catalog, name)), None)
    if item is None:
        return cases
    of_item = catalog.dropna(subset=[item]).groupby(item, sort=False)[["case_type", *_LIMITS]].first()
    for name in ("case_type", *_LIMITS):
        found = cases[item].map(of_item[name])
        if not found.notna().any():
            continue
        old = cases[name] if name in cases.columns else pd.Series(np.nan, cases.index)
        new = old.astype(of_item[name].dtype).fillna(found.astype(of_item[name].dtype))
        notes.add(
            f"{name}_from_catalog",
            "info",
            zh=f"办件缺少的 {name} 取自事项目录（行数为办件数）。",
            en=f"missing {name} of cases is that of their item in the catalogue (rows counts cases).",
            rows=int((old.isna() & new.notna()).sum()),
            of_rows=len(cases),
        )
        cases = cases.assign(**{name: new})
    return cases


_LIMITS = ["limit_statutory", "limit_promised"]


def _shared(cases: pd.DataFrame, catalog: pd.DataFrame, name: str) -> bool:
    return name in cases.columns and bool(cases[name].isin(catalog[name].dropna()).any())

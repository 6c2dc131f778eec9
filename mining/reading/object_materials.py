"""Materials of an object-centric log: documents handed in with an event, and documents an event made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.reading.aliases import MATERIAL_ALIASES, fold_header, split_words
from mining.reading.arrow_text import is_in, text_array
from mining.reading.notes import Notes
from mining.reading.object_log import ObjectLog
from mining.reading.object_values import as_moments, in_time, last_values, wide
from mining.reading.raw import RawTable

MATERIAL_WORDS = split_words(
    "材料 证照 证件 证明 附件 文书 表单 执照 批文 申请表 document documents material materials certificate "
    "certificates licence licences license licenses attachment attachments"
)
ISSUED_WORDS = split_words(
    "出具 发放 颁发 核发 签发 产出 issue issued output produce produced create created"
)


def material_types_of(types: pd.Series, named: Sequence[str]) -> list[str]:
    """The types that are materials: those named, else those whose name ends in a word for a document."""
    if named:
        return list(named)
    words = [fold_header(word) for word in MATERIAL_WORDS]
    return [kind for kind in types.unique() if fold_header(kind).endswith(tuple(words))]


def _material_relations(log: ObjectLog, materials: Sequence[str]) -> pd.DataFrame:
    """Relations of events to materials, with whether the event made the document."""
    objects = log.objects["object"][is_in(log.objects["type"], materials)]
    related = log.event_objects[is_in(log.event_objects["object"], objects)]
    words = [fold_header(word) for word in ISSUED_WORDS]
    made = {
        qualifier: any(word in fold_header(qualifier) for word in words)
        for qualifier in related["qualifier"].unique()
    }
    return related.assign(issued=related["qualifier"].map(made).astype(bool))


def _names(log: ObjectLog, materials: Sequence[str]) -> pd.Series:
    """The name of each material: an attribute that is one, else its type, or its id for a general type."""
    objects = log.objects[is_in(log.objects["type"], materials)].set_index("object")
    values = last_values(log, objects.index)
    aliases = {fold_header(name) for name in (*MATERIAL_ALIASES["material_name"], *_NAME_HEADERS)}
    general = {fold_header(word) for word in MATERIAL_WORDS}
    ids = objects.index.to_series()
    name = objects["type"].where(~objects["type"].map(fold_header).isin(general), ids)
    for column in values.columns:
        if fold_header(column) in aliases:
            name = values[column].fillna(name)
    return name


_NAME_HEADERS = ("name", "名称", "title", "证照名称")


def issued_documents(log: ObjectLog, materials: Sequence[str]) -> pd.Series | None:
    """Names of the documents each event made, joined by `;`; None where no event made any."""
    related = _material_relations(log, materials)
    made = related[related["issued"]]
    if not len(made):
        return None
    return made.assign(name=made["object"].map(_names(log, materials))).groupby("event")["name"].agg(";".join)


def material_table(
    log: ObjectLog, pairs: pd.DataFrame, materials: Sequence[str], notes: Notes
) -> RawTable | None:
    """Materials as a table of their own: one row a document and event, with its attributes at that time.

    A document that no event touches, but an object relation ties to a case, has a row without a step.
    """
    objects = log.objects["object"][is_in(log.objects["type"], materials)]
    if not len(objects):
        return None
    handed = _material_relations(log, materials)
    touched = set(handed["object"])
    handed = handed[~handed["issued"]].merge(pairs, on="event")
    steps = log.events.set_index("event")
    table = handed.assign(
        activity=handed["event"].map(steps["type"]), ts_received=handed["event"].map(steps["time"])
    )
    tied = _tied_to_cases(log, objects[~is_in(objects, touched)], pairs)
    lost = objects[~is_in(objects, touched) & ~is_in(objects, tied["object"])]
    notes.add(
        "materials_without_case",
        "warning",
        zh="没有任何事件或办件涉及的材料对象，未读入。",
        en="material objects that neither an event nor a case is tied to; left out.",
        rows=len(lost),
        of_rows=len(objects),
        examples=lost,
    )
    rows = pd.concat([table, tied], ignore_index=True)
    if not len(rows):
        return None
    values = _values_at(log, rows)
    names = {fold_header(name) for name in (*MATERIAL_ALIASES["material_name"], *_NAME_HEADERS)}
    columns = {
        "case_id": rows["case"],
        "material_name": rows["object"].map(_names(log, materials)),
        "activity": rows["activity"],
        "ts_received": rows["ts_received"],
    }
    columns |= {
        name: values[name]
        for name in values.columns
        if fold_header(name) not in names and name not in columns
    }
    return RawTable(
        file=log.file,
        format="ocel",
        table=pa.table({name: text_array(column) for name, column in columns.items()}),
        file_rows=rows["row"].to_numpy().astype("int64") + 1,
    )


def _tied_to_cases(log: ObjectLog, objects: pd.Series, pairs: pd.DataFrame) -> pd.DataFrame:
    both = pd.concat(
        [log.object_objects, log.object_objects.rename(columns={"source": "target", "target": "source"})]
    )
    tied = both[is_in(both["source"], objects) & is_in(both["target"], pairs["case"])]
    tied = tied.drop_duplicates(["source", "target"])
    missing = pd.Series([None] * len(tied), dtype="str")
    return pd.DataFrame(
        {
            "object": tied["source"].to_numpy(),
            "case": tied["target"].to_numpy(),
            "activity": missing,
            "ts_received": missing,
            "row": len(log.events) + np.arange(len(tied)),
        }
    )


def _values_at(log: ObjectLog, rows: pd.DataFrame) -> pd.DataFrame:
    """The attributes of the object in each row as they were at its time: the last value before it."""
    history = in_time(log.object_values[is_in(log.object_values["object"], rows["object"])])
    latest = wide(history, "object").reindex(rows["object"]).reset_index(drop=True)
    changing = history[history.duplicated(["object", "name"], keep=False)]
    moment = as_moments(rows["ts_received"])
    begin = pd.Timestamp(0, tz="UTC")
    for name, values in changing.groupby("name"):
        left = pd.DataFrame({"object": rows["object"], "moment": moment, "at": np.arange(len(rows))})
        left = left[left["moment"].notna()].sort_values("moment", kind="stable")
        right = values.assign(moment=values["moment"].fillna(begin)).sort_values("moment", kind="stable")
        found = pd.merge_asof(
            left, right[["object", "moment", "value"]], on="moment", by="object", direction="backward"
        ).dropna(subset=["value"])
        latest.loc[found["at"].to_numpy(), name] = found["value"].to_numpy()
    return latest

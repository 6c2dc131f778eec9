"""From an object-centric log to a log of cases: one type of object is the case, materials become materials.

An event that touches several cases stands in each of them (convergence), one that touches none is left out;
both are counted. Attributes of the case object become attributes of the case, ids of other objects columns
of the event where their type names one (员工, window, department).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from mining.errors import LogError
from mining.reading.aliases import EVENT_ALIASES, fold_aliases, fold_header
from mining.reading.arrow_text import is_in, text_array
from mining.reading.notes import Notes, listed
from mining.reading.object_log import ObjectLog
from mining.reading.object_materials import issued_documents, material_table, material_types_of
from mining.reading.object_values import last_values, wide
from mining.reading.raw import CASE_PREFIX, RawTable

_ID, _ACTIVITY, _TIME, _CASE = "ocel:eid", "concept:name", "time:timestamp", "case:concept:name"


@dataclass(frozen=True)
class Flattened:
    """Events of cases in the shape of an XES file, and the materials handed in with them, if any."""

    events: RawTable
    materials: RawTable | None
    object_type: str


def flatten_objects(
    log: ObjectLog, object_type: str | None, material_types: Sequence[str], notes: Notes
) -> Flattened:
    """The log of the cases that objects of `object_type` are.

    Without `object_type` it is the type of which most events touch exactly one object, among equals the one
    with fewer objects, materials left out. Raises `LogError` for a type that is not there, listing those that
    are.
    """
    log = _consistent(log, notes)
    types = _types(log)
    materials = material_types_of(types, material_types)
    chosen = object_type if object_type is not None else _default_type(log, types, materials)
    _check_types(log, types, [chosen, *material_types])
    _note_choice(log, types, chosen, object_type, materials, notes)
    pairs = _pairs(log, chosen, notes)
    return Flattened(
        _events(log, pairs, chosen, materials), material_table(log, pairs, materials, notes), chosen
    )


def _consistent(log: ObjectLog, notes: Notes) -> ObjectLog:
    """Without repeated ids and relations to what is not there; both counted."""
    again = log.events["event"].duplicated()
    objects_again = log.objects["object"].duplicated()
    notes.add(
        "duplicate_ocel_ids",
        "warning",
        zh="编号重复的事件或对象：采用第一个。",
        en="events or objects that repeat an id: the first one counts.",
        rows=int(again.sum() + objects_again.sum()),
        of_rows=len(log.events) + len(log.objects),
        examples=[*log.events["event"][again], *log.objects["object"][objects_again]],
    )
    events, objects = log.events[~again].reset_index(drop=True), log.objects[~objects_again]
    relations = log.event_objects.drop_duplicates()
    dangling = ~is_in(relations["event"], events["event"]) | ~is_in(relations["object"], objects["object"])
    notes.add(
        "dangling_relations",
        "warning",
        zh="指向不存在的事件或对象的关系，未采用。",
        en="relations to events or objects that are not in the log; left out.",
        rows=int(dangling.sum()),
        of_rows=len(relations),
        examples=(
            f"{event} - {target}" for event, target in relations[dangling][["event", "object"]].to_numpy()
        ),
    )
    return ObjectLog(
        log.file,
        events,
        log.event_values,
        objects.reset_index(drop=True),
        log.object_values,
        relations[~dangling].reset_index(drop=True),
        log.object_objects,
    )


def _types(log: ObjectLog) -> pd.Series:
    """The type of each object."""
    return log.objects.set_index("object")["type"]


def _default_type(log: ObjectLog, types: pd.Series, materials: Sequence[str]) -> str:
    touched = log.event_objects.assign(type=log.event_objects["object"].map(types))
    touched = touched.drop_duplicates(["event", "object"])
    per_event = touched.groupby(["type", "event"], sort=True).size()
    exactly_one = (per_event == 1).groupby(level="type").sum()
    candidates = exactly_one[~exactly_one.index.isin(materials)]
    if not len(candidates) or not candidates.max():
        raise LogError(
            zh=f"{log.file}：没有哪类对象可作为办件（现有类型：{listed(sorted(types.unique())) or '无'}）。"
            "请用 --object-type 指定。",
            en=f"{log.file}: no type of object can be the case (types: "
            f"{listed(sorted(types.unique())) or 'none'}). Name one with --object-type.",
        )
    sizes = types.value_counts()
    return min(candidates.index, key=lambda kind: (-candidates[kind], sizes[kind], kind))


def _check_types(log: ObjectLog, types: pd.Series, wanted: Sequence[str]) -> None:
    there = set(types.unique())
    for kind in wanted:
        if kind not in there:
            found = listed(sorted(there))
            raise LogError(
                zh=f"{log.file}：没有类型为“{kind}”的对象，现有：{found}。",
                en=f"{log.file}: there are no objects of type {kind!r}, there are: {found}.",
            )


def _note_choice(
    log: ObjectLog, types: pd.Series, chosen: str, asked: str | None, materials: Sequence[str], notes: Notes
) -> None:
    counts = ", ".join(f"{kind} {count:,}" for kind, count in types.value_counts().items())
    how_zh = "按 --object-type" if asked else "因多数事件恰好涉及一个该类对象"
    how_en = "as asked" if asked else "because most events touch exactly one of them"
    notes.add(
        "object_type_chosen",
        "info",
        zh=f"办件取对象类型“{chosen}”（{how_zh}）。对象类型：{counts}。"
        f"作为材料的类型：{listed(materials) or '无'}。",
        en=f"cases are the objects of type {chosen!r} ({how_en}). Types of objects: {counts}. Types read as "
        f"materials: {listed(materials) or 'none'}.",
        rows=int((types == chosen).sum()),
        of_rows=len(types),
    )


def _pairs(log: ObjectLog, chosen: str, notes: Notes) -> pd.DataFrame:
    """One row an event in a case: `row` (of the event), `event`, `case`; in the order of the file."""
    objects = log.objects["object"][log.objects["type"] == chosen]
    related = log.event_objects[is_in(log.event_objects["object"], objects)]
    related = related.drop_duplicates(["event", "object"]).rename(columns={"object": "case"})
    row = pd.Series(np.arange(len(log.events)), index=log.events["event"])
    pairs = related.assign(row=related["event"].map(row)).sort_values("row", kind="stable")
    times = pairs["event"].value_counts()
    notes.add(
        "events_of_several_cases",
        "warning",
        zh=f"涉及多个办件的事件在每个办件中各出现一次（共 {len(pairs) - len(times):,} 行为重复计入）。",
        en=f"events that touch several cases stand in each of them ({len(pairs) - len(times):,} rows more).",
        rows=int((times > 1).sum()),
        of_rows=len(log.events),
        examples=(f"event {event}: {count} cases" for event, count in times[times > 1].items()),
    )
    outside = ~is_in(log.events["event"], pairs["event"])
    notes.add(
        "events_of_no_case",
        "warning",
        zh=f"与任何“{chosen}”都无关的事件，未计入日志。",
        en=f"events that touch no object of type {chosen!r} are not part of the log.",
        rows=int(outside.sum()),
        of_rows=len(log.events),
        examples=(f"event {event}" for event in log.events["event"][outside]),
    )
    silent = objects[~is_in(objects, pairs["case"])]
    notes.add(
        "objects_without_events",
        "warning",
        zh=f"类型为“{chosen}”、但没有任何事件的对象，不计为办件。",
        en=f"objects of type {chosen!r} without any event are no cases.",
        rows=len(silent),
        of_rows=len(objects),
        examples=silent,
    )
    if not len(pairs):
        raise LogError(
            zh=f"{log.file}：没有事件涉及类型为“{chosen}”的对象。",
            en=f"{log.file}: no event touches an object of type {chosen!r}.",
        )
    return pairs[["row", "event", "case"]].reset_index(drop=True)


def _events(log: ObjectLog, pairs: pd.DataFrame, chosen: str, materials: Sequence[str]) -> RawTable:
    of_event = log.events.set_index("event").loc[pairs["event"]]
    values = wide(log.event_values[is_in(log.event_values["event"], pairs["event"])], "event").reindex(
        pairs["event"]
    )
    columns: dict[str, pd.Series] = {
        _ID: pairs["event"],
        _CASE: pairs["case"],
        _ACTIVITY: of_event["type"],
        _TIME: of_event["time"],
    }
    columns |= {name: values[name] for name in values.columns if name not in columns}
    for name, ids in _named_objects(log, chosen, materials).items():
        if name not in columns:
            columns[name] = ids.reindex(pairs["event"])
    issued = issued_documents(log, materials)
    if issued is not None:
        columns["issues"] = issued.reindex(pairs["event"])
    codes, cases = pd.factorize(pairs["case"])
    attributes = last_values(log, cases)
    return RawTable(
        file=log.file,
        format="ocel",
        table=pa.table({name: text_array(values) for name, values in columns.items()}),
        file_rows=pairs["row"].to_numpy() + 1,
        traces=pa.table(
            {CASE_PREFIX + name: text_array(attributes[name]) for name in attributes.columns}
            or {CASE_PREFIX + "object type": pa.array([chosen] * len(cases), pa.large_string())}
        ),
        trace_of_row=codes.astype("int64"),
    )


def _named_objects(log: ObjectLog, chosen: str, materials: Sequence[str]) -> dict[str, pd.Series]:
    """Ids of objects whose type goes by the name of a column of events, several joined by `;`."""
    index = fold_aliases({name: EVENT_ALIASES[name] for name in _OBJECT_COLUMNS})
    kinds = log.objects.set_index("object")["type"]
    found: dict[str, pd.Series] = {}
    for kind in kinds.unique():
        if kind == chosen or kind in materials or fold_header(kind) not in index:
            continue
        related = log.event_objects[log.event_objects["object"].map(kinds) == kind]
        found[str(kind)] = related.groupby("event", sort=False)["object"].agg(";".join)
    return found


_OBJECT_COLUMNS = ("dept", "hall", "window", "officer", "item_name", "item_code", "ticket_no", "journey_id")

"""OCEL 2.0 as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from mining.errors import LogError
from mining.reading.encoding import to_utf8
from mining.reading.files import SourceFile
from mining.reading.limits import ReadLimits
from mining.reading.object_log import ObjectLog, ObjectLogRows, as_value


def read_ocel_json(source: SourceFile, limits: ReadLimits) -> ObjectLog:
    """The log in a JSON file; raises `LogError` naming the field where it is no JSON or no OCEL 2.0."""
    document = _document(source, limits)
    rows = ObjectLogRows(source.name)
    try:
        _read_objects(document["objects"], rows)
        _read_events(document["events"], rows)
        return rows.done()
    except (KeyError, TypeError, AttributeError, pa.ArrowException):
        raise _first_fault(document, source.name) from None


def _read_objects(objects: list[dict[str, Any]], rows: ObjectLogRows) -> None:
    for item in objects:
        name = item["id"]
        rows.objects.append((name, item["type"]))
        for value in item.get("attributes") or ():
            text = as_value(value.get("value"))
            if text is not None:
                rows.object_values.append((name, value["name"], value.get("time") or "", text))
        for relation in item.get("relationships") or ():
            rows.object_objects.append((name, relation["objectId"], relation.get("qualifier") or ""))


def _read_events(events: list[dict[str, Any]], rows: ObjectLogRows) -> None:
    for item in events:
        name = item["id"]
        rows.events.append((name, item["type"], item.get("time") or ""))
        for value in item.get("attributes") or ():
            text = as_value(value.get("value"))
            if text is not None:
                rows.event_values.append((name, value["name"], text))
        for relation in item.get("relationships") or ():
            rows.event_objects.append((name, relation["objectId"], relation.get("qualifier") or ""))


def _document(source: SourceFile, limits: ReadLimits) -> dict[str, Any]:
    text, _ = to_utf8(source.read_buffer(limits), source.name)
    try:
        document = json.loads(bytes(text))
    except (ValueError, RecursionError) as problem:
        raise LogError(
            zh=f"{source.name}：不是有效的 JSON（{problem}），文件可能不完整。",
            en=f"{source.name}: is no valid JSON ({problem}); the file may be incomplete.",
        ) from None
    if isinstance(document, dict) and "ocel:events" in document:
        raise LogError(
            zh=f"{source.name}：这是 OCEL 1.0，只支持 OCEL 2.0，请先转换。",
            en=f"{source.name}: is OCEL 1.0; only OCEL 2.0 is read, convert it first.",
        )
    if not isinstance(document, dict) or not {"events", "objects"} <= document.keys():
        found = ", ".join(list(document)[:10]) if isinstance(document, dict) else type(document).__name__
        raise LogError(
            zh=f"{source.name}：不是 OCEL 2.0：应含 events 与 objects，实际为 {found}。",
            en=f"{source.name}: is no OCEL 2.0 log: it must have events and objects, found {found}.",
        )
    return document


def _first_fault(document: dict[str, Any], file: str) -> LogError:
    """The first place where a document is not as it must be; looked for only where reading it failed."""
    for group in ("objects", "events"):
        for where, item in _entries(document[group], group, file):
            _check_texts(item, ("id", "type"), where, file)
            for at, value in _entries(item.get("attributes") or [], f"{where}.attributes", file):
                _check_texts(value, ("name",), at, file)
            for at, relation in _entries(item.get("relationships") or [], f"{where}.relationships", file):
                _check_texts(relation, ("objectId",), at, file)
    return _not_a(file, "time / qualifier", "text", "...")


def _entries(value: Any, where: str, file: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if not isinstance(value, list):
        raise _not_a(file, where, "[...]", value)
    for position, entry in enumerate(value):
        at = f"{where}[{position}]"
        if not isinstance(entry, dict):
            raise _not_a(file, at, "{...}", entry)
        yield at, entry


def _check_texts(item: dict[str, Any], fields: tuple[str, ...], where: str, file: str) -> None:
    for field in fields:
        if not isinstance(item.get(field), str):
            raise _not_a(file, f"{where}.{field}", "text", item.get(field))


def _not_a(file: str, where: str, wanted: str, found: object) -> LogError:
    shown = f"{found!r:.60}"
    return LogError(
        zh=f"{file}：不是 OCEL 2.0：{where} 应为 {wanted}，实际为 {shown}。",
        en=f"{file}: is no OCEL 2.0 log: {where} must be {wanted}, found {shown}.",
    )

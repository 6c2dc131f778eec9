"""OCEL 2.0 as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mining.errors import LogError
from mining.reading.encoding import to_utf8
from mining.reading.files import SourceFile
from mining.reading.limits import ReadLimits
from mining.reading.object_log import ObjectLog, ObjectLogRows, as_value


def read_ocel_json(source: SourceFile, limits: ReadLimits) -> ObjectLog:
    """The log in a JSON file; raises `LogError` naming the field where it is no JSON or no OCEL 2.0."""
    document = _document(source, limits)
    rows = ObjectLogRows(source.name)
    for where, item in _items(document, "objects", source.name):
        name = _text(item, "id", where, source.name)
        rows.objects.append((name, _text(item, "type", where, source.name)))
        for at, value in _parts(item, "attributes", where, source.name):
            text = as_value(value.get("value"))
            if text is not None:
                attribute = _text(value, "name", at, source.name)
                rows.object_values.append((name, attribute, str(value.get("time") or ""), text))
        for at, relation in _parts(item, "relationships", where, source.name):
            target = _text(relation, "objectId", at, source.name)
            rows.object_objects.append((name, target, str(relation.get("qualifier") or "")))
    for where, item in _items(document, "events", source.name):
        name = _text(item, "id", where, source.name)
        rows.events.append((name, _text(item, "type", where, source.name), str(item.get("time") or "")))
        for at, value in _parts(item, "attributes", where, source.name):
            text = as_value(value.get("value"))
            if text is not None:
                rows.event_values.append((name, _text(value, "name", at, source.name), text))
        for at, relation in _parts(item, "relationships", where, source.name):
            target = _text(relation, "objectId", at, source.name)
            rows.event_objects.append((name, target, str(relation.get("qualifier") or "")))
    return rows.done()


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


def _items(document: dict[str, Any], field: str, file: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return _entries(document[field], field, file)


def _parts(item: dict[str, Any], field: str, where: str, file: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return _entries(item.get(field) or [], f"{where}.{field}", file)


def _entries(value: Any, where: str, file: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if not isinstance(value, list):
        raise _not_a(file, where, "[...]", value)
    for position, entry in enumerate(value):
        at = f"{where}[{position}]"
        if not isinstance(entry, dict):
            raise _not_a(file, at, "{...}", entry)
        yield at, entry


def _text(item: dict[str, Any], field: str, where: str, file: str) -> str:
    value = item.get(field)
    if not isinstance(value, str | int) or value == "":
        raise _not_a(file, f"{where}.{field}", "text", value)
    return str(value)


def _not_a(file: str, where: str, wanted: str, found: object) -> LogError:
    shown = f"{found!r:.60}"
    return LogError(
        zh=f"{file}：不是 OCEL 2.0：{where} 应为 {wanted}，实际为 {shown}。",
        en=f"{file}: is no OCEL 2.0 log: {where} must be {wanted}, found {shown}.",
    )

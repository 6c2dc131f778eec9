"""Documents of models with one feature left out: if the run then is another, the feature acted."""

from __future__ import annotations

from collections.abc import Callable

from generated_parts import Document

Change = Callable[[Document], Document]


def without(path: str, *names: str) -> Change:
    """Leaves out fields of every part in a list of the document ("steps"), or of the one part there."""

    def change(document: Document) -> Document:
        parts = document[path]
        if isinstance(parts, list):
            return {**document, path: [_less(part, names) for part in parts]}
        return {**document, path: _less(parts, names)}

    return change


def _less(part: Document, names: tuple[str, ...]) -> Document:
    return {key: value for key, value in part.items() if key not in names}


def same_calendars(document: Document) -> Document:
    """Staff and office keep the hours of the hall."""
    calendars = document["calendars"]
    hall = calendars["hall"]
    return {**document, "calendars": {**calendars, "staff": hall, "office": hall}}


def no_holidays(document: Document) -> Document:
    """Every week is like the other."""
    calendars = document["calendars"].items()
    return {**document, "calendars": {name: {"weekly": part["weekly"]} for name, part in calendars}}


def no_priorities(document: Document) -> Document:
    """Everybody is as urgent as the other."""
    return without("arrivals", "priority")(without("steps", "priority")(document))


def no_waits(document: Document) -> Document:
    """Waits take no time."""
    return _flow(document, lambda block: {"sequence": []} if "wait" in block else block)


def no_contexts(document: Document) -> Document:
    """Choices and loops do not look back."""

    def change(block: Document) -> Document:
        if "table" not in block:
            return block
        rows = [row for row in block["table"]["rows"] if not row["after"]]
        return {**block, "table": {"rows": rows}}

    return _flow(document, change)


def no_choices(document: Document) -> Document:
    """Always the first branch."""

    def change(block: Document) -> Document:
        if "choice" not in block:
            return block
        first = [1] + [0] * (len(block["choice"]) - 1)
        return {**block, "table": {"rows": [{"after": [], "weights": first}]}}

    return _flow(document, change)


def no_loops(document: Document) -> Document:
    """Everything once."""
    return _flow(document, lambda block: block.get("loop", block))


def no_parallels(document: Document) -> Document:
    """One branch after the other."""
    return _flow(document, lambda b: {"sequence": b["parallel"]} if "parallel" in b else b)


def no_rework(document: Document) -> Document:
    """Returns in parallel blocks are corrected one by one."""
    return _flow(document, lambda block: _less(block, ("rework",)))


def _flow(document: Document, change: Change) -> Document:
    return {**document, "flow": _every_block(document["flow"], change)}


def _every_block(block: Document, change: Change) -> Document:
    inside = dict(block)
    for kind in ("sequence", "parallel", "choice"):
        if kind in inside:
            inside[kind] = [_every_block(part, change) for part in inside[kind]]
    if "loop" in inside:
        inside["loop"] = _every_block(inside["loop"], change)
    return change(inside)

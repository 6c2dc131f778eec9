"""Parts that several pages share: the heading, the kind of a number, errors, evidence as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from pydantic import JsonValue

from dashboards.logs import OpenLog
from dashboards.markdown import plain
from dashboards.words import Words
from mining.errors import OnewindowError

SHARES = ("share", "rate", "bound", "similarity", "chance")


def page_heading(w: Words, title: str, intro: str) -> None:
    """Title, and one line for whom and what for; drawn before anything that takes time."""
    st.title(w(title), anchor=False)
    st.caption(w(intro))


def show_log_line(w: Words, opened: OpenLog) -> None:
    """Which log is looked at, how large it is, and of which kind its numbers are."""
    log = opened.log
    first, last = log.events["time"].min(), log.events["time"].max()
    kind = w("badge_sample") if opened.origin == "sample" else w("badge_measured")
    facts = w(
        "log_line",
        name=plain(log.name),
        cases=w.count(log.n_cases),
        events=w.count(log.n_events),
        first=f"{first:%Y-%m-%d}",
        last=f"{last:%Y-%m-%d}",
    )
    st.caption(f":blue-badge[{kind}] {facts}")


@contextmanager
def shown_errors(w: Words) -> Iterator[None]:
    """An `OnewindowError` inside becomes a sentence in a box, and the page stops there."""
    try:
        yield
    except OnewindowError as error:
        st.error(plain(error.in_language(w.language)), icon=":material/error:")
        st.stop()


def evidence_lines(evidence: dict[str, JsonValue], w: Words) -> list[str]:
    """Evidence as "name: value" lines in markdown, intervals beside values; what is empty is left out."""
    lines = []
    for key, value in evidence.items():
        base, is_low, is_high = key.removesuffix("_low"), key.endswith("_low"), key.endswith("_high")
        if is_high or (is_low and base in evidence) or value is None or value == []:
            continue
        low, high = evidence.get(f"{base}_low"), evidence.get(f"{base}_high")
        text = _shown(value, key, w)
        if low is not None and high is not None:
            bounds = {"low": _shown(low, base, w), "high": _shown(high, base, w)}
            text = (
                w("evidence_interval", **bounds)
                if is_low
                else w("evidence_value_interval", value=text, **bounds)
            )
        lines.append(f"- {_label(base, w)}: **{plain(text)}**")
    return lines


def _label(key: str, w: Words) -> str:
    return plain(_name(key, w))


def _name(key: str, w: Words) -> str:
    """The words for a key of evidence; a key without words, and a name from the log, as it is."""
    return w(f"evidence_{key}") if w.has(f"evidence_{key}") else key.replace("_", " ")


def _shown(value: JsonValue, key: str, w: Words) -> str:
    if value is None:
        return w("unknown_short")
    if isinstance(value, bool):
        return w("yes") if value else w("no")
    if isinstance(value, int):
        return w.count(value)
    if isinstance(value, float):
        return w.percent(value) if key.endswith(SHARES) else w.number(value, 1 if abs(value) >= 10 else 2)
    if isinstance(value, list):
        return w("list_separator").join(_shown(item, key, w) for item in value)
    if isinstance(value, dict):
        parts = (
            w("named_value", name=_name(inner, w), value=_shown(item, inner, w))
            for inner, item in value.items()
        )
        return w("list_separator").join(parts)
    return value

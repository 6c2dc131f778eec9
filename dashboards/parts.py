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
    """Evidence as "name: value" lines in markdown; nested values are flattened into their line."""
    return [f"- {_label(key, w)}: **{plain(_shown(value, key, w))}**" for key, value in evidence.items()]


def _label(key: str, w: Words) -> str:
    name = f"evidence_{key}"
    return w(name) if w.has(name) else plain(key.replace("_", " "))


def _shown(value: JsonValue, key: str, w: Words) -> str:
    if value is None:
        return w("unknown_short")
    if isinstance(value, bool):
        return w("yes") if value else w("no")
    if isinstance(value, int):
        return w.count(value)
    if isinstance(value, float):
        return w.percent(value) if key.endswith(SHARES) else w.number(value, 2)
    if isinstance(value, list):
        return w("list_separator").join(_shown(item, key, w) for item in value)
    if isinstance(value, dict):
        return w("list_separator").join(f"{inner} {_shown(item, inner, w)}" for inner, item in value.items())
    return value

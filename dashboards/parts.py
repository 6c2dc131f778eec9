"""Parts that several pages share: the heading, the kind of a number, errors, evidence as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from pydantic import JsonValue

from dashboards.evidence_words import evidence_facts
from dashboards.logs import OpenLog
from dashboards.markdown import plain
from dashboards.words import Words
from mining.errors import OnewindowError


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
    """Evidence as "name: value" lines in markdown."""
    return [f"- {plain(name)}: **{plain(value)}**" for name, value in evidence_facts(evidence, w)]

"""Analyst: follow one applicant through the halls, or watch the counters of a hall over a day."""

from __future__ import annotations

import streamlit as st

from dashboards import session
from dashboards.analyst.link import keep_in_link, start_from_link
from dashboards.analyst.watch_case import show_case
from dashboards.analyst.watch_day import show_day
from dashboards.analyst.watched_halls import choose_halls
from dashboards.parts import page_heading, show_log_line, shown_errors

VIEWS = ("case", "day")


def main() -> None:
    """Draw the page."""
    w = session.current_words()
    page_heading(w, "page_watch", "watch_intro")
    with shown_errors(w):
        opened = session.opened_log()
        show_log_line(w, opened)
        view_column, halls_column = st.columns([1.1, 3], vertical_alignment="bottom")
        with view_column:
            start_from_link("watch_view", "view", VIEWS, VIEWS[0])
            view = st.segmented_control(
                w("watch_view"),
                VIEWS,
                format_func=lambda name: w(f"watch_view_{name}"),
                required=True,
                key="watch_view",
            )
        with halls_column:
            halls = choose_halls(w, opened)
        keep_in_link("view", view)
        if view == "day":
            show_day(w, halls)
        else:
            show_case(w, halls)


if __name__ == "__main__":  # worker processes import the page file under another name
    main()

"""Before and after of a reform that was made: two measured logs, or one log and the date of the reform."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.leadership.measured_reform_results import (
    show_changes,
    show_drift,
    show_maps,
    show_measures,
    show_series,
)
from dashboards.logs import UPLOAD_TYPES, OpenLog, Upload, open_upload
from dashboards.markdown import plain
from dashboards.parts import page_heading, show_log_line, shown_errors
from dashboards.words import Words
from mining.event_log import EventLog
from mining.reform import LogContrast, contrast_at, contrast_logs, split_at
from mining.working_time import WorkingCalendar


@dataclass(frozen=True)
class Sides:
    """The two logs and what was found between them; `key` names their content."""

    key: str
    before: EventLog
    after: EventLog
    contrast: LogContrast


def main() -> None:
    """Draw the page."""
    w = session.current_words()
    page_heading(w, "page_measured_reform", "measured_reform_intro")
    with shown_errors(w):
        opened = session.opened_log()
        show_log_line(w, opened)
        calendar = session.quality_report(opened)[1]
        sides = choose(w, opened, calendar)
    if sides is None:
        return
    show_measures(w, sides.contrast)
    show_series(w, sides.contrast)
    show_maps(w, sides.before, sides.after, calendar, sides.key)
    show_changes(w, sides.contrast)
    show_drift(w, sides.contrast)
    st.subheader(w("rests_on_title"), anchor=False)
    st.markdown("\n".join(f"- {plain(w.of(text))}" for text in sides.contrast.cautions))


def choose(w: Words, opened: OpenLog, calendar: WorkingCalendar) -> Sides | None:
    """By the date of the reform or by a second log; None until one of them is told."""
    way = st.segmented_control(
        w("contrast_way"),
        ["date", "log"],
        format_func=lambda name: w(f"contrast_way_{name}"),
        default="date",
        required=True,
        key="contrast_way",
    )
    if way == "date":
        days = opened.log.events["time"]
        first, last = days.min().date(), days.max().date()
        day = st.date_input(
            w("reform_date"), None, first, last, key="reform_date", help=w("reform_date_help")
        )
        if not isinstance(day, dt.date):
            return None
        with st.spinner(w("contrasting"), show_time=True):
            return _at_a_date(opened, day.isoformat(), calendar.model_dump_json())
    file = st.file_uploader(
        w("upload_after"), type=list(UPLOAD_TYPES), key="after_file", help=w("upload_after_help")
    )
    if file is None:
        return None
    with st.spinner(w("contrasting"), show_time=True):
        return _with_another(opened, Upload(name=file.name, content=file.getvalue()), calendar)


@session.remembered
def _at_a_date(opened: OpenLog, day: str, hours: str) -> Sides:
    calendar, reform_date = WorkingCalendar.model_validate_json(hours), pd.Timestamp(day)
    split = split_at(opened.log, reform_date)
    contrast = contrast_at(opened.log, reform_date, calendar)
    return Sides(f"{opened.key}-{day}", split.before, split.after, contrast)


def _with_another(opened: OpenLog, upload: Upload, calendar: WorkingCalendar) -> Sides:
    """The log in use against an uploaded one, once for the same bytes."""
    key = f"{opened.key}-{upload.key}"
    kept = st.session_state.get("measured_sides")
    if not isinstance(kept, Sides) or kept.key != key:
        after = open_upload(upload).log
        kept = Sides(key, opened.log, after, contrast_logs(opened.log, after, calendar))
        st.session_state["measured_sides"] = kept
    return kept


if __name__ == "__main__":  # worker processes import the page file under another name
    main()

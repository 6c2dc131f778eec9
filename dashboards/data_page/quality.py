"""The quality report on the screen: rows, mapping, issues, rejected rows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.logs import OpenLog
from dashboards.quality_files import issue_csv, rejected_rows_csv
from dashboards.words import Words
from mining.quality import QualityReport
from mining.quality_checks import issue_table
from mining.working_time import WorkingCalendar

ROWS_SHOWN = 100


def show_quality(w: Words, opened: OpenLog) -> None:
    """What reading found: nothing is dropped in silence."""
    quality, calendar = session.quality_report(opened)
    st.subheader(w("quality_title"), anchor=False)
    _figures(w, quality)
    _issues(w, quality)
    _rows_of_an_issue(w, opened, quality, calendar)
    _rejected(w, quality)
    with st.expander(w("mapping_title", n=len(quality.mapping)), icon=":material/table_chart:"):
        table = pd.DataFrame(
            {w("col_column"): list(quality.mapping), w("col_header"): list(quality.mapping.values())}
        )
        st.dataframe(table, hide_index=True, alt=w("mapping_title", n=len(quality.mapping)))
        if quality.unmapped:
            st.caption(w("unmapped"))
            st.text(w("list_separator").join(quality.unmapped))


def _figures(w: Words, quality: QualityReport) -> None:
    values = (
        ("rows_read", w.count(quality.rows_read)),
        ("events_kept", w.count(quality.events_kept)),
        ("rows_rejected", w.count(len(quality.rejected))),
        (
            "file_format",
            w("format_encoding", format=quality.format, encoding=quality.encoding or quality.zone),
        ),
    )
    for column, (key, value) in zip(st.columns(len(values)), values, strict=True):
        column.metric(w(key), value, border=True)


def _issues(w: Words, quality: QualityReport) -> None:
    if not quality.issues:
        st.caption(w("no_issues"))
        return
    table = pd.DataFrame(
        {
            w("col_severity"): [w(f"severity_{issue.severity}") for issue in quality.issues],
            w("col_message"): [w.of(issue.message) for issue in quality.issues],
            w("col_rows"): [issue.rows for issue in quality.issues],
            w("col_share"): [issue.share * 100 for issue in quality.issues],
            w("col_examples"): [w("list_separator").join(issue.examples) for issue in quality.issues],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            w("col_share"): st.column_config.NumberColumn(format="%.2f%%"),
            w("col_message"): st.column_config.TextColumn(width="large"),
        },
        alt=w("quality_title"),
    )


def _rows_of_an_issue(w: Words, opened: OpenLog, quality: QualityReport, calendar: WorkingCalendar) -> None:
    """The rows behind one issue, to look at and to take home."""
    messages = {issue.code: w.of(issue.message) for issue in quality.issues}
    if not messages:
        return
    with st.expander(w("issue_rows_title"), icon=":material/table_rows:"):
        code = st.selectbox(
            w("issue_rows_of"), list(messages), format_func=messages.__getitem__, key="issue_code"
        )
        table = issue_table(opened.log, code, calendar)
        if table is None:
            st.caption(w("issue_rows_none"))
            return
        st.dataframe(table.head(ROWS_SHOWN), hide_index=True, alt=messages[code])
        if len(table) > ROWS_SHOWN:
            st.caption(w("rejected_more", shown=ROWS_SHOWN, n=w.count(len(table))))
        st.download_button(
            w("issue_rows_download"),
            lambda: issue_csv(table),
            f"{code}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="issue_rows",
        )


def _rejected(w: Words, quality: QualityReport) -> None:
    if not quality.rejected:
        return
    with st.expander(w("rejected_title", n=w.count(len(quality.rejected))), icon=":material/block:"):
        shown = quality.rejected[:ROWS_SHOWN]
        rows = [
            {w("col_row"): row.file_row, w("col_reason"): w.of(row.reason), **row.values} for row in shown
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt=w("rejected_title", n=len(quality.rejected)))
        if len(quality.rejected) > len(shown):
            st.caption(w("rejected_more", shown=len(shown), n=w.count(len(quality.rejected))))
    st.download_button(
        w("rejected_download"),
        rejected_rows_csv(quality.rejected, w.language),
        "rejected_rows.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="rejected_rows",
    )

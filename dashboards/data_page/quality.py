"""The quality report on the screen: rows, mapping, issues, rejected rows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.logs import OpenLog, rejected_rows_csv
from dashboards.words import Words
from mining.quality import QualityReport

REJECTED_SHOWN = 100


def show_quality(w: Words, opened: OpenLog) -> None:
    """What reading found: nothing is dropped in silence."""
    quality = opened.log.quality
    st.subheader(w("quality_title"), anchor=False)
    _figures(w, quality)
    _issues(w, quality)
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


def _rejected(w: Words, quality: QualityReport) -> None:
    if not quality.rejected:
        return
    with st.expander(w("rejected_title", n=w.count(len(quality.rejected))), icon=":material/block:"):
        shown = quality.rejected[:REJECTED_SHOWN]
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

"""Planner: journeys stitched from items, how sure that is, and how often people come to the hall."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.charts import draw_counts
from dashboards.markdown import plain
from dashboards.mining_report import MiningReport
from dashboards.parts import page_heading, show_log_line, shown_errors
from dashboards.words import Words
from mining.journeys import find_visits
from mining.stitching import Stitching

MOST_VISITS = 12


def main() -> None:
    """Draw the page."""
    w = session.current_words()
    page_heading(w, "page_journeys", "journeys_intro")
    with shown_errors(w):
        opened = session.opened_log()
        show_log_line(w, opened)
        report = session.mining_report(opened)
    show_figures(w, report)
    left, right = st.columns([1, 1], gap="medium")
    with left:
        show_visits(w, report)
    with right:
        show_origins(w, report.stitching)
    show_doubts(w, report.stitching)
    show_proposed_topics(w, report.stitching)


def show_figures(w: Words, report: MiningReport) -> None:
    """Cases, journeys, the gap, and the two rates of visits with their intervals."""
    stitching = report.stitching
    columns = st.columns(5)
    columns[0].metric(w("journeys_cases"), w.count(report.log.n_cases), border=True)
    columns[1].metric(w("journeys_count"), w.count(report.journeys), border=True)
    gap = w.count(stitching.max_gap_working_days)
    assumed = w("journeys_assumed") if stitching.gap_is_assumed else None
    columns[2].metric(w("journeys_gap"), gap, assumed, delta_color="off", delta_arrow="off", border=True)
    for column, name in zip(columns[3:], ("at_most_one_visit", "no_visit"), strict=True):
        rate = report.visit_rates.get(name)
        if rate is None:
            column.metric(w(name), w("unknown_short"), border=True, help=w("visits_unknown"))
            continue
        basis = w(
            "rate_of",
            n=w.count(rate.numerator),
            m=w.count(rate.denominator),
            low=w.percent(rate.low),
            high=w.percent(rate.high),
        )
        column.metric(w(name), w.percent(rate.share), border=True, help=basis)


def show_visits(w: Words, report: MiningReport) -> None:
    """How many journeys took how many visits; the tail in the last bar."""
    st.subheader(w("visits_title"), anchor=False)
    visits = find_visits(report.log)
    if visits is None:
        st.info(w("visits_unknown"), icon=":material/info:")
        return
    counts = np.bincount(np.minimum(visits.per_journey, MOST_VISITS))
    labels = [w.count(number) for number in range(counts.size)]
    if counts.size > MOST_VISITS:
        labels[-1] = f"{MOST_VISITS}+"
    st.plotly_chart(draw_counts(labels, counts, w("axis_visits"), w("axis_journeys")), key="visits")


def show_origins(w: Words, stitching: Stitching) -> None:
    """Where journeys come from, and what other gaps would give."""
    st.subheader(w("origin_title"), anchor=False)
    counts = stitching.cases_by_origin
    table = pd.DataFrame(
        {w("col_origin"): [w(f"origin_{name}") for name in counts], w("col_cases"): list(counts.values())}
    )
    st.dataframe(table, hide_index=True, alt=w("origin_title"))
    st.caption(w("topics_from", source=plain(stitching.topics_source)))
    st.markdown(f"**{w('sensitivity_title')}**", help=w("sensitivity_note"))
    gaps = {w.count(gap): n for gap, n in stitching.sensitivity.items()}
    table = pd.DataFrame({w("journeys_gap"): list(gaps), w("journeys_count"): list(gaps.values())})
    st.dataframe(table, hide_index=True, alt=w("sensitivity_title"))


def show_doubts(w: Words, stitching: Stitching) -> None:
    """Each kind of doubtful case with its reason, count and examples."""
    with st.expander(
        w("doubts_title", n=len(stitching.doubts)), icon=":material/help:", expanded=bool(stitching.doubts)
    ):
        if not stitching.doubts:
            st.caption(w("doubts_none"))
            return
        table = pd.DataFrame(
            {
                w("col_reason"): [w.of(doubt.reason) for doubt in stitching.doubts],
                w("col_cases"): [doubt.cases for doubt in stitching.doubts],
                w("col_examples_together"): [
                    w("list_separator").join(" + ".join(pair) for pair in doubt.examples)
                    for doubt in stitching.doubts
                ],
            }
        )
        st.dataframe(table, hide_index=True, alt=w("doubts_title", n=len(stitching.doubts)))


def show_proposed_topics(w: Words, stitching: Stitching) -> None:
    """Items that seem to be one topic and were not taken as one."""
    if not stitching.proposals:
        return
    st.subheader(w("proposed_topics_title"), anchor=False)
    st.caption(w("proposed_topics_note"))
    table = pd.DataFrame(
        {
            w("col_items"): [" + ".join(proposal.items) for proposal in stitching.proposals],
            w("col_applicants"): [proposal.applicants for proposal in stitching.proposals],
            w("col_expected"): [round(proposal.expected, 1) for proposal in stitching.proposals],
        }
    )
    st.dataframe(table, hide_index=True, alt=w("proposed_topics_title"))


if __name__ == "__main__":  # worker processes import the page file under another name
    main()

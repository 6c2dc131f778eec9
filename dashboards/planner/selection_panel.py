"""The panel beside the map: facts of the selected step or move, or a hint where to begin."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards.logs import OpenLog
from dashboards.markdown import plain
from dashboards.mining_report import MiningReport
from dashboards.planner.step_facts import Named, find_step_facts
from dashboards.process_map_view.scene import end_label
from dashboards.words import Words
from mining.process_map import MapEdge, MapStep, ProcessMap

WORST_SHOWN = 3


def show_hint(w: Words, report: MiningReport) -> None:
    """Nothing selected: how to begin, and where most hours are lost."""
    st.markdown(f"**{w('hint_title')}**")
    st.caption(w("hint_click"))
    worst = [finding for finding in report.findings if finding.hours_lost_per_year][:WORST_SHOWN]
    if worst:
        st.markdown(f"**{w('hint_worst')}**")
    for finding in worst:
        hours = w("hours_a_year", n=w.number(finding.hours_lost_per_year, 0))
        st.markdown(f":small[{plain(w.of(finding.title))}]  \n:orange[:small[**{hours}**]]")


def show_step(w: Words, opened: OpenLog, report: MiningReport, step: MapStep) -> None:
    """Cases, times, people, results and materials of one step."""
    facts = find_step_facts(opened.log, report.variants, step.name)
    st.markdown(f"**{plain(step.name)}**")
    if facts.departments:
        st.caption(_listed(w, facts.departments, len(facts.departments)))
    rows = [
        (w("fact_cases"), w.count(step.cases)),
        (w("fact_events"), w("fact_events_value", n=w.count(step.events), repeats=w.count(step.repeats))),
        (w("fact_wait"), w.duration(step.wait_minutes_mean)),
        (w("fact_work_median"), w.duration(step.work_minutes_median)),
        (w("fact_work_p90"), w.duration(step.work_minutes_p90)),
        (
            w("fact_variants"),
            w("n_of_m", n=w.count(facts.variants_through), m=w.count(facts.variants_total)),
        ),
    ]
    _facts(rows)
    for title, names, total in (
        ("fact_results", facts.results, len(facts.results)),
        ("fact_officers", facts.officers, facts.officers_total),
        ("fact_materials", facts.materials, facts.materials_total),
    ):
        if names:
            st.markdown(f"{w(title)}  \n:small[{_listed(w, names, total)}]")
    if facts.officers_hidden:
        st.caption(w("fact_officers_hidden", n=facts.officers_hidden))


def show_move(w: Words, process_map: ProcessMap, edge: MapEdge) -> None:
    """How often and how long from one step to the next, and what that time spans."""
    ends = w("arrow", a=plain(end_label(edge.source, w)), b=plain(end_label(edge.target, w)))
    st.markdown(f"**{ends}**")
    rows = [
        (w("fact_moves"), w.count(edge.moves)),
        (w("fact_cases"), w.count(edge.cases)),
        (w("fact_time_mean"), w.duration(edge.minutes_mean)),
        (w("fact_time_median"), w.duration(edge.minutes_median)),
    ]
    _facts(rows)
    if edge.minutes_mean is not None:
        st.caption(w(f"time_between_{process_map.time_between}"))


def _facts(rows: Sequence[tuple[str, str]]) -> None:
    st.markdown("  \n".join(f":gray[{name}] **{value}**" for name, value in rows))


def _listed(w: Words, names: Sequence[Named], total: int) -> str:
    text = w("list_separator").join(f"{plain(named.name)} ({w.count(named.count)})" for named in names)
    rest = total - len(names)
    return text + (w("and_more", n=w.count(rest)) if rest > 0 else "")

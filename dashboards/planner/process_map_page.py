"""Planner: the process map, the facts of a step, the findings ranked by hours lost, the variants."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.logs import OpenLog
from dashboards.markdown import plain
from dashboards.mining_report import MiningReport
from dashboards.opening_hours import opening_hours
from dashboards.parts import page_heading, show_log_line, shown_errors
from dashboards.planner.finding_cards import show_findings
from dashboards.planner.selection_panel import show_hint, show_move, show_step
from dashboards.process_map_view import Layer, compose, lay_out
from dashboards.process_map_view.component import SelectedMove, SelectedStep, show_map
from dashboards.process_map_view.scene import scale_of
from dashboards.words import Words
from mining.process_map import (
    DiscoveredModel,
    ProcessMap,
    discover_bpmn_xml,
    filter_process_map,
)

MAP_HEIGHT_PX = 420
FEW_STEPS = 15  # a map of so few steps is shown with all of them
VARIANTS_SHOWN = 200


def main() -> None:
    """Draw the page."""
    w = session.current_words()
    page_heading(w, "page_map", "map_intro")
    with shown_errors(w):
        opened = session.opened_log()
        show_log_line(w, opened)
        report = session.mining_report(opened)
    show_map_and_facts(w, opened, report)
    findings, variants, downloads = st.tabs(
        [w("tab_findings", n=len(report.findings)), w("tab_variants"), w("tab_bpmn")]
    )
    with findings:
        show_findings(w, opened, report)
    with variants:
        show_variants(w, report)
    with downloads:
        show_bpmn_download(w, opened)


@st.fragment
def show_map_and_facts(w: Words, opened: OpenLog, report: MiningReport) -> None:
    """Controls, map and the panel of what is selected; a click reruns only this part."""
    whole = report.process_map
    layer, steps_share, paths_share = controls(w, whole)
    shown = filter_process_map(whole, steps_share, paths_share)
    layout = lay_out(shown)
    map_column, facts_column = st.columns([2.5, 1], gap="small")
    with map_column:
        scene = compose(layout, shown, layer, w, scale_of(whole))
        selected = show_map(scene, w, key=f"map-{opened.key}", height=MAP_HEIGHT_PX)
        show_legend(w, shown, layer, layout.steps_left_out, layout.edges_left_out)
        hours = opening_hours(report.calendar, w.language)
        st.caption(w("working_time", hours=hours), help=plain(w.of(report.calendar_source)))
    with facts_column, st.container(height=MAP_HEIGHT_PX, border=True, key="facts"):
        steps = {step.name: step for step in whole.steps}
        edges = {(edge.source, edge.target): edge for edge in whole.edges}
        if isinstance(selected, SelectedStep) and selected.name in steps:
            show_step(w, opened, report, steps[selected.name])
        elif isinstance(selected, SelectedMove) and (selected.source, selected.target) in edges:
            show_move(w, whole, edges[selected.source, selected.target])
        else:
            show_hint(w, report)


def controls(w: Words, whole: ProcessMap) -> tuple[Layer, float, float]:
    """Layer, share of steps and share of paths; all three are kept in the link."""
    left, middle, right = st.columns([1.3, 1, 1], vertical_alignment="bottom")
    with left:
        layer = layer_switch(w)
    few = whole.steps_total <= FEW_STEPS
    with middle:
        steps = percent_slider(w, "steps", 100 if few else 60)
    with right:
        paths = percent_slider(w, "paths", 60 if few else 30)
    return layer, steps / 100, paths / 100


def layer_switch(w: Words) -> Layer:
    """Frequency or time, kept in the link by its name (a bound widget would keep the translated label)."""

    def changed() -> None:
        st.query_params["layer"] = st.session_state["layer_switch"]

    # another page may have dropped it from the link
    asked = st.query_params.get("layer") or st.session_state.get("layer")
    layer: Layer = "time" if asked == "time" else "frequency"
    st.session_state["layer"] = st.session_state["layer_switch"] = layer
    st.segmented_control(
        w("layer"),
        ["frequency", "time"],
        format_func=lambda name: w(f"layer_{name}"),
        required=True,
        key="layer_switch",
        on_change=changed,
        help=w("layer_help"),
    )
    return layer


def percent_slider(w: Words, key: str, default: int) -> int:
    """A slider of 0 to 100 %, kept in the link under its key."""
    return int(
        st.slider(
            w(f"slider_{key}"),
            0,
            100,
            default,
            5,
            format="%d%%",
            key=key,
            bind="query-params",
            help=w(f"slider_{key}_help"),
        )
    )


def show_legend(w: Words, shown: ProcessMap, layer: Layer, steps_cut: int, edges_cut: int) -> None:
    """How much of the log the map shows, and what width and colour mean, in words."""
    drawn_steps, drawn_edges = len(shown.steps) - steps_cut, len(shown.edges) - edges_cut
    counts = w(
        "legend_counts",
        steps=drawn_steps,
        steps_total=shown.steps_total,
        paths=drawn_edges,
        paths_total=shown.edges_total,
        share=f"{shown.moves_shown / shown.moves_total:.0%}" if shown.moves_total else w("unknown_short"),
    )
    meaning = w("legend_frequency") if layer == "frequency" else w(f"legend_time_{shown.time_between}")
    cut = w("legend_cut", steps=steps_cut, paths=edges_cut) if steps_cut or edges_cut else ""
    st.caption(w("sentences", a=counts, b=f"{meaning}{cut}"))


def show_variants(w: Words, report: MiningReport) -> None:
    """The different ways through the steps, the most frequent first."""
    variants = report.variants[:VARIANTS_SHOWN]
    st.caption(w("variants_intro", shown=len(variants), total=w.count(len(report.variants))))
    table = pd.DataFrame(
        {
            w("col_cases"): [variant.cases for variant in variants],
            w("col_share"): [variant.share * 100 for variant in variants],
            w("col_cycle"): [variant.median_cycle_working_days for variant in variants],
            w("col_steps"): [len(variant.activities) for variant in variants],
            w("col_path"): [w("path_separator").join(variant.activities) for variant in variants],
            w("col_example"): [variant.example_case for variant in variants],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            w("col_share"): st.column_config.ProgressColumn(format="%.1f%%", min_value=0, max_value=100),
            w("col_cycle"): st.column_config.NumberColumn(format="%.1f"),
            w("col_path"): st.column_config.TextColumn(width="large"),
        },
        alt=w("tab_variants"),
    )


def show_bpmn_download(w: Words, opened: OpenLog) -> None:
    """BPMN of the main behaviour; it is mined when asked for, since that takes seconds."""
    st.write(w("bpmn_intro"))
    if st.button(w("bpmn_make"), icon=":material/schema:", key="bpmn"):
        with shown_errors(w), st.spinner(w("bpmn_running"), show_time=True):
            st.session_state["bpmn_ready"] = (opened.key, bpmn(opened))
    ready = st.session_state.get("bpmn_ready")
    if ready is None or ready[0] != opened.key:
        return
    model: DiscoveredModel = ready[1]
    covered = {"cases": w.count(model.cases_covered), "cases_total": w.count(model.cases_total)}
    st.caption(w("bpmn_coverage", **covered))
    st.download_button(
        w("bpmn_download"),
        model.text,
        "process.bpmn",
        "application/xml",
        on_click="ignore",
        icon=":material/download:",
    )


@session.remembered
def bpmn(opened: OpenLog) -> DiscoveredModel:
    """BPMN 2.0 of the log's main behaviour, and how much of the log that is."""
    return discover_bpmn_xml(opened.log)


if __name__ == "__main__":  # worker processes import the page file under another name
    main()

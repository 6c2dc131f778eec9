"""Planner: the log against the official way: how many cases keep to it, where not, what that costs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.logs import OpenLog
from dashboards.markdown import plain
from dashboards.parts import page_heading, show_log_line, shown_errors
from dashboards.words import Words
from mining.conformance.check import Conformance, Deviation, check_conformance
from mining.conformance.model import BPMN_ENDINGS, LIST_ENDINGS, read_official_model
from mining.conformance.notes import conformance_notes
from mining.working_time import WorkingCalendar

MODEL_TYPES = [ending.removeprefix(".") for ending in (*BPMN_ENDINGS, *LIST_ENDINGS)]


def main() -> None:
    """Draw the page."""
    w = session.current_words()
    page_heading(w, "page_conformance", "conformance_intro")
    with shown_errors(w):
        opened = session.opened_log()
        show_log_line(w, opened)
        asked = choose_model(w)
        if asked is None:
            return
        calendar = session.quality_report(opened)[1]
        with st.spinner(w("conforming"), show_time=True):
            found = _conformance(opened, *asked, calendar.model_dump_json())
    show_figures(w, found)
    show_deviations(w, found)
    notes = conformance_notes(found)
    if notes:
        st.subheader(w("rests_on_title"), anchor=False)
        st.markdown("\n".join(f"- {plain(w.of(text))}" for text in notes))


def choose_model(w: Words) -> tuple[str, bytes] | None:
    """The official way as a file; what such a file looks like stands beside it."""
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        file = st.file_uploader(w("upload_model"), type=MODEL_TYPES, key="model_file")
    with right, st.expander(w("step_list_title"), icon=":material/list:"):
        st.code(w("step_list_example"), language="yaml")
    return None if file is None else (file.name, file.getvalue())


@session.remembered
def _conformance(opened: OpenLog, name: str, content: bytes, hours: str) -> Conformance:
    with tempfile.TemporaryDirectory(prefix="onewindow-") as folder:
        path = Path(folder) / Path(name.replace("\\", "/")).name
        path.write_bytes(content)
        model = read_official_model(path)
    return check_conformance(opened.log, model, WorkingCalendar.model_validate_json(hours))


def show_figures(w: Words, found: Conformance) -> None:
    """Cases that keep to the model, fitness, variants."""
    columns = st.columns(4)
    bounds = {"low": w.percent(found.fitting_share_low), "high": w.percent(found.fitting_share_high)}
    share = w.percent(found.fitting_share)
    columns[0].metric(w("fitting_share"), share, border=True, help=w("evidence_interval", **bounds))
    fitness = w.number(found.token_fitness, 3)
    columns[1].metric(w("token_fitness"), fitness, border=True, help=w("token_fitness_help"))
    columns[2].metric(w("cases_checked"), w.count(found.cases_checked), border=True)
    columns[3].metric(w("variants_checked"), w.count(found.variants), border=True)


def show_deviations(w: Words, found: Conformance) -> None:
    """Each kind of deviation at each step, with what it adds to the cycle time."""
    st.subheader(w("deviations_title"), anchor=False)
    if not found.deviations:
        st.success(w("deviations_none"), icon=":material/task_alt:")
        return
    rows = found.deviations
    table = pd.DataFrame(
        {
            w("evidence_step"): [each.step for each in rows],
            w("col_deviation"): [w(f"deviation_{each.kind}") for each in rows],
            w("col_cases"): [each.cases for each in rows],
            w("col_share"): [_share(w, each) for each in rows],
            w("col_extra_days"): [_cost(w, each) for each in rows],
            w("col_example"): [w("list_separator").join(each.example_cases) for each in rows],
        }
    )
    st.dataframe(table, hide_index=True, alt=w("deviations_title"))
    st.caption(w("deviations_note"))


def _share(w: Words, each: Deviation) -> str:
    bounds = {"low": w.percent(each.share_low), "high": w.percent(each.share_high)}
    return w("evidence_value_interval", value=w.percent(each.share), **bounds)


def _cost(w: Words, each: Deviation) -> str:
    cost = each.cost
    if cost.days is None or cost.low is None or cost.high is None:
        return w("unknown_short")
    low, high = w.signed(cost.low), w.signed(cost.high)
    return w("difference_and_interval", difference=w.signed(cost.days), low=low, high=high)


if __name__ == "__main__":  # worker processes import the page file under another name
    main()

"""Analyst: put redesigns together, simulate today and tomorrow under the same applicants, compare."""

from __future__ import annotations

import streamlit as st

from dashboards import session
from dashboards.analyst.results import show_assumptions, show_gate, show_kpis, show_utilisation
from dashboards.analyst.scenario_editor import edit_scenario
from dashboards.app import BEFORE_AFTER_PAGE, WATCH_PAGE
from dashboards.jobs import Question
from dashboards.logs import OpenLog
from dashboards.markdown import plain
from dashboards.parts import page_heading, show_log_line, shown_errors
from dashboards.running import show_job
from dashboards.words import Words
from simulation.redesign import Scenario
from simulation.service_model import ServiceModel


def main() -> None:
    """Draw the page."""
    w = session.current_words()
    page_heading(w, "page_what_if", "what_if_intro")
    with shown_errors(w):
        opened = session.opened_log()
        show_log_line(w, opened)
    left, right = st.columns([1, 1.55], gap="medium")
    with left, shown_errors(w):
        st.subheader(w("what_if_step_1"), anchor=False)
        true_model = choose_model(w, opened)
        model = session.service_model(opened, true_model=true_model)
        scenario = edit_scenario(w, opened, model)
    with right:
        st.subheader(w("what_if_step_2"), anchor=False)
        ask(w, opened, model, true_model, scenario)
        st.subheader(w("what_if_step_3"), anchor=False)
        show_answers(w, opened)


def choose_model(w: Words, opened: OpenLog) -> bool:
    """Which model is simulated; True for the sample's own one. An upload has only the calibrated one."""
    if opened.sample is None:
        st.caption(w("model_calibrated_note"))
        return False
    chosen = st.segmented_control(
        w("model"),
        ["true", "calibrated"],
        format_func=lambda name: w(f"model_{name}"),
        default="true",
        required=True,
        key="model",
        help=w("model_help"),
    )
    return bool(chosen != "calibrated")


def ask(w: Words, opened: OpenLog, model: ServiceModel, true_model: bool, scenario: Scenario | None) -> None:
    """Length of the simulation and the button that starts it, or its progress."""
    replications_column, days_column, button_column = st.columns([1, 1, 0.9], vertical_alignment="bottom")
    with replications_column:
        replications = st.slider(w("replications"), 4, 40, 8, help=w("replications_help"), key="replications")
    with days_column:
        days = st.slider(w("days"), 5, 60, 20, 5, help=w("days_help"), key="days")
    with button_column:
        running = session.job() is not None
        clicked = st.button(
            w("run"),
            type="primary",
            icon=":material/play_arrow:",
            disabled=scenario is None or running,
            key="run",
            width="stretch",
        )
    if clicked and scenario is not None:
        session.start_job(
            Question(
                log_key=opened.key,
                model=model,
                model_is_true=true_model,
                scenario=scenario,
                replications=replications,
                days=days,
            )
        )
        st.rerun()
    if not show_job(w) and scenario is None:
        st.caption(w("run_needs_scenario"))


def show_answers(w: Words, opened: OpenLog) -> None:
    """The chosen answer of this session, the latest first."""
    answers = session.answers(opened)
    if not answers:
        st.info(w("no_answer_yet"), icon=":material/hourglass_empty:")
        return
    answer = answers[0]
    if len(answers) > 1:
        number = st.selectbox(
            w("answers"),
            range(len(answers)),
            format_func=lambda i: w("answer_name", n=len(answers) - i, name=w.of(answers[i].comparison.name)),
        )
        answer = answers[number]
    st.markdown(plain(answer.comparison.headline(w.language)))
    with st.container(horizontal=True):
        to_before_after = st.button(
            w("to_before_after"), icon=":material/compare_arrows:", key="to_before_after"
        )
        to_watch = st.button(w("to_watch"), icon=":material/visibility:", key="to_watch")
    if to_before_after:
        st.switch_page(BEFORE_AFTER_PAGE, query_params={session.LANGUAGE_PARAMETER: w.language})
    if to_watch:
        st.switch_page(WATCH_PAGE, query_params={session.LANGUAGE_PARAMETER: w.language})
    show_kpis(w, answer)
    with st.expander(w("gate_title"), icon=":material/verified:"):
        with shown_errors(w):
            measured = session.mining_report(opened).measures
        show_gate(w, answer, measured)
    with st.expander(w("utilisation_title"), icon=":material/groups:"):
        show_utilisation(w, answer)
    with st.expander(w("assumptions_title"), icon=":material/list_alt:"):
        show_assumptions(w, answer)


if __name__ == "__main__":  # worker processes import the page file under another name
    main()

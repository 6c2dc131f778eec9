"""Leader: the hall before and after on one page, in plain words, with intervals and assumptions."""

from __future__ import annotations

import streamlit as st

from dashboards import session
from dashboards.analyst.results import show_assumptions, show_gate, show_utilisation
from dashboards.app import WHAT_IF_PAGE
from dashboards.charts import cycle_times, draw_cycle_times, draw_waits, waits_in_hall
from dashboards.jobs import Answer, Question
from dashboards.leadership.kpi_cards import show_cards
from dashboards.leadership.paired_maps import pair_maps
from dashboards.logs import OpenLog, sample_scenarios
from dashboards.markdown import plain
from dashboards.parts import page_heading, show_log_line, shown_errors
from dashboards.process_map_view import Layer
from dashboards.process_map_view.component import show_map
from dashboards.running import show_job
from dashboards.words import Words
from mining.process_map import discover_process_map
from mining.working_time import WorkingCalendar

MAP_HEIGHT_PX = 225
QUICK_REPLICATIONS, QUICK_DAYS = 6, 20


def main() -> None:
    """Draw the page."""
    w = session.current_words()
    page_heading(w, "page_before_after", "before_after_intro")
    with shown_errors(w):
        opened = session.opened_log()
        show_log_line(w, opened)
        answers = session.answers(opened)
        if show_job(w):
            return
        if not answers:
            offer_a_run(w, opened)
            return
        answer = choose(w, answers)
        show_answer(w, opened, answer)


def offer_a_run(w: Words, opened: OpenLog) -> None:
    """Nothing simulated yet: simulate a ready reform of the sample at once, or go and build one."""
    st.info(w("nothing_simulated"), icon=":material/compare_arrows:")
    ready = sample_scenarios(opened)
    if ready:
        names = list(ready)
        chosen = st.selectbox(
            w("ready_scenario"), names, index=len(names) - 1, format_func=lambda key: w.of(ready[key].name)
        )
        st.caption(plain(w.of(ready[chosen].describe())))
        if st.button(w("simulate_now"), type="primary", icon=":material/play_arrow:", key="quick_run"):
            session.start_job(
                Question(
                    log_key=opened.key,
                    model=session.service_model(opened, true_model=True),
                    model_is_true=True,
                    scenario=ready[chosen],
                    replications=QUICK_REPLICATIONS,
                    days=QUICK_DAYS,
                )
            )
            st.rerun()
    if st.button(w("to_what_if"), icon=":material/tune:", key="to_what_if"):
        st.switch_page(WHAT_IF_PAGE, query_params={session.LANGUAGE_PARAMETER: w.language})


def choose(w: Words, answers: list[Answer]) -> Answer:
    """The answer to show: the latest, or another of this session."""
    if len(answers) == 1:
        return answers[0]
    number = st.selectbox(
        w("answers"),
        range(len(answers)),
        format_func=lambda i: w("answer_name", n=len(answers) - i, name=w.of(answers[i].comparison.name)),
    )
    return answers[number]


def show_answer(w: Words, opened: OpenLog, answer: Answer) -> None:
    """Sentence, cards, maps, distributions, then what the numbers rest on."""
    with st.container(border=True, key="headline"):
        st.markdown(plain(answer.comparison.headline(w.language)))
    show_cards(w, answer.comparison)
    show_maps(w, answer)
    show_distributions(w, answer)
    gate, busy = st.columns(2)
    with gate:
        st.subheader(w("gate_title"), anchor=False)
        show_gate(w, answer, session.mining_report(opened).measures)
    with busy:
        st.subheader(w("utilisation_title"), anchor=False)
        st.caption(w("side_effects_note"))
        show_utilisation(w, answer)
    st.subheader(w("rests_on_title"), anchor=False)
    show_assumptions(w, answer)


@st.fragment
def show_maps(w: Words, answer: Answer) -> None:
    """Both maps, one above the other, steps at the same places and colours by the same scale."""
    title, switch = st.columns([3, 1], vertical_alignment="bottom")
    with title:
        st.subheader(w("maps_title"), anchor=False)
    with switch:
        chosen = st.segmented_control(
            w("layer"),
            ["frequency", "time"],
            format_func=lambda name: w(f"layer_{name}"),
            default="time",
            required=True,
            key="paired_layer",
            label_visibility="collapsed",
        )
    layer: Layer = "time" if chosen == "time" else "frequency"
    calendar = hall_calendar(answer)
    maps = [discover_process_map(side.measured_log, calendar) for side in (answer.before, answer.after)]
    pair = pair_maps(maps[0], maps[1], layer, w)
    for name, scene in (("before", pair.before), ("after", pair.after)):
        st.markdown(f"**{w(name)}** :gray-badge[{w('badge_simulated')}]")
        show_map(scene, w, key=f"paired-{name}", height=MAP_HEIGHT_PX, whole=True)
    st.caption(w("paired_maps_note"))


def show_distributions(w: Words, answer: Answer) -> None:
    """How long people wait and how soon cases are finished, before and after."""
    calendar = hall_calendar(answer)
    logs = answer.before.measured_log, answer.after.measured_log
    left, right = st.columns(2)
    with left:
        st.subheader(w("waits_title"), anchor=False)
        waits = [waits_in_hall(log, calendar) for log in logs]
        st.plotly_chart(draw_waits(waits[0], waits[1], w), key="waits", config={"displayModeBar": False})
    with right:
        st.subheader(w("cycle_title"), anchor=False)
        cycles = [cycle_times(log, calendar) for log in logs]
        st.plotly_chart(
            draw_cycle_times(cycles[0], cycles[1], w), key="cycles", config={"displayModeBar": False}
        )
    st.caption(w("distributions_note"))


def hall_calendar(answer: Answer) -> WorkingCalendar:
    """Opening hours of the simulated hall."""
    return answer.before.model.calendars[answer.before.model.visits.calendar]


if __name__ == "__main__":  # worker processes import the page file under another name
    main()

"""One applicant followed through the hall of today and the hall after the scenario, side by side."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.analyst.case_figures import MOST_DAYS, days_shown, draw_days, draw_parts
from dashboards.analyst.day_bars import clicked
from dashboards.analyst.link import keep_in_link
from dashboards.analyst.watch_day import clock_of, go_to
from dashboards.analyst.watch_times import date_of, day_title, span_title
from dashboards.analyst.watched_halls import Side, WatchedHalls
from dashboards.markdown import plain
from dashboards.words import Words
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE
from simulation.trace import CaseTrace, Entry, EntryKind, case_figures, case_trace, pick_cases
from simulation.trace.tiles import closed_within

STORY_PX = 560
BADGES = {
    EntryKind.WAIT: "orange",
    EntryKind.SERVED: "green",
    EntryKind.PAPERS: "blue",
    EntryKind.WORK: "blue",
    EntryKind.CORRECTS: "red",
    EntryKind.GAVE_UP: "red",
    EntryKind.FINISHED: "green",
}


def show_case(w: Words, halls: WatchedHalls) -> None:
    """The chosen applicant in each hall: figures side by side, day by day, and the story in sentences."""
    case_id = choose_case(w, halls)
    if case_id is None:
        st.info(w("watch_no_cases"), icon=":material/person_off:")
        return
    traces = [(side, case_trace(side.watched, case_id)) for side in halls.sides if _has(side, case_id)]
    if not traces:
        halls.before.watched.case_number(case_id)  # says which numbers there are
    if len(traces) < len(halls.sides):
        st.warning(w("watch_not_in_both", case=plain(case_id)), icon=":material/warning:")
    facts, parts = st.columns([1, 1.35], gap="medium")
    with facts:
        show_facts(w, halls, traces)
    with parts:
        titled = [(w(halls.title(side)), trace) for side, trace in traces]
        st.plotly_chart(draw_parts(titled, w), key="watch_parts", config={"displayModeBar": False})
    for draw in (show_days, show_story):  # each in a row of its own, so that both halls stand side by side
        for column, (side, trace) in zip(st.columns(len(traces), gap="medium"), traces, strict=True):
            with column:
                draw(w, halls, side, trace)


def choose_case(w: Words, halls: WatchedHalls) -> str | None:
    """A case by what makes it worth a look, or by its number; the link may name one."""
    watched = halls.before.watched
    picks = pick_cases(case_figures(watched, halls.horizon.first_day, halls.horizon.last_day))
    if not picks:
        return None
    if "watch_case" not in st.session_state:
        st.session_state["watch_case"] = st.query_params.get("case", "")
        st.session_state["watch_pick"] = None if st.session_state["watch_case"] else next(iter(picks))
    if st.session_state.get("watch_pick") not in picks:
        st.session_state["watch_pick"] = None
    column, number_column = st.columns([3, 1.3], vertical_alignment="bottom")
    with column:
        reason = st.pills(
            w("watch_pick"),
            list(picks),
            format_func=lambda key: w(f"watch_pick_{key}"),
            key="watch_pick",
            help=w("watch_pick_help"),
        )
    if reason is not None:
        st.session_state["watch_case"] = watched.case_ids[picks[reason]]
    with number_column:
        case_id = st.text_input(
            w("watch_case_id"), key="watch_case", on_change=_by_number, help=w("watch_case_id_help")
        ).strip()
    case_id = case_id or watched.case_ids[next(iter(picks.values()))]
    keep_in_link("case", case_id)
    return case_id


def _by_number() -> None:
    st.session_state["watch_pick"] = None


def _has(side: Side, case_id: str) -> bool:
    return case_id in side.watched.case_ids


def show_facts(w: Words, halls: WatchedHalls, traces: list[tuple[Side, CaseTrace]]) -> None:
    """The same figures of the applicant in each hall."""
    rows = {
        w("watch_fact_cycle"): [w.number(trace.cycle_ms / MS_PER_DAY) for _, trace in traces],
        w("watch_fact_wait"): [_minutes(w, trace.ms_in(EntryKind.WAIT)) for _, trace in traces],
        w("watch_fact_served"): [_minutes(w, trace.ms_in(EntryKind.SERVED)) for _, trace in traces],
        w("watch_fact_days"): [w.count(trace.days_in_hall) for _, trace in traces],
        w("watch_fact_documents"): [w.count(trace.documents_handed_in) for _, trace in traces],
        w("watch_fact_returns"): [w.count(trace.returns) for _, trace in traces],
    }
    table = pd.DataFrame(
        [{w("watch_fact"): name, **_by_side(w, halls, traces, values)} for name, values in rows.items()]
    )
    st.table(table, hide_index=True, border="horizontal", alt=w("watch_fact"))


def _by_side(
    w: Words, halls: WatchedHalls, traces: list[tuple[Side, CaseTrace]], values: list[str]
) -> dict[str, str]:
    return {w(halls.title(side)): value for (side, _), value in zip(traces, values, strict=True)}


def _minutes(w: Words, ms: int) -> str:
    return w.count(round(ms / MS_PER_MINUTE))


def show_days(w: Words, halls: WatchedHalls, side: Side, trace: CaseTrace) -> None:
    """The days of the applicant in one hall."""
    start = side.model.start_date
    scenario = halls.choice.scenario
    name = side.model.name if side is halls.before or scenario is None else scenario.name
    st.markdown(f"**{w(halls.title(side))}** :gray-badge[{w('badge_simulated')}] {plain(w.of(name))}")
    calendar = side.watched.program.calendars[list(side.model.calendars).index(side.model.visits.calendar)]

    def closed(day: int) -> list[tuple[float, float]]:
        begin, end = day * MS_PER_DAY, (day + 1) * MS_PER_DAY
        spans = closed_within(calendar, begin, end)
        return [((b - begin) / MS_PER_HOUR, (e - begin) / MS_PER_HOUR) for b, e in spans]

    figure = draw_days(trace, closed, lambda day: day_title(w, date_of(start, day * MS_PER_DAY)), w)
    event = st.plotly_chart(
        figure,
        key=f"watch_days_{side.key}",
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False},
    )
    chosen = clicked(event)
    if not chosen:
        st.caption(w("watch_days_hint"))
    else:
        day, minute = (int(each) for each in chosen)
        title = w(
            "watch_moment",
            day=day_title(w, date_of(start, day * MS_PER_DAY)),
            time=f"{clock_of(minute):%H:%M}",
        )
        st.button(
            w("watch_go_to", moment=title),
            icon=":material/groups:",
            key=f"watch_go_to_{side.key}",
            on_click=go_to,
            args=(side, day, minute),
        )
    left_out = len(days_shown(trace)) - MOST_DAYS
    if left_out > 0:
        st.caption(w("watch_days_left_out", n=left_out))


def show_story(w: Words, _: WatchedHalls, side: Side, trace: CaseTrace) -> None:
    """The story in sentences."""
    with st.container(height=STORY_PX, key=f"story-{side.key}"):
        st.markdown("\n\n".join(_line(w, side, entry) for entry in in_order(trace)))


def in_order(trace: CaseTrace) -> list[Entry]:
    """The applicant's entries and, in place of her time at home meanwhile, the work on the papers; by begin,
    the end last."""
    *story, end = (entry for entry in trace.applicant if entry.kind is not EntryKind.PAPERS)
    papers = [entry for entry in trace.entries if entry.lane is not None]
    return [*sorted([*story, *papers], key=lambda entry: entry.begin_ms), end]


def _line(w: Words, side: Side, entry: Entry) -> str:
    colour = BADGES.get(entry.kind, "gray")
    when = span_title(w, side.model.start_date, entry.begin_ms, entry.end_ms)
    badge = f":{colour}-badge[{w(f'watch_kind_{entry.kind.value}')}]"
    return f"{badge} **{when}**  \n{plain(w.of(entry.text))}"

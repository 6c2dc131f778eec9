"""The counters of a hall over a day: who serves whom, who waits where at a moment."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from dashboards.analyst.counter_figures import draw_counters
from dashboards.analyst.day_bars import clicked
from dashboards.analyst.link import keep_in_link, start_from_link
from dashboards.analyst.watch_times import date_of, day_title, time_of_day
from dashboards.analyst.watched_halls import Side, WatchedHalls
from dashboards.markdown import plain
from dashboards.words import Words
from mining.text import same
from mining.working_time import MINUTES_PER_DAY, MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE
from simulation.trace import CounterDay, CounterState, hall_day, queue_day, staff_at, waiting_at
from simulation.trace.tiles import open_within

SLIDER_STEP_MINUTES = 5
NAMED_CASES = 6
LAST_MINUTE = MINUTES_PER_DAY - SLIDER_STEP_MINUTES


def show_day(w: Words, halls: WatchedHalls) -> None:
    """The Gantt of the counters, the moment under the slider, and the chosen counter's list."""
    columns = st.columns([1.15, 1.1, 1.3, 2.6], vertical_alignment="bottom", gap="small")
    side_column, day_column, queue_column, moment_column = columns
    with side_column:
        side = choose_side(w, halls)
    if not side.model.members:
        st.info(w("watch_no_counters"), icon=":material/info:")
        return
    with day_column:
        day = choose_day(w, halls, side)
    with queue_column:
        pool = choose_queue(w, side, day)
    days = _hall_day(w, side, day)
    with moment_column:
        at_ms = choose_moment(w, days, day)
    steps = _steps_served(w, side)
    note, follow = st.columns([4, 1.2], vertical_alignment="center")
    note.caption(w("watch_counters_note"))
    figure = draw_counters(days, queue_day(side.watched, pool, day), steps, at_ms, w)
    event = st.plotly_chart(
        figure,
        key=f"watch_counters_{side.key}",
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False},
    )
    member, case_id = clicked(event) or ("", "")
    with follow:
        show_clicked(w, case_id)
    left, right = st.columns([1.25, 1], gap="medium")
    with left:
        show_moment(w, side, at_ms)
    with right:
        show_counter(w, side, days, member)


def choose_side(w: Words, halls: WatchedHalls) -> Side:
    """Which of the halls; the link may say."""
    keys = [side.key for side in halls.sides]
    start_from_link("watch_hall", "hall", keys, keys[0])
    titles = {side.key: w(halls.title(side)) for side in halls.sides}
    chosen = st.segmented_control(
        w("watch_hall"), keys, format_func=titles.__getitem__, required=True, key="watch_hall"
    )
    keep_in_link("hall", chosen)
    return halls.sides[keys.index(str(chosen))]


def choose_day(w: Words, halls: WatchedHalls, side: Side) -> int:
    """A day of the run on which somebody works; at first the day the followed applicant came, or the first
    measured one."""
    watched, start = side.watched, side.model.start_date
    days = [
        day
        for day in range(-(-watched.run.end_ms // MS_PER_DAY))
        if any(
            open_within(watched.calendar_of(member), day * MS_PER_DAY, (day + 1) * MS_PER_DAY)
            for member in range(len(side.model.members))
        )
    ]
    dates = {date_of(start, day * MS_PER_DAY).isoformat(): day for day in days}
    start_from_link("watch_day", "day", list(dates), _first_day(halls, side, dates))
    chosen = st.selectbox(
        w("watch_day"),
        list(dates),
        format_func=lambda iso: day_title(w, date_of(start, dates[iso] * MS_PER_DAY)),
        key="watch_day",
    )
    keep_in_link("day", chosen)
    return dates[chosen]


def _first_day(halls: WatchedHalls, side: Side, dates: dict[str, int]) -> str:
    """The day on which the applicant of the link came, else the first measured one."""
    case_id = st.query_params.get("case", "")
    if case_id in side.watched.case_ids:
        arrived = int(side.watched.run.arrived_ms[side.watched.case_number(case_id)])
        came = date_of(side.model.start_date, arrived).isoformat()
        if came in dates:
            return came
    return next((iso for iso, day in dates.items() if day >= halls.horizon.first_day), next(iter(dates)))


def choose_queue(w: Words, side: Side, day: int) -> str:
    """A queue to show below the counters; the longest of the day first."""
    pools = [pool for pool in side.watched.pools if pool]
    pools.sort(key=lambda pool: -queue_day(side.watched, pool, day).mean)
    return str(st.selectbox(w("watch_queue"), pools, key=f"watch_queue_{side.key}_{day}"))


def _hall_day(w: Words, side: Side, day: int) -> tuple[CounterDay, ...]:
    with st.spinner(w("watch_preparing_day"), show_time=True):
        return hall_day(side.watched, day)


def choose_moment(w: Words, days: tuple[CounterDay, ...], day: int) -> int:
    """The minute of the day under the slider."""
    busy = [i for each in days for i in each.intervals if i.cases]
    first = min((i.begin_ms for i in busy), default=day * MS_PER_DAY + 9 * MS_PER_HOUR)
    last = max((i.end_ms for i in busy), default=first + MS_PER_HOUR)
    begin, end = (_on_grid(ms - day * MS_PER_DAY) for ms in (first, last))
    key = moment_key(day)
    if key not in st.session_state:
        asked = st.query_params.get("at", "")
        middle = (begin + end) // 2
        at = int(asked) if asked.isdigit() and begin <= int(asked) <= end else middle
        st.session_state[key] = clock_of(_on_grid(at * MS_PER_MINUTE))
    st.session_state[key] = min(max(st.session_state[key], clock_of(begin)), clock_of(end))
    step = dt.timedelta(minutes=SLIDER_STEP_MINUTES)
    chosen = st.slider(w("watch_at"), clock_of(begin), clock_of(end), step=step, format="HH:mm", key=key)
    minute = chosen.hour * 60 + chosen.minute
    keep_in_link("at", minute)
    return day * MS_PER_DAY + minute * MS_PER_MINUTE


def moment_key(day: int) -> str:
    """The key of the slider of a day."""
    return f"watch_at_{day}"


def clock_of(minute: int) -> dt.time:
    """A minute of the day as a time."""
    return dt.time(minute // 60, minute % 60)


def go_to(side: Side, day: int, minute: int) -> None:
    """Show a hall at a minute of a day of its run; for a callback."""
    st.session_state["watch_view"] = "day"
    st.session_state["watch_hall"] = side.key
    st.session_state["watch_day"] = date_of(side.model.start_date, day * MS_PER_DAY).isoformat()
    st.session_state[moment_key(day)] = clock_of(_on_grid(minute * MS_PER_MINUTE))


def _on_grid(ms: int) -> int:
    """Minutes of the day, on a step of the slider."""
    return min(ms // MS_PER_MINUTE // SLIDER_STEP_MINUTES * SLIDER_STEP_MINUTES, LAST_MINUTE)


def _steps_served(w: Words, side: Side) -> dict[str, str]:
    """Titles of the steps members serve, in model order."""
    return {step.name: w.of(step.label or same(step.name)) for step in side.model.steps if step.pool}


def show_clicked(w: Words, case_id: str) -> None:
    """The way from a bar to the applicant's story."""
    if not case_id:
        return

    def follow() -> None:
        st.session_state["watch_view"] = "case"
        st.session_state["watch_pick"] = None
        st.session_state["watch_case"] = case_id

    st.button(
        w("watch_follow", case=plain(case_id)),
        icon=":material/person_search:",
        key="watch_follow",
        on_click=follow,
    )


def show_moment(w: Words, side: Side, at_ms: int) -> None:
    """Queue by queue: who waits, and what the people behind it do."""
    st.subheader(w("watch_moment_title", time=time_of_day(at_ms)), anchor=False)
    watched = side.watched
    rows = []
    for number, pool in enumerate(watched.pools):
        if not pool:
            continue
        waiting = [watched.short_ids[watched.record(row).case] for row in waiting_at(watched, pool, at_ms)]
        rows.append(
            {
                w("col_pool"): plain(pool),  # cells of a table are markdown
                w("watch_col_waiting"): len(waiting),
                w("watch_col_who"): plain(_some(w, waiting)),
                w("watch_col_staff"): plain(w("watch_joint").join(_staff(w, side, number, at_ms))),
            }
        )
    title = w("watch_moment_title", time=time_of_day(at_ms))
    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal", alt=title)


def _some(w: Words, names: list[str]) -> str:
    shown = w("list_separator").join(names[:NAMED_CASES])
    more = len(names) - NAMED_CASES
    return shown + w("and_more", n=more) if more > 0 else shown


def _staff(w: Words, side: Side, pool: int, at_ms: int) -> list[str]:
    watched = side.watched
    told = []
    for then in staff_at(watched, pool, at_ms):
        if then.row is None:
            doing = w(f"watch_state_{then.state.value}")
        else:
            doing = watched.short_ids[watched.record(then.row).case]
        told.append(w("named_value", name=then.member, value=doing))
    return told


def show_counter(w: Words, side: Side, days: tuple[CounterDay, ...], member: str) -> None:
    """The list of one counter's day: the clicked one, or one chosen."""
    names = [day.member for day in days]
    start_from_link("watch_counter", "counter", names, names[0])
    if member in names:
        st.session_state["watch_counter"] = member
    chosen = st.selectbox(w("watch_counter"), names, key="watch_counter")
    keep_in_link("counter", chosen)
    day = days[names.index(chosen)]
    served = day.minutes_in(CounterState.SERVING, CounterState.PAST_CLOSING)
    after = day.minutes_in(CounterState.PAST_CLOSING)
    idle = day.minutes_in(CounterState.IDLE)
    st.caption(w("watch_counter_sums", served=w.number(served), after=w.number(after), idle=w.number(idle)))
    table = pd.DataFrame(
        [
            {
                w("watch_col_when"): f"{time_of_day(i.begin_ms)}–{time_of_day(i.end_ms)}",
                w("watch_col_minutes"): round(i.minutes, 1),
                w("watch_col_what"): w.of(i.text),
            }
            for i in day.intervals
        ]
    )
    widths = {
        w("watch_col_when"): st.column_config.Column(width=96),
        w("watch_col_minutes"): st.column_config.NumberColumn(width=64, format="%.1f"),
    }
    st.dataframe(table, hide_index=True, column_config=widths, alt=w("watch_counter"))

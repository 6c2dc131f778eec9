"""The counters of a hall over a day, and the length of a queue below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.analyst.day_bars import CLOSED, HOURS, WAITING, Bar, Bars, add_bars, framed, hour, hour_axis
from dashboards.analyst.watch_times import time_of_day
from dashboards.words import Words
from mining.working_time import MS_PER_DAY, MS_PER_HOUR
from simulation.trace import CounterDay, CounterInterval, CounterState, QueueDay

STEP_COLOURS = (
    "#1f6feb", "#e8833a", "#2a9d6f", "#b5519c", "#8a6d3b", "#17a2b8",
    "#d64550", "#7b68ee", "#6b8e23", "#c49a00", "#4f7cac", "#a0522d",
)  # fmt: skip
LINE, DOWN, HELD, REPAIRING = "#8a94a0", "#c62828", "#f2c14e", "#795548"
ROW_PX, QUEUE_PX, AROUND_PX = 19, 130, 90


def draw_counters(
    days: Sequence[CounterDay], queue: QueueDay, steps: dict[str, str], at_ms: int, w: Words
) -> go.Figure:
    """One row a counter over the day, below it how many wait in a queue; the line is the chosen moment.

    `steps` gives the titles of the steps in model order. What is chosen by a click is (member, case id).
    """
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.04,
        row_heights=[ROW_PX * len(days) + 10, QUEUE_PX],
    )  # fmt: skip
    for bars in _of_counters(days, steps, w):
        add_bars(figure, bars, row=1, col=1)
    _add_queue(figure, queue, w)
    figure.add_vline(x=hour(at_ms), line={"color": LINE, "width": 1.5, "dash": "dot"})
    hour_axis(figure, *_hours_shown(days))
    members = [escape(day.member) for day in days]
    figure.update_yaxes(
        autorange="reversed", showgrid=False, type="category",
        categoryorder="array", categoryarray=members, row=1, col=1,
    )  # fmt: skip
    figure.update_yaxes(title=w("watch_waiting_axis"), rangemode="tozero", nticks=4, row=2, col=1)
    return framed(figure, ROW_PX * len(days) + QUEUE_PX + AROUND_PX)


def _of_counters(days: Sequence[CounterDay], steps: dict[str, str], w: Words) -> Iterator[Bars]:
    """The bars of the counters: closed, each step (past closing hatched, papers at rest faint), states."""
    everything = [(day, interval) for day in days for interval in day.intervals]

    def bars(*states: CounterState, step: str | None = None) -> list[Bar]:
        return [_bar_of_counter(day, i, w) for day, i in everything if i.state in states and i.step == step]

    yield Bars(w("watch_closed"), CLOSED, bars(CounterState.LUNCH, CounterState.CLOSED))
    for number, (step, title) in enumerate(steps.items()):
        colour = STEP_COLOURS[number % len(STEP_COLOURS)]
        yield Bars(title, colour, bars(CounterState.SERVING, step=step))
        yield Bars(title, colour, bars(CounterState.PAST_CLOSING, step=step), pattern="/", in_legend=False)
        yield Bars(title, colour, bars(CounterState.RESTING, step=step), opacity=0.3, in_legend=False)
        yield Bars(w("watch_state_held"), HELD, bars(CounterState.HELD, step=step), pattern="x")
    yield Bars(w("watch_state_down"), DOWN, bars(CounterState.DOWN), pattern="x")
    yield Bars(w("watch_state_repairing"), REPAIRING, bars(CounterState.REPAIRING))


def _bar_of_counter(day: CounterDay, interval: CounterInterval, w: Words) -> Bar:
    when = f"{time_of_day(interval.begin_ms)}–{time_of_day(interval.end_ms)}"
    hover = f"{escape(day.member)} {when}<br>{escape(w.of(interval.text))}"
    chosen = (day.member, interval.cases[0] if interval.cases else "")
    begin, length = hour(interval.begin_ms), (interval.end_ms - interval.begin_ms) / MS_PER_HOUR
    return Bar(escape(day.member), begin, begin + length, hover, chosen)


def _add_queue(figure: go.Figure, queue: QueueDay, w: Words) -> None:
    end = (queue.day + 1) * MS_PER_DAY - 1
    figure.add_scatter(
        x=[hour(moment) for moment in (*queue.moments_ms, end)],
        y=[*queue.waiting, queue.waiting[-1]],
        line={"shape": "hv", "color": WAITING, "width": 1.5},
        fill="tozeroy",
        mode="lines",
        showlegend=False,
        hovertemplate=w("watch_hover_queue", pool=escape(queue.pool)),
        row=2,
        col=1,
    )


def _hours_shown(days: Sequence[CounterDay]) -> tuple[float, float]:
    """From before the first opening to after the last work of the day."""
    shut = (CounterState.CLOSED, CounterState.LUNCH)
    there = [i for day in days for i in day.intervals if i.state not in shut]
    if not there:
        return 8.0, 18.0
    first, last = min(i.begin_ms for i in there), max(i.end_ms for i in there)
    length = (last - first) / MS_PER_HOUR
    return max(hour(first) - 0.25, 0), min(hour(first) + length + 0.25, HOURS)

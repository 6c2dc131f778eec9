"""A case day by day, and where its time went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from textwrap import wrap

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.analyst.day_bars import (
    CLOSED,
    HOURS,
    SERVED,
    WAITING,
    Bar,
    Bars,
    add_bars,
    framed,
    hour,
    hour_axis,
)
from dashboards.analyst.watch_times import time_of_day
from dashboards.words import Words
from mining.working_time import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE
from simulation.trace import CaseTrace, Entry, EntryKind

PARTS: dict[str, tuple[str, ...]] = {  # where a case's time goes: group -> parts of `CaseTrace.parts`
    "waiting": ("busy", "down", "lunch", "closed", "nobody"),
    "served": ("own", "check", "stopped"),
    "worked": ("work",),
    "lying": ("queue", "gate", "rest", "delay", "fetch"),
    "way": ("door", "another_day", "overnight", "moves", "comes_back", "again_after_giving_up", "help"),
    "correcting": ("corrects",),
    "nobody": ("pause", "unfinished"),
}
PART_COLOURS = {
    "waiting": WAITING,
    "served": SERVED,
    "worked": "#1f6feb",
    "lying": "#a9c5ee",
    "way": "#c9ced6",
    "correcting": "#d64550",
    "nobody": "#e3d9c6",
}
IN_HALL = ("waiting", "served")
OF_APPLICANT = {EntryKind.WAIT: "waiting", EntryKind.SERVED: "served"}
OF_PAPERS = {EntryKind.WORK: "worked", EntryKind.QUEUE: "lying", EntryKind.GATE: "lying"}
ROW_PX, AROUND_PX, MOST_DAYS = 24, 74, 24
HOVER_LETTERS = 70
MINUTES_PER_HOUR = 60

Closed = Callable[[int], list[tuple[float, float]]]  # closed hours of a day of the run


def draw_days(trace: CaseTrace, closed: Closed, titles: Callable[[int], str], w: Words) -> go.Figure:
    """One row a day on which something happens: above where the applicant is, below the papers at work.

    What is chosen by a click is (day of the run, minute of the day).
    `closed` gives the closed hours of the hall on a day, `titles` names a day. Days beyond `MOST_DAYS` are
    left out (see `days_shown`).
    """
    days = days_shown(trace)[:MOST_DAYS]
    row_of = {day: number for number, day in enumerate(days)}
    figure = go.Figure()
    shut = [Bar(row, b, e, w("watch_closed")) for day, row in row_of.items() for b, e in closed(day)]
    add_bars(figure, Bars(w("watch_closed"), CLOSED, shut, width=0.9))
    shown: list[Bar] = []
    for groups, width, offset in ((OF_APPLICANT, 0.46, -0.42), (OF_PAPERS, 0.24, 0.12)):
        for group in dict.fromkeys(groups.values()):
            kinds = [kind for kind, its_group in groups.items() if its_group == group]
            bars = [bar for entry in trace.entries if entry.kind in kinds for bar in _bars(entry, row_of, w)]
            name, colour = w(f"watch_part_{group}"), PART_COLOURS[group]
            add_bars(figure, Bars(name, colour, bars, width=width, offset=offset))
            shown += bars if groups is OF_APPLICANT else []
    opened = [edge for day in days for span in closed(day) for edge in span if 0 < edge < HOURS]
    begins, ends = [*opened, *(bar.begin for bar in shown)], [*opened, *(bar.end for bar in shown)]
    hour_axis(figure, min(begins, default=8) - 0.3, max(ends, default=18) + 0.3)
    figure.update_yaxes(
        autorange="reversed", showgrid=False, tickvals=list(row_of.values()),
        ticktext=[titles(day) for day in days],
    )  # fmt: skip
    return framed(figure, ROW_PX * len(days) + AROUND_PX)


def _bars(entry: Entry, row_of: dict[int, int], w: Words) -> list[Bar]:
    hover = _entry_hover(entry, w)
    return [
        Bar(row_of[day], begin, end, hover, (str(day), str(int(begin * MINUTES_PER_HOUR))))
        for day, begin, end in _at_work(entry)
        if day in row_of
    ]


def days_shown(trace: CaseTrace) -> list[int]:
    """Days of the run on which the applicant was in the hall or a paper was being worked on."""
    kinds = (EntryKind.WAIT, EntryKind.SERVED, EntryKind.WORK)
    found = {day for entry in trace.entries if entry.kind in kinds for day, _, _ in _at_work(entry)}
    return sorted(found)


def draw_parts(traces: Sequence[tuple[str, CaseTrace]], w: Words) -> go.Figure:
    """Where the time of a case went, one bar a hall: all of it in days, the part in the hall in minutes."""
    figure = make_subplots(rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.06)
    for group, names in PARTS.items():
        ms = [sum(trace.parts.get(name, 0) for name in names) for _, trace in traces]
        if not any(ms):
            continue
        for column, unit, key in ((1, MS_PER_DAY, "days"), (2, MS_PER_MINUTE, "minutes")):
            if column == 2 and group not in IN_HALL:
                continue
            figure.add_bar(
                y=[title for title, _ in traces],
                x=[value / unit for value in ms],
                orientation="h",
                name=w(f"watch_part_{group}"),
                legendgroup=group,
                showlegend=column == 1,
                marker={"color": PART_COLOURS[group], "line": {"width": 0}},
                hovertemplate=w(f"watch_hover_{key}", part=w(f"watch_part_{group}")),
                row=1,
                col=column,
            )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(title=w("watch_days_axis"), row=1, col=1)
    figure.update_xaxes(title=w("watch_hall_axis"), row=1, col=2)
    figure.update_yaxes(autorange="reversed")
    return framed(figure, 40 * len(traces) + 130)


def _entry_hover(entry: Entry, w: Words) -> str:
    words = escape(w.of(entry.text))
    when = f"{time_of_day(entry.begin_ms)}–{time_of_day(entry.end_ms)}"
    return f"{when}<br>" + "<br>".join(wrap(words, HOVER_LETTERS))


def _at_work(entry: Entry) -> Iterator[tuple[int, float, float]]:
    """The stretches of an entry without the rests of a paper, day by day."""
    edges = [entry.begin_ms, *(moment for rest in entry.rests for moment in rest), entry.end_ms]
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        yield from _by_day(begin, end)


def _by_day(begin_ms: int, end_ms: int) -> Iterator[tuple[int, float, float]]:
    """(day, begin, end in hours) of a stretch, day by day."""
    while begin_ms < end_ms:
        day = begin_ms // MS_PER_DAY
        until = min(end_ms, (day + 1) * MS_PER_DAY)
        yield day, hour(begin_ms), (until - day * MS_PER_DAY) / MS_PER_HOUR
        begin_ms = until

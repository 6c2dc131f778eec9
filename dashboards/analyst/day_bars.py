"""Stretches of time as bars on rows over the hours of a day. The theme of the page colours the rest."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from mining.working_time import MS_PER_DAY, MS_PER_HOUR

CLOSED, WAITING, SERVED = "rgba(128,136,148,0.22)", "#e8833a", "#2a9d6f"
HOURS = 24


@dataclass(frozen=True)
class Bar:
    """A stretch on a row of a figure, hours of the day; `chosen` comes back when it is clicked."""

    row: str | float
    begin: float
    end: float
    hover: str
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bars:
    """Bars of one colour and name."""

    name: str
    colour: str
    bars: list[Bar]
    pattern: str = ""
    opacity: float = 1.0
    width: float = 0.82
    offset: float | None = None
    in_legend: bool = True


def hour(ms: int) -> float:
    """A moment as hours of its day."""
    return ms % MS_PER_DAY / MS_PER_HOUR


def add_bars(figure: go.Figure, bars: Bars, **place: int) -> None:
    """Bars that lie on their rows; none where there are none, so that the legend names what is there."""
    if not bars.bars:
        return
    figure.add_bar(
        y=[bar.row for bar in bars.bars],
        base=[bar.begin for bar in bars.bars],
        x=[bar.end - bar.begin for bar in bars.bars],
        orientation="h",
        width=bars.width,
        offset=bars.offset,
        name=escape(bars.name),
        legendgroup=bars.name,
        showlegend=bars.in_legend,
        marker={"color": bars.colour, "pattern": {"shape": bars.pattern, "size": 5}, "line": {"width": 0}},
        opacity=bars.opacity,
        customdata=[list(bar.chosen) for bar in bars.bars],
        hovertext=[bar.hover for bar in bars.bars],
        hovertemplate="%{hovertext}<extra></extra>",
        **place,
    )


def clicked(event: Any) -> tuple[str, ...]:
    """`chosen` of the bar somebody clicked, () if none was."""
    points = event["selection"]["points"] if event else []
    return tuple(points[0].get("customdata") or ()) if points else ()


def hour_axis(figure: go.Figure, begin: float, end: float) -> None:
    """Hours of the day from begin to end."""
    hours = list(range(HOURS + 1))
    labels = [f"{each:02d}:00" for each in hours]
    figure.update_xaxes(range=[begin, end], tickvals=hours, ticktext=labels, zeroline=False, title=None)


def framed(figure: go.Figure, height: int) -> go.Figure:
    """The figure with small margins and its legend above; bars lie over one another unless they stack."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.01, "x": 0, "font": {"size": 11}},
        hovermode="closest",
        bargap=0.18,
    )
    if figure.layout.barmode is None:
        figure.update_layout(barmode="overlay")
    return figure

"""Figures of before and after. `draw_` returns a plotly figure; the theme of the page colours the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboards.words import Words
from mining.case_times import cycle_days
from mining.columns import UNKNOWN_MS
from mining.event_log import EventLog
from mining.presence import applicant_present
from mining.reform import Interruption
from mining.waiting import split_times
from mining.working_time import MS_PER_MINUTE, WorkingCalendar

BEFORE, AFTER = "#8a94a0", "#1f6feb"
WAIT_BIN_MINUTES = 5.0
HEIGHT_PX = 270
SHOWN_QUANTILE = 0.99  # the axis ends here, so that one freak case does not flatten the rest


def waits_in_hall(log: EventLog, calendar: WorkingCalendar) -> np.ndarray:
    """Minutes waited at each counter or kiosk step; at every step where the log knows of no counter."""
    wait_ms = split_times(log, calendar).wait_ms
    known = wait_ms != UNKNOWN_MS
    present = applicant_present(log)
    if present is not None and present.any():
        known &= present
    return wait_ms[known] / MS_PER_MINUTE


def cycle_times(log: EventLog, calendar: WorkingCalendar) -> np.ndarray:
    """Working days from application to finish of each finished case."""
    days = cycle_days(log, calendar)
    return days[~np.isnan(days)]


def draw_waits(before: np.ndarray, after: np.ndarray, w: Words) -> go.Figure:
    """Share of waits by length: bars before and after, by `WAIT_BIN_MINUTES`, the tail in the last one."""
    last = _axis_end(before, after, WAIT_BIN_MINUTES)
    edges = np.arange(0, last + WAIT_BIN_MINUTES, WAIT_BIN_MINUTES)
    figure = go.Figure()
    for values, name, colour in ((before, w("before"), BEFORE), (after, w("after"), AFTER)):
        counts, _ = np.histogram(np.minimum(values, last - 1e-9), edges)
        share = counts / max(values.size, 1) * 100
        figure.add_bar(
            x=edges[:-1] + WAIT_BIN_MINUTES / 2,
            y=share,
            name=w("chart_name", name=name, n=w.count(values.size)),
            marker_color=colour,
            customdata=np.column_stack([edges[:-1], edges[1:]]),
            hovertemplate=w("hover_waits"),
        )
    return _framed(figure, w("axis_wait"), w("axis_share_waits"))


def draw_cycle_times(before: np.ndarray, after: np.ndarray, w: Words) -> go.Figure:
    """Share of cases finished within so many working days, before and after."""
    last = _axis_end(before, after, 1.0)
    days = np.linspace(0, last, 200)
    figure = go.Figure()
    for values, name, colour in ((before, w("before"), BEFORE), (after, w("after"), AFTER)):
        share = np.searchsorted(np.sort(values), days, side="right") / max(values.size, 1) * 100
        figure.add_scatter(
            x=days,
            y=share,
            name=w("chart_name", name=name, n=w.count(values.size)),
            mode="lines",
            line={"color": colour, "width": 2.5},
            hovertemplate=w("hover_cycle"),
        )
    figure.update_yaxes(range=[0, 101])
    return _framed(figure, w("axis_cycle"), w("axis_share_cases"))


def draw_interruption(found: Interruption, reform_date: pd.Timestamp | None, w: Words) -> go.Figure:
    """A series in time with its fit, the line without the reform, and the date of the reform."""
    days = found.series.day.astype("datetime64[D]")
    figure = go.Figure()
    figure.add_scatter(
        x=days,
        y=found.series.values,
        mode="markers",
        name=w(f"series_{found.series.step}"),
        marker={"color": BEFORE, "size": 6},
    )
    for values, name, dash in (
        (found.fitted, "series_fitted", "solid"),
        (found.without_reform, "series_without", "dot"),
    ):
        if values is not None:
            figure.add_scatter(
                x=days, y=values, mode="lines", name=w(name), line={"color": AFTER, "width": 2, "dash": dash}
            )
    if reform_date is not None:
        figure.add_vline(x=reform_date, line={"dash": "dash", "color": BEFORE})
    return _framed(figure, "", w.titled(found.kpi.key, found.kpi.name, found.kpi.unit))


def draw_counts(labels: list[str], counts: np.ndarray, x_title: str, y_title: str) -> go.Figure:
    """One bar a label."""
    figure = go.Figure()
    figure.add_bar(x=labels, y=counts, marker_color=AFTER)
    figure.update_xaxes(type="category")
    return _framed(figure, x_title, y_title)


def _axis_end(before: np.ndarray, after: np.ndarray, step: float) -> float:
    ends = [float(np.quantile(values, SHOWN_QUANTILE)) for values in (before, after) if values.size]
    return max(np.ceil(max(ends, default=step) / step) * step, step)


def _framed(figure: go.Figure, x_title: str, y_title: str) -> go.Figure:
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        bargap=0.15,
    )
    figure.update_xaxes(title=x_title)
    figure.update_yaxes(title=y_title)
    return figure

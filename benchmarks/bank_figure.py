"""The figure of the bank month as one SVG file: waits, people who gave up, quantiles, days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.bank_runs import FIRST_HALF_HOUR, RANGE, ByHalfHour, Waited, daily

WIDTH, HEIGHT, MARGIN, RIGHT = 490, 300, 48, 24
LOGGED, SIMULATED, BAND, WEEK = "#1f2937", "#b45309", "#fcd9a8", "#0f766e"
FONT = "font-family=\"'Noto Sans CJK SC','Microsoft YaHei',sans-serif\""


@dataclass
class Panel:
    """A chart with axes at the origin of its own; `add` methods take data in its units."""

    title: str
    x_label: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    parts: list[str] = field(default_factory=list)

    def place(self, x: float, y: float) -> str:
        """A point of the data in pixels."""
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        left = MARGIN + (x - x0) / (x1 - x0) * (WIDTH - MARGIN - RIGHT)
        top = HEIGHT - 40 - (y - y0) / (y1 - y0) * (HEIGHT - 76)
        return f"{left:.1f},{top:.1f}"

    def add_line(self, x: Sequence[float], y: Sequence[float], colour: str, dashes: str = "") -> None:
        """A line through the points; those without value interrupt it."""
        run: list[str] = []
        for one, other in [*zip(x, y, strict=True), (0.0, np.nan)]:
            if np.isfinite(other):
                run.append(self.place(one, min(other, self.y_range[1])))
            elif run:
                path = " ".join(run)
                dash = f' stroke-dasharray="{dashes}"' if dashes else ""
                self.parts.append(
                    f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>'
                )
                run = []

    def add_band(self, x: Sequence[float], low: Sequence[float], high: Sequence[float]) -> None:
        """The area between two lines."""
        top = self.y_range[1]
        there = [self.place(one, min(other, top)) for one, other in zip(x, high, strict=True)]
        back = [self.place(one, min(other, top)) for one, other in zip(x, low, strict=True)]
        self.parts.append(f'<polygon points="{" ".join(there + back[::-1])}" fill="{BAND}"/>')

    def ticks(self, x: dict[float, str], y: dict[float, str]) -> None:
        """Labels and grid lines."""
        for at, label in x.items():
            left = self.place(at, self.y_range[0]).split(",")[0]
            self.parts.append(
                f'<text x="{left}" y="{HEIGHT - 24}" font-size="11" text-anchor="middle">{label}</text>'
            )
        for at, label in y.items():
            left, top = self.place(self.x_range[0], at).split(",")
            right = self.place(self.x_range[1], at).split(",")[0]
            self.parts.insert(0, f'<line x1="{left}" y1="{top}" x2="{right}" y2="{top}" stroke="#e5e7eb"/>')
            self.parts.append(
                f'<text x="{MARGIN - 6}" y="{float(top) + 4:.1f}" font-size="11" text-anchor="end">'
                f"{label}</text>"
            )

    def drawn(self, left: int, top: int) -> str:
        """The panel at its place in the figure."""
        head = f'<text x="{MARGIN}" y="20" font-size="13" font-weight="600">{self.title}</text>'
        at = f'x="{WIDTH - RIGHT}" y="{HEIGHT - 6}"'
        foot = f'<text {at} font-size="11" text-anchor="end">{self.x_label}</text>'
        return f'<g transform="translate({left},{top})">{head}{"".join(self.parts)}{foot}</g>'


def draw(log: Waited, runs: list[Waited], weeks: list[Waited], n_days: int) -> str:
    """The SVG: logged, simulated with the range of the replications, and the typical week."""
    slots = slice(FIRST_HALF_HOUR, 48)
    logged, simulated = ByHalfHour.of(log, n_days), ByHalfHour.of_all(runs, n_days)
    week = ByHalfHour.of_all(weeks, n_days)
    panels = [
        _by_half_hour(
            "等待 Mean wait (s)", [one.wait_seconds[..., slots] for one in (logged, simulated, week)], 50
        ),
        _by_half_hour(
            "放弃 Gave up (%)", [100 * one.gave_up_share[..., slots] for one in (logged, simulated, week)], 10
        ),
        _quantiles(log, runs),
        _days(log, runs, n_days),
    ]
    places = [(0, 30), (WIDTH, 30), (0, HEIGHT + 30), (WIDTH, HEIGHT + 30)]
    inside = "".join(panel.drawn(*place) for panel, place in zip(panels, places, strict=True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {2 * HEIGHT + 36}" {FONT} '
        f'fill="#111827" role="img" aria-label="Logged and simulated waits of the bank month">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{_legend()}{inside}</svg>\n'
    )


def _legend() -> str:
    entries = [
        (LOGGED, "", "日志 logged"),
        (SIMULATED, "", "仿真，重复的中间 95 % simulated, middle 95 % of replications"),
        (WEEK, "5 4", "典型一周 typical week"),
    ]
    parts, left = [], MARGIN
    for colour, dashes, label in entries:
        parts.append(
            f'<line x1="{left}" y1="16" x2="{left + 26}" y2="16" stroke="{colour}" stroke-width="2.5" '
            f'stroke-dasharray="{dashes}"/><text x="{left + 32}" y="20" font-size="12">{label}</text>'
        )
        left += 130 if label.startswith("日志") else 390
    return "".join(parts)


def _by_half_hour(title: str, values: list[np.ndarray], step: int) -> Panel:
    logged, simulated, week = values
    x = np.arange(logged.size) / 2 + FIRST_HALF_HOUR / 2 + 0.25
    top = step * np.ceil(max(np.nanmax(logged), np.nanmax(simulated)) / step)
    panel = Panel(title, "来电时刻 time of the call", (FIRST_HALF_HOUR / 2, 24), (0, float(top)))
    panel.ticks(
        {hour: f"{hour}:00" for hour in range(8, 25, 2)},
        {level: f"{level:g}" for level in np.arange(0, top + 1, step)},
    )
    panel.add_band(x.tolist(), *np.nanquantile(simulated, RANGE, axis=0).tolist())
    panel.add_line(x.tolist(), week.mean(axis=0).tolist(), WEEK, "5 4")
    panel.add_line(x.tolist(), simulated.mean(axis=0).tolist(), SIMULATED)
    panel.add_line(x.tolist(), logged.tolist(), LOGGED)
    return panel


def _quantiles(log: Waited, runs: list[Waited]) -> Panel:
    p = np.linspace(0, 0.995, 200)
    x = np.quantile(log.wait_minutes, p)
    all_runs = np.concatenate([run.wait_minutes for run in runs])
    y = np.quantile(all_runs, p)
    top = float(np.ceil(max(x[-1], y[-1])))
    panel = Panel(
        "分位数（分钟），纵轴仿真 Quantiles (min), simulated upwards",
        "日志 logged, 0-99.5 %",
        (0, top),
        (0, top),
    )
    levels = {float(level): f"{level:g}" for level in np.arange(0, top + 1, 2)}
    panel.ticks(levels, levels)
    panel.add_line([0, top], [0, top], "#9ca3af", "3 3")
    panel.add_line(x.tolist(), y.tolist(), SIMULATED)
    return panel


def _days(log: Waited, runs: list[Waited], n_days: int) -> Panel:
    logged = daily(log, n_days)[:, 0]
    simulated = np.stack([daily(run, n_days)[:, 0] for run in runs])
    top = float(50 * np.ceil(max(logged.max(), simulated.max()) / 50))
    x = np.arange(1, n_days + 1).tolist()
    panel = Panel("每日等待 Mean wait by day (s)", "日 day of the month", (1, n_days), (0, top))
    panel.ticks(
        {float(day): str(day) for day in range(1, n_days + 1, 5)},
        {float(level): f"{level:g}" for level in np.arange(0, top + 1, 50)},
    )
    panel.add_band(x, *np.quantile(simulated, RANGE, axis=0).tolist())
    panel.add_line(x, simulated.mean(axis=0).tolist(), SIMULATED)
    panel.add_line(x, logged.tolist(), LOGGED)
    return panel

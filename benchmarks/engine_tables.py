"""The figures of benchmarks/engines.py as tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """The least of several runs."""

    part: str
    engine: str
    records: str
    units: int  # customers, visits or events
    cpu_seconds: float
    cpu_seconds_all: list[float]
    first_cpu_seconds: float  # of a process that has just begun, its memory not yet given
    wall_seconds: float
    before_mb: float | None
    peak_mb: float | None
    version: str

    @property
    def per_second(self) -> float:
        return self.units / self.cpu_seconds


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> str:
    """A table in Markdown; columns behind the first `texts` are figures."""
    rule = ["---" if n < texts else "--:" for n in range(len(titles))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (titles, rule, *rows))


def tables(found: dict[str, Any]) -> str:
    """What docs/speed.md shows."""
    by_part: dict[str, list[Figure]] = {part: [] for part in ("queue", "hall", "loan", "growth")}
    for figure in found["figures"]:
        by_part[figure.part].append(figure)
    blocks = []
    for part in ("queue", "hall", "loan"):
        if by_part[part]:
            unit = {"queue": "customers 人", "hall": "visits 次", "loan": "events 事件"}[part]
            blocks.append(speed_table(by_part[part], unit))
    if found["loan"]:
        blocks.append(loan_table(found["loan"]))
    if by_part["growth"]:
        blocks.append(growth_table(by_part["growth"]))
    if found["experiments"]:
        rows = [
            (figure["name"], f"{figure['wall_seconds'] * 1000:.0f}", f"{figure['cpu_seconds'] * 1000:.0f}")
            for figure in found["experiments"]
        ]
        blocks.append(table(("experiment 实验", "wall ms", "CPU ms"), rows))
    return "\n\n".join(blocks)


def speed_table(figures: Sequence[Figure], unit: str) -> str:
    fastest = figures[0].per_second
    rows = [
        (
            f"{figure.engine} {figure.version}".strip(),
            figure.records,
            f"{figure.units:,}",
            f"{figure.cpu_seconds:.3f}",
            ", ".join(f"{seconds:.3f}" for seconds in figure.cpu_seconds_all),
            f"{figure.first_cpu_seconds:.3f}",
            f"{figure.per_second:,.0f}",
            f"{fastest / figure.per_second:.2f}",
        )
        for figure in figures
    ]
    first = figures[0].engine.partition(", ")[2]
    titles = (
        "engine 引擎",
        "writes down 记录",
        unit,
        "CPU s",
        "of each process 各次",
        "first run 首次",
        "a second 每秒",
        f"{first} : it 倍数",
    )
    return table(titles, rows, texts=2)


def loan_table(loan: dict[str, Any]) -> str:
    """The check that both run the same model."""
    rows = [
        (
            name,
            f"{loan[f'{key}_prosimos']:,.2f}",
            f"{loan[f'{key}_ours']:,.2f}",
            f"{loan[f'{key}_difference']:+,.2f}",
            f"{loan[f'{key}_standard_error']:,.2f}",
        )
        for key, name in (("cycle_hours", "mean cycle time, hours 平均办理时长"), ("events", "events 事件"))
    ]
    runs = f"{loan['replications']} x {loan['cases']} cases, same arrivals 同样的到达"
    return table((runs, "Prosimos", "onewindow", "difference 差", "standard error 标准误"), rows)


def growth_table(figures: Sequence[Figure]) -> str:
    rows = []
    for figure in figures:
        before, peak = figure.before_mb or 0.0, figure.peak_mb or 0.0
        rows.append(
            (
                figure.engine,
                f"{figure.units:,}",
                f"{figure.cpu_seconds:.3f}",
                f"{figure.cpu_seconds / figure.units * 1e6:.3f}",
                f"{peak:.0f}",
                f"{(peak - before) * 2**20 / figure.units:.0f}",
            )
        )
    return table(
        ("growth 规模", "events 事件", "CPU s", "µs an event", "peak MB", "bytes an event 字节"), rows
    )

"""The figures of benchmarks/engines.py as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        lines = [
            (figure["name"], f"{figure['wall_seconds'] * 1000:.0f}", f"{figure['cpu_seconds'] * 1000:.0f}")
            for figure in found["experiments"]
        ]
        blocks.append(table(("experiment 实验", "wall ms", "CPU ms"), lines))
    rows = list(targets(by_part, found["experiments"] or []))
    if rows:
        titles = ("aimed at 目标", "measured 实测", "aim 目标值", "reached 达到")
        blocks.append(table(titles, rows))
    return "\n\n".join(blocks)


def several(seconds: Sequence[float]) -> str:
    """Each of a few, or the least and the most of many."""
    if len(seconds) > 3:
        return f"{min(seconds):.3f} to {max(seconds):.3f}"
    return ", ".join(f"{each:.3f}" for each in seconds)


def targets(
    by_part: dict[str, list[Figure]], experiments: Sequence[dict[str, Any]]
) -> Iterator[tuple[str, str, str, str]]:
    """What was aimed at, measured, and whether it was reached."""
    speeds = {(part, f.engine): f.per_second for part in by_part for f in by_part[part] if part != "growth"}
    ours, simpy = "onewindow, compiled", "onewindow, SimPy"
    for part, fast, slow, least in (
        ("queue", ours, "cimba, fastest form", 3.0),
        ("queue", ours, "cimba, with records", None),
        ("queue", ours, "SimPy by hand", 100.0),
        ("hall", ours, simpy, 60.0),
        ("loan", ours, "Prosimos", 200.0),
    ):
        if (part, fast) in speeds and (part, slow) in speeds:
            ratio = speeds[part, fast] / speeds[part, slow]
            aim, reached = ("", "") if least is None else (f">= {least:g}", yes(ratio >= least))
            yield f"{part}: compiled as fast as {slow}, times 倍", f"{ratio:.2f}", aim, reached
    if ("queue", simpy) in speeds and ("queue", "SimPy by hand") in speeds:
        ratio = speeds["queue", "SimPy by hand"] / speeds["queue", simpy]
        yield "queue: our SimPy engine takes, x SimPy by hand", f"{ratio:.2f}", "<= 1.5", yes(ratio <= 1.5)
    of_compiled = [f for f in by_part["growth"] if f.engine == ours]
    if len(of_compiled) > 1:
        ratio = of_compiled[0].per_second / of_compiled[-1].per_second
        name = f"growth: an event among {of_compiled[-1].units:,} takes, x among {of_compiled[0].units:,}"
        yield name, f"{ratio:.2f}", "<= 1.5", yes(ratio <= 1.5)
    for figure in experiments:
        most = 5000 if "year" in figure["name"] else 300
        wall = figure["wall_seconds"] * 1000
        yield f"{figure['name']}, wall ms", f"{wall:,.0f}", f"<= {most}", yes(wall <= most)


def yes(reached: bool) -> str:
    return "yes 是" if reached else "no 否"


def speed_table(figures: Sequence[Figure], unit: str) -> str:
    fastest = figures[0].per_second
    rows = [
        (
            f"{figure.engine} {figure.version}".strip(),
            figure.records,
            f"{figure.units:,}",
            f"{figure.cpu_seconds:.3f}",
            several(figure.cpu_seconds_all),
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

"""A month of a bank's call centre: simulated waits and people who gave up beside the logged ones.

    python benchmarks/bank_month.py [--data DIR] [--replications 100] [--variants 20] [--write]

From the log come the calls, the service times by type, the speeds of the agents, the pauses after work, who
was on duty when (`simulation/calibration/duty.py`) and patience by type and priority (Kaplan-Meier). Two
models are run: each day with its own calls and agents, which tests the mechanics of the queue, and a typical
week with drawn calls and average staffing, which is what a planner would have. Variants change one assumption
each. It prints the tables; with --write it renews them and the figure in docs/cases. The data are not part of
the project: where they are missing it says so and ends with exit code 2.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

from benchmarks import bank_tables as tables
from benchmarks.bank_calls import FILE, Calls, read_calls
from benchmarks.bank_figure import draw
from benchmarks.bank_models import Fitted, Variant
from benchmarks.bank_runs import Waited, logged, simulate_days, simulate_weeks
from mining.text import Text
from mining.working_time import MS_PER_DAY, MS_PER_HOUR
from simulation.calibration.duty import on_duty_by_half_hour

DATA = Path(os.environ.get("ONEWINDOW_SHARED_DATA", ROOT.parent / "shared" / "data"))
PAGE, FIGURE = ROOT / "docs" / "cases" / "bank-queue.md", ROOT / "docs" / "cases" / "bank-queue.svg"
SEED = 1
TWO_WEEKS = 14
MAIN = Variant(Text(zh="逐日模型", en="each day"))
VARIANTS = (
    Variant(Text(zh="优先级 2 总在前", en="priority 2 always first"), high_priority_first=True),
    Variant(
        Text(zh="NW 另排一队，排在后面", en="NW in a queue of its own, looked at later"), apart=("NW", "IN")
    ),
    Variant(Text(zh="IN 也在同一队", en="IN in the same queue"), apart=()),
    Variant(Text(zh="夜间与白天不分", en="nights like days"), nights=False),
    Variant(Text(zh="坐席速度相同", en="agents of one speed"), speeds=False),
    Variant(Text(zh="办后无停顿", en="no pauses after work"), pauses=False),
    Variant(Text(zh="5 分钟以上才算休息", en="breaks from 5 minutes on"), break_minutes=5),
    Variant(Text(zh="1 分钟以上即算休息", en="breaks from 1 minute on"), break_minutes=1),
    Variant(Text(zh="耐心 = 放弃者的等待", en="patience = waits of those who gave up"), censored=False),
)


def main() -> int:
    """The exit code: 0, or 2 where the data are missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder that holds queue/")
    parser.add_argument("--replications", type=int, default=100)
    parser.add_argument("--variants", type=int, default=20, help="replications of each variant")
    parser.add_argument("--write", action="store_true", help="renew docs/cases/bank-queue.md and .svg")
    asked = parser.parse_args()
    if not (asked.data / FILE).exists():
        print(
            f"the bank month is not at hand: no {FILE.as_posix()} in {asked.data} (--data DIR)",
            file=sys.stderr,
        )
        return 2
    blocks, figure = report(read_calls(asked.data), asked.replications, asked.variants)
    for name, text in blocks.items():
        print(f"\n{name}\n\n{text}")
    if asked.write:
        write(blocks, figure)
    return 0


def report(calls: Calls, replications: int, of_variants: int) -> tuple[dict[str, str], str]:
    """The blocks of the page by name, and the figure."""
    fitted, log, n_days = Fitted(calls, MAIN), logged(calls), calls.days.size
    runs = list(simulate_days(fitted, replications))
    weeks = list(simulate_weeks(fitted, SEED, replications))
    rows = [(_name(MAIN), runs), ("典型一周 typical week", weeks), *_variants(calls, of_variants)]
    blocks = {
        "counts": _counts(calls, fitted),
        "overall": tables.overall(rows, log, n_days),
        "half-hours": tables.half_hours(log, runs, n_days),
        "inside": _inside(log, runs, n_days),
        "quantiles": tables.quantiles(fitted, log, runs),
        "classes": tables.by_class(fitted, log, runs),
        "patience": tables.patience(fitted),
        "breaks": tables.breaks(fitted),
        "order": tables.order(calls),
    }
    return blocks, draw(log, runs, weeks, n_days)


def _variants(calls: Calls, replications: int) -> Iterator[tuple[str, list[Waited]]]:
    for variant in VARIANTS:
        yield _name(variant), list(simulate_days(Fitted(calls, variant), replications))


def _name(variant: Variant) -> str:
    return f"{variant.name.zh} {variant.name.en}"


def _counts(calls: Calls, fitted: Fitted) -> str:
    duty = fitted.duty
    hours = sum(spell.end_ms - spell.begin_ms for spell in duty.spells) / MS_PER_HOUR
    served = calls.served_ms.sum() / MS_PER_HOUR
    left_out = sum(service.left_out for service in fitted.service.values())
    day = calls.came_ms // MS_PER_DAY - calls.days[0]
    on_duty = on_duty_by_half_hour(duty.spells, calls.days).sum(axis=1) / 2
    a_hour = [
        (day < TWO_WEEKS).sum() / on_duty[:TWO_WEEKS].sum(),
        (day >= TWO_WEEKS).sum() / on_duty[TWO_WEEKS:].sum(),
    ]
    rows = [
        ["来电 calls", f"{calls.came_ms.size:,}"],
        *([f"未计入 left out: {reason}", f"{n:,}"] for reason, n in calls.left_out.items()),
        ["坐席 agents", f"{len(calls.officers)}"],
        ["在岗小时 hours on duty", f"{hours:,.0f}"],
        ["通话小时 hours of service", f"{served:,.0f}"],
        [
            "每在岗小时来电，前两周；其后 calls an hour on duty, first two weeks; later",
            f"{a_hour[0]:.1f}; {a_hour[1]:.1f}",
        ],
        ["休息 breaks", f"{duty.breaks:,}"],
        ["办后停顿，秒 pause after work, seconds", f"{60 * np.mean(duty.pause_minutes):.1f}"],
        ["超过一小时的通话，未计入 services over an hour, left out", f"{left_out}"],
        ["坐席速度 speeds of agents", f"{fitted.speeds.min():.2f}-{fitted.speeds.max():.2f}"],
    ]
    return tables.table(["", ""], rows)


def _inside(log: Waited, runs: list[Waited], n_days: int) -> str:
    found = tables.inside(log, runs, n_days)
    wait, waited, gave_up = (f"{100 * share:.0f} %" for share in found.values())
    return (
        f"落在重复的中间 95 % 内的半小时（按来电加权）：等待 {wait}，排队 {waited}，放弃 {gave_up}。"
        f"Half-hours (weighted by calls) whose logged value lies within the middle 95 % of the replications: "
        f"wait {wait}, waited {waited}, gave up {gave_up}."
    )


def write(blocks: dict[str, str], figure: str) -> None:
    """Put the blocks between their marks on the page, and the figure beside it."""
    text = PAGE.read_text(encoding="utf-8")
    for name, block in blocks.items():
        mark = re.compile(rf"(<!-- {name} -->\n)(?:(?!<!--).)*(<!-- end -->)", re.DOTALL)
        if not mark.search(text):
            raise ValueError(f"{PAGE.name} has no place for {name}: <!-- {name} --> ... <!-- end -->")
        text = mark.sub(lambda found, block=block: f"{found[1]}{block}\n{found[2]}", text)
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    FIGURE.write_text(figure, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())

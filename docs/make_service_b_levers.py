"""Writes docs/service-b-levers.md: `python docs/make_service_b_levers.py [--engine simpy] [--check]`.

The text beside the table is `docs/service-b-levers_introduction.md`. With `--check` nothing is written: exit
code 1 if the page is not what the simulation says.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from sample_logs import load_service  # noqa: E402 (after the path is set)
from sample_logs.service_b_levers import (  # noqa: E402
    LEVERS,
    VISITS,
    WAIT,
    LeverEffect,
    Reference,
    measure_levers,
)
from simulation.comparison import KpiDifference  # noqa: E402
from simulation.experiment import Experiment  # noqa: E402

PAGE, INTRODUCTION = HERE / "service-b-levers.md", HERE / "service-b-levers_introduction.md"
HEAD = (
    "| lever 措施 | reference 参考 | here 本仿真 | 95 % interval 区间 | sign 符号 | visits 跑动 "
    "| held at closing 闭厅持号 |",
    "|---|--:|--:|---|---|--:|--:|",
)


def page(effects: list[LeverEffect]) -> str:
    """The introduction and the table."""
    return INTRODUCTION.read_text(encoding="utf-8") + "\n".join(table(effects)) + "\n"


def table(effects: list[LeverEffect]) -> list[str]:
    """One row a lever: change of the mean wait in minutes there and here, of the visits of a journey, and how
    often somebody held a ticket at closing in all runs together."""
    before = effects[0].comparison.before
    wait, visits = before.interval(WAIT), before.interval(VISITS)
    today = (
        f"| today 现状 | 23.8 ± 1.1 | {wait.mean:.1f} | {wait.low:.1f} to {wait.high:.1f} "
        f"| | {visits.mean:.2f} (3.5) | {_held(before)} |"
    )
    return [*HEAD, today, *(_row(effect) for effect in effects)]


def _row(effect: LeverEffect) -> str:
    comparison, reference = effect.comparison, effect.lever.reference
    wait, visits = comparison.kpi(WAIT), comparison.kpi(VISITS)
    told = "" if reference is None else f"{reference.wait_minutes:+.1f} ± {reference.half_width:.1f}"
    trips = "" if reference is None or reference.visits is None else f" ({reference.visits:+.2f})"
    name = effect.lever.name
    return (
        f"| {name.en}<br>{name.zh} | {told} "
        f"| {wait.difference:+.1f} | {wait.ci_low:+.1f} to {wait.ci_high:+.1f} "
        f"| {_sign(wait, reference)} | {_change(visits.difference)}{trips} "
        f"| {_held(comparison.after)} |"
    )


def _sign(wait: KpiDifference, reference: Reference | None) -> str:
    if reference is None:
        return ""
    if abs(reference.wait_minutes) <= reference.half_width:
        return "open there 参考未定"
    if wait.contains_zero:
        return "**open here 本处未定**"
    return "same 相同" if (wait.difference > 0) == (reference.wait_minutes > 0) else "**other 相反**"


def _change(value: float) -> str:
    """Two decimals, no negative zero."""
    return "0.00" if abs(value) < 0.005 else f"{value:+.2f}"


def _held(experiment: Experiment) -> str:
    return f"{experiment.incidents.get('left_with_ticket', 0):,}"


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", default="compiled")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    made = page(measure_levers(load_service("B"), LEVERS, engine=given.engine))
    if not given.check:
        PAGE.write_text(made, encoding="utf-8", newline="\n")
        return 0
    return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == made else 1


if __name__ == "__main__":
    raise SystemExit(main())

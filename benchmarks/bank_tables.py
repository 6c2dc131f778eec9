"""The tables of the bank month: logged beside simulated, in words of both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.bank_breaks import PARTS_OF_DAY, WAITING, breaks_by_queue
from benchmarks.bank_calls import NIGHT_MS, Calls
from benchmarks.bank_models import Fitted
from benchmarks.bank_order import taken_in_order
from benchmarks.bank_runs import FIRST_HALF_HOUR, RANGE, ByHalfHour, Measures, Waited, daily
from mining.half_hours import HALF_HOUR_MS, half_hour_clock

MANY, ALWAYS_SECONDS = 99, 86_400
QUANTILES = (0.5, 0.75, 0.9, 0.95, 0.99)
PATIENCE_MINUTES = (0.5, 1, 2, 5, 10)


def half_hours(log: Waited, runs: list[Waited], n_days: int) -> str:
    """A line for each half-hour from 7:00 on; in brackets the middle 95 % of the replications."""
    logged, simulated = ByHalfHour.of(log, n_days), ByHalfHour.of_all(runs, n_days)
    lines = []
    for slot in range(FIRST_HALF_HOUR, 48):
        cells = [f"{half_hour_clock(slot)}", f"{logged.calls[slot]:.1f}"]
        for name, scale in (("wait_seconds", 1), ("waited_share", 100), ("gave_up_share", 100)):
            values = scale * getattr(simulated, name)[:, slot]
            cells += [f"{scale * getattr(logged, name)[slot]:.0f}", _with_range(values)]
        lines.append(cells)
    return table(
        [
            "从 from",
            "来电/日 calls a day",
            "等待 wait (s)",
            "仿真 simulated",
            "排队 waited (%)",
            "仿真 simulated",
            "放弃 gave up (%)",
            "仿真 simulated",
        ],
        lines,
    )


def inside(log: Waited, runs: list[Waited], n_days: int) -> dict[str, float]:
    """Share of the half-hours (from 7:00 on, by calls) whose logged value lies in the range of the runs."""
    logged, simulated = ByHalfHour.of(log, n_days), ByHalfHour.of_all(runs, n_days)
    weights = logged.calls[FIRST_HALF_HOUR:]
    found = {}
    for name in ("wait_seconds", "waited_share", "gave_up_share"):
        seen, values = (getattr(one, name)[..., FIRST_HALF_HOUR:] for one in (logged, simulated))
        low, high = np.nanquantile(values, RANGE, axis=0)
        within = (low <= seen) & (seen <= high)
        found[name] = float((within * weights).sum() / weights.sum())
    return found


def overall(rows: Iterable[tuple[str, list[Waited]]], log: Waited, n_days: int) -> str:
    """A line for each set of runs, the log first."""
    lines = [["日志 logged", *_overall(log), "", ""]]
    by_day = daily(log, n_days)
    for name, runs in rows:
        simulated = np.mean([daily(run, n_days) for run in runs], axis=0)
        together = [np.corrcoef(by_day[:, k], simulated[:, k])[0, 1] for k in (0, 1)]
        means = np.mean([[float(cell) for cell in _overall(run)] for run in runs], axis=0)
        lines.append([name, *(f"{value:.1f}" for value in means), *(f"{value:.2f}" for value in together)])
    return table(
        [
            "",
            "等待 wait (s)",
            "接通者等待 of those served (s)",
            "排队 waited (%)",
            "放弃 gave up (%)",
            "99 % (s)",
            "21:00 后等待 wait after 21:00 (s)",
            "逐日相关：等待 by day: wait",
            "放弃 gave up",
        ],
        lines,
    )


def by_class(fitted: Fitted, log: Waited, runs: list[Waited]) -> str:
    """A line for each type and priority, over the calls that waited."""
    lines = []
    for number, each in enumerate(fitted.calls.classes):
        logged = Measures.of(log.where((log.of_class == number) & (log.wait_minutes > 0)))
        many = [Measures.of(run.where((run.of_class == number) & (run.wait_minutes > 0))) for run in runs]
        lines.append(
            [
                each.name,
                f"{logged.calls:,}",
                f"{logged.served_wait_seconds:.0f}",
                f"{np.nanmean([one.served_wait_seconds for one in many]):.0f}",
                f"{logged.gave_up_share:.1%}".replace("%", " %"),
                f"{np.nanmean([one.gave_up_share for one in many]):.1%}".replace("%", " %"),
            ]
        )
    return table(
        [
            "类别-优先级 type-priority",
            "排队 waited",
            "接通者等待 wait of those served (s)",
            "仿真 simulated",
            "放弃 gave up",
            "仿真 simulated",
        ],
        lines,
    )


def patience(fitted: Fitted) -> str:
    """What the log says about patience: shares that outlast some minutes, with 95 % intervals."""
    lines = []
    for each, found in zip(fitted.calls.classes, fitted.patience, strict=True):
        cells = []
        for limit in PATIENCE_MINUTES:
            low, high = found.survival.interval(limit)
            cells.append(f"{100 * found.survival.beyond(limit):.0f} ({100 * low:.0f}-{100 * high:.0f})")
        gave_up = fitted.calls.gave_up & (fitted.calls.step == each.step)
        mean = np.nan if found.minutes is None else found.minutes.mean_minutes
        naive = float(fitted.calls.waited_ms[gave_up].mean()) / 60_000
        lines.append([each.name, f"{found.survival.ended:,}", *cells, f"{mean:.1f}", f"{naive:.1f}"])
    head = ["类别-优先级 type-priority", "放弃 gave up"]
    head += [f"> {limit:g} min (%)" for limit in PATIENCE_MINUTES]
    return table([*head, "平均 mean (min)", "放弃者的平均等待 mean wait of those who gave up"], lines)


def order(calls: Calls) -> str:
    """The share of the calls taken that were the first by each rule."""
    moments, shares = taken_in_order(calls)
    head = [f"优先级 2 提前 head start of priority 2 ({moments:,})"]
    head += ["总在前 always first" if s >= ALWAYS_SECONDS else f"{s} s" for s in shares]
    return table(head, [["符合 taken by that rule", *(f"{100 * share:.0f} %" for share in shares.values())]])


def quantiles(fitted: Fitted, log: Waited, runs: list[Waited]) -> str:
    """Waits in seconds at some probabilities, logged / simulated, by queue and part of the day."""
    apart = np.isin([each.kind for each in fitted.calls.classes], fitted.variant.apart)
    lines = []
    for queue, of_queue in (("普通队列 common queue", ~apart), ("IN", apart)):
        for first, last in PARTS_OF_DAY:
            chosen = [
                one.where(of_queue[one.of_class] & (one.half_hour >= 2 * first) & (one.half_hour < 2 * last))
                for one in (log, *runs)
            ]
            seen, simulated = (
                60 * np.quantile(np.concatenate([one.wait_minutes for one in part]), QUANTILES)
                for part in (chosen[:1], chosen[1:])
            )
            cells = [f"{a:.0f} / {b:.0f}" for a, b in zip(seen, simulated, strict=True)]
            lines.append([f"{queue}, {first}:00-{last}:00", f"{chosen[0].gave_up.size:,}", *cells])
    head = ["日志 / 仿真（秒） logged / simulated (s)", "来电 calls"]
    return table([*head, *(f"{100 * p:.0f} %" for p in QUANTILES)], lines)


def breaks(fitted: Fitted) -> str:
    """How often an agent takes a break after a service, by people waiting then."""
    head = ["服务结束时 when a service ended"]
    head += [
        f"{low} 人等待 waiting" if low == high else f"{low}-{high}" if high < MANY else f"{low}+"
        for low, high in WAITING
    ]
    lines = []
    for name, counts in breaks_by_queue(fitted):
        lines.append([name, *(f"{100 * off / max(n, 1):.1f} % ({n:,})" for n, off in counts)])
    return table(head, lines)


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _overall(waited: Waited) -> list[str]:
    measures = Measures.of(waited)
    return [
        f"{measures.wait_seconds:.1f}",
        f"{measures.served_wait_seconds:.1f}",
        f"{100 * measures.waited_share:.1f}",
        f"{100 * measures.gave_up_share:.1f}",
        f"{60 * np.quantile(waited.wait_minutes, 0.99):.0f}",
        f"{Measures.of(waited.where(waited.half_hour >= NIGHT_MS // HALF_HOUR_MS)).wait_seconds:.1f}",
    ]


def _with_range(values: np.ndarray) -> str:
    known = values[np.isfinite(values)]
    if known.size == 0:
        return "-"
    low, high = np.quantile(known, RANGE)
    return f"{known.mean():.0f} ({low:.0f}-{high:.0f})"

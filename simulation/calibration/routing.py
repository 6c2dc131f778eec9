"""The flow: one order of steps where the log has one, else a loop over a choice with two-step context.

A step that is done again because it returned the case for correction is no routing: the step's own return
chance makes it happen. What is left is compared with the most frequent order of steps. If nine of ten
finished cases follow it (a rejected case follows it as far as it got), the flow is that sequence.

Otherwise the flow is a second-order Markov chain, written as a loop over a choice of all steps. Contexts
seen too seldom are pooled into their last step, and those into one row for the rest. Pooled rows are
estimated on what is pooled in them only; by conservation of flow the expected number of visits to each step
is then exactly that of the log.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.text import Text
from simulation.calibration.cases import CaseWindow
from simulation.calibration.chain import Chain, fit_chain
from simulation.calibration.evidence import measured, share_interval
from simulation.calibration.observations import Observations
from simulation.calibration.parallel import ParallelGroup
from simulation.service_model import Block, Choice, Evidence, Loop, Sequence, StepBlock

SEQUENCE_COVERS = 0.90
MAX_STEPS = 600
FLAT_CHOICE_UP_TO = 40  # more branches are sorted into stages, so that tables stay small
STAGE_SIZE = 16


@dataclass(frozen=True)
class Routing:
    """The flow, the codes of the steps in it, and what it rests on."""

    flow: Block
    steps: tuple[int, ...]
    evidence: dict[str, Evidence]


def calibrate_routing(
    observed: Observations,
    repeats: np.ndarray,
    rejected: np.ndarray,
    window: CaseWindow,
    groups: tuple[ParallelGroup, ...] = (),
) -> Routing:
    """The flow of the log. `repeats` are visits after a return, `rejected` the events that ended a case."""
    kept, left_out = _frequent_steps(observed)
    events = np.flatnonzero(~repeats & np.isin(observed.step, kept))
    symbol, blocks = _symbols(observed, events, groups)
    heads = _first_of_block(observed, events, symbol)
    complete = (window.begun & window.finished)[observed.case]
    order, coverage, n = _main_order(observed, events[heads], symbol[heads], complete, rejected)
    evidence = _case_evidence(window, left_out, observed.n_events)
    if coverage >= SEQUENCE_COVERS:
        flow: Block = Sequence(sequence=tuple(blocks[s] for s in order))
        evidence["flow"] = _sequence_evidence(coverage, n)
        in_flow = {step for s in order for step in _codes_of(s, groups, observed)}
        return Routing(flow, tuple(sorted(in_flow)), evidence)
    chain = fit_chain(observed, events, symbol, heads, window, rejected, len(blocks))
    evidence["flow"] = _chain_evidence(chain, coverage)
    return Routing(_loop(chain, blocks, observed), tuple(int(s) for s in kept), evidence)


def _frequent_steps(observed: Observations) -> tuple[np.ndarray, int]:
    """Codes of the steps in the model, and the number of events of the others."""
    counts = np.bincount(observed.step, minlength=len(observed.step_names))
    kept = np.sort(np.argsort(-counts, kind="stable")[:MAX_STEPS])
    return kept, int(counts.sum() - counts[kept].sum())


def _symbols(
    observed: Observations, events: np.ndarray, groups: tuple[ParallelGroup, ...]
) -> tuple[np.ndarray, list[Block]]:
    """What each event is for the routing (its step, or the parallel block it belongs to) and the blocks."""
    blocks: list[Block] = [StepBlock(step=name) for name in observed.step_names]
    symbol = observed.step[events].copy()
    for group in groups:
        symbol[np.isin(events, group.events)] = len(blocks)
        blocks.append(group.block(observed.step_names))
    return symbol, blocks


def _first_of_block(observed: Observations, events: np.ndarray, symbol: np.ndarray) -> np.ndarray:
    """Positions that begin a step or a parallel block: all but the later members of a block."""
    same = np.append(
        False, (symbol[1:] == symbol[:-1]) & (observed.case[events][1:] == observed.case[events][:-1])
    )
    return np.flatnonzero(~(same & (symbol >= len(observed.step_names))))


def _main_order(
    observed: Observations, events: np.ndarray, symbol: np.ndarray, complete: np.ndarray, rejected: np.ndarray
) -> tuple[tuple[int, ...], float, int]:
    """The most frequent order of the complete cases, the share that follows it, and their number."""
    use = complete[events]
    symbol, case = symbol[use].astype("int32"), observed.case[events][use]
    cut_short = np.zeros(len(observed.case_names), bool)
    cut_short[observed.case[rejected]] = True
    bounds = np.flatnonzero(np.append(True, case[1:] != case[:-1])) if case.size else np.zeros(0, "int64")
    ends = np.append(bounds[1:], case.size)
    whole: dict[bytes, int] = {}
    partial: dict[bytes, int] = {}
    for begin, end in zip(bounds.tolist(), ends.tolist(), strict=True):
        into = partial if cut_short[case[begin]] else whole
        key = symbol[begin:end].tobytes()
        into[key] = into.get(key, 0) + 1
    if not whole:
        return (), 0.0, int(bounds.size)
    main = max(whole, key=lambda key: (whole[key], key))
    follows = whole[main] + sum(n for key, n in partial.items() if main.startswith(key))
    order = tuple(int(s) for s in np.frombuffer(main, "int32"))
    if len(set(order)) < len(order):
        return order, 0.0, int(bounds.size)  # a step that is done twice needs the context of the chain
    return order, follows / bounds.size, int(bounds.size)


def _codes_of(symbol: int, groups: tuple[ParallelGroup, ...], observed: Observations) -> tuple[int, ...]:
    n_steps = len(observed.step_names)
    return (symbol,) if symbol < n_steps else groups[symbol - n_steps].steps


def _loop(chain: Chain, blocks: list[Block], observed: Observations) -> Loop:
    names = (*observed.step_names, *("" for _ in blocks[len(observed.step_names) :]))
    used = chain.used_symbols
    if len(used) <= FLAT_CHOICE_UP_TO:
        body: Block = Choice(
            choice=tuple(blocks[s] for s in used), name="next step", table=chain.table(used, names)
        )
    else:
        body = _staged(chain, blocks, names)
    return Loop(loop=body, name="again", table=chain.end_table(names), max_rounds=chain.longest_case)


def _staged(chain: Chain, blocks: list[Block], names: tuple[str, ...]) -> Choice:
    """First the stage, then the step in it, both with the same contexts: the same chances, smaller tables."""
    by_position = chain.symbols_by_position()
    stages = [by_position[i : i + STAGE_SIZE] for i in range(0, len(by_position), STAGE_SIZE)]
    inner = tuple(
        Choice(
            choice=tuple(blocks[s] for s in stage),
            name=f"next step of stage {number}",
            table=chain.table(stage, names),
        )
        for number, stage in enumerate(stages, start=1)
    )
    return Choice(choice=inner, name="next stage", table=chain.stage_table(stages, names))


def _case_evidence(window: CaseWindow, left_out: int, n_events: int) -> dict[str, Evidence]:
    n = int(window.finished.size)
    evidence = {
        "flow.cases": measured(
            n,
            note=Text(
                zh=f"{n} 件中 {window.n_running_at_start} 件在日志开始前已在办，"
                f"{window.n_unfinished} 件未办结，分别不计入流程的开始与结束。",
                en=f"Of {n} cases {window.n_running_at_start} were already running and {window.n_unfinished} "
                "still are; they do not count for how cases begin or end.",
            ),
        )
    }
    if left_out:
        evidence["flow.rare_steps"] = measured(
            left_out,
            note=Text(
                zh=f"只保留最常见的 {MAX_STEPS} 个环节，{left_out}/{n_events} 条记录不在模型中。",
                en=f"Only the {MAX_STEPS} most frequent steps are kept; {left_out} of {n_events} events are "
                "not in the model.",
            ),
        )
    return evidence


def _sequence_evidence(coverage: float, n: int) -> Evidence:
    return measured(
        n,
        share_interval(round(coverage * n), n),
        Text(
            zh=f"{coverage:.1%} 的完整办件按同一顺序办理（补正重办与退回除外）。",
            en=f"{coverage:.1%} of the complete cases follow one order, corrections and rejections apart.",
        ),
    )


def _chain_evidence(chain: Chain, coverage: float) -> Evidence:
    return measured(
        chain.n_moves,
        note=Text(
            zh=f"二阶上下文路由：{chain.n_pairs} 个两步上下文（各至少 {chain.min_count} 次），"
            f"{chain.n_pooled} 次转移并入较短上下文；最常见顺序只覆盖 {coverage:.1%}。",
            en=f"Routing by the last two steps: {chain.n_pairs} contexts (at least {chain.min_count} moves "
            f"each), {chain.n_pooled} moves pooled into shorter ones; the main order covers {coverage:.1%}.",
        ),
    )

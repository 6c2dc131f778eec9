"""A log against an official model: fitness, deviations by kind and step, what they cost.

Each variant is checked once, the most frequent first: token replay for the fitness, an alignment for the
deviations. At most `MAX_VARIANTS` variants and `STATE_BUDGET` states of alignments; what is over is
counted. Where a step list allows it, steps repeated after a return for correction are taken out first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import JsonValue

from mining.case_mix import find_strata
from mining.case_times import cycle_days, find_case_times
from mining.columns import log_columns
from mining.conformance.alignment import MAX_STATES, Aligner, Alignment
from mining.conformance.costs import TimeCost, time_costs
from mining.conformance.deviations import KINDS, Found, Kind, deviations_of
from mining.conformance.matching import StepMatch, match_steps
from mining.conformance.model import OfficialModel
from mining.conformance.repeats import repeated_after_return, without
from mining.conformance.step_list import StepListError
from mining.conformance.token_replay import TokenReplay, Tokens, token_fitness
from mining.diagnostics.shared import examples
from mining.event_log import EventLog
from mining.statistics import wilson_interval
from mining.text import Language, Text
from mining.variants import find_variant_codes
from mining.working_time import WorkingCalendar

MAX_VARIANTS = 5_000
STATE_BUDGET = 1_000_000
"""Some ten seconds; variants after that get the narrow search only."""
KIND_NAMES: dict[Kind, Text] = {
    "skipped": Text(zh="跳过", en="skipped"),
    "inserted": Text(zh="多余", en="inserted"),
    "wrong_order": Text(zh="次序不对", en="wrong order"),
    "repeated": Text(zh="重复", en="repeated"),
    "unfinished": Text(zh="未做完", en="unfinished"),
}


@dataclass(frozen=True)
class Deviation:
    """One kind of deviation at one step: cases with it, their share of the cases checked (Wilson's 95 %
    interval), and its time cost. `open_cases` of the cases are known to be still open; `in_model` is False
    for a step the model does not know."""

    kind: Kind
    step: str
    in_model: bool
    cases: int
    times: int
    share: float
    share_low: float
    share_high: float
    open_cases: int
    cost: TimeCost
    example_cases: tuple[str, ...]

    def to_json(self, language: Language) -> dict[str, Any]:
        """The contract of the command line."""
        return {
            "kind": self.kind,
            "title": f"{KIND_NAMES[self.kind].in_language(language)}: {self.step}",
            "step": self.step,
            "in_model": self.in_model,
            "cases": self.cases,
            "times": self.times,
            "share": self.share,
            "share_low": self.share_low,
            "share_high": self.share_high,
            "open_cases": self.open_cases,
            "extra_working_days": self.cost.days,
            "extra_working_days_low": self.cost.low,
            "extra_working_days_high": self.cost.high,
            "finished_cases_with_it": self.cost.cases,
            "never_apart_from_others": self.cost.entangled,
            "example_cases": list(self.example_cases),
        }


@dataclass(frozen=True)
class Conformance:
    """A log held against a model.

    `fitting_cases` are runs of the model. `token_fitness` is the log's, from sums of tokens;
    `trace_fitness_mean` the mean over cases. `aligned_exactly` and `aligned_narrowly` count variants (of
    `variants`) by the search their deviations come from; `cases_not_checked` belong to variants over the cap.
    """

    log_name: str
    model_name: str
    cases: int
    cases_checked: int
    cases_not_checked: int
    variants: int
    aligned_exactly: int
    aligned_narrowly: int
    fitting_cases: int
    fitting_share: float
    fitting_share_low: float
    fitting_share_high: float
    token_fitness: float
    trace_fitness_mean: float
    repeats_after_return: int
    match: StepMatch
    deviations: tuple[Deviation, ...]

    def by_kind(self, kind: Kind) -> tuple[Deviation, ...]:
        """The deviations of one kind, the most cases first."""
        return tuple(each for each in self.deviations if each.kind == kind)

    def to_json(self, language: Language) -> dict[str, Any]:
        """The contract of the command line, without notes (see `mining.conformance.notes`)."""
        numbers: dict[str, JsonValue] = {
            name: getattr(self, name)
            for name in (
                *("cases", "cases_checked", "cases_not_checked", "variants", "aligned_exactly"),
                *("aligned_narrowly", "fitting_cases", "fitting_share", "fitting_share_low"),
                *("fitting_share_high", "token_fitness", "trace_fitness_mean", "repeats_after_return"),
            )
        }
        return {
            "log": self.log_name,
            "model": self.model_name,
            **numbers,
            "steps_not_in_model": [{"step": name, "events": n} for name, n in self.match.unmatched],
            "steps_never_done": list(self.match.never_done),
            "steps_matched_by_spelling": [{"log": name, "model": step} for name, step in self.match.renamed],
            "deviations": [each.to_json(language) for each in self.deviations],
        }


@dataclass(frozen=True)
class _Checked:
    """One variant: its tokens, its alignment, its deviations."""

    tokens: Tokens
    alignment: Alignment
    found: Counter[Found]


def check_conformance(log: EventLog, model: OfficialModel, calendar: WorkingCalendar) -> Conformance:
    """Hold a log against a model; durations are working days of `calendar`.

    Raises `StepListError` where no step of the log is in the model, or the model cannot be run to its end.
    """
    if log.n_cases == 0:
        raise StepListError(zh=f"{log.name}：没有办件。", en=f"{log.name}: no cases.")
    match = match_steps(log, model.net)
    dropped = np.zeros(log.n_events, bool)
    if model.may_repeat_after_return:
        dropped = repeated_after_return(log)
    reduced = without(log, dropped)
    variants = find_variant_codes(reduced)
    checked = _check_variants(reduced, model, variants.example_case[:MAX_VARIANTS])
    cases = variants.cases[: len(checked)]
    n = int(cases.sum())
    fits = np.array([each.alignment.cost == 0 for each in checked], bool)
    fitting = int(cases[fits].sum())
    low, high = wilson_interval(fitting, n)
    sums = [int((cases * [getattr(each.tokens, name) for each in checked]).sum()) for name in _TOKENS]
    narrow = sum(not each.alignment.exact for each in checked)
    return Conformance(
        log_name=log.name,
        model_name=model.name,
        cases=log.n_cases,
        cases_checked=n,
        cases_not_checked=log.n_cases - n,
        variants=int(variants.cases.size),
        aligned_exactly=len(checked) - narrow,
        aligned_narrowly=narrow,
        fitting_cases=fitting,
        fitting_share=fitting / n,
        fitting_share_low=low,
        fitting_share_high=high,
        token_fitness=token_fitness(*sums),
        trace_fitness_mean=float((cases * [each.tokens.fitness for each in checked]).sum() / n),
        repeats_after_return=int(dropped.sum()),
        match=match,
        deviations=_deviations(log, reduced, model, checked, calendar),
    )


_TOKENS = ("produced", "consumed", "missing", "remaining")


def _check_variants(log: EventLog, model: OfficialModel, example_case: np.ndarray) -> list[_Checked]:
    columns = log_columns(log)
    name_of = match_steps(log, model.net).of_activity
    replay, aligner, budget = TokenReplay(model.net), Aligner(model.net), STATE_BUDGET
    found = []
    for case in example_case.tolist():
        activity = columns.activity[columns.case_starts[case] : columns.case_starts[case + 1]]
        sequence = tuple(name_of[activity].tolist())
        alignment = aligner.align(sequence, MAX_STATES if budget > 0 else 0)
        if alignment is None:
            raise StepListError(
                zh=f"{model.name}：模型无法从开始走到结束。",
                en=f"{model.name}: the model cannot be run from its begin to its end.",
            )
        budget -= alignment.states
        names = tuple(str(name) for name in columns.activities[activity])
        found.append(
            _Checked(
                replay.replay(sequence),
                alignment,
                deviations_of(alignment.moves, model.net.steps, names),
            )
        )
    return found


def _deviations(
    log: EventLog,
    reduced: EventLog,
    model: OfficialModel,
    checked: list[_Checked],
    calendar: WorkingCalendar,
) -> tuple[Deviation, ...]:
    columns, variants = log_columns(reduced), find_variant_codes(reduced)
    names = sorted({found for each in checked for found in each.found}, key=_order)
    if not names:
        return ()
    times = np.array([[each.found[name] for name in names] for each in checked], "int64")
    inside = variants.of_case < len(checked)
    strata = find_strata(log, log, ("item",)).before
    days = np.where(inside, cycle_days(log, calendar), np.nan)
    costs = time_costs(times > 0, np.where(inside, variants.of_case, 0), strata, days)
    still_open = ~find_case_times(log).finished
    n = int(variants.cases[: len(checked)].sum())
    known = set(model.net.steps)
    found = []
    for column, (kind, step) in enumerate(names):
        has = np.zeros(columns.n_cases, bool)
        has[inside] = times[variants.of_case[inside], column] > 0
        cases = int(has.sum())
        low, high = wilson_interval(cases, n)
        found.append(
            Deviation(
                kind=kind,
                step=step,
                in_model=step in known,
                cases=cases,
                times=int((variants.cases[: len(checked)] * times[:, column]).sum()),
                share=cases / n,
                share_low=low,
                share_high=high,
                open_cases=int((has & still_open).sum()),
                cost=costs[column],
                example_cases=examples(columns.case_ids[has]),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.cases, _order((each.kind, each.step)))))


def _order(found: Found) -> tuple[int, str]:
    return KINDS.index(found[0]), found[1]

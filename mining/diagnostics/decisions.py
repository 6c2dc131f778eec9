"""Which events are decisions, and which of them passed the case on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mining.columns import log_columns
from mining.diagnostics.step_words import outcome_in_name
from mining.errors import MissingColumnsError
from mining.event_log import ABANDON, PASS, WITHDRAW, EventLog
from mining.log_cache import once_per_object
from mining.text import Text

NOT_A_DECISION = -1


@dataclass(frozen=True)
class Decisions:
    """One value an event: the deciding step (a position in `names`, or NOT_A_DECISION) and whether it passed.

    `activities` holds the log's steps behind each name: one where the log has results, several where they
    were read from the names (APPROVED by X, REJECTED by X).
    """

    names: tuple[str, ...]
    activities: tuple[tuple[str, ...], ...]
    step: np.ndarray
    passed: np.ndarray
    from_names: bool


def find_decisions(log: EventLog, purpose: Text) -> Decisions:
    """The decisions of a log, from `result`, else from names of steps that come as approved and rejected.

    Events without a result (a pick-up) and those the applicant ended (撤回, 弃号) are no decisions. A result
    that is none of the project's words counts as not passed: a step is never called useless because nobody
    understood its results. Raises `MissingColumnsError` naming `purpose` where the log has neither.
    """
    found = _decisions(log)
    if found is None:
        raise MissingColumnsError(
            zh=f"{log.name}：{purpose.zh}需要列 result，或成对的环节名（如“……通过”与“……退回”），日志中没有。",
            en=f"{log.name}: {purpose.en} needs the column result, or pairs of steps such as "
            "'approved by X' and 'rejected by X'; the log has neither.",
        )
    return found


@once_per_object
def _decisions(log: EventLog) -> Decisions | None:
    return _from_results(log) if log.has("result") else _from_names(log)


def _from_results(log: EventLog) -> Decisions:
    columns = log_columns(log)
    result = log.events["result"]
    decided = (result.notna() & ~result.isin([WITHDRAW, ABANDON])).to_numpy()
    names = tuple(str(name) for name in columns.activities)
    return Decisions(
        names=names,
        activities=tuple((name,) for name in names),
        step=np.where(decided, columns.activity, NOT_A_DECISION),
        passed=(result == PASS).to_numpy(dtype=bool),
        from_names=False,
    )


def _from_names(log: EventLog) -> Decisions | None:
    columns = log_columns(log)
    outcomes = {str(name): outcome_in_name(str(name)) for name in columns.activities}
    told = {name: outcome for name, outcome in outcomes.items() if outcome is not None}
    names = tuple(sorted({decision for decision, _ in told.values()}))
    # one pair proves that the log writes down what was not passed; without any, silence proves nothing
    if not any({True, False} == {passed for d, passed in told.values() if d == name} for name in names):
        return None
    code = np.array(
        [names.index(told[name][0]) if name in told else NOT_A_DECISION for name in outcomes], "int64"
    )
    passes = np.array([name in told and told[name][1] for name in outcomes], bool)
    return Decisions(
        names=names,
        activities=tuple(tuple(a for a, o in told.items() if o[0] == name) for name in names),
        step=code[columns.activity],
        passed=passes[columns.activity],
        from_names=True,
    )

"""Which steps of a log are protected, and proposals that respect it.

A step is protected by its name (`mining.protected_steps`), or by what the log shows: officers who do both
this step and the one before it, and never both on one case, follow a four-eyes rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import log_columns
from mining.diagnostics.departments import UNKNOWN, department_codes
from mining.event_log import EventLog
from mining.findings import Proposal
from mining.grouped import grouped_mode
from mining.statistics import jeffreys_upper
from mining.text import Text
from mining.touch_times import believed_officers

MAX_SAME_OFFICER = 0.01
MIN_EXPECTED = 5.0
"""By chance two steps would meet in one hand this often: if they never do, that is a rule (e^-5 = 0.7 %)."""
_ALWAYS_ANOTHER = Text(
    zh="该环节几乎总由另一人办理：须先确认不是职责分离的要求。",
    en="Somebody else than at the step before does it practically always: make sure that no separation of "
    "duties is meant.",
)


@dataclass(frozen=True)
class FourEyes:
    """How often the officer of a step also did the step before it on the same case.

    `other_officer_share` is of `pairs` with both names known. `always_other`: the 95 % Jeffreys interval of
    the same officer ends below 1 %. `is_rule`: besides, by their shares of both steps the same officer would
    have been met `expected_same` times, five or more: people who could, and do not.
    """

    pairs: int
    other_officer_share: float
    expected_same: float
    always_other: bool

    @property
    def is_rule(self) -> bool:
        """Whether the log shows a four-eyes rule."""
        return self.always_other and self.expected_same >= MIN_EXPECTED


def find_four_eyes(log: EventLog, events: np.ndarray) -> FourEyes | None:
    """The pattern of these events (positions) and those right before them; None where no names tell.

    The semantics of pm4py's `filter_four_eyes_principle`, for the step most of them come after.
    """
    officer = believed_officers(log)
    if officer is None:
        return None
    columns = log_columns(log)
    after = events[~np.isin(events, columns.first_events)]
    if after.size == 0:
        return None
    before = columns.activity[after - 1]
    after = after[before == grouped_mode(np.zeros(before.size, "int64"), before, 1)[0]]
    now, then = officer[after], officer[after - 1]
    known = (now >= 0) & (then >= 0)
    now, then = now[known], then[known]
    if now.size == 0:
        return None
    same, n = int((now == then).sum()), int(now.size)
    width = int(max(now.max(), then.max())) + 1
    expected = float((np.bincount(now, minlength=width) / n * np.bincount(then, minlength=width)).sum())
    return FourEyes(n, 1 - same / n, expected, jeffreys_upper(same, n) < MAX_SAME_OFFICER)


def protected_by(log: EventLog, step: str) -> str | None:
    """The word that protects a step of this log by its name, or None."""
    found = log.options.protected.protection(step)
    return None if found is None else found[0]


def protection_of(log: EventLog, steps: Iterable[str], four_eyes: FourEyes | None = None) -> str | None:
    """Why none of these steps may be removed: the word in a name, "four_eyes_rule" of the log, or None."""
    by_name = next((word for step in steps if (word := protected_by(log, step))), None)
    return by_name or ("four_eyes_rule" if four_eyes is not None and four_eyes.is_rule else None)


def propose_removal(
    log: EventLog, steps: Iterable[str], caution: Text, four_eyes: FourEyes | None = None
) -> tuple[Proposal, ...]:
    """`remove_step` for each of these steps, none where any of them is protected.

    Where somebody else does the step practically always, the caution says so.
    """
    steps = list(steps)
    if protection_of(log, steps, four_eyes) is not None:
        return ()
    if four_eyes is not None and four_eyes.always_other:
        caution = Text(zh=caution.zh + _ALWAYS_ANOTHER.zh, en=f"{caution.en} {_ALWAYS_ANOTHER.en}")
    return tuple(Proposal(lever="remove_step", parameters={"step": step}, caution=caution) for step in steps)


def propose_one_window(log: EventLog, departments: Iterable[str], caution: Text) -> tuple[Proposal, ...]:
    """`one_window` for these departments, those with a protected step left out; none with fewer than two."""
    kept = sorted(set(departments) - _with_protected_steps(log))
    if len(kept) < 2:
        return ()
    return (Proposal(lever="one_window", parameters={"pools": [*kept]}, caution=caution),)


def _with_protected_steps(log: EventLog) -> set[str]:
    """Departments that do a protected step: one clerk for both would undo what protects it."""
    columns = log_columns(log)
    protected = np.array([protected_by(log, str(name)) is not None for name in columns.activities], bool)
    if not protected.any() or not log.has("dept"):
        return set()
    code, names = department_codes(log)
    chosen = protected[columns.activity] & (code != UNKNOWN)
    return {names[dept] for dept in pd.unique(code[chosen])}

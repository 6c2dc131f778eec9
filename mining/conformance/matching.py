"""Which step of the log is which step of the model, by name; nothing is guessed.

Names are compared after NFKC, without spaces and in lower case. What matches nothing is listed: events of
such steps count as inserted, steps of the model nobody took as skipped.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

from mining.columns import log_columns
from mining.conformance.alignment import UNKNOWN_STEP
from mining.conformance.net import Net
from mining.conformance.step_list import StepListError
from mining.event_log import EventLog


@dataclass(frozen=True)
class StepMatch:
    """`of_activity` has the number of the model's step for each step of the log, `UNKNOWN_STEP` for none.

    `unmatched` are steps of the log with their events, the most frequent first; `never_done` steps of the
    model that are not in the log; `renamed` pairs (log, model) whose spelling differs.
    """

    of_activity: np.ndarray
    unmatched: tuple[tuple[str, int], ...]
    never_done: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]


def folded(name: str) -> str:
    """A name as it is compared."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def match_steps(log: EventLog, net: Net) -> StepMatch:
    """The match of a log and a net; raises `StepListError` if two steps of the net fold to one name, or no
    step of the log is in the net."""
    number: dict[str, int] = {}
    for code, step in enumerate(net.steps):
        other = number.setdefault(folded(step), code)
        if other != code:
            raise StepListError(
                zh=f"模型中的环节“{net.steps[other]}”与“{step}”只有空格或大小写不同。",
                en=f"The steps {net.steps[other]!r} and {step!r} of the model differ only in spaces or case.",
            )
    columns = log_columns(log)
    names = [str(name) for name in columns.activities]
    found = np.array([number.get(folded(name), UNKNOWN_STEP) for name in names], "int64")
    if names and bool((found == UNKNOWN_STEP).all()):
        raise StepListError(
            zh=f"日志的环节（{'、'.join(names[:5])}）在模型（{'、'.join(net.steps[:5])}）中一个也没有。",
            en=f"No step of the log ({', '.join(names[:5])}) is in the model ({', '.join(net.steps[:5])}).",
        )
    events = np.bincount(columns.activity, minlength=len(names))
    return StepMatch(
        of_activity=found,
        unmatched=tuple(
            (name, int(events[code])) for code, name in enumerate(names) if found[code] == UNKNOWN_STEP
        ),
        never_done=tuple(step for code, step in enumerate(net.steps) if code not in set(found.tolist())),
        renamed=tuple(
            (name, net.steps[found[code]])
            for code, name in enumerate(names)
            if found[code] != UNKNOWN_STEP and name != net.steps[found[code]]
        ),
    )

"""Case mix: which cases of two logs are alike (same item, channel and type of applicant)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.columns import log_columns
from mining.event_log import EventLog, holds
from mining.text import Text

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "item": ("item_name", "item_code"),
    "channel": ("channel",),
    "applicant_type": ("applicant_type",),
}
"""What cases can be told apart by, and the columns that tell it, the first one known wins."""
DIMENSION_NAMES = {
    "item": Text(zh="事项", en="item"),
    "channel": Text(zh="渠道", en="channel"),
    "applicant_type": Text(zh="申请人类型", en="type of applicant"),
}
UNKNOWN = ""
"""Level of a case whose log does not tell."""


@dataclass(frozen=True)
class Strata:
    """Strata of two logs: `labels[code]` has one level a dimension; one code a case on each side."""

    dimensions: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    before: np.ndarray
    after: np.ndarray

    @property
    def is_mixed(self) -> bool:
        """Whether there is more than one stratum."""
        return len(self.labels) > 1

    def counts(self, side: np.ndarray) -> np.ndarray:
        """How many of these codes fall in each stratum."""
        return np.bincount(side, minlength=len(self.labels))


def find_strata(before: EventLog, after: EventLog, by: tuple[str, ...]) -> Strata:
    """The strata of the cases of both logs, by those dimensions of `by` that both logs know.

    Without any common dimension all cases are in one stratum with the label ().
    """
    sides = [{name: _levels(log, name) for name in by} for log in (before, after)]
    used = tuple(name for name in by if all(side[name] is not None for side in sides))
    tables = [pd.DataFrame({name: side[name] for name in used}) for side in sides]
    n_before = log_columns(before).n_cases
    if not used:
        zeros = [np.zeros(log_columns(log).n_cases, "int64") for log in (before, after)]
        return Strata((), ((),), zeros[0], zeros[1])
    both = pd.concat(tables, ignore_index=True)
    codes, labels = pd.factorize(pd.MultiIndex.from_frame(both), sort=True)
    names = tuple(tuple(str(level) for level in label) for label in labels)
    return Strata(used, names, codes[:n_before].astype("int64"), codes[n_before:].astype("int64"))


def _levels(log: EventLog, dimension: str) -> np.ndarray | None:
    """The level of each case: from the case table, else from its first event; None if the log has none."""
    columns = log_columns(log)
    for column in DIMENSIONS[dimension]:
        found: pd.Series | None = None
        if holds(log.cases, column):
            table = log.cases.drop_duplicates("case_id").set_index("case_id")[column]
            found = table.reindex(columns.case_ids).reset_index(drop=True)
        if holds(log.events, column):
            first = log.events[column].iloc[columns.first_events].reset_index(drop=True)
            found = first if found is None else found.fillna(first)
        if found is not None:
            return found.fillna(UNKNOWN).astype(str).to_numpy(dtype=object)
    return None


def mix_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Total variation distance of two vectors of counts, 0 (the same mix) to 1 (nothing in common).

    Example: 60 and 40 against 30 and 70: half of |0.6 - 0.3| + |0.4 - 0.7|, 0.3.
    """
    shares = [side / max(side.sum(), 1) for side in (first, second)]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)

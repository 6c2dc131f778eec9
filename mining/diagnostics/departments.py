"""Departments as the diagnostics see them: unknown ones and the applicant are none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mining.diagnostics.word_lists import holds, word_lists
from mining.event_log import APPLICANT, EventLog
from mining.text import folded

UNKNOWN = -1
_WORDS = "department_words.yaml"


def department_codes(log: EventLog) -> tuple[np.ndarray, tuple[str, ...]]:
    """The department of each event as a position in the names; UNKNOWN where there is none.

    None: missing, a placeholder such as EMPTY, or the applicant (`mining/data/department_words.yaml`).
    """
    code, found = pd.factorize(log.events["dept"])
    names = tuple(str(name) for name in found)
    real = np.array([is_department(name) for name in names] + [False])
    code = np.where(real[code], code, UNKNOWN)
    if log.has("place"):
        code = np.where((log.events["place"] == APPLICANT).to_numpy(dtype=bool), UNKNOWN, code)
    return code, names


def is_department(name: str) -> bool:
    """Whether a name is that of a department, not a placeholder and not the applicant."""
    lists, plain = word_lists(_WORDS), folded(name)
    return plain not in lists["unknown"] and not any(holds(plain, word) for word in lists["applicants"])


def is_government(name: str) -> bool:
    """Whether a department's name is that of a public body."""
    return any(holds(folded(name), word) for word in word_lists(_WORDS)["government"])

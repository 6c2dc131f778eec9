"""The text columns of a log as codes, made once for each column that is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mining.event_log import EventLog
from mining.log_cache import once_per_object

MISSING = -1


@dataclass(frozen=True)
class TextCodes:
    """A column of text: the code of each row (`MISSING` where it has no value) and the text of each code, in
    the order of the texts."""

    codes: np.ndarray
    texts: np.ndarray

    def any_of(self, wanted: frozenset[str]) -> np.ndarray:
        """One bool a row: it has one of these values."""
        known = np.append([text in wanted for text in self.texts.tolist()], False).astype(bool)
        return known[self.codes]  # MISSING is the last


@once_per_object
def _known_columns(log: EventLog) -> dict[str, TextCodes | None]:
    return {}


def text_codes(log: EventLog, column: str, table: str = "events") -> TextCodes | None:
    """The codes of a column of `log.events` (or of another table); None where it is missing or empty."""
    known = _known_columns(log)
    key = f"{table}.{column}"
    if key not in known:
        known[key] = _coded(getattr(log, table), column)
    return known[key]


def _coded(table: pd.DataFrame, column: str) -> TextCodes | None:
    if column not in table.columns:
        return None
    codes, texts = pd.factorize(table[column], sort=True)
    return TextCodes(codes, np.asarray(texts, dtype=object)) if len(texts) else None

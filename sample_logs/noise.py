"""What real exports do to a log: names written in several ways, missing ends, doubled and swapped rows.

Every choice is addressed by what it is about (case, step, attempt, material), not drawn in sequence: a
row keeps its noise when other rows come or go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

MISSING_END_SHARE = 0.02
DUPLICATE_SHARE = 0.01
SWAPPED_SHARE = 0.005


def uniforms(seed: int, purpose: str, *keys: pd.Series) -> np.ndarray:
    """One number in [0, 1) a row, determined by `seed`, `purpose` and the row's values of `keys`."""
    mixed = np.full(len(keys[0]), _hash(f"{seed}/{purpose}"), "uint64")
    for key in keys:
        codes, values = pd.factorize(key.astype(str))
        hashes = np.array([_hash(str(value)) for value in values], "uint64")
        mixed = _mix(mixed ^ hashes[codes])
    # the 53 high bits are what a float64 can hold
    return (mixed >> np.uint64(11)).astype("float64") * 2.0**-53


@lru_cache(maxsize=1 << 17)  # many purposes address the same cases and rows
def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def _mix(values: np.ndarray) -> np.ndarray:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014): every bit of the input moves every bit."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def spelled(names: pd.Series, spellings: Mapping[str, tuple[str, ...]], chance: np.ndarray) -> pd.Series:
    """Each name in one of its spellings, all equally likely; `chance` is one number in [0, 1) a row."""
    options = {name: spellings.get(name) or (name,) for name in names.unique()}
    counts = names.map({name: len(forms) for name, forms in options.items()}).to_numpy()
    index = np.minimum((chance * counts).astype("int64"), counts - 1)
    written = names.astype(object)
    for name, forms in options.items():
        for number, form in enumerate(forms):
            written[(names == name).to_numpy() & (index == number)] = form
    return written


@dataclass(frozen=True)
class RowNoise:
    """A table with noise, and where it is: row numbers of the written file, the first data row being 2."""

    table: pd.DataFrame
    file_rows: Mapping[str, tuple[int, ...]]


def disturb_rows(table: pd.DataFrame, start: str, end: str, chance: np.ndarray) -> RowNoise:
    """A table in which some rows lost their end time, come twice, or have start and end swapped.

    An end that is missing is written as the start, as GB/T 39046-2020 asks for. No row has more than one
    kind of noise, and only rows that end after their start get any; `chance` is one number in [0, 1) a row.
    """
    sound = (table[start] < table[end]).to_numpy()
    missing = sound & (chance < MISSING_END_SHARE)
    twice = sound & ~missing & (chance < MISSING_END_SHARE + DUPLICATE_SHARE)
    total = MISSING_END_SHARE + DUPLICATE_SHARE + SWAPPED_SHARE
    swapped = sound & ~missing & ~twice & (chance < total)
    noisy = table.copy()
    noisy.loc[missing, end] = table.loc[missing, start]
    noisy.loc[swapped, start], noisy.loc[swapped, end] = table.loc[swapped, end], table.loc[swapped, start]
    source_row = np.repeat(np.arange(len(table)), np.where(twice, 2, 1))
    noisy = noisy.iloc[source_row].reset_index(drop=True)
    is_copy = np.concatenate([[False], source_row[1:] == source_row[:-1]])[: len(source_row)]
    return RowNoise(
        noisy,
        {
            "end_equals_start": _file_rows((noisy[start] == noisy[end]).to_numpy()),
            "duplicate_rows": _file_rows(is_copy),
            "end_before_start": _file_rows((noisy[start] > noisy[end]).to_numpy()),
        },
    )


def _file_rows(mask: np.ndarray) -> tuple[int, ...]:
    return tuple(int(row) + 2 for row in np.flatnonzero(mask))

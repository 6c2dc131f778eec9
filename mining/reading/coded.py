"""Text columns as codes into their different values, so that a text is cleaned, mapped and looked at once.

While a file is being read its text columns are pandas categoricals; a million rows have a few thousand
different departments, steps and words, and only those are worked on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa

MISSING = -1  # the code of a row without a value


def coded(column: pa.ChunkedArray) -> pd.Series:
    """A column of text as a categorical; its categories are the different texts, as written."""
    whole = encoded(column)
    codes = whole.indices.fill_null(MISSING).to_numpy()
    return from_codes(codes, pd.Series(whole.dictionary.to_pandas(), dtype="str"))


def encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """A column of text as one array with one dictionary."""
    if column.num_chunks == 1 and pa.types.is_dictionary(column.type):
        return column.chunk(0)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    else:
        column = column.cast(pa.large_string())
    whole = column.combine_chunks() if column.num_chunks else pa.array([], column.type)
    return whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()


def from_codes(codes: np.ndarray, values: pd.Series | pd.Index) -> pd.Series:
    """A categorical of these codes (`MISSING` where there is none) into different values."""
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(values, dtype="str")))


def is_coded(column: pd.Series) -> bool:
    """Whether a column is a categorical."""
    return isinstance(column.dtype, pd.CategoricalDtype)


def codes_and_values(column: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """The code of each row (`MISSING` where there is no value), and the different values, as text.

    Not every value need have a row.
    """
    if is_coded(column):
        return column.cat.codes.to_numpy(), pd.Series(column.cat.categories)
    codes, values = pd.factorize(column)
    return codes, pd.Series(values)


def recoded(column: pd.Series, change: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """A categorical with `change` applied to its different values: equal results become one value, missing
    ones missing."""
    values = pd.Series(column.cat.categories)
    changed = change(values)
    if changed.equals(values):
        return column
    codes, kept = pd.factorize(changed)
    result = from_codes(np.append(codes, MISSING)[column.cat.codes.to_numpy()], kept)
    result.index = column.index
    return result


def as_text(column: pd.Series) -> pd.Series:
    """A categorical as a column of text (`str`); any other column as it is."""
    if not is_coded(column):
        return column
    codes, values = codes_and_values(column)
    indices = pa.array(codes, pa.int32(), mask=codes == MISSING)
    text = pa.DictionaryArray.from_arrays(indices, pa.array(values, pa.large_string()))
    return pd.Series(text.cast(pa.large_string()).to_pandas().array, index=column.index, dtype="str")

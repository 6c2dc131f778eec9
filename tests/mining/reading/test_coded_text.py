"""Text columns as categoricals while a file is read."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from mining.reading.coded import as_text, coded, codes_and_values, recoded
from mining.reading.raw import clean_text
from mining.reading.values import map_values

WORDS = ["受理 ", "受理", None, "NULL", " 核税", "受理 ", ""]


def test_a_column_and_back():
    for kind in (pa.string(), pa.dictionary(pa.int32(), pa.string())):
        column = pa.chunked_array([pa.array(WORDS[:3]).cast(kind), pa.array(WORDS[3:]).cast(kind)])
        found = as_text(coded(column))
        assert found.dtype == "str"
        assert found.fillna("(none)").tolist() == [word if word is not None else "(none)" for word in WORDS]
    assert len(coded(pa.chunked_array([], pa.string()))) == 0


def test_values_that_become_equal_are_one_value():
    clean = clean_text(coded(pa.chunked_array([WORDS])))
    codes, values = codes_and_values(clean)
    assert values.tolist() == ["受理", "核税"]
    assert codes.tolist() == [0, 0, -1, -1, 1, 0, -1]


@pytest.mark.parametrize("kind", ["str", "category"])
def test_a_change_is_made_once_for_each_different_value(kind):
    asked: list[str] = []

    def change(word: str) -> str | None:
        asked.append(word)
        return None if word == "b" else word.upper()

    changed = as_text(map_values(pd.Series(["a", "b", "a", None], dtype="str").astype(kind), change))
    assert changed.isna().tolist() == [False, True, False, True]
    assert changed.dropna().tolist() == ["A", "A"]
    assert asked == ["a", "b"]


def test_the_rows_keep_their_labels():
    column = pd.Series(["a ", "b"], index=[7, 9]).astype("str").astype("category")
    changed = recoded(column, lambda values: values.str.strip())
    assert changed.to_dict() == as_text(changed).to_dict() == {7: "a", 9: "b"}

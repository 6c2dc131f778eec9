"""Noise is determined by what it is about, has the promised shares and says where it is."""

import numpy as np
import pandas as pd
import pytest

from sample_logs.noise import disturb_rows, spelled, uniforms


@pytest.fixture
def table() -> pd.DataFrame:
    start = pd.Series(pd.date_range("2026-03-02 09:00", periods=6, freq="10min"))
    return pd.DataFrame({"case": list("abcdef"), "start": start, "end": start + pd.Timedelta(minutes=5)})


def test_each_kind_of_noise_by_hand(table):
    # below .02 the end is lost, below .03 the row comes twice, below .035 the times are swapped
    noisy = disturb_rows(table, "start", "end", np.array([0.5, 0.01, 0.025, 0.034, 0.036, 0.02]))
    assert list(noisy.table["case"]) == ["a", "b", "c", "c", "d", "e", "f", "f"]
    # the file has a header, so the first data row is row 2
    assert noisy.file_rows == {
        "end_equals_start": (3,),
        "duplicate_rows": (5, 9),
        "end_before_start": (6,),
    }
    assert noisy.table.loc[1, "end"] == table.loc[1, "start"]
    assert noisy.table.loc[4, ["start", "end"]].tolist() == table.loc[3, ["end", "start"]].tolist()
    assert noisy.table.loc[2].equals(noisy.table.loc[3])


def test_rows_without_a_duration_get_no_noise_but_are_reported(table):
    table.loc[0, "end"] = table.loc[0, "start"]
    noisy = disturb_rows(table, "start", "end", np.array([0.03, 1, 1, 1, 1, 1]) - 1e-9)
    assert noisy.table.equals(table)
    assert noisy.file_rows["end_equals_start"] == (2,)


def test_uniforms_are_uniform_addressed_and_depend_on_seed_and_purpose():
    cases = pd.Series([f"P-{number}" for number in range(20_000)])
    steps = pd.Series(["受理", "审核"] * 10_000)
    drawn = uniforms(1, "rows", cases, steps)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    # standard error of the mean of a uniform over 20,000 is .002, of a share of .02 about .001
    assert drawn.mean() == pytest.approx(0.5, abs=0.008)
    assert (drawn < 0.02).mean() == pytest.approx(0.02, abs=0.004)
    some = np.array([17, 3, 19_999])
    assert (uniforms(1, "rows", cases[some], steps[some]) == drawn[some]).all()
    assert not np.isclose(uniforms(2, "rows", cases, steps), drawn).any()
    assert not np.isclose(uniforms(1, "spelling", cases, steps), drawn).any()
    # the same values under other keys are other addresses
    assert not np.isclose(uniforms(1, "rows", steps, cases), drawn).any()


def test_uniforms_are_the_same_on_every_machine():
    # written down once; blake2b and SplitMix64 are exact integer arithmetic
    drawn = uniforms(1, "rows", pd.Series(["P-1"]), pd.Series(["受理"]), pd.Series([0]))
    assert drawn[0] == pytest.approx(0.4973960545662185, abs=1e-15)


def test_spellings_are_equally_likely_and_names_without_any_stay():
    names = pd.Series(["身份证", "身份证", "身份证", "章程"])
    options = {"身份证": ("身份证", "居民身份证", "身份证复印件"), "章程": ()}
    written = spelled(names, options, np.array([0.0, 0.34, 0.999, 0.9]))
    assert list(written) == ["身份证", "居民身份证", "身份证复印件", "章程"]

"""Ratings of citizens with 5 as the best, whatever way round the file has them.

GB/T 39046-2020 has 1 for the best and 5 for the worst, stars run the other way, a tax-hall system writes 0
for "not rated" and 4 for the worst. So bare numbers are read only where the file says which end is the best.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from mining.reading.aliases import fold_header
from mining.reading.coded import codes_and_values
from mining.reading.notes import Notes, listed
from mining.reading.raw import CASE_PREFIX
from mining.reading.standard_codes import RATING_CODES, is_standard
from mining.reading.values import RATING_WORDS, fold_word

_OWN_HEADER = "rating_1to5"
_STARS = re.compile(r"星|stars?$", re.IGNORECASE)
_NOT_RATED = {"0": np.nan, "0.0": np.nan}
_FIVE_IS_BEST = {str(number): float(number) for number in range(1, 6)}
_STAR_WORDS = {
    **{fold_word(f"{number}星"): float(number) for number in range(1, 6)},
    **{fold_word(f"{word}星"): float(number) for number, word in enumerate("一二三四五", start=1)},
    **{"★" * number: float(number) for number in range(1, 6)},
}


def read_ratings(
    value: pd.Series, header: str, chosen: Mapping[str, str], notes: Notes, national: bool = False
) -> pd.Series:
    """Ratings from 1 to 5, 5 the best; NaN where there is none, or where a number may mean either end.

    Numbers are read under `rating_1to5` (5 best), under a header about stars (5 best), under 满意度代码 or in
    a national table (`national`; 1 best), or as `chosen` says. 0 always means not rated.
    """
    words: dict[str, float] = {
        **RATING_WORDS,
        **_STAR_WORDS,
        **_NOT_RATED,
        **_numbers(header, national),
        **{fold_word(word): float(best) for word, best in chosen.items()},
    }
    codes, values = codes_and_values(value)
    folded = [fold_word(str(word)) for word in values]
    best = np.array([*(words.get(word, np.nan) for word in folded), np.nan])
    known = pd.Series(best[codes], index=value.index)
    unread = np.array([*(word not in words for word in folded), False])[codes]
    shown = listed([str(word) for word in value[unread].unique()], at_most=8)
    notes.add(
        "rating_polarity_unknown",
        "warning",
        zh=f"列“{header}”的评价值 {shown} 无法确定哪端最好（GB/T 39046 中 1 为最好，星级相反），未读入；"
        "请在列映射文件 values.rating_1to5 中写明对照。",
        en=f"ratings {shown} in column {header!r} do not tell which end is best (1 in GB/T 39046, 5 for "
        "stars) and are left out; say what they mean under values.rating_1to5 in the columns file.",
        rows=int(unread.sum()),
        of_rows=len(value),
    )
    return known


def _numbers(header: str, national: bool) -> dict[str, float]:
    bare = header.removeprefix(CASE_PREFIX)
    if bare == _OWN_HEADER or _STARS.search(fold_header(bare)):
        scale: Mapping[str, float] = _FIVE_IS_BEST
    elif is_standard(_OWN_HEADER, bare, national):
        scale = RATING_CODES
    else:
        return {}
    return {**scale, **{f"{number}.0": best for number, best in scale.items()}}


def as_words(ratings: pd.Series) -> pd.Series:
    """Ratings in the words of the standard, which mean the same whichever end a number would start from."""
    words = {rating: word for word, rating in RATING_WORDS.items() if rating == rating}
    return ratings.map(words).astype("str")

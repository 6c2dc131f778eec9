"""Values computed once for each frozen object and forgotten with it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Whole = TypeVar("Whole")
Part = TypeVar("Part")


def once_per_object(function: Callable[[Whole], Part]) -> Callable[[Whole], Part]:
    """Remember `function(whole)` as long as `whole` lives.

    By identity: an event log is frozen but holds data frames, so it has no hash; and a value kept on the log
    itself would travel with it through pickles and copies.
    """
    known: dict[int, Part] = {}

    @wraps(function)
    def remembered(whole: Whole) -> Part:
        key = id(whole)
        if key not in known:
            known[key] = function(whole)
            weakref.finalize(whole, known.pop, key, None).atexit = False
        return known[key]

    return remembered

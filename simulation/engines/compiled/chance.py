"""Addressed random numbers and durations: the arithmetic of `randomness` and `distributions`, compiled."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
from numba import njit

from simulation.engines import randomness
from simulation.engines.compiled.binary_exponents import frexp, ldexp
from simulation.engines.compiled.layout import DISTRIBUTION
from simulation.engines.compiled.pointers import Record, numbers_at, record_at
from simulation.engines.program import distributions
from simulation.engines.program.distributions import CONSTANT, LONGEST_MS
from simulation.engines.program.open_time import NEVER
from simulation.engines.randomness import ROUNDS, UNIFORM_STEP

MULTIPLIER_0, MULTIPLIER_1 = np.uint64(randomness.MULTIPLIER_0), np.uint64(randomness.MULTIPLIER_1)
WEYL_0, WEYL_1 = np.uint64(randomness.WEYL_0), np.uint64(randomness.WEYL_1)
WORD, HALF = np.uint64(randomness.WORD), np.uint64(32)
FIRST_BLOCK = 4  # purposes below are words of the first block of a visit, which the task keeps
BEYOND = 4e18  # more milliseconds than an integer of 64 bits can add up


def _compiled(function: Callable[..., Any], **used: Any) -> Any:
    """The very function, compiled; `used` are the functions it calls, compiled."""
    return njit(FunctionType(function.__code__, {**function.__globals__, **used}))


log = _compiled(distributions.log, frexp=frexp)
exp = _compiled(distributions.exp, ldexp=ldexp)
halved = _compiled(distributions.halved, exp=exp)
ratio = _compiled(distributions.ratio)
inverse_normal = _compiled(distributions.inverse_normal, log=log, ratio=ratio)
between_quantiles = _compiled(distributions.between_quantiles)
sample_ms = _compiled(
    distributions.sample_ms,
    exp=exp,
    log=log,
    inverse_normal=inverse_normal,
    between_quantiles=between_quantiles,
)


@njit(forceinline=True)
def philox4x32(c0: Any, c1: Any, c2: Any, c3: Any, key_0: Any, key_1: Any) -> Any:
    """One block of four words; all arguments uint64 below 2**32."""
    for _ in range(ROUNDS):
        low = MULTIPLIER_0 * c0
        high = MULTIPLIER_1 * c2
        c0 = (high >> HALF) ^ c1 ^ key_0
        c1 = high & WORD
        c2 = (low >> HALF) ^ c3 ^ key_1
        c3 = low & WORD
        key_0 = (key_0 + WEYL_0) & WORD
        key_1 = (key_1 + WEYL_1) & WORD
    return c0, c1, c2, c3


@njit
def to_uniform(word: Any) -> float:
    """A word as a number in the open interval (0, 1)."""
    return (word + 0.5) * UNIFORM_STEP


@njit
def _block(hall: Record, case: Record, stream: int, visit_and_block: int) -> Any:
    return philox4x32(
        np.uint64(stream),
        np.uint64(case.stream),
        np.uint64(case.word),
        np.uint64(visit_and_block),
        np.uint64(hall.key_0),
        np.uint64(hall.key_1),
    )


@njit
def uniform(hall: Record, case: Record, stream: int, visit: int, purpose: int) -> float:
    """The number in (0, 1) at this address."""
    return to_uniform(_block(hall, case, stream, visit << 8 | purpose >> 2)[purpose & 3])


@njit
def of_task(hall: Record, case: Record, task: Record, stream: int, purpose: int) -> float:
    """`uniform` of a visit to a step; the first block of words is computed once."""
    if purpose >= FIRST_BLOCK:
        return uniform(hall, case, stream, task.visit, purpose)
    if not task.drawn:
        words = _block(hall, case, stream, task.visit << 8)
        task.word_0, task.word_1, task.word_2, task.word_3 = words[0], words[1], words[2], words[3]
        task.drawn = 1
    if purpose == 0:
        return to_uniform(task.word_0)
    if purpose == 1:
        return to_uniform(task.word_1)
    return to_uniform(task.word_2) if purpose == 2 else to_uniform(task.word_3)


@njit
def is_constant(hall: Record, distribution: int) -> bool:
    """Whether no random number is needed."""
    return record_at(hall.distributions, distribution, DISTRIBUTION).kind == CONSTANT


@njit
def exact_ms(hall: Record, distribution: int, u: float) -> float:
    """Milliseconds, not rounded, for a number in (0, 1)."""
    code = record_at(hall.distributions, distribution, DISTRIBUTION)
    if code.kind == CONSTANT:
        return min(code.a, LONGEST_MS)
    return sample_ms(code, numbers_at(hall.quantiles, hall.n_quantiles, np.float64), u)


@njit
def whole(milliseconds: float) -> int:
    """Whole milliseconds, half up; `NEVER` beyond what an integer holds."""
    return NEVER if milliseconds > BEYOND else int(milliseconds + 0.5)


@njit
def task_ms(hall: Record, case: Record, task: Record, stream: int, distribution: int, purpose: int) -> float:
    """Milliseconds, not rounded, of a distribution drawn for a visit to a step."""
    if is_constant(hall, distribution):
        return exact_ms(hall, distribution, 0.5)
    return exact_ms(hall, distribution, of_task(hall, case, task, stream, purpose))

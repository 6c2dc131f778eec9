"""`math.frexp` and `math.ldexp` without a call of the C library, which costs as much as a logarithm."""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

FRACTION_BITS = 52
FRACTION_MASK = (1 << FRACTION_BITS) - 1
BIAS, SPECIAL = 1023, 0x7FF  # of exponents; the largest stands for infinity and what is no number
SURE = 900  # powers of two that take no number of usual size beyond the normal ones


@intrinsic
def _bits_of(typing_context: Any, number: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _number_of(typing_context: Any, bits: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), generate


@njit
def frexp(number: float) -> tuple[float, int]:
    """The number as fraction, 1/2 <= |fraction| < 1, times a power of two."""
    bits = _bits_of(number)
    exponent = bits >> FRACTION_BITS
    if exponent <= 0 or exponent >= SPECIAL:  # negative, 0, nearly 0, infinite: not met in the engine
        return math.frexp(number)
    return _number_of(bits & FRACTION_MASK | (BIAS - 1) << FRACTION_BITS), exponent - (BIAS - 1)


@njit
def ldexp(number: float, power: int) -> float:
    """The number times a power of two; exact where the result is of usual size."""
    if -SURE < power < SURE and 0.25 < number < 4:
        return number * _number_of((power + BIAS) << FRACTION_BITS)
    return math.ldexp(number, power)

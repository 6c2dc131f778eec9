"""One uniform number gives one duration, by the inverse of the distribution function.

Everything here is plain double arithmetic (+ - x / and powers of two), without the platform's exp and log,
so that every machine repeats it bit for bit, and so does the compiled engine, which compiles these very
functions (`compiled.chance`).
"""

from __future__ import annotations

import math
from math import frexp, ldexp
from typing import NamedTuple

from simulation.service_model import Constant, Distribution, Exponential, Lognormal, Uniform

CONSTANT, LOGNORMAL, EXPONENTIAL, UNIFORM, QUANTILES = range(5)
MS_PER_MINUTE = 60_000
LONGEST_MS = 1e15  # 30,000 years: beyond every horizon, and exact as an integer

LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
LN2, LOG2_E = 6.93147180559945286227e-01, 1.44269504088896338700


class DistributionCode(NamedTuple):
    """A distribution of milliseconds in numbers.

    `a`, `b`: constant (value, -), lognormal (mu, sigma), exponential (mean, -), uniform (low, high);
    quantiles: `n` values from `first` on in the program's `quantiles_ms`.
    """

    kind: int
    a: float = 0.0
    b: float = 0.0
    first: int = 0
    n: int = 0


def encode(distribution: Distribution, quantiles_ms: list[float]) -> DistributionCode:
    """The distribution in milliseconds; appends to `quantiles_ms` where it needs values."""
    if isinstance(distribution, Constant):
        return DistributionCode(CONSTANT, distribution.minutes * MS_PER_MINUTE)
    if isinstance(distribution, Uniform):
        low, high = distribution.low_minutes, distribution.high_minutes
        return DistributionCode(UNIFORM, low * MS_PER_MINUTE, high * MS_PER_MINUTE)
    if isinstance(distribution, Exponential):
        return DistributionCode(EXPONENTIAL, distribution.mean_minutes * MS_PER_MINUTE)
    if isinstance(distribution, Lognormal):
        mean_ms, cv = distribution.mean_minutes * MS_PER_MINUTE, distribution.cv
        if mean_ms == 0 or cv == 0:
            return DistributionCode(CONSTANT, mean_ms)
        variance = log(1 + cv * cv)
        return DistributionCode(LOGNORMAL, log(mean_ms) - variance / 2, math.sqrt(variance))
    first = len(quantiles_ms)
    quantiles_ms.extend(value * MS_PER_MINUTE for value in distribution.values_minutes)
    return DistributionCode(QUANTILES, first=first, n=len(distribution.values_minutes))


def sample_ms(code: DistributionCode, quantiles_ms: tuple[float, ...], u: float) -> float:
    """Milliseconds, not rounded, at most `LONGEST_MS`; `u` in (0, 1)."""
    kind = code.kind
    if kind == CONSTANT:
        value = code.a
    elif kind == LOGNORMAL:
        value = exp(code.a + code.b * inverse_normal(u))
    elif kind == EXPONENTIAL:
        value = -code.a * log(1 - u)
    elif kind == UNIFORM:
        value = code.a + u * (code.b - code.a)
    else:
        value = between_quantiles(code.first, code.n, quantiles_ms, u)
    return value if value < LONGEST_MS else LONGEST_MS


def between_quantiles(first: int, n: int, quantiles_ms: tuple[float, ...], u: float) -> float:
    """Linear between `n` values at evenly spaced probabilities."""
    place = u * (n - 1)
    below = int(place)
    if below >= n - 1:
        return quantiles_ms[first + n - 1]
    low = quantiles_ms[first + below]
    return low + (place - below) * (quantiles_ms[first + below + 1] - low)


def exp(x: float) -> float:
    """e**x by argument reduction and the rational approximation of fdlibm, below 1 ulp."""
    if x > 700.0:
        return math.inf
    if x < -700.0:
        return 0.0
    k = int(LOG2_E * x + (0.5 if x >= 0 else -0.5))
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t
            * (
                6.61375632143793436117e-05
                + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08)
            )
        )
    )
    return ldexp(1.0 - ((low - (r * c) / (2.0 - c)) - high), k)


def log(x: float) -> float:
    """The natural logarithm of a positive number by the approximation of fdlibm, below 1 ulp."""
    fraction, k = frexp(x)
    if fraction < 0.70710678118654752440:
        fraction, k = fraction * 2.0, k - 1
    f = fraction - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half_square = 0.5 * f * f
    return k * LN2_HIGH - ((half_square - (s * (half_square + even + odd) + k * LN2_LOW)) - f)


def halved(times: float) -> float:
    """What is left of 1 after so many half-lives."""
    return exp(-times * LN2)


def inverse_normal(p: float) -> float:
    """The standard normal quantile, Wichura's AS 241 (PPND16): relative error about 1e-16."""
    q = p - 0.5
    if -0.425 <= q <= 0.425:
        return q * ratio(0.180625 - q * q, _CENTRAL)
    r = math.sqrt(-log(p if q < 0 else 1 - p))
    value = ratio(r - 1.6, _MIDDLE) if r <= 5.0 else ratio(r - 5.0, _TAIL)
    return -value if q < 0 else value


def ratio(r: float, c: tuple[float, ...]) -> float:
    """Quotient of two polynomials of degree 7; the lower one begins with 1."""
    above = ((((((c[7] * r + c[6]) * r + c[5]) * r + c[4]) * r + c[3]) * r + c[2]) * r + c[1]) * r + c[0]
    below = ((((((c[14] * r + c[13]) * r + c[12]) * r + c[11]) * r + c[10]) * r + c[9]) * r + c[8]) * r + 1.0
    return above / below


_CENTRAL = (
    3.3871328727963666080e0,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
)
_MIDDLE = (
    1.42343711074968357734e0,
    4.63033784615654529590e0,
    5.76949722146069140550e0,
    3.64784832476320460504e0,
    1.27045825245236838258e0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
)
_TAIL = (
    6.65790464350110377720e0,
    5.46378491116411436990e0,
    1.78482653991729133580e0,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
)

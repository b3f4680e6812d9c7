"""Elementary functions, each written once in scalar maths for every number type.

LLVM has no vector `tanh` without a vendor library, so these are polynomials and selects that
vectorise anywhere and give the same bits on every machine, in every lane and at every width. The
largest errors, in units in the last place of float32 | float64, measured against mpmath in
tests/numerics/test_elementary.py over the ranges given there:

    tanh 6 | 3     sigmoid 3 | 3     exp 2 | 1     log 1 | 1     sqrt 0.5 | 0.5     arctan 3 | 5
    sin, cos: 1e-7 | 2e-16 absolute for |x| up to 1e4

NaN gives NaN; `exp` overflows to inf and underflows gradually to 0; tanh and sigmoid never leave
[−1, 1] and [0, 1].
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import intrinsic, overload, register_jitable

from evornn.numerics import lanes as jit
from evornn.numerics.plain import Number
from evornn.numerics.primitives import (
    copy_sign,
    exponent_and_mantissa,
    floored,
    fma,
    magnitude,
    nearest,
    power_of_two,
    root,
    where,
)


@dataclass(frozen=True)
class Elementary:
    """One function: its algorithms in float32 and float64, and its derivative from (x, y)."""

    name: str
    single: Callable[[Any], Any]
    double: Callable[[Any], Any]
    derivative: Callable[[Any, Any], Any]


#: every elementary function, for the number types that differentiate
ELEMENTARY: dict[Callable[[Any], Any], Elementary] = {}

_LOG2_E = 1 / math.log(2)
_LOG_2_HIGH_32 = float(np.float32(math.log(2)))
_LOG_2_LOW_32 = math.log(2) - _LOG_2_HIGH_32
# log 2 to 106 bits, in two float64.
_LOG_2_HIGH_64 = math.log(2)
_LOG_2_LOW_64 = 2.3190468138462996e-17
# π/2 in three parts of one precision each, for the reduction of sin and cos.
_HALF_PI_32 = (1.5707963705062866, -4.371138828673793e-08, -1.7151245100058819e-15)
_HALF_PI_64 = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33)


# exp(x) = 2ⁿ exp(r), r = x − n log 2, |r| ≤ log(2)/2; Taylor's series of exp(r) − 1.


@register_jitable
def _expm1_series_single(r: Any) -> Any:
    p = r * (1 / 5040) + 1 / 720
    p = fma(p, r, 1 / 120)
    p = fma(p, r, 1 / 24)
    p = fma(p, r, 1 / 6)
    p = fma(p, r, 0.5)
    return fma(p * r, r, r)


@register_jitable
def _expm1_series_double(r: Any) -> Any:
    p = r * (1 / 6227020800) + 1 / 479001600
    p = fma(p, r, 1 / 39916800)
    p = fma(p, r, 1 / 3628800)
    p = fma(p, r, 1 / 362880)
    p = fma(p, r, 1 / 40320)
    p = fma(p, r, 1 / 5040)
    p = fma(p, r, 1 / 720)
    p = fma(p, r, 1 / 120)
    p = fma(p, r, 1 / 24)
    p = fma(p, r, 1 / 6)
    p = fma(p, r, 0.5)
    return fma(p * r, r, r)


@register_jitable
def _clip(x: Any, low: float, high: float) -> Any:
    # Both comparisons are false for NaN, which therefore stays NaN.
    x = where(x < low, low, x)
    return where(x > high, high, x)


@register_jitable
def _scale(y: Any, n: Any) -> Any:
    # y·2ⁿ in two halves, so that results overflow to inf and underflow gradually.
    half = floored(n * 0.5)
    return y * power_of_two(half) * power_of_two(n - half)


@register_jitable
def _exp_single(x: Any) -> Any:
    x = _clip(x, -120.0, 100.0)
    n = nearest(x * _LOG2_E)
    r = fma(n, -_LOG_2_LOW_32, fma(n, -_LOG_2_HIGH_32, x))
    return _scale(_expm1_series_single(r) + 1.0, n)


@register_jitable
def _exp_double(x: Any) -> Any:
    x = _clip(x, -800.0, 750.0)
    n = nearest(x * _LOG2_E)
    r = fma(n, -_LOG_2_LOW_64, fma(n, -_LOG_2_HIGH_64, x))
    return _scale(_expm1_series_double(r) + 1.0, n)


# sigmoid(x) = 1 / (1 + exp(−x)); exp within the exponents of normal numbers suffices.


@register_jitable
def _sigmoid_single(x: Any) -> Any:
    x = _clip(x, -87.0, 87.0)
    n = nearest(x * -_LOG2_E)
    r = -fma(n, _LOG_2_LOW_32, fma(n, _LOG_2_HIGH_32, x))
    e = power_of_two(n)
    return 1.0 / (fma(e, _expm1_series_single(r), e) + 1.0)


@register_jitable
def _sigmoid_double(x: Any) -> Any:
    x = _clip(x, -708.0, 708.0)
    n = nearest(x * -_LOG2_E)
    r = -fma(n, _LOG_2_LOW_64, fma(n, _LOG_2_HIGH_64, x))
    e = power_of_two(n)
    return 1.0 / (fma(e, _expm1_series_double(r), e) + 1.0)


# float32: tanh(x) = x P(x²)/Q(x²) on |x| ≤ 9.01, where float32 saturates; coefficients by
# Lawson's iteration for the relative error (2.1e-8), benchmarks/fit_tanh.py.
_TANH_P = (
    0.9999999792404075,
    0.13380371802567442,
    0.003494811308487211,
    2.0596278422450504e-05,
    1.333685458816016e-08,
)
_TANH_Q = (
    1.0,
    0.46713687220539124,
    0.02587402770203321,
    0.0003284363663304693,
    7.769285621192601e-07,
)
_P0, _P1, _P2, _P3, _P4 = _TANH_P
_Q0, _Q1, _Q2, _Q3, _Q4 = _TANH_Q


@register_jitable
def _tanh_single(x: Any) -> Any:
    x = _clip(x, -9.01, 9.01)
    u = x * x
    p = fma(u, _P4, _P3)
    q = fma(u, _Q4, _Q3)
    p = fma(p, u, _P2)
    q = fma(q, u, _Q2)
    p = fma(p, u, _P1)
    q = fma(q, u, _Q1)
    p = fma(p, u, _P0)
    q = fma(q, u, _Q0)
    # Rounding may pass 1 by two units.
    return _clip(x * p / q, -1.0, 1.0)


# float64: tanh(|x|) = −m/(2 + m) with m = exp(−2|x|) − 1, which loses nothing near zero.


@register_jitable
def _tanh_double(x: Any) -> Any:
    a = magnitude(x)
    a = where(a > 20.0, 20.0, a) * -2.0
    n = nearest(a * _LOG2_E)
    r = fma(n, -_LOG_2_LOW_64, fma(n, -_LOG_2_HIGH_64, a))
    e = power_of_two(n)
    m = fma(e, _expm1_series_double(r), e - 1.0)
    return copy_sign(m / (m + 2.0), x)


# log(x) = e log 2 + 2 artanh(s), s = (m − 1)/(m + 1), x = m 2ᵉ, √½ ≤ m < √2.


@register_jitable
def _log_parts(x: Any, least_normal: float, scale: float, exponent: float) -> Any:
    small = x < least_normal
    e, m = exponent_and_mantissa(where(small, x * scale, x))
    e = where(small, e - exponent, e)
    large = m > 1.4142135623730951
    m = where(large, m * 0.5, m)
    e = where(large, e + 1.0, e)
    return e, (m - 1.0) / (m + 1.0), m - 1.0


@register_jitable
def _log_limits(x: Any, y: Any) -> Any:
    y = where(x == 0.0, -math.inf, y)
    y = where(x == math.inf, math.inf, y)
    return where(x >= 0.0, y, math.nan)


@register_jitable
def _log_single(x: Any) -> Any:
    e, s, f = _log_parts(x, 1.1754943508222875e-38, 16777216.0, 24.0)
    z = s * s
    p = fma(z, 2 / 11, 2 / 9)
    p = fma(p, z, 2 / 7)
    p = fma(p, z, 2 / 5)
    p = fma(p, z, 2 / 3)
    # 2 artanh(s) = f − s (f − z p): f is exact, the rest small.
    tail = fma(e, _LOG_2_LOW_32, -s * (f - z * p))
    return _log_limits(x, fma(e, _LOG_2_HIGH_32, f + tail))


@register_jitable
def _log_double(x: Any) -> Any:
    e, s, f = _log_parts(x, 2.2250738585072014e-308, 18014398509481984.0, 54.0)
    z = s * s
    p = fma(z, 2 / 23, 2 / 21)
    p = fma(p, z, 2 / 19)
    p = fma(p, z, 2 / 17)
    p = fma(p, z, 2 / 15)
    p = fma(p, z, 2 / 13)
    p = fma(p, z, 2 / 11)
    p = fma(p, z, 2 / 9)
    p = fma(p, z, 2 / 7)
    p = fma(p, z, 2 / 5)
    p = fma(p, z, 2 / 3)
    tail = fma(e, _LOG_2_LOW_64, -s * (f - z * p))
    return _log_limits(x, fma(e, _LOG_2_HIGH_64, f + tail))


# sin and cos: r = x − k π/2, |r| ≤ π/4, Taylor's series of both, chosen by the quadrant k mod 4.


@register_jitable
def _sin_series_single(r: Any, z: Any) -> Any:
    p = fma(z, 1 / 362880, -1 / 5040)
    p = fma(p, z, 1 / 120)
    p = fma(p, z, -1 / 6)
    return fma(p * z, r, r)


@register_jitable
def _cos_series_single(z: Any) -> Any:
    p = fma(z, -1 / 3628800, 1 / 40320)
    p = fma(p, z, -1 / 720)
    p = fma(p, z, 1 / 24)
    p = fma(p, z, -0.5)
    return fma(p, z, 1.0)


@register_jitable
def _sin_series_double(r: Any, z: Any) -> Any:
    p = fma(z, 1 / 355687428096000, -1 / 1307674368000)
    p = fma(p, z, 1 / 6227020800)
    p = fma(p, z, -1 / 39916800)
    p = fma(p, z, 1 / 362880)
    p = fma(p, z, -1 / 5040)
    p = fma(p, z, 1 / 120)
    p = fma(p, z, -1 / 6)
    return fma(p * z, r, r)


@register_jitable
def _cos_series_double(z: Any) -> Any:
    p = fma(z, 1 / 20922789888000, -1 / 87178291200)
    p = fma(p, z, 1 / 479001600)
    p = fma(p, z, -1 / 3628800)
    p = fma(p, z, 1 / 40320)
    p = fma(p, z, -1 / 720)
    p = fma(p, z, 1 / 24)
    p = fma(p, z, -0.5)
    return fma(p, z, 1.0)


@register_jitable
def _reduce(x: Any, high: float, middle: float, low: float) -> Any:
    k = nearest(x * (2 / math.pi))
    r = fma(k, -low, fma(k, -middle, fma(k, -high, x)))
    return r, fma(floored(k * 0.25), -4.0, k)


@register_jitable
def _in_quadrant(s: Any, c: Any, k: Any) -> Any:
    y = where((k == 1.0) | (k == 3.0), c, s)
    return where(k >= 2.0, -y, y)


@register_jitable
def _next_quadrant(k: Any) -> Any:
    return where(k == 3.0, 0.0, k + 1.0)


@register_jitable
def _sin_single(x: Any) -> Any:
    r, k = _reduce(x, _HALF_PI_32[0], _HALF_PI_32[1], _HALF_PI_32[2])
    return _in_quadrant(_sin_series_single(r, r * r), _cos_series_single(r * r), k)


@register_jitable
def _cos_single(x: Any) -> Any:
    r, k = _reduce(x, _HALF_PI_32[0], _HALF_PI_32[1], _HALF_PI_32[2])
    return _in_quadrant(_sin_series_single(r, r * r), _cos_series_single(r * r), _next_quadrant(k))


@register_jitable
def _sin_double(x: Any) -> Any:
    r, k = _reduce(x, _HALF_PI_64[0], _HALF_PI_64[1], _HALF_PI_64[2])
    return _in_quadrant(_sin_series_double(r, r * r), _cos_series_double(r * r), k)


@register_jitable
def _cos_double(x: Any) -> Any:
    r, k = _reduce(x, _HALF_PI_64[0], _HALF_PI_64[1], _HALF_PI_64[2])
    return _in_quadrant(_sin_series_double(r, r * r), _cos_series_double(r * r), _next_quadrant(k))


# arctan(|x|) = β + arctan(z), z = (a − c)/(1 + c a), tan β = c; a = min(|x|, 1/|x|) is reduced by
# β = 0, π/8 or π/4 to |z| ≤ tan(π/16), and Taylor's series does the rest.
_TAN_8TH = math.sqrt(2.0) - 1.0  # tan(π/8)
_TAN_16TH, _TAN_3_16THS = math.tan(math.pi / 16.0), math.tan(3.0 * math.pi / 16.0)


@register_jitable
def _arctan_reduced(x: Any, largest: float) -> Any:
    # Beyond `largest` the arctangent is π/2 to the last bit, and infinity would give NaN.
    a = _clip(magnitude(x), 0.0, largest)
    beyond = a > 1.0
    above, below = where(beyond, 1.0, a), where(beyond, a, 1.0)
    ratio = above / below
    c = where(ratio > _TAN_3_16THS, 1.0, where(ratio > _TAN_16TH, _TAN_8TH, 0.0 * ratio))
    beta = where(
        ratio > _TAN_3_16THS, math.pi / 4.0, where(ratio > _TAN_16TH, math.pi / 8.0, 0.0 * ratio)
    )
    return beyond, beta, (ratio - c) / (1.0 + ratio * c)


@register_jitable
def _arctan_whole(x: Any, beyond: Any, y: Any) -> Any:
    return copy_sign(where(beyond, math.pi / 2.0 - y, y), x)


@register_jitable
def _arctan_single(x: Any) -> Any:
    beyond, beta, z = _arctan_reduced(x, 1e30)
    u = z * z
    p = fma(u, 1 / 9, -1 / 7)
    p = fma(p, u, 1 / 5)
    p = fma(p, u, -1 / 3)
    return _arctan_whole(x, beyond, beta + fma(p * u, z, z))


@register_jitable
def _arctan_double(x: Any) -> Any:
    beyond, beta, z = _arctan_reduced(x, 1e300)
    u = z * z
    p = fma(u, 1 / 21, -1 / 19)
    p = fma(p, u, 1 / 17)
    p = fma(p, u, -1 / 15)
    p = fma(p, u, 1 / 13)
    p = fma(p, u, -1 / 11)
    p = fma(p, u, 1 / 9)
    p = fma(p, u, -1 / 7)
    p = fma(p, u, 1 / 5)
    p = fma(p, u, -1 / 3)
    return _arctan_whole(x, beyond, beta + fma(p * u, z, z))


@register_jitable
def _root(x: Any) -> Any:
    return root(x)


@register_jitable
def _relu(x: Any) -> Any:
    return where(x < 0.0, 0.0, x)


@register_jitable
def _absolute(x: Any) -> Any:
    return magnitude(x)


@register_jitable
def _identity(x: Any) -> Any:
    return x


@intrinsic
def _from_scalar(typingctx: Any, x: Any) -> Any:
    lane = jit.Lanes(x, 1)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return jit.as_lanes(context, builder, args[0], x, lane)

    return lane(x), codegen


@intrinsic
def _to_scalar(typingctx: Any, x: Any) -> Any:
    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.extract_element(args[0], context.get_constant(types.int32, 0))

    return x.dtype(x), codegen


def _elementary(
    single: Callable[[Any], Any],
    double: Callable[[Any], Any],
    derivative: Callable[[Any, Any], Any],
) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Make a stub the function of that name, for plain numbers, lanes and compiled scalars."""

    def register(stub: Callable[[Any], Any]) -> Callable[[Any], Any]:
        @functools.wraps(stub)
        def function(x: Any) -> Any:
            if not isinstance(x, Number):
                return float(function(Number(np.array([float(x)]))).value[0])
            return x.apply(single if x.dtype == np.float32 else double, derivative)

        @overload(function, strict=False)
        def compiled(x: Any) -> Any:
            if isinstance(x, jit.Lanes):
                return single if x.dtype == types.float32 else double
            if isinstance(x, types.Float):
                algorithm = single if x == types.float32 else double
                return lambda x: _to_scalar(algorithm(_from_scalar(x)))
            return None

        ELEMENTARY[function] = Elementary(
            stub.__name__, single, double, register_jitable(derivative)
        )
        return function

    return register


@_elementary(_tanh_single, _tanh_double, lambda x, y: 1.0 - y * y)
def tanh(x: Any) -> Any:
    """Hyperbolic tangent."""


@_elementary(_sigmoid_single, _sigmoid_double, lambda x, y: y * (1.0 - y))
def sigmoid(x: Any) -> Any:
    """Logistic function 1 / (1 + exp(−x))."""


@_elementary(_exp_single, _exp_double, lambda x, y: y)
def exp(x: Any) -> Any:
    """Exponential function."""


@_elementary(_log_single, _log_double, lambda x, y: 1.0 / x)
def log(x: Any) -> Any:
    """Natural logarithm; −inf at zero, NaN below."""


@_elementary(_sin_single, _sin_double, lambda x, y: cos(x))
def sin(x: Any) -> Any:
    """Sine of an angle in radians."""


@_elementary(_cos_single, _cos_double, lambda x, y: -sin(x))
def cos(x: Any) -> Any:
    """Cosine of an angle in radians."""


@_elementary(_arctan_single, _arctan_double, lambda x, y: 1.0 / (1.0 + x * x))
def arctan(x: Any) -> Any:
    """Arctangent in radians, from −π/2 to π/2."""


@_elementary(_root, _root, lambda x, y: 0.5 / y)
def sqrt(x: Any) -> Any:
    """Square root; NaN below zero."""


@_elementary(_relu, _relu, lambda x, y: where(x > 0.0, 1.0 + x * 0.0, x * 0.0))
def relu(x: Any) -> Any:
    """max(0, x), with derivative 0 at 0."""


@_elementary(_absolute, _absolute, lambda x, y: copy_sign(1.0 + x * 0.0, x))
def absolute(x: Any) -> Any:
    """|x|."""


@_elementary(_identity, _identity, lambda x, y: 1.0 + x * 0.0)
def identity(x: Any) -> Any:
    """x itself: the activation of a linear unit."""

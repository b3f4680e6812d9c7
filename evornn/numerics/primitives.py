"""The few operations that the elementary functions are made of, for every number type.

In plain Python they work on `Number`s; compiled, on lanes. `NaN` always passes through: a number
that has become NaN is never turned into a good one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types
from numba.extending import overload

from evornn.numerics import lanes as jit
from evornn.numerics.plain import Number, plain_type, raw


def _lanes_only(*args: Any) -> bool:
    return jit.first_lanes(*args) is not None


def fma(a: Any, b: Any, c: Any) -> Any:
    """a·b + c, rounded once."""
    return plain_type(a, b, c).fma(a, b, c)


def where(condition: Any, a: Any, b: Any) -> Any:
    """`a` where the condition holds, else `b`: the branch for numbers that differ by genome."""
    return plain_type(a, b).select(condition, a, b)


def minimum(a: Any, b: Any) -> Any:
    """The smaller of the two; NaN if either is NaN."""
    return where((a < b) | (a != a), a, b)


def maximum(a: Any, b: Any) -> Any:
    """The larger of the two; NaN if either is NaN."""
    return where((a > b) | (a != a), a, b)


def any_of(condition: Any) -> bool:
    """Whether the condition holds in any lane: for loops that all lanes leave together."""
    return bool(np.any(raw(condition)))


def _unary(function: Any) -> Any:
    def plain(x: Any) -> Any:
        return Number(function(raw(x)))

    return plain


def copy_sign(x: Any, sign: Any) -> Any:
    """The size of `x` with the sign of `sign`."""
    return Number(np.copysign(raw(x), raw(sign)))


def exponent_and_mantissa(x: Any) -> Any:
    """(e, m) with x = m·2ᵉ and 1 ≤ m < 2, for positive normal `x`."""
    m, e = np.frexp(raw(x))
    return Number((e - 1).astype(x.dtype)), Number(2.0 * m)


def power_of_two(n: Any) -> Any:
    """2ⁿ for whole `n` within the exponents of normal numbers."""
    with np.errstate(invalid="ignore"):
        whole = np.nan_to_num(raw(n)).astype(np.int32)
    return Number(np.ldexp(np.ones(1, n.dtype), whole))


root = _unary(np.sqrt)
nearest = _unary(np.rint)
floored = _unary(np.floor)
magnitude = _unary(np.abs)


@overload(any_of, strict=False)
def _any_of(condition: Any) -> Any:
    if isinstance(condition, jit.Mask):
        return lambda condition: jit.any_lane(condition)
    if isinstance(condition, types.Boolean):
        return lambda condition: condition
    return None


@overload(fma, strict=False)
def _fma(a: Any, b: Any, c: Any) -> Any:
    if _lanes_only(a, b, c):
        return lambda a, b, c: _jit_fma(a, b, c)
    return None


@overload(where, strict=False)
def _where(condition: Any, a: Any, b: Any) -> Any:
    if isinstance(condition, jit.Mask) and _lanes_only(a, b):
        return lambda condition, a, b: jit.select_lanes(condition, a, b)
    if isinstance(condition, types.Boolean):
        return lambda condition, a, b: a if condition else b
    return None


# Composed of comparisons and `where`, so every number type that has those has these.
overload(minimum, strict=False)(lambda a, b: minimum)
overload(maximum, strict=False)(lambda a, b: maximum)


def _compile_as(plain: Any, compiled: Any) -> None:
    @overload(plain, strict=False)
    def unary(x: Any) -> Any:
        return (lambda x: compiled(x)) if isinstance(x, jit.Lanes) else None


_compile_as(root, jit.lanes_intrinsic("sqrt", 1))
_compile_as(nearest, jit.lanes_intrinsic("rint", 1))
_compile_as(floored, jit.lanes_intrinsic("floor", 1))
_compile_as(magnitude, jit.lanes_intrinsic("fabs", 1))
_compile_as(exponent_and_mantissa, jit.exponent_and_mantissa)
_compile_as(power_of_two, jit.power_of_two)
_jit_fma = jit.lanes_intrinsic("fma", 3)
_jit_copy_sign = jit.lanes_intrinsic("copysign", 2)


@overload(copy_sign, strict=False)
def _copy_sign(x: Any, sign: Any) -> Any:
    return (lambda x, sign: _jit_copy_sign(x, sign)) if isinstance(x, jit.Lanes) else None

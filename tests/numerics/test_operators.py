"""Arithmetic, comparisons, logic and selection: compiled lanes against NumPy and plain numbers."""

import operator

import numpy as np
import pytest

from evornn.numerics import fma, maximum, minimum, where

DTYPES = [np.float32, np.float64]
SPECIAL = np.array([0.0, -0.0, 1.0, -2.5, 3e5, 1e-40, np.inf, -np.inf, np.nan])
PAIRS = np.array(np.meshgrid(SPECIAL, SPECIAL)).reshape(2, -1)


def add_scalars(a):
    return (a + 2) + (0.5 + a) + True


def subtract_scalars(a):
    return (a - 2) - (0.5 - a) - (1 - a)


def multiply_scalars(a):
    return (a * 3) * 0.1 + 7 * a


def divide_scalars(a):
    return (a / 3) / 0.1 - 7 / a


def in_place(a, b):
    c = a
    c += b
    c *= 2.0
    c -= a
    c /= 3
    return c + a * 0.0


def signs(a):
    return -a + abs(a) * 0.5


def both(a, b):
    return where((a > 0.0) & (b > 0.0), 1.0 + a * 0.0, 2.0)


def either(a, b):
    return where((a > 0.0) | (b > 0.0), a, b)


def one_of_two(a, b):
    return where((a > 0.0) ^ (b > 0.0), a, b)


def neither(a, b):
    return where(~((a >= 1.0) | (b >= 1.0)), a, b)


def scalar_or_lanes(a):
    return where(a < 1, 0, a) + where(a != a, 1.0, a)


def uniform_branch(a):
    return where(1 < 2, a, -a)


UNARY = [
    add_scalars, subtract_scalars, multiply_scalars, divide_scalars, signs, scalar_or_lanes,
    uniform_branch,
]  # fmt: skip
BINARY = [
    operator.add, operator.sub, operator.mul, operator.truediv, in_place, both, either, one_of_two,
    neither,
]  # fmt: skip


def same(found, wanted):
    np.testing.assert_array_equal(found, wanted)
    known = ~np.isnan(wanted)
    np.testing.assert_array_equal(np.signbit(found)[known], np.signbit(wanted)[known])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", UNARY)
def test_mixed_with_scalars(function, dtype, on_lanes, in_plain_python):
    a = np.concatenate([SPECIAL, np.linspace(-2, 2, 9)]).astype(dtype)
    same(on_lanes(function, a), in_plain_python(function, a))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", BINARY)
def test_of_two_numbers(function, dtype, on_lanes, in_plain_python):
    a, b = PAIRS.astype(dtype)
    same(on_lanes(function, a, b), in_plain_python(function, a, b))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge", "eq", "ne"])
def test_comparisons_are_those_of_numpy(name, dtype, on_lanes):
    compare = getattr(operator, name)

    def indicator(a, b):
        return where(compare(a, b), 1.0 + a * 0.0, 0.0)

    def against_scalar(a):
        return where(compare(a, 1), 1.0, a) + where(compare(1.0, a), 1.0, a)

    a, b = PAIRS[:, np.isfinite(PAIRS[0])].astype(dtype)
    same(on_lanes(indicator, a, b), compare(a, b).astype(dtype))
    wanted = np.where(compare(a, 1), 1, a) + np.where(compare(1, a), 1, a)
    same(on_lanes(against_scalar, a), wanted.astype(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("function", "oracle"), [(minimum, np.minimum), (maximum, np.maximum)], ids=["min", "max"]
)
def test_minimum_and_maximum_keep_nan(function, oracle, dtype, on_lanes, in_plain_python):
    a, b = PAIRS.astype(dtype)
    np.testing.assert_array_equal(on_lanes(function, a, b), oracle(a, b))
    np.testing.assert_array_equal(in_plain_python(function, a, b), oracle(a, b))


@pytest.mark.parametrize("dtype", DTYPES)
def test_where_takes_the_chosen_side_whatever_the_other_is(dtype, on_lanes):
    def guarded(a, b):
        return where(a > 0.0, b, a)

    a = np.array([1.0, -1.0, np.nan, 1.0], dtype)
    b = np.array([5.0, np.nan, np.inf, np.nan], dtype)
    same(on_lanes(guarded, a, b), np.array([5.0, -1.0, np.nan, np.nan], dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_fma_rounds_once(dtype, on_lanes, in_plain_python):
    eps = np.finfo(dtype).eps
    a = np.array([1 + eps, 1.0, np.inf, np.nan], dtype)
    b = np.array([1 - eps, 1.0, 0.0, 1.0], dtype)
    c = np.array([-1.0, 1.0, 1.0, 1.0], dtype)
    wanted = np.array([-eps * eps, 2.0, np.nan, np.nan], dtype)
    same(on_lanes(fma, a, b, c), wanted)
    # Plain Python has no fused operation for float64, only a wider format at best.
    np.testing.assert_allclose(in_plain_python(fma, a, b, c), wanted, atol=eps * eps)


@pytest.mark.parametrize("dtype", DTYPES)
def test_nothing_is_fused_that_is_not_written_so(dtype, on_lanes):
    def separate(a, b, c):
        return a * b + c

    eps = np.finfo(dtype).eps
    a, b, c = (np.array([v], dtype) for v in (1 + eps, 1 - eps, -1.0))
    assert on_lanes(separate, a, b, c)[0] == 0.0

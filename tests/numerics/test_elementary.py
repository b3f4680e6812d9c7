"""Elementary functions: accuracy against mpmath, limits, number types, derivatives."""

import re

import mpmath
import numpy as np
import pytest

from evornn.numerics import (
    absolute,
    arctan,
    cos,
    elementary,
    exp,
    log,
    relu,
    sigmoid,
    sin,
    sqrt,
    tanh,
)
from evornn.numerics.elementary import ELEMENTARY
from evornn.numerics.plain import Number

EXACT = {
    tanh: mpmath.tanh,
    sigmoid: lambda x: 1 / (1 + mpmath.exp(-x)),
    exp: mpmath.exp,
    log: mpmath.log,
    sqrt: mpmath.sqrt,
    sin: mpmath.sin,
    cos: mpmath.cos,
    arctan: mpmath.atan,
}
DTYPES = [np.float32, np.float64]
# Results must be normal numbers, where a unit in the last place is relative.
EXP_RANGE = {np.float32: 87.3, np.float64: 708.3}
DECADES = {np.float32: 37, np.float64: 307}


def logistic_samples(rng, dtype):
    limit = 87 if dtype is np.float32 else 708
    small = 10.0 ** rng.uniform(-7, 1.5, 300)
    return [rng.uniform(-20, 20, 900), rng.uniform(-limit, limit, 300), small, -small]


def exp_samples(rng, dtype):
    limit = EXP_RANGE[dtype]
    return [rng.uniform(-limit, limit, 1000), rng.uniform(-1, 1, 800)]


def positive_samples(rng, dtype):
    near_one = rng.choice([-1, 1], 400) * 10.0 ** rng.uniform(-6, -0.5, 400)
    decades = DECADES[dtype]
    return [10.0 ** rng.uniform(-decades, decades, 500), rng.uniform(0.4, 2, 800), 1 + near_one]


def angle_samples(rng, dtype):
    return [rng.uniform(-1e4, 1e4, 800), rng.uniform(-7, 7, 600), np.arange(-300, 300) * np.pi / 4]


def ratio_samples(rng, dtype):
    size = 10.0 ** rng.uniform(-30, 30, 400)
    return [rng.uniform(-3, 3, 1200), size, -size, np.tan(np.arange(-7, 8) * np.pi / 16)]


SAMPLES = {
    tanh: logistic_samples,
    sigmoid: logistic_samples,
    exp: exp_samples,
    log: positive_samples,
    sqrt: positive_samples,
    sin: angle_samples,
    cos: angle_samples,
    arctan: ratio_samples,
}


def samples(function, dtype):
    rng = np.random.default_rng(17)
    return np.concatenate(SAMPLES[function](rng, dtype)).astype(dtype)


def exact(function, x):
    """Results to 30 digits, as pairs: rounded to float64, and what rounding left."""
    with mpmath.workdps(40):
        results = [EXACT[function](mpmath.mpf(float(v))) for v in x]
        high = [float(y) for y in results]
        return np.array(high), np.array([float(y - h) for y, h in zip(results, high, strict=True)])


def errors(function, x, y):
    high, low = exact(function, x)
    return np.abs((y.astype(np.float64) - high) - low), np.spacing(np.abs(high).astype(x.dtype))


def stated_error(function, dtype):
    """The figure of the table in the module's docstring."""
    name = function.__name__
    match = re.search(rf"\b{name}\b[a-z, ]*:? ([\d.e-]+) \| ([\d.e-]+)", elementary.__doc__)
    return float(match[1 if dtype is np.float32 else 2])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", [tanh, sigmoid, exp, log, sqrt, arctan])
def test_relative_accuracy_is_as_stated(function, dtype, on_lanes):
    x = samples(function, dtype)
    error, ulp = errors(function, x, on_lanes(function, x))
    assert (error / ulp).max() <= stated_error(function, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", [sin, cos])
def test_absolute_accuracy_is_as_stated(function, dtype, on_lanes):
    x = samples(function, dtype)
    error, _ = errors(function, x, on_lanes(function, x))
    assert error.max() <= stated_error(function, dtype)


# A stride prime to powers of two visits every binade and all kinds of low bits.
@pytest.mark.parametrize(
    ("function", "oracle", "low", "high"),
    [
        (tanh, np.tanh, 1e-6, 20.0),
        (sigmoid, lambda x: 1 / (1 + np.exp(-x)), 1e-6, 87.0),
        (exp, np.exp, 1e-6, 87.3),
        (log, np.log, 1.2e-38, 3e38),
        (arctan, np.arctan, 1e-30, 3e38),
    ],
)
def test_single_precision_all_over_its_range(function, oracle, low, high, on_lanes):
    first, last = np.array([low, high], np.float32).view(np.int32)
    x = np.arange(first, last, 997, dtype=np.int32).view(np.float32)
    y, wanted = on_lanes(function, x).astype(np.float64), oracle(x.astype(np.float64))
    ulp = np.spacing(np.abs(wanted).astype(np.float32))
    assert (np.abs(y - wanted) / ulp).max() <= stated_error(function, np.float32)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", ELEMENTARY)
def test_nan_gives_nan(function, dtype, on_lanes):
    assert np.isnan(on_lanes(function, np.array([np.nan], dtype))).all()


LIMITS = [
    (tanh, [-np.inf, -0.0, 0.0, np.inf], [-1.0, -0.0, 0.0, 1.0]),
    (sigmoid, [0.0, np.inf], [0.5, 1.0]),
    (exp, [-np.inf, -0.0, 0.0, np.inf, 1e5, -1e5], [0.0, 1.0, 1.0, np.inf, np.inf, 0.0]),
    (log, [0.0, 1.0, np.inf, -1.0, -np.inf], [-np.inf, 0.0, np.inf, np.nan, np.nan]),
    (sqrt, [0.0, 4.0, np.inf, -1.0], [0.0, 2.0, np.inf, np.nan]),
    (sin, [0.0, np.inf, -np.inf], [0.0, np.nan, np.nan]),
    (cos, [0.0, np.inf, -np.inf], [1.0, np.nan, np.nan]),
    (arctan, [-np.inf, -0.0, 0.0, np.inf], [-np.pi / 2, -0.0, 0.0, np.pi / 2]),
    (relu, [-np.inf, -1.0, 0.0, 2.0, np.inf], [0.0, 0.0, 0.0, 2.0, np.inf]),
    (absolute, [-np.inf, -0.0, -1.5, 2.0], [np.inf, 0.0, 1.5, 2.0]),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("function", "x", "wanted"), LIMITS)
def test_limits(function, x, wanted, dtype, on_lanes):
    y = on_lanes(function, np.array(x, dtype))
    np.testing.assert_array_equal(y, np.array(wanted, dtype))
    known = ~np.isnan(y)
    assert (np.signbit(y) == np.signbit(wanted))[known].all()


@pytest.mark.parametrize(
    ("dtype", "x"),
    [(np.float32, [-88.0, -95.0, -103.0, -104.0]), (np.float64, [-709.0, -740.0, -745.0, -746.0])],
)
def test_exp_underflows_gradually(dtype, x, on_lanes):
    y = on_lanes(exp, np.array(x, dtype))
    wanted = [float(mpmath.exp(v)) for v in x]
    np.testing.assert_allclose(y, wanted, rtol=0, atol=np.finfo(dtype).smallest_subnormal)


@pytest.mark.parametrize("dtype", DTYPES)
def test_log_knows_subnormal_numbers(dtype, on_lanes):
    tiny = np.finfo(dtype).smallest_subnormal
    x = np.array([tiny, 1000 * tiny, np.finfo(dtype).smallest_normal], dtype)
    wanted = [float(mpmath.log(mpmath.mpf(float(v)))) for v in x]
    np.testing.assert_allclose(on_lanes(log, x), wanted, rtol=2 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", DTYPES)
def test_tanh_and_sigmoid_stay_in_their_range(dtype, on_lanes):
    x = np.linspace(4, 40, 100_000).astype(dtype)
    assert on_lanes(tanh, x).max() == 1
    assert on_lanes(tanh, -x).min() == -1
    assert on_lanes(sigmoid, x).max() == 1
    assert on_lanes(sigmoid, -10 * x).min() >= 0


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", ELEMENTARY)
def test_a_result_does_not_depend_on_the_lane(function, dtype, on_lanes):
    x = np.random.default_rng(3).normal(size=37).astype(dtype)
    turned = np.roll(on_lanes(function, np.roll(x, 5)), -5)
    np.testing.assert_array_equal(turned, on_lanes(function, x))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", ELEMENTARY)
def test_scalars_get_the_bits_of_lanes(function, dtype, on_lanes, on_scalars):
    x = np.random.default_rng(4).normal(size=64, scale=3).astype(dtype)
    np.testing.assert_array_equal(on_scalars(function, x), on_lanes(function, x))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", ELEMENTARY)
def test_plain_python_agrees_to_rounding(function, dtype, on_lanes, in_plain_python):
    special = [0.0, np.inf, -np.inf, np.nan, 1e-30, 80.0, -80.0]
    x = np.concatenate([np.random.default_rng(5).normal(size=500, scale=3), special]).astype(dtype)
    plain, compiled = in_plain_python(function, x), on_lanes(function, x)
    # sin and cos lose relative accuracy near their zeros.
    atol = np.finfo(dtype).eps
    np.testing.assert_allclose(plain, compiled, rtol=8 * atol, atol=atol)


@pytest.mark.parametrize("function", ELEMENTARY)
def test_a_python_float_gives_a_python_float(function):
    assert type(function(0.5)) is float
    assert function(0.5) == function(Number(np.array([0.5]))).value[0]


@pytest.mark.parametrize("function", ELEMENTARY)
def test_derivatives_are_those_of_central_differences(function, in_plain_python):
    x = np.concatenate([np.linspace(0.1, 3, 20), -np.linspace(0.1, 3, 20)])
    x = x[~np.isnan(in_plain_python(function, x))]
    h = 1e-5
    difference = in_plain_python(function, x + h) - in_plain_python(function, x - h)
    rule = ELEMENTARY[function].derivative
    slope = rule(Number(x), Number(in_plain_python(function, x))).value
    np.testing.assert_allclose(slope, difference / (2 * h), rtol=1e-7, atol=1e-10)

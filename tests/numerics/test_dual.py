"""Duals: arithmetic against plain Python and central differences, and sums over all kinds of array.

Random programs on duals are in test_random_steps.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from evornn.fitness.compiled import CompiledEngine
from evornn.fitness.plain import PlainEngine
from evornn.losses.squared_error import squared_error
from evornn.networks import Network
from evornn.numerics import absolute, affine, dot, exp, fma, log, maximum, relu, sqrt, tanh, where
from evornn.numerics.dual import view_duals
from evornn.numerics.kernels import compiled
from evornn.numerics.plain_dual import PlainDual
from evornn.tasks import Sequences


def mixed(a, b):
    return (2 - a) * 0.5 + b / 4 - (1.0 / (3 + b * b) - a) * 3


def in_place(a, b):
    c = a
    c += b
    c *= a
    c -= 1
    c /= b
    return c


def chosen(a, b):
    inside = (a > b) & ~(b >= 1.0) | (a == 3.0)
    return where(inside, a * a, where(b != b, 0.5, -b))


def clipped(a, b):
    return maximum(where(a < 0.25, 0.25, a), relu(b)) + where(1 < 2, b, a)


def fused(a, b):
    return fma(a, b, 1.0) + fma(2.0, a, b) + fma(a, 0.5, -abs(b)) - absolute(a * b)


def elementary(a, b):
    return tanh(a) * exp(b) - log(a * a + 1.0) / sqrt(b * b + 1.0)


def unchosen_infinity(a, b):
    return where(a > 100.0, sqrt(a - a), b)


FUNCTIONS = [mixed, in_place, chosen, clipped, fused, elementary, unchosen_infinity]


def _binary(function):
    def kernel(operands, results):
        a, values = view_duals(operands), view_duals(results)
        for i in range(a.shape[1]):
            values[i] = function(a[0, i], a[1, i])

    return kernel


@cache
def _kernel(function):
    return compiled(_binary, "test", function)


def on_duals(function, values, tangents):
    """Values (point,) and tangents (point, direction) of f at `values` (2, point), compiled."""
    width = tangents.shape[-1]
    operands = np.zeros((*values.shape, 2 * width), values.dtype)
    operands[..., 0], operands[..., width:] = values, tangents
    results = np.full(operands.shape[1:], np.nan, values.dtype)
    _kernel(function)(operands, results)
    return results[:, 0], results[:, width:]


@pytest.mark.parametrize(("dtype", "digits"), [("float64", 1e-13), ("float32", 2e-5)])
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_arithmetic_is_that_of_plain_python_and_of_differences(function, dtype, digits):
    rng, width = np.random.default_rng(0), 64 // np.dtype(dtype).itemsize
    values = rng.normal(size=(2, 40)).astype(dtype)
    tangents = rng.normal(size=(2, 40, width)).astype(dtype)
    found, slopes = on_duals(function, values, tangents)
    with np.errstate(all="ignore"):
        plain = function(*(PlainDual(v, t.T) for v, t in zip(values, tangents, strict=True)))
    np.testing.assert_allclose(found, plain.value, rtol=digits)
    scale = np.abs(plain.tangent).max()
    np.testing.assert_allclose(slopes, plain.tangent.T, rtol=digits, atol=digits * scale)
    # In float64 along the first direction.
    exact, along = values.astype(np.float64), tangents[..., 0].astype(np.float64)
    none = np.zeros((2, 40, 8))
    ahead, behind = (on_duals(function, exact + h * along, none)[0] for h in (1e-6, -1e-6))
    np.testing.assert_allclose(slopes[:, 0], (ahead - behind) / 2e-6, rtol=1e-3, atol=1e-4)


def test_nan_is_unequal_and_never_less():
    values = np.array([[np.nan, 1.0, 3.0], [0.5, np.nan, 0.0]])
    found, slopes = on_duals(chosen, values, np.ones((2, 3, 8)))
    np.testing.assert_array_equal(found, [-0.5, 0.5, 9.0])
    np.testing.assert_array_equal(slopes[:, 0], [-1.0, 0.0, 6.0])


@dataclass(frozen=True)
class Sums(Network):
    """A step that multiplies weights, states, inputs and constants in every combination."""

    inputs: int = 3
    outputs: int = 12

    @property
    def weights(self):
        return {"M": (3, 3), "v": (7,), "N": (5, 6), "one": (1, 1)}

    @property
    def state(self):
        return {"h": (12,)}

    @property
    def scratch(self):
        return {"A": (3, 3)}

    @property
    def constants(self):
        return {"C": np.linspace(-1, 1, 9).reshape(3, 3), "d": np.array([0.5, -0.25, 2.0])}

    @property
    def step(self):
        return sums

    def reference(self, weights, inputs):
        raise NotImplementedError


def sums(w, k, x, s, s_next, y):
    A, d = s_next.A, k.d
    for i in range(3):
        affine(w.M, k.C[i], d, A[i])
    affine(w.M, x, w.v[1:4], y[0:3])
    affine(k.C, d, d, y[3:6])
    affine(k.C, x, d, y[6:9])
    affine(A, s.h[2:5], y[3:6], y[9:12])
    affine(w.N[1:4, 2:5], s.h[0:3], y[0:3], y[0:3])
    affine(w.N[0:5:2, 1:6:2], s.h[4:7], y[3:6], y[3:6])
    affine(w.N[:, 0:3], w.v[0:6:2], w.v[2:7], s_next.h[0:5])
    affine(w.one, x[0:1], w.v[6:7], s_next.h[5:6])
    s_next.h[6] = dot(w.v[6:3:-1], x, 0.0)
    s_next.h[7] = dot(w.v[0:6:2], d, 1.0)
    s_next.h[8] = dot(d, k.C[1], s.h[0]) + dot(k.C[0], x, 0.5)
    s_next.h[9] = dot(s.h[9:12], w.M[:, 1], s.h[1])
    s_next.h[10] = dot(w.N[1, 0:3], w.M[2], w.v[0])
    s_next.h[11] = dot(s.h[0:3], x, 0.25)
    for i in range(12):
        s_next.h[i] = tanh(s_next.h[i] * 0.5)


def test_sums_of_every_kind_have_the_gradients_of_the_tape():
    rng, network, dtype = np.random.default_rng(2), Sums(), np.dtype(np.float64)
    task = Sequences(rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 4, 12)))
    plain = PlainEngine(network, squared_error, task, dtype)
    weights = rng.normal(size=(2, network.weight_count), scale=0.5)
    expected = plain.sums_and_gradients(weights, 1.0)
    scale = np.abs(expected[1]).max()
    for engine in (plain, CompiledEngine(network, squared_error, task, dtype, 1)):
        errors, gradients = engine.sums_and_forward_gradients(weights, 1.0)
        np.testing.assert_allclose(errors, expected[0], rtol=1e-12)
        np.testing.assert_allclose(gradients, expected[1], rtol=1e-12, atol=1e-13 * scale)

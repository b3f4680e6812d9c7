"""Functions of numbers, compiled for lanes and for scalars, fed with ordinary arrays."""

from functools import cache

import numpy as np
import pytest

from evornn.numerics.kernels import compiled
from evornn.numerics.lanes import VECTOR_BYTES, view_lanes
from evornn.numerics.plain import Number


def _unary(function):
    def kernel(operands, results):
        a, values = view_lanes(operands), view_lanes(results)
        for i in range(a.shape[1]):
            values[i] = function(a[0, i])

    return kernel


def _binary(function):
    def kernel(operands, results):
        a, values = view_lanes(operands), view_lanes(results)
        for i in range(a.shape[1]):
            values[i] = function(a[0, i], a[1, i])

    return kernel


def _ternary(function):
    def kernel(operands, results):
        a, values = view_lanes(operands), view_lanes(results)
        for i in range(a.shape[1]):
            values[i] = function(a[0, i], a[1, i], a[2, i])

    return kernel


def _scalar(function):
    def kernel(operands, results):
        for i in range(operands.shape[0]):
            results[i] = function(operands[i])

    return kernel


def _step(function, arity):
    """A step that calls `function`, which may be the author's or known to the compiler."""

    def unary(a):
        return function(a)

    def binary(a, b):
        return function(a, b)

    def ternary(a, b, c):
        return function(a, b, c)

    return (unary, binary, ternary)[arity - 1]


@cache
def _kernel(function, arity):
    return compiled((_unary, _binary, _ternary)[arity - 1], "test", _step(function, arity))


@cache
def _scalar_kernel(function):
    return compiled(_scalar, "test", _step(function, 1))


@pytest.fixture(scope="session")
def on_lanes():
    """``on_lanes(f, a, ...)``: the elementwise f(a, ...), compiled, with numbers in lanes."""

    def call(function, *operands):
        operands = np.broadcast_arrays(*operands)
        width = VECTOR_BYTES // operands[0].dtype.itemsize
        rows = -(-operands[0].size // width)
        packed = np.zeros((len(operands), rows, width), operands[0].dtype)
        for row, operand in zip(packed.reshape(len(operands), -1), operands, strict=True):
            row[: operand.size] = operand.ravel()
        results = np.zeros((rows, width), operands[0].dtype)
        _kernel(function, len(operands))(packed, results)
        return results.ravel()[: operands[0].size].reshape(operands[0].shape)

    return call


@pytest.fixture(scope="session")
def on_scalars():
    """``on_scalars(f, a)``: the elementwise f(a), compiled, one number at a time."""

    def call(function, operand):
        results = np.zeros_like(operand)
        _scalar_kernel(function)(operand, results)
        return results

    return call


@pytest.fixture(scope="session")
def in_plain_python():
    """``in_plain_python(f, a, ...)``: the elementwise f(a, ...) on `Number`s."""

    def call(function, *operands):
        with np.errstate(all="ignore"):
            return function(*(Number(operand) for operand in operands)).value

    return call

"""Functions of numbers, compiled for lanes and for scalars, fed with ordinary arrays."""

from functools import cache

import numpy as np
import pytest

from evornn.numerics.kernels import compiled
from evornn.numerics.lanes import VECTOR_BYTES, view_lanes
from evornn.numerics.plain import Number


@cache
def _lane_kernel(function, arity):
    def unary(operands, results):
        a, values = view_lanes(operands), view_lanes(results)
        for i in range(a.shape[1]):
            values[i] = function(a[0, i])

    def binary(operands, results):
        a, values = view_lanes(operands), view_lanes(results)
        for i in range(a.shape[1]):
            values[i] = function(a[0, i], a[1, i])

    def ternary(operands, results):
        a, values = view_lanes(operands), view_lanes(results)
        for i in range(a.shape[1]):
            values[i] = function(a[0, i], a[1, i], a[2, i])

    return compiled((unary, binary, ternary)[arity - 1], f"test-{arity}", function)


@cache
def _scalar_kernel(function):
    def kernel(operands, results):
        for i in range(operands.shape[0]):
            results[i] = function(operands[i])

    return compiled(kernel, "test-scalar", function)


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
        _lane_kernel(function, len(operands))(packed, results)
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

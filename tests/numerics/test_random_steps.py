"""Random steps: straight-line programs over every operation, compiled against the plain tape.

Forward mode must give what the tape gives, compiled and in plain Python.

A program is an integer constant of a network whose step interprets it, so that one compilation
serves any number of random programs, of losses and of gradients.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evornn.fitness.compiled import CompiledEngine
from evornn.fitness.plain import PlainEngine
from evornn.losses.squared_error import squared_error
from evornn.networks import Network
from evornn.numerics import (
    absolute,
    affine,
    cos,
    dot,
    exp,
    fma,
    identity,
    log,
    maximum,
    minimum,
    relu,
    sigmoid,
    sin,
    sqrt,
    tanh,
    where,
)
from evornn.tasks import Sequences

REGISTERS = 12
OPERATIONS = 38


@dataclass(frozen=True)
class Machine(Network):
    """Registers that a program computes with; the first four are the state of the next step."""

    program: tuple = ((0, 0, 0, 0),)
    inputs: int = 2
    outputs: int = 3

    @property
    def weights(self):
        return {"v": (6,), "M": (3, 4), "N": (4, 3)}

    @property
    def state(self):
        return {"r": (4,), "q": (2,)}

    @property
    def scratch(self):
        return {"t": (REGISTERS,), "A": (3, 3)}

    @property
    def constants(self):
        return {
            "program": np.array(self.program),
            "C": np.linspace(-1, 1, 9).reshape(3, 3),
            "d": np.array([0.5, -0.25, 2.0]),
        }

    @property
    def step(self):
        return run_program

    def reference(self, weights, inputs):
        raise NotImplementedError


def run_program(w, k, x, s, s_next, y):
    t, A = s_next.t, s_next.A
    for i in range(4):
        t[i] = s.r[i]
    t[4] = x[0]
    t[5] = x[1]
    for i in range(6, REGISTERS):
        t[i] = w.v[i - 6] * 0.5
    for i in range(3):
        for j in range(3):
            A[i, j] = w.M[i, j] * x[0] + w.N[i, j]
    for p in range(k.program.shape[0]):
        operation = k.program[p, 0]
        a, b, c = k.program[p, 1], k.program[p, 2], k.program[p, 3]
        # Three consecutive registers, for vectors.
        va, vb = a % 10, b % 10
        arithmetic(operation, t, w, k, a, b, c)
        functions(operation, t, a, c)
        if operation == 26:
            t[c] = dot(w.M[a % 3, 0:3], t[vb : vb + 3], t[a])
        elif operation == 27:
            t[c] = dot(t[va : va + 3], t[vb : vb + 3], t[c])
        elif operation == 28:
            t[c] = dot(w.N[0:3, a % 3], t[vb : vb + 3], 0.0)
        elif operation == 29:
            t[c] = dot(k.C[a % 3], t[vb : vb + 3], 0.5)
        elif operation == 30:
            affine(w.N[1:4, :], t[va : va + 3], t[vb : vb + 3], A[0])
            t[c] = A[0, a % 3]
        elif operation == 31:
            affine(A, t[3 + a % 7 : 6 + a % 7], w.v[b % 3 : b % 3 + 3], t[0:3])
        elif operation == 32:
            affine(k.C, t[6 + a % 4 : 9 + a % 4], k.d, t[3:6])
        elif operation == 33:
            affine(w.M[:, 1:4], w.v[0:5:2], w.N[0:3, a % 3], t[6:9])
        elif operation == 34:
            t[c] = dot(w.M[:, a % 4], w.v[3:6], t[b])
        elif operation == 35:
            affine(w.M[:, 0:3], t[0:3], t[5:8], t[5:8])
        elif operation == 36:
            total = 0.0
            for i in range(3):
                total = total + t[va + i] * s.r[i]
            t[c] = total
        elif operation == 37:
            s_next.r[a % 4] = t[b]
            t[c] = s_next.r[a % 4]
        # All stays within bounds, and nothing settles on one value.
        t[c] = tanh(t[c] * 0.5)
    for i in range(4):
        s_next.r[i] = t[i] * 0.9
    for i in range(2):
        s_next.q[i] = s.q[i]
        s_next.q[i] = s_next.r[i]
    for o in range(3):
        y[o] = t[4 + o] + s.q[0]


def arithmetic(operation, t, w, k, a, b, c):
    if operation == 0:
        t[c] = t[a] + t[b]
    elif operation == 1:
        t[c] = t[a] - t[b]
    elif operation == 2:
        t[c] = t[a] * t[b]
    elif operation == 3:
        t[c] = t[a] / (1.5 + t[b] * t[b])
    elif operation == 4:
        t[c] = -t[a]
    elif operation == 5:
        t[c] = 2.0 / (1.0 + abs(t[a])) - 1
    elif operation == 6:
        t[c] = fma(t[a], t[b], t[c])
    elif operation == 7:
        t[c] = fma(t[a], 0.5, 1.0)
    elif operation == 8:
        t[c] = where(t[a] > t[b], t[b], w.v[a % 6])
    elif operation == 9:
        t[c] = where((t[a] > 0.0) & ~(t[b] > 0.0), 0.25, t[b])
    elif operation == 10:
        t[c] = minimum(t[a], t[b])
    elif operation == 11:
        t[c] = maximum(t[a], 0.1)
    elif operation == 12:
        t[c] = 0.0
    elif operation == 13:
        t[c] = w.M[a % 3, b % 4]
    elif operation == 14:
        t[c] = t[a]
        t[c] += t[b]
        t[c] *= 3
        t[c] -= 0.5
        t[c] /= 2
    elif operation == 15:
        t[c] = 1 - t[a] - (t[b] - 2)


def functions(operation, t, a, c):
    if operation == 16:
        t[c] = sigmoid(t[a])
    elif operation == 17:
        t[c] = exp(minimum(t[a], 2.0))
    elif operation == 18:
        t[c] = log(1.5 + t[a] * t[a])
    elif operation == 19:
        t[c] = sin(t[a])
    elif operation == 20:
        t[c] = cos(t[a])
    elif operation == 21:
        t[c] = sqrt(1.5 + t[a] * t[a])
    elif operation == 22:
        t[c] = relu(t[a])
    elif operation == 23:
        t[c] = absolute(t[a])
    elif operation == 24:
        t[c] = identity(t[a])
    elif operation == 25:
        t[c] = tanh(0.25) * t[a]


def task(seed=0, sequences=2):
    rng = np.random.default_rng(seed)
    shape = (sequences, 4)
    return Sequences(rng.normal(size=(*shape, 2)), rng.normal(size=(*shape, 3)))


def population(size, seed=1):
    return np.random.default_rng(seed).normal(size=(size, Machine().weight_count))


@pytest.fixture(params=[True, False], ids=["genomes", "sequences"])
def axis(request, monkeypatch):
    monkeypatch.setattr(CompiledEngine, "_genomes_fill_lanes", lambda self, size: request.param)


def engines(program, data):
    network, dtype = Machine(program=program), np.dtype(np.float64)
    return (
        CompiledEngine(network, squared_error, data, dtype, 1),
        PlainEngine(network, squared_error, data, dtype),
    )


def agree(program):
    weights = population(2)
    compiled, plain = engines(program, task())
    sums, gradients = compiled.sums_and_gradients(weights, 1.0)
    plain_sums, plain_gradients = plain.sums_and_gradients(weights, 1.0)
    np.testing.assert_array_equal(compiled.sums(weights), sums)
    np.testing.assert_allclose(plain_sums, sums, rtol=1e-10)
    assert np.isfinite(plain_gradients).all()
    scale = np.abs(plain_gradients).max() + 1.0
    np.testing.assert_allclose(gradients, plain_gradients, atol=1e-10 * scale)
    for engine, its_sums in ((compiled, sums), (plain, plain_sums)):
        forward_sums, forward_gradients = engine.sums_and_forward_gradients(weights, 1.0)
        np.testing.assert_array_equal(forward_sums, its_sums)
        np.testing.assert_allclose(forward_gradients, plain_gradients, atol=1e-10 * scale)


@pytest.mark.parametrize("operation", range(OPERATIONS))
def test_each_operation(operation, axis):
    agree(((operation, 5, 7, 4), (operation, 4, 1, 6), (operation, 6, 6, 5)))


register = st.integers(0, REGISTERS - 1)
instruction = st.tuples(st.integers(0, OPERATIONS - 1), register, register, register)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(program=st.lists(instruction, min_size=1, max_size=25))
def test_random_programs(program):
    agree(tuple(program))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(program=st.lists(instruction, min_size=1, max_size=12), seed=st.integers(0, 99))
def test_random_programs_against_central_differences(program, seed):
    compiled, _ = engines(tuple(program), task())
    weights, h = population(1, seed), 1e-6
    steps = h * np.eye(weights.shape[1])
    forward, backward = (compiled.sums(weights + d).sum(axis=1) for d in (steps, -steps))
    left, right = forward - compiled.sums(weights).sum(), compiled.sums(weights).sum() - backward
    # On a kink of where, minimum, relu or abs there is no derivative to compare with.
    assume(np.allclose(left, right, atol=1e-7))
    gradient = compiled.sums_and_gradients(weights, 1.0)[1][0]
    np.testing.assert_allclose(gradient, (forward - backward) / (2 * h), atol=1e-6, rtol=1e-6)


def test_a_long_program_makes_the_tape_grow(axis):
    rng = np.random.default_rng(6)
    program = tuple(
        (int(rng.integers(OPERATIONS)), *(int(r) for r in rng.integers(REGISTERS, size=3)))
        for _ in range(300)
    )
    agree(program)

"""Networks that write their initial state: from weights, constants and the first input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from evornn.errors import StepError
from evornn.fitness import Fitness
from evornn.networks import Network
from evornn.numerics import affine, tanh
from evornn.tasks import Sequences


def start(w, k, x, s):
    affine(w.S, x, w.s0, s.h)
    s.clock[0] = k.begin[0]


def step(w, k, x, s, s_next, y):
    affine(w.U, s.h, w.s0, s_next.h)
    for i in range(s_next.h.shape[0]):
        s_next.h[i] = tanh(s_next.h[i]) + x[0]
    s_next.clock[0] = s.clock[0] + 1.0
    y[0] = s_next.h[0] * s_next.clock[0]


@dataclass(frozen=True)
class Started(Network):
    inputs: int = 2
    outputs: int = 1
    start_at: object = start

    @property
    def weights(self):
        return {"S": (3, 2), "s0": (3,), "U": (3, 3)}

    @property
    def state(self):
        return {"h": (3,), "clock": (1,)}

    @property
    def constants(self):
        return {"begin": np.array([0.5])}

    @property
    def step(self):
        return step

    @property
    def start(self):
        return self.start_at

    def reference(self, weights, inputs):
        w, outputs = self.named(weights), []
        h, clock = w["S"] @ inputs[0] + w["s0"], 0.5
        for x in inputs:
            h, clock = np.tanh(w["U"] @ h + w["s0"]) + x[0], clock + 1.0
            outputs.append([h[0] * clock])
        return np.array(outputs)


@pytest.fixture
def task():
    rng = np.random.default_rng(0)
    lengths = (1, 5, 3)
    return Sequences(
        [rng.normal(size=(t, 2)) for t in lengths], [rng.normal(size=(t, 1)) for t in lengths]
    )


def loss_by_reference(task, genome):
    outputs = np.zeros(task.targets.shape)
    for q, length in enumerate(task.lengths):
        outputs[q, :length] = Started().reference(genome, task.inputs[q, :length])
    return task.loss(outputs)


def check(fitness, task):
    population = np.random.default_rng(1).normal(size=(3, fitness.genes))
    losses, gradients = fitness.value_and_grad(population)
    np.testing.assert_array_equal(losses, fitness(population))
    for genome, loss, gradient in zip(population, losses, gradients, strict=True):
        np.testing.assert_allclose(loss, loss_by_reference(task, genome), rtol=1e-12)
        quotients = [
            (loss_by_reference(task, genome + d) - loss_by_reference(task, genome - d)) / 2e-6
            for d in 1e-6 * np.eye(len(genome))
        ]
        np.testing.assert_allclose(gradient, quotients, rtol=1e-6, atol=1e-7)


def test_losses_and_gradients_know_the_start(task, axis):
    check(Fitness(task, Started(), dtype="float64"), task)


def test_so_does_plain_python(task, plain_python):
    check(plain_python(task, Started(), dtype="float64"), task)


def test_free_runs_start_with_the_first_input():
    rng = np.random.default_rng(2)
    data = rng.normal(size=(1, 4, 2)), rng.normal(size=(1, 4, 1))
    free = Sequences(*data, judged=[1, 0, 0, 0], free_running=1, feedback=(0, -1))
    genome = rng.normal(size=(1, Started().weight_count))
    given = Sequences(*data, judged=[1, 0, 0, 0])
    wanted = Fitness(given, Started(), dtype="float64")(genome)
    np.testing.assert_array_equal(Fitness(free, Started(), dtype="float64")(genome), wanted)


def forgets_the_clock(w, k, x, s):
    affine(w.S, x, w.s0, s.h)


def reads_too_far(w, k, x, s):
    for i in range(4):
        s.h[i] = x[i]
    s.clock[0] = x[0]


@pytest.mark.parametrize(
    ("mistaken", "message"),
    [
        (forgets_the_clock, "test_start.py:.*the start leaves elements of s.clock unwritten"),
        (reads_too_far, r"test_start.py:.*IndexError"),
    ],
)
def test_mistakes_in_a_start_are_told(task, mistaken, message):
    with pytest.raises(StepError, match=message):
        Fitness(task, Started(start_at=mistaken))

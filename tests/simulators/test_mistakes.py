"""Mistakes in a simulator of one's own: one short error before anything is compiled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from evornn import Fitness
from evornn.errors import ConfigurationError, StepError
from evornn.networks import Elman
from evornn.simulators import Dynamics, Simulator
from evornn.tasks import Embodied, Episodes

GIVEN = np.ones((1, 1))


def begin(k, trial, b):
    b.place[0], b.place[1] = trial.place[0], 0.0


def sense(k, b, n, x):
    x[0] = b.place[0] + n[0]


def move(k, a, n, b, b_next):
    b_next.place[0], b_next.place[1] = b.place[0] + a[0], b.place[1]


def goes_on(k, b):
    return b.place[0] < 5.0


def loss(k, b):
    return b.place[0] * b.place[0]


def begin_half(k, trial, b):
    b.place[0] = trial.place[0]


def begin_elsewhere(k, trial, b):
    begin(k, trial, b)
    trial.place[0] = 0.0


def sense_nothing(k, b, n, x):
    pass


def sense_too_much(k, b, n, x):
    sense(k, b, n, x)
    x[1] = 0.0


def sense_more_noise(k, b, n, x):
    x[0] = n[1]


def move_without_noise(k, a, b, b_next):
    b_next.place[0], b_next.place[1] = a[0], 0.0


def move_by_a_branch(k, a, n, b, b_next):
    b_next.place[1] = 0.0
    if a[0] > 0.0:
        b_next.place[0] = b.place[0]


def move_in_place(k, a, n, b, b_next):
    b.plase[0] = a[0]


def goes_on_for_ever(k, b):
    return True


def loss_of_nothing(k, b):
    b.place[0] * 2.0


def loss_of_truth(k, b):
    return b.place[0] > 0.0


def loss_without_bottom(k, b):
    return b.place[1] / b.place[1]


RIGHT = Dynamics(begin, sense, move, goes_on, loss)
MISTAKES = {
    begin_half: "begin leaves elements of b.place unwritten",
    begin_elsewhere: "begin writes to b only",
    sense_nothing: "sense leaves elements of x unwritten",
    sense_too_much: "index 1 is out of bounds.*senses|index 1 is out of bounds.*sensors",
    sense_more_noise: "index 1 is out of bounds",
    move_without_noise: r"it is called as move\(k, a, n, b, b_next\)",
    move_by_a_branch: r"where\(condition, a, b\)",
    move_in_place: "see the simulator's trial, state, scratch and constants for its names",
    goes_on_for_ever: "goes_on returns a condition of the state.*it returned True",
    loss_of_nothing: "loss returns a number of the state; it returned None",
    loss_of_truth: "it returned a condition",
    loss_without_bottom: "not a number after one control step",
}


@dataclass(frozen=True)
class Point(Simulator):
    dynamics: Dynamics = RIGHT
    shape: tuple = (2,)

    sensors = motors = noise = 1
    time_step = 1.0

    @property
    def trial(self):
        return {"place": (1,)}

    @property
    def state(self):
        return {"place": self.shape}


def evaluate(simulator):
    class Pushed(Embodied):
        solved = None
        train = Episodes(simulator, {"place": GIVEN}, 3, np.zeros((1, 3, 1)))

    Pushed.simulator = simulator
    Pushed.__abstractmethods__ = frozenset()
    return Fitness(Pushed(), Elman(1, 2, 1))


@pytest.mark.parametrize("wrong", MISTAKES, ids=lambda function: function.__name__)
def test_a_mistake_is_told_in_one_readable_error(wrong):
    part = wrong.__name__.removesuffix("_on_for_ever").partition("_")[0]
    part = "goes_on" if part == "goes" else part
    with pytest.raises(StepError, match=MISTAKES[wrong]) as caught:
        evaluate(Point(RIGHT._replace(**{part: wrong})))
    assert str(caught.value).startswith(f"{__file__}:")
    assert len(str(caught.value)) < 500


def test_shapes_are_tuples():
    with pytest.raises(ConfigurationError, match=r'names and shapes, as in \{"speed": \(1,\)\}'):
        evaluate(Point(shape=2))


def test_what_is_right_passes():
    fitness = evaluate(Point())
    assert fitness(np.zeros((1, fitness.genes))) == pytest.approx(1.0)

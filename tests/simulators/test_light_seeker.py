"""The robot that seeks a lamp: what its eyes see, what it is worth, and a vehicle that finds it."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.fitness.episode_engine import EpisodeEngine
from evornn.fitness.plain_episode import PlainBody
from evornn.networks import FullyRecurrent
from evornn.simulators.light_seeker import LightSeeker
from evornn.tasks import Phototaxis

FLOAT = np.dtype("float64")


def bright(x: float, y: float, theta: float, lamp: np.ndarray) -> list[float]:
    to = complex(*lamp) - complex(x, y)
    phi = [np.angle(to) - theta - side for side in (np.pi / 3.0, -np.pi / 3.0)]
    return [max(0.0, np.cos(a)) / (1.0 + abs(to / 0.2) ** 2) for a in phi]


def test_the_eyes_see_the_lamp() -> None:
    body, rng = PlainBody(LightSeeker(), FLOAT), np.random.default_rng(0)
    for x, y, theta, *lamp in rng.uniform(-1.0, 1.0, (50, 5)) * [1, 1, 4, 1, 1]:
        b = body.begin(np.array([x, y, theta, *lamp]), 1)
        seen = body.sense(b, np.zeros(0), 1).storage[:, 0]
        np.testing.assert_allclose(seen, bright(x, y, theta, lamp), atol=1e-12)


def test_the_loss_and_a_vehicle_that_turns_to_the_light() -> None:
    task = Phototaxis(trials=16)
    network = FullyRecurrent(2, 2, 2)
    W, b = np.array([[-12.0, 12.0], [12.0, -12.0]]), np.array([0.8, 0.4])
    parts = {"W": W, "U": np.zeros((2, 2)), "b": b}
    weights = np.concatenate([parts[name].ravel() for name in network.weights])
    engine = EpisodeEngine(network, task.train, FLOAT, 1)
    losses = engine.sums(weights[np.newaxis])[0]
    assert losses.max() < 0.4  # it circles until it sees the lamp
    for trial in (0, 5):
        trace, lamp = engine.trace(weights, trial), task.train.rows[trial, 3:]
        distance = np.hypot(*(trace.bodies[:, :2] - lamp).T)
        nearer = max(0.0, 1.0 - distance[-1] / distance[0])
        close = (distance[1:] <= 0.11).mean()
        assert losses[trial] == pytest.approx(1.0 - (nearer + close) / 2.0)

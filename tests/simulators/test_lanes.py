"""Lanes of trials that end at different times take the next pair of genome and trial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from evornn.fitness.episode_engine import EpisodeEngine
from evornn.fitness.plain_episode import PlainEpisodeEngine
from evornn.networks import LearntStart
from evornn.numerics import absolute
from evornn.simulators.simulator import Dynamics, Simulator
from evornn.tasks.episodes import Episodes

TRIALS, STEPS = 5, 40


@dataclass(frozen=True)
class Drift(Simulator):
    """A point that is pushed by the network and by noise until it is 1 from where it began; what
    counts are the pushes."""

    sensors = 2
    motors = 1
    time_step = 1.0
    noise = 2
    trial = {"place": (1,)}  # noqa: RUF012
    state = {"place": (2,), "sum": (1,)}  # noqa: RUF012

    @property
    def dynamics(self):
        return Dynamics(_begin, _sense, _move, _goes_on, _loss)


class Counted(Drift):
    """The same without noise; what counts is how much of it there is."""

    noise = 0

    @property
    def dynamics(self):
        return Dynamics(_begin, _sense_places, _count_noise, _goes_on, _loss)


def _sense_places(k, b, n, x):
    x[0], x[1] = b.place[0], b.place[1]


def _count_noise(k, a, n, b, b_next):
    b_next.place[0], b_next.place[1] = b.place[0], b.place[1]
    b_next.sum[0] = b.sum[0] + n.shape[0]


def _begin(k, trial, b):
    b.place[0] = trial.place[0]
    b.place[1] = 0.0 * trial.place[0]
    b.sum[0] = 0.0


def _sense(k, b, n, x):
    x[0] = b.place[0] + b.place[1]
    x[1] = n[1]


def _move(k, a, n, b, b_next):
    b_next.place[0] = b.place[0]
    b_next.place[1] = b.place[1] + 0.2 * a[0] + 0.1 * n[0]
    b_next.sum[0] = b.sum[0] + absolute(a[0])


def _goes_on(k, b):
    return absolute(b.place[1]) < 1.0


def _loss(k, b):
    return b.sum[0]


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    places, noise = rng.normal(size=(TRIALS, 1)), rng.normal(size=(TRIALS, STEPS, 2))
    return Episodes(Drift(), {"place": places}, STEPS, noise)


@pytest.mark.parametrize("network", [LearntStart(2, 3, 1)])
@pytest.mark.parametrize(("genomes", "threads"), [(1, 1), (30, 1), (3, 2), (30, 2)])
def test_each_lane_has_the_noise_and_the_start_of_its_own_trial(data, network, genomes, threads):
    weights = np.random.default_rng(1).normal(size=(genomes, network.weight_count))
    engine = EpisodeEngine(network, data, np.dtype("float64"), threads)
    plain = PlainEpisodeEngine(network, data, np.dtype("float64"))
    expected = plain.sums(weights)
    np.testing.assert_allclose(engine.sums(weights), expected, rtol=1e-11)
    assert engine.made == plain.made
    assert genomes * TRIALS * 3 < plain.made < genomes * TRIALS * STEPS
    last = engine.trace(weights[-1], TRIALS - 1)
    assert last.loss == pytest.approx(expected[-1, -1], rel=1e-11)


def test_a_body_without_noise_finds_none():
    data = Episodes(Counted(), {"place": np.zeros((1, 1))}, STEPS, np.zeros((1, STEPS, 0)))
    network = LearntStart(2, 3, 1)
    engine = EpisodeEngine(network, data, np.dtype("float64"), 1)
    assert engine.sums(np.zeros((1, network.weight_count))) == 0.0

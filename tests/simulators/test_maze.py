"""The T-maze: every arm can be reached, memory solves it, and without it a share stays wrong."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness.episode_engine import EpisodeEngine
from evornn.fitness.plain_episode import PlainBody
from evornn.networks import FullyRecurrent
from evornn.numerics.plain import numbers
from evornn.simulators.maze import Maze
from evornn.tasks import TMaze

FLOAT = np.dtype("float64")
FULL, TURN = 0.008, 0.16 / 0.053 * 0.1  # metres and radians of one step at full speed
LEFT, RIGHT = -1.0, 1.0
START = 0.0, 0.05, np.pi / 2.0


def forward(metres: float) -> list[tuple[float, float]]:
    steps, rest = divmod(metres / FULL, 1.0)
    return [(1.0, 1.0)] * int(steps) + [(rest, rest)]


def turned(side: float) -> list[tuple[float, float]]:
    steps, rest = divmod(np.pi / 2.0 / TURN, 1.0)
    return [(side, -side)] * int(steps) + [(side * rest, -side * rest)]


def way(turns: tuple[float, ...]) -> list[tuple[float, float]]:
    """The commands that lead from behind the gate to the end where `turns` lead."""
    commands = [*forward(0.51), *turned(turns[0])]
    if len(turns) == 1:
        return commands + forward(0.26)
    return commands + forward(0.42) + turned(turns[1]) + forward(0.17)


@pytest.mark.parametrize("turns", [1, 2])
def test_the_right_place_is_where_the_cues_lead(turns: int) -> None:
    sim = Maze(turns=turns, shown=1)
    body, cues = PlainBody(sim, FLOAT), list(product((LEFT, RIGHT), repeat=turns))
    held = [(1.0, 1.0)] * (2 * turns)
    for taken in cues:
        begun = {told: body.begin(np.array([*START, *told]), 1) for told in cues}
        b = begun[taken]
        for command in held + way(taken):
            if body.worth(b)[1].all():  # not at an end yet
                b = body.move(numbers(np.array(command)[:, np.newaxis]), np.zeros(0), b, 1)
        assert not body.worth(b)[1].any()
        for told in cues:
            loss, _ = body.worth(b._replace(goal=begun[told].goal))
            assert (loss[0] == 0.0) == (told == taken)
            assert loss[0] == 0.0 or 1.0 < loss[0] < 1.2


def remembering() -> tuple[FullyRecurrent, np.ndarray]:
    """Two wheels, which keep off the walls and turn to the side of the third unit, a latch."""
    network = FullyRecurrent(10, 3, 2)
    away = np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 0.0, 0.0])
    W, U = np.zeros((3, 10)), np.zeros((3, 3))
    W[0, :8], W[1, :8] = away, -away
    W[2, 8:] = -5.0, 5.0
    U[:, 2] = 0.5, -0.5, 3.0
    parts = {"W": W, "U": U, "b": np.array([0.8, 0.8, 0.0])}
    return network, np.concatenate([parts[name].ravel() for name in network.weights])


@pytest.fixture(scope="module")
def noisy() -> TMaze:
    return TMaze(trials=12, delay=20, motor_noise=0.05, sensor_noise=0.05)


def test_a_network_with_a_latch_solves_it(noisy: TMaze) -> None:
    network, weights = remembering()
    engine = EpisodeEngine(network, noisy.train, FLOAT, 1)
    np.testing.assert_array_equal(engine.sums(weights[np.newaxis]), np.zeros((1, 12)))
    forgetful = network.named(weights)
    forgetful["U"][2, 2] = 0.0
    flat = np.concatenate([forgetful[name].ravel() for name in network.weights])
    assert (engine.sums(flat[np.newaxis]) > 0.0).sum() >= 6


@pytest.mark.parametrize("turns", [1, 2])
def test_without_memory_one_of_all_cues_is_right_at_most(turns: int) -> None:
    cues = 2**turns
    task = TMaze(turns=turns, trials=16, motor_noise=0.02, sensor_noise=0.02)
    network, _ = remembering()
    engine = EpisodeEngine(network, task.train, FLOAT, 1)
    weights = np.random.default_rng(turns).normal(0.0, 2.0, (100, network.weight_count))
    network.blocks(weights)["U"][:] = 0.0  # nothing of the step before is heard
    right = (engine.sums(weights) == 0.0).reshape(-1, 16 // cues, cues).sum(axis=2)
    assert right.max() == 1  # some do come to an end
    assert np.isin(right, (0, 1)).all()


def test_behind_the_gate_it_sees_the_lamps_and_stands_still() -> None:
    task = TMaze(turns=2, shown=3, delay=4, trials=4)
    network, weights = remembering()
    engine = EpisodeEngine(network, task.train, FLOAT, 1)
    trace = engine.trace(weights, 1)  # left, then right
    lamps = np.zeros((17, 2))
    lamps[0:3, 0] = lamps[6:9, 1] = 1.0
    np.testing.assert_array_equal(trace.senses[:17, 8:], lamps)
    assert (trace.senses[17:, 8:] == 0.0).all()
    assert (trace.bodies[:17, :4] == trace.bodies[0, :4]).all()
    assert (trace.bodies[17, :2] != trace.bodies[16, :2]).any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"turns": 3, "trials": 8}, "turns must be 1 or 2"),
        ({"turns": 0}, "turns must be at least 1"),
        ({"shown": 0}, "shown must be at least 1"),
        ({"delay": -1}, "delay must be at least 0"),
        ({"trials": 3}, "trials must be a multiple of 2"),
        ({"turns": 2, "test_trials": 6}, "test_trials must be a multiple of 4"),
        ({"sensor_noise": -1.0}, "sensor_noise must be at least 0"),
    ],
)
def test_bad_input(options: dict, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        TMaze(**options)

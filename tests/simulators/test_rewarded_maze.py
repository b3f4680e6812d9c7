"""The maze whose goal must be found out: what a visit tells, memory solves it, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from evornn import Fitness
from evornn.errors import ConfigurationError
from evornn.networks import FullyRecurrent
from evornn.simulators.corridors import JUNCTION
from evornn.tasks import RewardedMaze

NETWORK = FullyRecurrent(9, 5, 2)


def remembering() -> np.ndarray:
    """Win: stay; lose: shift. Wheels keep off the walls and turn to the side of the unit m.

    The latch m begins on the left; the goal throws r; z grows so slowly that, after one visit, it
    throws m to the right, unless r is against it. Once on, r keeps m as it is.
    """
    away = np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 0.0, 0.0])
    m, r, z = 2, 3, 4
    W, U, b = np.zeros((5, 9)), np.zeros((5, 5)), np.zeros(5)
    W[0, :8], W[1, :8] = away, -away
    U[:2, m], b[:2] = (0.5, -0.5), 0.8
    U[m, [m, r, z]], b[m] = (3.0, -1.0, 5.2), -1.2
    U[r, r], W[r, 8], b[r] = 3.0, 5.0, -0.2
    U[z, z], b[z] = 1.05, 3e-6
    parts = {"W": W, "U": U, "b": b}
    return np.concatenate([parts[name].ravel() for name in NETWORK.weights])


@pytest.fixture(scope="module")
def noisy() -> Fitness:
    task = RewardedMaze(trials=12, motor_noise=0.02, sensor_noise=0.02)
    return Fitness(task, NETWORK, threads=1)


def test_it_comes_home_after_each_visit_and_the_ground_tells_the_goal(noisy: Fitness) -> None:
    bodies = noisy.trace(remembering(), 0).bodies
    x, y = bodies[:, 0], bodies[:, 1]
    at_end = (np.abs(np.abs(x) - 0.3) <= 0.06) & (np.abs(y - JUNCTION) <= 0.06)
    arrivals = np.flatnonzero(at_end[1:] & ~at_end[:-1]) + 1
    assert len(arrivals) == 5
    assert len(bodies) == arrivals[-1] + 1  # the last ends the trial
    for t in arrivals[:-1]:
        assert (bodies[t : t + 5, :4] == bodies[t, :4]).all()
        np.testing.assert_array_equal(bodies[t + 5, :4], bodies[0, :4])
        np.testing.assert_array_equal(bodies[t + 5, 4:12], bodies[0, 4:12])


def test_win_stay_lose_shift_solves_it(noisy: Fitness) -> None:
    losses = noisy.by_trial(remembering()[np.newaxis])[0]
    np.testing.assert_array_equal(losses, np.zeros(12))


@pytest.mark.parametrize("turns", [1, 2])
def test_without_memory_one_of_all_goals_is_visited_at_most(turns: int) -> None:
    goals = 2**turns
    task = RewardedMaze(turns=turns, visits=3, trials=16, sensor_noise=0.02)
    weights = np.random.default_rng(turns).normal(0.0, 2.0, (100, NETWORK.weight_count))
    NETWORK.blocks(weights)["U"][:] = 0.0  # nothing of the step before is heard
    losses = Fitness(task, NETWORK, threads=1).by_trial(weights).reshape(-1, 16 // goals, goals)
    assert (losses.mean(axis=2) >= 1.0 - 1.0 / goals - 1e-12).all()
    assert (losses == 0.0).any()  # some come to one of the goals each time


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"visits": 1}, "visits must be at least 2"),
        ({"stay": 0}, "stay must be at least 1"),
        ({"turns": 3, "trials": 8}, "turns must be 1 or 2"),
        ({"turns": 2, "trials": 6}, "trials must be a multiple of 4"),
    ],
)
def test_bad_input(options: dict, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        RewardedMaze(**options)

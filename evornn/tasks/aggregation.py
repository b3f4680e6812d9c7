"""Aggregation: robots with one genome come together, see `evornn.simulators.swarm`.

The network is a `Team` with shared weights, of as many members as there are robots. They start
anywhere in a square without obstacles, at least two diameters apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.simulators.arena import Arena
from evornn.simulators.swarm import Swarm
from evornn.simulators.wheeled import RADIUS
from evornn.tasks.drawn_episodes import DrawnEpisodes
from evornn.tasks.places import SIDES, free_places, headings

ARENA = Arena.box(*SIDES)
#: metres between the middles of two robots at the start, and how many find room that way
APART, MOST = 4.0 * RADIUS, 16


@dataclass(frozen=True)
class Aggregation(DrawnEpisodes):
    """Come together, and stay.

    Parameters
    ----------
    robots
        How many, 16 at most.
    steps
        Control steps of a trial, of 0.1 s each.
    trials, validation_trials, test_trials
        Trials in each split.
    motor_noise, sensor_noise, rest
        As in `Wheeled`.
    seed
        Of starts and noise.
    """

    robots: int = 4
    steps: int = 300
    trials: int = 8
    validation_trials: int = 20
    test_trials: int = 20
    motor_noise: float = 0.0
    sensor_noise: float = 0.0
    rest: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("robots", self.robots, least=2)
        if self.robots > MOST:
            raise ConfigurationError(f"robots must be at most {MOST}, got {self.robots}")
        self.check_trials()
        _ = self.simulator

    @property
    def simulator(self) -> Swarm:
        return Swarm(ARENA, self.motor_noise, self.sensor_noise, self.rest, self.robots)

    def draw(self, rng: np.random.Generator, count: int) -> Mapping[str, np.ndarray]:
        n = self.robots
        places = np.array([free_places(rng, ARENA, SIDES, n, APART) for _ in range(count)])
        angles = headings(rng, count * n).reshape(count, n, 1)
        return {"start": np.concatenate([places, angles], axis=2)}

    @property
    def solved(self) -> None:
        return None

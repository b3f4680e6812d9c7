"""Obstacle avoidance (Floreano & Mondada 1994): fast, straight and away from walls.

A robot in a square arena with four pillars, see `evornn.simulators.avoider`. It starts anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evornn.simulators.avoider import Avoider
from evornn.tasks.drawn_episodes import DrawnEpisodes
from evornn.tasks.places import PILLARS, SIDES, free_places, headings


@dataclass(frozen=True)
class ObstacleAvoidance(DrawnEpisodes):
    """Move without touching anything.

    Parameters
    ----------
    steps
        Control steps of a trial, of 0.1 s each.
    trials, validation_trials, test_trials
        Trials in each split.
    motor_noise, sensor_noise, rest
        As in `Wheeled`.
    seed
        Of starts and noise.
    """

    steps: int = 300
    trials: int = 4
    validation_trials: int = 20
    test_trials: int = 20
    motor_noise: float = 0.0
    sensor_noise: float = 0.0
    rest: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_trials()
        _ = self.simulator

    @property
    def simulator(self) -> Avoider:
        return Avoider(PILLARS, self.motor_noise, self.sensor_noise, self.rest)

    def draw(self, rng: np.random.Generator, count: int) -> Mapping[str, np.ndarray]:
        places = free_places(rng, PILLARS, SIDES, count)
        return {"start": np.column_stack([places, headings(rng, count)])[:, np.newaxis]}

    @property
    def solved(self) -> None:
        return None

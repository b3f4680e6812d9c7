"""Phototaxis after Di Paolo (2000): find a lamp and stay; see `evornn.simulators.light_seeker`.

Lamps are 30 to 60 cm away, in any direction, on an open floor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evornn.simulators.light_seeker import LightSeeker
from evornn.simulators.wheeled import OPEN
from evornn.tasks.drawn_episodes import DrawnEpisodes
from evornn.tasks.places import headings

NEAREST, FARTHEST = 0.3, 0.6  # metres


@dataclass(frozen=True)
class Phototaxis(DrawnEpisodes):
    """Find the lamp.

    Parameters
    ----------
    steps
        Control steps of a trial, of 0.1 s each.
    trials, validation_trials, test_trials
        Trials in each split.
    motor_noise, sensor_noise, rest
        As in `Wheeled`.
    seed
        Of lamps and noise.
    """

    steps: int = 200
    trials: int = 8
    validation_trials: int = 20
    test_trials: int = 40
    motor_noise: float = 0.0
    sensor_noise: float = 0.0
    rest: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_trials()
        _ = self.simulator

    @property
    def simulator(self) -> LightSeeker:
        return LightSeeker(OPEN, self.motor_noise, self.sensor_noise, self.rest)

    def draw(self, rng: np.random.Generator, count: int) -> Mapping[str, np.ndarray]:
        distance, angle = rng.uniform(NEAREST, FARTHEST, count), headings(rng, count)
        lamp = distance * np.stack([np.cos(angle), np.sin(angle)])
        return {"start": np.zeros((count, 1, 3)), "lamp": lamp.T}

    @property
    def solved(self) -> None:
        return None

"""Foraging: find as much food as there is, between pillars; see `evornn.simulators.forager`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size
from evornn.simulators.forager import Forager
from evornn.tasks.drawn_episodes import DrawnEpisodes
from evornn.tasks.places import PILLARS, SIDES, free_places, headings


@dataclass(frozen=True)
class Foraging(DrawnEpisodes):
    """Eat all of it.

    Parameters
    ----------
    pieces
        Pieces of food.
    steps
        Control steps of a trial, of 0.1 s each.
    trials, validation_trials, test_trials
        Trials in each split.
    motor_noise, sensor_noise, rest
        As in `Wheeled`.
    seed
        Of starts, food and noise.
    """

    pieces: int = 8
    steps: int = 400
    trials: int = 4
    validation_trials: int = 20
    test_trials: int = 20
    motor_noise: float = 0.0
    sensor_noise: float = 0.0
    rest: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("pieces", self.pieces)
        self.check_trials()
        _ = self.simulator

    @property
    def simulator(self) -> Forager:
        return Forager(PILLARS, self.motor_noise, self.sensor_noise, self.rest, self.pieces)

    def draw(self, rng: np.random.Generator, count: int) -> Mapping[str, np.ndarray]:
        n = self.pieces
        places = free_places(rng, PILLARS, SIDES, count * (1 + n)).reshape(count, 1 + n, 2)
        starts = np.column_stack([places[:, 0], headings(rng, count)])
        return {"start": starts[:, np.newaxis], "food": places[:, 1:]}

    @property
    def solved(self) -> None:
        return None

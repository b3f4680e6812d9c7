"""Turn-taking: two robots with one genome eat from a patch that feeds one at a time, in turns; see
`evornn.simulators.shared_patch`.

The network is a `Team` of two members with shared weights. Both start off the patch, anywhere in a
square without obstacles, at least two diameters apart: nothing but this makes one of them the
first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evornn.simulators.arena import Arena
from evornn.simulators.shared_patch import PATCH, SharedPatch
from evornn.simulators.wheeled import RADIUS
from evornn.tasks.aggregation import APART, ARENA
from evornn.tasks.drawn_episodes import DrawnEpisodes
from evornn.tasks.places import SIDES, free_places, headings

#: metres from the middle of the patch to the walls: robots get past each other everywhere
OFF_THE_WALLS = PATCH + 5.0 * RADIUS


@dataclass(frozen=True)
class TurnTaking(DrawnEpisodes):
    """Eat, make way for the other, and come back.

    Parameters
    ----------
    turn
        Control steps of eating after which a robot is full, until the other has eaten.
    steps
        Control steps of a trial, of 0.1 s each.
    trials, validation_trials, test_trials
        Trials in each split.
    motor_noise, sensor_noise, rest
        As in `Wheeled`.
    seed
        Of starts, patches and noise.
    """

    turn: int = 30
    steps: int = 400
    trials: int = 8
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
    def simulator(self) -> SharedPatch:
        return SharedPatch(ARENA, self.motor_noise, self.sensor_noise, self.rest, self.turn)

    def draw(self, rng: np.random.Generator, count: int) -> Mapping[str, np.ndarray]:
        patches = free_places(rng, ARENA, SIDES, count, clearance=OFF_THE_WALLS)
        places = np.array([_off_the_patch(rng, *patch) for patch in patches])
        angles = headings(rng, 2 * count).reshape(count, 2, 1)
        return {"start": np.concatenate([places, angles], axis=2), "patch": patches}

    @property
    def solved(self) -> None:
        return None


def _off_the_patch(rng: np.random.Generator, x: float, y: float) -> np.ndarray:
    """Places (2, 2) of both robots, off a patch at (x, y)."""
    around = Arena.box(*SIDES, ((x, y, PATCH),))
    return free_places(rng, around, SIDES, 2, APART)

"""Chemotaxis: go where it smells, and stay (Beer & Gallagher 1992). The animal is that of
`evornn.simulators.chemotaxis`.

Standing still has a loss of 1. Going straight to the patch at full speed, and staying there, has
0.125 from the greatest distance; the turn before comes on top.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evornn.checks import check_size
from evornn.simulators.chemotaxis import Chemotaxis as Body
from evornn.tasks.drawn import TEST, TRAIN, VALIDATION
from evornn.tasks.embodied import Embodied
from evornn.tasks.episodes import Episodes
from evornn.tasks.task import Solved

#: distances of the patch, drawn evenly
NEAREST, FARTHEST = 20.0, 50.0


@dataclass(frozen=True)
class Chemotaxis(Embodied):
    """Find a patch that lies anywhere around.

    Parameters
    ----------
    trials, validation_trials, test_trials
        In each split. The directions divide the circle evenly, but for a turn of all together.
    steps
        Of 0.1; 1000 take an animal four times to the farthest patch.
    seed
        Of the places.
    """

    trials: int = 16
    validation_trials: int = 50
    test_trials: int = 200
    steps: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("trials", self.trials)
        check_size("validation_trials", self.validation_trials, least=0)
        check_size("test_trials", self.test_trials, least=0)
        check_size("seed", self.seed, least=0)
        _ = self.simulator  # checks the steps

    @cached_property
    def simulator(self) -> Body:
        return Body(self.steps)

    @cached_property
    def train(self) -> Episodes:  # type: ignore[override]
        return self._around(TRAIN, self.trials)

    @cached_property
    def validation(self) -> Episodes | None:  # type: ignore[override]
        count = self.validation_trials
        return self._around(VALIDATION, count) if count else None

    @cached_property
    def test(self) -> Episodes | None:  # type: ignore[override]
        return self._around(TEST, self.test_trials) if self.test_trials else None

    def _around(self, stream: int, count: int) -> Episodes:
        rng = np.random.default_rng([self.seed, stream])
        direction = 2.0 * np.pi * (np.arange(count) + rng.uniform()) / count
        distance = rng.uniform(NEAREST, FARTHEST, count)
        places = np.stack([distance * np.cos(direction), distance * np.sin(direction)], axis=1)
        return Episodes(self.simulator, {"patch": places}, self.steps)

    @property
    def solved(self) -> Solved:
        return Solved(0.25, "twice the loss of going straight to the farthest patch at full speed")

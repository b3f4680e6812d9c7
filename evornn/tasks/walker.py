"""Walking with one leg or six, as far as one can get (Beer & Gallagher 1992; Beer, Chiel &
Gallagher 1999). The body is that of `evornn.simulators.walker`.

The loss is the share of the best velocity that is missed. One stride, and then standing, is where
nearly all searches first sit: with one leg it has a loss of 0.8, and none at all a loss of 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evornn.checks import check_size
from evornn.simulators.walker import LIMIT
from evornn.simulators.walker import Walker as Body
from evornn.tasks.drawn import TEST
from evornn.tasks.embodied import Embodied
from evornn.tasks.episodes import Episodes
from evornn.tasks.task import Solved


@dataclass(frozen=True)
class Walker(Embodied):
    """Walk forward: one trial from π/6 with all feet up.

    Parameters
    ----------
    legs
        1 or 6.
    sensor
        Whether the network reads the angles; else its input is 0 and it must make its own rhythm.
    outputs
        3 for each leg: foot, forward, backward; or 2, the first of which is foot and forward.
    steps
        Of 0.1; 2200 are the 220 of Beer, Chiel & Gallagher.
    test_trials, seed
        Trials of the test, each from other angles, and the seed that draws them.
    """

    legs: int = 1
    sensor: bool = False
    outputs: int = 3
    steps: int = 2200
    test_trials: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("test_trials", self.test_trials, least=0)
        check_size("seed", self.seed, least=0)
        _ = self.simulator  # checks the rest

    @cached_property
    def simulator(self) -> Body:
        return Body(self.legs, self.sensor, self.outputs, self.steps)

    @cached_property
    def train(self) -> Episodes:  # type: ignore[override]
        return self._from(np.full((1, self.legs), LIMIT))

    @cached_property
    def test(self) -> Episodes | None:  # type: ignore[override]
        rng = np.random.default_rng([self.seed, TEST])
        angles = rng.uniform(-LIMIT, LIMIT, (self.test_trials, self.legs))
        return self._from(angles) if self.test_trials else None

    def _from(self, angles: np.ndarray) -> Episodes:
        return Episodes(self.simulator, {"angle": angles}, self.steps)

    @property
    def solved(self) -> Solved | None:
        if self.legs == 6:
            return None
        return Solved(0.1, "nine tenths of the best velocity of this body, by optimal control")

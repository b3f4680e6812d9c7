"""Pole balancing: keep one or two poles upright on a cart (Wieland 1991), told their velocities or
not.

The trial that is learnt from begins with the long pole at 4° (Gomez, Schmidhuber & Miikkulainen
2008), or with random poles (`starts`). It lasts 100,000 control steps, or 1000 where `worth` is
"damping", whose controllers must swing as little as they can. The test is that of Gruau, Whitley &
Pyeatt (1996): 625 starts, all combinations of five values of x, x', θ and θ' of the long pole, of
1000 steps each; a controller generalises if 200 of them end well.

With "hanging" starts the poles hang down, and are to be swung up within 1000 control steps; all
numbers of a start are drawn from N(0, 0.2²) round rest (EvoJAX's CartPole swing-up: Tang, Tian & Ha
2022). The test is 100 more of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from evornn.checks import check_choice, check_size
from evornn.errors import ConfigurationError
from evornn.simulators.cart import SECOND_POLE, Cart
from evornn.tasks.embodied import Embodied
from evornn.tasks.episodes import Episodes
from evornn.tasks.task import Solved

STARTS = ("fixed", "random", "hanging")
#: control steps of a trial, by what it is worth
STEPS = {"standard": 100_000, "damping": 1000, "swing_up": 1000}
GENERALISATION_STEPS = 1000
#: fractions of the range of each number in the 625 starts, and the ranges of x, x', θ, θ'
FRACTIONS = (0.05, 0.25, 0.5, 0.75, 0.95)
RANGES = (4.32, 2.70, 0.12566304, 0.30019504)
#: of hanging starts: standard deviation of every number, and how many are in the test
HANGING_SPREAD, HANGING_TESTS = 0.2, 100


@dataclass(frozen=True)
class PoleBalancing(Embodied):
    """The cart, and where trials begin.

    Parameters
    ----------
    poles, velocities, worth, friction, snap, second_pole
        Of `evornn.simulators.cart.Cart`.
    steps
        Control steps of a trial; None: 100,000 with "standard", else 1000.
    starts
        "fixed"; "random", within the ranges of the 625 starts; "hanging", with "swing_up" only.
    trials
        How many random or hanging starts the training has.
    seed
        Of these starts.
    """

    poles: int = 2
    velocities: bool = True
    worth: str = "standard"
    steps: int | None = None
    starts: str = "fixed"
    trials: int = 16
    seed: int = 0
    friction: bool = True
    snap: bool = False
    second_pole: float = SECOND_POLE

    def __post_init__(self) -> None:
        check_choice("starts", self.starts, STARTS)
        check_size("trials", self.trials)
        check_size("seed", self.seed, least=0)
        if self.steps is not None:
            check_size("steps", self.steps)
        if self.starts == "hanging" and self.worth != "swing_up":
            raise ConfigurationError(
                "poles that hang down have fallen at once; with starts='hanging' take "
                f"worth='swing_up', got worth={self.worth!r}"
            )
        _ = self.simulator  # checks the rest

    @property
    def simulator(self) -> Cart:
        """The cart, in trials of the training."""
        steps = STEPS.get(self.worth, 1) if self.steps is None else self.steps
        return Cart(
            self.poles,
            self.velocities,
            self.worth,
            steps,
            self.friction,
            self.snap,
            self.second_pole,
        )

    @cached_property
    def train(self) -> Episodes:  # type: ignore[override]
        if self.starts == "hanging":
            return self._hanging(self.trials, stream=0)
        motion = np.zeros((1, 2 + 2 * self.poles))
        motion[0, 2] = math.radians(4.0)
        if self.starts == "random":
            drawn = np.random.default_rng([self.seed, 0]).uniform(-0.5, 0.5, (self.trials, 4))
            motion = self._motions(drawn * RANGES)
        return Episodes(self.simulator, {"motion": motion}, self.simulator.steps)

    @cached_property
    def test(self) -> Episodes:  # type: ignore[override]
        """The 625 starts, or those of hanging poles."""
        if self.starts == "hanging":
            return self._hanging(HANGING_TESTS, stream=1)
        grid = np.stack(np.meshgrid(*[FRACTIONS] * 4, indexing="ij"), axis=-1).reshape(-1, 4)
        worth = "swing_up" if self.worth == "swing_up" else "standard"
        cart = replace(self.simulator, worth=worth, steps=GENERALISATION_STEPS)
        motions = self._motions((grid - 0.5) * RANGES)
        return Episodes(cart, {"motion": motions}, GENERALISATION_STEPS)

    def _hanging(self, count: int, stream: int) -> Episodes:
        rng = np.random.default_rng([self.seed, stream])
        motion = rng.normal(0.0, HANGING_SPREAD, (count, 2 + 2 * self.poles))
        motion[:, 2::2] += math.pi
        return Episodes(self.simulator, {"motion": motion}, self.simulator.steps)

    def _motions(self, starts: np.ndarray) -> np.ndarray:
        """States of motion (trial, number) of starts (trial, 4), the short pole upright."""
        motions = np.zeros((len(starts), 2 + 2 * self.poles))
        motions[:, :4] = starts
        return motions

    @property
    def solved(self) -> Solved | None:
        if self.worth != "standard":
            return None
        return Solved(
            0.0, f"Gomez et al. 2008: balanced for all {self.simulator.steps:,} control steps"
        )

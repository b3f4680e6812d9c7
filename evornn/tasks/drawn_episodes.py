"""Tasks whose trials of a simulator are drawn at random, each split from a stream of its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property

import numpy as np

from evornn.checks import check_size
from evornn.tasks.drawn import TEST, TRAIN, VALIDATION
from evornn.tasks.embodied import Embodied
from evornn.tasks.episodes import Episodes


class DrawnEpisodes(Embodied):
    """Base of the tasks with random trials; a frozen dataclass with at least these options.

    The splits have streams of their own, so a larger training set leaves the held-out data alone.
    """

    steps: int
    trials: int
    validation_trials: int
    test_trials: int
    seed: int

    @abstractmethod
    def draw(self, rng: np.random.Generator, count: int) -> Mapping[str, np.ndarray]:
        """What tells `count` trials apart: each (trial, *shape), as in `Simulator.trial`."""

    def draw_noise(self, rng: np.random.Generator, count: int) -> np.ndarray | None:
        """Standard normal draws (trial, step, channel), or None where the simulator takes none."""
        channels = self.simulator.noise
        return rng.standard_normal((count, self.steps, channels)) if channels else None

    def check_trials(self) -> None:
        """The options above must be valid; for ``__post_init__``."""
        check_size("steps", self.steps)
        check_size("trials", self.trials)
        check_size("validation_trials", self.validation_trials, least=0)
        check_size("test_trials", self.test_trials, least=0)
        check_size("seed", self.seed, least=0)

    def _split(self, stream: int, count: int) -> Episodes:
        rng = np.random.default_rng([self.seed, stream])
        trials = self.draw(rng, count)
        return Episodes(self.simulator, trials, self.steps, self.draw_noise(rng, count))

    @cached_property
    def train(self) -> Episodes:  # type: ignore[override]  # trials have no targets to judge by
        return self._split(TRAIN, self.trials)

    @cached_property
    def validation(self) -> Episodes | None:  # type: ignore[override]
        return self._split(VALIDATION, self.validation_trials) if self.validation_trials else None

    @cached_property
    def test(self) -> Episodes | None:  # type: ignore[override]
        return self._split(TEST, self.test_trials) if self.test_trials else None

"""What tasks in T-mazes share: every start, and every noise, comes with every goal."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from evornn.errors import ConfigurationError
from evornn.tasks.drawn_episodes import DrawnEpisodes
from evornn.tasks.task import Solved

MOST_ASIDE, MOST_ASKEW = 0.005, 0.1  # metres, radians
FROM_BACK = 0.05  # metres


class MazeTrials(DrawnEpisodes):
    """Base of the tasks in mazes of `turns` junctions; a frozen dataclass."""

    turns: int

    def check_trials(self) -> None:
        super().check_trials()
        _ = self.simulator
        goals = 2**self.turns
        for name in ("trials", "validation_trials", "test_trials"):
            if getattr(self, name) % goals:
                raise ConfigurationError(
                    f"{name} must be a multiple of {goals}, for every start comes with every goal; "
                    f"got {getattr(self, name)}"
                )

    def draw(self, rng: np.random.Generator, count: int) -> Mapping[str, np.ndarray]:
        cues = np.array(list(product((-1.0, 1.0), repeat=self.turns)))
        starts = count // len(cues)
        aside = rng.uniform(-MOST_ASIDE, MOST_ASIDE, starts)
        askew = rng.uniform(-MOST_ASKEW, MOST_ASKEW, starts)
        start = np.column_stack([aside, np.full(starts, FROM_BACK), np.pi / 2.0 + askew])
        return {
            "start": np.repeat(start[:, np.newaxis], len(cues), axis=0),
            "cue": np.tile(cues, (starts, 1)),
        }

    def draw_noise(self, rng: np.random.Generator, count: int) -> np.ndarray | None:
        goals = 2**self.turns
        noise = super().draw_noise(rng, count // goals)
        return None if noise is None else np.repeat(noise, goals, axis=0)

    @property
    def solved(self) -> Solved:
        return Solved(0.01, "at least 99 % of what counts is right: each wrong end costs its share")

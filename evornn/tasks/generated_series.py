"""Series that equations generate: as many rows as asked for, drawn from a seed."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property

import numpy as np

from evornn.checks import check_size
from evornn.tasks.prediction import Prediction


class GeneratedSeries(Prediction):
    """Base of the predictions of a generated series; a frozen dataclass with these options too."""

    train_steps: int
    validation_steps: int
    test_steps: int
    seed: int

    def check_series(self) -> None:
        """The options of the series and of the prediction; for ``__post_init__``."""
        self.check_prediction()
        check_size("train_steps", self.train_steps)
        check_size("validation_steps", self.validation_steps, least=0)
        check_size("test_steps", self.test_steps, least=0)
        check_size("seed", self.seed, least=0)

    @property
    def ends(self) -> tuple[int, int, int]:
        validation = self.train_steps + self.validation_steps
        return self.train_steps, validation, validation + self.test_steps

    @abstractmethod
    def series(self, rng: np.random.Generator, rows: int) -> np.ndarray:
        """The series (rows, feature), its start drawn from `rng`."""

    @cached_property
    def input_rows(self) -> np.ndarray:
        return self.series(np.random.default_rng(self.seed), self.ends[2])

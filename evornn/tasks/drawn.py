"""Tasks whose sequences are drawn at random, each split from a stream of its own."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property

import numpy as np

from evornn.checks import check_size
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved, Task

TRAIN, VALIDATION, TEST = range(3)


class DrawnSplits(Task):
    """Base of the tasks with random sequences; a frozen dataclass with at least these options.

    The splits have streams of their own, so a larger training set leaves the held-out data alone.
    """

    sequences: int
    validation_sequences: int
    test_sequences: int
    seed: int

    @abstractmethod
    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        """`count` sequences."""

    def check_splits(self) -> None:
        """The options above must be valid; for ``__post_init__``."""
        check_size("sequences", self.sequences)
        check_size("validation_sequences", self.validation_sequences, least=0)
        check_size("test_sequences", self.test_sequences, least=0)
        check_size("seed", self.seed, least=0)

    def _split(self, stream: int, count: int) -> Sequences:
        return self.draw(np.random.default_rng([self.seed, stream]), count)

    @cached_property
    def train(self) -> Sequences:
        return self._split(TRAIN, self.sequences)

    @cached_property
    def validation(self) -> Sequences | None:
        count = self.validation_sequences
        return self._split(VALIDATION, count) if count else None

    @cached_property
    def test(self) -> Sequences | None:
        return self._split(TEST, self.test_sequences) if self.test_sequences else None


class Drawn(DrawnSplits):
    """Base of the drawn tasks whose sequences all have `length` steps."""

    length: int

    def check_drawn(self, shortest: int = 1) -> None:
        """The length and the options of the splits must be valid; for ``__post_init__``."""
        check_size("length", self.length, least=shortest)
        self.check_splits()

    @property
    def input_size(self) -> int:
        return 1

    @property
    def output_size(self) -> int:
        return 1


class Binary(Drawn):
    """Base of the drawn tasks with inputs and targets of −1 and +1, told apart by their sign."""

    #: just below half the distance between the classes: an answer of 0 is on neither side
    tolerance = float(np.nextafter(1.0, 0.0))

    @property
    def solved(self) -> Solved:
        # A wrong sign costs at least 1, so no more than a share `loss` of the steps is wrong.
        return Solved(
            0.01,
            "at least 99 % of the steps have the right sign, by Markov's inequality: the share of "
            "wrong signs is at most the mean squared error",
        )

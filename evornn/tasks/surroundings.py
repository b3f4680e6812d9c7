"""Surroundings: what was heard `reach` steps ago, and what will be heard in `reach` steps?

    d(t) = (u(t − reach) + u(t + reach)) / 2,    u(t) = ±1 with equal chance

Half of every answer lies in the future. A network that reads forwards only can at best say
u(t − reach) / 2, and has a loss of 1/4, half of that of a constant; one that reads both ways can be
right (Schuster & Paliwal 1997, Bidirectional recurrent neural networks, IEEE Transactions on Signal
Processing 45, whose regression task was of this kind: a moving average over both sides).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size
from evornn.tasks.drawn import Drawn
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved

#: loss of the best answer that does not know the future
CAUSAL_LOSS = 0.25


@dataclass(frozen=True)
class Surroundings(Drawn):
    """Answer each step with the mean of the inputs `reach` steps before and after it.

    Parameters
    ----------
    reach
        Steps to either side. The first and last `reach` steps are not judged.
    length, sequences, validation_sequences, test_sequences
        Steps per sequence and sequences in each split.
    seed
        Of the inputs.
    """

    reach: int = 3
    length: int = 60
    sequences: int = 20
    validation_sequences: int = 20
    test_sequences: int = 20
    seed: int = 0

    #: half the distance between neighbouring answers −1, 0 and 1
    tolerance = 0.5

    def __post_init__(self) -> None:
        check_size("reach", self.reach)
        self.check_drawn(shortest=2 * self.reach + 1)

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        inputs = rng.choice([-1.0, 1.0], (count, self.length, 1))
        before, after = np.roll(inputs, self.reach, axis=1), np.roll(inputs, -self.reach, axis=1)
        t = np.arange(self.length)
        judged = (t >= self.reach) & (t < self.length - self.reach)
        return Sequences(inputs, (before + after) / 2.0, judged)

    @property
    def solved(self) -> Solved:
        return Solved(0.01, "a 25th of what the best answer without the future has, 1/4")

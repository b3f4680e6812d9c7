"""Temporal parity: has the number of ones so far been odd?

    d(t) = −Π_{s ≤ t} (−u(s)),    u(t) = +1 (a one) or −1 with equal chance;    d = +1 for odd

A single wrong bit of memory spoils every later answer, and no linear model does better than the
constant answer, whose loss is 1. Random weight guessing solves the form judged at the end of 500 to
600 steps in about 250 trials: the lesson of the second reference.

References
----------
M. Minsky & S. Papert 1969, "Perceptrons".
S. Hochreiter & J. Schmidhuber 1996, "Bridging long time lags by weight guessing and 'Long short
    term memory'".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_choice
from evornn.tasks.drawn import Binary
from evornn.tasks.sequences import Sequences


@dataclass(frozen=True)
class Parity(Binary):
    """Tell the parity of all bits so far.

    Parameters
    ----------
    length, sequences, validation_sequences, test_sequences
        Steps per sequence and sequences in each split.
    judged
        The steps that are judged: ``every`` (many to many) or ``last`` (many to one).
    seed
        Of the bits.
    """

    length: int = 20
    sequences: int = 50
    validation_sequences: int = 50
    test_sequences: int = 100
    judged: str = "every"
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_drawn()
        check_choice("judged", self.judged, ("every", "last"))

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        inputs = rng.choice([-1.0, 1.0], (count, self.length, 1))
        targets = -np.cumprod(-inputs, axis=1)
        last = np.arange(self.length) == self.length - 1
        return Sequences(inputs, targets, last if self.judged == "last" else None)

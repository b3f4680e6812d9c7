"""The adding problem: remember two marked numbers over a long time and give their sum at the end.

Inputs are pairs of a value u(t) ~ U(0, 1) and a marker, 1 at one step of the first half and at one
of the second, 0 elsewhere. The target of the last step, the only one judged, is the sum of the two
marked values. The best constant answer is 1, with a loss of 2/12 = 1/6.

Hochreiter & Schmidhuber count a sequence as right when the error at its end is below 0.04 (of a
target that spans 1; here it spans 2, which makes the same figure stricter).

References
----------
S. Hochreiter & J. Schmidhuber 1997, "Long short-term memory", Neural Computation 9, experiment 4.
Q. V. Le, N. Jaitly & G. E. Hinton 2015, "A simple way to initialize recurrent networks of rectified
    linear units", arXiv 1504.00941: values in U(0, 1), baseline 0.167.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.tasks.drawn import Drawn
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved

RIGHT = 0.04  # |error| of a right answer, Hochreiter & Schmidhuber 1997


@dataclass(frozen=True)
class Adding(Drawn):
    """Add the two marked numbers of a sequence.

    Parameters
    ----------
    length, sequences, validation_sequences, test_sequences
        Steps per sequence and sequences in each split.
    seed
        Of values and markers.
    """

    length: int = 100
    sequences: int = 100
    validation_sequences: int = 100
    test_sequences: int = 500
    seed: int = 0

    tolerance = RIGHT

    def __post_init__(self) -> None:
        self.check_drawn(shortest=2)

    @property
    def input_size(self) -> int:
        return 2

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        values = rng.uniform(0.0, 1.0, (count, self.length))
        half = self.length // 2
        first, second = rng.integers(0, half, count), rng.integers(half, self.length, count)
        markers = np.zeros((count, self.length))
        each = np.arange(count)
        markers[each, first] = markers[each, second] = 1.0
        targets = np.zeros((count, self.length, 1))
        targets[:, -1, 0] = values[each, first] + values[each, second]
        inputs = np.stack([values, markers], axis=2)
        return Sequences(inputs, targets, np.arange(self.length) == self.length - 1)

    @property
    def solved(self) -> Solved:
        return Solved(
            RIGHT**2,
            "Hochreiter & Schmidhuber 1997: an answer is right when its error is below 0.04; here "
            "the root mean square error",
        )

"""Temporal order: in which order were two far-apart symbols heard among many others?

A sequence begins with E, ends with B, and is otherwise made of a, b, c and d with equal chances,
but for two symbols that are X or Y. With a length between 100 and 110 the first of these stands at
a step from 10 to 20, the second from 50 to 60; other lengths are scaled alike. At the end, and only
there, the network tells which of the four classes it was: XX, XY, YX or YY. This is task 6a of
Hochreiter & Schmidhuber, who stopped when 2,000 sequences in a row were right.

Reference: S. Hochreiter & J. Schmidhuber 1997, "Long short-term memory", Neural Computation 9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evornn.tasks.drawn import Drawn
from evornn.tasks.sequences import Sequences
from evornn.tasks.symbols import one_hot
from evornn.tasks.task import Solved

ALPHABET = "EXYBabcd"
RELEVANT, DISTRACTORS = "XY", "abcd"


@dataclass(frozen=True)
class TemporalOrder(Drawn):
    """Tell at the end which two relevant symbols were heard, in their order.

    Parameters
    ----------
    length, sequences, validation_sequences, test_sequences
        The shortest sequence, the longest is a tenth longer; sequences in each split.
    seed
        Of the symbols and where they stand.
    """

    length: int = 100
    sequences: int = 200
    validation_sequences: int = 200
    test_sequences: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_drawn(shortest=10)

    @property
    def input_size(self) -> int:
        return len(ALPHABET)

    @property
    def output_size(self) -> int:
        return len(RELEVANT) ** 2

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        strings, classes = zip(*(self._string(rng) for _ in range(count)), strict=True)
        inputs = [one_hot(string, ALPHABET) for string in strings]
        targets = [
            np.tile(np.arange(self.output_size) == order, (len(string), 1))
            for string, order in zip(strings, classes, strict=True)
        ]
        judged = [np.arange(len(string)) == len(string) - 1 for string in strings]
        return Sequences(inputs, targets, judged, loss_function="softmax_cross_entropy")

    def _string(self, rng: np.random.Generator) -> tuple[str, int]:
        """A string and its class: XX, XY, YX, YY are 0, 1, 2, 3."""
        tenth = self.length // 10
        length = int(rng.integers(self.length, self.length + tenth, endpoint=True))
        symbols = rng.choice(list(DISTRACTORS), length)
        symbols[0], symbols[-1] = "E", "B"
        order = rng.integers(len(RELEVANT), size=2)
        for which, step in zip(order, (tenth, 5 * tenth), strict=True):
            symbols[step + rng.integers(tenth, endpoint=True)] = RELEVANT[which]
        return "".join(symbols), int(2 * order[0] + order[1])

    @property
    def solved(self) -> Solved:
        # The right class has a chance of at most 1/2 where another has a larger logit.
        return Solved(
            0.01 * math.log(2.0),
            "Hochreiter & Schmidhuber 1997 ask for 2,000 right classes in a row; here at least "
            "99 % are, by Markov's inequality: a wrong one costs at least log 2",
        )

"""The two-sequence problem: the start tells the class, noise follows, the answer is due at the end.

The first `informative` inputs are 1 for one class and −1 for the other, all later ones Gaussian
with mean 0 and variance 0.2. The length is drawn between `length` and a tenth more. With
``noisy=True`` the noise begins with the first step and adds to the class (task 3b). An answer is
right when its probability errs by less than 0.2. Long as the lag is, few weights matter: random
weight guessing solves a form of it in about 718 trials (Hochreiter & Schmidhuber 1996).

References
----------
Y. Bengio, P. Simard & P. Frasconi 1994, "Learning long-term dependencies with gradient descent is
    difficult", IEEE Transactions on Neural Networks 5.
S. Hochreiter & J. Schmidhuber 1996, "Bridging long time lags by weight guessing and 'Long short
    term memory'".
S. Hochreiter & J. Schmidhuber 1997, "Long short-term memory", Neural Computation 9, tasks 3a, 3b.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size, check_switch
from evornn.tasks.drawn import Drawn
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved

VARIANCE = 0.2
RIGHT = 0.2  # |error| of a right answer, a probability


@dataclass(frozen=True)
class TwoSequence(Drawn):
    """Tell at the end of a noisy sequence which class its start belonged to.

    Parameters
    ----------
    length, sequences, validation_sequences, test_sequences
        The shortest sequence, the longest is a tenth longer; sequences in each split.
    informative
        Steps at the start that tell the class, the N of Hochreiter & Schmidhuber.
    noisy
        Whether these have noise too.
    seed
        Of classes, lengths and noise.
    """

    length: int = 100
    sequences: int = 100
    validation_sequences: int = 100
    test_sequences: int = 500
    informative: int = 3
    noisy: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("informative", self.informative)
        check_switch("noisy", self.noisy)
        self.check_drawn(shortest=self.informative)

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        lengths = rng.integers(self.length, self.length + self.length // 10, count, endpoint=True)
        classes = rng.integers(2, size=count)
        inputs = [self._series(rng, *drawn) for drawn in zip(lengths, classes, strict=True)]
        targets = [
            np.full((length, 1), float(one)) for length, one in zip(lengths, classes, strict=True)
        ]
        judged = [np.arange(length) == length - 1 for length in lengths]
        return Sequences(inputs, targets, judged, loss_function="binary_cross_entropy")

    def _series(self, rng: np.random.Generator, length: int, one: int) -> np.ndarray:
        series = rng.normal(0.0, math.sqrt(VARIANCE), (length, 1))
        start = series[: self.informative]
        start[:] = (1.0 if one else -1.0) + (start if self.noisy else 0.0)
        return series

    @property
    def solved(self) -> Solved:
        return Solved(
            -0.01 * math.log(1.0 - RIGHT),
            "Hochreiter & Schmidhuber 1997: right is an error below 0.2; here at least 99 % are, "
            "by Markov's inequality: a larger error costs at least −log 0.8",
        )

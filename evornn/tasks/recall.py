"""Recall: a corrupted pattern is the cue, and after some steps the pattern must stand there.

    x(0) = the pattern, a share of its bits flipped or masked;    d(last step) = what belongs to it

Patterns are of −1 and +1; a masked bit is 0. Only the last step is judged. What belongs to a
pattern is the pattern itself (auto-association), or a partner of its own (hetero-association). The
splits have the same patterns, which is the point of a memory, with other corruptions.

With outputs of ±1 the loss is four times the share of wrong bits, and `Sequences.accuracy` the
share of cues whose pattern is recalled without a wrong bit.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from evornn.checks import check_choice, check_number, check_size, check_switch
from evornn.tasks.drawn import TEST, Binary
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved

CORRUPTIONS = ("flip", "mask")
#: the stream of the patterns, after those of the splits
PATTERNS = TEST + 1


@dataclass(frozen=True)
class Recall(Binary):
    """Base of the recall tasks: what is done to the patterns of a subclass.

    Parameters
    ----------
    length
        Steps; with one sweep of a memory in each, the number of sweeps.
    sequences, validation_sequences, test_sequences
        Cues in each split: of the first pattern, the second, and so on, over and over.
    corruption, share
        ``flip`` or ``mask``, and the share of the bits of every cue, rounded to whole bits.
    held
        Whether every step has the cue as its input; otherwise all but the first have zeros.
    noise
        Uniform numbers in [0, 1) that follow the cue among the inputs of every step: the chance
        that a stochastic memory takes.
    seed
        Of corruptions, noise, and patterns that are drawn.
    """

    length: int = 10
    sequences: int = 40
    validation_sequences: int = 40
    test_sequences: int = 100
    corruption: str = "flip"
    share: float = 0.1
    held: bool = False
    noise: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_drawn()
        check_choice("corruption", self.corruption, CORRUPTIONS)
        check_number("share", self.share, 0.0, 1.0)
        check_switch("held", self.held)
        check_size("noise", self.noise, least=0)
        self.check_patterns()

    @abstractmethod
    def check_patterns(self) -> None:
        """The options of the subclass must be valid."""

    @property
    @abstractmethod
    def patterns(self) -> np.ndarray:
        """The patterns that cues are made of: (pattern, unit)."""

    @property
    @abstractmethod
    def partners(self) -> np.ndarray:
        """What each pattern must call up: (pattern, output unit)."""

    @property
    def input_size(self) -> int:
        return self.patterns.shape[1] + self.noise

    @property
    def output_size(self) -> int:
        return self.partners.shape[1]

    @property
    def solved(self) -> Solved:
        # A wrong sign costs at least 1, so no more than a share `loss` of the bits is wrong.
        return Solved(
            0.01,
            "at least 99 % of the recalled bits have the right sign, by Markov's inequality: the "
            "share of wrong signs is at most the mean squared error",
        )

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        shown = np.arange(count) % len(self.patterns)
        cues = self.corrupted(rng, self.patterns[shown])
        inputs = np.zeros((count, self.length, self.input_size))
        units = cues.shape[1]
        inputs[:, : None if self.held else 1, :units] = cues[:, np.newaxis]
        inputs[:, :, units:] = rng.random((count, self.length, self.noise))
        targets = np.repeat(self.partners[shown, np.newaxis], self.length, axis=1)
        return Sequences(inputs, targets, np.arange(self.length) == self.length - 1)

    def corrupted(self, rng: np.random.Generator, patterns: np.ndarray) -> np.ndarray:
        """`patterns` (pattern, unit) with `share` of the bits of each flipped or masked."""
        count = round(self.share * patterns.shape[1])
        hit = rng.permuted(
            np.tile(np.arange(patterns.shape[1]) < count, (len(patterns), 1)), axis=1
        )
        return np.where(hit, -patterns if self.corruption == "flip" else 0.0, patterns)

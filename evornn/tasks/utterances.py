"""Utterances: say which labels were spoken and in which order, when nobody has told where they lie.

A label is spoken as a movement from a point of its own to another, in a random number of steps,
which noise falls on; between labels, and before and behind all of them, there are pauses of random
length. Labels come in pairs, of which the second is the way back of the first: no single step tells
these two apart. The target is the sequence of labels, without times (`transcribed`).

It is a small stand-in for the task of the paper, phonemes of recorded speech: A. Graves,
S. Fernández, F. Gomez & J. Schmidhuber 2006, "Connectionist temporal classification: labelling
unsegmented sequence data with recurrent neural networks", Proceedings of the 23rd International
Conference on Machine Learning.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evornn.checks import check_number, check_size
from evornn.tasks.drawn import DrawnSplits
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved
from evornn.tasks.transcriptions import transcribed

_MOVEMENTS = 3  # their stream, after those of the splits
#: steps of a label, and of a pause, at least
_SHORTEST, _SHORTEST_PAUSE = 3, 1


@dataclass(frozen=True)
class Utterances(DrawnSplits):
    """Transcribe sequences of movements.

    Parameters
    ----------
    labels
        How many labels there are; outputs are these and the blank.
    features
        Dimensions of the space that the movements go through, each an input.
    length
        Most labels of an utterance, which has at least 1.
    duration
        Most steps of a label, which has at least 3.
    pause
        Most steps of a pause, which has at least 1.
    noise
        Standard deviation of what falls on each input; the movements' ends have 1.
    sequences, validation_sequences, test_sequences
        Utterances in each split. They share the movements.
    seed
        Of movements, labels, durations and noise.
    """

    labels: int = 4
    features: int = 3
    length: int = 5
    duration: int = 8
    pause: int = 4
    noise: float = 0.1
    sequences: int = 200
    validation_sequences: int = 100
    test_sequences: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("labels", "features", "length"):
            check_size(name, getattr(self, name))
        check_size("duration", self.duration, least=_SHORTEST)
        check_size("pause", self.pause, least=_SHORTEST_PAUSE)
        check_number("noise", self.noise, least=0.0)
        self.check_splits()

    @property
    def input_size(self) -> int:
        return self.features

    @property
    def output_size(self) -> int:
        return self.labels + 1

    @property
    def solved(self) -> Solved:
        return Solved(
            0.05 * math.log(2.0),
            "the most likely labelling is right for at least 95 % of the utterances, by Markov's "
            "inequality: where it is wrong the right one has a chance of 1/2 at most, which costs "
            "log 2 at least",
        )

    @cached_property
    def movements(self) -> np.ndarray:
        """Where each label begins and ends, (label, 2, feature)."""
        rng = np.random.default_rng([self.seed, _MOVEMENTS])
        there = rng.normal(size=(-(-self.labels // 2), 2, self.features))
        pairs = np.stack([there, there[:, ::-1]], axis=1)
        return pairs.reshape(-1, 2, self.features)[: self.labels]

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        lengths = rng.integers(1, self.length, size=count, endpoint=True)
        labels = [rng.integers(1, self.labels, size=n, endpoint=True).tolist() for n in lengths]
        inputs = [self._spoken(rng, own) for own in labels]
        return transcribed(inputs, labels, self.labels)

    def _spoken(self, rng: np.random.Generator, labels: list[int]) -> np.ndarray:
        """What is heard of an utterance, (time, feature)."""
        parts = [self._silence(rng)]
        for label in labels:
            begin, end = self.movements[label - 1]
            steps = int(rng.integers(_SHORTEST, self.duration, endpoint=True))
            parts += [np.linspace(begin, end, steps), self._silence(rng)]
        heard = np.concatenate(parts)
        return heard + rng.normal(scale=self.noise, size=heard.shape)

    def _silence(self, rng: np.random.Generator) -> np.ndarray:
        steps = int(rng.integers(_SHORTEST_PAUSE, self.pause, endpoint=True))
        return np.zeros((steps, self.features))

"""Features of networks with a linear readout: φ(t) at the judged steps of whole sequences.

They are what the network's own compiled step computes, cut off before its readout, for many genomes
at once. Where outputs are fed back inside the network, the targets one step earlier stand in for
them (teacher forcing, Jaeger 2001), zero at the first step; in a free run the given inputs do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from evornn.fitness.threads import split
from evornn.losses.squared_error import squared_error
from evornn.networks.cut import Cut
from evornn.networks.network import Network
from evornn.tasks.sequences import Sequences

#: numbers that features held together may have: 64 MiB of float64
_FEATURES_AT_ONCE = 1 << 23


class Rows(NamedTuple):
    """Judged steps: features (…, step, feature), targets (step, output), and weights (step,)."""

    features: np.ndarray
    targets: np.ndarray
    weights: np.ndarray


def judged_rows(
    cut: Cut, sequences: Sequences, weights: np.ndarray | None = None, threads: int = 1
) -> Iterator[Rows]:
    """The judged steps of `sequences`, those of some sequences at a time, in their order.

    `weights` are those of ``cut.network``, in genome order: (weights,) of one genome, or
    (population, weights), and the features then have that axis too. None where it has no weights.
    """
    weights = np.zeros(0) if weights is None else weights
    genomes = np.atleast_2d(weights)
    # As many pieces for many genomes as for one: a factor's rounding depends on them.
    pieces = -(-_numbers(cut, sequences) // _FEATURES_AT_ONCE)
    for piece in split(len(sequences.lengths), max(pieces, 1)):
        outputs = _simulated(cut.network, _teacher_forced(cut, sequences, piece), genomes, threads)
        # All sequences of a piece may be shorter than the longest of all.
        part = piece, slice(0, outputs.shape[2])
        counted = sequences.judged[part] > 0.0
        features = cut.led_by_one(outputs[:, counted])
        yield Rows(
            features.reshape(*weights.shape[:-1], *features.shape[1:]),
            sequences.targets[part][counted],
            sequences.judged[part][counted],
        )


def genomes_at_once(cut: Cut, sequences: Sequences) -> int:
    """How many genomes' features may be held together; one at least."""
    return max(_FEATURES_AT_ONCE // _numbers(cut, sequences), 1)


def _numbers(cut: Cut, sequences: Sequences) -> int:
    """How many numbers the features of one genome are."""
    return sequences.judged.size * cut.feature_count


def _teacher_forced(cut: Cut, sequences: Sequences, piece: slice) -> list[np.ndarray]:
    """The inputs of the cut network for each sequence, (time, feature)."""
    given = sequences.inputs[piece]
    if cut.feeds_back:
        before = np.zeros_like(sequences.targets[piece])
        before[:, 1:] = sequences.targets[piece][:, :-1]
        given = np.concatenate([given, before], axis=2)
    lengths = sequences.lengths[piece]
    return [u[:length] for u, length in zip(given, lengths, strict=True)]


def _simulated(
    network: Network, inputs: list[np.ndarray], genomes: np.ndarray, threads: int
) -> np.ndarray:
    """Outputs (population, sequence, time, output), zero behind the end of a sequence."""
    import numba

    blank = Sequences(inputs, [np.zeros((len(u), network.outputs)) for u in inputs])
    if numba.config.DISABLE_JIT:
        outputs = np.zeros((len(genomes), *blank.targets.shape))
        for found, weights in zip(outputs, genomes, strict=True):
            for rows, u in zip(found, inputs, strict=True):
                rows[: len(u)] = network.reference(weights, u)
        return outputs
    from evornn.fitness.compiled import CompiledEngine

    engine = CompiledEngine(network, squared_error, blank, np.dtype(np.float64), threads)
    return engine.population_outputs(genomes)

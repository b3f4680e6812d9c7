"""Features of networks with a linear readout: φ(t) at the judged steps of whole sequences.

They are what the network's own compiled step computes, cut off before its readout. Where outputs
are fed back, the targets one step earlier stand in for them (teacher forcing, Jaeger 2001), zero at
the first step; in a free run the given inputs do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from evornn.fitness.threads import split
from evornn.losses.squared_error import squared_error
from evornn.networks.linear_readout import LinearReadoutNetwork
from evornn.networks.network import Network, Shapes
from evornn.tasks.sequences import Sequences

#: numbers that the features of the sequences simulated together may have: 64 MiB of float64
_FEATURES_AT_ONCE = 1 << 23


class Rows(NamedTuple):
    """Judged steps: features (step, feature), targets (step, output), and weights (step,)."""

    features: np.ndarray
    targets: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class FeatureNetwork(Network):
    """`network` without its readout: the outputs are its features.

    Where it feeds back, the outputs of the step before are inputs, after the others.
    """

    network: LinearReadoutNetwork

    @property
    def inputs(self) -> int:  # type: ignore[override]  # follows from the network
        return self.network.inputs + (self.network.outputs if self.network.feeds_back else 0)

    @property
    def outputs(self) -> int:  # type: ignore[override]  # follows from the network
        return self.network.feature_count

    @property
    def weights(self) -> Shapes:
        return self.network.reservoir_weights

    @property
    def state(self) -> Shapes:
        return self.network.state

    @property
    def scratch(self) -> Shapes:
        return self.network.reservoir_scratch

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return self.network.constants

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        return self.network.ranges

    @property
    def exponential(self) -> frozenset[str]:
        return self.network.exponential

    @property
    def start(self) -> Callable[..., None] | None:
        return self.network.start

    @property
    def step(self) -> Callable[..., None]:
        return self.network.feature_step

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        given = np.asarray(inputs, np.float64)
        u, before = np.split(given, [self.network.inputs], axis=1)
        return self.network.features(u, self.named(weights), before)


def judged_rows(
    network: LinearReadoutNetwork,
    sequences: Sequences,
    weights: np.ndarray | None = None,
    threads: int = 1,
) -> Iterator[Rows]:
    """The judged steps of `sequences`, those of some sequences at a time, in their order.

    `weights` (weights,) are the reservoir's, in genome order; none are needed where it has none.
    """
    cut = FeatureNetwork(network)
    weights = np.zeros(0) if weights is None else weights
    count, steps = sequences.inputs.shape[:2]
    pieces = -(-count * steps * cut.outputs // _FEATURES_AT_ONCE)
    for piece in split(count, max(pieces, 1)):
        features = _simulated(cut, _teacher_forced(network, sequences, piece), weights, threads)
        # All sequences of a piece may be shorter than the longest of all.
        part = piece, slice(0, features.shape[1])
        counted = sequences.judged[part] > 0.0
        yield Rows(
            features[counted], sequences.targets[part][counted], sequences.judged[part][counted]
        )


def _teacher_forced(
    network: LinearReadoutNetwork, sequences: Sequences, piece: slice
) -> list[np.ndarray]:
    """The inputs of the cut network for each sequence, (time, feature)."""
    given = sequences.inputs[piece]
    if network.feeds_back:
        before = np.zeros_like(sequences.targets[piece])
        before[:, 1:] = sequences.targets[piece][:, :-1]
        given = np.concatenate([given, before], axis=2)
    lengths = sequences.lengths[piece]
    return [u[:length] for u, length in zip(given, lengths, strict=True)]


def _simulated(
    cut: FeatureNetwork, inputs: list[np.ndarray], weights: np.ndarray, threads: int
) -> np.ndarray:
    """Features (sequence, time, feature), zero behind the end of a sequence."""
    import numba

    blank = [np.zeros((len(u), cut.outputs)) for u in inputs]
    if numba.config.DISABLE_JIT:
        for rows, u in zip(blank, inputs, strict=True):
            rows[:] = cut.reference(weights, u)
        return Sequences(inputs, blank).targets
    from evornn.fitness.compiled import CompiledEngine

    engine = CompiledEngine(
        cut, squared_error, Sequences(inputs, blank), np.dtype(np.float64), threads
    )
    return engine.outputs(weights)

"""Readouts of fixed states: a sequence shortened to the rows of a triangular factor.

Where the states do not depend on the genome (an echo state network without output feedback), the
outputs are linear in the weights, y = Φ w, and the loss is |D (Φ w − d)|² with D² the weights of
the judged steps. With the factorisation D [Φ d] = Q R it is |R [w; −1]|²: as many rows as there are
features, not as many as there are steps. QR keeps the digits that the normal equations
(Φ'Φ) would square away (Golub & Van Loan, section 5.3).

The rows of R are themselves a sequence for a network without memory, so the ordinary kernels do the
rest, gradients included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from evornn.networks.network import Network, Shapes
from evornn.numerics import dot
from evornn.tasks.sequences import Sequences


@dataclass(frozen=True)
class LinearReadout(Network):
    """y = V x, without memory: what is left of a network whose states are fixed."""

    inputs: int
    outputs: int

    @property
    def weights(self) -> Shapes:
        return {"V": (self.outputs, self.inputs)}

    @property
    def state(self) -> Shapes:
        return {}

    @property
    def step(self) -> Callable[..., None]:
        return _readout_step

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        return np.asarray(inputs, np.float64) @ self.named(weights)["V"].T


def _readout_step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
    for o in range(y.shape[0]):
        y[o] = dot(w.V[o], x, 0.0)


class LinearTwin(NamedTuple):
    """The memoryless network and the short sequence that give the same losses."""

    network: LinearReadout
    sequences: Sequences


def linear_twin(network: Network, sequences: Sequences) -> LinearTwin | None:
    """The twin of `network` on `sequences`, or None where its states depend on the genome."""
    if not getattr(network, "fixed_features", False) or sequences.free_running is not None:
        return None
    rows = []
    for q, length in enumerate(sequences.lengths):
        features = network.features(sequences.inputs[q, :length])  # type: ignore[attr-defined]
        weight = np.sqrt(sequences.judged[q, :length, np.newaxis])
        counted = weight[:, 0] > 0.0
        both = np.hstack([features, sequences.targets[q, :length]])
        rows.append((weight * both)[counted])
    R = np.asarray(np.linalg.qr(np.concatenate(rows), mode="r"))
    count = R.shape[1] - sequences.output_size
    twin = LinearReadout(inputs=count, outputs=sequences.output_size)
    return LinearTwin(twin, Sequences(R[np.newaxis, :, :count], R[np.newaxis, :, count:]))

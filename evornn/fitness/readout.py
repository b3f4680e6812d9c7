"""Readouts of fixed states: a sequence shortened to the rows of a triangular factor.

Where the states do not depend on the genome (an echo state network without output feedback), the
outputs are linear in the weights, y = Φ w, and the loss is |D (Φ w − d)|² with D² the weights of
the judged steps. With the factorisation D [Φ d] = Q R it is |R [w; −1]|²: as many rows as there are
features, not as many as there are steps. QR keeps the digits that the normal equations
(Φ'Φ) would square away (Golub & Van Loan, section 5.3).

The rows of R are themselves a sequence for a network without memory, several rows to a step, so the
ordinary kernels do the rest, gradients included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from evornn.losses import loss_function
from evornn.losses.squared_error import squared_error
from evornn.networks.network import Network, Shapes
from evornn.numerics import affine
from evornn.tasks.sequences import Sequences

#: rows of the factor that one step takes: enough sums at once to hide the latency of one
ROWS_PER_STEP = 16


@dataclass(frozen=True)
class LinearReadout(Network):
    """y = X V', without memory: what is left of a network whose states are fixed.

    The input of a step is the matrix X (`ROWS_PER_STEP`, features), flat, and its output y
    (readouts, `ROWS_PER_STEP`), flat.
    """

    features: int
    readouts: int

    @property
    def inputs(self) -> int:  # type: ignore[override]  # follows from the fields
        return ROWS_PER_STEP * self.features

    @property
    def outputs(self) -> int:  # type: ignore[override]  # follows from the fields
        return ROWS_PER_STEP * self.readouts

    @property
    def weights(self) -> Shapes:
        return {"V": (self.readouts, self.features)}

    @property
    def state(self) -> Shapes:
        return {}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"zeros": np.zeros(ROWS_PER_STEP)}

    @property
    def step(self) -> Callable[..., None]:
        return _readout_step

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        X = np.asarray(inputs, np.float64).reshape(-1, ROWS_PER_STEP, self.features)
        return (self.named(weights)["V"] @ X.transpose(0, 2, 1)).reshape(len(X), -1)


def _readout_step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
    rows = k.zeros.shape[0]
    X = x.reshape((rows, w.V.shape[1]))
    for o in range(w.V.shape[0]):
        affine(X, w.V[o], k.zeros, y[o * rows : (o + 1) * rows])


class LinearTwin(NamedTuple):
    """The memoryless network and the short sequence that give the same losses."""

    network: LinearReadout
    sequences: Sequences


def linear_twin(network: Network, sequences: Sequences) -> LinearTwin | None:
    """The twin of `network` on `sequences`, or None where its states depend on the genome."""
    if not getattr(network, "fixed_features", False) or sequences.free_running is not None:
        return None
    if loss_function(sequences.loss_function).error is not squared_error:
        return None
    R = triangular_factor(network, sequences)
    readouts = sequences.output_size
    features = R.shape[1] - readouts
    # Rows of zeros fill the last step: they add nothing to any loss.
    steps = -(-len(R) // ROWS_PER_STEP)
    rows = np.zeros((steps * ROWS_PER_STEP, R.shape[1]))
    rows[: len(R)] = R
    blocks = rows.reshape(steps, ROWS_PER_STEP, -1)
    inputs = blocks[:, :, :features].reshape(1, steps, -1)
    targets = blocks[:, :, features:].transpose(0, 2, 1).reshape(1, steps, -1)
    return LinearTwin(LinearReadout(features, readouts), Sequences(inputs, targets))


def triangular_factor(network: Any, sequences: Sequences) -> np.ndarray:
    """R of the weighted features and targets of all judged steps, side by side."""
    rows = []
    for q, length in enumerate(sequences.lengths):
        features = network.features(sequences.inputs[q, :length])
        weight = np.sqrt(sequences.judged[q, :length, np.newaxis])
        both = np.hstack([features, sequences.targets[q, :length]])
        rows.append((weight * both)[weight[:, 0] > 0.0])
    return np.asarray(np.linalg.qr(np.concatenate(rows), mode="r"))

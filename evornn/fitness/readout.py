"""Readouts of fixed features: the sequences replaced by short ones for a network without memory.

Where the features do not depend on the genome (an echo state network without output feedback, a
liquid state machine), the outputs are linear in the weights, y = Φ w, and the squared error is
|D (Φ w − d)|² with D² the weights of the judged steps. With the factorisation D [Φ d] = Q R it is
|R [w; −1]|²: as many rows as there are features, not as many as there are steps. QR keeps the
digits that the normal equations (Φ'Φ) would square away (Golub & Van Loan, section 5.3).

The rows of R are themselves a sequence for a network without memory, several rows to a step, so the
ordinary kernels do the rest, gradients included. For other losses the rows of Φ at the judged steps
are that sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from evornn.fitness.features import Rows, judged_rows
from evornn.losses import StepLoss, loss_function
from evornn.losses.squared_error import squared_error
from evornn.networks.linear_readout import LinearReadoutNetwork
from evornn.networks.network import Network, Shapes
from evornn.numerics import affine
from evornn.tasks.judged import Judged
from evornn.tasks.sequences import Sequences

#: rows of the factor that one step takes: enough sums at once to hide the latency of one
ROWS_PER_STEP = 16


@dataclass(frozen=True)
class LinearReadout(Network):
    """y = X V', without memory: what is left of a network whose features are fixed.

    The input of a step is the matrix X (rows, features), flat, and its output y (readouts, rows),
    flat.
    """

    features: int
    readouts: int
    rows: int = ROWS_PER_STEP

    @property
    def inputs(self) -> int:  # type: ignore[override]  # follows from the fields
        return self.rows * self.features

    @property
    def outputs(self) -> int:  # type: ignore[override]  # follows from the fields
        return self.rows * self.readouts

    @property
    def weights(self) -> Shapes:
        return {"V": (self.readouts, self.features)}

    @property
    def state(self) -> Shapes:
        return {}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return {"zeros": np.zeros(self.rows)}

    @property
    def step(self) -> Callable[..., None]:
        return _readout_step

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        X = np.asarray(inputs, np.float64).reshape(-1, self.rows, self.features)
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


def linear_twin(network: Network, sequences: Judged, threads: int = 1) -> LinearTwin | None:
    """The twin of `network` on `sequences`.

    None where its features depend on the genome, or are not finite (linear units may diverge), and
    where the loss is no sum of errors of single steps.
    """
    if not isinstance(network, LinearReadoutNetwork) or not network.fixed_features:
        return None
    if not isinstance(sequences, Sequences):
        return None
    if sequences.free_running is not None:
        return None
    parts = judged_rows(network.cut, sequences, None, threads)
    loss = loss_function(sequences.loss_function)
    if not isinstance(loss, StepLoss):
        return None  # one that asks for whole sequences
    if loss.error is squared_error:
        R = triangular_factor(parts)
        return _twin_of_factor(R, sequences.output_size) if np.isfinite(R).all() else None
    rows = Rows(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    finite = np.isfinite(rows.features).all()
    return _twin_of_rows(rows, sequences.loss_function) if finite else None


def _twin_of_factor(R: np.ndarray, readouts: int) -> LinearTwin:
    features = R.shape[1] - readouts
    # Rows of zeros fill the last step: they add nothing to any loss.
    steps = -(-len(R) // ROWS_PER_STEP)
    rows = np.zeros((steps * ROWS_PER_STEP, R.shape[1]))
    rows[: len(R)] = R
    blocks = rows.reshape(steps, ROWS_PER_STEP, -1)
    inputs = blocks[:, :, :features].reshape(1, steps, -1)
    targets = blocks[:, :, features:].transpose(0, 2, 1).reshape(1, steps, -1)
    return LinearTwin(LinearReadout(features, readouts), Sequences(inputs, targets))


def _twin_of_rows(rows: Rows, loss: str) -> LinearTwin:
    network = LinearReadout(rows.features.shape[1], rows.targets.shape[1], rows=1)
    one = Sequences(rows.features, rows.targets, rows.weights, loss_function=loss)
    return LinearTwin(network, one)


def triangular_factor(rows: Iterable[Rows]) -> np.ndarray:
    """R (…, rows, columns) of the weighted features and targets of all judged steps, side by side.

    One for each genome, where the features have an axis for these.
    """
    R: np.ndarray | None = None
    for part in rows:
        shape = (*part.features.shape[:-1], part.targets.shape[1])
        columns = [part.features, np.broadcast_to(part.targets, shape)]
        weighted = np.sqrt(part.weights)[:, np.newaxis] * np.concatenate(columns, axis=-1)
        # The factor so far stands for all rows before.
        stacked = weighted if R is None else np.concatenate([R, weighted], axis=-2)
        R = np.asarray(np.linalg.qr(stacked, mode="r"))
    assert R is not None  # something is judged in all sequences
    return R

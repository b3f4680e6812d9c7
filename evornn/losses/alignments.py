"""All alignments of a label sequence with the steps of its inputs, in NumPy and in log space.

Between the labels l of a sequence, before and behind them stand blanks, which gives l′ of 2|l| + 1
states. A path visits them in order, one a step: it stays, or goes on by one, or by two where that
leaves out a blank between two labels that differ. With log y(t, k) for label k at step t

    α(t, s) = y(t, l′ₛ) Σ α(t−1, r)  over the states r from which s is reached,
    p(l | x) = α(T, |l′|) + α(T, |l′| − 1)

and the occupancy γ(t, k) is the share of the paths, by their probability, that are at label k at
step t. All rows are done at once: the oracle of what `evornn.losses.ctc` does in scalar maths.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evornn.losses.loss import Rows

#: the output that says none of the labels
BLANK = 0


class Labellings(NamedTuple):
    """The labels of each row: `labels` (row, label), blank behind the last, and `counts` (row,)."""

    labels: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, rows: Rows) -> Labellings:
        """The targets at the judged steps of each row, in their order."""
        counted = rows.judged > 0.0
        counts = counted.sum(axis=1)
        labels = np.full((len(counts), counts.max()), BLANK)
        labels[np.arange(labels.shape[1]) < counts[:, np.newaxis]] = np.argmax(
            rows.targets[counted], axis=1
        )
        return cls(labels, counts)

    @property
    def fewest_steps(self) -> np.ndarray:
        """The steps (row,) that the shortest path of each takes: equal labels need a blank."""
        again = (self.labels[:, 1:] == self.labels[:, :-1]) & (self.labels[:, 1:] != BLANK)
        return np.asarray(self.counts + again.sum(axis=1))

    @property
    def extended(self) -> np.ndarray:
        """l′ (row, state), blanks behind the last one."""
        between = np.full((len(self.counts), 2 * self.labels.shape[1] + 1), BLANK)
        between[:, 1::2] = self.labels
        return between

    @property
    def states(self) -> np.ndarray:
        """|l′| (row,)."""
        return 2 * self.counts + 1


def log_softmax(outputs: np.ndarray) -> np.ndarray:
    """log y (…, label)."""
    logits = outputs - outputs.max(axis=-1, keepdims=True)
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True)))


def log_likelihoods(log_y: np.ndarray, found: Labellings, lengths: np.ndarray) -> np.ndarray:
    """log p(l | x) (row,) for log y (row, step, label); −inf where no path is long enough."""
    return _ended(_forward(log_y, found.extended), found.states, lengths)


def occupancies(log_y: np.ndarray, found: Labellings, lengths: np.ndarray) -> np.ndarray:
    """γ (row, step, label), zero behind the end of a row."""
    extended, states = found.extended, found.states
    alphas = _forward(log_y, extended)
    # Backwards is forwards through the reversed sequence and the reversed labels.
    turned = _forward(_turned(log_y, lengths), _turned(extended, states))
    betas = _turned(_turned(turned, lengths).swapaxes(1, 2), states).swapaxes(1, 2)
    log_p = _ended(alphas, states, lengths)[:, np.newaxis, np.newaxis]
    # Both count the label at step t itself.
    shares = alphas + betas - _emitted(log_y, extended) - log_p
    shares[np.arange(log_y.shape[1]) >= lengths[:, np.newaxis]] = -np.inf
    shares.swapaxes(1, 2)[np.arange(extended.shape[1]) >= states[:, np.newaxis]] = -np.inf
    return np.asarray(np.exp(shares) @ (extended[:, :, np.newaxis] == np.arange(log_y.shape[2])))


def _forward(log_y: np.ndarray, extended: np.ndarray) -> np.ndarray:
    """log α (row, step, state)."""
    emitted = _emitted(log_y, extended)
    leaps = (extended[:, 2:] != BLANK) & (extended[:, 2:] != extended[:, :-2])
    alphas = np.full(emitted.shape, -np.inf)
    alphas[:, 0, :2] = emitted[:, 0, :2]
    for t in range(1, emitted.shape[1]):
        before, arrived = alphas[:, t - 1], alphas[:, t]
        arrived[:, 0] = before[:, 0]
        arrived[:, 1:] = np.logaddexp(before[:, 1:], before[:, :-1])
        leapt = np.where(leaps, before[:, :-2], -np.inf)
        arrived[:, 2:] = np.logaddexp(arrived[:, 2:], leapt)
        arrived += emitted[:, t]
    return alphas


def _emitted(log_y: np.ndarray, extended: np.ndarray) -> np.ndarray:
    """log y(t, l′ₛ) (row, step, state)."""
    return np.take_along_axis(log_y, extended[:, np.newaxis, :], axis=2)


def _ended(alphas: np.ndarray, states: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The probability of the last two states, at the last step of each row, (row,), in logs."""
    rows, last = np.arange(len(alphas)), states - 1
    label = np.where(last > 0, alphas[rows, lengths - 1, last - 1], -np.inf)
    return np.asarray(np.logaddexp(alphas[rows, lengths - 1, last], label))


def _turned(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """`values` (row, place, …) with the first `counts` (row,) places of each row reversed."""
    places = np.broadcast_to(np.arange(values.shape[1]), values.shape[:2])
    turned = np.where(places < counts[:, np.newaxis], counts[:, np.newaxis] - 1 - places, places)
    return np.take_along_axis(values, turned.reshape(*turned.shape, *[1] * (values.ndim - 2)), 1)

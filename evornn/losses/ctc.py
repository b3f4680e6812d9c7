"""Connectionist temporal classification: −log p(l | x) of a label sequence that nobody has aligned.

An output y(t, k), softmax over the labels k and a blank (k = 0), is the chance of a label at a
step. A path is a label or a blank for each step; it means what is left when repetitions are merged
and blanks are taken out. p(l | x) is the chance of all paths that mean l, and the loss is the mean
of −log p(l | x) over the sequences, in nats. With the states s of `evornn.losses.alignments`,

    α(t, s) = y(t, l′ₛ) Σ α(t−1, r)  over the r from which s is reached       forwards
    β(t, s) = Σ β(t+1, r) y(t+1, l′ᵣ)  over the r that s leads to             backwards
    ∂(−log p) / ∂u(t, k) = y(t, k) − Σ α(t, s) β(t, s) / p(l | x)  over l′ₛ = k

where u are the network's linear outputs, whose softmax is y (2006, equations 6 to 16; β without the
label of step t itself, as in the book of 2012). All is done in logarithms, in scalar maths.

The targets are the labels at the judged steps, one-hot and in their order: which steps these are
says nothing. Weights other than 1, and blanks as targets, are refused; so is a sequence with fewer
steps than its labels take, for which every network has the loss inf.

References
----------
A. Graves, S. Fernández, F. Gomez & J. Schmidhuber 2006, "Connectionist temporal classification:
    labelling unsegmented sequence data with recurrent neural networks", Proceedings of the 23rd
    International Conference on Machine Learning.
A. Graves 2012, "Supervised sequence labelling with recurrent neural networks", Springer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.errors import ConfigurationError
from evornn.losses.alignments import (
    BLANK,
    Labellings,
    log_likelihoods,
    log_softmax,
    occupancies,
)
from evornn.losses.labelling import best_path, label_error_rate
from evornn.losses.loss import Loss, Rows
from evornn.numerics import exp, log, maximum, minimum, where

#: the logarithm of a chance that is as good as none
_NEVER = -80.0
#: where the search for the best constant ends: by what share of itself the loss still falls
_SETTLED, _MOST_ROUNDS = 1e-12, 10_000


def log_likelihood(u: Any, labels: Any, log_y: Any, alphas: Any) -> Any:
    """log p(l | x) for outputs `u` (step, label); writes `log_y` and log α (step, state)."""
    _log_softmax(u, log_y)
    steps, states = alphas.shape[0], alphas.shape[1]
    for s in range(states):
        alphas[0, s] = -math.inf
    for s in range(min(states, 2)):
        alphas[0, s] = log_y[0, _label(labels, s)]
    for t in range(1, steps):
        for s in range(states):
            arrived = alphas[t - 1, s]
            if s > 0:
                arrived = log_add(arrived, alphas[t - 1, s - 1])
            if _leaps_to(labels, s):
                arrived = log_add(arrived, alphas[t - 1, s - 2])
            alphas[t, s] = arrived + log_y[t, _label(labels, s)]
    total = alphas[steps - 1, states - 1]
    if states > 1:
        total = log_add(total, alphas[steps - 1, states - 2])
    return total


def slopes(log_p: Any, labels: Any, log_y: Any, alphas: Any, betas: Any, u: Any) -> None:
    """Write ∂(−log p)/∂u over `u`, after `log_likelihood`; `betas` (state,) are working memory."""
    steps, states = alphas.shape[0], alphas.shape[1]
    for s in range(states):
        betas[s] = -math.inf
    for s in range(max(states - 2, 0), states):
        betas[s] = 0.0
    for t in range(steps - 1, -1, -1):
        for k in range(u.shape[1]):
            u[t, k] = exp(log_y[t, k])
        for s in range(states):
            k = _label(labels, s)
            u[t, k] = u[t, k] - exp(alphas[t, s] + betas[s] - log_p)
        # From state to state upwards: what is overwritten is not read any more.
        for s in range(states):
            left = betas[s] + log_y[t, _label(labels, s)]
            if s + 1 < states:
                left = log_add(left, betas[s + 1] + log_y[t, _label(labels, s + 1)])
            if s + 2 < states and _leaps_to(labels, s + 2):
                left = log_add(left, betas[s + 2] + log_y[t, _label(labels, s + 2)])
            betas[s] = left


def log_add(a: Any, b: Any) -> Any:
    """log(exp(a) + exp(b)), also of −inf."""
    low, high = minimum(a, b), maximum(a, b)
    # −inf − −inf would be NaN.
    return high + log(1.0 + exp(where(low == high, 0.0, low - high)))


def _log_softmax(u: Any, log_y: Any) -> None:
    for t in range(u.shape[0]):
        largest = u[t, 0]
        for k in range(1, u.shape[1]):
            largest = maximum(largest, u[t, k])
        total = exp(u[t, 0] - largest)
        for k in range(1, u.shape[1]):
            total = total + exp(u[t, k] - largest)
        total = log(total)
        for k in range(u.shape[1]):
            log_y[t, k] = u[t, k] - largest - total


def _label(labels: Any, s: int) -> int:
    """l′ₛ: every second state is a label, those between are blanks."""
    return int(labels[s // 2]) if s % 2 == 1 else BLANK


def _leaps_to(labels: Any, s: int) -> bool:
    """Whether a path may leave out the blank before state `s`."""
    return s % 2 == 1 and s > 1 and bool(labels[s // 2] != labels[s // 2 - 1])


@dataclass(frozen=True)
class ConnectionistTemporalClassification(Loss):
    """The loss above, of sequences whose targets at the judged steps are labels; there may be none,
    where nothing but blanks is right."""

    judges_steps: ClassVar[bool] = False

    def check(self, rows: Rows) -> None:
        if rows.kind != "sequence":
            raise ConfigurationError(
                f"connectionist_temporal_classification is for sequences, got {rows.kind}s"
            )
        counted = rows.judged > 0.0
        _check_labels(rows.targets[counted], rows.judged[counted])
        needed = Labellings.of(rows).fewest_steps
        short = np.flatnonzero(needed > rows.lengths)
        if short.size:
            q = short[0]
            raise ConfigurationError(
                f"sequence {q} has {rows.lengths[q]} steps, and its labels take {needed[q]}, one "
                "each and a blank between equal ones: no network could give them, so make it "
                "longer or leave it out"
            )

    def divisor_of(self, rows: Rows) -> float:
        return float(len(rows.lengths))

    def of(self, outputs: np.ndarray, rows: Rows) -> float:
        with np.errstate(all="ignore"):  # outputs may be infinite, and a path impossible
            log_p = log_likelihoods(log_softmax(outputs), Labellings.of(rows), rows.lengths)
        return -math.fsum(log_p) / self.divisor_of(rows)

    def of_best_constant(self, rows: Rows) -> float:
        """By expectation and maximisation: y ← the share of the steps that the paths are at k."""
        found, shape = Labellings.of(rows), rows.targets.shape
        y, loss, before = np.full(shape[2], 1.0 / shape[2]), math.inf, math.inf
        with np.errstate(divide="ignore"):
            for _ in range(_MOST_ROUNDS):
                log_y = np.broadcast_to(np.maximum(np.log(y), _NEVER), shape)
                before, loss = loss, self.of(log_y, rows)
                if before - loss <= _SETTLED * loss:
                    break
                y = occupancies(log_y, found, rows.lengths).sum(axis=(0, 1)) / rows.lengths.sum()
        return loss

    def accuracy(self, outputs: np.ndarray, rows: Rows, tolerance: float) -> float:
        """1 − the label error rate of the best path, and 0 at least."""
        found = Labellings.of(rows)
        wanted = [row[:n].tolist() for row, n in zip(found.labels, found.counts, strict=True)]
        answers = [best_path(u[:n]) for u, n in zip(outputs, rows.lengths, strict=True)]
        if not any(wanted):
            return 0.0 if any(answers) else 1.0
        return max(1.0 - label_error_rate(answers, wanted), 0.0)


def _check_labels(targets: np.ndarray, weights: np.ndarray) -> None:
    if targets.shape[1] < 2:
        raise ConfigurationError(
            "connectionist_temporal_classification needs an output for each label, behind that of "
            "the blank: 2 outputs at least"
        )
    if (weights != 1.0).any():
        raise ConfigurationError(
            f"judged is {weights[weights != 1.0][0]:g} at a step: connectionist_temporal_"
            "classification takes 1 for each label of a sequence, and 0 elsewhere"
        )
    one_hot = ((targets == 0.0) | (targets == 1.0)).all(axis=1) & (targets.sum(axis=1) == 1.0)
    wrong = ~one_hot | (targets[:, BLANK] == 1.0)
    if wrong.any():
        raise ConfigurationError(
            "connectionist_temporal_classification needs one label, as 1 among 0s, at each judged "
            f"step, and output {BLANK} is none: it is the blank. Got {targets[wrong][0].tolist()}"
        )


CONNECTIONIST_TEMPORAL_CLASSIFICATION = ConnectionistTemporalClassification()

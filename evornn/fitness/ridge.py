"""Readouts by ridge regression: the least-squares answer beside the evolved one.

    W_out = argmin_W Σ_t v_t |W φ(t) − d(t)|² + λ |W|²  =  D Φ' (Φ Φ' + λ I)⁻¹

with the features φ(t) and targets d(t) of the judged steps and their weights v_t as the columns of
Φ and D (Lukoševičius 2012, A practical guide to applying echo state networks, section 4).

It is solved by the singular values of a triangular factor, R of [Φ' D'] = Q R, not by the formula:
the features of a reservoir are nearly collinear, with condition numbers of 1e8 and more. Forming
Φ Φ' squares these, and below λ ≈ ε |Φ|² Cholesky's method then returns noise or fails, just where
free runs need their digits. From one decomposition every λ costs one product of matrices, so the λ
best on validation data comes for nothing, and λ = 0 is the pseudo-inverse of Jaeger 2001.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from evornn.checks import check_number
from evornn.errors import ConfigurationError
from evornn.fitness.features import judged_rows
from evornn.fitness.fitness import Fitness
from evornn.fitness.readout import triangular_factor
from evornn.fitness.threads import thread_count
from evornn.losses import StepLoss, loss_function
from evornn.networks.cut import Cut
from evornn.networks.network import Network
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Task

#: a penalty that leaves good answers alone and keeps the weights from growing without bound
REGULARISATION = 1e-8

Regularisation = float | Sequence[float]


def fit_readout(
    network: Network,
    task: Task,
    regularisation: Regularisation = REGULARISATION,
    *,
    weights: Any = None,
    threads: int | None = None,
) -> np.ndarray:
    """All weights (weights,) of `network` in genome order, with its readout fitted to `task`.

    Parameters
    ----------
    network
        A network with a linear readout, as its `cut` says: an ESN, or an LSTM.
    task
        Its training data are what is fitted, at the judged steps; outputs that are fed back are
        the targets one step earlier (teacher forcing), in a free run the given inputs.
    regularisation
        λ, or several of which the validation data choose (by their loss, in free runs where the
        task has these).
    weights
        The weights that the features depend on, by name or in genome order, where there are any.
    threads
        Threads of the simulation; None: all processors.
    """
    cut = checked_cut(network)
    choices = checked_choices(regularisation, task)
    rest = _flat_rest(network, cut, weights)
    answers = readouts(network, training_data(task), choices, rest, thread_count(threads))
    if len(choices) == 1:
        return answers[0]
    losses = Fitness(task, network, dtype="float64", threads=threads, split="validation")(answers)
    return answers[np.argmin(np.where(np.isnan(losses), np.inf, losses))]


def readouts(
    network: Network,
    sequences: Sequences,
    regularisations: Sequence[float],
    rest: np.ndarray | None = None,
    threads: int = 1,
) -> np.ndarray:
    """Weights (…, regularisation, weights), in genome order: for each λ its readout.

    NaN where the features are not finite. `rest` are the weights that they depend on, in genome
    order, where there are any: (weights,) of one genome, or (population, weights).
    """
    rest = np.zeros(0) if rest is None else rest
    cut = checked_cut(network)
    with np.errstate(all="ignore"):
        R = triangular_factor(judged_rows(cut, sequences, rest, threads))
    finite = np.isfinite(R).all(axis=(-2, -1))[..., np.newaxis, np.newaxis]
    # The decomposition of one matrix that is not finite would fail those of all.
    path = RidgePath.of(np.where(finite, R, 0.0), cut.feature_count)
    fitted = (np.where(finite, path.solution(value), np.nan) for value in regularisations)
    return np.stack([cut.joined(network, W_out, rest) for W_out in fitted], axis=-2)


class RidgePath(NamedTuple):
    """Ridge regression for every λ: Φ' = U S V' and the targets in the basis U, for each genome."""

    s: np.ndarray
    Vt: np.ndarray
    projected: np.ndarray

    @classmethod
    def of(cls, R: np.ndarray, features: int) -> RidgePath:
        """From triangular factors (…) of the features and, to the right of these, the targets."""
        U, s, Vt = np.linalg.svd(R[..., :features], full_matrices=False)
        return cls(s, Vt, U.mT @ R[..., features:])

    def solution(self, regularisation: float) -> np.ndarray:
        """W_out (…, outputs, features)."""
        s = self.s
        # The singular values that are nothing but rounding: with no penalty they must be left out.
        largest = s.max(axis=-1, keepdims=True, initial=0.0)
        counted = s > np.finfo(np.float64).eps * max(self.Vt.shape[-2:]) * largest
        gain = np.zeros_like(s)
        # s/(s² + λ), without squares that overflow.
        gain[counted] = 1.0 / (s[counted] + regularisation / s[counted])
        return (self.Vt.mT @ (gain[..., np.newaxis] * self.projected)).mT


def checked_cut(network: Network) -> Cut:
    """`network` cut before its linear readout; ConfigurationError where it has none."""
    if network.cut is None:
        raise ConfigurationError(
            f"{type(network).__name__} has no linear readout as it is given here: ridge regression "
            "is for networks that do, such as ESN or LSTM (readout=True where that is an option)"
        )
    return network.cut


def _flat_rest(network: Network, cut: Cut, weights: Any) -> np.ndarray:
    """The weights before the cut in genome order, from a mapping or a vector."""
    needed = cut.network.weights
    if needed and weights is None:
        raise ConfigurationError(
            f"the features of this {type(network).__name__} depend on its weights "
            f"{', '.join(needed)}: give weights=, by name, or search for them with RidgeFitness"
        )
    if not needed:
        return np.zeros(0)
    return np.concatenate([w.ravel() for w in cut.network.named(weights).values()])


def training_data(task: Task) -> Sequences:
    data = task.train
    if not isinstance(data, Sequences):
        raise ConfigurationError(
            f"{type(task).__name__} holds {type(data).__name__}: ridge regression is for sequences"
        )
    if not isinstance(loss_function(data.loss_function), StepLoss):
        raise ConfigurationError(
            f"ridge regression needs a target for each judged step, and {data.loss_function} does "
            "not say which step a label belongs to: train all weights"
        )
    return data


def checked_choices(
    regularisation: Regularisation, task: Task, split: str = "validation"
) -> tuple[float, ...]:
    """λ, or several, which only validation data can choose from."""
    given = regularisation if isinstance(regularisation, Sequence) else (regularisation,)
    for value in given:
        check_number("regularisation", value, least=0.0)
    if len(given) != 1 and (not given or split != "validation" or task.validation is None):
        raise ConfigurationError(
            f"regularisation {list(given)}: one value, or several where there are validation data "
            "to choose by"
        )
    return tuple(float(value) for value in given)

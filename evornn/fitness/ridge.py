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

from evornn.checks import check_choice, check_number
from evornn.encodings.direct import Direct
from evornn.encodings.encoding import Encoding, population
from evornn.errors import ConfigurationError
from evornn.fitness.features import FeatureNetwork, judged_rows
from evornn.fitness.fitness import Fitness
from evornn.fitness.readout import triangular_factor
from evornn.fitness.threads import thread_count
from evornn.networks.linear_readout import LinearReadoutNetwork
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
        A network with a linear readout, such as an ESN.
    task
        Its training data are what is fitted, at the judged steps; outputs that are fed back are
        the targets one step earlier (teacher forcing), in a free run the given inputs.
    regularisation
        λ, or several of which the validation data choose (by their loss, in free runs where the
        task has these).
    weights
        The weights of the reservoir by name, where it has some.
    threads
        Threads of the simulation; None: all processors.
    """
    network = _checked_network(network)
    choices = _checked_choices(regularisation, task)
    flat = _flat_reservoir(network, weights)
    answers = readouts(network, _training_data(task), choices, flat, threads=thread_count(threads))
    if len(choices) == 1:
        return answers[0]
    losses = Fitness(task, network, dtype="float64", threads=threads, split="validation")(answers)
    return answers[np.argmin(np.where(np.isnan(losses), np.inf, losses))]


def readouts(
    network: LinearReadoutNetwork,
    sequences: Sequences,
    regularisations: Sequence[float],
    reservoir: np.ndarray | None = None,
    threads: int = 1,
) -> np.ndarray:
    """Weights (regularisation, weights), in genome order: for each λ its readout.

    NaN where the features are not finite. `reservoir` (weights,) are the weights that they depend
    on, in genome order, where there are any.
    """
    reservoir = np.zeros(0) if reservoir is None else reservoir
    with np.errstate(all="ignore"):
        R = triangular_factor(judged_rows(network, sequences, reservoir, threads))
    if not np.isfinite(R).all():
        return np.full((len(regularisations), network.weight_count), np.nan)
    path = RidgePath.of(R, network.feature_count)
    return np.array(
        [np.concatenate([path.solution(value).ravel(), reservoir]) for value in regularisations]
    )


class RidgePath(NamedTuple):
    """Ridge regression for every λ: Φ' = U S V' and the targets in the basis U."""

    s: np.ndarray
    Vt: np.ndarray
    projected: np.ndarray

    @classmethod
    def of(cls, R: np.ndarray, features: int) -> RidgePath:
        """From the triangular factor of the features and, to the right of these, the targets."""
        U, s, Vt = np.linalg.svd(R[:, :features], full_matrices=False)
        return cls(s, Vt, U.T @ R[:, features:])

    def solution(self, regularisation: float) -> np.ndarray:
        """W (outputs, features)."""
        s = self.s
        # The singular values that are nothing but rounding: with no penalty they must be left out.
        counted = s > np.finfo(np.float64).eps * max(self.Vt.shape) * s.max(initial=0.0)
        gain = np.zeros_like(s)
        # s/(s² + λ), without squares that overflow.
        gain[counted] = 1.0 / (s[counted] + regularisation / s[counted])
        return (self.Vt.T @ (gain[:, np.newaxis] * self.projected)).T


class RidgeFitness:
    """Losses of reservoirs, each with the readout that ridge regression gives it.

    A genome holds the weights of the reservoir alone, such as the spectral radius and the leak of
    ``ESN(..., evolved=("spectral_radius", "leak"))``: a search over these is not burdened with the
    readout, whose best answer is known.

    Parameters
    ----------
    task, network, encoding, threads
        As for `evornn.Fitness`. All is computed in float64.
    regularisation
        λ, or several, of which each genome takes the best on the validation data.
    split
        What the readouts are judged by, "validation" or "train"; they are fitted to "train".

    Attributes
    ----------
    genes : int
        Length of a genome.
    steps : int
        Network steps that one evaluation of one genome takes.
    """

    def __init__(
        self,
        task: Task,
        network: Network,
        encoding: Encoding | None = None,
        regularisation: Regularisation = REGULARISATION,
        threads: int | None = None,
        split: str = "validation",
    ) -> None:
        check_choice("split", split, ("train", "validation"))
        self.task, self.network = task, _checked_network(network)
        if not self.network.reservoir_weights:
            raise ConfigurationError(
                f"{type(network).__name__} has no weights but its readout, which fit_readout finds "
                "without a search; name some to evolve, as in ESN(evolved=('spectral_radius',))"
            )
        self.encoding, self.threads = encoding or Direct(), thread_count(threads)
        self.regularisation = _checked_choices(regularisation, task, split)
        self._map = self.encoding.bind(FeatureNetwork(self.network))
        self.genes = self._map.genes
        self._judge = Fitness(task, network, dtype="float64", threads=threads, split=split)
        self._data = _training_data(task)
        self.steps = int(self._data.lengths.sum()) + self._judge.steps * len(self.regularisation)

    def __call__(self, genomes: Any) -> np.ndarray:
        """Losses (population,), float64, of genomes (population, genes)."""
        return self._judged(genomes)[0]

    def weights(self, genomes: Any) -> np.ndarray:
        """All weights (population, weights) of genomes (population, genes), readouts included."""
        return self._judged(genomes)[1]

    def _judged(self, genomes: Any) -> tuple[np.ndarray, np.ndarray]:
        reservoirs = self._map.decode(population(genomes, self.genes))
        answers = np.concatenate(
            [
                readouts(self.network, self._data, self.regularisation, w, self.threads)
                for w in reservoirs
            ]
        )
        losses = self._judge(answers).reshape(len(reservoirs), -1)
        best = np.argmin(np.where(np.isnan(losses), np.inf, losses), axis=1)
        rows = np.arange(len(reservoirs))
        return losses[rows, best], answers.reshape(*losses.shape, -1)[rows, best]


def _checked_network(network: Network) -> LinearReadoutNetwork:
    if not isinstance(network, LinearReadoutNetwork):
        raise ConfigurationError(
            f"{type(network).__name__} declares no linear readout; ridge regression is for "
            "networks that do, such as ESN"
        )
    return network


def _flat_reservoir(network: LinearReadoutNetwork, weights: Any) -> np.ndarray:
    """The weights of the reservoir in genome order, from a mapping or a vector."""
    needed = network.reservoir_weights
    if needed and weights is None:
        raise ConfigurationError(
            f"the features of this {type(network).__name__} depend on its weights "
            f"{', '.join(needed)}: give weights=, by name, or search for them with RidgeFitness"
        )
    if not needed:
        return np.zeros(0)
    return np.concatenate([w.ravel() for w in FeatureNetwork(network).named(weights).values()])


def _training_data(task: Task) -> Sequences:
    data = task.train
    if not isinstance(data, Sequences):
        raise ConfigurationError(
            f"{type(task).__name__} holds {type(data).__name__}: ridge regression is for sequences"
        )
    return data


def _checked_choices(
    regularisation: Regularisation, task: Task, split: str = "validation"
) -> tuple[float, ...]:
    """λ, or several, which only validation data can choose from."""
    given = regularisation if isinstance(regularisation, Sequence) else (regularisation,)
    for value in given:
        check_number("regularisation", value, least=0.0)
    if len(given) != 1 and (not given or split == "train" or task.validation is None):
        raise ConfigurationError(
            f"regularisation {list(given)}: one value, or several where there are validation data "
            "to choose by"
        )
    return tuple(float(value) for value in given)

"""Fitness of genomes without a readout: each gets the one that ridge regression finds.

This is Evolino (Schmidhuber, Wierstra, Gagliolo & Gomez 2007, Training recurrent networks by
Evolino, Neural Computation 19). The hidden weights are searched for, and for each genome

    W_out = D Φ⁺          or, with λ > 0, the ridge regression of `evornn.fitness.ridge`,

with the features Φ and targets D of the judged steps of the training data. Where the task runs
freely, outputs are inputs: the given inputs stand in for them while the readout is fitted (teacher
forcing), and its loss is that of the free run.

All genomes of a generation are done together: their features come out of one compiled kernel, a
genome in each lane, and their decompositions are those of a stack of matrices.
"""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np

from evornn.checks import check_choice
from evornn.encodings.direct import Direct
from evornn.encodings.encoding import Encoding, population
from evornn.errors import ConfigurationError
from evornn.fitness.features import genomes_at_once
from evornn.fitness.fitness import Fitness
from evornn.fitness.ridge import (
    REGULARISATION,
    Regularisation,
    checked_choices,
    checked_cut,
    readouts,
    training_data,
)
from evornn.fitness.threads import split as pieces_of
from evornn.fitness.threads import thread_count
from evornn.networks.network import Network
from evornn.tasks.task import Task


class RidgeFitness:
    """Losses of networks, each with the readout that ridge regression gives it.

    A genome holds the weights before the readout alone: all hidden weights of an LSTM, say, or the
    spectral radius and the leak of ``ESN(..., evolved=("spectral_radius", "leak"))``. A search over
    these is not burdened with the readout, whose best answer is known.

    Parameters
    ----------
    task, encoding, threads
        As for `evornn.Fitness`. All is computed in float64.
    network
        A network with a linear readout, as its `cut` says.
    regularisation
        λ, or several, of which each genome takes the best on the validation data; 0 is the
        pseudo-inverse.
    split
        What the readouts are judged by, "validation", "train" or "test"; they are fitted to
        "train".

    Attributes
    ----------
    genes : int
        Length of a genome.
    steps : int
        Network steps that one evaluation of one genome takes: those of the fit, and those judged.
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
        check_choice("split", split, ("train", "validation", "test"))
        self.task, self.network, self.cut = task, network, checked_cut(network)
        if not self.cut.network.weights:
            raise ConfigurationError(
                f"{type(network).__name__} has no weights but its readout, which fit_readout finds "
                "without a search; name some to evolve, as in ESN(evolved=('spectral_radius',))"
            )
        self.encoding, self.threads = encoding or Direct(), thread_count(threads)
        self.regularisation = checked_choices(regularisation, task, split)
        self._map = self.encoding.bind(self.cut.network)
        self.genes, self.wiring = self._map.genes, self._map.wiring
        self._judge = Fitness(task, network, dtype="float64", threads=threads, split=split)
        self.data, self._data = self._judge.data, training_data(task)

    @property
    def steps(self) -> int:
        return int(self._data.lengths.sum()) + self._judge.steps * len(self.regularisation)

    def steps_of(self, population: int) -> int:
        """Network steps forwards that the last call took, for so many genomes."""
        return self.steps * population

    def on(self, indices: Any) -> RidgeFitness:
        """This fitness on the training sequences with these `indices`, fitted and judged."""
        other = copy(self)
        other._data = self._data.select(indices)
        if self._judge.data is self._data:
            other._judge = self._judge.on(indices)
            other.data = other._judge.data
        return other

    def __call__(self, genomes: Any) -> np.ndarray:
        """Losses (population,), float64, of genomes (population, genes).

        NaN where the features of a genome are not finite.
        """
        return self._judged(genomes)[0]

    def value_and_grad(self, genomes: Any, mode: str = "reverse") -> tuple[np.ndarray, np.ndarray]:
        """There is none: ConfigurationError."""
        raise ConfigurationError(
            "a loss after ridge regression comes without a gradient: take an optimizer that needs "
            "none, or search for all weights"
        )

    def decode(self, genomes: Any) -> np.ndarray:
        """All weights (population, weights) of genomes (population, genes), readouts included."""
        return self._judged(genomes)[1]

    def predict(self, genome: Any, inputs: Any = None) -> np.ndarray:
        """Outputs of one genome (genes,) with its readout, as those of `evornn.Fitness.predict`."""
        genome = np.asarray(genome)
        if genome.shape != (self.genes,):
            raise ConfigurationError(
                f"predict takes one genome of shape ({self.genes},), got {genome.shape}"
            )
        return self._judge.predict(self.decode(genome[np.newaxis])[0], inputs)

    def _judged(self, genomes: Any) -> tuple[np.ndarray, np.ndarray]:
        """Losses (population,) and weights (population, weights), for the best λ of each."""
        answers = self._fitted(self._map.decode(population(genomes, self.genes)))
        losses = self._judge(answers.reshape(-1, answers.shape[-1])).reshape(answers.shape[:-1])
        best = np.argmin(np.where(np.isnan(losses), np.inf, losses), axis=1)
        rows = np.arange(len(answers))
        return losses[rows, best], answers[rows, best]

    def _fitted(self, rest: np.ndarray) -> np.ndarray:
        """All weights (population, regularisation, weights), from those before the readout."""
        pieces = -(-len(rest) // genomes_at_once(self.cut, self._data))
        return np.concatenate(
            [
                readouts(self.network, self._data, self.regularisation, rest[piece], self.threads)
                for piece in pieces_of(len(rest), pieces)
            ]
        )

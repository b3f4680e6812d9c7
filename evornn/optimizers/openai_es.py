"""OpenAI-ES: evolution strategy as a gradient estimator, with a fixed standard deviation.

T. Salimans, J. Ho, X. Chen, S. Sidor, I. Sutskever (2017), Evolution strategies as a scalable
alternative to reinforcement learning. arXiv:1703.03864, algorithm 1 with mirrored pairs m ± sigma
z_k, centred ranks r and Adam, as in their experiments:

    g = mean_k (r_k - r'_k)/2 z_k - d m        m <- m + Adam's step for -g

with weight decay d (and without the 1/sigma of algorithm 1, as in their program: Adam cancels it).
The mean begins at the first of the common starting points, as a network begins at its first
weights: sigma stays as it is, and must be small, since no loss below that of a cloud of its size is
found. Losses that are not finite share the worst ranks; a generation without a finite loss teaches
nothing, but while there was none at all, the mean is drawn anew from the start: a small cloud in
the middle of nowhere would stay there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.checks import check_number
from evornn.optimizers.mirrored import MirroredSearch, check_pairs
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start


@dataclass(frozen=True)
class OpenAIES(Optimizer):
    """OpenAI's evolution strategy; `sigma`, `learning_rate` in standard deviations of the start."""

    population_size: int = 100  # as the other population methods
    sigma: float = 0.05  # 0.025 at the usual start; Salimans et al. 2017: 0.02
    learning_rate: float = 0.05  # best of 0.02 to 0.1 on spheres, ellipsoids, Rosenbrock's valley
    weight_decay: float = 0.0  # d; Salimans et al. 2017: 0.005

    starts_from_points: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_pairs("openai_es.population_size", self.population_size)
        check_number("openai_es.sigma", self.sigma, above=0.0)
        check_number("openai_es.learning_rate", self.learning_rate, above=0.0)
        check_number("openai_es.weight_decay", self.weight_decay, least=0.0)

    @property
    def rank_based(self) -> bool:
        return True

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> OpenAIESSearch:
        return OpenAIESSearch(self, genes, start, rng)


class OpenAIESSearch(MirroredSearch):
    def __init__(self, settings: OpenAIES, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(settings.population_size, settings.learning_rate, genes, start, rng)
        self.mean = start.genomes(1, genes)[0]
        self.sigma = settings.sigma * start.standard_deviation
        self.weight_decay = settings.weight_decay

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        super().learn(genomes, losses, gradients)
        if self.t == 0:
            self.mean = self.start.sample(self.rng, 1, self.genes)[0]

    def move(self, losses: np.ndarray) -> None:
        differences, _ = self.pair_ranks(losses)
        g = self.weighed(differences) / len(self.draws) - self.weight_decay * self.mean
        self.climb(g)

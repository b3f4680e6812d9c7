"""Differential evolution: differences between individuals are the mutation.

R. Storn, K. Price (1997), Differential evolution: a simple and efficient heuristic for global
optimization over continuous spaces. Journal of Global Optimization 11, 341-359. A mutant v_i is
made for each individual x_i, with a, b, c different from i and from each other:

    rand/1             v_i = x_a + F (x_b - x_c)
    best/1             v_i = x_best + F (x_b - x_c)
    current-to-best/1  v_i = x_i + F (x_best - x_i) + F (x_b - x_c)

The binomial crossover of v_i and x_i takes the place of x_i where its loss is no higher.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_choice, check_number, check_size
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start
from evornn.optimizers.trial_search import TrialSearch

STRATEGIES = ("rand/1", "best/1", "current-to-best/1")


@dataclass(frozen=True)
class DifferentialEvolution(Optimizer):
    """Differential evolution with binomial crossover."""

    population_size: int = 100  # as the other population methods; the paper: 5 to 10 times genes
    strategy: str = "rand/1"  # Storn & Price 1997
    F: float = 0.5  # "usually a good initial choice": Storn & Price 1997
    CR: float = 0.9  # "to see if a quick solution is possible": Storn & Price 1997

    def __post_init__(self) -> None:
        check_size("differential_evolution.population_size", self.population_size, least=4)
        check_choice("differential_evolution.strategy", self.strategy, STRATEGIES)
        check_number("differential_evolution.F", self.F, 0.0, 2.0)
        check_number("differential_evolution.CR", self.CR, 0.0, 1.0)

    @property
    def rank_based(self) -> bool:
        return True

    def search(
        self, genes: int, start: Start, rng: np.random.Generator
    ) -> DifferentialEvolutionSearch:
        return DifferentialEvolutionSearch(self, genes, start, rng)


class DifferentialEvolutionSearch(TrialSearch):
    def __init__(
        self, settings: DifferentialEvolution, genes: int, start: Start, rng: np.random.Generator
    ):
        super().__init__(settings.population_size, genes, start, rng)
        self.settings = settings

    def trials(self) -> np.ndarray:
        x, strategy, count = self.population, self.settings.strategy, len(self.population)
        best = x[np.argmin(self.losses)]
        a, b, c = self.others(count, count, count)
        mutants = x[b]
        mutants -= x[c]
        if strategy == "current-to-best/1":
            mutants += best
            mutants -= x
        mutants *= self.settings.F
        mutants += x[a] if strategy == "rand/1" else best if strategy == "best/1" else x
        return self.crossed(mutants, self.settings.CR)

"""Genetic algorithm on bit strings: genes are decoded from chromosomes of bits.

J. Holland (1975), Adaptation in natural and artificial systems; D. Goldberg (1989), Genetic
algorithms in search, optimization, and machine learning. A generation is that of `genetic`; but
crossover and mutation work on bits, by which two parents can also exchange a part of a gene:

    mate      cut the chromosomes at `points` places and swap every other part, or swap each bit
              with probability 1/2
    mutate    flip every bit of a child with `mutation_probability`

R. Caruana, J. Schaffer (1988), Representation and hidden bias: Gray vs. binary coding for genetic
algorithms. Proc. ICML, 153-161: in base two neighbouring values may differ in all their bits (a
Hamming cliff, the highest in the middle of `range`), and a search gets stuck there; in Gray code
one flip always leads from one to the other.

The first population are the common starting points themselves; their children have the values that
there are codes for (`evornn.optimizers.bit_strings`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import Range, check_choice, check_size, checked_range
from evornn.errors import ConfigurationError
from evornn.optimizers.bit_strings import LONGEST, Code
from evornn.optimizers.genetic import GeneticSearch, check_scheme
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start

CODINGS = ("gray", "binary")
CROSSOVERS = ("n_point", "uniform")


@dataclass(frozen=True)
class BinaryGenetic(Optimizer):
    """Generational genetic algorithm with elitism, on genes of `bits` bits within `range`."""

    population_size: int = 100  # De Jong 1975: 50 to 100
    coding: str = "gray"  # Caruana & Schaffer 1988
    bits: int = 16  # steps of 0.00015
    range: Range = (-5.0, 5.0)  # as that of the encoding `bounded`
    selection: str = "tournament"
    tournament_size: int = 3  # as in `genetic`
    rank_pressure: float = 1.5  # Baker 1985: 1.1 to 2
    crossover: str = "n_point"
    points: int = 2  # Booker 1987
    crossover_probability: float = 0.9  # as in `genetic`; Grefenstette 1986 found 0.95
    mutation_probability: float | None = None  # None: 1/(bits genes), Muehlenbein 1992
    elites: int = 1  # De Jong 1975

    def __post_init__(self) -> None:
        check_scheme("binary_genetic", self)
        check_choice("binary_genetic.coding", self.coding, CODINGS)
        check_size("binary_genetic.bits", self.bits)
        if self.bits > LONGEST:
            raise ConfigurationError(
                f"binary_genetic.bits must be at most {LONGEST}, got {self.bits}"
            )
        span = checked_range("binary_genetic.range", self.range)
        object.__setattr__(self, "range", span)
        check_choice("binary_genetic.crossover", self.crossover, CROSSOVERS)
        check_size("binary_genetic.points", self.points)

    @property
    def rank_based(self) -> bool:
        return self.selection != "roulette"

    @property
    def code(self) -> Code:
        return Code(self.bits, *self.range, gray=self.coding == "gray")

    def toolbox(self, search: GeneticSearch) -> Any:
        """The DEAP toolbox by which `search` breeds, over codes."""
        from evornn.optimizers.genetic_toolbox import make_binary_toolbox

        return make_binary_toolbox(self, search)

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> GeneticSearch:
        return BinaryGeneticSearch(self, genes, start, rng)


class BinaryGeneticSearch(GeneticSearch):
    settings: BinaryGenetic

    def bred(self, parents: np.ndarray) -> np.ndarray:
        code = self.settings.code
        return code.decode(super().bred(code.encode(parents)))

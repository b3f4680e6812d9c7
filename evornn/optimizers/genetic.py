"""Genetic algorithm on DEAP: one gene per weight, the whole network one chromosome.

J. Holland (1975), Adaptation in natural and artificial systems; D. Goldberg (1989). A generation:

    select    as many parents as there are individuals, by tournament, rank or roulette
    mate      parents pair by pair, with `crossover_probability`
    mutate    every gene of a child with `mutation_probability`
    survive   the children, the worst of them replaced by the `elites` best individuals so far

The first population are the common starting points. F.-A. Fortin et al. (2012), DEAP: evolutionary
algorithms made easy. JMLR 13, 2171-2175: the operators are registered in a DEAP toolbox,
``search.toolbox``, under DEAP's names, and one of them can be registered anew; its selection is
handed light `Slot` handles, while the population stays one matrix. `crossover` and `mutation` may
also name any of DEAP's operators on single individuals (``"cxTwoPoint"``, ``"mutESLogNormal"``),
with its arguments in `crossover_options` and `mutation_options`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from evornn.checks import check_choice, check_number, check_size
from evornn.errors import ConfigurationError
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start

if TYPE_CHECKING:
    from evornn.optimizers.binary_genetic import BinaryGenetic

SELECTIONS = ("tournament", "rank", "roulette")
CROSSOVERS = ("uniform", "blend", "sbx")
MUTATIONS = ("gaussian", "polynomial")


@dataclass(frozen=True)
class Genetic(Optimizer):
    """Generational genetic algorithm with elitism.

    `mutation_scale` is in standard deviations of the start: the deviation of a Gaussian mutation,
    the reach of a polynomial one (where 2 is a good value).
    """

    population_size: int = 100  # De Jong 1975: 50 to 100
    selection: str = "tournament"
    tournament_size: int = 3  # as in DEAP's examples
    rank_pressure: float = 1.5  # Baker 1985: 1.1 to 2
    crossover: str = "uniform"
    crossover_probability: float = 0.9  # Deb 2001; Grefenstette 1986 found 0.95
    blend_alpha: float = 0.5  # BLX-0.5: Eshelman & Schaffer 1993
    sbx_eta: float = 2.0  # Deb & Agrawal 1995
    crossover_options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    mutation: str = "gaussian"
    mutation_probability: float | None = None  # None: 1/genes, Muehlenbein 1992
    mutation_scale: float = 0.3  # best of 0.1 to 1 on recall, NARMA-10 and spheres
    polynomial_eta: float = 20.0  # Deb & Goyal 1996
    mutation_options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    elites: int = 1  # De Jong 1975

    def __post_init__(self) -> None:
        check_scheme("genetic", self)
        check_number("genetic.mutation_scale", self.mutation_scale, least=0.0)
        for name in ("blend_alpha", "sbx_eta", "polynomial_eta"):
            check_number(f"genetic.{name}", getattr(self, name), least=0.0)
        self._check_operator("crossover", CROSSOVERS, "cx")
        self._check_operator("mutation", MUTATIONS, "mut")

    def _check_operator(self, kind: str, own: tuple[str, ...], prefix: str) -> None:
        """One of ours, or the name of one of DEAP's, which alone takes options."""
        name, options = getattr(self, kind), getattr(self, f"{kind}_options")
        if not isinstance(options, Mapping):
            raise ConfigurationError(
                f"genetic.{kind}_options must be a table of arguments, got {options!r}"
            )
        if str(name).startswith(prefix):
            from evornn.optimizers.deap_adapter import operator

            operator(name, prefix)
            return
        check_choice(f"genetic.{kind}", name, own)
        if options:
            raise ConfigurationError(
                f"genetic.{kind}_options are for DEAP's operators; {name!r} takes its numbers "
                f"from settings of its own, so leave out {dict(options)!r}"
            )

    @property
    def rank_based(self) -> bool:
        return self.selection != "roulette"

    def toolbox(self, search: GeneticSearch) -> Any:
        """The DEAP toolbox by which `search` breeds."""
        from evornn.optimizers.genetic_toolbox import make_toolbox

        return make_toolbox(self, search)

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> GeneticSearch:
        return GeneticSearch(self, genes, start, rng)


def check_scheme(kind: str, settings: Genetic | BinaryGenetic) -> None:
    """What a generation is made of, whatever its chromosomes are."""
    check_size(f"{kind}.population_size", settings.population_size, least=2)
    check_choice(f"{kind}.selection", settings.selection, SELECTIONS)
    check_size(f"{kind}.tournament_size", settings.tournament_size)
    check_number(f"{kind}.rank_pressure", settings.rank_pressure, 1.0, 2.0)
    check_number(f"{kind}.crossover_probability", settings.crossover_probability, 0.0, 1.0)
    if settings.mutation_probability is not None:
        check_number(f"{kind}.mutation_probability", settings.mutation_probability, 0.0, 1.0)
    check_size(f"{kind}.elites", settings.elites, least=0)
    if settings.elites >= settings.population_size:
        raise ConfigurationError(
            f"{kind}.elites must be below the population size {settings.population_size}, "
            f"got {settings.elites}"
        )


class GeneticSearch(GenerationalSearch):
    carried = ("population", "losses")

    def __init__(
        self,
        settings: Genetic | BinaryGenetic,
        genes: int,
        start: Start,
        rng: np.random.Generator,
    ):
        super().__init__(genes, start, rng)
        self.settings = settings
        self.toolbox = settings.toolbox(self)
        self.population = np.empty((0, genes))  # until the first is told
        self.losses = np.empty(0)

    def propose(self) -> np.ndarray:
        if not len(self.population):
            return self.start.genomes(self.settings.population_size, self.genes)
        return self.bred(self.population[self._selected()])

    def bred(self, parents: np.ndarray) -> np.ndarray:
        """Children (population, genes) of parents, pair by pair."""
        return self.toolbox.mutate(self._mated(parents))

    def _selected(self) -> list[int]:
        """Rows of the parents: an even number, for pairs."""
        from evornn.optimizers.selection import slots

        count = len(self.population)
        return [slot.row for slot in self.toolbox.select(slots(self.losses), count + count % 2)]

    def _mated(self, parents: np.ndarray) -> np.ndarray:
        """Children (population, genes): the pairs that do not mate are copied."""
        first, second = parents[0::2], parents[1::2]
        mating = self.rng.random(len(first)) < self.settings.crossover_probability
        if mating.any():
            first[mating], second[mating] = self.toolbox.mate(first[mating], second[mating])
        return parents[: self.settings.population_size]

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        elites = self.settings.elites
        if len(self.population) and elites > 0:
            best = np.argsort(self.losses, kind="stable")[:elites]
            worst = np.argsort(losses, kind="stable")[-elites:]
            genomes[worst], losses[worst] = self.population[best], self.losses[best]
        self.population, self.losses = genomes, losses

    def diagnostics(self) -> dict[str, float]:
        if not len(self.population):
            return {}
        return {"population_spread": float(self.population.std(axis=0).mean())}

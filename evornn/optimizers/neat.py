"""NEAT, neuroevolution of augmenting topologies: networks that grow link by link, in species.

K. Stanley, R. Miikkulainen (2002), Evolving neural networks through augmenting topologies.
Evolutionary Computation 10, 99-127. All networks begin without hidden units, their inputs and bias
linked to the outputs. Innovation numbers tell which links of two networks descend from the same
mutation (`neat_innovations`), so that networks of different structure can cross (`neat_genomes`),
and can be told apart into species that share their fitness (`neat_species`). A generation:

    share     offspring among the species, by the mean fitness of each
    keep      the champion of each species of `elite_size` or more, and the best of all
    mate      the best `survival` of a species: matching genes from either parent, the others from
              the fitter one; or copy one parent, in 1 − `crossover` of the offspring
    mutate    add a unit, or a link, or else change weights
    speciate  by the compatibility distance to a random genome of each species before; the threshold
              moves towards a number of species, as Stanley's later programs have it

Where no loss was better for `population_stagnation` generations, only the two best species breed.
The longest genome is a vector over all units that there may be (`Wiring`, which a run takes from
its network); a network whose units have run out gets links, but no more units. Of a vector of which
nothing is known every gene links an input to the output: there is nothing to add, and what is left
is a genetic algorithm with species. Weights are compared and changed in standard deviations of the
start. As long as no loss was finite, each generation is a new draw of the start; a later one
without a finite loss is bred again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_number, check_size
from evornn.errors import ConfigurationError
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.neat_genomes import (
    Distances,
    Genomes,
    checked_wiring,
    cross,
    first_genomes,
)
from evornn.optimizers.neat_innovations import Innovations
from evornn.optimizers.neat_species import Species, species_of
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start
from evornn.wiring import Wiring, inputs_to_one_unit

#: the father of an offspring that has none
ALONE = -1
SHARES = ("add_unit", "add_link", "weights", "replaced", "crossover", "interspecies")


@dataclass(frozen=True)
class NEAT(Optimizer):
    """Settings; all but those with another source are those of Stanley & Miikkulainen 2002."""

    population_size: int = 150
    add_unit: float = 0.03  # of the offspring
    add_link: float = 0.05  # of the offspring
    weights: float = 0.8  # of the other offspring, those whose weights change
    replaced: float = 0.1  # of these weights, those that are drawn anew; all others are moved
    mutation_scale: float = 2.0  # for a genome, times 1 to 1/100: precise on smooth functions too
    crossover: float = 0.75
    interspecies: float = 0.001
    stays_disabled: float = 0.75
    excess: float = 1.0
    disjoint: float = 1.0
    weight_difference: float = 0.4
    threshold: float = 3.0
    species: int = 10  # that the threshold aims at: 5 to 20 are usual
    threshold_step: float = 0.1  # share of the threshold, a generation; 0 leaves it as it is
    survival: float = 0.2  # the authors' program, and neat-python
    elite_size: int = 5
    stagnation: int = 15  # generations
    population_stagnation: int = 20  # generations

    #: without links that are not there at first
    starts_from_points: ClassVar[bool] = False
    keeps_zeros: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_size("neat.population_size", self.population_size, least=4)
        for name in (*SHARES, "stays_disabled", "threshold_step"):
            check_number(f"neat.{name}", getattr(self, name), 0.0, 1.0)
        if self.add_unit + self.add_link > 1.0:
            raise ConfigurationError(
                "neat.add_unit and neat.add_link are shares of the same offspring, 1 together at "
                f"most, got {self.add_unit} and {self.add_link}"
            )
        for name in ("mutation_scale", "excess", "disjoint", "weight_difference", "threshold"):
            check_number(f"neat.{name}", getattr(self, name), least=0.0)
        check_number("neat.survival", self.survival, most=1.0, above=0.0)
        for name in ("species", "elite_size", "stagnation", "population_stagnation"):
            check_size(f"neat.{name}", getattr(self, name))

    @property
    def rank_based(self) -> bool:
        return True

    def for_wiring(self, wiring: Wiring | None) -> NEAT:
        options = {option.name: getattr(self, option.name) for option in fields(NEAT)}
        return _WiredNEAT(**options, wiring=checked_wiring(wiring))

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> NEATSearch:
        check_size("genes", genes)
        return NEATSearch(self, inputs_to_one_unit(genes), start, rng)


@dataclass(frozen=True)
class _WiredNEAT(NEAT):
    """NEAT that knows which link each gene is."""

    wiring: Wiring | None = None

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> NEATSearch:
        assert self.wiring is not None
        if self.wiring.genes != genes:
            raise ConfigurationError(
                f"the wiring that neat was given has {self.wiring.genes} genes, a genome {genes}"
            )
        return NEATSearch(self, self.wiring, start, rng)


class NEATSearch(GenerationalSearch):
    carried = (
        "parents", "losses", "species", "innovations", "threshold", "best_loss", "stagnant",
    )  # fmt: skip

    def __init__(self, settings: NEAT, wiring: Wiring, start: Start, rng: np.random.Generator):
        super().__init__(wiring.genes, start, rng)
        self.settings, self.wiring = settings, wiring
        first = first_genomes(wiring, np.zeros((1, self.genes)))
        self._parents, self._species = first.rows(slice(0, 0)), Species.none()
        self._innovations = Innovations(wiring, first)
        self.losses = np.empty(0)  # of the parents
        self.threshold = float(settings.threshold)
        self.best_loss = np.inf
        self.stagnant = 0  # generations since the best loss
        self._children, self._child_species = self._parents, self._species.of

    @property
    def parents(self) -> dict[str, Any]:
        return vars(self._parents)

    @parents.setter
    def parents(self, arrays: dict[str, Any]) -> None:
        self._parents = Genomes(**arrays)

    @property
    def species(self) -> dict[str, Any]:
        return vars(self._species)

    @species.setter
    def species(self, arrays: dict[str, Any]) -> None:
        self._species = Species(**arrays)

    @property
    def innovations(self) -> dict[str, Any]:
        return self._innovations.state

    @innovations.setter
    def innovations(self, state: dict[str, Any]) -> None:
        self._innovations.state = state

    def propose(self) -> np.ndarray:
        settings, species = self.settings, self._species
        names, founders = species.names[:0], self._parents.rows(slice(0, 0))
        if np.isfinite(self.losses).any():
            members = [np.flatnonzero(species.of == name) for name in species.names]
            names, founders = species.names, self._parents.rows(list(map(self.rng.choice, members)))
            self._children = self._offspring()
        else:
            self._children = first_genomes(self.wiring, self._first_weights())
        factors = settings.excess, settings.disjoint, settings.weight_difference
        distances = Distances(self._children, self.start.standard_deviation, factors)
        self._child_species = species_of(self._children, distances, founders, names, self.threshold)
        return self._children.vectors

    def _first_weights(self) -> np.ndarray:
        """The common starting points, or new ones where all of those were lost."""
        count = self.settings.population_size
        if len(self.losses):
            return self.start.sample(self.rng, count, self.genes)
        return self.start.genomes(count, self.genes)

    def _offspring(self) -> Genomes:
        """The next generation: mutated children, and champions as they are."""
        champions, mothers, fathers = self._couples()
        children = self._parents.rows(np.concatenate((mothers, champions)))
        mated = np.flatnonzero(fathers != ALONE)
        partners = self._parents.rows(fathers[mated])
        cross(children, mated, partners, self.settings.stays_disabled, self.rng)
        self._mutate(children, np.arange(len(mothers)))
        return children

    def _couples(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Champions that are kept, and mother and father, or `ALONE`, of each other offspring."""
        settings, rng, best = self.settings, self.rng, np.argmin(self.losses)
        champions: list[np.ndarray] = []
        mothers: list[np.ndarray] = []
        fathers: list[np.ndarray] = []
        pool: list[np.ndarray] = []
        for name, count in zip(self._species.names, self._counts(), strict=True):
            members = self._species.members(name, self.losses)
            survivors = members[: int(np.ceil(settings.survival * len(members)))]
            survivors = survivors[np.isfinite(self.losses[survivors])]
            kept = int(count > 0 and (len(members) >= settings.elite_size or members[0] == best))
            champions.append(members[:kept])
            mothers.append(rng.choice(survivors, count - kept))
            fathers.append(rng.choice(survivors, count - kept))
            pool.append(survivors)
        mother, father, strangers = (np.concatenate(each) for each in (mothers, fathers, pool))
        abroad = rng.random(len(father)) < settings.interspecies
        father[abroad] = rng.choice(strangers, abroad.sum())
        alone = rng.random(len(father)) >= settings.crossover
        father[alone] = mother[alone]
        mother, father = self._fitter_first(mother, father)
        father[alone] = ALONE
        return np.concatenate(champions), mother, father

    def _counts(self) -> np.ndarray:
        """Offspring of each species."""
        settings = self.settings
        stuck = self.stagnant > 0 and self.stagnant % settings.population_stagnation == 0
        most = 2 if stuck else len(self._species.names)
        return self._species.offspring(
            self.losses, settings.population_size, settings.stagnation, most
        )

    def _fitter_first(self, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Both parents of each child, with the fitter one first, or the smaller if as fit."""
        losses, sizes = self.losses, self._parents.present.sum(axis=1)
        smaller = (losses[other] == losses[one]) & (sizes[other] < sizes[one])
        turned = smaller | (losses[other] < losses[one])
        return np.where(turned, other, one), np.where(turned, one, other)

    def _mutate(self, genomes: Genomes, rows: np.ndarray) -> None:
        """Mutate the genomes `rows`, each in its structure or in its weights."""
        settings, draws = self.settings, self.rng.random(len(rows))
        units = rows[draws < settings.add_unit]
        links = rows[(draws >= settings.add_unit) & (draws < settings.add_unit + settings.add_link)]
        self._innovations.forget_all_but(self._parents)
        grown = self._innovations.mutate(genomes, units, links, self._drawn(len(links)), self.rng)
        others = np.setdiff1d(rows, grown)
        others = others[self.rng.random(len(others)) < settings.weights]
        row, gene = np.nonzero(genomes.present[others])
        reach = settings.mutation_scale * self.start.standard_deviation
        steps = self.rng.uniform(-reach, reach, len(row))
        steps *= (0.01 ** self.rng.random(len(others)))[row]
        mutants = genomes.weight[others[row], gene] + steps
        anew = self.rng.random(len(row)) < settings.replaced
        mutants[anew] = self._drawn(anew.sum())
        genomes.weight[others[row], gene] = mutants

    def _drawn(self, count: int) -> np.ndarray:
        """New weights (count,), as at the start."""
        return self.start.sample(self.rng, count, 1)[:, 0]

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        if not np.isfinite(losses).any() and len(self.losses):
            return
        self._species = self._species.followed_by(self._child_species, losses)
        self._parents, self.losses = self._children, losses
        too_many = np.sign(len(self._species.names) - self.settings.species)
        self.threshold *= (1.0 + self.settings.threshold_step) ** float(too_many)
        self.stagnant = 0 if losses.min() < self.best_loss else self.stagnant + 1
        self.best_loss = min(self.best_loss, float(losses.min()))

    def diagnostics(self) -> dict[str, float]:
        if not len(self.losses):
            return {}
        best = self._parents.vectors[np.argmin(self.losses)]
        sizes = np.unique(self._species.of, return_counts=True)[1]
        return {
            "species": float(len(sizes)),
            "mean_species_size": float(sizes.mean()),
            "threshold": self.threshold,
            "largest_species": float(sizes.max()),
            "hidden_units_of_best": float(self.wiring.hidden_units(best)),
            "links_of_best": float(np.count_nonzero(best)),
        }

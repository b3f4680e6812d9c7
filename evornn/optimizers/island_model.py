"""Island model: populations apart from each other, whose best migrate round a ring.

J. Cohoon, S. Hegde, W. Martin, D. Richards (1987), Punctuated equilibria: a parallel genetic
algorithm. Proc. ICGA, 148-154; D. Whitley, S. Rana, R. Heckendorn (1999), The island model genetic
algorithm: on separability, population size and convergence. Journal of Computing and Information
Technology 7, 33-47. Each island breeds on its own. After every `migration_interval` generations
copies of its `migrants` best take the places of the worst on the next island, on all at once.

The islands breed by `optimizer`, any whose search keeps a `population` and its `losses`: the
genetic algorithms and the kinds of differential evolution. All have the same settings, one
generator between them, and starting points of their own. A migrant whose loss is not finite stays.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.optimizers import REGISTRY
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.genetic import Genetic
from evornn.optimizers.nested import inner_state, put_inner_state
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start
from evornn.wiring import Wiring


@dataclass(frozen=True)
class IslandModel(Optimizer):
    """Islands of one `optimizer`, given as itself, its name, or name and options."""

    # Four islands together are as large as the populations of others.
    optimizer: Any = field(
        default_factory=lambda: Genetic(population_size=25), metadata={"part": "optimizer"}
    )
    islands: int = 4  # so that all together are as many as other populations
    migration_interval: int = 10  # best of 5 to 50 on Rastrigin, Rosenbrock, ellipsoid together
    migrants: int = 1  # three do as well there

    def __post_init__(self) -> None:
        inner = REGISTRY.inner("island_model.optimizer", self.optimizer, Optimizer)
        if not keeps_population(inner):
            raise ConfigurationError(
                "island_model.optimizer must be one that keeps a population with its losses, such "
                f"as genetic or differential_evolution, got {inner!r:.120}"
            )
        object.__setattr__(self, "optimizer", inner)
        check_size("island_model.islands", self.islands)
        check_size("island_model.migration_interval", self.migration_interval)
        check_size("island_model.migrants", self.migrants, least=0)
        if self.migrants >= self.optimizer.population_size:
            raise ConfigurationError(
                "island_model.migrants must be below the population of an island, "
                f"{self.optimizer.population_size}, got {self.migrants}"
            )

    @property
    def rank_based(self) -> bool:
        return self.optimizer.rank_based

    def for_wiring(self, wiring: Wiring | None) -> IslandModel:
        return replace(self, optimizer=self.optimizer.for_wiring(wiring))

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> IslandSearch:
        return IslandSearch(self, genes, start, rng)


class IslandSearch(GenerationalSearch):
    carried = ("generation", "island_states")

    def __init__(self, settings: IslandModel, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(genes, start, rng)
        self.settings = settings
        size = settings.optimizer.population_size
        self.islands = [
            settings.optimizer.search(genes, later(start, island * size), rng)
            for island in range(settings.islands)
        ]
        self.generation = 0
        self.sizes: list[int] = []  # of the islands' parts of what was asked

    @property
    def island_states(self) -> dict[str, Any]:
        return {str(number): inner_state(island) for number, island in enumerate(self.islands)}

    @island_states.setter
    def island_states(self, states: dict[str, Any]) -> None:
        for number, island in enumerate(self.islands):
            put_inner_state(island, states[str(number)])

    def propose(self) -> np.ndarray:
        parts = [island.propose() for island in self.islands]
        self.sizes = [len(part) for part in parts]
        return np.concatenate(parts)

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        ends = np.cumsum(self.sizes)[:-1]
        parts = zip(self.islands, np.split(genomes, ends), np.split(losses, ends), strict=True)
        for island, own, own_losses in parts:
            island.learn(own, own_losses, None)
        self.generation += 1
        if self.generation % self.settings.migration_interval == 0:
            self._migrate()

    def _migrate(self) -> None:
        """Send the best of each island to the next, and of the last to the first."""
        leaving = [best_of(island, self.settings.migrants) for island in self.islands]
        for number, island in enumerate(self.islands):
            migrants, losses = leaving[number - 1]
            worst = np.argsort(island.losses, kind="stable")[len(island.losses) - len(losses) :]
            island.population[worst], island.losses[worst] = migrants, losses

    def diagnostics(self) -> dict[str, float]:
        """Means over the islands."""
        each = [island.diagnostics() for island in self.islands]
        return {name: float(np.mean([one[name] for one in each])) for name in each[0]}


def best_of(island: Any, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Copies of the best individuals and their losses: `count`, or as many as are finite."""
    best = np.argsort(island.losses, kind="stable")[:count]
    best = best[np.isfinite(island.losses[best])]
    return island.population[best], island.losses[best]


@dataclass(frozen=True)
class LaterStart(Start):
    """A start whose points are those after the first `skipped`."""

    skipped: int = 0

    def genomes(self, count: int, genes: int) -> np.ndarray:
        return super().genomes(self.skipped + count, genes)[self.skipped :]


def later(start: Start, skipped: int) -> LaterStart:
    return LaterStart(**dataclasses.asdict(start), skipped=skipped)


def keeps_population(optimizer: Optimizer) -> bool:
    """Whether its searches hold individuals that can leave, and places that others can take."""
    search = optimizer.search(1, Start(), np.random.default_rng(0))
    return {"population", "losses"} <= set(getattr(search, "carried", ()))

"""DEAP's own ways in: its operators on single individuals, and its names for ask and tell.

The genetic algorithm here varies whole populations. `mate_each` and `mutate_each` make such a
population-level operator of any of DEAP's ``cx...`` and ``mut...``: slower (a tenth of a second and
more for 1000 x 500 genes), but all of them work. Individuals are lists, as DEAP's operators expect:
on NumPy arrays ``cxOnePoint`` and ``cxTwoPoint`` lose genetic material.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from deap import base, tools

from evornn.errors import ConfigurationError
from evornn.optimizers.fences import lent_to_random
from evornn.optimizers.optimizer import Search
from evornn.optimizers.selection import Minimum
from evornn.registry import suggestion


class Individual(list):
    """A genome as DEAP's algorithms and operators know it: a list with a fitness."""

    def __init__(self, genes: Any):
        super().__init__(genes)
        self.fitness = Minimum()


def operator(name: str, prefix: str) -> Any:
    """The function of `deap.tools` called `name`, which starts with `prefix`."""
    known = [each for each in dir(tools) if each.startswith(prefix)]
    if name not in known:
        raise ConfigurationError(
            f"DEAP has no operator {name!r}{suggestion(name, known)}; it has {', '.join(known)}"
        )
    return getattr(tools, name)


def mate_each(
    first: np.ndarray,
    second: np.ndarray,
    vary: Any,
    options: Mapping[str, Any],
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """`vary`, a crossover of DEAP, on the rows of two matrices (pairs, genes)."""
    with lent_to_random(rng):
        children = [
            vary(Individual(mother), Individual(father), **options)
            for mother, father in zip(first.tolist(), second.tolist(), strict=True)
        ]
    both = np.array(children, dtype=float).reshape(len(first), 2, -1)
    return both[:, 0], both[:, 1]


def mutate_each(
    genomes: np.ndarray, vary: Any, options: Mapping[str, Any], rng: np.random.Generator
) -> np.ndarray:
    """`vary`, a mutation of DEAP, on the rows of a matrix (population, genes)."""
    with lent_to_random(rng):
        mutants = [vary(Individual(row), **options)[0] for row in genomes.tolist()]
    return np.array(mutants, dtype=float)


def generate(search: Search) -> list[Individual]:
    """``ask`` as `deap.algorithms.eaGenerateUpdate` calls it."""
    return [Individual(row) for row in search.ask().tolist()]


def update(search: Search, individuals: list[Individual]) -> None:
    """``tell`` as `deap.algorithms.eaGenerateUpdate` calls it."""
    losses = np.array([individual.fitness.values[0] for individual in individuals])
    search.tell(np.array(individuals, dtype=float), losses)


def register_turns(toolbox: base.Toolbox, search: Search) -> None:
    """Offer `search` as ``toolbox.generate()`` and ``toolbox.update(individuals)``."""
    toolbox.register("generate", generate, search)
    toolbox.register("update", update, search)

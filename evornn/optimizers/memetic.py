"""Memetic search: each genome of a population search learns by a few gradient steps in its life.

P. Moscato (1989), On evolution, search, optimization, genetic algorithms and martial arts: towards
memetic algorithms. Caltech C3P report 826; D. Whitley, V. Gordon, K. Mathias (1994), Lamarckian
evolution, the Baldwin effect and function optimization. PPSN III, 6-15. A generation of `optimizer`
is evaluated, moved `gradient_steps` times by `gradient_method`, and evaluated after each move, all
genomes side by side. The best point of each life counts:

    lamarckian   it takes the place of the genome, and is inherited
    baldwinian   the genome stays what it was, and has the loss of what it can learn

Every evaluation comes with its gradient and costs as much. A genome whose own loss is not finite
has no life: its loss stays infinite, whatever its steps lead to.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_size
from evornn.errors import ConfigurationError
from evornn.optimizers import REGISTRY
from evornn.optimizers.adam import Adam
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.genetic import Genetic
from evornn.optimizers.gradient_descent import GradientDescent, GradientSearch
from evornn.optimizers.nested import inner_state, put_inner_state
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start
from evornn.wiring import Wiring

INHERITANCE = ("lamarckian", "baldwinian")


@dataclass(frozen=True)
class Memetic(Optimizer):
    """A population search and a gradient method, each itself, its name, or name and options."""

    optimizer: Any = field(
        default_factory=lambda: Genetic(population_size=30), metadata={"part": "optimizer"}
    )
    gradient_method: Any = field(
        default_factory=lambda: Adam(learning_rate=0.03), metadata={"part": "optimizer"}
    )
    gradient_steps: int = 5
    inheritance: str = "lamarckian"  # the faster one in Whitley et al. 1994

    gradient: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for name in ("optimizer", "gradient_method"):
            inner = REGISTRY.inner(f"memetic.{name}", getattr(self, name), Optimizer)
            object.__setattr__(self, name, inner)
        if self.optimizer.gradient or self.optimizer.keeps_zeros:
            raise ConfigurationError(
                "memetic.optimizer must be one that needs no gradients and lets them change every "
                f"gene, such as genetic, got {self.optimizer!r:.120}"
            )
        if not isinstance(self.gradient_method, GradientDescent):
            raise ConfigurationError(
                "memetic.gradient_method must be one that makes a step of each gradient, such as "
                f"adam, got {self.gradient_method!r:.120}"
            )
        check_size("memetic.gradient_steps", self.gradient_steps)
        check_choice("memetic.inheritance", self.inheritance, INHERITANCE)

    def for_wiring(self, wiring: Wiring | None) -> Memetic:
        return replace(self, optimizer=self.optimizer.for_wiring(wiring))

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> MemeticSearch:
        return MemeticSearch(self, genes, start, rng)


class MemeticSearch(GenerationalSearch):
    gradient = True
    #: the generation that lives (individual, genes), which of it have a loss of their own, the
    #: steps that it has taken, and both searches
    carried = ("born", "viable", "steps", "evolution", "life")

    def __init__(self, settings: Memetic, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(genes, start, rng)
        self.settings = settings
        self._evolution = settings.optimizer.search(genes, start, rng)
        self._life = self._life_of(np.zeros((1, genes)))
        self._before: dict[str, Any] = {}
        self.born = np.empty((0, genes))  # between two generations
        self.viable = np.empty(0, bool)
        self.steps = 0

    @property
    def evolution(self) -> dict[str, Any]:
        """The evolution between two of its generations, as it is or as it was before this one."""
        return self._before if len(self.born) else {"search": inner_state(self._evolution)}

    @evolution.setter
    def evolution(self, state: dict[str, Any]) -> None:
        put_inner_state(self._evolution, state["search"])
        if "rng" in state:
            # Proposing the same generation again makes it what it was in the midst of it.
            now = self.rng.bit_generator.state
            self.rng.bit_generator.state = state["rng"]
            self._before = self._between_generations()
            self._evolution.propose()
            self.rng.bit_generator.state = now

    def _between_generations(self) -> dict[str, Any]:
        return {"search": inner_state(self._evolution), "rng": self.rng.bit_generator.state}

    @property
    def life(self) -> dict[str, Any]:
        return inner_state(self._life)

    @life.setter
    def life(self, state: dict[str, Any]) -> None:
        put_inner_state(self._life, state)

    def _life_of(self, genomes: np.ndarray) -> GradientSearch:
        """The gradient steps of `genomes`."""
        settings = replace(self.settings.gradient_method, population_size=len(genomes))
        life = settings.search(self.genes, self.start, self.rng)
        life.points, life.best_points = genomes.copy(), genomes.copy()
        return life

    def propose(self) -> np.ndarray:
        if not len(self.born):
            self._before = self._between_generations()
            self.born = self._evolution.propose()
            self._life = self._life_of(self.born)
            self.steps = 0
        return self._life.propose()

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        if self.steps == 0:
            self.viable = np.isfinite(losses)
        self._life.learn(genomes, losses, gradients)
        self.steps += 1
        if self.steps > self.settings.gradient_steps:
            self._pass_on()

    def _pass_on(self) -> None:
        """Tell the evolution what became of its generation."""
        inherited = self.settings.inheritance == "lamarckian"
        genomes = np.where(self.viable[:, None] & inherited, self._life.best_points, self.born)
        losses = np.where(self.viable, self._life.best_losses, np.inf)
        self._evolution.learn(genomes, losses, None)
        self.born = np.empty((0, self.genes))

    def stop(self) -> str | None:
        return self._evolution.stop()

    def diagnostics(self) -> dict[str, float]:
        return {**self._evolution.diagnostics(), **self._life.diagnostics()}

"""Stand-ins for the parts of a run, small enough to see through: a sphere and a random walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from evornn.optimizers import Optimizer, Search, Start
from evornn.runs.evaluation import Evaluation
from evornn.runs.evolution import Evolution
from evornn.runs.recorder import Recorder
from evornn.runs.stopping import Limits
from evornn.runs.tally import Tally
from evornn.tasks import Sequences


class Sphere:
    """``loss = Σ genome²``, 10 network steps each; `hook(losses)` may spoil them."""

    genes = 3
    steps = 10

    def __init__(self, hook: Any = None) -> None:
        self.hook = hook
        self.generations = 0
        self.evaluated = 0
        targets = np.array([[[0.0], [1.0], [1.0], [0.0]]])
        self.task = Sequences(np.zeros((1, 4, 1)), targets)

    def __call__(self, population: np.ndarray) -> np.ndarray:
        self.generations += 1
        self.evaluated += len(population)
        losses = np.sum(population**2, axis=1)
        return losses if self.hook is None else self.hook(self.generations, population, losses)

    def value_and_grad(self, population: np.ndarray, mode: str) -> tuple[np.ndarray, np.ndarray]:
        return self(population), 2 * population

    def gradient_steps(self, mode: str) -> int:
        return 2 * self.steps if mode == "reverse" else 5

    def steps_of(self, population: int) -> int:
        return self.steps * population

    def predict(self, genome: np.ndarray, inputs: Any = None) -> np.ndarray:
        """Right at three steps of four from the start, everywhere once the loss is below 0.01."""
        last = 0.0 if np.sum(genome**2) < 0.01 else 1.0
        return np.array([[[0.1], [0.9], [0.8], [last]]])


@dataclass(frozen=True)
class Walk(Optimizer):
    """Half of the population steps from the best point so far, half from the start."""

    population_size: int = 6
    reason: str | None = None

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> WalkSearch:
        return WalkSearch(self, genes, start, rng)


class WalkSearch(Search):
    def __init__(self, settings: Walk, genes: int, start: Start, rng: np.random.Generator) -> None:
        self.settings, self.rng = settings, rng
        self.population = start.genomes(settings.population_size, genes)
        self.best = self.population[0].copy()
        self.best_loss = 1e300
        self.told: list[np.ndarray] = []

    def ask(self) -> np.ndarray:
        noise = 0.2 * self.rng.standard_normal(self.population.shape)
        centre = np.where(np.arange(len(noise))[:, np.newaxis] % 2, self.best, self.population)
        return centre + noise

    def tell(self, genomes: Any, losses: Any, gradients: Any = None) -> None:
        self.told.append(losses)
        best = int(np.argmin(losses))
        if losses[best] < self.best_loss:
            self.best, self.best_loss = genomes[best].copy(), float(losses[best])

    def stop(self) -> str | None:
        return self.settings.reason if len(self.told) >= 3 else None

    def state(self) -> dict[str, Any]:
        return {
            "best": self.best,
            "best_loss": self.best_loss,
            "rng": self.rng.bit_generator.state,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        self.best, self.best_loss = state["best"], state["best_loss"]
        self.rng.bit_generator.state = state["rng"]

    def diagnostics(self) -> dict[str, float]:
        return {"spread": float(np.std(self.best)), "worst": float("inf")}


@pytest.fixture
def walk() -> type[Walk]:
    return Walk


@pytest.fixture
def evolution() -> Any:
    """``evolution(hook=None, gradient=None, recorder=None, walk={}, **limits)``."""

    def build(
        hook: Any = None,
        gradient: str | None = None,
        recorder: Recorder | None = None,
        walk: dict[str, Any] | None = None,
        **limits: Any,
    ) -> Evolution:
        search = Walk(**(walk or {})).search(3, Start(), np.random.default_rng(1))
        return Evolution(
            Evaluation(Sphere(hook), gradient),
            search,
            Limits(**limits),
            Tally(),
            recorder or Recorder([]),
        )

    return build

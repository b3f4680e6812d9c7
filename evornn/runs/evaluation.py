"""Evaluating a generation for an optimizer: losses (and gradients) that are safe to learn from."""

from __future__ import annotations

import dataclasses
import traceback
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from evornn.errors import EvornnError, RunFailed
from evornn.runs.learnt import learnt_share
from evornn.runs.tally import Cost
from evornn.tasks import Task


class Fitness(Protocol):
    """What a run needs of `evornn.Fitness`."""

    steps: int
    task: Task

    def on(self, indices: np.ndarray) -> Fitness: ...

    def __call__(self, population: np.ndarray) -> np.ndarray: ...

    def teacher_forced(self, probability: float, rng: np.random.Generator) -> Fitness: ...

    def value_and_grad(
        self, population: np.ndarray, mode: str
    ) -> tuple[np.ndarray, np.ndarray]: ...

    def gradient_steps(self, mode: str) -> int: ...

    def steps_of(self, population: int) -> int: ...

    def predict(self, genome: np.ndarray) -> np.ndarray: ...


class EvaluationFailed(RunFailed):
    """The evaluation raised: `genome` (genes,) is the one that it raised for, `trace` the story."""

    def __init__(self, message: str, genome: np.ndarray, trace: str) -> None:
        super().__init__(message)
        self.genome = genome
        self.trace = trace


@dataclass(frozen=True)
class Evaluation:
    """Losses of populations, counted at `cost` evaluations per genome.

    `gradient` is the mode of `evornn.Fitness.value_and_grad`, None where no gradient is wanted.
    """

    fitness: Fitness
    gradient: str | None = None

    @property
    def cost(self) -> Cost:
        """Of one genome: one forward evaluation, and what its gradient takes beside it."""
        if self.gradient is None:
            return 1
        return 1 + Fraction(self.fitness.gradient_steps(self.gradient), self.fitness.steps)

    @property
    def scaling(self) -> Any:
        """The scaling of observations, which is learnt from generation to generation, or None."""
        return getattr(self.fitness, "scaling", None)

    def on(self, fitness: Fitness) -> Evaluation:
        """The same by another `fitness`."""
        return dataclasses.replace(self, fitness=fitness)

    def losses(self, genomes: np.ndarray) -> np.ndarray:
        """Losses alone, without gradients."""
        return Evaluation(self.fitness)(genomes)[0]

    def __call__(self, genomes: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Losses (population,), infinite where they are not finite numbers, and gradients.

        EvaluationFailed where the evaluation raises anything but an error of the user's making.
        """
        try:
            losses, gradients = self._values(genomes)
        except EvornnError:
            raise
        except Exception as error:  # whatever a task of the user's own may raise
            trace = traceback.format_exc()
            genome = genomes[self._culprit(genomes)]
            summary = f"{type(error).__name__}: {error}"
            raise EvaluationFailed(f"the evaluation raised {summary}", genome, trace) from error
        return np.where(np.isfinite(losses), losses, np.inf), gradients

    def _values(self, genomes: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        if self.gradient is None:
            return self.fitness(genomes), None
        return self.fitness.value_and_grad(genomes, self.gradient)

    def _culprit(self, genomes: np.ndarray) -> int:
        """Index of a genome that fails, by halving; costs less than one more generation."""
        low, high = 0, len(genomes)
        while high - low > 1:
            middle = (low + high) // 2
            try:
                self._values(genomes[low:middle])
            except Exception:  # the same failure again
                high = middle
            else:
                low = middle
        return low

    def learnt(self, genome: np.ndarray, tolerance: float | None) -> float:
        """Share of the training data that `genome` has learnt."""
        return learnt_share(self.fitness.predict(genome), self.fitness.task.train, tolerance)

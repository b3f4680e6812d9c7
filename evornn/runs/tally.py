"""The tally: everything that a run counts and the best that it has seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

#: evaluations that one genome is counted as: a fraction where a gradient is cut short
Cost = int | Fraction


def evaluations_of(population: int, cost: Cost) -> int:
    """What `population` genomes are counted as, a part of an evaluation as a whole one."""
    return math.ceil(population * cost)


@dataclass
class Tally:
    """Counts of a run up to the end of its last whole generation.

    `best_genome` (genes,) float64 has the lowest finite loss, `best_loss` (infinite before there
    is one), found in `best_generation`. `barren_generations` and `barren_evaluations` count the
    present unbroken series of generations without any finite loss.

    The best is best on the whole training set. With minibatches, `unjudged` (candidate, genes) are
    the genomes of the last generation that could be it, until they are judged there.

    `stages` are the first generations of the stages of a curriculum that were begun so far; None
    where there is none.

    `scaling` is how observations are scaled in the generation to come, `best_scaling` how they were
    when the best was judged; None where they are not.
    """

    generation: int = 0
    evaluations: int = 0
    forward_steps: int = 0
    backward_steps: int = 0
    seconds: float = 0.0
    evaluation_seconds: float = 0.0
    optimizer_seconds: float = 0.0
    non_finite: int = 0
    barren_generations: int = 0
    barren_evaluations: int = 0
    best_loss: float = np.inf
    best_generation: int = 0
    best_genome: np.ndarray | None = None
    learnt: float | None = None
    unjudged: np.ndarray | None = None
    stages: list[int] | None = None
    scaling: dict[str, Any] | None = None
    best_scaling: dict[str, Any] | None = None

    def count(self, genomes: np.ndarray, losses: np.ndarray, cost: Cost, steps: int) -> bool:
        """Count one generation judged on all of the data; True where it holds a new best genome.

        One genome costs `cost` evaluations: 1, or with its gradient one forward evaluation and
        ``cost − 1`` backward. `steps` is the number of network steps of all forward evaluations.
        """
        self._count_generation(losses, cost, steps)
        self.unjudged = None
        return self._keep_best(genomes, losses)

    def count_batch(
        self, candidates: np.ndarray, losses: np.ndarray, cost: Cost, steps: int
    ) -> None:
        """Count one generation judged on a batch; its `candidates` are to be judged on all data."""
        self._count_generation(losses, cost, steps)
        self.unjudged = np.array(candidates, dtype=np.float64)

    def count_judged(self, losses: np.ndarray, steps: int) -> bool:
        """Count what was `unjudged` as judged, with these `losses`; True where one is a new best.

        `steps` is the number of network steps that judging all of them took.
        """
        assert self.unjudged is not None
        self._count_effort(len(losses), 1, steps)
        better = self._keep_best(self.unjudged, losses)
        self.unjudged = None
        return better

    @property
    def stage(self) -> int | None:
        """The stage, 1 for the first, that the last generation was judged on; None without any."""
        if self.stages is None:
            return None
        return sum(first <= self.generation for first in self.stages)

    def _count_generation(self, losses: np.ndarray, cost: Cost, steps: int) -> None:
        population, finite = len(losses), np.isfinite(losses)
        self.generation += 1
        self._count_effort(population, cost, steps)
        self.non_finite += population - int(finite.sum())
        self._count_barren(population, bool(finite.any()))

    def _count_effort(self, population: int, cost: Cost, steps: int) -> None:
        self.evaluations += evaluations_of(population, cost)
        self.forward_steps += steps
        self.backward_steps += int((cost - 1) * steps)

    def _keep_best(self, genomes: np.ndarray, losses: np.ndarray) -> bool:
        finite = np.isfinite(losses)
        best = int(np.argmin(np.where(finite, losses, np.inf)))
        if not losses[best] < self.best_loss or not finite[best]:
            return False
        self.best_loss = float(losses[best])
        self.best_genome = np.array(genomes[best], dtype=np.float64)
        self.best_generation = self.generation
        return True

    def _count_barren(self, population: int, fertile: bool) -> None:
        self.barren_generations = 0 if fertile else self.barren_generations + 1
        self.barren_evaluations = 0 if fertile else self.barren_evaluations + population

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps: `Tally(**state)` is the same tally."""
        return dict(vars(self))

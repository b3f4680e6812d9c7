"""What the gradient baselines share: points, clipping, and what to do where the loss is not finite.

A search keeps `population_size` independent starts, told loss and gradient at each; an evaluation
of `Fitness.value_and_grad` is one generation. Gradients are clipped by their norm (R. Pascanu,
T. Mikolov, Y. Bengio 2013, On the difficulty of training recurrent neural networks, algorithm 1):

    g <- g min(1, c / ||g||)

or gene by gene, to [−clip_value, clip_value] (T. Mikolov 2012, Statistical language models based on
neural networks), before the norm. The learning rate may follow a schedule
(`evornn.optimizers.learning_rate_schedules`).

A start whose loss or gradient is not finite goes back to the best point it has seen, forgets its
moments, and goes on with steps of half the size, which grow back by 5 % with every finite loss (the
"bold driver" of T. Vogl et al. 1988); one that has seen no finite loss yet is drawn anew from the
starting distribution. The starts are the common starting points.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from evornn.checks import check_choice, check_number, check_size
from evornn.errors import ConfigurationError
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.learning_rate_schedules import SCHEDULES, rate_factor
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start

Moments = dict[str, np.ndarray]

#: what the steps of a start are multiplied by after a loss that is finite, and one that is not
RECOVERY, SETBACK = 1.05, 0.5


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """Settings that every gradient method has, and its formula in `initial` and `change`."""

    learning_rate: float
    population_size: int = 1  # independent starts
    clip_norm: float | None = 1.0  # c; Pascanu et al. 2013 clip near the usual norm; None: never
    clip_value: float | None = field(default=None, kw_only=True)
    schedule: str = field(default="constant", kw_only=True)
    schedule_steps: int | None = field(default=None, kw_only=True)  # T, in gradients
    warmup: int = field(default=0, kw_only=True)

    gradient: ClassVar[bool] = True
    #: names of the arrays (population, genes) that the method remembers
    moments: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        check_number("learning_rate", self.learning_rate, above=0.0)
        check_size("population_size", self.population_size)
        if self.clip_norm is not None:
            check_number("clip_norm", self.clip_norm, above=0.0)
        if self.clip_value is not None:
            check_number("clip_value", self.clip_value, above=0.0)
        self._check_schedule()

    def _check_schedule(self) -> None:
        check_choice("schedule", self.schedule, SCHEDULES)
        check_size("warmup", self.warmup, least=0)
        if self.schedule_steps is not None:
            check_size("schedule_steps", self.schedule_steps)
            if self.schedule_steps <= self.warmup:
                raise ConfigurationError(
                    f"schedule_steps must be above warmup ({self.warmup}), which are the first "
                    f"of them; got {self.schedule_steps}"
                )
        elif self.schedule != "constant":
            raise ConfigurationError(
                f"schedule {self.schedule!r} needs schedule_steps, after how many gradients the "
                "learning rate has come down, got None"
            )

    @property
    def shrinkage(self) -> float:
        """What share of a point each step takes away, in learning rates."""
        return 0.0

    def initial(self, moment: str) -> float:
        """What a moment is before the first gradient."""
        return 0.0

    @abstractmethod
    def change(self, gradients: np.ndarray, moments: Moments, t: np.ndarray) -> np.ndarray:
        """What to add to the points (population, genes); updates `moments` in place.

        `t` (population, 1) counts the gradients since the moments were last empty, this one too.
        """

    def blank_moments(self, count: int, genes: int) -> Moments:
        """What is remembered of no gradient yet."""
        return {name: np.full((count, genes), self.initial(name)) for name in self.moments}

    def follow(
        self, points: np.ndarray, gradients: np.ndarray, moments: Moments, t: np.ndarray, told: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """What to add to `points`, and the norms (population,) of the gradients there.

        The `change` by clipped gradients, with decay and the schedule after `told` gradients.
        """
        if self.clip_value is not None:
            gradients = np.clip(gradients, -self.clip_value, self.clip_value)
        clipped, norms = clip(gradients, self.clip_norm)
        change = self.change(clipped, moments, t)
        if self.shrinkage:
            change -= self.learning_rate * self.shrinkage * points
        return rate_factor(self.schedule, self.schedule_steps, self.warmup, told) * change, norms

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> GradientSearch:
        return GradientSearch(self, genes, start, rng)


class GradientSearch(GenerationalSearch):
    gradient = True
    carried = (
        "points", "best_points", "best_losses", "rate_factors", "ages", "norms", "moments", "told",
    )  # fmt: skip

    def __init__(
        self, settings: GradientDescent, genes: int, start: Start, rng: np.random.Generator
    ):
        super().__init__(genes, start, rng)
        self.settings = settings
        count = settings.population_size
        self.points = start.genomes(count, genes)
        self.best_points = self.points.copy()
        self.best_losses = np.full(count, np.inf)
        self.rate_factors = np.ones(count)
        self.ages = np.zeros(count)
        self.norms = np.zeros(count)
        self.told = 0
        self.moments = settings.blank_moments(count, genes)

    def propose(self) -> np.ndarray:
        return self.points

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        assert gradients is not None  # `tell` has checked that
        sound = np.isfinite(losses) & np.isfinite(gradients).all(axis=1)
        better = sound & (losses < self.best_losses)
        self.best_points[better], self.best_losses[better] = genomes[better], losses[better]
        self.ages += 1
        self.rate_factors = np.minimum(1.0, RECOVERY * self.rate_factors)
        known = np.where(sound[:, None], gradients, 0.0)
        change, self.norms = self.settings.follow(
            genomes, known, self.moments, self.ages[:, None], self.told
        )
        self.points = genomes + self.rate_factors[:, None] * change
        self.told += 1
        self._recover(np.flatnonzero(~sound))

    def _recover(self, rows: np.ndarray) -> None:
        """Start the searches `rows` anew: from their best point, or drawn where they have none."""
        blank = rows[np.isinf(self.best_losses[rows])]
        known = rows[np.isfinite(self.best_losses[rows])]
        self.points[known] = self.best_points[known]
        self.rate_factors[known] *= SETBACK
        if len(blank):
            self.points[blank] = self.start.sample(self.rng, len(blank), self.genes)
        self.ages[rows] = 0
        for name, moment in self.moments.items():
            moment[rows] = self.settings.initial(name)

    def diagnostics(self) -> dict[str, float]:
        return {
            "gradient_norm": float(np.median(self.norms)),
            "rate_factor": float(np.median(self.rate_factors)),
        }


def clip(gradients: np.ndarray, most: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Gradients (population, genes) of norm at most `most`, and their norms before."""
    largest = np.abs(gradients).max(axis=1)
    scale = np.where(largest > 0.0, largest, 1.0)  # squares of large entries would overflow
    norms = scale * np.linalg.norm(gradients / scale[:, None], axis=1)
    if most is None:
        return gradients, norms
    factors = np.minimum(1.0, most / np.maximum(norms, np.finfo(float).tiny))
    return gradients * factors[:, None], norms

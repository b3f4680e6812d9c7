"""L-BFGS: quasi-Newton steps from the last few changes of point and gradient, with a line search.

J. Nocedal (1980), Updating quasi-Newton matrices with limited storage. Mathematics of Computation
35, 773-782; D. Liu, J. Nocedal (1989), On the limited memory BFGS method for large scale
optimization. Mathematical Programming 45, 503-528. With s_k = x_{k+1} − x_k, y_k = g_{k+1} − g_k
and ρ_k = 1 / y_k·s_k, the direction is −H g, by the recursion over the last `memory` pairs

    q <- g;   α_k <- ρ_k s_k·q,   q <- q − α_k y_k            from the newest to the oldest
    r <- γ q,   γ = s·y / y·y of the newest
    β <- ρ_k y_k·r,   r <- r + s_k (α_k − β)                  from the oldest to the newest

The step along it is the first of 1, 1/2, 1/4, … that lowers the loss enough (L. Armijo 1966):

    f(x + t d) <= f(x) + c1 t g·d

A trial is one evaluation with its gradient, and a generation one trial of every start; the starts
are independent. A pair of no positive curvature is left out. Where `most_halvings` do not help, or
d points uphill, the memory is emptied and the search goes on along −g; where that does not help
either, the start is at a minimum, as far as its gradient tells, and stays there. A start that has
seen no finite loss yet is drawn anew from the starting distribution.

SciPy's L-BFGS-B calls the loss itself, where an optimizer here is asked and told, and kept in
checkpoints; the tests compare with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.checks import check_number, check_size
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.gradient_descent import clip
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start

#: below it 1 / y·s is not a finite number any more
LEAST_CURVATURE = 1e-300


@dataclass(frozen=True)
class LBFGS(Optimizer):
    """Limited-memory BFGS from `population_size` independent starts."""

    population_size: int = 1
    memory: int = 10  # Liu & Nocedal 1989: 3 to 7; SciPy: 10
    first_step: float = 1.0  # length of the first trial along −g, as in SciPy
    sufficient_decrease: float = 1e-4  # c1: Nocedal & Wright 2006
    most_halvings: int = 20  # SciPy

    gradient: ClassVar[bool] = True
    takes_batches: ClassVar[bool] = False  # its line search compares losses of generations

    def __post_init__(self) -> None:
        check_size("lbfgs.population_size", self.population_size)
        check_size("lbfgs.memory", self.memory)
        check_number("lbfgs.first_step", self.first_step, above=0.0)
        check_number("lbfgs.sufficient_decrease", self.sufficient_decrease, 0.0, 0.5)
        check_size("lbfgs.most_halvings", self.most_halvings)

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> LBFGSSearch:
        return LBFGSSearch(self, genes, start, rng)


class LBFGSSearch(GenerationalSearch):
    gradient = True
    #: where each start is, what it knows there, where it tries next, and its pairs s, y with how
    #: many of them count, the newest first
    carried = (
        "points", "losses", "gradients", "directions", "steps", "halvings", "pairs_s", "pairs_y",
        "pairs", "stuck",
    )  # fmt: skip

    def __init__(self, settings: LBFGS, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(genes, start, rng)
        self.settings = settings
        count, memory = settings.population_size, settings.memory
        self.points = start.genomes(count, genes)
        self.losses = np.full(count, np.inf)
        self.gradients = np.zeros((count, genes))
        self.directions = np.zeros((count, genes))
        self.steps = np.ones(count)
        self.halvings = np.zeros(count, np.int64)
        self.pairs_s = np.zeros((memory, count, genes))
        self.pairs_y = np.zeros((memory, count, genes))
        self.pairs = np.zeros(count, np.int64)
        self.stuck = np.zeros(count, bool)

    def propose(self) -> np.ndarray:
        return self.points + self.steps[:, None] * self.directions

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        assert gradients is not None  # `tell` has checked that
        sound = np.isfinite(losses) & np.isfinite(gradients).all(axis=1)
        begun = np.isfinite(self.losses)
        slopes = np.einsum("pg,pg->p", self.gradients, self.directions)
        bound = self.losses + self.settings.sufficient_decrease * self.steps * slopes
        accepted = sound & ~self.stuck & (~begun | ((losses < self.losses) & (losses <= bound)))
        self._remember(accepted & begun, genomes, gradients)
        self.points[accepted] = genomes[accepted]
        self.losses[accepted] = losses[accepted]
        self.gradients[accepted] = gradients[accepted]
        self._turn(accepted)
        self._shorten(begun & ~accepted & ~self.stuck)
        self._draw_anew(np.flatnonzero(~begun & ~accepted))

    def _remember(self, rows: np.ndarray, genomes: np.ndarray, gradients: np.ndarray) -> None:
        """Keep the changes of point and gradient of `rows` where the loss curves upwards."""
        s, y = genomes - self.points, np.where(rows[:, None], gradients, 0.0) - self.gradients
        with np.errstate(over="ignore"):
            curvature, size = np.einsum("pg,pg->p", s, y), np.einsum("pg,pg->p", y, y)
        least = np.maximum(np.finfo(float).eps * size, LEAST_CURVATURE)
        kept = rows & np.isfinite(size) & (curvature > least)
        for pairs, new in ((self.pairs_s, s), (self.pairs_y, y)):
            pairs[1:, kept] = pairs[:-1, kept]
            pairs[0, kept] = new[kept]
        self.pairs[kept] = np.minimum(self.pairs[kept] + 1, self.settings.memory)

    def _turn(self, rows: np.ndarray) -> None:
        """A new direction for `rows`, and its first trial."""
        directions = -self._times_inverse_hessian(self.gradients)
        uphill = np.einsum("pg,pg->p", directions, self.gradients) >= 0.0
        astray = rows & (uphill | ~np.isfinite(directions).all(axis=1))
        self.pairs[astray] = 0
        directions[astray] = -self.gradients[astray]
        self.directions[rows] = directions[rows]
        self.steps[rows] = 1.0
        self.halvings[rows] = 0
        self._bound_first_steps(rows & (self.pairs == 0))

    def _bound_first_steps(self, rows: np.ndarray) -> None:
        """A gradient has the scale of the loss, not of a step: its first trial has a set length."""
        norms = clip(self.directions, None)[1]
        lengths = self.settings.first_step / np.maximum(norms, np.finfo(float).tiny)
        self.steps[rows] = np.minimum(1.0, lengths[rows])

    def _times_inverse_hessian(self, gradients: np.ndarray) -> np.ndarray:
        """H g by the two recursions (population, genes); all starts at once, masked."""
        q, alphas, s, y = gradients.copy(), [], self.pairs_s, self.pairs_y
        products = np.einsum("mpg,mpg->mp", s, y)
        known = np.arange(len(s))[:, None] < self.pairs
        rho = np.divide(1.0, products, out=np.zeros_like(products), where=known)
        for k in range(len(s)):
            alpha = rho[k] * np.einsum("pg,pg->p", s[k], q)
            q -= alpha[:, None] * y[k]
            alphas.append(alpha)
        squares = np.einsum("pg,pg->p", y[0], y[0])
        scale = np.divide(products[0], squares, out=np.ones_like(squares), where=known[0])
        r = scale[:, None] * q
        for k in reversed(range(len(s))):
            beta = rho[k] * np.einsum("pg,pg->p", y[k], r)
            r += (alphas[k] - beta)[:, None] * s[k]
        return r

    def _shorten(self, rows: np.ndarray) -> None:
        """Half the step of `rows`; where that was done too often, −g, and at last nothing more."""
        self.steps[rows] *= 0.5
        self.halvings[rows] += 1
        spent = rows & (self.halvings >= self.settings.most_halvings)
        self.stuck |= spent & (self.pairs == 0)
        again = spent & (self.pairs > 0)
        self.pairs[again] = 0
        self._turn(again)

    def _draw_anew(self, rows: np.ndarray) -> None:
        if len(rows):
            self.points[rows] = self.start.sample(self.rng, len(rows), self.genes)

    def stop(self) -> str | None:
        return "no step lowers the loss" if self.stuck.all() else None

    def diagnostics(self) -> dict[str, float]:
        return {"step": float(np.median(self.steps)), "stuck": float(self.stuck.mean())}

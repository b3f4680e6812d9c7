"""One run on one function, counted: evaluations until each target was reached.

The functions are those of N. Hansen et al. 2009, "Real-parameter black-box optimization
benchmarking 2009: noiseless functions definitions", INRIA RR-6829, as `ioh` computes them, and two
spheres, whose least point is the mean of the start, or anywhere within its spread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchmarks.bbob_contenders import Contender, Losses
from evornn.optimizers import Start

#: precision above the least value, 10² to 10⁻⁸
TARGETS = 10.0 ** np.arange(2, -9, -1)
#: the box of the BBOB functions, whose least points lie in [−4, 4]
BOX, INNER = 5.0, 4.0
CENTRE, ELSEWHERE = "sphere at 0", "sphere elsewhere"


class Run(NamedTuple):
    """What one run reached; `hits` (target,) are evaluations, inf where it did not get there."""

    contender: str
    function: str
    genes: int
    instance: int
    evaluations: int
    precision: float
    hits: np.ndarray


class OverError(Exception):
    """The budget is spent, or the last target reached."""


class Counted:
    """Losses that count, and end a run by `OverError`; what lies behind the budget is not seen."""

    def __init__(self, precision: Losses, budget: int):
        self.of, self.budget = precision, budget
        self.evaluations = 0
        self.best = np.inf
        self.hits = np.full(len(TARGETS), np.inf)

    def __call__(self, genomes: np.ndarray) -> np.ndarray:
        losses = self.of(genomes)
        # A precision that is not a number must not hide the ones behind it.
        seen = np.where(np.isnan(losses), np.inf, losses)[: self.budget - self.evaluations]
        so_far = np.minimum.accumulate(np.minimum(seen, self.best))
        reached = so_far[:, None] <= TARGETS
        new = reached.any(axis=0) & np.isinf(self.hits)
        self.hits[new] = self.evaluations + 1 + reached[:, new].argmax(axis=0)
        self.evaluations += len(seen)
        self.best = float(so_far[-1])
        if self.evaluations >= self.budget or np.isfinite(self.hits[-1]):
            raise OverError
        return losses


def run_one(
    name: str, contender: Contender, function: str, genes: int, instance: int, budget: int
) -> Run:
    """A run with the seed `instance` on the instance of that number."""
    counted = Counted(precision(function, genes, instance), budget)
    start = Start("uniform", BOX, seed=instance)
    try:
        with np.errstate(all="ignore"):
            contender(counted, genes, start, instance)
    except OverError:
        pass
    return Run(name, function, genes, instance, counted.evaluations, counted.best, counted.hits)


def precision(function: str, genes: int, instance: int) -> Losses:
    """The loss above the least one, of genomes (population, genes)."""
    make = {CENTRE: sphere_at_centre, ELSEWHERE: sphere_elsewhere}.get(function)
    return make(genes, instance) if make else bbob(function, genes, instance)


def sphere_at_centre(genes: int, instance: int) -> Losses:
    return lambda genomes: (genomes**2).sum(axis=1)


def sphere_elsewhere(genes: int, instance: int) -> Losses:
    least = np.random.default_rng([instance, genes]).uniform(-INNER, INNER, genes)
    return lambda genomes: ((genomes - least) ** 2).sum(axis=1)


def bbob(function: str, genes: int, instance: int) -> Losses:
    """`function` is such as ``f8``."""
    import ioh

    problem = ioh.get_problem(int(function[1:]), instance, genes, ioh.ProblemClass.BBOB)
    least = problem.optimum.y
    return lambda genomes: np.asarray(problem(genomes)) - least


def spent(run: Run, target: int) -> float:
    """Evaluations until the target of this index, or until the run ended."""
    return min(run.hits[target], float(run.evaluations))


def ert(runs: list[Run], target: int) -> float:
    """Expected running time (Auger & Hansen 2005); inf where no run got there."""
    successes = sum(bool(np.isfinite(run.hits[target])) for run in runs)
    return sum(spent(run, target) for run in runs) / successes if successes else np.inf

"""Differential evolution's equations, and as many evaluations to a target as SciPy's needs."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from evornn.optimizers import DifferentialEvolution
from evornn.optimizers.distinct import distinct

BASES = {
    "rand/1": lambda x, i, a, best: x[a],
    "best/1": lambda x, i, a, best: best,
    "current-to-best/1": lambda x, i, a, best: x[i] + 0.4 * (best - x[i]),
}


def begun(begin, sphere, **settings):
    """A search that has learnt its first population."""
    search = begin(DifferentialEvolution(**settings), genes=5)
    search.tell(genomes := search.ask(), sphere(genomes)[0])
    return search


@pytest.mark.parametrize("strategy", BASES)
def test_mutants_follow_the_published_equations(begin, sphere, strategy):
    search = begun(begin, sphere, population_size=7, F=0.4, CR=1.0, strategy=strategy)
    x, best = search.population, search.population[np.argmin(search.losses)]
    for i, mutant in enumerate(search.ask()):
        different = permutations(set(range(7)) - {i}, 3)
        possible = [BASES[strategy](x, i, a, best) + 0.4 * (x[b] - x[c]) for a, b, c in different]
        assert np.abs(mutant - possible).max(axis=1).min() < 1e-12


def test_rows_are_different_and_all_equally_likely():
    rng = np.random.default_rng(0)
    own = np.arange(5)
    drawn = np.array([[own, *distinct(rng, 5, (5, 5, 8), [own])] for _ in range(4_000)])
    assert all(len({*row}) == 4 for row in np.moveaxis(drawn, 1, 2).reshape(-1, 4))
    among_five = [1 / 4, 1 / 4, 0.0, 1 / 4, 1 / 4]
    # Five rows of eight are left to the third: the three beyond, and two of the first four.
    among_eight = [1 / 10, 1 / 10, 0.0, 1 / 10, 1 / 10, 1 / 5, 1 / 5, 1 / 5]
    for k, expected in ((1, among_five), (2, among_five), (3, among_eight)):
        counts = np.bincount(drawn[:, k, 2], minlength=len(expected))
        np.testing.assert_allclose(counts / 4_000, expected, atol=0.025)


@pytest.mark.parametrize("CR", [0.0, 0.3, 1.0])
def test_a_trial_takes_genes_with_the_set_probability_and_one_at_least(begin, sphere, CR):
    search = begun(begin, sphere, population_size=4_000, CR=CR)
    taken = search.ask() != search.population
    assert taken.any(axis=1).all()
    assert taken.mean() == pytest.approx(CR + (1.0 - CR) / 5, abs=0.01)


def test_a_trial_takes_its_row_where_it_is_no_worse(begin, sphere):
    search = begun(begin, sphere, population_size=6)
    before, losses = search.population.copy(), search.losses.copy()
    trials = search.ask()
    search.tell(trials, losses + np.array([-0.1, 0.0, 1e-9, np.nan, np.inf, -np.inf]))
    expected = np.where(np.arange(6)[:, None] < 2, trials, before)
    np.testing.assert_array_equal(search.population, expected)


def test_lost_generations_neither_spread_nor_shrink_the_population(begin):
    search = begin(DifferentialEvolution(), genes=5)
    for _ in range(200):
        genomes = search.ask()
        search.tell(genomes, np.full(100, np.nan))
    assert 0.4 < genomes.std() < 0.6


def test_full_crossover_makes_it_invariant_to_rotation(begin, sphere):
    turn, _ = np.linalg.qr(np.random.default_rng(1).standard_normal((5, 5)))
    plain = begun(begin, sphere, CR=1.0, strategy="current-to-best/1")
    turned = begun(begin, sphere, CR=1.0, strategy="current-to-best/1")
    turned.population = plain.population @ turn
    for _ in range(20):
        plain.tell(genomes := plain.ask(), losses := sphere(genomes)[0])
        np.testing.assert_allclose(turned.ask(), genomes @ turn, atol=1e-10)
        turned.tell(turned._asked, losses)


def shifted_sphere(x):
    return ((x - 0.3) ** 2).sum(axis=1)


def ellipsoid(x):
    return ((x - 0.3) ** 2 * 1e6 ** np.linspace(0.0, 1.0, x.shape[1])).sum(axis=1)


def rosenbrock(x):
    return (100.0 * (x[:, 1:] - x[:, :-1] ** 2) ** 2 + (1.0 - x[:, :-1]) ** 2).sum(axis=1)


def rastrigin(x):
    away = 4.0 * (x - 0.3)
    return (10.0 + away**2 - 10.0 * np.cos(2.0 * np.pi * away)).sum(axis=1)


class Reached(Exception):
    """The target was reached, after so many evaluations."""


def evaluations_of_scipy(loss, first, settings, seed):
    """Those of `scipy.optimize.differential_evolution` with whole generations, as here."""
    from scipy.optimize import differential_evolution

    spent = 0

    def counted(points):
        nonlocal spent
        spent += points.shape[1]
        losses = loss(points.T)
        if losses.min() < 1e-3:
            raise Reached
        return losses

    names = {"rand/1": "rand1bin", "best/1": "best1bin", "current-to-best/1": "currenttobest1bin"}
    with pytest.raises(Reached):
        differential_evolution(
            counted,
            [(-1e3, 1e3)] * first.shape[1],  # so wide that no trial is beyond
            strategy=names[settings.strategy],
            mutation=settings.F,
            recombination=settings.CR,
            init=first,
            rng=np.random.default_rng(seed),
            maxiter=10_000,
            tol=0.0,
            polish=False,
            vectorized=True,
            updating="deferred",
        )
    return spent


def evaluations_here(loss, search):
    spent = 0
    while True:
        genomes = search.ask()
        losses = loss(genomes)
        spent += len(genomes)
        if losses.min() < 1e-3:
            return spent
        search.tell(genomes, losses)


@pytest.mark.parametrize(
    ("loss", "genes", "settings"),
    [
        (shifted_sphere, 20, DifferentialEvolution(40)),
        (ellipsoid, 5, DifferentialEvolution(40, "best/1", 0.7)),
        (rosenbrock, 5, DifferentialEvolution(30, "current-to-best/1", 0.8)),
        (rastrigin, 5, DifferentialEvolution(40, F=0.5, CR=0.2)),
    ],
    ids=["sphere", "ellipsoid", "rosenbrock", "rastrigin"],
)
def test_needs_as_many_evaluations_as_scipys(begin, loss, genes, settings):
    ours, theirs = [], []
    for seed in range(8):
        search = begin(settings, genes=genes, seed=seed, start=seed)
        first = search.start.genomes(settings.population_size, genes)
        ours.append(evaluations_here(loss, search))
        theirs.append(evaluations_of_scipy(loss, first, settings, seed))
    error = np.hypot(np.std(ours), np.std(theirs)) / np.sqrt(8)
    assert abs(np.mean(ours) - np.mean(theirs)) < 3.0 * error
    assert error < 0.1 * np.mean(theirs)

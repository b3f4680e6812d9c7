"""JADE and L-SHADE: their equations, their memories and archives, and JADE's published results."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from evornn.optimizers import JADE, LSHADE, Start
from evornn.optimizers.current_to_pbest import positive_cauchy


def begun(begin, sphere, settings, genes=4):
    """A search that has learnt its first population."""
    search = begin(settings, genes=genes)
    search.tell(genomes := search.ask(), sphere(genomes)[0])
    return search


def test_mutants_follow_the_published_equation(begin, sphere):
    search = begun(begin, sphere, JADE(population_size=6, p=0.4))
    search.archive = search.rng.standard_normal((3, 4)) + 50.0
    search.m_CR = 2.0  # cut to 1: the trials are the mutants
    x = search.population
    beyond = np.concatenate((x, search.archive))
    archived = 0
    for i, mutant in enumerate(search.ask()):
        away = {
            (r1, r2): x[i] + search.F[i] * (x[best] - x[i] + x[r1] - beyond[r2])
            for best, r1, r2 in product(np.argsort(search.losses)[:2], range(6), range(9))
            if len({i, r1, r2}) == 3
            and np.allclose(mutant, x[i] + search.F[i] * (x[best] - x[i] + x[r1] - beyond[r2]))
        }
        assert len(away) == 1
        archived += next(iter(away))[1] >= 6
    assert archived


def test_factors_are_cauchy_above_zero_and_cut_at_one():
    F = positive_cauchy(np.random.default_rng(0), np.full(40_000, 0.2))
    law = stats.cauchy(0.2, 0.1)
    for at in (0.05, 0.2, 0.4, 0.99):
        expected = (law.cdf(at) - law.cdf(0.0)) / law.sf(0.0)
        assert np.mean(at >= F) == pytest.approx(expected, abs=0.01)
    assert F.max() == 1.0


def test_jade_adapts_by_a_mean_and_a_lehmer_mean(begin):
    search = begin(JADE(c=0.25))
    search.adapt(np.array([0.2, 0.6]), np.array([0.1, 0.5]), np.array([1.0, 1e9]))
    assert search.m_CR == pytest.approx(0.75 * 0.5 + 0.25 * 0.3)
    assert search.m_F == pytest.approx(0.75 * 0.5 + 0.25 * (0.04 + 0.36) / 0.8)


def test_l_shade_remembers_means_weighted_by_gain_in_turn(begin):
    search = begin(LSHADE(memory_size=2))
    search.adapt(np.array([0.2, 0.6]), np.array([0.1, 0.5]), np.array([3.0, 1.0]))
    expected = (3 * 0.04 + 0.36) / (3 * 0.2 + 0.6), (3 * 0.01 + 0.25) / (3 * 0.1 + 0.5)
    np.testing.assert_allclose(search.memory_F, [expected[0], 0.5])
    np.testing.assert_allclose(search.memory_CR, [expected[1], 0.5])
    # A lost parent's gain counts as the largest finite one, and alone as any.
    search.adapt(np.array([0.2, 0.6]), np.array([0.1, 0.5]), np.array([np.inf, 1.0]))
    assert search.memory_F[1] == pytest.approx(0.5)
    search.adapt(np.array([0.7]), np.array([0.9]), np.array([np.inf]))
    np.testing.assert_allclose((search.memory_F[0], search.memory_CR[0]), (0.7, 0.9))


def test_a_crossover_rate_of_zero_is_terminal(begin, sphere):
    search = begun(begin, sphere, LSHADE(memory_size=1, population_size=50), genes=30)
    search.adapt(np.array([0.5]), np.array([0.0]), np.array([1.0]))
    search.adapt(np.array([0.5]), np.array([0.9]), np.array([1.0]))
    assert np.isnan(search.memory_CR).all()
    assert ((search.ask() != search.population).sum(axis=1) == 1).all()
    assert np.isfinite(list(search.diagnostics().values())).all()


@pytest.mark.parametrize("settings", [JADE(20, archive_rate=0.5), LSHADE(20, archive_rate=0.5)])
def test_the_archive_keeps_parents_that_lost_their_places(begin, sphere, settings):
    search = begun(begin, sphere, settings)
    ever = {*map(tuple, search.population)}
    for _ in range(30):
        trials, parents = search.ask(), search.population.copy()
        losses = sphere(trials)[0]
        beaten = losses < search.losses
        before = {*map(tuple, search.archive)}
        search.tell(trials, losses)
        after = {*map(tuple, search.archive)}
        assert after - before <= {*map(tuple, parents[beaten])}
        assert len(after - before) == min(beaten.sum(), 10)
        assert len(search.archive) <= 10
        ever |= {*map(tuple, trials)}
        assert after <= ever - {*map(tuple, search.population)}


def test_lost_parents_are_not_archived(begin, sphere):
    search = begin(JADE(population_size=10))
    genomes = search.ask()
    search.tell(genomes, np.where(np.arange(10) < 9, np.nan, sphere(genomes)[0]))
    search.tell(search.ask(), np.where(np.arange(10) < 9, 1.0, np.nan))
    assert np.isfinite(search.losses).all()
    assert not len(search.archive)


def test_l_shade_shrinks_linearly_to_four_and_keeps_the_best(begin, sphere):
    search = begin(LSHADE(population_size=40, evaluations=2_000))
    spent, best = 0, np.inf
    while spent < 2_500:
        genomes = search.ask()
        expected = 40 if spent == 0 else max(round(40 - 36 * spent / 2_000), 4)
        assert len(genomes) == expected
        losses, _ = sphere(genomes)
        spent, best = spent + len(genomes), min(best, losses.min())
        search.tell(genomes, losses)
        assert search.losses.min() == best
        assert len(search.archive) <= round(2.6 * len(search.population))
    assert len(genomes) == 4


def test_a_shrinking_search_is_resumed_bit_for_bit(begin, advance):
    settings = LSHADE(population_size=40, evaluations=2_000)
    search = begin(settings)
    advance(search, 30)
    state = search.state()
    resumed = begin(settings, seed=1)
    resumed.load_state(state)
    for ours, theirs in zip(advance(resumed, 40), advance(search, 40), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert len(ours) < 25


def ackley(x):
    hill = 20.0 * np.exp(-0.2 * np.sqrt((x**2).mean(axis=1)))
    return 20.0 + np.e - hill - np.exp(np.cos(2.0 * np.pi * x).mean(axis=1))


def rastrigin(x):
    return (x**2 - 10.0 * np.cos(2.0 * np.pi * x) + 10.0).sum(axis=1)


def final_loss(settings, loss, reach, generations, seed=0, centre=0.0, genes=30):
    search = settings.search(genes, Start("uniform", reach, seed), np.random.default_rng(seed))
    for _ in range(generations):
        genomes = search.ask()
        search.tell(genomes, loss(genomes - centre))
    return search.losses.min()


@pytest.mark.parametrize(
    ("loss", "reach", "generations", "archive_rate", "published"),
    [
        (ackley, 32.0, 500, 0.0, 8.2e-10),
        (ackley, 32.0, 500, 1.0, 3.0e-9),
        (rastrigin, 5.12, 1000, 0.0, 1.0e-4),
        (rastrigin, 5.12, 1000, 1.0, 1.4e-4),
    ],
)
def test_jade_is_as_good_as_published(loss, reach, generations, archive_rate, published):
    """Zhang & Sanderson 2009, 30 genes: means of 50 runs, that differ by half from run to run."""
    settings = JADE(archive_rate=archive_rate)
    runs = [final_loss(settings, loss, reach, generations, seed) for seed in range(4)]
    assert published / 2.5 < np.mean(runs) < 2.5 * published


@pytest.mark.parametrize("centre", [0.0, 2.3])
@pytest.mark.parametrize("settings", [JADE(60), LSHADE(60), LSHADE(90, evaluations=30_000)])
def test_finds_the_lowest_valley_at_the_centre_of_the_start_and_elsewhere(settings, centre):
    runs = [final_loss(settings, rastrigin, 5.12, 500, seed, centre, genes=8) for seed in range(3)]
    assert max(runs) < 1e-6


@pytest.mark.parametrize("settings", [JADE(), LSHADE()])
def test_invariant_to_a_shift_of_the_origin(begin, sphere, settings):
    plain, moved = (begun(begin, sphere, settings) for _ in range(2))
    moved.population = moved.population + 8.0
    for _ in range(20):
        genomes, beyond = plain.ask(), moved.ask()
        np.testing.assert_allclose(beyond, genomes + 8.0, atol=1e-9)
        for search, asked in ((plain, genomes), (moved, beyond)):
            search.tell(asked, sphere(genomes)[0])


def test_shrinking_gains_on_a_loss_of_many_valleys():
    """The claim of Tanabe & Fukunaga 2014: the same budget, with and without reduction."""
    budget = 40_000
    plain = [final_loss(LSHADE(100), rastrigin, 5.12, 400, seed, 1.0) for seed in range(3)]
    shrinking = []
    for seed in range(3):
        settings = LSHADE(100, evaluations=budget)
        search = settings.search(30, Start("uniform", 5.12, seed), np.random.default_rng(seed))
        while search.spent < budget:
            genomes = search.ask()
            search.tell(genomes, rastrigin(genomes - 1.0))
        shrinking.append(search.losses.min())
    assert max(shrinking) < min(plain)

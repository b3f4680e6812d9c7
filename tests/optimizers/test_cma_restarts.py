"""CMA-ES with restarts: how runs follow each other, and what they are good for."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.optimizers import BIPOPCMAES, CMAES, IPOPCMAES, Start


def searching(optimizer, genes=2, seed=0, scale=2.0):
    return optimizer.search(genes, Start(scale=scale), np.random.default_rng(seed))


def sphere(genomes):
    return (genomes**2).sum(axis=1)


def rastrigin(genomes):
    """Many local minima; least, zero, at 1.3 in every gene."""
    away = genomes - 1.3
    return (away**2 + 10.0 * (1.0 - np.cos(2.0 * np.pi * away))).sum(axis=1)


def runs_of(search, loss, most=20_000):
    """(population, evaluations) of every run that `search` begins, until it stops."""
    runs, evaluations = [], 0
    while search.stop() is None and evaluations < most:
        strategy, genomes = search.strategy, search.ask()
        search.tell(genomes, loss(genomes))
        evaluations += len(genomes)
        if not runs or runs[-1][0] is not strategy:
            runs.append([strategy, len(genomes), 0])
        runs[-1][2] += len(genomes)
    return [(population, spent) for _, population, spent in runs]


def test_the_first_run_is_that_of_cma_es():
    plain, restarted = searching(CMAES()), searching(IPOPCMAES())
    for _ in range(30):
        genomes = plain.ask()
        np.testing.assert_array_equal(restarted.ask(), genomes)
        plain.tell(genomes, sphere(genomes))
        restarted.tell(genomes, sphere(genomes))


def test_populations_double_until_the_restarts_are_used_up():
    search = searching(IPOPCMAES(restarts=3))
    assert [population for population, _ in runs_of(search, sphere)] == [6, 12, 24, 48]
    assert "restarts used up" in search.stop()
    assert "tolfun" in search.stop()


def test_a_run_begins_around_a_fresh_draw_with_the_spread_of_the_start():
    search = searching(IPOPCMAES(population_size=500, factor=1.0), genes=3)
    runs_of(search, sphere, most=500)  # one generation
    means = []
    for _ in range(40):
        search.begin_large()
        genomes = search.ask()
        means.append(genomes.mean(axis=0))
        assert genomes.std(axis=0).mean() == pytest.approx(2.0, rel=0.1)
        search.tell(genomes, sphere(genomes))
    assert np.std(means) == pytest.approx(2.0, rel=0.25)


def test_small_runs_have_half_of_all_evaluations_and_never_half_of_a_large_run():
    search = searching(BIPOPCMAES(), seed=3)
    runs = runs_of(search, rastrigin, most=30_000)
    first, large, small = runs[0], [], []
    for population, spent in runs[1:-1]:  # the last is not over
        doubled = first[0] * 2 ** (len(large) + 1)
        is_large = population == doubled and (not large or sum(small) >= sum(s for _, s in large))
        if is_large:
            large.append((population, spent))
        else:
            assert first[0] <= population <= large[-1][0] / 2
            assert spent < large[-1][1] / 2 + population
            small.append(spent)
    assert len(large) >= 3
    assert len(small) > len(large)
    assert 0.5 < sum(small) / sum(spent for _, spent in large) < 1.5


@pytest.mark.parametrize("restarted", [IPOPCMAES(), BIPOPCMAES()], ids=["ipop", "bipop"])
def test_finds_the_least_of_many_minima_where_one_run_does_not(restarted):
    def found(settings, seed, genes=4, evaluations=20_000):
        search, least, spent = searching(settings, genes, seed), np.inf, 0
        while search.stop() is None and spent < evaluations and least > 1e-6:
            genomes = search.ask()
            losses = rastrigin(genomes)
            search.tell(genomes, losses)
            least, spent = min(least, losses.min()), spent + len(genomes)
        return least < 1e-6

    assert sum(found(CMAES(), seed) for seed in range(4)) <= 1
    assert sum(found(restarted, seed) for seed in range(4)) >= 3


@pytest.mark.parametrize("restarted", [IPOPCMAES(), BIPOPCMAES()], ids=["ipop", "bipop"])
@pytest.mark.parametrize("generations", [10, 200])
def test_a_search_loaded_in_a_later_run_goes_on_to_the_bit(restarted, generations):
    def advance(search, count):
        asked = []
        for _ in range(count):
            genomes = search.ask()
            asked.append(genomes)
            search.tell(genomes, rastrigin(genomes))
        return asked

    undisturbed, resumed = searching(restarted), searching(restarted, seed=9)
    advance(undisturbed, generations)
    advance(resumed, 70)
    resumed.load_state(undisturbed.state())
    for expected, asked in zip(advance(undisturbed, 100), advance(resumed, 100), strict=True):
        np.testing.assert_array_equal(asked, expected)

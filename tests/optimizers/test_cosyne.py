"""CoSyNE: weights are permuted within their sub-populations, and a quarter has offspring."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evornn.optimizers import CoSyNE, Start
from evornn.optimizers.cosyne import chances


def bred(begin, settings, losses, genes=3):
    """The first networks, sorted by `losses`, and what is bred from them."""
    search = begin(settings, genes=genes)
    first = search.ask()
    search.tell(first, losses)
    return first[np.argsort(losses)], search.ask()


def test_weights_stay_in_their_sub_populations_and_move_between_networks(begin):
    losses = np.random.default_rng(1).random(40)
    before, after = bred(begin, CoSyNE(40, "all"), losses, genes=6)
    np.testing.assert_array_equal(np.sort(after[:20], axis=0), np.sort(before[:20], axis=0))
    stayed = (after[:20] == before[:20]).sum()
    assert stayed < 20  # 6 are expected of 120
    moves = [np.flatnonzero(before[:20, gene] == after[0, gene])[0] for gene in range(6)]
    assert len({*moves}) > 2


@pytest.mark.parametrize("permutation", ["all", "fitness"])
@pytest.mark.parametrize("offspring", [0.25, 0.5, 0.75])
def test_offspring_of_the_best_quarter_replace_the_worst(begin, permutation, offspring):
    settings = CoSyNE(40, permutation, offspring, mutation_probability=0.0)
    losses = np.random.default_rng(1).random(40)
    before, after = bred(begin, settings, losses, genes=40)
    left = 40 - round(40 * offspring)
    assert len(after) == 40
    parent = (after[left:, None, :] == before[None, :10, :]).any(axis=2)
    assert (parent.sum(axis=1) == 2).all()
    of_parents = (after[left:, None, :] == before[None, :10, :]).any(axis=1)
    assert of_parents.all()
    np.testing.assert_array_equal(np.sort(after[:left], axis=0), np.sort(before[:left], axis=0))


def test_mutations_are_cauchy(begin):
    """At a start U[-10, 10], alpha is 0.3 as published."""
    search = CoSyNE(4_000).search(50, Start("uniform", 10.0), np.random.default_rng(0))
    search.tell(search.ask(), np.arange(4_000.0))
    parents = np.zeros((2, 50))
    noise = search._recombined(parents, 2_000).ravel()
    assert np.mean(noise != 0.0) == pytest.approx(0.3, abs=0.01)
    assert stats.kstest(noise[noise != 0.0], stats.cauchy(scale=0.3).cdf).pvalue > 0.01


def test_the_chance_to_be_permuted_follows_the_published_equation():
    losses = np.array([1.0, 2.0, 5.0, 9.0, np.inf])
    expected = 1.0 - (np.array([8.0, 7.0, 4.0, 0.0, 0.0]) / 8.0) ** (1.0 / 3.0)
    np.testing.assert_allclose(chances(losses, 3), expected)
    np.testing.assert_array_equal(chances(np.array([2.0, 2.0, np.inf]), 3), 1.0)


def test_permuting_by_fitness_leaves_the_best_as_it_is(begin):
    losses = np.random.default_rng(1).random(40)
    before, after = bred(begin, CoSyNE(40, "fitness"), losses, genes=2)
    np.testing.assert_array_equal(after[0], before[0])
    moved = (after[:20] != before[:20]).mean(axis=1)
    assert moved[10:].mean() > moved[:10].mean()


def test_a_lost_generation_teaches_nothing(begin, sphere):
    search = begin(CoSyNE())
    genomes = search.ask()
    search.tell(genomes, sphere(genomes)[0])
    for _ in range(50):
        search.tell(search.ask(), np.full(30, np.nan))
    np.testing.assert_array_equal(search.population, genomes)


def test_finds_the_minimum_of_separable_valleys_off_the_centre(begin, least):
    """Weights that do not interact are found each on its own, wherever they are."""

    def separable(x):
        return np.abs(x - 1.7).sum(axis=1), x

    assert least(begin(CoSyNE(60), genes=15), 30_000, separable) < 0.1

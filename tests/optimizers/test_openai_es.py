"""OpenAI-ES: mirrored pairs, the gradient by hand, the steps of Adam, and where it begins."""

from __future__ import annotations

import numpy as np

from evornn.optimizers import Adam, OpenAIES, Start


def searching(genes=5, start=None, **options):
    return OpenAIES(**options).search(genes, start or Start(), np.random.default_rng(0))


def test_pairs_mirror_each_other_at_the_first_common_point():
    genomes = searching(population_size=2000, sigma=0.2).ask()
    first = Start().genomes(1, 5)[0]
    np.testing.assert_allclose(genomes[:1000] + genomes[1000:], np.tile(2 * first, (1000, 1)))
    np.testing.assert_allclose((genomes - first).std(axis=0), 0.2 * 0.5, rtol=0.1)


def test_follows_the_published_update():
    options = {"population_size": 8, "sigma": 0.2, "learning_rate": 0.3, "weight_decay": 0.01}
    search = searching(**options)
    adam, mean = Adam(0.3 * 0.5), Start().genomes(1, 5)[0]
    moments = {"mean": np.zeros(5), "square": np.zeros(5)}
    for t in range(1, 6):
        genomes = search.ask()
        losses = (genomes**4).sum(axis=1) + genomes[:, 0]
        ranks = 0.5 - losses.argsort().argsort() / 7
        z = (genomes - mean) / (0.2 * 0.5)
        g = sum(ranks[k] * z[k] for k in range(8)) / 8 - 0.01 * mean
        mean = mean + adam.change(-g, moments, np.array(t))
        search.tell(genomes, losses)
        np.testing.assert_allclose(search.mean, mean, rtol=1e-9)


def test_what_both_halves_of_a_pair_share_teaches_nothing():
    search = searching()
    mean = search.mean
    search.tell(genomes := search.ask(), np.abs(genomes - mean).sum(axis=1).round(9))
    np.testing.assert_allclose(search.mean, mean, atol=1e-6)


def test_weight_decay_pulls_to_zero():
    search = searching(weight_decay=0.1)
    before = np.abs(search.mean)
    for _ in range(10):
        search.tell(genomes := search.ask(), np.ones(len(genomes)))
    assert (np.abs(search.mean) < before).all()


def test_a_first_point_in_the_middle_of_nowhere_is_drawn_anew():
    search = searching()
    first = search.mean
    search.tell(genomes := search.ask(), np.full(len(genomes), np.nan))
    assert np.abs(search.mean - first).max() > 0.1
    second = search.mean
    search.tell(genomes := search.ask(), genomes.sum(axis=1))
    third = search.mean
    assert np.abs(third - second).max() < 0.1
    search.tell(genomes := search.ask(), np.full(len(genomes), np.nan))
    np.testing.assert_array_equal(search.mean, third)

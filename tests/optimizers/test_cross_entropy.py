"""The cross-entropy method: the refit by hand, the extra variance, and lost genomes."""

from __future__ import annotations

import numpy as np

from evornn.optimizers import CrossEntropy, Start


def searching(genes=4, **options):
    return CrossEntropy(**options).search(genes, Start(), np.random.default_rng(0))


def test_follows_the_published_update():
    options = {"population_size": 20, "elite_share": 0.3, "smoothing": 0.6}
    search = searching(**options, noise=0.2, noise_generations=4)
    mean, variance = np.zeros(4), np.full(4, 0.25)
    for t in range(7):
        genomes = search.ask()
        losses = (genomes**4).sum(axis=1) + genomes[:, 0]
        elite = genomes[losses.argsort()[:6]]
        extra = 0.25 * 0.2 * max(0.0, 1 - t / 4)
        mean = 0.4 * mean + 0.6 * elite.mean(axis=0)
        variance = 0.4 * variance + 0.6 * elite.var(axis=0) + extra
        search.tell(genomes, losses)
        np.testing.assert_allclose(search.mean, mean, rtol=1e-9)
        np.testing.assert_allclose(search.sigma**2, variance, rtol=1e-9)


def test_extra_variance_keeps_it_from_stopping_before_it_has_arrived():
    """Four standard deviations away, where the plain method collapses on the way."""
    reached = {}
    for noise in (0.0, 0.05):
        search = searching(genes=10, noise=noise)
        for _ in range(120):
            search.tell(genomes := search.ask(), ((genomes - 2.0) ** 2).sum(axis=1))
        reached[noise] = np.abs(search.mean - 2.0).max()
    assert reached[0.05] < 0.01
    assert reached[0.0] > 0.5


def test_lost_genomes_are_never_in_the_elite():
    search = searching(population_size=20, elite_share=0.5, noise=0.0)
    genomes = search.ask()
    losses = np.full(20, np.nan)
    losses[[3, 8]] = 1.0
    search.tell(genomes, losses)
    # Two of ten: a fifth of the way to them.
    np.testing.assert_allclose(search.mean, 0.2 * genomes[[3, 8]].mean(axis=0))
    expected = 0.8 * 0.25 + 0.2 * genomes[[3, 8]].var(axis=0)
    np.testing.assert_allclose(search.sigma**2, expected)

"""PGPE: mirrored pairs, the published update by hand, and the bound on sigma."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.optimizers import PGPE, Adam, Start


def searching(genes=4, **options):
    return PGPE(**options).search(genes, Start(), np.random.default_rng(0))


def test_follows_the_published_update():
    search = searching(population_size=6, learning_rate=0.1, sigma_rate=0.4, sigma_change=0.05)
    adam, moments = Adam(0.1 * 0.5), {"mean": np.zeros(4), "square": np.zeros(4)}
    mean, sigma = np.zeros(4), np.full(4, 0.5)
    clipped = 0
    for t in range(1, 9):
        genomes = search.ask()
        np.testing.assert_allclose(genomes[:3] - mean, mean - genomes[3:], atol=1e-12)
        losses = ((genomes - 1) ** 4).sum(axis=1) + genomes[:, 0]
        r = 0.5 - losses.argsort().argsort() / 5
        e = genomes[:3] - mean
        g_m = sum((r[k] - r[k + 3]) / 2 * e[k] for k in range(3)) / 3
        g_s = sum((r[k] + r[k + 3]) / 2 * (e[k] ** 2 - sigma**2) / sigma for k in range(3)) / 3
        change = 0.4 * g_s
        clipped += (np.abs(change) > 0.05 * sigma).sum()
        mean = mean + adam.change(-g_m, moments, np.array(t))
        sigma = sigma + np.clip(change, -0.05 * sigma, 0.05 * sigma)
        search.tell(genomes, losses)
        np.testing.assert_allclose(search.mean, mean, rtol=1e-9)
        np.testing.assert_allclose(search.sigma, sigma, rtol=1e-9)
    assert 0 < clipped < 32


def test_sigma_shrinks_most_where_the_loss_is_steep():
    search = searching()
    for _ in range(60):
        search.tell(genomes := search.ask(), genomes**2 @ np.array([1.0, 10.0, 100.0, 1000.0]))
    assert (np.diff(search.sigma) < 0).all()
    assert search.sigma[3] < 0.1


@pytest.mark.parametrize("population", [1, 7])
def test_pairs_need_an_even_population(population):
    with pytest.raises(ConfigurationError, match=f"pgpe.population_size must be .*{population}"):
        PGPE(population_size=population)

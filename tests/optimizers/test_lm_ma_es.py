"""LM-MA-ES: the published loops, genome by genome and vector by vector."""

from __future__ import annotations

import numpy as np

from evornn.optimizers import LMMAES, Start
from evornn.optimizers.lm_ma_es import transformed
from evornn.optimizers.shaping import cma_weights


def looped(z, M, c):
    d = z.copy()
    for m, rate in zip(M, c, strict=True):
        d = (1 - rate) * d + rate * m * (m @ d)
    return d


def test_the_whole_population_is_transformed_as_each_draw_is():
    rng = np.random.default_rng(0)
    z, M, c = rng.standard_normal((6, 20)), rng.standard_normal((8, 20)), rng.uniform(0, 0.5, 8)
    expected = [looped(each, M, c) for each in z]
    np.testing.assert_allclose(transformed(z, M, c), expected, rtol=1e-10)


def test_follows_the_published_algorithm():
    n, population, vectors = 60, 8, 4
    search = LMMAES(population, vectors).search(n, Start(), np.random.default_rng(0))
    draws = np.random.default_rng(0)
    w = cma_weights(population)
    mu_w, c_s = 1 / (w**2).sum(), 2 * population / n
    c_d = [1 / (1.5**i * n) for i in range(vectors)]
    c_c = [population / (4**i * n) for i in range(vectors)]
    y, sigma, p, M = np.zeros(n), 0.5, np.zeros(n), np.zeros((vectors, n))
    for t in range(7):
        z = draws.standard_normal((population, n))
        used = min(t, vectors)
        d = np.array([looped(each, M[:used], c_d[:used]) for each in z])
        genomes = search.ask()
        np.testing.assert_allclose(genomes, y + sigma * d, rtol=1e-9)
        losses = (genomes**4).sum(axis=1) + genomes[:, 0]
        order = losses.argsort()
        mean_z, mean_d = w @ z[order], w @ d[order]
        y = y + sigma * mean_d
        p = (1 - c_s) * p + (mu_w * c_s * (2 - c_s)) ** 0.5 * mean_z
        for i, c in enumerate(c_c):
            M[i] = (1 - c) * M[i] + (mu_w * c * (2 - c)) ** 0.5 * mean_z
        sigma *= np.exp(c_s / 2 * (p @ p / n - 1))
        search.tell(genomes, losses)


def test_learns_the_one_direction_of_a_turned_cigar():
    """Which nobody finds who has only a step size."""
    axis = np.random.default_rng(2).standard_normal(30)
    axis /= np.linalg.norm(axis)

    def cigar(genomes):
        along = (genomes - 1.0) @ axis
        return 1e4 * (((genomes - 1.0) ** 2).sum(axis=1) - along**2) + along**2

    search = LMMAES().search(30, Start(), np.random.default_rng(0))
    for _ in range(4000):
        search.tell(genomes := search.ask(), losses := cigar(genomes))
        if losses.min() < 1e-6:
            break
    assert losses.min() < 1e-6
    assert abs(search.M[4] @ axis) > 0.9 * np.linalg.norm(search.M[4])


def test_the_state_is_that_of_a_few_vectors():
    search = LMMAES(vectors=3).search(60, Start(), np.random.default_rng(0))
    search.tell(genomes := search.ask(), genomes.sum(axis=1))
    assert max(np.size(part) for part in search.state().values()) == 3 * 60

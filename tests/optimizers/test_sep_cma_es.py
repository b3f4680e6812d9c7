"""sep-CMA-ES: the published update with a whole diagonal matrix."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.optimizers import SepCMAES, Start
from evornn.optimizers.shaping import cma_weights


def slope(genomes):
    return (genomes**4).sum(axis=1) + genomes[:, 0]


@pytest.mark.parametrize(("genes", "population"), [(2, 6), (7, 9), (3, 40)])
def test_follows_the_published_update(genes, population):
    search = SepCMAES(population).search(genes, Start(scale=0.7), np.random.default_rng(0))
    n, w = genes, cma_weights(population)
    mu_w = 1 / (w**2).sum()
    c_s = (mu_w + 2) / (n + mu_w + 5)
    d_s = 1 + 2 * max(0, ((mu_w - 1) / (n + 1)) ** 0.5 - 1) + c_s
    c_c = (4 + mu_w / n) / (n + 4 + 2 * mu_w / n)
    rank_mu = min(1, (2 * mu_w - 1) / ((n + 2) ** 2 + mu_w))
    c = min(1, (n + 2) / 3 * (2 / (mu_w * (n + 2**0.5) ** 2) + (1 - 1 / mu_w) * rank_mu))
    length = n**0.5 * (1 - 1 / (4 * n) + 1 / (21 * n**2))
    mean, sigma, C = np.zeros(n), 0.7, np.eye(n)
    p_s, p_c = np.zeros(n), np.zeros(n)
    for t in range(1, 8):
        genomes = search.ask()
        losses = slope(genomes)
        y = (genomes[losses.argsort()] - mean) / sigma
        step = sum(w[k] * y[k] for k in range(population))
        mean = mean + sigma * step
        p_s = (1 - c_s) * p_s + (c_s * (2 - c_s) * mu_w) ** 0.5 * np.diag(np.diag(C) ** -0.5) @ step
        norm = np.linalg.norm(p_s)
        h = norm / (1 - (1 - c_s) ** (2 * t)) ** 0.5 < (1.4 + 2 / (n + 1)) * length
        p_c = (1 - c_c) * p_c + h * (c_c * (2 - c_c) * mu_w) ** 0.5 * step
        outer = sum(w[k] * np.outer(y[k], y[k]) for k in range(population))
        whole = (1 - c) * C + c / mu_w * np.outer(p_c, p_c) + c * (1 - 1 / mu_w) * outer
        C = np.diag(np.diag(whole))
        sigma = sigma * np.exp(c_s / d_s * (norm / length - 1))
        search.tell(genomes, losses)
        np.testing.assert_allclose(search.mean, mean, rtol=1e-9)
        np.testing.assert_allclose(search.C, np.diag(C), rtol=1e-9)
        np.testing.assert_allclose(search.sigma, sigma, rtol=1e-9)

"""xNES: the published update in matrices, and what B keeps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from evornn.optimizers import XNES, Start
from evornn.optimizers.shaping import nes_utilities
from evornn.optimizers.xnes import exponential


@pytest.mark.parametrize("genes", [1, 2, 5])
def test_follows_the_published_update(genes):
    search = XNES(population_size=8).search(genes, Start(scale=0.7), np.random.default_rng(0))
    mean, sigma, B, identity = np.zeros(genes), 0.7, np.eye(genes), np.eye(genes)
    rate = (9 + 3 * np.log(genes)) / (5 * genes * np.sqrt(genes))
    for _ in range(4):
        genomes = search.ask()
        losses = (genomes**4).sum(axis=1) + genomes[:, 0] * genomes[:, -1]
        u = nes_utilities(8)[losses.argsort().argsort()]
        s = [np.linalg.solve(sigma * B, genome - mean) for genome in genomes]
        G_M = sum(u[k] * (np.outer(s[k], s[k]) - identity) for k in range(8))
        G_s = np.trace(G_M) / genes
        mean = mean + sigma * B @ sum(u[k] * s[k] for k in range(8))
        sigma = sigma * np.exp(rate / 2 * G_s)
        B = B @ expm(rate / 2 * (G_M - G_s * identity))
        search.tell(genomes, losses)
        np.testing.assert_allclose(search.mean, mean, rtol=1e-9)
        np.testing.assert_allclose(search.sigma, sigma, rtol=1e-9)
        np.testing.assert_allclose(search.B, B, rtol=1e-9, atol=1e-12)


def test_the_matrix_exponential():
    half = np.random.default_rng(0).standard_normal((7, 7))
    np.testing.assert_allclose(exponential(half + half.T), expm(half + half.T), rtol=1e-9)


def test_sigma_alone_holds_the_size():
    search = XNES().search(6, Start(), np.random.default_rng(0))
    for _ in range(400):
        search.tell(genomes := search.ask(), genomes**2 @ 10.0 ** np.arange(6))
    np.testing.assert_allclose(np.linalg.det(search.B), 1.0, rtol=1e-9)
    assert np.linalg.cond(search.B) > 50.0

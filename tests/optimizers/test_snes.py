"""SNES: the published update, genome by genome and gene by gene."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.optimizers import SNES, Start
from evornn.optimizers.shaping import nes_utilities


@pytest.mark.parametrize("genes", [1, 2, 7])
def test_follows_the_published_update(genes):
    search = SNES(population_size=6).search(genes, Start(scale=0.7), np.random.default_rng(0))
    mean, sigma = [0.0] * genes, [0.7] * genes
    rate = (3 + np.log(genes)) / (5 * np.sqrt(genes))
    for _ in range(4):
        genomes = search.ask()
        losses = (genomes**4).sum(axis=1) + genomes[:, 0]
        ranks = losses.argsort().argsort()
        for g in range(genes):
            s = (genomes[:, g] - mean[g]) / sigma[g]
            u = nes_utilities(6)[ranks]
            mean[g] += sigma[g] * sum(u[k] * s[k] for k in range(6))
            sigma[g] *= np.exp(rate / 2 * sum(u[k] * (s[k] ** 2 - 1) for k in range(6)))
        search.tell(genomes, losses)
        np.testing.assert_allclose(search.mean, mean, rtol=1e-10)
        np.testing.assert_allclose(search.sigma, sigma, rtol=1e-10)

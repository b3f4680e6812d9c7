"""The DCT encoding: smooth weights from few genes, and the whole space from as many as weights."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.encodings import DCT
from evornn.encodings.dct import lowest
from evornn.errors import ConfigurationError
from evornn.networks import CTRNN, Elman, SecondOrder


def cosine(k, n):
    """Basis vector k of the orthonormal DCT-II of n points, by its definition."""
    scale = np.sqrt((1.0 if k == 0 else 2.0) / n)
    return scale * np.cos(np.pi * (np.arange(n) + 0.5) * k / n)


def test_a_gene_is_a_wave_over_the_matrix():
    network = Elman(inputs=4, hidden=6, outputs=2)
    bound = DCT(share=1.0).bind(network)
    W = lowest((6, 4), 1.0)
    for gene, place in enumerate(W):
        genome = np.zeros((1, bound.genes))
        genome[0, gene] = 1.0
        row, column = np.unravel_index(place, (6, 4))
        expected = np.outer(cosine(row, 6), cosine(column, 4))
        named = network.named(bound.decode(genome)[0])
        np.testing.assert_allclose(named["W"], expected, atol=1e-12)
        np.testing.assert_array_equal(named["U"], 0.0)


def test_low_frequencies_come_first():
    assert [np.unravel_index(i, (2, 4)) for i in lowest((2, 4), 0.5)] == [
        (0, 0), (0, 1), (0, 2), (1, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_has_the_stated_share_of_genes_for_links_and_one_for_every_other_weight(share):
    network = CTRNN(inputs=3, hidden=10, outputs=2, readout=True)
    genes = [round(share * links) for links in (100, 30, 20)]  # w, W, V
    assert DCT(share).bind(network).genes == sum(genes) + 10 + 10 + 2  # tau, theta, c


def test_all_coefficients_reach_all_weights():
    network = SecondOrder(inputs=2, hidden=3, outputs=1)
    bound = DCT(share=1.0).bind(network)
    wanted = np.random.default_rng(0).normal(size=(1, network.weight_count))
    genome = bound.pull_back(wanted, wanted)  # the transpose of an orthonormal map inverts it
    np.testing.assert_allclose(bound.decode(genome), wanted, atol=1e-12)


def test_few_coefficients_give_smooth_matrices():
    network = Elman(inputs=1, hidden=30, outputs=1)
    bound = DCT(share=0.02).bind(network)
    U = network.named(bound.decode(np.random.default_rng(0).normal(size=(1, bound.genes)))[0])["U"]
    assert np.abs(np.diff(U, axis=0)).max() < 0.2 * np.abs(U).max()


@pytest.mark.parametrize("share", [0.0, 1.1, np.nan])
def test_a_share_outside_of_its_range_is_named(share):
    with pytest.raises(ConfigurationError, match="share must be"):
        DCT(share)

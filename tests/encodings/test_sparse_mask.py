"""Which links a mask cuts, and which weights it leaves alone."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from evornn.encodings import SparseMask
from evornn.errors import ConfigurationError

#: as much of a network as an encoding looks at: 100 links, a bias, a positive matrix
LAYERS = SimpleNamespace(
    weights={"W": (8, 10), "b": (8,), "V": (2, 10), "tau": (4, 4)},
    weight_count=124,
    exponential=frozenset({"tau"}),
)


def pattern(**options):
    """Which weights are there, by block."""
    bound = SparseMask(**options).bind(LAYERS)
    present = bound.decode(np.ones((1, bound.genes)))[0] != 0.0
    assert np.count_nonzero(present) == bound.genes
    return np.split(present, [80, 88, 108])


@pytest.mark.parametrize("share", [0.0, 0.25, 0.505, 0.99])
def test_cuts_the_stated_share_of_links_and_nothing_else(share):
    W, b, V, tau = pattern(share=share)
    assert np.count_nonzero(~W) + np.count_nonzero(~V) == round(100 * share)
    assert b.all()
    assert tau.all()


def test_the_seed_chooses_the_links():
    first, again, other = pattern(seed=1), pattern(seed=1), pattern(seed=2)
    np.testing.assert_array_equal(np.concatenate(first), np.concatenate(again))
    assert np.any(np.concatenate(first) != np.concatenate(other))


def test_the_global_generator_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - the one that must not move
    pattern(seed=3)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize("options", [{"share": 1.0}, {"share": -0.1}, {"seed": -1}, {"share": "x"}])
def test_wrong_options_are_named(options):
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        SparseMask(**options)


def test_the_whole_share_is_told_to_be_too_much():
    with pytest.raises(ConfigurationError, match=r"share must be at least 0 and below 1, got 1.0"):
        SparseMask(share=1.0)

"""Ranges, their order of precedence, and what happens past their ends."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evornn.encodings import Bounded
from evornn.encodings.bounded import fold
from evornn.errors import ConfigurationError

#: as much of a network as an encoding looks at
TWO = SimpleNamespace(
    weights={"w": (2,), "tau": (2,)},
    weight_count=4,
    ranges={"tau": (0.5, 8.0)},
    exponential=frozenset({"tau"}),
)


def weights(encoding, gene):
    return encoding.bind(TWO).decode(np.full((1, 4), gene))[0]


def test_the_ends_and_the_middle_of_each_range():
    encoding = Bounded(range=(-3.0, 5.0))
    np.testing.assert_allclose(weights(encoding, -1.0), [-3.0, -3.0, 0.5, 0.5], rtol=1e-15)
    np.testing.assert_allclose(weights(encoding, 0.0), [1.0, 1.0, 2.0, 2.0], rtol=1e-15)
    np.testing.assert_allclose(weights(encoding, 1.0), [5.0, 5.0, 8.0, 8.0], rtol=1e-15)


def test_time_constants_go_in_equal_ratios():
    tau = [weights(Bounded(), gene)[2] for gene in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    np.testing.assert_allclose(np.diff(np.log(tau)), np.log(2.0), rtol=1e-12)


def test_a_range_of_ones_own_comes_before_that_of_the_network():
    encoding = Bounded(ranges={"tau": [1.0, 4.0], "w": (0.0, 1.0)})
    np.testing.assert_allclose(weights(encoding, 1.0), [1.0, 1.0, 4.0, 4.0])


def test_a_gene_past_the_end_is_reflected():
    genes = np.array([1.2, -1.2, 2.0, 3.0, 4.2, 5.5])
    folded, slope = fold(genes)
    np.testing.assert_allclose(folded, [0.8, -0.8, 0.0, -1.0, 0.2, 0.5], atol=1e-15)
    np.testing.assert_array_equal(slope, [-1.0, -1.0, -1.0, 1.0, 1.0, -1.0])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_weight_leaves_its_range(gene):
    w = weights(Bounded(range=(-0.1, 0.3)), gene)
    assert np.all((w >= [-0.1, -0.1, 0.5, 0.5]) & (w <= [0.3, 0.3, 8.0, 8.0]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"range": (1.0, -1.0)}, "lowest < highest"),
        ({"range": 5.0}, r"\(lowest, highest\), got 5.0"),
        ({"range": (0.0, np.inf)}, "finite"),
        ({"ranges": [("w", 1.0)]}, "map block names"),
        ({"ranges": {"w": (1.0, 1.0)}}, r"ranges\['w'\]"),
        ({"ranges": {"taus": (1.0, 2.0)}}, "did you mean 'tau'"),
        ({"ranges": {"tau": (0.0, 2.0)}}, "above 0"),
    ],
)
def test_wrong_ranges_are_named(options, message):
    with pytest.raises(ConfigurationError, match=message):
        Bounded(**options).bind(TWO)

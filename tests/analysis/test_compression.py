"""A history compressor that knows a cycle by heart: what goes up, and the way back."""

import numpy as np
import pytest

from evornn.analysis.compression import rebuilt, received
from evornn.networks import HistoryCompressor

SYMBOLS = 4


def knows_the_cycle(levels=2):
    """A compressor whose levels expect the symbol 1 after 0, 2 after 1, and 0 after 2.

    Units hold the last symbol; level 1 expects after any symbol that a gap of three ticks follows.
    """
    network = HistoryCompressor(inputs=SYMBOLS, hidden=SYMBOLS, outputs=1, levels=levels)
    w = {name: np.zeros(shape) for name, shape in network.weights.items()}
    follows = np.array([1, 2, 0, 3])
    for level in range(levels):
        w[f"level{level}_W"][:, :SYMBOLS] = 5.0 * np.eye(SYMBOLS)
        w[f"level{level}_P"][follows, np.arange(SYMBOLS)] = 20.0
        w[f"level{level}_q"][:SYMBOLS] = -10.0
        w[f"level{level}_q"][SYMBOLS:] = -np.log(2.0)  # σ(−log 2) = 1/3: every third tick
    return network, np.concatenate([part.ravel() for part in w.values()])


def spelt(symbols):
    return np.eye(SYMBOLS)[list(symbols)]


def test_what_is_expected_does_not_go_up():
    network, weights = knows_the_cycle()
    found = received(network, weights, spelt([0, 1, 2, 0, 1, 3, 0, 1, 2, 0]))
    np.testing.assert_array_equal(found[0].steps, np.arange(10))
    # The first, the 3 in place of a 2, and the 0 in place of another 3.
    np.testing.assert_array_equal(found[1].steps, [0, 5, 6])
    np.testing.assert_array_equal(found[1].z[:, :SYMBOLS], spelt([0, 3, 0]))
    np.testing.assert_allclose(found[1].z[:, -1], [1.0, 1 / 5, 1.0])


@pytest.mark.parametrize("levels", [2, 3])
def test_the_sequence_is_rebuilt_exactly_from_the_top(levels):
    network, weights = knows_the_cycle(levels)
    rng = np.random.default_rng(0)
    for _ in range(20):
        inputs = spelt(rng.choice(SYMBOLS, 60, p=[0.3, 0.3, 0.3, 0.1]))
        found = received(network, weights, inputs)
        assert len(found[-1].steps) < 60
        np.testing.assert_array_equal(
            rebuilt(network, weights, found[-1]), inputs[: found[-1].steps[-1] + 1]
        )


def test_a_random_network_loses_nothing_either():
    network = HistoryCompressor(inputs=3, hidden=5, outputs=1, levels=3)
    rng = np.random.default_rng(1)
    for _ in range(10):
        weights = rng.normal(size=network.weight_count, scale=2.0)
        inputs = np.eye(3)[rng.integers(0, 3, 40)]
        top = received(network, weights, inputs)[-1]
        np.testing.assert_array_equal(rebuilt(network, weights, top), inputs[: top.steps[-1] + 1])


def test_long_predictable_stretches_leave_the_top_at_rest():
    network, weights = knows_the_cycle()
    inputs = spelt([3, *[0, 1, 2] * 400, 3])
    steps = received(network, weights, inputs)[1].steps
    np.testing.assert_array_equal(steps, [0, 1, 1201])

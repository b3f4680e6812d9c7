"""Lesions: each silenced part costs what zeroing its weights by hand costs."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.analysis import lesions
from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.networks import ESN, FullyRecurrent
from evornn.tasks import PoleBalancing


def test_lesions_are_losses_without_the_weights_of_a_part():
    task = PoleBalancing(poles=1, steps=200, starts="random", trials=4)
    network = FullyRecurrent(4, 3, 1, readout=True)
    weights = np.random.default_rng(3).normal(size=network.weight_count)
    fitness = Fitness(task, network)
    found = {(x.kind, x.name): x.loss for x in lesions(task, network, weights)}

    def loss(**zeroed):
        blocks = {name: block.copy() for name, block in network.named(weights).items()}
        for name, where in zeroed.items():
            blocks[name][where] = 0.0
        return fitness(np.concatenate([block.ravel() for block in blocks.values()])[np.newaxis])[0]

    every = np.s_[:]
    assert found["none", ""] == loss()
    for j in range(3):
        assert found["unit", f"h{j}"] == loss(U=(every, j), V=(every, j))
        for i in range(3):
            assert found["link", f"h{j} → h{i}"] == loss(U=(i, j))
        assert found["link", f"h{j} → h3"] == loss(V=(0, j))
    for m in range(4):
        assert found["sense", f"x{m}"] == loss(W=(every, m))
    assert len(found) == 1 + 3 + 4 + 9 + 3 + 12
    assert len(set(found.values())) > 3


def test_what_is_silent_already_is_left_out():
    task, network = PoleBalancing(poles=1, steps=20), FullyRecurrent(4, 2, 1, readout=True)
    blocks = network.named(np.ones(network.weight_count))
    blocks["W"][:, 2] = 0.0
    names = {x.name for x in lesions(task, network, blocks)}
    assert "x1" in names
    assert not {"x2", "x2 → h0"} & names


def test_a_network_without_wiring_is_named():
    with pytest.raises(ConfigurationError, match="ESN does not say which link"):
        lesions(PoleBalancing(poles=1), ESN(4, 5, 1), np.zeros(3))

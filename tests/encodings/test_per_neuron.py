"""Which genes lie beside one another."""

from __future__ import annotations

import numpy as np
import pytest

import evornn
from evornn.encodings import PerNeuron
from evornn.errors import ConfigurationError
from evornn.networks import ESN, GRU, LSTM, Elman, FullyRecurrent
from evornn.optimizers import ESP


def test_the_genes_of_a_neuron_lie_side_by_side():
    network = FullyRecurrent(inputs=1, hidden=2, outputs=1, readout=True)
    bound = PerNeuron().bind(network)
    genome = np.arange(1.0, 1.0 + bound.genes)
    named = network.named(bound.decode(genome[None])[0])
    # neuron 0: what it hears, its bias, and what the output hears of it
    assert [*named["W"][0], *named["U"][0], named["b"][0], named["V"][0, 0]] == [1, 2, 3, 4, 5]
    assert [*named["W"][1], *named["U"][1], named["b"][1], named["V"][0, 1]] == [6, 7, 8, 9, 10]
    assert named["c"] == [11]


@pytest.mark.parametrize("network", [Elman(2, 3, 2), LSTM(2, 3, 2, peepholes=True), GRU(1, 4, 1)])
def test_blocks_of_neurons_are_whole(network):
    blocks = ESP().for_wiring(PerNeuron().bind(network).wiring).blocks
    assert list(blocks) == sorted(blocks)
    same = ESP().for_wiring(network.weight_wiring).blocks
    assert sorted(blocks) == sorted(same)


def test_a_network_that_does_not_say_is_named():
    with pytest.raises(ConfigurationError, match="ESN does not say"):
        PerNeuron().bind(ESN(1, 4, 1))


def test_esp_in_a_run_takes_the_neurons_of_the_network():
    task = evornn.tasks.DelayedRecall(delay=1, length=8, sequences=2)
    network = FullyRecurrent(1, 3, 1)
    by_hand = ESP(population_size=4, trials=2, blocks=(0, 1, 2, 0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 1, 2))
    told, same, other = (
        evornn.train(task, network, optimizer, seed=1, evaluations=64).best_genome
        for optimizer in (
            ESP(population_size=4, trials=2),
            by_hand,
            ESP(population_size=4, trials=2, blocks=tuple(range(15))),
        )
    )
    np.testing.assert_array_equal(told, same)
    assert not np.array_equal(told, other)

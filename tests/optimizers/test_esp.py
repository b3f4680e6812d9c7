"""ESP: every neuron is tried and judged equally often, and bred within its place."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from evornn.errors import ConfigurationError
from evornn.networks import FullyRecurrent
from evornn.optimizers import ESP, Start

BLOCKS = ESP(population_size=8, blocks=(0, 1, 1, 1, 2, 2), trials=4)


def block_of(genome, first, size):
    return tuple(genome[first : first + size])


PLACES = [(0, 1), (1, 3), (4, 2)]


def test_the_first_networks_are_the_common_starting_points(begin):
    genomes = begin(BLOCKS, start=5).ask()
    np.testing.assert_array_equal(genomes[:8], Start(seed=5).genomes(8, 6))


def test_every_neuron_is_tried_once_a_trial(begin, advance):
    search = begin(BLOCKS)
    for generation in range(3):
        neurons = search.neurons.copy()
        genomes = advance(search, 1)[0].reshape(4, 8, 6)
        for first, size in PLACES:
            expected = sorted(block_of(neuron, first, size) for neuron in neurons)
            for trial in genomes:
                assert sorted(block_of(genome, first, size) for genome in trial) == expected
        if generation:
            assert not np.array_equal(genomes[0], neurons)


def test_a_neuron_is_judged_by_the_mean_of_its_networks(begin, sphere):
    search = begin(BLOCKS)
    genomes = search.ask()
    losses = sphere(genomes)[0]
    judged = search._judged(losses)
    for place, (first, size) in enumerate(PLACES):
        for row, neuron in enumerate(search.neurons):
            its = [
                loss
                for genome, loss in zip(genomes, losses, strict=True)
                if block_of(genome, first, size) == block_of(neuron, first, size)
            ]
            assert len(its) == 4
            assert judged[row, place] == pytest.approx(np.mean(its))


def test_children_of_the_best_quarter_replace_the_worst_half(begin):
    search = begin(
        ESP(population_size=16, blocks=(0, 1, 1, 1, 1, 1), mutation_probability=0.0), genes=6
    )
    before = search.neurons.copy()
    judged = np.stack([np.arange(16.0), np.arange(16.0)[::-1]], axis=1)
    search._breed(judged)
    np.testing.assert_array_equal(search.neurons[:8, 0], before[:8, 0])
    np.testing.assert_array_equal(search.neurons[:8, 1:], before[:7:-1, 1:])
    assert set(search.neurons[8:, 0]) <= set(before[:4, 0])
    best = before[:11:-1, 1:]
    cuts = []
    for child in search.neurons[8:, 1:]:
        rows = [int(np.flatnonzero(best[:, place] == child[place])[0]) for place in range(5)]
        assert np.count_nonzero(np.diff(rows)) <= 1
        cuts.append(np.count_nonzero(np.diff(rows)))
    assert any(cuts)


def test_stagnation_bursts_round_the_best_network(begin, sphere):
    search = begin(ESP(population_size=400, stagnation=3, trials=1), genes=5)
    genomes = search.ask()
    losses, _ = sphere(genomes)
    best = genomes[np.argmin(losses)]
    search.tell(genomes, losses)
    for _ in range(3):
        genomes = search.ask()
        search.tell(genomes, 10.0 + sphere(genomes)[0])
    np.testing.assert_array_equal(search.best, best)
    noise = (search.neurons - best).ravel()
    assert stats.kstest(noise, stats.cauchy(scale=0.052 * 0.5).cdf).pvalue > 0.01
    assert search.since == 0


def test_one_lost_network_does_not_condemn_its_neurons(begin, sphere):
    search = begin(BLOCKS)
    genomes = search.ask()
    losses, _ = sphere(genomes)
    spoilt = losses.copy()
    spoilt[3] = np.nan
    worst = begin(BLOCKS)
    worst.tell(worst.ask(), np.where(np.isnan(spoilt), np.nanmax(spoilt), spoilt))
    search.tell(genomes, spoilt)
    np.testing.assert_array_equal(search.ask(), worst.ask())


def test_a_run_tells_which_neuron_a_weight_belongs_to():
    network = FullyRecurrent(inputs=1, hidden=2, outputs=1, readout=True)
    told = ESP().for_wiring(network.weight_wiring)
    # W, U and b row by row, V column by column, and the bias of the output alone
    assert told.blocks == (0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 2)
    own = ESP(blocks=(0,) * 11)
    assert own.for_wiring(network.weight_wiring) is own
    assert ESP().for_wiring(None) == ESP()


def test_blocks_need_not_lie_together(begin):
    """Moving the genes about, with their blocks, moves the genes of what is asked for about."""
    order = np.array([3, 0, 5, 1, 4, 2])
    plain = begin(BLOCKS)
    moved = begin(dataclasses.replace(BLOCKS, blocks=tuple(np.array(BLOCKS.blocks)[order])))
    moved.neurons = plain.neurons[:, order].copy()
    np.testing.assert_array_equal(moved.ask(), plain.ask()[:, order])


def test_neurons_find_their_places_off_the_centre(begin, least):
    def neurons_apart(x):
        away = (x - 1.2).reshape(len(x), 3, 4)
        return np.abs(away).max(axis=2).sum(axis=1), x

    search = begin(ESP(blocks=(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2)), genes=12)
    assert least(search, 30_000, neurons_apart) < 0.15


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ((0, 0, 1, 1, 1), "of 5 genes .* but a genome has 6"),
        ((), "for each gene"),
        ((0, 0, 0, 1, 1, 3), "no gene is in 2"),
        ((0, 0, 0, 1, 1, -1), "-1"),
    ],
)
def test_wrong_blocks_are_named(begin, blocks, message):
    with pytest.raises(ConfigurationError, match=message):
        begin(ESP(blocks=blocks), genes=6)

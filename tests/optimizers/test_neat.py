"""NEAT: links and units know their descent, whatever place they have in the vector."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

import evornn
from evornn.errors import ConfigurationError
from evornn.networks import LSTM, Clockwork, Elman, FullyRecurrent
from evornn.optimizers import NEAT, Genetic, IslandModel, Memetic, Start
from evornn.optimizers.neat_genomes import (
    ABSENT,
    Distances,
    Genomes,
    cross,
    first_genomes,
    matching_genes,
)
from evornn.optimizers.neat_innovations import Innovations
from evornn.optimizers.neat_species import Species, in_proportion, ranks
from evornn.wiring import BIAS

NETWORK = FullyRecurrent(inputs=2, hidden=6, outputs=2)
WIRING = NETWORK.weight_wiring
GROWING = NEAT(population_size=40, add_unit=0.2, add_link=0.3, species=5)


def begin(settings=GROWING, network=NETWORK, seed=0):
    wired = settings.for_wiring(network.weight_wiring)
    return wired.search(network.weight_count, Start(seed=seed), np.random.default_rng(seed))


def many_links_and_a_target(genomes):
    return np.abs(genomes.sum(axis=1) - 3.0) - 0.1 * (genomes != 0.0).sum(axis=1)


def grown(search, generations, loss=many_links_and_a_target):
    for _ in range(generations):
        genomes = search.ask()
        search.tell(genomes, loss(genomes))
    return search._parents


def genes_of(genomes, row):
    """The genome `row` as a table: number to (source unit, target unit, weight, enabled)."""
    here = np.flatnonzero(genomes.number[row] != ABSENT)
    return {
        int(genomes.number[row, gene]): (
            int(genomes.unit[row, WIRING.source[gene]]),
            int(genomes.unit[row, WIRING.target[gene]]),
            genomes.weight[row, gene],
            bool(genomes.enabled[row, gene]),
        )
        for gene in here
    }


@pytest.fixture(scope="module")
def population():
    """Drifting networks of which the structure differs much."""
    chance = np.random.default_rng(1)
    drifting = replace(GROWING, survival=1.0, stagnation=1000, population_stagnation=1000)
    return grown(begin(drifting), 25, lambda genomes: chance.random(len(genomes)))


@pytest.fixture
def rng():
    return np.random.default_rng(2024)


def test_all_begin_with_inputs_and_bias_linked_to_the_outputs():
    genomes = begin(seed=5).ask()
    direct = np.isin(WIRING.target, (0, 1)) & ((WIRING.source == BIAS) | (WIRING.source >= 6))
    assert direct.sum() == 6
    points = Start(seed=5).genomes(40, NETWORK.weight_count)
    np.testing.assert_array_equal(genomes, np.where(direct, points, 0.0))


def test_a_number_is_the_same_link_in_all_networks(population):
    ends = {}
    units = set()
    for row in range(len(population)):
        for number, (source, target, _, _) in genes_of(population, row).items():
            assert ends.setdefault(number, (source, target)) == (source, target)
        units |= set(population.unit[row].tolist())
    assert len(set(ends.values())) == len(ends) > 50
    assert len(units) > 20


def test_a_network_has_no_link_without_its_units(population):
    present = population.number != ABSENT
    assert not (population.enabled & ~present).any()
    assert (population.unit[:, WIRING.source][present] != ABSENT).all()
    assert (population.unit[:, WIRING.target][present] != ABSENT).all()
    for units in population.unit:
        there = units[units != ABSENT]
        assert len(set(there)) == len(there)
    np.testing.assert_array_equal(population.vectors != 0.0, population.enabled)


def test_places_of_the_same_unit_differ(population):
    """Else the tests of what is matched by number would test nothing."""
    places = {}
    for units in population.unit:
        for place in range(2, 6):
            places.setdefault(int(units[place]), set()).add(place)
    assert any(len(each) > 1 for unit, each in places.items() if unit != ABSENT)


def test_distances_are_those_of_the_definition(population):
    distances = Distances(population, 0.5, (1.5, 0.7, 0.4))
    found = distances.to(population.rows([3]), np.arange(0, 40, 2))
    one = genes_of(population, 3)
    for row, distance in zip(range(0, 40, 2), found, strict=True):
        other = genes_of(population, row)
        unmatched = set(one) ^ set(other)
        last = min(max(one), max(other))
        excess = sum(number > last for number in unmatched)
        apart = [abs(one[number][2] - other[number][2]) / 0.5 for number in set(one) & set(other)]
        larger = max(len(one), len(other))
        size = larger if larger >= 20 else 1
        expected = 1.5 * excess / size + 0.7 * (len(unmatched) - excess) / size
        assert distance == pytest.approx(expected + 0.4 * np.mean(apart))


def test_a_child_has_the_structure_of_its_mother_and_weights_of_both(population, rng):
    mothers, fathers = np.arange(20), np.arange(20, 40)
    children = population.rows(mothers)
    cross(children, np.arange(20), population.rows(fathers), 1.0, rng)
    from_father = matched = 0
    for row in range(20):
        child = genes_of(children, row)
        mother, father = genes_of(population, row), genes_of(population, 20 + row)
        assert set(child) == set(mother)
        for number, (source, target, weight, enabled) in child.items():
            assert (source, target) == mother[number][:2]
            if number in father:
                matched += 1
                from_father += weight == father[number][2] != mother[number][2]
                assert weight in (mother[number][2], father[number][2])
                assert enabled == (mother[number][3] and father[number][3])
            else:
                assert (weight, enabled) == mother[number][2:]
    assert 0.3 < from_father / matched < 0.6


def test_disabled_genes_come_back_as_often_as_is_set(population, rng):
    everyone = np.tile(np.arange(40), 50)
    children = population.rows(everyone)
    cross(children, np.arange(2000), population.rows(everyone), 0.75, rng)
    disabled = (population.present & ~population.enabled)[everyone]
    assert disabled.sum() > 1000
    assert children.enabled[disabled].mean() == pytest.approx(0.25, abs=0.04)
    assert children.enabled[population.enabled[everyone]].all()


def test_genes_are_matched_at_any_place():
    mothers = np.array([[0, 1, 5, ABSENT], [7, ABSENT, 2, 3]])
    fathers = np.array([[0, 5, 6, 1], [3, 8, ABSENT, 7]])
    np.testing.assert_array_equal(
        matching_genes(mothers, fathers), [[0, 3, 1, ABSENT], [3, ABSENT, ABSENT, 0]]
    )


def test_the_same_mutation_gets_the_same_numbers(rng):
    network = FullyRecurrent(inputs=1, hidden=3, outputs=1)
    genomes = first_genomes(network.weight_wiring, rng.standard_normal((3, network.weight_count)))
    innovations = Innovations(network.weight_wiring, genomes)
    nobody, none = np.empty(0, np.int64), np.empty(0)
    # There is one link to split: that from the input, as the bias is none.
    assert set(innovations.mutate(genomes, np.array([0, 2]), nobody, none, rng)) == {0, 2}
    np.testing.assert_array_equal(genomes.unit[0], genomes.unit[2])
    np.testing.assert_array_equal(genomes.number[0], genomes.number[2])
    innovations.forget_all_but(genomes)
    innovations.mutate(genomes, np.array([1]), nobody, none, rng)
    np.testing.assert_array_equal(genomes.number[0], genomes.number[1])
    # Split once more, the same link has to get another unit; and its number, when all of it died.
    genomes.enabled[0] = genomes.number[0] == 0
    innovations.mutate(genomes, np.array([0]), nobody, none, rng)
    assert len(set(genomes.unit[0, :3])) == 3
    assert genomes.unit[0, 2] == genomes.unit[1, 1] + 1
    innovations.forget_all_but(genomes.rows([1, 2]))
    assert set(innovations.splits[:, 0]) == {genomes.unit[1, 1]}
    assert set(innovations.links[:, 0]) == set(genomes.number[1]) - {ABSENT}


def test_a_split_delays_and_changes_nothing_else(rng):
    network = FullyRecurrent(inputs=1, hidden=2, outputs=1, activation="identity")
    genomes = first_genomes(network.weight_wiring, rng.standard_normal((1, network.weight_count)))
    genomes.weight[:, network.weight_wiring.source == BIAS] = 0.0
    inputs = rng.standard_normal((9, 1))
    before = network.reference(genomes.vectors[0], inputs)
    innovations = Innovations(network.weight_wiring, genomes)
    innovations.mutate(genomes, np.array([0]), np.empty(0, np.int64), np.empty(0), rng)
    after = network.reference(genomes.vectors[0], inputs)
    np.testing.assert_allclose(after[1:], before[:-1])
    assert after[0] == 0.0


def test_units_run_out_and_links_do_not():
    search = begin(NEAT(population_size=30, add_unit=0.5, add_link=0.5))
    genomes = grown(search, 60)
    assert ((genomes.unit[:, :6] != ABSENT).sum(axis=1) == 6).any()
    assert search.diagnostics()["hidden_units_of_best"] <= 4.0
    full = begin(NEAT(population_size=30, add_link=1.0, add_unit=0.0), FullyRecurrent(1, 2, 2))
    assert (grown(full, 20).number != ABSENT).all()


def test_more_species_than_wanted_raise_the_threshold():
    def spread(settings):
        search = begin(settings)
        grown(search, 60)
        sizes = [grown(search, 1) and search.diagnostics()["species"] for _ in range(20)]
        return np.mean(sizes)

    assert spread(GROWING) < 9.0 < 14.0 < spread(NEAT(40, 0.2, 0.3, species=20))


def test_offspring_are_shared_by_mean_fitness_of_species():
    species = Species(np.array([0, 0, 0, 4]), np.array([0, 4]), np.zeros(2), np.array([0, 3]))
    losses = np.array([1.0, np.inf, 2.0, 0.5])
    np.testing.assert_allclose(ranks(losses), [0.625, 0.0, 0.375, 0.875])
    # means 1/3 and 0.875
    np.testing.assert_array_equal(species.offspring(losses, 29, 5, 2), [8, 21])
    np.testing.assert_array_equal(species.offspring(losses, 29, 5, 1), [0, 29])
    # the species of the best never stagnates
    np.testing.assert_array_equal(species.offspring(losses, 29, 3, 2), [8, 21])
    old = Species(species.of, species.names, species.best, np.array([3, 0]))
    np.testing.assert_array_equal(old.offspring(losses, 29, 3, 2), [0, 29])
    np.testing.assert_array_equal(in_proportion(np.array([1.0, 1.0, 1.0]), 4), [2, 1, 1])


def test_species_count_generations_without_gain():
    species = Species.none().followed_by(np.array([0, 1]), np.array([3.0, 2.0]))
    np.testing.assert_array_equal(species.since, [0, 0])
    species = species.followed_by(np.array([1, 2, 1]), np.array([2.0, 9.0, 5.0]))
    np.testing.assert_array_equal(species.names, [1, 2])
    np.testing.assert_array_equal(species.since, [1, 0])
    np.testing.assert_array_equal(species.best, [2.0, 9.0])


def test_champions_are_kept_as_they_are():
    search = begin()
    grown(search, 15)
    parents, species, losses = search._parents, search._species, search.losses
    asked = {tuple(genome) for genome in search.ask()}
    counts = species.offspring(losses, 40, 15, len(species.names))
    kept = [
        species.members(name, losses)[0]
        for name, count in zip(species.names, counts, strict=True)
        if count and (species.of == name).sum() >= 5
    ]
    assert len(kept) > 1
    assert {tuple(parents.vectors[row]) for row in [*kept, np.argmin(losses)]} <= asked


def test_a_growing_search_continues_bit_for_bit(advance):
    def loss(genomes):
        lost = genomes[:, 0] > 0.4
        return np.where(lost, np.nan, many_links_and_a_target(genomes)), genomes

    search = begin()
    advance(search, 13, loss)
    state, expected = search.state(), advance(search, 12, loss)
    resumed = begin(seed=1)
    advance(resumed, 2, loss)
    resumed.load_state(state)
    np.testing.assert_array_equal(advance(resumed, 12, loss), expected)
    assert resumed.diagnostics() == search.diagnostics()


BITS = np.random.default_rng(0).choice([-1.0, 1.0], size=(8, 32, 1))


def xor_of_the_two_before():
    targets = np.zeros_like(BITS)
    targets[:, 2:] = -BITS[:, 1:-1] * BITS[:, :-2]
    return evornn.tasks.Sequences(BITS, targets)


def test_a_run_tells_neat_its_wiring_and_finds_a_memory(tmp_path):
    network = FullyRecurrent(inputs=1, hidden=12, outputs=1)
    limits = {"target_loss": 0.1, "evaluations": 60_000, "out": tmp_path / "run"}
    run = evornn.train(xor_of_the_two_before(), network, NEAT(add_unit=0.1, add_link=0.2), **limits)
    assert run.stop.criterion == "target_loss"
    wiring = network.weight_wiring
    assert 2 <= wiring.hidden_units(run.best_genome) <= 11
    links = wiring.links(run.best_genome)
    assert len(links) < network.weight_count / 2
    assert run.history[-1]["diagnostics"]["links_of_best"] == len(links)


@pytest.mark.parametrize(
    ("network", "encoding", "message"),
    [
        (Clockwork(1, 4, 1), "direct", "does not tell which gene is which link: take fully_rec"),
        (FullyRecurrent(1, 4, 1), "bounded", "does not tell which gene is which link"),
        (LSTM(1, 4, 1), "direct", "units with more"),
        (Elman(1, 4, 1), "direct", "no links from one to the other"),
    ],
)
def test_networks_that_cannot_grow_are_named(network, encoding, message):
    with pytest.raises(ConfigurationError, match=message):
        evornn.train(xor_of_the_two_before(), network, "neat", encoding=encoding, generations=1)


def test_a_wiring_of_another_vector_is_named():
    with pytest.raises(ConfigurationError, match="54 genes, a genome 5"):
        NEAT().for_wiring(WIRING).search(5, Start(), np.random.default_rng(0))


def test_gradients_must_not_make_links():
    with pytest.raises(ConfigurationError, match="change every gene"):
        Memetic(optimizer="neat")


@dataclass(frozen=True)
class Listening(Genetic):
    heard: bool = False

    def for_wiring(self, wiring):
        return replace(self, heard=wiring is WIRING)


@pytest.mark.parametrize("outer", [Memetic, IslandModel])
def test_an_optimizer_inside_another_hears_of_the_wiring(outer):
    assert outer(optimizer=Listening()).for_wiring(WIRING).optimizer.heard
    assert not outer(optimizer=Listening()).for_wiring(None).optimizer.heard


def test_rates_of_the_same_offspring_are_one_at_most():
    with pytest.raises(ConfigurationError, match=r"0\.6 and 0\.5"):
        NEAT(add_unit=0.6, add_link=0.5)


def test_genomes_copy_their_rows(population):
    rows = population.rows([0, 1])
    assert isinstance(rows, Genomes)
    for name, array in vars(rows).items():
        assert not np.shares_memory(array, getattr(population, name))

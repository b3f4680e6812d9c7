"""Islands: apart, until their best migrate round the ring."""

from __future__ import annotations

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.optimizers import Adam, BinaryGenetic, DifferentialEvolution, Genetic, IslandModel

#: nothing changes but by selection and migration
COPYING = Genetic(8, crossover_probability=0.0, mutation_probability=0.0)


@pytest.mark.parametrize("alone", [Genetic(20), BinaryGenetic(20), DifferentialEvolution(20)])
def test_one_island_without_migrants_is_its_optimizer(begin, advance, alone):
    model = IslandModel(alone, islands=1, migration_interval=2, migrants=0)
    np.testing.assert_array_equal(advance(begin(model), 20), advance(begin(alone), 20))


def test_the_best_of_each_island_replace_the_worst_of_the_next(begin):
    search = begin(IslandModel(COPYING, islands=3, migration_interval=1, migrants=2))
    genomes = search.ask()
    losses = np.random.default_rng(1).permutation(24).astype(float)
    search.tell(genomes, losses)
    for number, island in enumerate(search.islands):
        own, before = (
            dict(zip(losses[rows], genomes[rows], strict=True))
            for rows in (slice(8 * k, 8 * k + 8) for k in (number, (number - 1) % 3))
        )
        stayed, came = sorted(own)[:6], sorted(before)[:2]
        assert sorted(island.losses) == sorted(stayed + came)
        for genome, loss in zip(island.population, island.losses, strict=True):
            np.testing.assert_array_equal(genome, (own | before)[loss])


def test_news_goes_round_the_ring_one_island_a_migration(begin):
    search = begin(IslandModel(COPYING, islands=4, migration_interval=3))
    genomes, reached = search.ask(), []
    hero = genomes[25]  # on the last island
    for _ in range(11):
        search.tell(genomes, 1.0 - (genomes == hero).all(axis=1))
        reached.append(
            {k for k, island in enumerate(search.islands) if (island.population == hero).any()}
        )
        genomes = search.ask()
    expected = [{3}] * 2 + [{3, 0}] * 3 + [{3, 0, 1}] * 3 + [{3, 0, 1, 2}] * 3
    assert reached == expected


def test_islands_share_no_genes_before_they_migrate(begin, advance):
    optimizer = Genetic(10, mutation_probability=0.0)
    search = begin(IslandModel(optimizer, islands=3, migration_interval=6))
    asked = advance(search, 12)
    mixed = []
    for genomes in asked:
        strangers = 0
        for island in range(3):
            own = slice(10 * island, 10 * island + 10)
            strangers += (~np.isin(genomes[own], asked[0][own])).sum()
        mixed.append(strangers > 0)
    assert mixed[:6] == [False] * 6
    assert any(mixed[6:])


def test_migrants_without_a_finite_loss_stay(begin, sphere):
    search = begin(IslandModel(COPYING, islands=2, migration_interval=1, migrants=3))
    genomes = search.ask()
    losses = np.where(np.arange(16) < 14, sphere(genomes)[0], np.nan)
    losses[:7] = np.inf
    search.tell(genomes, losses)
    # One is known on the first island, which goes to the second and gets three.
    assert np.isfinite(search.islands[0].losses).sum() == 4
    assert np.isfinite(search.islands[1].losses).sum() == 7
    search.tell(search.ask(), np.full(16, np.nan))
    assert np.isfinite(search.diagnostics()["population_spread"])


def test_losses_stay_with_their_individuals(begin, advance, sphere):
    search = begin(IslandModel(DifferentialEvolution(12), migration_interval=2, migrants=3))
    advance(search, 31)
    for island in search.islands:
        np.testing.assert_array_equal(sphere(island.population)[0], island.losses)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": "particle_swarm"}, "keeps a population with its losses.*ParticleSwarm"),
        ({"optimizer": Adam()}, "keeps a population"),
        ({"optimizer": "genetics"}, "did you mean 'genetic'"),
        ({"optimizer": "mine.py:Mine"}, "never run because an option names it"),
        ({"optimizer": Genetic(10), "migrants": 10}, "below the population of an island, 10"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(ConfigurationError, match=message):
        IslandModel(**options)

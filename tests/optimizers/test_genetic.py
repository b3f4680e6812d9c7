"""The genetic algorithm's elitism, and the ways in that DEAP's users know."""

from __future__ import annotations

import numpy as np
import pytest
from deap import algorithms, tools

from evornn.errors import ConfigurationError
from evornn.optimizers import Genetic
from evornn.optimizers.deap_adapter import Individual, mate_each, mutate_each


def test_elites_survive_a_bad_generation(begin, sphere):
    search = begin(Genetic(population_size=10, elites=2))
    first = search.ask()
    losses, _ = sphere(first)
    search.tell(first, losses)
    search.tell(search.ask(), np.full(10, np.nan))
    best = np.argsort(losses)[:2]
    kept = np.isfinite(search.losses)
    assert kept.sum() == 2
    assert {*map(tuple, search.population[kept])} == {*map(tuple, first[best])}


def test_the_best_never_gets_worse_with_elites(begin, sphere):
    search = begin(Genetic(mutation_scale=5.0, mutation_probability=1.0))
    bests = []
    for _ in range(20):
        search.tell(genomes := search.ask(), sphere(genomes)[0])
        bests.append(search.losses.min())
    assert (np.diff(bests) <= 0.0).all()


def test_without_crossover_and_mutation_children_are_parents(begin, sphere):
    search = begin(Genetic(crossover_probability=0.0, mutation_probability=0.0))
    first = search.ask()
    search.tell(first, sphere(first)[0])
    assert {*map(tuple, search.ask())} <= {*map(tuple, first)}


def test_deaps_loop_drives_it_through_generate_and_update(begin, sphere):
    search, alone = begin(Genetic()), begin(Genetic())
    search.toolbox.register(
        "evaluate", lambda individual: (float(sphere(np.array([individual]))[0][0]),)
    )
    hall = tools.HallOfFame(1)
    population, log = algorithms.eaGenerateUpdate(
        search.toolbox, ngen=10, halloffame=hall, verbose=False
    )
    assert [entry["nevals"] for entry in log] == [100] * 10
    for _ in range(10):
        alone.tell(genomes := alone.ask(), sphere(genomes)[0])
    np.testing.assert_array_equal(population, genomes)
    assert hall[0].fitness.values[0] == pytest.approx(alone.losses.min(), rel=1e-12)


def test_an_operator_can_be_registered_anew(begin, sphere):
    search = begin(Genetic())
    search.toolbox.register("mutate", lambda genomes: np.full_like(genomes, 7.0))
    search.tell(genomes := search.ask(), sphere(genomes)[0])
    assert (search.ask() == 7.0).all()


@pytest.mark.parametrize("name", ["cxOnePoint", "cxTwoPoint"])
def test_no_genetic_material_is_lost(name):
    parents = np.arange(2 * 30 * 8, dtype=float).reshape(2, 30, 8)
    children = mate_each(*parents, getattr(tools, name), {}, np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(np.stack(children), axis=0), parents)
    assert (children[0] != parents[0]).any(axis=1).all()


def test_deaps_mutation_leaves_its_argument():
    genomes = np.zeros((5, 4))
    options = {"mu": 1.0, "sigma": 0.0, "indpb": 1.0}
    mutants = mutate_each(genomes, tools.mutGaussian, options, np.random.default_rng(0))
    assert (mutants == 1.0).all()
    assert not genomes.any()


def test_individuals_do_not_share_a_fitness():
    one, other = Individual([1.0]), Individual([2.0])
    one.fitness.values = (3.0,)
    assert not other.fitness.valid


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"crossover": "cxTwoPoin"}, "cxTwoPoin'.*did you mean 'cxTwoPoint'"),
        ({"mutation": "guassian"}, "guassian.*did you mean 'gaussian'"),
        ({"crossover_options": {"alpha": 1}}, "'blend'|leave out.*alpha"),
        ({"elites": 100}, "below the population size 100, got 100"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(ConfigurationError, match=message):
        Genetic(**options)

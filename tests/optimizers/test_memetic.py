"""Memetic search: what a life is, and what of it is inherited."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.optimizers import SGD, Adam, Genetic, Memetic

#: a generation is kept as it is, so that its population shows what was passed on
COPYING = Genetic(6, crossover_probability=0.0, mutation_probability=0.0, elites=0)
DOWNHILL = SGD(learning_rate=0.1, momentum=0.0, clip_norm=None)


def one_life(begin, sphere, inheritance, spoil=lambda losses, step: losses):
    """The search after a life of three steps, and the genomes and losses along it."""
    search = begin(Memetic(COPYING, DOWNHILL, gradient_steps=3, inheritance=inheritance))
    lived = []
    for step in range(4):
        genomes = search.ask()
        losses, gradients = sphere(genomes)
        losses = spoil(losses, step)
        lived.append((genomes, losses))
        search.tell(genomes, losses, gradients)
    return search, lived


def test_a_life_is_steps_of_the_gradient_method(begin, sphere):
    _, lived = one_life(begin, sphere, "lamarckian")
    for (before, _), (after, _) in pairwise(lived):
        np.testing.assert_allclose(after, before - 0.1 * 2.0 * (before - 0.3))


def test_lamarck_passes_on_what_was_learnt(begin, sphere):
    search, lived = one_life(begin, sphere, "lamarckian")
    np.testing.assert_array_equal(search._evolution.population, lived[-1][0])
    np.testing.assert_array_equal(search._evolution.losses, lived[-1][1])


def test_baldwin_passes_on_what_could_learn(begin, sphere):
    search, lived = one_life(begin, sphere, "baldwinian")
    np.testing.assert_array_equal(search._evolution.population, lived[0][0])
    np.testing.assert_array_equal(search._evolution.losses, lived[-1][1])


def test_the_best_of_a_life_counts_not_its_end(begin, sphere):
    def worse_at_the_end(losses, step):
        return losses + 100.0 if step == 3 else losses

    search, lived = one_life(begin, sphere, "lamarckian", worse_at_the_end)
    np.testing.assert_array_equal(search._evolution.population, lived[2][0])
    np.testing.assert_array_equal(search._evolution.losses, lived[2][1])


@pytest.mark.parametrize("inheritance", ["lamarckian", "baldwinian"])
def test_a_genome_without_a_loss_of_its_own_has_no_life(begin, sphere, inheritance):
    def first_stillborn(losses, step):
        return np.where((np.arange(6) == 0) & (step == 0), np.nan, losses)

    search, lived = one_life(begin, sphere, inheritance, first_stillborn)
    assert search._evolution.losses[0] == np.inf
    np.testing.assert_array_equal(search._evolution.population[0], lived[0][0][0])
    assert np.isfinite(search._evolution.losses[1:]).all()


def rugged(genomes):
    """Rastrigin's function and its gradient."""
    away = genomes - 0.3
    losses = (away**2 + 10.0 * (1.0 - np.cos(2.0 * np.pi * away))).sum(axis=1)
    return losses, 2.0 * away + 20.0 * np.pi * np.sin(2.0 * np.pi * away)


def test_beats_descent_from_many_starts_where_there_are_many_valleys(begin, least):
    def median(optimizer):
        searches = (begin(optimizer, genes=8, seed=s, start=s) for s in range(7))
        return np.median([least(search, 30_000, rugged, 3) for search in searches])

    memetic = Memetic(gradient_method=Adam(learning_rate=0.03), gradient_steps=10)
    descent = dataclasses.replace(Adam(0.03), population_size=20)
    assert median(memetic) < 0.5 * median(descent)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": "adam"}, "needs no gradients"),
        ({"optimizer": "genetics"}, "genetic"),
        ({"gradient_method": "genetic"}, "a step of each gradient"),
        ({"gradient_method": "lbfgs"}, "a step of each gradient"),
        ({"inheritance": "mendelian"}, "lamarckian, baldwinian"),
    ],
)
def test_parts_that_do_not_fit_are_named(options, message):
    with pytest.raises(ConfigurationError, match=message):
        Memetic(**options)

"""The contract of every task with a body: lanes, threads and plain Python agree."""

from __future__ import annotations

from copy import copy

import numpy as np
import pytest

import evornn
from evornn import Fitness
from evornn.errors import ConfigurationError
from evornn.fitness.episode_engine import EpisodeEngine
from evornn.fitness.plain_episode import PlainEpisodeEngine
from evornn.networks import CTRNN, FullyRecurrent, Team
from evornn.tasks import REGISTRY, PoleBalancing, TMaze, TurnTaking, Walker
from evornn.tasks.embodied import Embodied

DOUBLE = np.dtype("float64")


BODIES = [name for name in REGISTRY if issubclass(REGISTRY[name], Embodied)]
bodies = pytest.mark.parametrize("name", BODIES)


def short(data, trials=3, steps=12):
    """The first trials, cut short."""
    data = copy(data.select(np.arange(min(trials, len(data.rows)))))
    data.steps = steps
    data.noise = data.noise[:, : max(steps, 1)]
    return data


def controller(data):
    return FullyRecurrent(data.input_size, 3, data.output_size, readout=True)


def weights_for(network, count, seed=0):
    return np.random.default_rng(seed).normal(size=(count, network.weight_count))


@bodies
def test_lanes_threads_and_plain_python_agree(name):
    data = short(REGISTRY.build(name).train)
    network = controller(data)
    weights = weights_for(network, 9)
    one, two = (EpisodeEngine(network, data, DOUBLE, threads) for threads in (1, 2))
    losses = one.sums(weights)
    assert losses.shape == (9, len(data.rows))
    np.testing.assert_array_equal(two.sums(weights), losses)
    plain = PlainEpisodeEngine(network, data, DOUBLE)
    np.testing.assert_allclose(plain.sums(weights), losses, rtol=1e-9, atol=1e-12)
    assert plain.made == one.made <= losses.size * data.steps
    alone = [one.sums(weights[i : i + 1])[0] for i in range(9)]
    np.testing.assert_array_equal(alone, losses)


@bodies
def test_a_trial_does_not_depend_on_the_others(name):
    data = short(REGISTRY.build(name).train, steps=25)
    network = controller(data)
    weights = weights_for(network, 2)
    together = EpisodeEngine(network, data, DOUBLE, 1).sums(weights)
    for trial in range(len(data.rows)):
        alone = EpisodeEngine(network, data.select([trial]), DOUBLE, 1)
        alone.data.steps = data.steps
        np.testing.assert_array_equal(alone.sums(weights)[:, 0], together[:, trial])


@bodies
def test_what_is_traced_is_what_is_judged(name):
    data = short(REGISTRY.build(name).train, steps=25)
    network = controller(data)
    engine, weights = EpisodeEngine(network, data, DOUBLE, 1), weights_for(network, 1)
    trace = engine.trace(weights[0], 0)
    assert trace.loss == engine.sums(weights)[0, 0]
    steps = len(trace.outputs)
    assert trace.bodies.shape[0] == trace.states.shape[0] == steps + 1 <= 26
    assert trace.senses.shape == (steps, data.input_size)
    np.testing.assert_allclose(network.reference(weights[0], trace.senses), trace.outputs, 1e-9)


@bodies
def test_losses_are_better_than_nothing_sometimes_and_finite(name):
    task = REGISTRY.build(name)
    data = short(task.train, steps=600)  # beyond the transient of those that have one
    network = controller(data)
    losses = EpisodeEngine(network, data, DOUBLE, 1).sums(weights_for(network, 64))
    assert np.isfinite(losses).all()
    assert len(np.unique(losses)) > 1


def test_a_fitness_for_a_body():
    task = evornn.tasks.PoleBalancing(poles=1, starts="random", trials=5, steps=50)
    fitness = evornn.Fitness(task, controller(task.train))
    assert fitness.dtype == "float64"
    genomes = weights_for(fitness.network, 20)
    losses = fitness(genomes)
    by_trial = fitness.by_trial(genomes)
    np.testing.assert_allclose(losses, by_trial.mean(axis=1), rtol=1e-14)
    assert fitness.steps == 250
    assert fitness.steps_of(20) == round((50.0 * (1.0 - by_trial)).sum())
    np.testing.assert_array_equal(fitness.on([3, 1])(genomes), by_trial[:, [3, 1]].mean(axis=1))
    assert len(fitness.trace(genomes[0], 2).outputs) == round(50.0 * (1.0 - by_trial[0, 2]))


def test_a_fitness_in_plain_python(monkeypatch):
    task = evornn.tasks.PoleBalancing(poles=1, steps=20)
    network = controller(task.train)
    genomes = weights_for(network, 3)
    compiled = evornn.Fitness(task, network)(genomes)
    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    np.testing.assert_allclose(evornn.Fitness(task, network)(genomes), compiled, rtol=1e-12)


@pytest.mark.parametrize(
    ("do", "message"),
    [
        (lambda f, g: f.value_and_grad(g), "no gradients: take an optimizer"),
        (lambda f, g: f.predict(g[0]), "no predictions: `trace`"),
        (lambda f, g: f(g[:, 1:]), "a population has the shape"),
        (lambda f, g: f.on([9]), "indices must be from 0 to 0"),
        (lambda f, g: evornn.Fitness(f.task, FullyRecurrent(2, 3, 1)), "the body has 4 senses"),
        (
            lambda f, g: evornn.Fitness(f.task, evornn.networks.Bidirectional(4, 2, 1)),
            "controlled step by step",
        ),
        (lambda f, g: evornn.train(f.task, f.network, "adam", generations=2), "no gradients"),
        (
            lambda f, g: evornn.train(f.task, f.network, "genetic", learnt_share=1.0),
            "learnt_share .* set target_loss",
        ),
    ],
)
def test_what_a_body_does_not_give_is_named(do, message):
    fitness = evornn.Fitness(evornn.tasks.PoleBalancing(poles=1), FullyRecurrent(4, 2, 1))
    with pytest.raises(ConfigurationError, match=message):
        do(fitness, weights_for(fitness.network, 2))


@pytest.mark.parametrize(
    ("task", "network"),
    [
        (PoleBalancing(), CTRNN(6, 5, 1)),
        (TMaze(), CTRNN(10, 4, 2)),
        (TurnTaking(), Team(28, 4, 4, 2, CTRNN(14, 4, 2))),
    ],
)
def test_a_body_that_is_pushed_one_way_only_is_told(task, network):
    with pytest.warns(UserWarning, match="outputs of .* are never below 0.*one way only"):
        Fitness(task, network)


def test_a_body_that_is_pushed_both_ways_is_not():
    Fitness(PoleBalancing(), CTRNN(6, 5, 1, readout=True))
    Fitness(TMaze(rest=0.5), CTRNN(10, 4, 2))
    Fitness(Walker(), CTRNN(1, 3, 3))

"""Blocks by back-propagation, joined by real-time recurrent learning: the whole gradient."""

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.fitness.gradient_mode import gradient_mode
from evornn.fitness.step_tape import make_tape
from evornn.networks import Elman
from evornn.numerics.variable import NODES
from evornn.tasks import Sequences


@pytest.mark.parametrize("mode", ["hybrid", "hybrid:1", "hybrid:4", "hybrid:50"])
def test_the_gradient_is_the_whole_one_on_all_kinds_of_data(mode, case):
    fitness, population = Fitness(case.task, case.network, dtype="float64"), case.population(3)
    losses, gradients = fitness.value_and_grad(population)
    found = fitness.value_and_grad(population, mode=mode)
    np.testing.assert_array_equal(found[0], losses)
    scale = np.abs(gradients).max()
    np.testing.assert_allclose(found[1], gradients, rtol=1e-10, atol=1e-12 * scale)


def test_more_states_than_lanes_are_gone_back_from_in_turn():
    rng = np.random.default_rng(3)
    task = Sequences(rng.normal(size=(1, 40, 2)), rng.normal(size=(1, 40, 2)))
    network = Elman(inputs=2, hidden=19, outputs=2)
    fitness = Fitness(task, network, dtype="float64", threads=2)
    population = rng.normal(size=(3, fitness.genes), scale=0.3)
    _, gradients = fitness.value_and_grad(population)
    found = fitness.value_and_grad(population, mode="hybrid")[1]
    scale = np.abs(gradients).max()
    np.testing.assert_allclose(found, gradients, rtol=1e-10, atol=1e-12 * scale)
    # Back from the errors and from each state, twice the arithmetic of a step forwards.
    assert fitness.gradient_steps("hybrid") == 2 * 20 * 40


def test_a_tape_that_turns_out_too_short_later_counts_no_error_twice(simple, monkeypatch):
    # The first block judges nothing, so its tape may be shorter than that of the next.
    given = simple.task
    task = Sequences(given.inputs, given.targets, judged=np.arange(8) > 2)
    fitness = Fitness(task, simple.network, dtype="float64", threads=1)
    losses, gradients = fitness.value_and_grad(simple.population(2))
    capacities = []

    # What step 0 needed, the last to be gone back through.
    (tape,) = fitness._engine._tapes
    needed = int(tape.header[NODES])

    def short(capacity, *sizes):
        capacities.append(capacity if capacities else needed)
        return make_tape(capacities[-1], *sizes)

    fresh = Fitness(task, simple.network, dtype="float64", threads=1)
    monkeypatch.setattr("evornn.fitness.lane_engine.make_tape", short)
    found = fresh.value_and_grad(simple.population(2), mode="hybrid:3")
    assert len(capacities) == 2
    np.testing.assert_array_equal(found[0], losses)
    np.testing.assert_allclose(found[1], gradients, rtol=1e-10, atol=1e-14)


def test_an_initial_state_that_is_learnt_comes_with_the_first_block(learnt, plain_python):
    rng = np.random.default_rng(3)
    task = Sequences(rng.normal(size=(2, 7, 1)), rng.normal(size=(2, 7, 1)))
    population = rng.normal(size=(2, 2))
    fitness = Fitness(task, learnt, dtype="float64")
    found = fitness.value_and_grad(population, mode="hybrid:3")
    plain = plain_python(task, learnt, dtype="float64")
    for mode in ("reverse", "hybrid:3"):
        losses, gradients = plain.value_and_grad(population, mode=mode)
        np.testing.assert_allclose(found[0], losses, rtol=1e-12)
        np.testing.assert_allclose(found[1], gradients, rtol=1e-10)
    assert (np.abs(found[1][:, 1]) > 1e-6).all()
    assert plain.gradient_steps("hybrid") == fitness.gradient_steps("hybrid") == 2 * 2 * 14


def test_a_block_has_a_length():
    assert gradient_mode("hybrid:12").block == 12
    for given in ("hybrid:", "hybrid:0", "hybrid:1.5"):
        with pytest.raises(ConfigurationError, match="write the length of a block, hybrid:h"):
            gradient_mode(given)

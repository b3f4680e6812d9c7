"""Predictions: the outputs of one genome, step by step."""

import numpy as np
import pytest

from evornn.fitness import Fitness


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 1e-12)])
def test_predictions_are_the_outputs_of_the_reference(dtype, tolerance, case):
    genome = case.population(1)[0]
    outputs = Fitness(case.task, case.network, dtype=dtype).predict(genome)
    np.testing.assert_allclose(outputs, case.reference_outputs(genome), atol=tolerance)


@pytest.mark.parametrize("shape", [(5, 2), (1, 2), (3, 7, 2), (20, 1, 2)])
def test_new_inputs_give_outputs_of_their_shape(shape, simple):
    genome = simple.population(1)[0]
    inputs = np.random.default_rng(1).normal(size=shape)
    outputs = Fitness(simple.task, simple.network, dtype="float64").predict(genome, inputs)
    sequences = inputs.reshape(-1, *shape[-2:])
    wanted = [simple.network.reference(genome, sequence) for sequence in sequences]
    np.testing.assert_allclose(outputs, np.reshape(wanted, shape), atol=1e-12)


def test_the_loss_is_that_of_the_prediction(case):
    fitness = Fitness(case.task, case.network, dtype="float64")
    genome = case.population(1)[0]
    loss = case.task.loss(fitness.predict(genome))
    np.testing.assert_allclose(fitness(genome[np.newaxis])[0], loss, rtol=1e-12)

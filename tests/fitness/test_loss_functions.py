"""Losses of single steps: kernels against NumPy, gradients against differences."""

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.losses import REGISTRY, StepLoss, loss_function
from evornn.networks import FullyRecurrent
from evornn.tasks import Sequences

OF_STEPS = [name for name in REGISTRY if isinstance(loss_function(name), StepLoss)]
NETWORK = FullyRecurrent(inputs=1, hidden=3, outputs=3, readout=True)


def one_hot(rng, shape):
    return np.eye(3)[rng.integers(0, 3, shape)]


def data(name, seed=0):
    rng = np.random.default_rng(seed)
    return Sequences(
        rng.normal(size=(2, 5, 1)),
        one_hot(rng, (2, 5)),
        rng.choice([0.0, 0.5, 2.0], (2, 5)),
        loss_function=name,
    )


def loss_by_reference(task, genome):
    return task.loss(np.stack([NETWORK.reference(genome, u) for u in task.inputs]))


@pytest.mark.parametrize("name", OF_STEPS)
def test_plain_losses_and_gradients_are_those_of_the_oracle(name, plain_python):
    task = data(name)
    fitness = plain_python(task, NETWORK, dtype="float64")
    population = np.random.default_rng(1).normal(size=(3, fitness.genes))
    losses, gradients = fitness.value_and_grad(population)
    for genome, loss, gradient in zip(population, losses, gradients, strict=True):
        np.testing.assert_allclose(loss, loss_by_reference(task, genome), rtol=1e-12)
        steps = 1e-6 * np.eye(len(genome))
        quotients = [
            (loss_by_reference(task, genome + d) - loss_by_reference(task, genome - d)) / 2e-6
            for d in steps
        ]
        np.testing.assert_allclose(gradient, quotients, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", ["binary_cross_entropy", "softmax_cross_entropy"])
def test_compiled_losses_and_gradients_are_the_plain_ones(name, plain_python):
    task = data(name)
    population = np.random.default_rng(1).normal(size=(17, NETWORK.weight_count))
    found = Fitness(task, NETWORK, dtype="float64").value_and_grad(population)
    wanted = plain_python(task, NETWORK, dtype="float64").value_and_grad(population)
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-12)
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("size", [1.0, 1e2, 1e30])
@pytest.mark.parametrize("name", ["binary_cross_entropy", "softmax_cross_entropy"])
def test_large_logits_overflow_nowhere(name, size, plain_python):
    task = data(name)
    genome = np.random.default_rng(2).normal(size=NETWORK.weight_count)
    readout = slice(NETWORK.weight_count - 12, None)
    genome[readout] *= size
    fitness = plain_python(task, NETWORK, dtype="float64")
    losses, gradients = fitness.value_and_grad(genome[np.newaxis])
    np.testing.assert_allclose(losses, loss_by_reference(task, genome), rtol=1e-10)
    assert np.isfinite(gradients).all()


@pytest.mark.parametrize("name", OF_STEPS)
def test_no_constant_answer_beats_the_best(name):
    task = data(name)
    rng = np.random.default_rng(3)
    losses = [
        task.loss(np.broadcast_to(constant, task.targets.shape))
        for constant in rng.normal(size=(200, 3), scale=2.0)
    ]
    assert task.constant_loss <= min(losses)
    assert task.constant_loss > 0.0


def test_the_constant_loss_of_classes_is_their_entropy():
    targets = np.eye(2)[[0, 0, 0, 1]][np.newaxis]
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    for name, outputs in (("softmax_cross_entropy", targets), ("binary_cross_entropy", targets)):
        task = Sequences(np.zeros((1, 4, 1)), outputs, loss_function=name)
        np.testing.assert_allclose(task.constant_loss, entropy, rtol=1e-12)


def test_a_sum_is_no_mean():
    task = data("sum_squared_error")
    outputs = np.zeros(task.targets.shape)
    np.testing.assert_allclose(task.loss(outputs), task.judged.sum())


@pytest.mark.parametrize(
    ("name", "outputs", "share"),
    [
        ("softmax_cross_entropy", [[3, 1, 0], [0, 2, 1], [5, 0, 0], [np.nan, 0, 1]], 0.5),
        ("binary_cross_entropy", [[3, -1, -2], [-2, 1, 1], [-1, -1, 2], [0, -1, 1]], 0.5),
        ("mean_squared_error", [[0.9, 0, 0], [0, 1, 0], [0, 0, 0.5], [0, 0, 1]], 0.75),
    ],
)
def test_accuracy_is_the_share_of_right_steps(name, outputs, share):
    targets = np.eye(3)[[0, 1, 2, 2]][np.newaxis]
    task = Sequences(np.zeros((1, 4, 1)), targets, loss_function=name)
    assert task.accuracy(np.array([outputs], float), tolerance=0.2) == share


@pytest.mark.parametrize(
    ("name", "targets", "message"),
    [
        ("softmax_cross_entropy", [[[0.5, 0.2]]], r"distribution .*\[0.5, 0.2\]"),
        ("softmax_cross_entropy", [[[1.5, -0.5]]], r"distribution .*-0.5"),
        ("binary_cross_entropy", [[[0.5, -1.0]]], "from 0 to 1, got -1"),
        ("softmax_crossentropy", [[[1.0, 0.0]]], "did you mean 'softmax_cross_entropy'"),
    ],
)
def test_wrong_targets_and_names_are_told(name, targets, message):
    with pytest.raises(ConfigurationError, match=message):
        Sequences(np.zeros((1, 1, 1)), np.array(targets), loss_function=name)


def test_the_gradient_at_a_logit_of_zero_is_half_minus_the_target(plain_python):
    targets = np.array([[[0.0, 1.0, 1.0]]])
    task = Sequences(np.zeros((1, 1, 1)), targets, loss_function="binary_cross_entropy")
    fitness = plain_python(task, NETWORK, dtype="float64")
    _, gradients = fitness.value_and_grad(np.zeros((1, fitness.genes)))
    # The biases of the readout come last; the loss is a mean over three outputs.
    np.testing.assert_allclose(gradients[0, -3:], (0.5 - targets[0, 0]) / 3.0)

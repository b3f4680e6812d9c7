"""Connectionist temporal classification: against all paths one by one, and against PyTorch."""

from itertools import product

import numpy as np
import pytest

import evornn
from evornn.errors import ConfigurationError
from evornn.fitness import Fitness, OnlineRTRL, RidgeFitness, labelling_engine
from evornn.fitness.labelling_kernel import Labelled, label_in_lanes, label_plainly
from evornn.losses.alignments import Labellings, log_likelihoods, log_softmax, occupancies
from evornn.losses.labelling import collapsed
from evornn.networks import ESN, Elman
from evornn.tasks import Sequences, Trees
from evornn.tasks.transcriptions import LOSS, transcribed

LABELS = [[1, 2], [3], [2, 2, 1], [1, 1, 1], [], [3, 2, 3, 1]]
LENGTHS = [5, 1, 4, 5, 3, 9]
NETWORK = Elman(inputs=2, hidden=3, outputs=4)


def data(scale=1.0):
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=(length, 2), scale=scale) for length in LENGTHS]
    return transcribed(inputs, LABELS, 3)


def outputs_of(size, scale=2.0):
    return np.random.default_rng(1).normal(size=(size, len(LENGTHS), max(LENGTHS), 4), scale=scale)


def judged(outputs, labelled, way):
    """−log p (genome, sequence), and its derivatives by `outputs`."""
    losses, cotangents = np.zeros(outputs.shape[:2]), outputs.copy()
    if way == "plain":
        label_plainly(cotangents, labelled, losses)
    else:
        label_in_lanes(cotangents, labelled, losses, True, threads=2)
    behind = np.arange(outputs.shape[2]) >= labelled.lengths[:, np.newaxis]
    cotangents[:, behind] = 0.0
    return losses, cotangents


def by_all_paths(u, labels):
    """−log of the chance of all paths that mean `labels`, one by one."""
    y = np.exp(u) / np.exp(u).sum(axis=1, keepdims=True)
    steps, count = u.shape
    paths = (np.array(path) for path in product(range(count), repeat=steps))
    meant = (path for path in paths if collapsed(path) == tuple(labels))
    return -np.log(sum(np.prod(y[np.arange(steps), path]) for path in meant))


@pytest.mark.parametrize("way", ["plain", "lanes"])
def test_the_loss_is_that_of_all_paths_one_by_one(way):
    outputs = outputs_of(2)
    losses, _ = judged(outputs, Labelled.of(data()), way)
    for genome, q in product(range(2), range(5)):  # the last has 4⁹ paths
        wanted = by_all_paths(outputs[genome, q, : LENGTHS[q]], LABELS[q])
        np.testing.assert_allclose(losses[genome, q], wanted, rtol=1e-12)


@pytest.mark.parametrize("way", ["plain", "lanes"])
@pytest.mark.parametrize("scale", [1.0, 30.0, 1e4])
def test_lanes_and_numpy_agree_in_losses_and_derivatives(way, scale):
    task, outputs = data(), outputs_of(10, scale)
    losses, cotangents = judged(outputs, Labelled.of(task), way)
    for u, loss, found in zip(outputs, losses, cotangents, strict=True):
        labellings, log_y = Labellings.of(task), log_softmax(u)
        wanted = -log_likelihoods(log_y, labellings, task.lengths)
        np.testing.assert_allclose(loss, wanted, rtol=1e-12)
        np.testing.assert_allclose(loss.mean(), task.loss(u), rtol=1e-12)
        goes_on = (np.arange(len(log_y[0])) < task.lengths[:, np.newaxis])[..., np.newaxis]
        slopes = np.exp(log_y) * goes_on - occupancies(log_y, labellings, task.lengths)
        np.testing.assert_allclose(found, slopes, rtol=1e-10, atol=1e-10 if scale < 1e4 else 1e-8)


@pytest.mark.torch
@pytest.mark.parametrize("way", ["plain", "lanes"])
def test_losses_and_derivatives_are_those_of_pytorch(way):
    torch = pytest.importorskip("torch")
    task, outputs = data(), outputs_of(9)
    losses, cotangents = judged(outputs, Labelled.of(task), way)
    for u, loss, found in zip(outputs, losses, cotangents, strict=True):
        logits = torch.tensor(u, requires_grad=True)
        wanted = torch_loss(torch, logits)
        wanted.sum().backward()
        np.testing.assert_allclose(loss, wanted.detach().numpy(), rtol=1e-10)
        np.testing.assert_allclose(found, logits.grad.numpy(), rtol=0.0, atol=1e-10)


def torch_loss(torch, logits):
    """PyTorch's −log p (sequence,) for logits (sequence, time, output)."""
    labels = torch.tensor([label for own in LABELS for label in own])
    counts = torch.tensor([len(own) for own in LABELS])
    log_y = torch.log_softmax(logits, dim=2).transpose(0, 1)
    lengths = torch.tensor(LENGTHS)
    return torch.nn.functional.ctc_loss(log_y, labels, lengths, counts, reduction="none")


@pytest.mark.torch
@pytest.mark.parametrize("size", [1, 9])
def test_gradients_by_the_weights_are_those_of_pytorch(size, axis):
    torch = pytest.importorskip("torch")
    task = data()
    fitness = Fitness(task, NETWORK, dtype="float64")
    population = np.random.default_rng(2).normal(size=(size, fitness.genes))
    losses, gradients = fitness.value_and_grad(population)
    np.testing.assert_array_equal(fitness(population), losses)
    for genome, loss, gradient in zip(population, losses, gradients, strict=True):
        w = {n: torch.tensor(v, requires_grad=True) for n, v in NETWORK.named(genome).items()}
        h, outputs = torch.zeros(len(LENGTHS), 3, dtype=torch.float64), []
        for x in torch.tensor(task.inputs).unbind(1):
            h = torch.tanh(x @ w["W"].T + h @ w["U"].T + w["b"])
            outputs.append(h @ w["V"].T + w["c"])
        wanted = torch_loss(torch, torch.stack(outputs, dim=1)).mean()
        wanted.backward()
        expected = np.concatenate([part.grad.numpy().ravel() for part in w.values()])
        np.testing.assert_allclose(loss, wanted.item(), rtol=1e-10)
        np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-10)


def test_plain_python_agrees(plain_python):
    population = np.random.default_rng(2).normal(size=(9, NETWORK.weight_count))
    found = Fitness(data(), NETWORK, dtype="float64").value_and_grad(population)
    plain = plain_python(data(), NETWORK, dtype="float64")
    wanted = plain.value_and_grad(population)
    np.testing.assert_array_equal(plain(population), wanted[0])
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-12)
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-10, atol=1e-12)


def test_threads_and_chunks_change_no_bit(monkeypatch):
    population = np.random.default_rng(3).normal(size=(40, NETWORK.weight_count))
    wanted = Fitness(data(), NETWORK, dtype="float64", threads=1).value_and_grad(population)
    # Seven of forty genomes at a time: more than sequences, so these lie in the lanes as before.
    monkeypatch.setattr(labelling_engine, "_OUTPUTS_AT_ONCE", 24 * data().targets.size)
    found = Fitness(data(), NETWORK, dtype="float64", threads=3).value_and_grad(population)
    np.testing.assert_array_equal(found[0], wanted[0])
    np.testing.assert_array_equal(found[1], wanted[1])


def test_some_sequences_have_the_mean_of_their_losses():
    fitness = Fitness(data(), NETWORK, dtype="float64")
    population = np.random.default_rng(3).normal(size=(2, fitness.genes))
    halves = [fitness.on(part)(population) for part in ([0, 1, 2], [3, 4, 5])]
    np.testing.assert_allclose(fitness(population), np.mean(halves, axis=0), rtol=1e-12)


def test_a_genome_that_diverges_touches_no_other():
    fitness = Fitness(data(), NETWORK, dtype="float64")
    population = np.random.default_rng(4).normal(size=(3, fitness.genes))
    wanted = fitness.value_and_grad(population)
    population[1] = np.nan
    losses, gradients = fitness.value_and_grad(population)
    assert not np.isfinite(losses[1])
    for genome in (0, 2):
        assert losses[genome] == wanted[0][genome]
        np.testing.assert_array_equal(gradients[genome], wanted[1][genome])


@pytest.mark.parametrize("way", ["plain", "lanes"])
def test_labels_that_take_more_steps_than_there_are_have_the_loss_inf(way):
    labels = np.array([[1, 2, 3], [1, 1, 0]])
    labelled = Labelled(labels, np.array([3, 2]), np.array([2, 2]))
    losses, _ = judged(np.zeros((1, 2, 2, 4)), labelled, way)
    np.testing.assert_array_equal(losses, [[np.inf, np.inf]])


@pytest.mark.parametrize(
    ("targets", "judged", "message"),
    [
        ([1, 1, 0], [1, 1, 0], r"sequence 1 has 2 steps, and its labels take 3"),
        ([0, 1, 0], [1, 1, 0], r"output 0 is none: it is the blank"),
        ([1, 2, 0], [1, 0.5, 0], r"judged is 0.5"),
    ],
)
def test_data_that_no_network_could_answer_are_refused(targets, judged, message):
    one_hot, steps = np.eye(3)[targets], 3 - (targets == [1, 1, 0])
    sequences = [np.zeros((9, 1)), np.zeros((steps, 1))]
    wanted = [np.eye(3)[[1] * 9], one_hot[:steps]]
    weights = [np.arange(9) == 0, np.array(judged)[:steps]]
    with pytest.raises(ConfigurationError, match=message):
        Sequences(sequences, wanted, weights, loss_function=LOSS)


def test_a_distribution_is_no_label():
    with pytest.raises(ConfigurationError, match="one label, as 1 among 0s"):
        Sequences(np.zeros((1, 3, 1)), np.full((1, 3, 3), 1 / 3), loss_function=LOSS)
    with pytest.raises(ConfigurationError, match="2 outputs at least"):
        Sequences(np.zeros((1, 3, 1)), np.ones((1, 3, 1)), loss_function=LOSS)


def test_what_needs_an_error_of_each_step_says_so():
    fitness = Fitness(data(), NETWORK)
    with pytest.raises(ConfigurationError, match="take mode='reverse'"):
        fitness.value_and_grad(np.zeros((1, fitness.genes)), mode="forward")
    with pytest.raises(ConfigurationError, match="nothing to learn from at a step"):
        OnlineRTRL(data(), NETWORK, evornn.optimizers.SGD())
    with pytest.raises(ConfigurationError, match="which step a label belongs to"):
        RidgeFitness(data(), NETWORK, split="train")
    leaf = np.zeros((1, 1)), np.array([-1]), np.array([-1]), np.ones((1, 2))
    with pytest.raises(ConfigurationError, match="is for sequences, got trees"):
        Trees(*leaf, loss_function=LOSS)


def test_a_reservoir_is_run_through_whole_sequences(plain_python):
    """Its features do not depend on the genome, but its loss is none of single steps."""
    network = ESN(inputs=2, hidden=5, outputs=4)
    task = data()
    genome = np.random.default_rng(5).normal(size=(1, network.weight_count))
    losses = plain_python(task, network, dtype="float64")(genome)
    outputs = np.zeros(task.targets.shape)
    for row, u, length in zip(outputs, task.inputs, LENGTHS, strict=True):
        row[:length] = network.reference(genome[0], u[:length])
    np.testing.assert_allclose(losses, task.loss(outputs), rtol=1e-10)


@pytest.mark.parametrize("optimizer", ["adam", "cma_es"])
def test_runs_are_recorded_and_gone_on_with(optimizer, tmp_path):
    options = {"dtype": "float64", "seed": 1}
    whole = evornn.train(data(), NETWORK, optimizer, generations=4, **options)

    def interrupt(status):
        if status.tally.generation == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evornn.train(
            data(), NETWORK, optimizer, generations=4, out=tmp_path, progress=interrupt,
            checkpoint_every=0.0, **options,
        )  # fmt: skip
    resumed = evornn.resume(tmp_path, threads=1)
    np.testing.assert_array_equal(resumed.best_genome, whole.best_genome)
    assert resumed.best_loss == whole.best_loss
    assert set(resumed.accuracy) == {"training"}
    assert 0.0 <= resumed.accuracy["training"] <= 1.0

"""Label sequences without alignment: decoding against all labellings, and utterances."""

from itertools import product

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.losses.labelling import (
    best_path,
    collapsed,
    edit_distance,
    label_error_rate,
    prefix_beam_search,
)
from evornn.networks import Elman
from evornn.runs.learnt import learnt_share
from evornn.tasks import Utterances
from evornn.tasks.transcriptions import decoded, transcribed, transcriptions
from evornn.tasks.transcriptions import label_error_rate as error_rate_of


def chances_of_labellings(u):
    """The chance of every labelling, by all paths."""
    y = np.exp(u) / np.exp(u).sum(axis=1, keepdims=True)
    steps, count = u.shape
    found = {}
    for path in product(range(count), repeat=steps):
        labels = collapsed(np.array(path))
        found[labels] = found.get(labels, 0.0) + np.prod(y[np.arange(steps), path])
    return found


@pytest.mark.parametrize("seed", range(8))
def test_a_wide_beam_finds_the_most_likely_labelling(seed):
    u = np.random.default_rng(seed).normal(size=(6, 3), scale=0.7)
    chances = chances_of_labellings(u)
    wanted = max(chances, key=chances.get)
    labels, log_p = prefix_beam_search(u, width=1000)
    assert labels == wanted
    np.testing.assert_allclose(log_p, np.log(chances[wanted]), rtol=1e-12)


def test_the_best_path_may_miss_the_most_likely_labelling():
    """Figure 2 of Graves et al. 2006, in numbers: a blank is likeliest at each step."""
    u = np.log([[0.6, 0.4], [0.6, 0.4]])
    assert best_path(u) == ()
    labels, log_p = prefix_beam_search(u)
    assert labels == (1,)
    np.testing.assert_allclose(np.exp(log_p), 1.0 - 0.36)


def test_a_beam_of_one_goes_from_best_to_best():
    u = np.log([[0.6, 0.4], [0.6, 0.4]])
    assert prefix_beam_search(u, width=1)[0] == ()


@pytest.mark.parametrize(
    ("path", "labels"),
    [([0, 0], ()), ([1, 1, 0, 1, 2, 2], (1, 1, 2)), ([3], (3,)), ([2, 0, 0, 2, 1, 0], (2, 2, 1))],
)
def test_a_path_means_its_labels_without_repetitions_and_blanks(path, labels):
    assert collapsed(np.array(path)) == labels
    assert best_path(4.0 * np.eye(4)[path]) == labels


def test_steps_that_are_not_finite_say_nothing():
    u = 4.0 * np.eye(3)[[1, 1, 2]]
    u[1:, 0] = np.nan
    assert best_path(u) == (1,)
    with pytest.raises(ConfigurationError, match="diverged"):
        prefix_beam_search(u)
    with pytest.raises(ConfigurationError, match=r"one sequence, .* shape \(1, 3, 3\)"):
        best_path(u[np.newaxis])


def by_recursion(a, b):
    if not a or not b:
        return len(a) + len(b)
    return min(
        by_recursion(a[1:], b) + 1,
        by_recursion(a, b[1:]) + 1,
        by_recursion(a[1:], b[1:]) + (a[0] != b[0]),
    )


def test_the_edit_distance_is_that_of_its_definition():
    rng = np.random.default_rng(0)
    for _ in range(50):
        a, b = (tuple(rng.integers(3, size=rng.integers(6)).tolist()) for _ in range(2))
        assert edit_distance(a, b) == by_recursion(a, b) == edit_distance(b, a)


def test_the_label_error_rate_counts_edits_of_all_sequences_together():
    assert label_error_rate([(1, 2), (3,)], [(1, 3, 2), (3,)]) == 0.25
    with pytest.raises(ConfigurationError, match="2 answers to 1 sequences"):
        label_error_rate([(1,), (2,)], [(1,)])
    with pytest.raises(ConfigurationError, match="no sequence has a label"):
        label_error_rate([(1,)], [()])


def test_labels_come_back_in_their_order():
    labels = [[1, 3, 3], [2], []]
    data = transcribed([np.zeros((9, 2)), np.zeros((2, 2)), np.zeros((1, 2))], labels, 3)
    assert transcriptions(data) == [(1, 3, 3), (2,), ()]
    assert data.output_size == 4
    outputs = np.zeros(data.targets.shape)
    outputs[..., 0] = 1.0
    for t, k in ((0, 1), (2, 3), (3, 3), (5, 3)):
        outputs[0, t, k] = 4.0
    assert decoded(data, outputs) == decoded(data, outputs, width=50) == [(1, 3, 3), (), ()]
    assert error_rate_of(data, outputs) == 0.25
    assert data.accuracy(outputs) == learnt_share(outputs, data, None) == 0.75
    assert type(data.accuracy(outputs)) is float


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([[1], [1, 2, 3]], "sequence 1 has 2 steps, and its 3 labels"),
        ([[1], [1, 1]], "sequence 1 has 2 steps, and its labels take 3"),
        ([[1], [0]], "whole numbers from 1 to 3, .* got 0"),
        ([[4], [1]], "labels of sequence 0 .* got 4"),
        ([[1.5], [1]], "got 1.5"),
        ([[1]], "2 sequences and labels for 1"),
    ],
)
def test_labels_that_cannot_be_are_told(labels, message):
    with pytest.raises(ConfigurationError, match=message):
        transcribed([np.zeros((4, 1)), np.zeros((2, 1))], labels, 3)


def test_no_constant_answer_beats_the_best():
    from scipy.optimize import minimize

    data = Utterances(sequences=6).train

    def loss(logits):
        return data.loss(np.broadcast_to(logits, data.targets.shape))

    found = minimize(loss, np.zeros(data.output_size), tol=1e-9)
    np.testing.assert_allclose(data.constant_loss, found.fun, rtol=1e-8)


def test_an_utterance_is_its_movements_between_pauses():
    task = Utterances(noise=0.0, sequences=30)
    for u, length, labels in zip(
        task.train.inputs, task.train.lengths, transcriptions(task.train), strict=True
    ):
        silent = ~u[:length].any(axis=1)
        assert silent[0]
        assert silent[-1]
        begins = np.flatnonzero(silent[:-1] & ~silent[1:]) + 1
        ends = np.flatnonzero(~silent[:-1] & silent[1:])
        assert 1 <= len(labels) == len(begins) <= task.length
        for label, begin, end in zip(labels, begins, ends, strict=True):
            assert 3 <= end - begin + 1 <= task.duration
            np.testing.assert_allclose(u[[begin, end]], task.movements[label - 1])


def test_a_label_of_a_pair_is_the_way_back_of_the_other():
    movements = Utterances(labels=5).movements
    assert movements.shape == (5, 2, 3)
    np.testing.assert_array_equal(movements[1], movements[0, ::-1])
    assert not np.array_equal(movements[2], movements[0])


@pytest.mark.parametrize(
    ("option", "value"),
    [("labels", 0), ("duration", 2), ("pause", 0), ("noise", -1.0), ("length", 0)],
)
def test_bad_options_are_named(option, value):
    with pytest.raises(ConfigurationError, match=option):
        Utterances(**{option: value})


def test_there_may_be_no_label_at_all():
    data = transcribed([np.zeros((4, 1)), np.zeros((3, 1))], [[], []], label_count=2)
    assert transcriptions(data) == [(), ()]
    silent = np.zeros((2, 4, 3))
    silent[..., 0] = 50.0
    np.testing.assert_allclose(data.loss(silent), 0.0, atol=1e-12)
    assert (data.accuracy(silent), data.accuracy(silent[..., ::-1])) == (1.0, 0.0)
    np.testing.assert_allclose(data.constant_loss, 0.0, atol=1e-9)
    assert transcriptions(data.select([1])) == [()]
    fitness = Fitness(data, Elman(1, 2, 3), dtype="float64", threads=1)
    genomes = np.random.default_rng(0).normal(size=(2, fitness.genes))
    oracle = [data.loss(fitness.predict(genome)) for genome in genomes]
    np.testing.assert_allclose(fitness(genomes), oracle)

"""Sequences: padding, the loss and the constant answer against plain loops, and bad data."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evornn.errors import ConfigurationError
from evornn.tasks import Sequences

RNG = np.random.default_rng(0)
U, D = RNG.normal(size=(3, 5, 2)), RNG.normal(size=(3, 5, 4))


def naive_loss(outputs, targets, judged):
    """The loss as its equation reads; lists per sequence."""
    total = weight = 0.0
    for y, d, v in zip(outputs, targets, judged, strict=True):
        for t in range(len(d)):
            total += v[t] * sum((y[t][k] - d[t][k]) ** 2 for k in range(len(d[t]))) / len(d[t])
            weight += v[t]
    return total / weight


@st.composite
def ragged(draw):
    """Inputs, targets and weights of unequal length, at least one weight above zero."""
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    judged = [rng.choice([0.0, 0.5, 1.0, 3.0], length) for length in lengths]
    judged[0][0] = 1.0
    return (
        [rng.normal(size=(length, 2)) for length in lengths],
        [rng.normal(1.0, 2.0, size=(length, 3)) for length in lengths],
        judged,
    )


@given(ragged())
def test_the_loss_is_its_equation_and_padding_counts_for_nothing(data):
    inputs, targets, judged = data
    task = Sequences(inputs, targets, judged)
    outputs = np.random.default_rng(1).normal(size=task.targets.shape)
    expected = naive_loss(outputs, targets, judged)
    outputs[task.judged == 0.0] = np.nan
    assert task.loss(outputs) == pytest.approx(expected, rel=1e-12)


@given(ragged())
def test_no_constant_answer_beats_the_constant_loss(data):
    task = Sequences(*data)
    weights, targets = np.concatenate(data[2]), np.concatenate(data[1])
    best = np.average(targets, axis=0, weights=weights)

    def answer(constant):
        return task.loss(np.broadcast_to(constant, task.targets.shape))

    assert task.constant_loss == pytest.approx(answer(best), rel=1e-9, abs=1e-15)
    for k in range(3):
        assert answer(best + 1e-3 * np.eye(3)[k]) > task.constant_loss
        assert answer(best - 1e-3 * np.eye(3)[k]) > task.constant_loss


@given(ragged())
def test_stores_what_was_given_behind_padding(data):
    task = Sequences(*data)
    assert task.inputs.shape[1] == max(task.lengths)
    for stored, given_parts in zip((task.inputs, task.targets, task.judged), data, strict=True):
        for row, part, length in zip(stored, given_parts, task.lengths, strict=True):
            np.testing.assert_array_equal(row[:length], part)
            assert not row[length:].any()
    assert task.normaliser == pytest.approx(sum(map(np.sum, data[2])))
    assert task.judged_count == sum(map(np.count_nonzero, data[2]))


def test_is_a_task_whose_training_data_it_is():
    task = Sequences(U, D)
    assert task.train is task
    assert (task.validation, task.test, task.solved) == (None, None, None)
    assert (task.input_size, task.output_size) == (2, 4)
    assert task.tolerance == pytest.approx(0.1 * np.sqrt(np.mean(D.var(axis=(0, 1)))))


def test_a_lone_sequence_and_nested_lists():
    np.testing.assert_array_equal(Sequences(U[0], D[0]).inputs, U[:1])
    np.testing.assert_array_equal(Sequences(U.tolist(), D.tolist()).inputs, U)
    np.testing.assert_array_equal(Sequences(U[0].tolist(), D[0].tolist()).targets, D[:1])


@pytest.mark.parametrize(
    "judged",
    [
        [0, 1, 1, 0, 2],
        np.array([0, 1, 1, 0, 2]),
        np.tile([0.0, 1, 1, 0, 2], (3, 1)),
        [[0, 1, 1, 0, 2]] * 3,
        [np.array([0.0, 1, 1, 0, 2])] * 3,
    ],
)
def test_weights_for_all_sequences_or_for_each(judged):
    np.testing.assert_array_equal(Sequences(U, D, judged).judged, np.tile([0, 1, 1, 0, 2], (3, 1)))


def test_keeps_its_own_read_only_copy():
    inputs, targets, judged = U.copy(), D.copy(), np.ones((3, 5))
    task = Sequences(inputs, targets, judged)
    inputs[:], targets[:], judged[:] = 7.0, 7.0, 7.0
    np.testing.assert_array_equal(task.inputs, U)
    np.testing.assert_array_equal(task.targets, D)
    assert task.normaliser == 15.0
    with pytest.raises(ValueError, match="read-only"):
        task.targets[0] = 0.0


def test_targets_that_nobody_judges_may_be_missing():
    targets = D.copy()
    targets[:, :2] = np.nan
    task = Sequences(U, targets, [0, 0, 1, 1, 1])
    assert np.isfinite(task.targets).all()
    assert task.constant_loss == Sequences(U[:, 2:], D[:, 2:]).constant_loss


def test_a_nan_output_is_never_a_good_loss():
    outputs = D.copy()
    outputs[1, 2, 0] = np.nan
    assert np.isnan(Sequences(U, D).loss(outputs))
    with pytest.raises(ConfigurationError, match=r"\(3, 5, 4\), got shape \(3, 5\)"):
        Sequences(U, D).loss(D[..., 0])


def test_feedback_defaults_to_the_output_of_the_same_number():
    assert Sequences(U, D, free_running=2).feedback == (0, 1)
    assert Sequences(D, U, free_running=2).feedback == (0, 1, -1, -1)
    assert Sequences(U, D, free_running=2, feedback=[-1, 3]).feedback == (-1, 3)
    assert Sequences(U, D).feedback is None


def test_the_examples_of_every_shape_of_task_run():
    examples = doctest.testmod(importlib.import_module("evornn.tasks.sequences"))
    assert examples.attempted > 10
    assert examples.failed == 0


def gap(array, value=np.nan):
    spoiled = array.copy()
    spoiled[1, 2, 0] = value
    return spoiled


@pytest.mark.parametrize(
    ("inputs", "targets", "options", "message"),
    [
        ([], [], {}, "inputs is empty"),
        (U[:0], D[:0], {}, "inputs is empty"),
        (U[:, :0], D[:, :0], {}, r"inputs\[0\] is empty, .* \(0, 2\)"),
        (U[..., :0], D, {}, r"inputs\[0\] is empty, .* \(5, 0\)"),
        (U[:, 0, 0], D, {}, r"reshape\(-1, 1\)"),
        (U[None], D, {}, r"got shape \(1, 3, 5, 2\)"),
        (U + 1j, D, {}, "inputs .*complex128: pass real and imaginary part"),
        (U, D.astype(object), {}, "targets .*dtype object"),
        (U.astype(str), D, {}, "convert the text"),
        (U, np.zeros((3, 5, 4), "M8[s]"), {}, "elapsed time"),
        ([U[0].astype(complex)], [D[0]], {}, r"inputs\[0\] .*complex128"),
        ([[1.0], [1.0, 2.0]], D, {}, "ragged"),
        ([U[0], U[1, :, :1]], D[:2], {}, r"inputs\[1\] has 1 features"),
        (U[:2], D, {}, "2 sequences and targets 3"),
        (U[:, :4], D, {}, "sequence 0 has 4 steps of inputs and 5 of targets"),
        (gap(U), D, {}, "inputs holds nan in sequence 1, step 2, feature 0: fill the gap$"),
        (gap(U, -np.inf), D, {}, "inputs holds -inf"),
        (np.ma.masked_invalid(gap(U)), D, {}, "inputs holds nan"),
        (U, gap(D), {}, "targets holds nan in sequence 1, step 2.*set judged to 0"),
        (U, D, {"judged": np.zeros(5)}, "judge at least one step"),
        (U, D, {"judged": [1, 1, 1, 1, -0.5]}, "judged holds -0.5"),
        (U, D, {"judged": [1, 1, 1, 1, np.inf]}, "judged holds inf"),
        (U, D, {"judged": np.ones(4)}, r"lengths are 5, 5, 5.*shapes \(4,\)"),
        (U, D, {"judged": np.ones((2, 5))}, "one weight per step"),
        (U, D, {"judged": 1.0}, "one weight per step"),
        (U, D, {"judged": np.ones((3, 5, 4))}, "one weight per step"),
        (U, D, {"judged": ["a"] * 5}, "judged must hold real numbers"),
        (U, D, {"free_running": 0}, "free_running must be at least 1"),
        (U, D, {"free_running": 2.5}, "free_running must be an integer"),
        (U, D, {"free_running": 5}, "longest sequence has 5 steps"),
        (U, D, {"feedback": [0, 1]}, "give free_running too"),
        (U, D, {"free_running": 1, "feedback": [0]}, r"one index per input feature \(2\)"),
        (U, D, {"free_running": 1, "feedback": 0}, "one index per input feature"),
        (U, D, {"free_running": 1, "feedback": [0, 4]}, "from 0 to 3.*got 4"),
        (U, D, {"free_running": 1, "feedback": [0, -2]}, "got -2"),
        (U, D, {"free_running": 1, "feedback": [0, True]}, "got True"),
        (U, D, {"free_running": 1, "feedback": [-1, -1]}, "leave free_running out"),
    ],
)
def test_bad_data_are_one_clear_error(inputs, targets, options, message):
    with pytest.raises(ConfigurationError, match=message):
        Sequences(inputs, targets, **options)


@given(ragged(), st.data())
def test_selected_sequences_are_these_in_their_order(parts, data):
    whole = Sequences(*parts)
    judging = [q for q in range(len(whole.lengths)) if whole.judged[q].any()]
    rows = data.draw(st.lists(st.sampled_from(judging), min_size=1, max_size=5))
    some, alone = whole.select(rows), Sequences(*([part[q] for q in rows] for part in parts))
    longest = max(alone.lengths)
    for name in ("inputs", "targets", "judged"):
        np.testing.assert_array_equal(getattr(some, name)[:, :longest], getattr(alone, name))
        assert not getattr(some, name).flags.writeable
    np.testing.assert_array_equal(some.lengths, alone.lengths)
    assert (some.normaliser, some.constant_loss) == (alone.normaliser, alone.constant_loss)


def test_selected_sequences_keep_their_options():
    targets = np.eye(4)[RNG.integers(4, size=(3, 5))]
    whole = Sequences(
        U, targets, free_running=2, feedback=(-1, 3), loss_function="softmax_cross_entropy"
    )
    some = whole.select([2])
    assert (some.free_running, some.feedback) == (2, (-1, 3))
    assert some.loss_function == "softmax_cross_entropy"
    outputs = RNG.normal(size=(3, 5, 4))
    alone = Sequences(U[2:], targets[2:], loss_function="softmax_cross_entropy")
    assert some.loss(outputs[2:]) == alone.loss(outputs[2:])


@pytest.mark.parametrize(
    ("indices", "told"),
    [
        ([], "indices must be one or more integers"),
        ([0.5], "indices must be one or more integers"),
        ([[0]], "indices must be one or more integers"),
        ([0, 3], "indices must be from 0 to 2, got 0 to 3"),
        ([-1], "indices must be from 0 to 2, got -1 to -1"),
        ([1], r"nobody judges a step of the rows \[1\]"),
    ],
)
def test_what_cannot_be_selected_is_refused(indices, told):
    judged = [[1.0] * 5, [0.0] * 5, [1.0] * 5]
    with pytest.raises(ConfigurationError, match=told):
        Sequences(U, D, judged).select(indices)

"""Copy, repeat copy and associative recall: what is answered, read back from what was heard."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks import AssociativeRecall, Copy, RepeatCopy, Sequences
from evornn.tasks.bit_vectors import wrong_bits

TASKS = [
    Copy(bits=3, length=5, test_length=9),
    RepeatCopy(bits=3, length=4, test_length=6, repeats=3),
    AssociativeRecall(bits=5, vectors=2, length=4, test_length=7),
]
each_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: type(task).__name__)


def rows(data):
    """Inputs, targets and judged steps of every sequence, without the padding."""
    for q, steps in enumerate(data.lengths):
        yield data.inputs[q, :steps], data.targets[q, :steps], data.judged[q, :steps] > 0


def test_copy_says_what_it_heard():
    for inputs, targets, judged in rows(TASKS[0].train):
        end = int(np.argmax(inputs[:, 3]))
        np.testing.assert_array_equal(inputs[:, 3], np.arange(len(inputs)) == end)
        np.testing.assert_array_equal(judged, np.arange(len(inputs)) > end)
        np.testing.assert_array_equal(targets[judged], inputs[:end, :3])
        assert not inputs[end + 1 :].any()


def test_repeat_copy_says_it_so_many_times_and_stops():
    for inputs, targets, judged in rows(TASKS[1].train):
        end = int(np.argmax(inputs[:, 3] > 0))
        repeats = round(inputs[end, 3] * 3)
        expected = np.zeros((repeats * end + 1, 4))
        expected[:-1, :3] = np.tile(inputs[:end, :3], (repeats, 1))
        expected[-1, 3] = 1.0
        np.testing.assert_array_equal(targets[judged], expected)
        np.testing.assert_array_equal(judged, np.arange(len(inputs)) > end)
        assert not inputs[end + 1 :].any()


def test_associative_recall_says_the_item_after_the_one_in_question():
    for inputs, targets, judged in rows(TASKS[2].train):
        starts = np.flatnonzero(inputs[:, 5]) + 1
        items = np.array([inputs[t : t + 2, :5] for t in starts])
        first, last = np.flatnonzero(inputs[:, 6])
        asked = inputs[first + 1 : last, :5]
        follow = [items[i + 1] for i in range(len(items) - 1) if (items[i] == asked).all()]
        assert any((targets[judged] == item).all() for item in follow)
        np.testing.assert_array_equal(judged, np.arange(len(inputs)) > last)
        assert not inputs[last + 1 :].any()


@pytest.mark.parametrize(
    ("task", "train", "test"),
    [
        (TASKS[0], {2 * n + 1 for n in range(1, 6)}, {19}),
        (TASKS[1], {n + 2 + r * n for n in range(1, 5) for r in (1, 2, 3)}, {14, 20, 26}),
        (TASKS[2], {3 * n + 6 for n in (2, 3, 4)}, {27}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_all_lengths_are_trained_on_and_the_test_sequences_are_longer(task, train, test):
    assert set(task.train.lengths) == train
    assert set(task.test.lengths) == test
    assert set(np.unique(task.train.targets)) == {0.0, 1.0}


@each_task
def test_wrong_bits_are_counted_where_they_are_judged(task):
    data = task.test
    perfect = 2.0 * data.targets - 1.0
    assert not wrong_bits(data, perfect).any()
    spoilt = np.where(data.judged[:, :, np.newaxis] > 0, perfect, -perfect)
    q, t = np.argwhere(data.judged > 0)[-1]
    spoilt[q, t] *= -1.0
    spoilt[0, np.argmax(data.judged[0] > 0), 0] = 0.0
    spoilt[1, np.argmax(data.judged[1] > 0), 0] = np.nan
    expected = np.zeros(len(data.lengths))
    expected[0] = expected[1] = 1
    expected[q] += data.output_size
    np.testing.assert_array_equal(wrong_bits(data, spoilt), expected)


def test_a_loss_at_the_solved_mark_leaves_at_most_one_bit_in_a_hundred_wrong():
    """The worst case: bits just on the wrong side, the others perfect."""
    ones = np.ones((1, 400, 1))
    data = Sequences(ones, ones, loss_function="binary_cross_entropy")
    outputs = np.full((1, 400, 1), 100.0)
    for wrong in (4, 5):
        outputs[0, :wrong] = 0.0
        assert (data.loss(outputs) <= TASKS[0].solved.loss + 1e-15) == (wrong <= 4)


def test_a_fair_coin_costs_one_bit_a_bit():
    assert Copy(length=1, sequences=4000).constant_loss == pytest.approx(math.log(2), rel=1e-3)


@pytest.mark.parametrize(
    ("task", "changes"),
    [
        (task, changes)
        for task in TASKS
        for changes in ({"bits": 0}, {"length": 0}, {"test_length": 0}, {"seed": -1})
    ]
    + [(TASKS[1], {"repeats": 0}), (TASKS[2], {"vectors": 0}), (TASKS[2], {"length": 1})],
)
def test_wrong_options_are_named(task, changes):
    ((option, value),) = changes.items()
    with pytest.raises(ConfigurationError, match=f"{option} .*{value}"):
        dataclasses.replace(task, **changes)

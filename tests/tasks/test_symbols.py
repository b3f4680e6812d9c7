"""Strings of symbols as sequences: targets by hand, what counts as predicted, bad strings."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks.symbols import all_predicted, labelled, next_symbols, one_hot, predicted


def doubled(prefix):
    """Pairs of equal symbols, and E only after a whole pair."""
    return "abE" if len(prefix) % 2 == 0 else prefix[-1]


def test_one_hot_is_a_row_per_symbol():
    np.testing.assert_array_equal(one_hot("ba", "abc"), [[0, 1, 0], [1, 0, 0]])
    assert one_hot("", "abc").shape == (0, 3)


def test_next_symbols_by_hand_as_probabilities():
    data = next_symbols(["aab", "b"], doubled, "ab", "abE")
    assert data.loss_function == "softmax_cross_entropy"
    np.testing.assert_array_equal(data.inputs[0], [[1, 0], [1, 0], [0, 1]])
    third = 1.0 / 3.0
    np.testing.assert_array_equal(data.targets[0], [[1, 0, 0], [third] * 3, [0, 1, 0]])
    np.testing.assert_array_equal(data.targets[1, :1], [[0, 1, 0]])
    np.testing.assert_array_equal(data.judged, [[1, 1, 1], [1, 0, 0]])


def test_next_symbols_by_hand_each_on_its_own():
    data = next_symbols(["aab"], doubled, "ab", "abE", loss_function="binary_cross_entropy")
    np.testing.assert_array_equal(data.targets[0], [[1, 0, 0], [1, 1, 1], [0, 1, 0]])


def test_outputs_have_the_alphabet_of_the_inputs_unless_told():
    data = next_symbols(["Ea"], lambda prefix: "a", "Ea")
    np.testing.assert_array_equal(data.targets[0], [[0, 1], [0, 1]])


@pytest.mark.parametrize("end", [False, True])
def test_labels_are_judged_at_the_end(end):
    data = labelled(["10", "0"], [True, False], "01", end=end)
    steps = 3 if end else 2
    np.testing.assert_array_equal(data.lengths, [steps, steps - 1])
    np.testing.assert_array_equal(data.judged[0], np.eye(steps)[-1])
    np.testing.assert_array_equal(data.judged[1], np.eye(steps)[-2])
    np.testing.assert_array_equal(data.targets[data.judged > 0], [[1], [0]])
    np.testing.assert_array_equal(data.inputs[0, :2, :2], [[0, 1], [1, 0]])
    if end:
        np.testing.assert_array_equal(data.inputs[..., 2], data.judged)


def test_the_empty_string_is_its_end_symbol():
    np.testing.assert_array_equal(labelled([""], [True], "01", end=True).inputs, [[[0, 0, 1]]])


@pytest.mark.parametrize(
    ("logits", "binary", "softmax"),
    [
        ([[2.0, -2.0, -2.0], [1.0, 1.0, 1.0]], True, True),
        ([[2.0, 1.0, -2.0], [1.0, 1.0, 1.0]], False, True),  # another symbol counts as legal too
        ([[-1.0, -2.0, -2.0], [1.0, 1.0, 1.0]], False, True),  # the most active, but unlikely
        ([[2.0, 2.0, -2.0], [1.0, 1.0, 1.0]], False, False),  # a tie is no prediction
        ([[2.0, -2.0, -2.0], [1.0, np.nan, 1.0]], False, False),
        ([[0.0, -2.0, -2.0], [1.0, 1.0, 1.0]], False, True),  # a logit of 0 is on no side
        ([[1.0, 2.0, -2.0], [1.0, 1.0, 1.0]], False, False),
    ],
)
def test_predicted_are_strings_right_at_every_step(logits, binary, softmax):
    for loss, expected in [("binary_cross_entropy", binary), ("softmax_cross_entropy", softmax)]:
        data = next_symbols(["aa", "b"], doubled, "ab", "abE", loss_function=loss)
        outputs = np.array([logits, [[-3.0, 3.0, -3.0], [np.nan] * 3]])
        np.testing.assert_array_equal(predicted(data, outputs), [expected, True])


def test_predicted_labels():
    data = labelled(["1", "00"], [True, False], "01")
    outputs = np.array([[[2.0], [9.0]], [[9.0], [0.5]]])
    np.testing.assert_array_equal(predicted(data, outputs), [True, False])


def test_a_loss_below_the_mark_leaves_no_symbol_wrong():
    """The worst case: one logit just on the wrong side, all others perfect."""
    data = next_symbols(["aab", "bb"], doubled, "ab", "abE", loss_function="binary_cross_entropy")
    solved = all_predicted(data, "somebody")
    outputs = np.where(data.targets > 0.0, 60.0, -60.0)
    assert predicted(data, outputs).all()
    assert data.loss(outputs) < solved.loss
    outputs[0, 2, 1] = -1e-9
    assert not predicted(data, outputs).all()
    assert data.loss(outputs) > solved.loss
    assert solved.loss == pytest.approx(math.log(2.0) / 15.0, rel=1e-14)
    assert solved.source.startswith("somebody")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: one_hot("axb", "ab"), "string 'axb' has the symbol 'x'.*alphabet 'ab'"),
        (lambda: one_hot("a", "aba"), "each of its symbols once, got 'aba'"),
        (lambda: one_hot("", ""), "each of its symbols once, got ''"),
        (lambda: labelled(["1", ""], [True, True], "01"), "empty string .*end=True"),
        (lambda: labelled(["1"], [True, False], "01"), "1 strings and 2 labels"),
        (lambda: labelled([], [], "01"), "inputs is empty"),
        (lambda: next_symbols([""], doubled, "ab"), "empty string .*start symbol"),
        (lambda: next_symbols(["a"], lambda prefix: "", "ab"), "no symbol may follow 'a'"),
        (lambda: next_symbols(["ab"], doubled, "ab"), "symbol 'E', which is not in"),
        (
            lambda: next_symbols(["a"], doubled, "ab", loss_function="mean_squared_error"),
            "loss_function must be one of softmax",
        ),
    ],
)
def test_bad_strings_are_named(build, message):
    with pytest.raises(ConfigurationError, match=message):
        build()

"""Reber, aⁿbⁿ, temporal order, two-sequence: their data by hand and by another definition."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks import AnBn, AnBnCn, EmbeddedReber, Reber, TemporalOrder, TwoSequence
from evornn.tasks.symbols import predicted

#: the graph, written once more as a regular expression over the whole string: either half leads to
#: node 4 (after X, P) or to the end; from node 4 X goes back to node 3
AT_3 = "T*V"
REBER = re.compile(f"B(TS*(XS|X(X{AT_3}P)*(S|X{AT_3}V))|P{AT_3}(V|P(X{AT_3}P)*(S|X{AT_3}V)))E")
EMBEDDED = re.compile(f"B(T({REBER.pattern})T|P({REBER.pattern})P)E")


@pytest.mark.parametrize(("task", "pattern"), [(Reber(), REBER), (EmbeddedReber(), EMBEDDED)])
def test_strings_and_only_legal_symbols_are_in_the_grammar(task, pattern):
    """A symbol is legal where some string of the grammar goes on with it."""
    rng = np.random.default_rng(1)
    strings = {task.string(rng) for _ in range(3000)}
    assert all(pattern.fullmatch(string) for string in strings)
    prefixes = {string[:end] for string in strings for end in range(1, len(string))}
    for string in list(strings)[:50]:
        for end in range(1, len(string)):
            going_on = {symbol for symbol in "BTPSXVE" if string[:end] + symbol in prefixes}
            whole = {"E"} if end == len(string) - 1 else set()
            if end < 8:  # 3000 strings hold every prefix as short as this
                assert set(task.legal(string[:end])) == going_on | whole


def test_both_edges_of_a_node_have_an_equal_chance():
    rng = np.random.default_rng(1)
    strings = [Reber().string(rng) for _ in range(4000)]
    assert np.mean([string[1] == "T" for string in strings]) == pytest.approx(0.5, abs=0.03)
    assert np.mean([string == "BTXSE" for string in strings]) == pytest.approx(0.125, abs=0.02)


def test_the_last_symbol_of_a_string_is_not_heard():
    data = Reber().heard(["BTXSE"])
    assert data.lengths[0] == 4
    np.testing.assert_array_equal(
        data.targets[0],
        # B T P S X V E
        [[0, 1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 0, 0], [0, 0, 0, 1, 1, 0, 0], [0] * 6 + [1]],
    )


def test_remembered_is_the_last_symbol_but_one():
    task = EmbeddedReber()
    data = task.heard(["BTBTXSETE", "BPBPVVEPE", "BPBTSXSEPE"])
    assert data.lengths.tolist() == [8, 8, 9]
    perfect = np.where(data.targets > 0.0, 5.0, -5.0)
    assert task.remembered(data, perfect).all()
    forgetful = perfect.copy()
    forgetful[:, :, [1, 2]] = 0.0  # T and P alike
    assert not task.remembered(data, forgetful).any()
    swapped = perfect.copy()
    swapped[1, 6, [1, 2]] = [5.0, -5.0]
    np.testing.assert_array_equal(task.remembered(data, swapped), [True, False, True])


def test_anbn_by_hand():
    data = AnBn().strings(1, 2)
    # inputs S a b, outputs a b T
    np.testing.assert_array_equal(data.inputs[0, :3], [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    np.testing.assert_array_equal(data.targets[0, :3], [[1, 0, 0], [1, 1, 0], [0, 0, 1]])
    np.testing.assert_array_equal(
        data.targets[1], [[1, 0, 0], [1, 1, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]]
    )


def test_anbncn_by_hand():
    data = AnBnCn().strings(2, 2)
    assert data.lengths[0] == 7
    legal = ["".join(np.array(list("abcT"))[row > 0]) for row in data.targets[0]]
    assert legal == ["a", "ab", "ab", "b", "c", "c", "T"]


@pytest.mark.parametrize("task", [AnBn(), AnBnCn()])
def test_the_splits_go_on_from_each_other(task):
    letters = len(task.letters)
    for data, least, most in [(task.train, 1, 10), (task.validation, 11, 20), (task.test, 21, 40)]:
        assert data.lengths.tolist() == [1 + letters * n for n in range(least, most + 1)]


def counter(most):
    """Outputs of a counter that breaks above `most`: logits for inputs S a b (c) of one-hot."""

    def predict(inputs):
        letters = inputs.shape[2] - 1
        counts = np.cumsum(inputs, axis=1)[..., 1:]
        now = inputs[..., 1:] > 0.0
        n = counts[..., :1]
        outputs = np.full((*inputs.shape[:2], letters + 1), -1.0)
        outputs[inputs[..., 0] > 0.0, 0] = 1.0
        outputs[now[..., 0], :2] = 1.0
        for k in range(1, letters):
            done = counts[..., k] == np.minimum(n[..., 0], most)
            outputs[now[..., k] & ~done, k] = 1.0
            outputs[now[..., k] & done, k + 1] = 1.0
        return outputs

    return predict


@pytest.mark.parametrize("task", [AnBn(), AnBnCn()])
def test_the_largest_n_accepted_is_that_of_the_counter(task):
    assert task.largest_accepted(counter(most=12), most=20) == 12
    assert task.largest_accepted(counter(most=99), most=20) == 20
    assert task.largest_accepted(counter(most=0), most=20) == 0
    np.testing.assert_array_equal(task.accepted(counter(most=3), most=5), [1, 1, 1, 0, 0])
    assert predicted(task.test, counter(most=40)(task.test.inputs)).all()


def test_one_string_accepted_beyond_a_refused_one_does_not_count():
    def all_but_the_second(inputs):
        outputs = counter(most=9)(inputs)
        outputs[1] = -outputs[1]
        return outputs

    assert AnBn().largest_accepted(all_but_the_second, most=9) == 1


def test_temporal_order_is_that_of_the_two_relevant_symbols():
    task = TemporalOrder(sequences=60)
    data = task.train
    assert set(data.lengths) <= set(range(100, 111))
    classes = []
    for q, length in enumerate(data.lengths):
        string = "".join("EXYBabcd"[k] for k in data.inputs[q, :length].argmax(axis=1))
        assert re.fullmatch("E[abcd]*[XY][abcd]*[XY][abcd]*B", string)
        first, second = (match.start() for match in re.finditer("[XY]", string))
        assert 10 <= first <= 20
        assert 50 <= second <= 60
        wanted = ["XX", "XY", "YX", "YY"].index(string[first] + string[second])
        np.testing.assert_array_equal(data.targets[q, length - 1], np.eye(4)[wanted])
        np.testing.assert_array_equal(np.flatnonzero(data.judged[q]), [length - 1])
        classes.append(wanted)
    assert set(classes) == {0, 1, 2, 3}


def test_two_sequences_differ_at_the_start_only():
    data = TwoSequence(length=40, sequences=300, informative=2).train
    assert set(data.lengths) == {40, 41, 42, 43, 44}
    classes = data.targets[data.judged > 0][:, 0]
    np.testing.assert_array_equal(
        data.inputs[:, :2, 0], np.repeat(2 * classes - 1, 2).reshape(-1, 2)
    )
    noise = np.concatenate([data.inputs[q, 2:length, 0] for q, length in enumerate(data.lengths)])
    assert noise.mean() == pytest.approx(0.0, abs=0.02)
    assert noise.var() == pytest.approx(0.2, rel=0.05)
    assert classes.mean() == pytest.approx(0.5, abs=0.1)


def test_noise_may_begin_with_the_first_step():
    data = TwoSequence(sequences=400, noisy=True).train
    start = data.inputs[:, :3, 0] - (2 * data.targets[:, :1, 0] - 1)
    assert start.mean() == pytest.approx(0.0, abs=0.05)
    assert start.var() == pytest.approx(0.2, rel=0.15)


@pytest.mark.parametrize(("task", "wrong"), [(TemporalOrder(), 0.5), (TwoSequence(), 0.8)])
def test_a_loss_at_the_mark_leaves_at_most_one_answer_in_a_hundred_wrong(task, wrong):
    """A wrong answer gives its class a probability of at most `wrong`."""
    assert task.solved.loss == pytest.approx(-0.01 * math.log(wrong), rel=1e-12)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Reber(sequences=0), "sequences must be at least 1"),
        (lambda: EmbeddedReber(seed=-1), "seed must be at least 0"),
        (lambda: AnBn(longest=0), "longest must be at least 1"),
        (lambda: AnBn(validation_longest=10), "validation_longest must be at least 11"),
        (lambda: AnBnCn(test_longest=20), "test_longest must be at least 21"),
        (lambda: TemporalOrder(length=9), "length must be at least 10"),
        (lambda: TwoSequence(length=2), "length must be at least 3"),
        (lambda: TwoSequence(informative=0), "informative must be at least 1"),
        (lambda: TwoSequence(noisy=1), "noisy must be true or false"),
    ],
)
def test_bad_options_are_named(build, message):
    with pytest.raises(ConfigurationError, match=message):
        build()

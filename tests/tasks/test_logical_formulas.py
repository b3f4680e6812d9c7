"""Logical formulas: their values by Python itself, and three forms that judge the same."""

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks import LogicalFormulas, Sequences, Trees

ALL = ("not", "and", "or", "xor")


def tokens_of(task, inputs):
    return [task.symbols[row.argmax()] for row in inputs]


def told_by_a_stack(tokens):
    """(step, value) where a value is known: at each constant and at each closing bracket."""
    stack, known = [], []
    for t, token in enumerate(tokens):
        if token == ")":
            part = []
            while (top := stack.pop()) != "(":
                part.append(top)
            *_, operator, last = [None, *reversed(part)] if len(part) == 2 else reversed(part)
            first = part[-1]
            stack.append(
                {
                    "not": not last,
                    "and": min(first, last) if len(part) == 3 else None,
                    "or": max(first, last) if len(part) == 3 else None,
                    "xor": first is not last,
                }[operator]
            )
        else:
            stack.append({"T": True, "F": False}.get(token, token))
        if token in ("T", "F", ")"):
            known.append((t, stack[-1]))
    assert len(stack) == 1
    return known


@pytest.mark.parametrize("judged", ["every", "root"])
def test_all_forms_judge_the_same_formulas(judged):
    forms = {
        form: LogicalFormulas(form=form, judged=judged, operators=ALL).train
        for form in ("labelled", "words", "tokens")
    }
    answers = [
        [row[weight > 0, 0] for row, weight in zip(data.targets, data.judged, strict=True)]
        for data in forms.values()
    ]
    for one, *others in zip(*answers, strict=True):
        # A tree's nodes are in the order in which brackets close, the root last.
        for other in others:
            np.testing.assert_array_equal(other, one)
    assert isinstance(forms["tokens"], Sequences)
    assert all(isinstance(forms[form], Trees) for form in ("labelled", "words"))


def test_depths_are_those_asked_for_and_the_test_is_deeper():
    task = LogicalFormulas(depth=3, test_depth=6)
    assert set(task.train.depths) == {1, 2, 3}
    assert set(task.validation.depths) == {1, 2, 3}
    assert set(task.test.depths) == {4, 5, 6}


def test_half_of_the_formulas_are_true():
    data = LogicalFormulas(judged="root", formulas=2000, operators=("and",)).train
    roots = data.targets[np.arange(2000), data.lengths - 1, 0]
    assert abs(roots.mean() - 0.5) < 0.04


def test_only_leaves_have_features_in_the_form_of_words():
    data = LogicalFormulas(form="words").train
    inner = (data.left >= 0) | (data.right >= 0)
    np.testing.assert_array_equal(inner, (data.left >= 0) & (data.right >= 0))
    assert not data.inputs[inner].any()
    labelled = LogicalFormulas(form="labelled").train
    nodes = np.arange(labelled.inputs.shape[1]) < labelled.lengths[:, np.newaxis]
    np.testing.assert_array_equal(labelled.inputs.sum(axis=2), nodes)


def test_more_formulas_leave_the_held_out_ones_alone():
    one, other = LogicalFormulas(), LogicalFormulas(formulas=300)
    np.testing.assert_array_equal(one.test.inputs, other.test.inputs)
    np.testing.assert_array_equal(
        one.train.inputs, other.train.inputs[:200, : one.train.inputs.shape[1]]
    )
    assert np.any(
        LogicalFormulas(seed=1).train.inputs.sum(axis=(0, 1)) != one.train.inputs.sum(axis=(0, 1))
    )


def test_held_out_formulas_may_be_left_out():
    bare = LogicalFormulas(validation_formulas=0, test_formulas=0)
    assert bare.validation is bare.test is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"depth": 0}, "depth must be at least 1"),
        ({"test_depth": 4}, "test_depth must be at least 5"),
        ({"formulas": 0}, "formulas must be at least 1"),
        ({"form": "word"}, "form .*did you mean 'words'"),
        ({"judged": "all"}, "judged must be one of root, every"),
        ({"operators": ("nand",)}, "operators must be one of .*did you mean 'and'"),
        ({"operators": ()}, "operators must be one or more"),
        ({"operators": ("and", "and")}, "each once"),
        ({"seed": -1}, "seed must be at least 0"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(ConfigurationError, match=message):
        LogicalFormulas(**options)

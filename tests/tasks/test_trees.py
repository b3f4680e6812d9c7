"""`Trees`: what is a tree and what is not, and the loss of its nodes."""

import doctest
import importlib

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks import Sequences, Trees


@pytest.fixture
def two():
    """Two trees, of three nodes and of one."""
    return Trees(
        [np.arange(6.0).reshape(3, 2), np.ones((1, 2))],
        [[-1, -1, 0], [-1]],
        [[-1, -1, 1], [-1]],
        [np.array([[1.0], [np.nan], [3.0]]), np.array([[5.0]])],
        [[1.0, 0.0, 2.0], [1.0]],
    )


def test_trees_are_padded_with_nodes_that_nobody_judges(two):
    assert two.inputs.shape == (2, 3, 2)
    np.testing.assert_array_equal(two.left, [[-1, -1, 0], [-1, -1, -1]])
    np.testing.assert_array_equal(two.right, [[-1, -1, 1], [-1, -1, -1]])
    np.testing.assert_array_equal(two.judged, [[1, 0, 2], [1, 0, 0]])
    np.testing.assert_array_equal(two.lengths, [3, 1])
    np.testing.assert_array_equal(two.depths, [1, 0])
    assert (two.input_size, two.output_size, two.normaliser) == (2, 1, 4.0)
    assert two.targets[0, 1, 0] == 0.0  # a gap where nobody judges
    assert all(not array.flags.writeable for array in two.arrays.values())


def test_the_loss_is_that_of_sequences(two):
    outputs = np.random.default_rng(0).normal(size=two.targets.shape)
    same = Sequences(two.inputs, two.targets, two.judged)
    assert two.loss(outputs) == same.loss(outputs)
    assert two.constant_loss == same.constant_loss
    by_hand = ((outputs[0, 0] - 1) ** 2 + 2 * (outputs[0, 2] - 3) ** 2 + (outputs[1, 0] - 5) ** 2)[
        0
    ]
    assert two.loss(outputs) == pytest.approx(by_hand / 4)
    with pytest.raises(ConfigurationError, match=r"outputs must be \(tree, node, output\)"):
        two.loss(outputs[:1])


def test_accuracy_of_logits():
    targets = np.array([[0.0], [1.0], [1.0]])
    trees = Trees(
        np.zeros((3, 1)),
        [-1, -1, 0],
        [-1, -1, 1],
        targets,
        loss_function="binary_cross_entropy",
    )
    assert trees.accuracy(np.array([[[-1.0], [2.0], [-0.5]]])) == pytest.approx(2 / 3)


def test_the_root_may_be_judged_alone():
    trees = Trees(
        [np.zeros((3, 1)), np.zeros((2, 1))],
        [[-1, -1, 0], [-1, 0]],
        [[-1, -1, 1], [-1, -1]],
        [np.zeros((3, 1)), np.zeros((2, 1))],
        judged="root",
    )
    np.testing.assert_array_equal(trees.judged, [[0, 0, 1], [0, 1, 0]])


def test_some_trees_are_trees(two):
    one = two.select([1])
    assert isinstance(one, Trees)
    np.testing.assert_array_equal(one.left, two.left[1:])
    assert one.normaliser == 1.0


def test_depth_is_that_of_the_deepest_leaf():
    left, right = [-1, 0, 1, -1, 3, -1], [-1, -1, -1, -1, -1, -1]
    right[5], left[5] = 2, 4
    trees = Trees(np.zeros((6, 1)), left, right, np.zeros((6, 1)))
    np.testing.assert_array_equal(trees.depths, [3])


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ([-1, 0, 0], [-1, -1, 1], "tree 0: node 0 is a child twice, of node 1 and of node 2"),
        ([-1, -1, 0], [-1, -1, 0], "tree 0: node 0 is a child twice, of node 2 and of node 2"),
        ([-1, 2, 1], [-1, -1, 0], "tree 0: node . is its own descendant, a cycle"),
        ([0, -1, 1], [-1, -1, -1], "tree 0: node 0 is its own descendant, a cycle"),
        ([2, -1, 1], [-1, -1, -1], "node 2 is a child of node 0, which comes before it; .*topolog"),
        ([-1, -1, -1], [-1, -1, 1], "tree 0 has 2 roots, nodes 0, 2"),
        ([-1, -1, 3], [-1, -1, 1], "node 2 has the child 3; its nodes are 0 to 2, and -1 is no"),
        ([-1, -1, -2], [-1, -1, 1], "node 2 has the child -2"),
        ([-1, -1], [-1, -1, 1], "tree 0 has 3 nodes of inputs and 2 of left"),
        ([-1, -1, 0], [[-1, -1, 1]] * 2, "inputs hold 1 trees and right 2"),
        ([-1, -1, 0.0], [-1, -1, 1], "left must hold whole numbers"),
        ([], [-1, -1, 1], "left"),
    ],
)
def test_what_is_no_tree_is_named(left, right, message):
    with pytest.raises(ConfigurationError, match=message):
        Trees(np.zeros((3, 1)), left, right, np.zeros((3, 1)))


def test_targets_and_weights_must_fit_too():
    children = ([-1, 0], [-1, -1])
    with pytest.raises(ConfigurationError, match="tree 0 has 2 nodes of inputs and 3 of targets"):
        Trees(np.zeros((2, 1)), *children, np.zeros((3, 1)))
    with pytest.raises(ConfigurationError, match="judged"):
        Trees(np.zeros((2, 1)), *children, np.zeros((2, 1)), judged=[[1.0]])
    with pytest.raises(ConfigurationError, match="targets holds nan"):
        Trees(np.zeros((2, 1)), *children, np.full((2, 1), np.nan))


def test_the_examples_in_its_docstring_hold():
    examples = doctest.testmod(importlib.import_module("evornn.tasks.trees"))
    assert examples.attempted > 3
    assert examples.failed == 0

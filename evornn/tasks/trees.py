"""Trees: binary trees of different shape, each with features, targets and judged nodes.

A tree is a list of nodes in topological order: the children of a node come before it, so the root
is last. `left` and `right` hold the indexes of a node's children, −1 where it has none. The loss is
that of `Sequences`, nodes in place of steps.

The formula (a ∧ b) ∨ ¬c with a feature for each of a, b, c, ∧, ∨, ¬, judged at its root:

>>> import numpy as np
>>> labels = np.eye(6)[[0, 1, 3, 2, 5, 4]]             # a, b, ∧, c, ¬, ∨
>>> left, right = [-1, -1, 0, -1, 3, 2], [-1, -1, 1, -1, -1, 4]
>>> Trees(labels, left, right, targets=np.ones((6, 1)), judged="root")
Trees(1 of 6 nodes, depth 2, 6 inputs, 1 output, 1 judged node)

A sequence is the tree in which each node but the first has one child, the step before it:

>>> u = np.random.default_rng(0).uniform(size=(20, 1))
>>> Trees(u, np.arange(20) - 1, np.full(20, -1), targets=u)
Trees(1 of 20 nodes, depth 19, 1 input, 1 output, 20 judged nodes)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from evornn.errors import ConfigurationError
from evornn.tasks.judged import Judged, count
from evornn.tasks.ragged import check_finite, judged_list, padded, sequence_list


class Trees(Judged):
    """Binary trees of equal or unequal size, padded with nodes that nobody judges.

    Parameters
    ----------
    inputs, targets
        Lists of arrays (node, feature), one for each tree, or one such array for a lone tree.
        Zeros are usual where a node has no feature of its own. They are copied.
    left, right
        Lists of integer arrays (node,): index of the left and of the right child, −1 where there is
        none. Children come before their parents, no node has two parents, and one has none.
    judged
        Weight of each node in the loss, lists of arrays (node,), zero for nodes that are not
        judged; "root" judges the root of each tree, None every node.
    loss_function
        As in `Sequences`.

    Attributes
    ----------
    inputs, targets, judged : float64 arrays (tree, node, feature) and (tree, node)
        Read-only. Targets that are not judged and not finite are stored as zero.
    left, right : int64 (tree, node), −1 where there is no child and behind a tree's end
    lengths : int64 (tree,), nodes of each tree
    normaliser : float, the sum of `judged`

    Raises
    ------
    ConfigurationError
        For data that are empty, not real, not finite where they count, or no trees.
    """

    kind = "tree"
    axes = "tree, node, output"

    left: np.ndarray
    right: np.ndarray

    def __init__(
        self,
        inputs: Any,
        left: Any,
        right: Any,
        targets: Any,
        judged: Any = None,
        *,
        loss_function: str = "mean_squared_error",
    ) -> None:
        given, wanted = sequence_list("inputs", inputs), sequence_list("targets", targets)
        sizes = [len(part) for part in given]
        _check_sizes("targets", [len(part) for part in wanted], sizes)
        children = [_index_list(side, rows) for side, rows in (("left", left), ("right", right))]
        for side, rows in zip(("left", "right"), children, strict=True):
            _check_sizes(side, [len(row) for row in rows], sizes)
        for tree, (before, after) in enumerate(zip(*children, strict=True)):
            _check_tree(tree, before, after)
        root_only = isinstance(judged, str) and judged == "root"
        weights = [_root_only(n) for n in sizes] if root_only else judged_list(judged, sizes)
        check_finite("inputs", given)
        check_finite("targets", wanted, weights)
        wanted = [np.where(np.isfinite(part), part, 0.0) for part in wanted]
        self.inputs, self.targets, self.judged = padded(given), padded(wanted), padded(weights)
        self.left, self.right = (_padded_indexes(rows) for rows in children)
        self.lengths = np.array(sizes, dtype=np.int64)
        self._finish(loss_function)

    @property
    def arrays(self) -> Mapping[str, np.ndarray]:
        names = ("inputs", "left", "right", "targets", "judged", "lengths")
        return {name: getattr(self, name) for name in names}

    @property
    def depths(self) -> np.ndarray:
        """Depth of each tree (tree,), int64: steps from its root down to its deepest node."""
        nodes, rows = self.left.shape[1], np.arange(len(self.lengths))
        # A missing child, −1, is the last column: its height of −1 makes that of a leaf 0.
        heights = np.full((len(rows), nodes + 1), -1, np.int64)
        for node in range(nodes):
            left, right = heights[rows, self.left[:, node]], heights[rows, self.right[:, node]]
            heights[:, node] = 1 + np.maximum(left, right)
        return heights[rows, self.lengths - 1]

    def __repr__(self) -> str:
        return (
            f"Trees({len(self.lengths)} of {_span(self.lengths)} nodes, depth "
            f"{_span(self.depths)}, {count(self.input_size, 'input')}, "
            f"{count(self.output_size, 'output')}, {count(self.judged_count, 'judged node')})"
        )


def _span(values: np.ndarray) -> str:
    least, most = values.min(), values.max()
    return f"{most}" if least == most else f"{least} to {most}"


def _root_only(nodes: int) -> np.ndarray:
    return (np.arange(nodes) == nodes - 1).astype(np.float64)


def _index_list(what: str, rows: Any) -> list[np.ndarray]:
    """One integer array (node,) per tree; a lone row of indexes is one tree."""
    lone = not len(rows) or np.ndim(rows[0]) == 0
    indexes = []
    for tree, row in enumerate([rows] if lone else rows):
        array = np.asarray(row)
        if array.ndim != 1 or array.dtype.kind not in "iu":
            raise ConfigurationError(
                f"{what} must hold whole numbers, the index of a child or -1, one for each node; "
                f"tree {tree} has {row!r:.80}"
            )
        indexes.append(array.astype(np.int64))
    return indexes


def _check_sizes(what: str, found: list[int], nodes: list[int]) -> None:
    if len(found) != len(nodes):
        raise ConfigurationError(
            f"inputs hold {len(nodes)} trees and {what} {len(found)}: give one row for each tree"
        )
    for tree, (rows, wanted) in enumerate(zip(found, nodes, strict=True)):
        if rows != wanted:
            raise ConfigurationError(
                f"tree {tree} has {wanted} nodes of inputs and {rows} of {what}: give one for "
                "every node"
            )


def _check_tree(tree: int, left: np.ndarray, right: np.ndarray) -> None:
    """One root, no cycle, no node with two parents, children before parents."""
    nodes = len(left)
    parents: dict[int, int] = {}
    for node in range(nodes):
        for child in (int(left[node]), int(right[node])):
            if child == -1:
                continue
            if not 0 <= child < nodes:
                raise ConfigurationError(
                    f"tree {tree}: node {node} has the child {child}; its nodes are 0 to "
                    f"{nodes - 1}, and -1 is no child"
                )
            if child in parents:
                raise ConfigurationError(
                    f"tree {tree}: node {child} is a child twice, of node {parents[child]} and of "
                    f"node {node}; give each parent a copy of its own"
                )
            parents[child] = node
    for child, parent in parents.items():
        if child < parent:
            continue
        if _comes_back(child, parents):
            raise ConfigurationError(f"tree {tree}: node {child} is its own descendant, a cycle")
        raise ConfigurationError(
            f"tree {tree}: node {child} is a child of node {parent}, which comes before it; "
            "list children before their parents (topological order)"
        )
    roots = [node for node in range(nodes) if node not in parents]
    if len(roots) > 1:
        raise ConfigurationError(
            f"tree {tree} has {len(roots)} roots, nodes {', '.join(map(str, roots[:4]))}: one "
            "node only may have no parent; give each tree a row of its own"
        )


def _comes_back(node: int, parents: dict[int, int]) -> bool:
    """Whether the way up from `node` leads back to it."""
    above = parents[node]
    for _ in parents:
        if above == node or above not in parents:
            break
        above = parents[above]
    return above == node


def _padded_indexes(rows: list[np.ndarray]) -> np.ndarray:
    whole = np.full((len(rows), max(map(len, rows))), -1, np.int64)
    for padded_row, row in zip(whole, rows, strict=True):
        padded_row[: len(row)] = row
    return whole

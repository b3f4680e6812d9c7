"""What every network on trees is: a `Network` whose step sees two children, not one state."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from evornn.networks.network import Network


class TreeNetwork(Network):
    """Base of all networks on binary trees: a frozen dataclass of sizes and options.

    The step runs once at each node, children first: ``step(w, k, x, left, right, s_next, y)``. It
    reads the features `x` of the node and the states `left` and `right` of its children, and writes
    the node's state `s_next` and its output `y`. The state of a child that is missing is all zero,
    whatever others may have in theirs. All else is as in `Network`; there is no `start`.
    """

    data: ClassVar[str] = "tree"
    predecessors: ClassVar[int] = 2

    def reference(
        self, weights: Any, inputs: np.ndarray, left: Any = None, right: Any = None
    ) -> np.ndarray:
        """Outputs (node, outputs) for one tree, in plain NumPy and float64.

        `inputs` (node, inputs), `left` and `right` (node,) as in `evornn.tasks.Trees`; without
        these a chain, each node the left child of the next. `weights` is a flat vector in genome
        order or a mapping from name to array.
        """
        w, count = self.named(weights), len(inputs)
        left = np.arange(count) - 1 if left is None else left
        right = np.full(count, -1) if right is None else right
        states: dict[int, Any] = {}
        outputs = []
        for node, x in enumerate(np.asarray(inputs, np.float64)):
            children = states.get(int(left[node])), states.get(int(right[node]))
            states[node], y = self.reference_node(w, x, *children)
            outputs.append(y)
        return np.array(outputs)

    @abstractmethod
    def reference_node(
        self, w: Mapping[str, np.ndarray], x: np.ndarray, left: Any, right: Any
    ) -> tuple[Any, np.ndarray]:
        """State and output of a node with features `x`, for `reference`.

        `left` and `right` are what this gave as the states of its children, None where there is no
        child. Written in matrix form, independently of `step`: the oracle of its tests.
        """

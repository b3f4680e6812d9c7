"""The compiled engine for trees: genomes in lanes, one tree after another.

Trees of different shape cannot share a vector, so a lone genome fills one lane of it: populations
(of restarts, say) are what this engine is fast at.
"""

from __future__ import annotations

import numpy as np

from evornn.fitness.lane_engine import LaneEngine
from evornn.fitness.layout import TreeData
from evornn.fitness.packing import tree_data
from evornn.numerics.records import size_of
from evornn.tasks.trees import Trees


class TreeEngine(LaneEngine):
    """Errors and gradients of weights (population, weights) on one set of trees."""

    loss_kind = "trees"
    gradient_kind = "gradients of trees"
    forward_kind = "forward gradients of trees"
    data: Trees

    def outputs(self, weights: np.ndarray) -> np.ndarray:
        """Outputs (tree, node, output) of one vector of weights, float64, zero behind each tree."""
        trees, nodes, features = self.data.targets.shape
        traces = np.zeros((trees, nodes * features), self.dtype)
        self._genome_sums(self._cast(weights[np.newaxis]), traces)
        outputs = traces.reshape(trees, nodes, features).astype(np.float64)
        outputs[np.arange(nodes) >= self.data.lengths[:, np.newaxis]] = 0.0
        return outputs

    def _pack(self) -> TreeData:
        return tree_data(self.data, self.dtype)

    @property
    def _kept(self) -> tuple[int, int]:
        nodes = self.data.inputs.shape[1]
        # A row of zeros before the first node is the state of a missing child.
        return nodes + 1, nodes

    @property
    def _carried(self) -> int:
        return (self.data.inputs.shape[1] + 1) * size_of(self.network.state)

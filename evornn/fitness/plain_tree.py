"""The plain engine for trees: `PlainEngine` with the nodes of a tree in place of steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from evornn.fitness.plain import WHOLE, Followed, PlainEngine, lanes_of
from evornn.numerics.plain import Number


class PlainTreeEngine(PlainEngine):
    """Errors and gradients of weights (population, weights) on one set of trees."""

    def _rolled_out(self, weights: Any, q: int, followed: Followed = WHOLE) -> Iterator[Any]:
        """The outputs of each node of tree `q`, whatever is `followed`."""
        trees, width = self.data, lanes_of(weights)
        states = {-1: self._forwards.zero_state(weights)}
        for node in range(int(trees.lengths[q])):
            x = np.empty(self.network.inputs, object)
            x[:] = [Number(np.full(width, u, self.dtype)) for u in trees.inputs[q, node]]
            left, right = states[int(trees.left[q, node])], states[int(trees.right[q, node])]
            states[node], y = self._forwards.advance(weights, x, left, right)
            yield y

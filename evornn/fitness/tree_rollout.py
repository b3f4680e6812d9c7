"""One network through one tree, from the leaves to the root: the loop over nodes, and its loss.

The states of all nodes stay in one buffer, a row for each, so a node finds those of its children by
their index. A sequence is the tree in which each node has one child, and then the arithmetic is
that of `rollout`, in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.extending import register_jitable

from evornn.fitness.layout import Records, Tree
from evornn.fitness.observing import observed_as_given
from evornn.fitness.rollout import STEPS_BETWEEN_LOOKS, unjudged
from evornn.numerics.records import record


@register_jitable
def tree_at(data: Any, q: int, first: int = 0) -> Tree:
    """Tree `q` of the data."""
    return Tree(
        data.inputs[q],
        data.targets[q],
        data.judged[q],
        data.left[q],
        data.right[q],
        data.lengths[q],
    )


def make_tree_rollout(
    step: Callable[..., None], error: Callable[..., Any], records: Records
) -> Callable[..., Any]:
    """The loop over the nodes for `step`, giving the weighted sum of `error` over judged nodes.

    The genome lies in `weights` from element `begin` on.
    The state of node n lies at row n + 1 of the buffer, which keeps them all. Row 0 is zero: the
    state of a child that is missing, −1. Outputs are kept with `keep`.
    """
    Weights, Constants = records.weights, records.constants
    State, Following, Output = records.state, records.following, records.output

    @register_jitable
    def rollout(
        weights: Any,
        begin: int,
        tree: Any,
        data: Any,
        layout: Any,
        buffers: Any,
        keep: bool,
        stop: Any,
    ) -> Any:
        w = record(Weights, layout.weights, weights, begin, weights)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        states, scratch, outputs = buffers.states, buffers.scratch, buffers.outputs
        size, output_size = layout.state_size, layout.output[0]
        output_rows = -1 if keep else 0
        for i in range(size):
            states[i] = 0.0
        outputs[0] = 0.0
        total = outputs[0]
        carry = outputs[0]
        for n in range(tree.length):
            if n % STEPS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                break
            x = observed_as_given(buffers.inputs, tree.inputs, None, n, outputs, 0, data)
            left = record(State, layout.state, states, (tree.left[n] + 1) * size, scratch)
            right = record(State, layout.state, states, (tree.right[n] + 1) * size, scratch)
            s_next = record(Following, layout.following, states, (n + 1) * size, scratch)
            y = record(Output, layout.output, outputs, (n & output_rows) * output_size, scratch).y
            step(w, k, x, left, right, s_next, y)
            weight = tree.judged[n]
            if unjudged(weight):
                continue
            # Kahan's sum, as over the steps of a sequence.
            term = weight * error(y, tree.targets[n]) - carry
            grown = total + term
            carry = (grown - total) - term
            total = grown
        return total

    return rollout

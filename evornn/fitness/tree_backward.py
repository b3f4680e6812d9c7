"""Back-propagation through structure: the backward pass through one tree (Goller & Küchler 1996).

Nodes are gone through from the root to the leaves. Each runs `step` again on variables, sweeps the
tape of that one step, and hands the adjoints of its children's states down to them, in one row for
each node.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.extending import register_jitable

from evornn.fitness.backward import seed
from evornn.fitness.layout import Records
from evornn.fitness.rollout import STEPS_BETWEEN_LOOKS, unjudged
from evornn.fitness.step_tape import FIRST_LEAF, hand_over, view_variables
from evornn.numerics.lanes import view_lanes
from evornn.numerics.leaves import make_leaves
from evornn.numerics.records import record
from evornn.numerics.tape import sweep
from evornn.numerics.variable import CAPACITY, NODES, RECORDS, node_of


@register_jitable
def _hand_down(adjoints: Any, first: int, size: int, carried: Any, row: int) -> None:
    """Move the adjoints of a child's state, leaves from `first` on, to the child's row."""
    for i in range(size):
        carried[row * size + i] = carried[row * size + i] + adjoints[first + i]
        adjoints[first + i] = 0.0


def make_tree_backward(
    step: Callable[..., None], error: Callable[..., Any], records: Records
) -> Callable[..., bool]:
    """The backward pass through one tree, adding to the adjoints of the weights.

    `tape.carried` has a row for each node, and row 0 for the missing children, which nobody reads.
    Gives False where the tape was too short for a step; ``header[NODES]`` then says how long it
    must be. Trees are gone back through whole, whatever the `horizon`.
    """
    Weights, Constants, State = records.weights, records.constants, records.state
    Following, Output = records.following, records.output

    @register_jitable
    def backward(
        tree: Any,
        data: Any,
        layout: Any,
        buffers: Any,
        tape: Any,
        scale: Any,
        horizon: Any,
        stop: Any,
    ) -> bool:
        header = tape.header
        values, adjoints = view_lanes(tape.values), view_lanes(tape.adjoints)
        partials, carried = view_lanes(tape.partials), view_lanes(tape.carried)
        size = layout.state_size
        left0 = FIRST_LEAF + layout.weight_count
        right0 = left0 + size
        input0 = right0 + size
        computed0 = input0 + buffers.inputs.shape[0]
        leaves = make_leaves(values, header)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        w = record(Weights, layout.weights, leaves, FIRST_LEAF, leaves)
        left = record(State, layout.state, leaves, left0, leaves)
        right = record(State, layout.state, leaves, right0, leaves)
        x = leaves[input0:computed0]
        following = view_variables(tape.following, values)
        s_next = record(Following, layout.following, following, 0, following[size:])
        y = record(Output, layout.output, view_variables(tape.outputs, values), 0, following).y
        for i in range((tree.length + 1) * size):
            carried[i] = 0.0
        for n in range(tree.length - 1, -1, -1):
            if n % STEPS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                break
            header[NODES], header[RECORDS] = computed0, 0
            for i in range(size):
                values[left0 + i] = buffers.states[(tree.left[n] + 1) * size + i]
                values[right0 + i] = buffers.states[(tree.right[n] + 1) * size + i]
            for i in range(x.shape[0]):
                values[input0 + i] = tree.inputs[n, i]
            step(w, k, x, left, right, s_next, y)
            error_node = 0
            if not unjudged(tree.judged[n]):
                error_node = node_of(error(y, tree.targets[n]))
            if header[NODES] > header[CAPACITY]:
                return False
            for i in range(input0, header[NODES]):
                adjoints[i] = 0.0
            hand_over(carried[(n + 1) * size :], following, size, adjoints)
            adjoints[error_node] = adjoints[error_node] + seed(tree.judged[n], scale)
            sweep(tape.records, header[RECORDS], values, partials, adjoints)
            _hand_down(adjoints, left0, size, carried, tree.left[n] + 1)
            _hand_down(adjoints, right0, size, carried, tree.right[n] + 1)
        return True

    return backward

"""Blocks by back-propagation, joined by real-time recurrent learning (Schmidhuber 1992, A fixed
size storage O(n³) time complexity learning algorithm for fully recurrent continually running
networks, Neural Computation 4).

For a block of h steps from state s to state s', with P = ∂s/∂w of all that was before:

    ∇E ← ∇E + ∂E_block/∂w + ∂E_block/∂s P
    P ← ∂s'/∂w + ∂s'/∂s P

The derivatives inside the block come of back-propagation through its h steps: from its errors, and
from each of the n states at its end. That is n + 1 sweeps of n² operations for each step, and one
product of n × n with n × n² for each block. With h near n it is O(n³) a step, where real-time
recurrent learning takes n⁴; storage is that of h states and of P, whatever the length. The gradient
is the whole one. (The paper changes the weights after each block; here they stay.)

In the lanes lie what is gone back from, as many at a time as there are lanes. In a free run outputs
are fed back, so the last ones count as states too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from evornn.fitness.layout import Records
from evornn.fitness.observing import observed_as_given, observed_freely
from evornn.fitness.rollout import make_beginning
from evornn.fitness.rollout_kernels import buffers_of, sequence_at
from evornn.fitness.step_tape import FIRST_LEAF
from evornn.numerics.lanes import view_lanes
from evornn.numerics.records import aligned_zeros, record


class Block(NamedTuple):
    """Derivatives of what a block ends in: its n states, and behind them its judged errors.

    `by_weights` (n + 1, weights) and `by_state` (n + 1, state before the block), float64. `errors`
    is the sum of all errors so far, of which `judged` (two, lane) keeps the sum and its carry;
    `seeds` (one, lane) says which lane goes back from the errors.
    """

    by_weights: np.ndarray
    by_state: np.ndarray
    errors: np.ndarray
    judged: np.ndarray
    seeds: np.ndarray

    @classmethod
    def blank(cls, states: int, weights: int, lanes: int, dtype: np.dtype) -> Block:
        return cls(
            by_weights=np.zeros((states + 1, weights)),
            by_state=np.zeros((states + 1, states)),
            errors=np.zeros(1),
            judged=aligned_zeros((2, lanes), dtype),
            seeds=aligned_zeros((1, lanes), dtype),
        )


def ring_length(steps: int) -> int:
    """K for buffers that are rings of 2 K rows, enough for a block of so many steps."""
    return 1 << (steps - 1).bit_length()


def make_block_kernel(
    start: Callable[..., None] | None,
    records: Records,
    feeds_back: bool,
    span: Callable[..., Any],
    go_back: Callable[..., bool],
) -> Callable[..., bool]:
    """Steps `first` to `last` − 1 of sequence `q` with the weights `genome`, and back again.

    The state before them is in `work`, where the block before has left it. False where the tape was
    too short.
    """
    Weights, Constants = records.weights, records.constants
    observed = observed_freely if feeds_back else observed_as_given
    initialise = make_beginning(start, records)

    def block_of_steps(
        genome: Any,
        data: Any,
        q: int,
        first: int,
        last: int,
        layout: Any,
        work: Any,
        tape: Any,
        horizon: Any,
        stop: Any,
        block: Any,
    ) -> bool:
        values, adjoints = view_lanes(tape.values), view_lanes(tape.adjoints)
        carried, judged = view_lanes(tape.carried), view_lanes(block.judged)
        seeds, outputs = view_lanes(block.seeds), view_lanes(work.outputs)
        buffers, sequence = buffers_of(work, outputs), sequence_at(data, q)
        states, width = block.by_state.shape[1], tape.values.shape[1]
        rows = 2 * buffers.segment - 1
        for j in range(layout.weight_count):
            values[FIRST_LEAF + j] = genome[j]
        if first == 0:
            w = record(Weights, layout.weights, values, FIRST_LEAF, values)
            k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
            x = observed(buffers.inputs, sequence.inputs, sequence.fed, 0, outputs, 0, data)
            initialise(w, k, x, layout, buffers.states)
            judged[0] = 0.0
            judged[1] = 0.0
        total, carry = span(
            values, FIRST_LEAF, sequence, data, layout, buffers, first, last, rows, rows,
            judged[0], judged[1], stop,
        )  # fmt: skip
        for begin in range(0, states + 1, width):
            for i in range(adjoints.shape[0]):
                adjoints[i] = 0.0
            for i in range(carried.shape[0]):
                carried[i] = 0.0
            seeds[0] = 0.0
            count = min(width, states + 1 - begin)
            for lane in range(count):
                if begin + lane < states:
                    tape.carried[begin + lane, lane] = 1.0
                else:
                    block.seeds[0, lane] = 1.0
            if not go_back(
                sequence, data, layout, buffers, tape, seeds[0], horizon, first, last, stop
            ):
                return False
            for lane in range(count):
                for j in range(layout.weight_count):
                    block.by_weights[begin + lane, j] = tape.adjoints[FIRST_LEAF + j, lane]
                for i in range(states):
                    block.by_state[begin + lane, i] = tape.carried[i, lane]
        # Not before all is done: with a longer tape it would be done again.
        judged[0], judged[1] = total, carry
        block.errors[0] = block.judged[0, 0]
        return True

    return block_of_steps


class Joined:
    """The gradient of a sequence so far, and the influence P of the weights on its state."""

    def __init__(self, block: Block) -> None:
        states, weights = block.by_weights.shape
        self.gradient, self._influence = np.zeros(weights), np.zeros((states - 1, weights))

    def join(self, block: Block) -> None:
        """Go on with the next block."""
        with np.errstate(all="ignore"):
            joined = block.by_weights + block.by_state @ self._influence
        self.gradient += joined[-1]
        self._influence = joined[:-1]

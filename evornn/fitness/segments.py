"""Checkpointed states: back-propagation through long sequences in bounded memory.

The pass forward saves the state of every K-th step only, with the output of the step before. The
pass back goes through segments of K steps, from the last to the first, and computes the states of
each again from the one that was saved at its beginning (Griewank 1992, Achieving logarithmic growth
of temporal and spatial complexity in reverse automatic differentiation; Chen et al. 2016, Training
deep nets with sublinear memory cost). With K near √T the memory of T steps is 3 √T states, for one
more pass forward. The same steps compute the same numbers from the same states, so the gradients
are those of the whole tape, to the bit.

The buffers are rings of 2 K rows, K a power of two: a segment and the row behind it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from numba.extending import register_jitable

from evornn.fitness.layout import Records
from evornn.fitness.observing import observed_as_given, observed_freely
from evornn.fitness.rollout import make_beginning
from evornn.fitness.step_tape import FIRST_LEAF
from evornn.numerics.records import record

#: bytes of states and outputs that a thread keeps of all steps; segments where it would be more
KEPT_BYTES = 1 << 26


def segment_length(steps: int) -> int:
    """K for so many steps: the power of two next to their root."""
    return 1 << round(math.log2(max(steps, 1)) / 2)


@register_jitable
def _move(buffers: Any, layout: Any, segment: int, into: bool) -> None:
    """Save what the first step of a segment begins from (`into`), or bring it back."""
    size, output_size = layout.state_size, layout.output[0]
    rows, first = 2 * buffers.segment - 1, segment * buffers.segment
    state0, output0 = (first & rows) * size, ((first - 1) & rows) * output_size
    saved0 = segment * (size + output_size)
    states, outputs, saved = buffers.states, buffers.outputs, buffers.saved
    for i in range(size):
        if into:
            saved[saved0 + i] = states[state0 + i]
        else:
            states[state0 + i] = saved[saved0 + i]
    for o in range(output_size):
        if into:
            saved[saved0 + size + o] = outputs[output0 + o]
        else:
            outputs[output0 + o] = saved[saved0 + size + o]


def make_segments(
    start: Callable[..., None] | None,
    records: Records,
    feeds_back: bool,
    span: Callable[..., Any],
) -> tuple[Callable[..., Any], Callable[..., None]]:
    """The pass forward that saves, in place of `rollout`, and what computes states again."""
    Weights, Constants = records.weights, records.constants
    observed = observed_freely if feeds_back else observed_as_given
    initialise = make_beginning(start, records)

    @register_jitable
    def rollout(
        weights: Any,
        begin: int,
        sequence: Any,
        data: Any,
        layout: Any,
        buffers: Any,
        keep: bool,
        stop: Any,
    ) -> Any:
        w = record(Weights, layout.weights, weights, begin, weights)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        outputs, K = buffers.outputs, buffers.segment
        rows = 2 * K - 1
        x = observed(buffers.inputs, sequence.inputs, sequence.fed, 0, outputs, 0, data)
        initialise(w, k, x, layout, buffers.states)
        outputs[0] = 0.0
        total = outputs[0]
        carry = outputs[0]
        for first in range(0, sequence.length, K):
            if stop[0] != 0:
                break
            _move(buffers, layout, first // K, True)
            last = min(first + K, sequence.length)
            total, carry = span(
                weights, begin, sequence, data, layout, buffers, first, last, rows, rows,
                total, carry, stop,
            )  # fmt: skip
        return total

    @register_jitable
    def restore(
        values: Any, sequence: Any, data: Any, layout: Any, buffers: Any, t: int, stop: Any
    ) -> None:
        K = buffers.segment
        rows, first = 2 * K - 1, t // K * K
        _move(buffers, layout, t // K, False)
        nothing = values[0] * 0.0
        span(
            values, FIRST_LEAF, sequence, data, layout, buffers, first, t, rows, rows,
            nothing, nothing, stop,
        )  # fmt: skip

    return rollout, restore

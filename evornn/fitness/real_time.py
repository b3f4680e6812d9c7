"""Real-time recurrent learning (Williams & Zipser 1989), one step at a time.

    P(t) = ∂F/∂s P(t−1) + ∂F/∂w,    ∇E(t) = ∂E/∂s P(t) + ∂E/∂w

The influence matrix P = ∂s/∂w is kept from step to step, a block of columns after the other, each
beside a copy of the state: `step` on duals turns the block of one step into that of the next. The
weights may change between two steps; P then holds derivatives at the weights of each step's own
time, which is the paper's approximation for small rates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Self

import numpy as np
from numba.extending import register_jitable

from evornn.fitness.layout import Records
from evornn.fitness.observing import observed_as_given, observed_freely
from evornn.fitness.packing import lanes_of
from evornn.fitness.rollout import make_beginning, unjudged
from evornn.fitness.rollout_kernels import sequence_at
from evornn.networks.network import Network
from evornn.numerics.dual import view_duals
from evornn.numerics.records import aligned_zeros, record, size_of
from evornn.numerics.seeds import make_seeds
from evornn.numerics.spread import spread


class Influence(NamedTuple):
    """The state of one network with its influence matrix, and what else a step writes.

    Arrays of duals, the last axis being the numbers of one: `states` (block, two states, …),
    `outputs` (block, output, …), and `scratch` and `inputs` of a block.
    """

    states: np.ndarray
    outputs: np.ndarray
    scratch: np.ndarray
    inputs: np.ndarray
    #: judged error of the last step, a dual and float64, and its gradient
    total: np.ndarray
    error: np.ndarray
    gradient: np.ndarray

    @classmethod
    def blank(cls, network: Network, dtype: np.dtype, blocks: int) -> Self:
        width = lanes_of(dtype)

        def duals(*shape: int) -> np.ndarray:
            return aligned_zeros((*(max(extent, 1) for extent in shape), 2 * width), dtype)

        return cls(
            states=duals(blocks, 2 * size_of(network.state)),
            outputs=duals(blocks, network.outputs),
            scratch=duals(size_of(network.scratch)),
            inputs=duals(network.inputs),
            total=duals(1),
            error=np.zeros(1),
            gradient=np.zeros(blocks * width),
        )

    def tangents_after(self, t: int) -> np.ndarray:
        """A view of the tangents (state, direction) that step `t` left in the first block."""
        _, rows, numbers = self.states.shape
        size = rows // 2
        after = (t + 1) % 2 * size
        return self.states[0, after : after + size, numbers // 2 :]


@register_jitable
def _seeds(genome: Any, first: int, like: Any) -> Any:
    return make_seeds(genome, first)


@register_jitable
def _constants(genome: Any, first: int, like: Any) -> Any:
    return spread(genome, like)


def make_real_time_kernel(
    step: Callable[..., None],
    error: Callable[..., Any],
    start: Callable[..., None] | None,
    records: Records,
    feeds_back: bool,
    seeded: bool = True,
) -> Callable[..., None]:
    """Step `t` of sequence `q` with the weights `genome`: error and gradient, and the next P.

    Without `seeded` the weights are constants: the tangents of the state are multiplied by ∂F/∂s
    and nothing is added to them, and the gradient is that of the error along these.
    """
    Weights, Constants = records.weights, records.constants
    State, Following, Output = records.state, records.following, records.output
    observed = observed_freely if feeds_back else observed_as_given
    initialise = make_beginning(start, records)
    view_weights = _seeds if seeded else _constants

    def in_real_time(genome: Any, data: Any, q: int, t: int, layout: Any, influence: Any) -> None:
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        all_states, all_outputs = view_duals(influence.states), view_duals(influence.outputs)
        scratch, inputs = view_duals(influence.scratch), view_duals(influence.inputs)
        total, width = view_duals(influence.total), influence.total.shape[1] // 2
        sequence, size = sequence_at(data, q), layout.state_size
        before, after = (t & 1) * size, ((t + 1) & 1) * size
        for block in range(all_states.shape[0]):
            states, outputs = all_states[block], all_outputs[block]
            weights = view_weights(genome, block * width, inputs)
            w = record(Weights, layout.weights, weights, 0, weights)
            x = observed(inputs, sequence.inputs, sequence.fed, t, outputs, 0, data)
            if t == 0:
                initialise(w, k, x, layout, states)
            s = record(State, layout.state, states, before, scratch)
            s_next = record(Following, layout.following, states, after, scratch)
            y = record(Output, layout.output, outputs, 0, scratch).y
            step(w, k, x, s, s_next, y)
            total[0] = 0.0
            if not unjudged(sequence.judged[t]):
                total[0] = sequence.judged[t] * error(y, sequence.targets[t])
            influence.error[0] = influence.total[0, 0]
            for lane in range(width):
                influence.gradient[block * width + lane] = influence.total[0, width + lane]

    return in_real_time

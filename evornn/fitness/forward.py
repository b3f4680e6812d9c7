"""Real-time recurrent learning (Williams & Zipser 1989), of whole sequences with fixed weights.

    P(t) = ∂s(t)/∂w = ∂F/∂s P(t−1) + ∂F/∂w,    s(t) = F(s(t−1), x(t), w)

The pass forward runs on duals: a state carries the columns of its influence matrix P, a weight the
derivative 1 of its own, and the sum of errors comes out with its gradient. A pass gives a block of
columns, as many as there are directions in a dual. Nothing is stored over time, and all of P would
be as large as units × weights. Its arithmetic is that of `step` once for every block: weights² for
a step that multiplies by each of its weights, which is n⁴ for n units that hear each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evornn.fitness.rollout_kernels import make_buffers
from evornn.numerics.dual import view_duals
from evornn.numerics.seeds import make_seeds

dual_buffers_of = make_buffers(view_duals)


def make_forward_kernel(
    rollout: Callable[..., Any], at: Callable[..., Any], keeps: bool
) -> Callable[..., None]:
    """Losses, and gradients with respect to weights from `begin` on, a block of these at a time.

    ``at(data, q)`` is row q of the data: a sequence, or a tree. `sums` (genome, row), `gradients`
    (genome, weight).
    """

    def weights_in_lanes(
        genomes: Any,
        begin: int,
        data: Any,
        layout: Any,
        work: Any,
        scale: float,
        stop: Any,
        sums: Any,
        gradients: Any,
    ) -> None:
        width, count = work.outputs.shape[1] // 2, gradients.shape[1]
        outputs = view_duals(work.outputs)
        buffers = dual_buffers_of(work, outputs)
        for g in range(genomes.shape[0]):
            for first in range(0, count, width):
                weights = make_seeds(genomes[g], begin + first)
                for q in range(data.lengths.shape[0]):
                    if stop[0] != 0:
                        return
                    row = at(data, q)
                    outputs[0] = rollout(weights, 0, row, data, layout, buffers, keeps, stop)
                    sums[g, q] = work.outputs[0, 0]
                    for j in range(min(width, count - first)):
                        gradients[g, first + j] += scale * work.outputs[0, width + j]

    return weights_in_lanes

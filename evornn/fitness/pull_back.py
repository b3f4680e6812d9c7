"""The gradient of any function of the outputs: a vector times the Jacobian of the outputs.

Where a loss L is no sum of errors of single steps, its derivatives by the outputs, the cotangents
c(t) = ∂L/∂y(t), are all that back-propagation needs to know of it:

    ∂L/∂w = Σ_t c(t) ∂y(t)/∂w = ∂/∂w Σ_t c(t)·y(t)    with c held fixed

So the kernels of gradients are taken as they are, with Σ c·y as the error of a step, and with
cotangents in place of the targets, which differ from genome to genome.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import register_jitable

from evornn.fitness.layout import Cotangents, Data, Sequence
from evornn.fitness.packing import lanes_of
from evornn.numerics.lanes import view_lanes
from evornn.numerics.records import aligned_zeros


@register_jitable
def inner_product(y: Any, c: Any) -> Any:
    """Σₒ c[o] y[o]."""
    total = c[0] * y[0]
    for o in range(1, y.shape[0]):
        total = total + c[o] * y[o]
    return total


@register_jitable
def cotangents_at(data: Any, q: int, first: int) -> Sequence:
    """Sequence `q`, with the cotangents of the genomes from `first` on in lanes."""
    packed, last = data.packed, data.targets.shape[0] - 1
    for t in range(data.lengths[q]):
        for o in range(packed.shape[1]):
            for lane in range(packed.shape[2]):
                packed[t, o, lane] = data.targets[min(first + lane, last), q, t, o]
    return Sequence(
        data.inputs[q],
        view_lanes(packed),
        data.judged[q],
        data.lengths[q],
        data.ends[q],
        data.fed[q],
    )


@register_jitable
def cotangents_of_group(data: Any, b: int, genome: int) -> Sequence:
    """Group `b` of the sequences in lanes, with the cotangents of `genome`."""
    return Sequence(
        view_lanes(data.inputs)[b],
        view_lanes(data.targets)[genome, b],
        view_lanes(data.judged)[b],
        data.lengths[b],
        view_lanes(data.ends)[b],
        view_lanes(data.fed)[b],
    )


def for_genomes(data: Data, cotangents: np.ndarray) -> Cotangents:
    """`data` for genomes in lanes, with `cotangents` (genome, sequence, time, output)."""
    shape = (*cotangents.shape[2:], lanes_of(cotangents.dtype))
    judged = np.ones_like(data.judged)
    return _with(data, cotangents, aligned_zeros(shape, cotangents.dtype), judged)


def for_groups(data: Data, cotangents: np.ndarray) -> Cotangents:
    """`data` for sequences in lanes, with `cotangents` (genome, sequence, time, output)."""
    groups, steps, _, width = data.inputs.shape
    genomes, sequences, _, outputs = cotangents.shape
    whole = np.zeros((genomes, groups * width, steps, outputs), cotangents.dtype)
    whole[:, :sequences] = cotangents
    by_lane = np.moveaxis(whole.reshape(genomes, groups, width, steps, outputs), 2, -1)
    # Lanes go on until the longest of their group ends: what they do then is nobody's loss.
    goes_on = np.arange(steps)[:, np.newaxis] < data.ends[:, np.newaxis, :]
    targets = np.where(goes_on[:, :, np.newaxis], by_lane, cotangents.dtype.type(0.0))
    packed = np.zeros((0, outputs, width), cotangents.dtype)
    return _with(data, np.ascontiguousarray(targets), packed, goes_on.astype(cotangents.dtype))


def _with(data: Data, targets: np.ndarray, packed: np.ndarray, judged: np.ndarray) -> Cotangents:
    return Cotangents(**data._replace(targets=targets, judged=judged)._asdict(), packed=packed)

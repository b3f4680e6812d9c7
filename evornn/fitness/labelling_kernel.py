"""Connectionist temporal classification of many genomes' outputs, a genome in each lane.

The labels are the same for all genomes, so all go through the same states: the scalar maths of
`evornn.losses.ctc` runs on lanes, in float64 whatever the network computes in. The slow, obvious
twin is the same maths on NumPy vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from evornn.fitness.kernel import Kernel
from evornn.fitness.packing import lanes_of
from evornn.fitness.threads import PIECES_PER_THREAD, run_pieces, split
from evornn.losses.alignments import Labellings
from evornn.losses.ctc import log_likelihood, slopes
from evornn.numerics.kernels import compiled
from evornn.numerics.lanes import view_lanes
from evornn.numerics.plain import LaneArray
from evornn.numerics.records import aligned_zeros

#: genomes side by side
WIDTH = lanes_of(np.dtype(np.float64))


class Labelled(NamedTuple):
    """Labels (sequence, label) as a kernel reads them, their `counts` and the steps (sequence,)."""

    labels: np.ndarray
    counts: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(cls, rows: Any) -> Labelled:
        found = Labellings.of(rows)
        return cls(
            np.ascontiguousarray(found.labels, np.int64),
            found.counts.astype(np.int64),
            rows.lengths.astype(np.int64),
        )


class Memory(NamedTuple):
    """Memory for one sequence, each array (…, lane)."""

    u: np.ndarray
    log_y: np.ndarray
    alphas: np.ndarray
    betas: np.ndarray

    @classmethod
    def blank(cls, steps: int, outputs: int, labels: int) -> Memory:
        states = 2 * labels + 1
        shapes = (steps, outputs), (steps, outputs), (steps, states), (states,)
        return cls(*(aligned_zeros((*shape, WIDTH), np.dtype(np.float64)) for shape in shapes))


def label_in_lanes(
    outputs: np.ndarray, labelled: Labelled, losses: np.ndarray, wanted: bool, threads: int
) -> None:
    """Write −log p to `losses` (genome, sequence).

    If `wanted`, write its derivatives by `outputs` (genome, sequence, time, label) over these.
    """
    kernel = _kernel()
    steps, labels = outputs.shape[2], labelled.labels.shape[1]

    def piece(part: tuple[slice, slice], stop: np.ndarray) -> None:
        rows, columns = part
        memory = Memory.blank(steps, outputs.shape[3], labels)
        between = np.array([columns.start, columns.stop])
        kernel(outputs[rows], labelled, between, memory, wanted, stop, losses[rows])

    if not kernel.compiled:
        piece((slice(0, 0), slice(0, 0)), np.zeros(1, np.int64))
    genomes, sequences = losses.shape
    run_pieces(piece, _grid(genomes, sequences, threads * PIECES_PER_THREAD), threads)


def _grid(population: int, sequences: int, pieces: int) -> list[tuple[slice, slice]]:
    """Pieces of (genomes, sequences), cut where there are more: whole vectors of genomes."""
    blocks = -(-population // WIDTH)
    if blocks < sequences:
        return [(slice(0, population), part) for part in split(sequences, pieces)]
    return [
        (slice(part.start * WIDTH, min(part.stop * WIDTH, population)), slice(0, sequences))
        for part in split(blocks, pieces)
    ]


@cache
def _kernel() -> Kernel:
    return Kernel(compiled(_make_kernel, "labelling", log_likelihood, slopes))


def _make_kernel(log_likelihood: Callable[..., Any], slopes: Callable[..., None]) -> Any:
    def labelling_of_genomes(
        outputs: Any,
        labelled: Any,
        sequences: Any,
        memory: Any,
        wanted: bool,
        stop: Any,
        losses: Any,
    ) -> None:
        u_all, log_y_all = view_lanes(memory.u), view_lanes(memory.log_y)
        alphas_all, betas = view_lanes(memory.alphas), view_lanes(memory.betas)
        width, last = memory.betas.shape[1], outputs.shape[0] - 1
        for first in range(0, outputs.shape[0], width):
            count = min(width, outputs.shape[0] - first)
            for q in range(sequences[0], sequences[1]):
                if stop[0] != 0:
                    return
                steps, labels = labelled.lengths[q], labelled.labels[q, : labelled.counts[q]]
                for t in range(steps):
                    for k in range(outputs.shape[3]):
                        for lane in range(width):
                            memory.u[t, k, lane] = outputs[min(first + lane, last), q, t, k]
                u, log_y = u_all[:steps], log_y_all[:steps]
                alphas = alphas_all[:steps, : 2 * len(labels) + 1]
                log_p = log_likelihood(u, labels, log_y, alphas)
                if wanted:
                    slopes(log_p, labels, log_y, alphas, betas, u)
                    for t in range(steps):
                        for k in range(outputs.shape[3]):
                            for lane in range(count):
                                outputs[first + lane, q, t, k] = memory.u[t, k, lane]
                betas[0] = -log_p
                for lane in range(count):
                    losses[first + lane, q] = memory.betas[0, lane]

    return labelling_of_genomes


def label_plainly(outputs: np.ndarray, labelled: Labelled, losses: np.ndarray) -> None:
    """The same in plain Python; the derivatives are always written."""
    genomes = outputs.shape[0]
    for q, steps in enumerate(labelled.lengths):
        labels = labelled.labels[q, : labelled.counts[q]]
        u = np.moveaxis(outputs[:, q, :steps], 0, -1).copy()
        log_y = LaneArray(np.zeros(u.shape))
        states = 2 * len(labels) + 1
        alphas = LaneArray(np.zeros((steps, states, genomes)))
        betas = LaneArray(np.zeros((states, genomes)))
        with np.errstate(all="ignore"):
            log_p = log_likelihood(LaneArray(u), labels, log_y, alphas)
            slopes(log_p, labels, log_y, alphas, betas, LaneArray(u))
        losses[:, q] = -log_p.value
        outputs[:, q, :steps] = np.moveaxis(u, -1, 0)

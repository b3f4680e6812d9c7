"""Sequences and trees packed as kernels read them."""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.fitness.layout import Cotangents, Data, TreeData
from evornn.numerics.lanes import VECTOR_BYTES, VECTORS_ABREAST
from evornn.numerics.records import aligned_zeros
from evornn.tasks.sequences import Sequences
from evornn.tasks.trees import Trees


def lanes_of(dtype: np.dtype) -> int:
    """Numbers of type `dtype` in one vector."""
    return VECTOR_BYTES // dtype.itemsize


def wide_lanes_of(dtype: np.dtype) -> int:
    """Numbers of type `dtype` in wide lanes."""
    return VECTORS_ABREAST * lanes_of(dtype)


def scalar_data(sequences: Sequences, dtype: np.dtype) -> Data:
    """Data for genomes in lanes: one sequence after another."""
    return Data(
        inputs=_copy(sequences.inputs, dtype),
        targets=_copy(sequences.targets, dtype),
        judged=_copy(sequences.judged, dtype),
        lengths=sequences.lengths.astype(np.int64),
        ends=sequences.lengths.astype(dtype),
        feedback=_feedback(sequences),
        fed=_copy(_fed(sequences), dtype),
    )


def lane_data(sequences: Sequences, dtype: np.dtype) -> Data:
    """Data for sequences in lanes: (group, time, feature, lane), lanes left over never judged."""
    width = lanes_of(dtype)
    lengths = sequences.lengths
    groups = -(-len(lengths) // width)
    padded = np.concatenate([lengths, np.zeros(groups * width - len(lengths), np.int64)])
    by_lane = padded.reshape(groups, width)
    return Data(
        inputs=_grouped(sequences.inputs, groups, dtype),
        targets=_grouped(sequences.targets, groups, dtype),
        judged=_grouped(sequences.judged, groups, dtype),
        lengths=by_lane.max(axis=1),
        ends=by_lane.astype(dtype),
        feedback=_feedback(sequences),
        fed=_grouped(_fed(sequences), groups, dtype),
    )


def tree_data(trees: Trees, dtype: np.dtype) -> TreeData:
    """Data for genomes in lanes: one tree after another."""
    return TreeData(
        inputs=_copy(trees.inputs, dtype),
        targets=_copy(trees.targets, dtype),
        judged=_copy(trees.judged, dtype),
        left=trees.left,
        right=trees.right,
        lengths=trees.lengths,
    )


def groups_of(data: Any, part: slice, genomes: slice = slice(None)) -> Any:
    """The groups in `part`; of cotangents, which are each genome's own, those of `genomes`."""
    own = isinstance(data, Cotangents)
    targets = data.targets[genomes, part] if own else data.targets[part]
    return data._replace(
        inputs=data.inputs[part],
        targets=np.ascontiguousarray(targets),
        judged=data.judged[part],
        lengths=data.lengths[part],
        ends=data.ends[part],
        fed=data.fed[part],
    )


def ungrouped(grouped: np.ndarray, count: int) -> np.ndarray:
    """(..., group, lane) as (..., sequence), for `count` sequences."""
    return grouped.reshape(*grouped.shape[:-2], -1)[..., :count]


def _copy(array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.array(array, dtype, order="C")


def _grouped(array: np.ndarray, groups: int, dtype: np.dtype) -> np.ndarray:
    width = lanes_of(dtype)
    out = aligned_zeros((groups, *array.shape[1:], width), dtype)
    with np.errstate(over="ignore"):
        for q, sequence in enumerate(array):
            out[q // width, ..., q % width] = sequence
    return out


def _feedback(sequences: Sequences) -> np.ndarray:
    return np.array(sequences.feedback or [-1] * sequences.input_size, np.int64)


def _fed(sequences: Sequences) -> np.ndarray:
    """Which steps (sequence, time) see outputs fed back; no time where none ever does."""
    if sequences.free_running is None:
        return np.zeros((len(sequences.lengths), 0))
    return sequences.fed_back


def put_rows(buffer: np.ndarray, rows: np.ndarray) -> None:
    """Lay `rows` (row, number) into lanes, `buffer` (group, number, lane).

    Lanes left over repeat the last row.
    """
    groups, _, width = buffer.shape
    padded = rows[np.minimum(np.arange(groups * width), len(rows) - 1)]
    by_group = padded.reshape(groups, width, rows.shape[1])
    buffer[:, : rows.shape[1]] = by_group.transpose(0, 2, 1)


def rows_of(buffer: np.ndarray, count: int) -> np.ndarray:
    """The first `count` rows (row, number) that lie in lanes in `buffer` (group, number, lane)."""
    groups, numbers, width = buffer.shape
    return np.array(buffer.transpose(0, 2, 1).reshape(groups * width, numbers)[:count])

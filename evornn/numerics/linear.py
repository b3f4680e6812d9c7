"""Sums of products: `dot` and `affine`, the operations where a network's time goes.

Both are fused, one rounding for each product and sum, in the order of the index, so they give the
same bits in every kernel. Compiled, `affine` advances four rows together: each input is loaded
once for four weights, and four sums hide the latency of one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types
from numba.extending import overload

from evornn.numerics.lanes import SCALARS, Lanes
from evornn.numerics.primitives import fma
from evornn.numerics.spread import Spread


def dot(w: Any, x: Any, a: Any) -> Any:
    """a + Σⱼ w[j] x[j], for vectors `w` and `x` of one length."""
    if w.shape != x.shape:
        raise ValueError(f"dot of a vector of {w.shape} with one of {x.shape}")
    for j in range(x.shape[0]):
        a = fma(w[j], x[j], a)
    return a


def affine(W: Any, x: Any, b: Any, out: Any) -> None:
    """out = W x + b, for a matrix `W` (rows, columns).

    `b` and `out` may be the same array; `x` and `out` must not overlap.
    """
    if W.shape != (out.shape[0], x.shape[0]) or b.shape != out.shape:
        raise ValueError(
            f"affine of a matrix of {W.shape}, an input of {x.shape}, a bias of {b.shape} "
            f"and an output of {out.shape}"
        )
    if np.shares_memory(_memory(x), _memory(out)):
        raise ValueError("affine of an input that overlaps the output, which is written meanwhile")
    for i in range(out.shape[0]):
        out[i] = dot(W[i], x, b[i])


def _memory(array: Any) -> np.ndarray:
    return getattr(array, "storage", array)


def of_numbers(*arrays: Any) -> bool:
    """Whether compiled `arrays` hold lanes or scalars, and at least one of them lanes."""
    if not all(isinstance(a, (types.Array, Spread)) for a in arrays):
        return False
    kinds = [a.lanes if isinstance(a, Spread) else a.dtype for a in arrays]
    return all(isinstance(k, (Lanes, *SCALARS)) for k in kinds) and any(
        isinstance(k, Lanes) for k in kinds
    )


def sum_of_products(w: Any, x: Any, a: Any) -> Any:
    """`dot` of any kinds of numbers, compiled."""
    total = a
    for j in range(x.shape[0]):
        total = fma(w[j], x[j], total)
    return total


def rows_by_fours(W: Any, x: Any, b: Any, out: Any) -> None:
    """`affine` of any kinds of numbers, compiled."""
    rows, columns = out.shape[0], x.shape[0]
    if columns == 1:
        x0 = x[0]
        for i in range(rows):
            out[i] = fma(W[i, 0], x0, b[i])
        return
    blocked = rows - rows % 4
    for i in range(0, blocked, 4):
        a0 = b[i]
        a1 = b[i + 1]
        a2 = b[i + 2]
        a3 = b[i + 3]
        for j in range(columns):
            xj = x[j]
            a0 = fma(W[i, j], xj, a0)
            a1 = fma(W[i + 1, j], xj, a1)
            a2 = fma(W[i + 2, j], xj, a2)
            a3 = fma(W[i + 3, j], xj, a3)
        out[i] = a0
        out[i + 1] = a1
        out[i + 2] = a2
        out[i + 3] = a3
    for i in range(blocked, rows):
        a0 = b[i]
        for j in range(columns):
            a0 = fma(W[i, j], x[j], a0)
        out[i] = a0


@overload(dot, strict=False)
def _dot(w: Any, x: Any, a: Any) -> Any:
    return sum_of_products if of_numbers(w, x) and isinstance(a, (Lanes, *SCALARS)) else None


@overload(affine, strict=False)
def _affine(W: Any, x: Any, b: Any, out: Any) -> Any:
    return rows_by_fours if of_numbers(W, x, b, out) else None

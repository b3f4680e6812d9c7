"""The tape: sums of products on it, and the sweep that runs it backwards.

`affine` and `dot` of leaves are one record each, whatever their size: that is what keeps the sweep
near the cost of the arithmetic itself.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic, overload, register_jitable

from evornn.numerics.lanes import SCALARS, Lanes, fetch, put
from evornn.numerics.leaves import Leaves, first_node
from evornn.numerics.linear import affine, dot, sum_of_products
from evornn.numerics.primitives import fma, where
from evornn.numerics.variable import (
    ADD,
    AFFINE,
    CAPACITY,
    COPY,
    PRODUCT,
    SELECT,
    SUBTRACT,
    UNARY,
    VALUES_AT,
    TapeBuilder,
    Variable,
    make_variable,
    node_of,
    value_of,
)
from evornn.numerics.wrapped import array_of, row_stride

_I64 = ir.IntType(64)


def _is_vector(ty: Any) -> bool:
    """One-dimensional leaves or variables."""
    if isinstance(ty, Leaves):
        return ty.array.ndim == 1
    return isinstance(ty, types.Array) and ty.ndim == 1 and isinstance(ty.dtype, Variable)


def _mentions_variables(*candidates: Any) -> bool:
    """Leaves or variables among arguments that are otherwise numbers or arrays of numbers."""
    kinds = [t.dtype if isinstance(t, types.Array) else t for t in candidates]
    return all(isinstance(k, (Leaves, Variable, Lanes, *SCALARS)) for k in kinds) and any(
        isinstance(k, (Leaves, Variable)) for k in kinds
    )


@intrinsic
def _values(typingctx: Any, leaves: Any) -> Any:
    """All values of the tape of `leaves`, an array of lanes."""
    lanes = leaves.variable.lanes
    ty = types.Array(lanes, 1, "C", aligned=False)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        parts = cgutils.create_struct_proxy(leaves)(context, builder, value=args[0])
        tape = TapeBuilder(builder, parts.tape, lanes)
        view = context.make_array(ty)(context, builder)
        item = _I64(lanes.width * lanes.dtype.bitwidth // 8)
        count = builder.add(tape.word(CAPACITY), _I64(1))
        view.meminfo = cgutils.get_null_value(view.meminfo.type)
        view.parent = cgutils.get_null_value(view.parent.type)
        view.nitems, view.itemsize = count, item
        view.data = tape.array(VALUES_AT, tape.vector)
        view.shape = cgutils.pack_array(builder, [count])
        view.strides = cgutils.pack_array(builder, [item])
        return impl_ret_borrowed(context, builder, ty, view._getvalue())

    return ty(leaves), codegen


@intrinsic
def _reserve(typingctx: Any, leaves: Any, count: Any) -> Any:
    """The first of `count` new nodes on the tape of `leaves`."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        parts = cgutils.create_struct_proxy(leaves)(context, builder, value=args[0])
        return TapeBuilder(builder, parts.tape, leaves.variable.lanes).reserve(args[1])

    return types.int64(leaves, types.int64), codegen


@intrinsic
def _variable(typingctx: Any, leaves: Any, value: Any, node: Any) -> Any:
    """The variable `value` at `node` of the tape of `leaves`."""
    ty = leaves.variable

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        parts = cgutils.create_struct_proxy(leaves)(context, builder, value=args[0])
        return make_variable(context, builder, ty, args[1], parts.tape, args[2])

    return ty(leaves, value, types.int64), codegen


@intrinsic
def _record(typingctx: Any, leaves: Any, kind: Any, words: Any) -> Any:
    """Append a record of `kind` with `words` (int64 each) to the tape of `leaves`."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        parts = cgutils.create_struct_proxy(leaves)(context, builder, value=args[0])
        tape = TapeBuilder(builder, parts.tape, leaves.variable.lanes)
        tape.record(args[1], tuple(cgutils.unpack_tuple(builder, args[2])))
        return context.get_dummy_value()

    row = types.UniTuple(types.int64, words.count)
    return types.void(leaves, types.int64, row), codegen


def _contiguous(vector: Any, leaves: Any) -> int:
    """The first of consecutive nodes that hold `vector`, copied there where they are not so yet."""


@overload(_contiguous, strict=False)
def _contiguous_impl(vector: Any, leaves: Any) -> Any:
    if isinstance(vector, Leaves):

        def of_leaves(vector: Any, leaves: Any) -> int:
            values = array_of(vector)
            if values.strides[0] == values.itemsize or values.shape[0] < 2:
                return first_node(vector)
            return _copied(vector, leaves)

        return of_leaves

    def of_variables(vector: Any, leaves: Any) -> int:
        if vector.shape[0] == 0:
            return 0
        first = node_of(vector[0])
        consecutive = first > 0
        for j in range(1, vector.shape[0]):
            consecutive &= node_of(vector[j]) == first + j
        return first if consecutive else _copied(vector, leaves)

    return of_variables


@register_jitable
def _copied(vector: Any, leaves: Any) -> int:
    values = _values(leaves)
    begin = _reserve(leaves, vector.shape[0])
    for j in range(vector.shape[0]):
        values[begin + j] = value_of(vector[j])
        _record(leaves, COPY, (begin + j, node_of(vector[j])))
    return begin


@overload(affine, strict=False)
def _affine(W: Any, x: Any, b: Any, out: Any) -> Any:
    if not _mentions_variables(W, x, b, out):
        return None
    of_leaves = isinstance(W, Leaves) and W.array.ndim == 2
    if not (of_leaves and _is_vector(x) and _is_vector(b) and isinstance(out, types.Array)):

        def row_by_row(W: Any, x: Any, b: Any, out: Any) -> None:
            for i in range(out.shape[0]):
                out[i] = dot(W[i], x, b[i])

        return row_by_row

    def fused(W: Any, x: Any, b: Any, out: Any) -> None:
        rows, columns = out.shape[0], x.shape[0]
        x0, b0 = _contiguous(x, W), _contiguous(b, W)
        out0 = _reserve(W, rows)
        values = _values(W)
        affine(
            array_of(W),
            values[x0 : x0 + columns],
            values[b0 : b0 + rows],
            values[out0 : out0 + rows],
        )
        for i in range(rows):
            out[i] = _variable(W, values[out0 + i], out0 + i)
        _record(W, AFFINE, (out0, rows, columns, first_node(W), row_stride(array_of(W)), x0, b0))

    return fused


@overload(dot, strict=False)
def _dot(w: Any, x: Any, a: Any) -> Any:
    if not _mentions_variables(w, x, a):
        return None
    if not (isinstance(w, Leaves) and _is_vector(x)):
        return sum_of_products

    has_node = isinstance(a, Variable)

    def fused(w: Any, x: Any, a: Any) -> Any:
        columns = x.shape[0]
        w0, x0 = _contiguous(w, w), _contiguous(x, w)
        node = _reserve(w, 1)
        values = _values(w)
        value = dot(values[w0 : w0 + columns], values[x0 : x0 + columns], value_of(a))
        values[node] = value
        _record(w, AFFINE, (node, 1, columns, w0, 0, x0, node_of(a) if has_node else 0))
        return _variable(w, value, node)

    return fused


@register_jitable
def _grow(adjoints: Any, node: int, flow: Any) -> None:
    put(adjoints, node, fetch(adjoints, node) + flow)


@register_jitable
def sweep(records: Any, count: int, values: Any, partials: Any, adjoints: Any) -> None:
    """Run `count` records backwards: adjoints of results flow into those of operands."""
    for r in range(count - 1, -1, -1):
        row = records[r]
        kind, node, a, b = row[0], row[1], row[2], row[3]
        g = fetch(adjoints, node)
        if kind == AFFINE:
            _sweep_affine(row, values, adjoints)
        elif kind == UNARY:
            put(adjoints, a, fma(g, fetch(partials, 2 * node), fetch(adjoints, a)))
        elif kind == PRODUCT:
            put(adjoints, a, fma(g, fetch(partials, 2 * node), fetch(adjoints, a)))
            put(adjoints, b, fma(g, fetch(partials, 2 * node + 1), fetch(adjoints, b)))
            _grow(adjoints, row[4], g)
        elif kind == ADD:
            _grow(adjoints, a, g)
            _grow(adjoints, b, g)
        elif kind == SUBTRACT:
            _grow(adjoints, a, g)
            _grow(adjoints, b, -g)
        elif kind == SELECT:
            chosen = fetch(partials, 2 * node) > 0.0
            _grow(adjoints, a, where(chosen, g, 0.0))
            _grow(adjoints, b, where(chosen, 0.0, g))
        else:
            _grow(adjoints, a, g)


@register_jitable
def _sweep_affine(row: Any, values: Any, adjoints: Any) -> None:
    out, rows, columns = row[1], row[2], row[3]
    W, stride, x, b = row[4], row[5], row[6], row[7]
    for i in range(rows):
        _grow(adjoints, b + i, fetch(adjoints, out + i))
    blocked = rows - rows % 4
    for i in range(0, blocked, 4):
        g0, g1 = fetch(adjoints, out + i), fetch(adjoints, out + i + 1)
        g2, g3 = fetch(adjoints, out + i + 2), fetch(adjoints, out + i + 3)
        w0 = W + i * stride
        w1, w2, w3 = w0 + stride, w0 + 2 * stride, w0 + 3 * stride
        for j in range(columns):
            xj, dx = fetch(values, x + j), fetch(adjoints, x + j)
            put(adjoints, w0 + j, fma(g0, xj, fetch(adjoints, w0 + j)))
            put(adjoints, w1 + j, fma(g1, xj, fetch(adjoints, w1 + j)))
            put(adjoints, w2 + j, fma(g2, xj, fetch(adjoints, w2 + j)))
            put(adjoints, w3 + j, fma(g3, xj, fetch(adjoints, w3 + j)))
            dx = fma(g0, fetch(values, w0 + j), dx)
            dx = fma(g1, fetch(values, w1 + j), dx)
            dx = fma(g2, fetch(values, w2 + j), dx)
            put(adjoints, x + j, fma(g3, fetch(values, w3 + j), dx))
    for i in range(blocked, rows):
        g, w = fetch(adjoints, out + i), W + i * stride
        for j in range(columns):
            put(adjoints, w + j, fma(g, fetch(values, x + j), fetch(adjoints, w + j)))
            put(adjoints, x + j, fma(g, fetch(values, w + j), fetch(adjoints, x + j)))

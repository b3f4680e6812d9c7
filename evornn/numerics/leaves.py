"""Leaves: an array of variables that were not computed (weights, states, inputs of a step).

Consecutive leaves lie on consecutive nodes of the tape, so the array is a view of the tape's values
and an element's node follows from its address: nothing is stored, and matrices of leaves can be
multiplied without a look at each node.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, models, overload, register_model

from evornn.numerics.variable import VALUES_AT, TapeBuilder, Variable, make_variable
from evornn.numerics.wrapped import Placed, element_at


class Leaves(Placed):
    """An array of leaves over `array`, an array type of lanes."""

    def __init__(self, array: types.Array) -> None:
        self.array = array
        self.variable = Variable(array.dtype.dtype, array.dtype.width)
        super().__init__(name=f"Leaves({array})")

    def over(self, array: Any) -> Leaves:
        return Leaves(array)

    def wrap(self, context: Any, builder: Any, view: Any, whole: Any) -> Any:
        return leaves_of(context, builder, self, view, whole)


@register_model(Leaves)
class LeavesModel(models.StructModel):
    def __init__(self, dmm: Any, fe_type: Leaves) -> None:
        super().__init__(dmm, fe_type, [("array", fe_type.array), ("tape", types.voidptr)])


def leaves_of(context: Any, builder: Any, ty: Leaves, view: Any, like: Any) -> Any:
    """Leaves over the array value `view`, on the tape of the leaves `like`, whatever its shape."""
    parts = cgutils.create_struct_proxy(ty)(context, builder)
    parts.array = view
    # The tape is the last member of every Leaves struct.
    parts.tape = builder.extract_value(like, len(like.type.elements) - 1)
    return parts._getvalue()


@intrinsic
def make_leaves(typingctx: Any, array: Any, header: Any) -> Any:
    """Leaves over `array`, a slice of the values of the tape that `header` (int64) heads."""
    ty = Leaves(array)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        words = context.make_array(header)(context, builder, args[1])
        parts = cgutils.create_struct_proxy(ty)(context, builder)
        parts.array = args[0]
        parts.tape = builder.bitcast(words.data, ir.IntType(8).as_pointer())
        return parts._getvalue()

    return ty(array, header), codegen


@intrinsic
def first_node(typingctx: Any, leaves: Any) -> Any:
    """The node of the first element."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        parts = cgutils.create_struct_proxy(leaves)(context, builder, value=args[0])
        return _node_at(context, builder, leaves, parts)

    return types.int64(leaves), codegen


def _node_at(context: Any, builder: Any, ty: Leaves, parts: Any) -> Any:
    data = context.make_array(ty.array)(context, builder, parts.array).data
    values = TapeBuilder(builder, parts.tape, ty.variable.lanes).word(VALUES_AT)
    i64 = ir.IntType(64)
    item = i64(ty.array.dtype.width * ty.array.dtype.dtype.bitwidth // 8)
    return builder.sdiv(builder.sub(builder.ptrtoint(data, i64), values), item)


@intrinsic
def _element(typingctx: Any, leaves: Any, offset: Any, value: Any) -> Any:
    """The variable `offset` elements behind the first."""
    ty = leaves.variable

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        parts = cgutils.create_struct_proxy(leaves)(context, builder, value=args[0])
        node = builder.add(_node_at(context, builder, leaves, parts), args[1])
        return make_variable(context, builder, ty, args[2], parts.tape, node)

    return ty(leaves, types.int64, value), codegen


@overload(element_at, strict=False)
def _element_at(leaves: Any, offset: Any, value: Any) -> Any:
    if not isinstance(leaves, Leaves):
        return None
    return lambda leaves, offset, value: _element(leaves, offset, value)

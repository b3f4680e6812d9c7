"""Spread: an array of scalars that a step reads as lanes, every lane alike.

The inputs of a step are scalars where genomes lie in the lanes. Each is broadcast when it is read,
which an arithmetic instruction does for nothing, rather than copied into lanes beforehand.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from numba.core import cgutils, types
from numba.extending import (
    intrinsic,
    models,
    overload,
    overload_attribute,
    overload_method,
    register_model,
)

from evornn.numerics.lanes import Lanes, as_lanes, borrowed


class Spread(types.Type):
    """A view of `array`, an array type of floats, whose elements are lanes."""

    def __init__(self, array: Any, width: int) -> None:
        self.array = array
        self.lanes = Lanes(array.dtype, width)
        super().__init__(name=f"Spread({array}, {width})")

    def over(self, array: Any) -> Spread:
        """The type of a part of it, of the array type `array`."""
        return Spread(array, self.lanes.width)

    def wrap(self, context: Any, builder: Any, view: Any, whole: Any = None) -> Any:
        """The value over the array value `view`."""
        parts = cgutils.create_struct_proxy(self)(context, builder)
        parts.array = view
        return parts._getvalue()


@register_model(Spread)
class SpreadModel(models.StructModel):
    def __init__(self, dmm: Any, fe_type: Spread) -> None:
        super().__init__(dmm, fe_type, [("array", fe_type.array)])


def row_as_lanes(array: Any, like: Any) -> tuple[types.Type, Callable[..., Any]]:
    """For an intrinsic: the type of a row of a matrix, and the code that makes one.

    Rows of lanes are arrays of lanes, rows of floats are spread to the lanes of `like`. They borrow
    the matrix's memory: compiled functions without an allocator may not return an ordinary slice.
    """
    vector = types.Array(array.dtype, 1, "C", aligned=array.aligned)
    of_lanes = isinstance(array.dtype, Lanes)
    ty: Any = vector if of_lanes else Spread(vector, like.dtype.width)

    def row(context: Any, builder: Any, matrix: Any, index: Any) -> Any:
        whole = context.make_array(array)(context, builder, matrix)
        columns = cgutils.unpack_tuple(builder, whole.shape)[1]
        place = builder.gep(whole.data, [builder.mul(index, columns)])
        view, _ = borrowed(context, builder, vector, place, [columns])
        return view if of_lanes else ty.wrap(context, builder, view)

    return ty, row


@intrinsic
def spread(typingctx: Any, array: Any, like: Any) -> Any:
    """`array` of floats seen as lanes of the type that the array `like` holds."""
    return _wrapping(Spread(array, like.dtype.width), array, like)


@intrinsic
def _spread_part(typingctx: Any, array: Any, whole: Any) -> Any:
    """`array`, a part of what is under `whole`, seen in the same way."""
    return _wrapping(whole.over(array), array, whole)


def _wrapping(ty: Spread, *signature: Any) -> Any:
    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return ty.wrap(context, builder, args[0])

    return ty(*signature), codegen


@intrinsic
def _scalars(typingctx: Any, whole: Any) -> Any:
    """The floats under `whole`."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return cgutils.create_struct_proxy(whole)(context, builder, value=args[0]).array

    return whole.array(whole), codegen


@intrinsic
def _as_lanes(typingctx: Any, whole: Any, scalar: Any) -> Any:
    """`scalar` in every lane."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return as_lanes(context, builder, args[1], scalar, whole.lanes)

    return whole.lanes(whole, scalar), codegen


@overload(operator.getitem, strict=False)
def _getitem(whole: Any, index: Any) -> Any:
    if not isinstance(whole, Spread):
        return None
    indexes = index.types if isinstance(index, types.BaseTuple) else (index,)
    if len(indexes) == whole.array.ndim and all(isinstance(i, types.Integer) for i in indexes):
        return lambda whole, index: _as_lanes(whole, _scalars(whole)[index])
    return lambda whole, index: _spread_part(_scalars(whole)[index], whole)


@overload_method(Spread, "reshape", strict=False)
def _reshape(whole: Any, shape: Any) -> Any:
    return lambda whole, shape: _spread_part(_scalars(whole).reshape(shape), whole)


overload_attribute(Spread, "shape", strict=False)(lambda whole: lambda whole: _scalars(whole).shape)
overload_attribute(Spread, "size", strict=False)(lambda whole: lambda whole: _scalars(whole).size)
overload(len, strict=False)(
    lambda whole: (lambda whole: len(_scalars(whole))) if isinstance(whole, Spread) else None
)

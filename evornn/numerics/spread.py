"""Spread: an array of scalars that a step reads as lanes, every lane alike.

The inputs of a step are scalars where genomes lie in the lanes. Each is broadcast when it is read,
which an arithmetic instruction does for nothing, rather than copied into lanes beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core import cgutils, types
from numba.extending import intrinsic, models, register_model

from evornn.numerics.lanes import Lanes, as_lanes, borrowed
from evornn.numerics.wrapped import Wrapped, array_of


class Spread(Wrapped):
    """A view of `array`, an array type of floats, whose elements are lanes."""

    def __init__(self, array: Any, width: int) -> None:
        self.array = array
        self.lanes = Lanes(array.dtype, width)
        super().__init__(name=f"Spread({array}, {width})")

    def over(self, array: Any) -> Spread:
        return Spread(array, self.lanes.width)

    def wrap(self, context: Any, builder: Any, view: Any, whole: Any = None) -> Any:
        parts = cgutils.create_struct_proxy(self)(context, builder)
        parts.array = view
        return parts._getvalue()

    def element(self) -> Any:
        return lambda whole, index: _as_lanes(whole, array_of(whole)[index])


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
    ty = Spread(array, like.dtype.width)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return ty.wrap(context, builder, args[0])

    return ty(array, like), codegen


@intrinsic
def _as_lanes(typingctx: Any, whole: Any, scalar: Any) -> Any:
    """`scalar` in every lane."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return as_lanes(context, builder, args[1], scalar, whole.lanes)

    return whole.lanes(whole, scalar), codegen

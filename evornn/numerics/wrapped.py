"""Wrapped arrays: views whose elements are made when they are read.

What lies in memory is an ordinary `array`; what a step reads are numbers of another kind, made of
its elements. A part of it (a row, a slice, another shape) is wrapped as the whole is.
"""

from __future__ import annotations

import operator
from abc import abstractmethod
from typing import Any

from numba.core import cgutils, types
from numba.extending import intrinsic, overload, overload_attribute, overload_method


class Wrapped(types.Type):
    """A view of `array`, an array type; its data model is a struct with a member of that name."""

    array: types.Array

    @abstractmethod
    def over(self, array: Any) -> Wrapped:
        """The type of a part of it, of the array type `array`."""

    @abstractmethod
    def wrap(self, context: Any, builder: Any, view: Any, whole: Any) -> Any:
        """The value over the array value `view`, a part of what is under the value `whole`."""

    @abstractmethod
    def element(self) -> Any:
        """``f(whole, index)``, which makes the element at an index of whole numbers."""


@intrinsic
def array_of(typingctx: Any, whole: Any) -> Any:
    """The array under `whole`."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return cgutils.create_struct_proxy(whole)(context, builder, value=args[0]).array

    return whole.array(whole), codegen


@intrinsic
def with_array(typingctx: Any, whole: Any, array: Any) -> Any:
    """`array`, a part of what is under `whole`, wrapped in the same way."""
    ty = whole.over(array)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return ty.wrap(context, builder, args[1], args[0])

    return ty(whole, array), codegen


@overload(operator.getitem, strict=False)
def _getitem(whole: Any, index: Any) -> Any:
    if not isinstance(whole, Wrapped):
        return None
    indexes = index.types if isinstance(index, types.BaseTuple) else (index,)
    if len(indexes) == whole.array.ndim and all(isinstance(i, types.Integer) for i in indexes):
        return whole.element()
    return lambda whole, index: with_array(whole, array_of(whole)[index])


@overload_method(Wrapped, "reshape", strict=False)
def _reshape(whole: Any, shape: Any) -> Any:
    return lambda whole, shape: with_array(whole, array_of(whole).reshape(shape))


overload_attribute(Wrapped, "shape", strict=False)(
    lambda whole: lambda whole: array_of(whole).shape
)
overload_attribute(Wrapped, "size", strict=False)(lambda whole: lambda whole: array_of(whole).size)
overload(len, strict=False)(
    lambda whole: (lambda whole: len(array_of(whole))) if isinstance(whole, Wrapped) else None
)


class Placed(Wrapped):
    """A wrapped array whose elements depend on where they lie: see `element_at`."""

    def element(self) -> Any:
        if self.array.ndim == 1:
            return _element_of_vector
        return lambda whole, index: whole[index[0]][index[1:]]


def element_at(whole: Any, offset: int, value: Any) -> Any:
    """The element `offset` numbers behind the first of a placed array, made of `value`."""


def _element_of_vector(whole: Any, index: Any) -> Any:
    values = array_of(whole)
    i = _place(index)
    i = i if i >= 0 else i + values.shape[0]
    return element_at(whole, i * (values.strides[0] // values.itemsize), values[i])


def _place(index: Any) -> int:
    """The whole number in an index of one axis, given as it is or in a tuple."""


@overload(_place, strict=False)
def _place_compiled(index: Any) -> Any:
    if isinstance(index, types.BaseTuple):
        return lambda index: index[0]
    return lambda index: index


def row_stride(array: Any) -> int:
    """Elements between two rows of a two-dimensional array."""
    return array.strides[0] // array.itemsize


overload(row_stride, strict=False)(lambda array: row_stride)

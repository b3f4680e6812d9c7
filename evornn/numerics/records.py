"""Records: named arrays laid one after another in a buffer, as a step sees them (`w.U`, `s.h`).

A record's class is a named tuple that knows the number of axes of each field and which buffer it
lies in; the shapes are run-time values, so one compilation serves every size.
"""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numba.core import cgutils, types
from numba.extending import intrinsic, overload

from evornn.numerics.lanes import VECTOR_BYTES, borrowed
from evornn.numerics.wrapped import Wrapped

Shapes = Mapping[str, tuple[int, ...]]


@cache
def record_class(name: str, layout: tuple[tuple[str, int, int], ...]) -> type:
    """A named tuple with `layout` ((field, axes, buffer), ...): buffer 0 or 1 holds the field."""
    cls: Any = namedtuple(name, [field for field, _, _ in layout])  # type: ignore[misc]
    cls.layout = layout
    return cls


def layout_of(first: Shapes, second: Shapes | None = None) -> tuple[tuple[str, int, int], ...]:
    """The layout of a record whose fields lie in a first and a second buffer."""
    fields = [(name, len(shape), 0) for name, shape in first.items()]
    fields += [(name, len(shape), 1) for name, shape in (second or {}).items()]
    return tuple(fields)


def extents(*shapes: Shapes) -> np.ndarray:
    """All extents of the fields, one after another: int64."""
    flat = [extent for group in shapes for shape in group.values() for extent in shape]
    return np.array(flat, np.int64)


def size_of(shapes: Shapes) -> int:
    """Number of elements of all fields together."""
    return sum(math.prod(shape) for shape in shapes.values())


def plain_record(cls: Any, first: Any, second: Any, shapes: list[tuple[int, ...]]) -> Any:
    """The record in plain Python: `first` and `second` are arrays indexed by element."""
    buffers, begins, fields = (first, second), [0, 0], []
    for (_, _, buffer), shape in zip(cls.layout, shapes, strict=True):
        count = math.prod(shape)
        flat = buffers[buffer][begins[buffer] : begins[buffer] + count]
        fields.append(flat.reshape(shape))
        begins[buffer] += count
    return cls(*fields)


def part(whole: Any, prefix: str) -> Any:
    """The fields of the record `whole` whose names begin with `prefix`, by the rest of their names.

    So a step hands the records of an inner network on to its step. They share the memory of
    `whole`; `prefix` is a constant.
    """
    fields = _part_fields(type(whole)._fields, prefix)
    return part_class(fields)(*(getattr(whole, prefix + name) for name in fields))


def _part_fields(fields: tuple[str, ...], prefix: str) -> tuple[str, ...]:
    return tuple(name.removeprefix(prefix) for name in fields if name.startswith(prefix))


@cache
def part_class(fields: tuple[str, ...]) -> type:
    """A named tuple of `fields`: one class for equal ones, as the compiler wants it."""
    return namedtuple("Part", fields)


@overload(part, strict=False, prefer_literal=True)
def _part_compiled(whole: Any, prefix: Any) -> Any:
    if isinstance(whole, types.BaseNamedTuple) and isinstance(prefix, types.StringLiteral):
        return lambda whole, prefix: _part(whole, prefix)
    return None


@intrinsic(prefer_literal=True)
def _part(typingctx: Any, whole: Any, prefix: Any) -> Any:
    fields = _part_fields(whole.fields, prefix.literal_value)
    indexes = [whole.fields.index(prefix.literal_value + name) for name in fields]
    members = [whole.types[i] for i in indexes]
    built = _tuple_of(members, part_class(fields))

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        values = [builder.extract_value(args[0], i) for i in indexes]
        return context.make_tuple(builder, built, values)

    return built(whole, prefix), codegen


def _tuple_of(members: list[Any], cls: type) -> Any:
    """The compiler's type of the named tuple `cls` with members of these types."""
    return types.BaseTuple.from_types(members, cls) if members else types.NamedTuple((), cls)


@intrinsic
def record(typingctx: Any, cls: Any, sizes: Any, first: Any, begin: Any, second: Any) -> Any:
    """The record `cls` over the buffers `first`, from element `begin` on, and `second`.

    `sizes` holds the extents of all fields. Buffers are vectors: arrays, plain or wrapped. The
    fields borrow the buffers' memory, which the kernel's caller owns.
    """
    layout = cls.instance_class.layout
    buffers = (first, second)
    fields = [_field_type(buffers[source], axes) for _, axes, source in layout]
    built = _tuple_of(fields, cls.instance_class)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointers = [
            _data(context, builder, first, args[2]),
            _data(context, builder, second, args[4]),
        ]
        pointers[0] = builder.gep(pointers[0], [args[3]])
        extent_array = context.make_array(sizes)(context, builder, args[1])
        position, parts = 0, []
        for (_, axes, source), ty in zip(layout, fields, strict=True):
            shape = []
            for _ in range(axes):
                address = builder.gep(extent_array.data, [cgutils.intp_t(position)])
                shape.append(builder.load(address))
                position += 1
            array_type = ty.array if isinstance(ty, Wrapped) else ty
            view, count = borrowed(context, builder, array_type, pointers[source], shape)
            if isinstance(ty, Wrapped):
                view = ty.wrap(context, builder, view, args[2 if source == 0 else 4])
            parts.append(view)
            pointers[source] = builder.gep(pointers[source], [count])
        return context.make_tuple(builder, built, parts)

    return built(cls, sizes, first, begin, second), codegen


def _field_type(buffer: types.Type, axes: int) -> types.Type:
    if isinstance(buffer, Wrapped):
        return buffer.over(types.Array(buffer.array.dtype, axes, "C", aligned=False))
    return types.Array(buffer.dtype, axes, "C", aligned=buffer.aligned)


def _data(context: Any, builder: Any, ty: types.Type, value: Any) -> Any:
    if isinstance(ty, Wrapped):
        value = cgutils.create_struct_proxy(ty)(context, builder, value=value).array
        ty = ty.array
    return context.make_array(ty)(context, builder, value).data


def aligned_zeros(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Zeros that begin at a multiple of the vector's size, so that no vector straddles a line."""
    dtype = np.dtype(dtype)
    count = math.prod(shape) * dtype.itemsize
    memory = np.zeros(count + VECTOR_BYTES, np.uint8)
    begin = -memory.ctypes.data % VECTOR_BYTES
    return memory[begin : begin + count].view(dtype).reshape(shape)

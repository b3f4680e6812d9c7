"""Lanes: the number type that is one SIMD vector, one genome (or one sequence) in each lane.

`Lanes(dtype, width)` is a Numba type whose data model is an LLVM vector; `Mask(width)` is what
comparisons give. Arithmetic with a scalar broadcasts it. No fast-math flag is ever set and nothing
is contracted behind the author's back (`fma` fuses where it is written), so a lane's result depends
on that lane alone and is the same in every kernel, on every thread, at every width.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import impl_ret_borrowed
from numba.core.typeconv import Conversion
from numba.extending import (
    intrinsic,
    lower_cast,
    models,
    overload,
    register_model,
)

from evornn.numerics.operators import (
    register_arithmetic,
    register_binary,
    register_comparisons,
    register_unary,
)

#: bytes in one vector: a full AVX-512 register; narrower machines split it in two or four
VECTOR_BYTES = 64
#: vectors that make up wide lanes: while one waits for a long division, the other computes
VECTORS_ABREAST = 2


class Lanes(types.Type):
    """`width` numbers of type `dtype` (float32 or float64) that advance in lockstep."""

    def __init__(self, dtype: types.Float, width: int) -> None:
        self.dtype = dtype
        self.width = width
        super().__init__(name=f"Lanes({dtype}, {width})")

    def unify(self, context: Any, other: types.Type) -> types.Type | None:
        return self if isinstance(other, SCALARS) else None

    def can_convert_from(self, context: Any, other: types.Type) -> Conversion | None:
        return Conversion.unsafe if isinstance(other, SCALARS) else None


class Mask(types.Type):
    """`width` truth values."""

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Mask({width})")


SCALARS = (types.Float, types.Integer, types.Boolean)


def lane_count(dtype: types.Float) -> int:
    """Numbers of type `dtype` in one full vector."""
    return VECTOR_BYTES * 8 // dtype.bitwidth


def llvm_scalar(ty: Lanes) -> ir.Type:
    return ir.FloatType() if ty.dtype == types.float32 else ir.DoubleType()


def llvm_vector(ty: Lanes) -> ir.VectorType:
    return ir.VectorType(llvm_scalar(ty), ty.width)


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Lanes) -> None:
        super().__init__(dmm, fe_type, llvm_vector(fe_type))


@register_model(Mask)
class MaskModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Mask) -> None:
        super().__init__(dmm, fe_type, ir.VectorType(ir.IntType(1), fe_type.width))


def splat(builder: Any, scalar: Any, vector: ir.VectorType) -> Any:
    """A vector with `scalar` in every lane."""
    undefined = ir.Constant(vector, ir.Undefined)
    index = ir.VectorType(ir.IntType(32), vector.count)
    one = builder.insert_element(undefined, scalar, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, undefined, ir.Constant(index, [0] * vector.count))


def as_lanes(context: Any, builder: Any, value: Any, ty: types.Type, lanes: Lanes) -> Any:
    """`value` of type `ty` (lanes or a scalar) as a vector of type `lanes`."""
    if isinstance(ty, Lanes):
        return value
    return splat(builder, context.cast(builder, value, ty, lanes.dtype), llvm_vector(lanes))


def first_lanes(*candidates: types.Type) -> Any:
    """The first lanes type among `candidates`, if all of them are lanes or scalars."""
    if not all(isinstance(ty, (Lanes, *SCALARS)) for ty in candidates):
        return None
    return next((ty for ty in candidates if isinstance(ty, Lanes)), None)


for _scalar in SCALARS:

    @lower_cast(_scalar, Lanes)
    def _broadcast(context: Any, builder: Any, fromty: Any, toty: Any, value: Any) -> Any:
        return as_lanes(context, builder, value, fromty, toty)


def _combine(context: Any, builder: Any, lanes: Lanes, instruction: str, operands: Any) -> Any:
    x, y = (as_lanes(context, builder, value, ty, lanes) for value, ty in operands)
    return getattr(builder, instruction)(x, y)


def _vector(context: Any, builder: Any, lanes: Lanes, value: Any, ty: types.Type) -> Any:
    return as_lanes(context, builder, value, ty, lanes)


def _common_mask(*candidates: types.Type) -> Any:
    first = candidates[0]
    return first if isinstance(first, Mask) and all(c == first for c in candidates) else None


def _lower_negation(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.fneg(args[0])


def _lower_inversion(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.not_(args[0])


def _lower_logic(instruction: str) -> Any:
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, instruction)(*args)

    return lower


register_arithmetic(Lanes, SCALARS, first_lanes, _combine)
register_comparisons(Lanes, SCALARS, first_lanes, lambda lanes: Mask(lanes.width), _vector)
register_unary(operator.neg, Lanes, _lower_negation)
register_unary(operator.invert, Mask, _lower_inversion)
for _op, _instruction in ((operator.and_, "and_"), (operator.or_, "or_"), (operator.xor, "xor")):
    register_binary(_op, Mask, (), _common_mask, _lower_logic(_instruction))


def call_on_lanes(builder: Any, name: str, lanes: Lanes, operands: list[Any]) -> Any:
    """A call of the LLVM intrinsic ``llvm.<name>`` on vectors of type `lanes`."""
    vector = llvm_vector(lanes)
    function = cgutils.get_or_insert_function(
        builder.module,
        ir.FunctionType(vector, [vector] * len(operands)),
        f"llvm.{name}.v{lanes.width}f{lanes.dtype.bitwidth}",
    )
    return builder.call(function, operands)


def lanes_intrinsic(name: str, arity: int) -> Any:
    """The LLVM intrinsic ``llvm.<name>`` on `arity` lanes, scalars among them broadcast."""

    def typed(args: tuple[types.Type, ...]) -> tuple[Any, Any]:
        lanes = first_lanes(*args)

        def codegen(context: Any, builder: Any, sig: Any, values: Any) -> Any:
            operands = [
                as_lanes(context, builder, v, t, lanes)
                for v, t in zip(values, sig.args, strict=True)
            ]
            return call_on_lanes(builder, name, lanes, operands)

        return lanes(*args), codegen

    if arity == 1:
        return intrinsic(lambda typingctx, a: typed((a,)))
    if arity == 2:
        return intrinsic(lambda typingctx, a, b: typed((a, b)))
    return intrinsic(lambda typingctx, a, b, c: typed((a, b, c)))


@intrinsic
def select_lanes(typingctx: Any, mask: Any, a: Any, b: Any) -> Any:
    """`a` where `mask` is true, else `b`; scalars are broadcast."""
    lanes = first_lanes(a, b)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        chosen, other = (
            as_lanes(context, builder, v, t, lanes)
            for v, t in zip(args[1:], sig.args[1:], strict=True)
        )
        return builder.select(args[0], chosen, other)

    return lanes(mask, a, b), codegen


@intrinsic
def any_lane(typingctx: Any, mask: Any) -> Any:
    """Whether `mask` is true in any lane."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = ir.IntType(mask.width)
        return builder.icmp_unsigned("!=", builder.bitcast(args[0], bits), ir.Constant(bits, 0))

    return types.boolean(mask), codegen


@intrinsic
def power_of_two(typingctx: Any, n: Any) -> Any:
    """2ⁿ for whole `n` within the exponents of normal numbers."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits, mantissa, bias = (32, 23, 127) if n.dtype == types.float32 else (64, 52, 1023)
        integers = ir.VectorType(ir.IntType(bits), n.width)
        biased = builder.add(
            builder.fptosi(args[0], integers), ir.Constant(integers, [bias] * n.width)
        )
        shifted = builder.shl(biased, ir.Constant(integers, [mantissa] * n.width))
        return builder.bitcast(shifted, llvm_vector(n))

    return n(n), codegen


@intrinsic
def exponent_and_mantissa(typingctx: Any, x: Any) -> Any:
    """(e, m) with x = m·2ᵉ and 1 ≤ m < 2, for positive normal `x`."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits, mantissa, bias = (32, 23, 127) if x.dtype == types.float32 else (64, 52, 1023)
        integers = ir.VectorType(ir.IntType(bits), x.width)

        def constant(value: int) -> ir.Constant:
            return ir.Constant(integers, [value] * x.width)

        pattern = builder.bitcast(args[0], integers)
        exponent = builder.sub(builder.lshr(pattern, constant(mantissa)), constant(bias))
        fraction = builder.and_(pattern, constant((1 << mantissa) - 1))
        significand = builder.or_(fraction, constant(bias << mantissa))
        return context.make_tuple(
            builder,
            sig.return_type,
            [
                builder.sitofp(exponent, llvm_vector(x)),
                builder.bitcast(significand, llvm_vector(x)),
            ],
        )

    return types.UniTuple(x, 2)(x), codegen


@overload(abs, strict=False)
def _abs(x: Any) -> Any:
    if isinstance(x, Lanes):
        return lambda x: _fabs(x)
    return None


_fabs = lanes_intrinsic("fabs", 1)


@intrinsic
def view_lanes(typingctx: Any, array: Any) -> Any:
    """A C-contiguous float array (..., width) seen as an array (...) of full vectors."""
    return view_of(array, Lanes(array.dtype, lane_count(array.dtype)))


@intrinsic
def view_wide_lanes(typingctx: Any, array: Any) -> Any:
    """The same, as an array of `VECTORS_ABREAST` full vectors each."""
    return view_of(array, Lanes(array.dtype, VECTORS_ABREAST * lane_count(array.dtype)))


def view_of(array: Any, item: types.Type) -> Any:
    """For an intrinsic: a C-contiguous float array whose rows are each seen as one `item`."""
    # A NumPy buffer is aligned to 16 bytes only; unaligned loads cost nothing on aligned data.
    viewed = types.Array(item, array.ndim - 1, "C", aligned=False)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        source = context.make_array(array)(context, builder, args[0])
        shape = cgutils.unpack_tuple(builder, source.shape)[:-1]
        strides = cgutils.unpack_tuple(builder, source.strides)[:-1]
        view = context.make_array(viewed)(context, builder)
        count = context.get_constant(types.intp, 1)
        for extent in shape:
            count = builder.mul(count, extent)
        view.meminfo, view.parent, view.nitems = source.meminfo, source.parent, count
        view.itemsize = cgutils.intp_t(context.get_abi_sizeof(context.get_data_type(item)))
        view.data = builder.bitcast(source.data, view.data.type)
        view.shape = cgutils.pack_array(builder, shape)
        view.strides = cgutils.pack_array(builder, strides)
        return impl_ret_borrowed(context, builder, viewed, view._getvalue())

    return viewed(array), codegen


@intrinsic
def fetch(typingctx: Any, array: Any, index: Any) -> Any:
    """``array[index]`` of a contiguous vector of lanes, for an index known not to be negative.

    Numba lets an index count from the end, which costs a comparison at each access where it cannot
    prove the sign.
    """

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = context.make_array(array)(context, builder, args[0]).data
        place = builder.gep(data, [context.cast(builder, args[1], index, types.intp)])
        return builder.load(place, align=array.dtype.dtype.bitwidth // 8)

    return array.dtype(array, index), codegen


@intrinsic
def put(typingctx: Any, array: Any, index: Any, value: Any) -> Any:
    """``array[index] = value``, as `fetch`."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = context.make_array(array)(context, builder, args[0]).data
        place = builder.gep(data, [context.cast(builder, args[1], index, types.intp)])
        builder.store(args[2], place, align=array.dtype.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, index, array.dtype), codegen


def borrowed(context: Any, builder: Any, ty: Any, pointer: Any, shape: list[Any]) -> Any:
    """An array value over `pointer` that owns nothing, and its number of elements."""
    item = context.get_abi_sizeof(context.get_data_type(ty.dtype))
    strides, stride, count = [], cgutils.intp_t(item), cgutils.intp_t(1)
    for extent in reversed(shape):
        strides.append(stride)
        stride = builder.mul(stride, extent)
        count = builder.mul(count, extent)
    view = context.make_array(ty)(context, builder)
    view.meminfo = cgutils.get_null_value(view.meminfo.type)
    view.parent = cgutils.get_null_value(view.parent.type)
    view.nitems, view.itemsize, view.data = count, cgutils.intp_t(item), pointer
    view.shape = cgutils.pack_array(builder, shape, ty=cgutils.intp_t)
    view.strides = cgutils.pack_array(builder, strides[::-1], ty=cgutils.intp_t)
    return view._getvalue(), count

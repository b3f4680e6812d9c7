"""Seeds: the weights of a genome as duals, each with the derivative 1 in the direction of its own.

Direction l is that of weight `first` + l, so a weight's direction follows from its address and
nothing but the genome lies in memory. Of a matrix no more than sixteen weights have a derivative
at once: `affine` and `dot` take the others for constants, which halves their arithmetic.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, models, overload, register_jitable, register_model

from evornn.numerics.dual import Dual, Operand, Tangents, first_dual, is_constant, make_dual, primal
from evornn.numerics.linear import affine, dot, rows_by_fours, sum_of_products
from evornn.numerics.spread import Spread, spread
from evornn.numerics.wrapped import Placed, array_of, element_at, row_stride

_I32, _I64 = ir.IntType(32), ir.IntType(64)


class Seeds(Placed):
    """An array of duals over `array`, an array type of floats."""

    def __init__(self, array: Any) -> None:
        self.array = array
        self.dual = Dual(array.dtype)
        super().__init__(name=f"Seeds({array})")

    def over(self, array: Any) -> Seeds:
        return Seeds(array)

    def wrap(self, context: Any, builder: Any, view: Any, whole: Any) -> Any:
        parts = cgutils.create_struct_proxy(self)(context, builder)
        parts.array = view
        # The address is the last member of every Seeds struct.
        parts.origin = builder.extract_value(whole, len(whole.type.elements) - 1)
        return parts._getvalue()


@register_model(Seeds)
class SeedsModel(models.StructModel):
    def __init__(self, dmm: Any, fe_type: Seeds) -> None:
        # `origin` is the address of the weight of direction 0.
        super().__init__(dmm, fe_type, [("array", fe_type.array), ("origin", types.int64)])


@intrinsic
def make_seeds(typingctx: Any, genome: Any, first: Any) -> Any:
    """The weights `genome` (weights,), direction 0 being that of the weight `first`."""
    ty = Seeds(genome)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = context.make_array(genome)(context, builder, args[0]).data
        parts = cgutils.create_struct_proxy(ty)(context, builder)
        parts.array = args[0]
        parts.origin = builder.ptrtoint(builder.gep(data, [args[1]]), _I64)
        return parts._getvalue()

    return ty(genome, types.int64), codegen


@intrinsic
def first_direction(typingctx: Any, seeds: Any) -> Any:
    """The direction of the first element, which may lie before or behind all there are."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        parts = cgutils.create_struct_proxy(seeds)(context, builder, value=args[0])
        data = context.make_array(seeds.array)(context, builder, parts.array).data
        distance = builder.sub(builder.ptrtoint(data, _I64), parts.origin)
        return builder.sdiv(distance, _I64(seeds.array.dtype.bitwidth // 8))

    return types.int64(seeds), codegen


@intrinsic
def _grown(typingctx: Any, total: Any, direction: Any, slope: Any) -> Any:
    """The dual `total` with `slope` added to its derivative in `direction`, if there is such."""
    ty = first_dual(total)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        x = Operand(context, builder, args[0], total, ty)
        tangents = Tangents(builder, ty)
        width = ty.tangent.width
        index = ir.VectorType(_I32, width)
        clipped = builder.select(
            builder.icmp_unsigned("<", args[1], _I64(width)), args[1], _I64(width)
        )
        one = builder.insert_element(
            ir.Constant(ir.VectorType(_I32, 1), ir.Undefined),
            builder.trunc(clipped, _I32),
            _I32(0),
        )
        its = builder.icmp_signed(
            "==", tangents.spread(one), ir.Constant(index, list(range(width)))
        )
        slopes = tangents.spread(Operand(context, builder, args[2], slope, ty).value)
        grown = builder.select(its, slopes, tangents.given(None))
        return make_dual(context, builder, ty, x.value, builder.fadd(x.tangent, grown))

    return ty(total, types.int64, slope), codegen


@intrinsic
def _as_dual(typingctx: Any, like: Any, number: Any) -> Any:
    """`number`, a dual or a constant, as a dual of the kind of the seeds `like`."""
    ty = like.dual

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return context.cast(builder, args[1], number, ty)

    return ty(like, number), codegen


@intrinsic
def directions_of(typingctx: Any, seeds: Any) -> Any:
    """How many directions there are."""
    width = seeds.dual.tangent.width
    return types.int64(seeds), lambda context, builder, sig, args: _I64(width)


@overload(element_at, strict=False)
def _element_at(seeds: Any, offset: Any, value: Any) -> Any:
    if not isinstance(seeds, Seeds):
        return None

    def element(seeds: Any, offset: Any, value: Any) -> Any:
        return _grown(_as_dual(seeds, value), first_direction(seeds) + offset, 1.0)

    return element


def _mentions_duals(*candidates: Any) -> bool:
    """Seeds or duals among arguments that are otherwise constants or arrays of constants."""
    kinds = [_kind_of(ty) for ty in candidates]
    return all(isinstance(k, Dual) or is_constant(k) for k in kinds) and any(
        isinstance(k, Dual) for k in kinds
    )


def _kind_of(ty: Any) -> Any:
    if isinstance(ty, Seeds):
        return ty.dual
    if isinstance(ty, Spread):
        return ty.lanes
    return ty.dtype if isinstance(ty, types.Array) else ty


@overload(dot, strict=False)
def _dot(w: Any, x: Any, a: Any) -> Any:
    if not _mentions_duals(w, x, a):
        return None
    if not isinstance(w, Seeds):
        return sum_of_products

    def seeded(w: Any, x: Any, a: Any) -> Any:
        values = array_of(w)
        stride = values.strides[0] // values.itemsize
        total = dot(values, x, _as_dual(w, a))
        first, columns = first_direction(w), x.shape[0]
        begin, end = (max(-first, 0), directions_of(w) - first) if stride == 1 else (0, columns)
        for j in range(begin, min(end, columns)):
            total = _grown(total, first + j * stride, primal(x[j]))
        return total

    return seeded


@overload(affine, strict=False)
def _affine(W: Any, x: Any, b: Any, out: Any) -> Any:
    if not _mentions_duals(W, x, b, out):
        return None
    if isinstance(x, types.Array) and isinstance(x.dtype, types.Float):
        # As lanes, so that sums of constants alone are lanes too.
        return lambda W, x, b, out: affine(W, spread(x, out), b, out)
    if not isinstance(W, Seeds):
        return rows_by_fours

    def seeded(W: Any, x: Any, b: Any, out: Any) -> None:
        values = array_of(W)
        if values.strides[1] != values.itemsize and x.shape[0] > 1:
            for i in range(out.shape[0]):
                out[i] = dot(W[i], x, b[i])
        else:
            affine(values, x, b, out)
            _grow_rows(W, x, out)

    return seeded


@register_jitable
def _grow_rows(W: Any, x: Any, out: Any) -> None:
    """Add to `out` = W x + b the derivatives with respect to the weights W."""
    first, stride, columns = first_direction(W), row_stride(array_of(W)), x.shape[0]
    behind = first + (out.shape[0] - 1) * stride + columns
    for direction in range(max(first, 0), min(behind, directions_of(W))):
        i, j = (direction - first) // stride, (direction - first) % stride
        if j < columns:
            out[i] = _grown(out[i], direction, primal(x[j]))

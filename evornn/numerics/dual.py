"""Dual: the number type of forward mode, a number beside its derivatives in several directions.

    x + ẋ ε with ε² = 0:    f(x + ẋ ε) = f(x) + f'(x) ẋ ε

(Griewank & Walther 2008, Evaluating derivatives, chapter 3). The value is one number and the
tangent a vector of lanes: the derivatives with respect to sixteen (float32) or eight (float64)
weights of one genome. So a step on duals gives a block of columns of the Jacobian, and a single
network fills the vector unit. Genomes in lanes with one direction at a time would do the same
arithmetic for a population, but nothing for the one network that learns while it runs; and here the
value is computed once for all the directions of a block, not once for each.

The value is a vector of one lane, not a float, so that constants, inputs (`Spread`) and conditions
are lanes as everywhere, and nothing needs to be told about scalars. Multiplying by a constant costs
one instruction for the value and one for the tangent.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typeconv import Conversion
from numba.extending import intrinsic, lower_cast, models, overload, register_model

from evornn.numerics.chain_rule import register_chain_rule
from evornn.numerics.lanes import (
    SCALARS,
    Lanes,
    Mask,
    as_lanes,
    call_on_lanes,
    lane_count,
    llvm_vector,
    view_of,
)
from evornn.numerics.operators import (
    register_arithmetic,
    register_comparisons,
    register_unary,
)
from evornn.numerics.primitives import fma, where


class Dual(types.Type):
    """A number of type `dtype` (float32 or float64), and as many derivatives as fill a vector."""

    #: numbers that advance in lockstep, as of lanes
    width = 1

    def __init__(self, dtype: types.Float) -> None:
        self.dtype = dtype
        self.value, self.tangent = Lanes(dtype, 1), Lanes(dtype, lane_count(dtype))
        super().__init__(name=f"Dual({dtype})")

    def unify(self, context: Any, other: types.Type) -> types.Type | None:
        return self if is_constant(other) else None

    def can_convert_from(self, context: Any, other: types.Type) -> Conversion | None:
        return Conversion.unsafe if is_constant(other) else None


@register_model(Dual)
class DualModel(models.StructModel):
    def __init__(self, dmm: Any, fe_type: Dual) -> None:
        super().__init__(dmm, fe_type, [("value", fe_type.value), ("tangent", fe_type.tangent)])


def is_constant(ty: types.Type) -> bool:
    """Whether `ty` is a number without derivatives."""
    return isinstance(ty, SCALARS) or (isinstance(ty, Lanes) and ty.width == 1)


def first_dual(*candidates: types.Type) -> Any:
    """The first dual type among `candidates`, if the rest are duals or constants."""
    if not all(isinstance(ty, Dual) or is_constant(ty) for ty in candidates):
        return None
    return next((ty for ty in candidates if isinstance(ty, Dual)), None)


class Operand:
    """An operand of an operation in code generation: its value, and its tangent if it has one."""

    def __init__(self, context: Any, builder: Any, value: Any, ty: types.Type, dual: Dual):
        self.tangent = None
        if isinstance(ty, Dual):
            parts = cgutils.create_struct_proxy(ty)(context, builder, value=value)
            self.value, self.tangent = parts.value, parts.tangent
        else:
            self.value = as_lanes(context, builder, value, ty, dual.value)


def operands_of(context: Any, builder: Any, dual: Dual, values: Any, tys: Any) -> list[Operand]:
    return [Operand(context, builder, v, t, dual) for v, t in zip(values, tys, strict=True)]


class Tangents:
    """Code that computes with tangents of type `dual.tangent`; None is a tangent of zeros."""

    def __init__(self, builder: Any, dual: Dual):
        self.builder, self.lanes = builder, dual.tangent

    def spread(self, number: Any) -> Any:
        """A vector of one lane in every lane of a tangent."""
        every = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes.width), [0] * self.lanes.width)
        return self.builder.shuffle_vector(number, ir.Constant(number.type, ir.Undefined), every)

    def scaled(self, tangent: Any, factor: Any, other: Any = None) -> Any:
        """tangent · factor + other."""
        if tangent is None:
            return other
        if other is None:
            return self.builder.fmul(tangent, self.spread(factor))
        operands = [tangent, self.spread(factor), other]
        return call_on_lanes(self.builder, "fma", self.lanes, operands)

    def negated(self, tangent: Any) -> Any:
        return None if tangent is None else self.builder.fneg(tangent)

    def total(self, first: Any, second: Any) -> Any:
        if first is None or second is None:
            return second if first is None else first
        return self.builder.fadd(first, second)

    def given(self, tangent: Any) -> Any:
        """`tangent` as a vector, also where it is zero."""
        zeros = ir.Constant(llvm_vector(self.lanes), [0.0] * self.lanes.width)
        return zeros if tangent is None else tangent


def make_dual(context: Any, builder: Any, ty: Dual, value: Any, tangent: Any) -> Any:
    parts = cgutils.create_struct_proxy(ty)(context, builder)
    parts.value, parts.tangent = value, Tangents(builder, ty).given(tangent)
    return parts._getvalue()


for _constant in (Lanes, *SCALARS):

    @lower_cast(_constant, Dual)
    def _cast_constant(context: Any, builder: Any, fromty: Any, toty: Any, value: Any) -> Any:
        number = as_lanes(context, builder, value, fromty, toty.value)
        return make_dual(context, builder, toty, number, None)


def _combine(context: Any, builder: Any, ty: Dual, op: str, operands: Any) -> Any:
    x, y = (Operand(context, builder, value, t, ty) for value, t in operands)
    value, tangents = getattr(builder, op)(x.value, y.value), Tangents(builder, ty)
    if op == "fadd":
        tangent = tangents.total(x.tangent, y.tangent)
    elif op == "fsub":
        tangent = tangents.total(x.tangent, tangents.negated(y.tangent))
    elif op == "fmul":
        tangent = tangents.scaled(x.tangent, y.value, tangents.scaled(y.tangent, x.value))
    else:
        reciprocal = builder.fdiv(ir.Constant(x.value.type, [1.0]), y.value)
        rest = tangents.scaled(y.tangent, builder.fneg(value), x.tangent)
        tangent = tangents.scaled(rest, reciprocal)
    return make_dual(context, builder, ty, value, tangent)


def _vector(context: Any, builder: Any, ty: Dual, value: Any, operand: types.Type) -> Any:
    return Operand(context, builder, value, operand, ty).value


def _lower_negation(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    (x,) = operands_of(context, builder, sig.return_type, args, sig.args)
    tangent = Tangents(builder, sig.return_type).negated(x.tangent)
    return make_dual(context, builder, sig.return_type, builder.fneg(x.value), tangent)


_CONSTANTS = (Lanes, *SCALARS)
register_arithmetic(Dual, _CONSTANTS, first_dual, _combine)
register_comparisons(Dual, _CONSTANTS, first_dual, lambda ty: Mask(1), _vector)
register_unary(operator.neg, Dual, _lower_negation)


@intrinsic
def primal(typingctx: Any, x: Any) -> Any:
    """The value of a dual; constants as they are."""
    if not isinstance(x, Dual):
        return x(x), lambda context, builder, sig, args: args[0]

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return Operand(context, builder, args[0], x, x).value

    return x.value(x), codegen


@intrinsic
def chained(typingctx: Any, x: Any, y: Any, partial: Any) -> Any:
    """The dual of value `y` that was computed from `x` with derivative `partial`."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        tangents = Tangents(builder, x)
        operand = Operand(context, builder, args[0], x, x)
        return make_dual(context, builder, x, args[1], tangents.scaled(operand.tangent, args[2]))

    return x(x, y, partial), codegen


@intrinsic
def _fused(typingctx: Any, a: Any, b: Any, c: Any, value: Any) -> Any:
    """The dual of value `value` = a·b + c."""
    ty = first_dual(a, b, c)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        x, y, z = operands_of(context, builder, ty, args[:3], sig.args[:3])
        tangents = Tangents(builder, ty)
        rest = tangents.scaled(y.tangent, x.value, z.tangent)
        return make_dual(context, builder, ty, args[3], tangents.scaled(x.tangent, y.value, rest))

    return ty(a, b, c, value), codegen


@intrinsic
def _selected(typingctx: Any, mask: Any, a: Any, b: Any) -> Any:
    """`a` where `mask` is true, else `b`."""
    ty = first_dual(a, b)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        x, y = operands_of(context, builder, ty, args[1:], sig.args[1:])
        tangents = Tangents(builder, ty)
        chosen = builder.extract_element(args[0], ir.Constant(ir.IntType(32), 0))
        value = builder.select(chosen, x.value, y.value)
        tangent = builder.select(chosen, tangents.given(x.tangent), tangents.given(y.tangent))
        return make_dual(context, builder, ty, value, tangent)

    return ty(mask, a, b), codegen


@overload(fma, strict=False)
def _fma(a: Any, b: Any, c: Any) -> Any:
    if first_dual(a, b, c) is None:
        return None
    return lambda a, b, c: _fused(a, b, c, fma(primal(a), primal(b), primal(c)))


@overload(where, strict=False)
def _where(condition: Any, a: Any, b: Any) -> Any:
    if isinstance(condition, Mask) and first_dual(a, b) is not None:
        return lambda condition, a, b: _selected(condition, a, b)
    return None


register_chain_rule(Dual, primal, chained)


@intrinsic
def view_duals(typingctx: Any, array: Any) -> Any:
    """A C-contiguous float array (..., 2 · lanes) seen as an array (...) of duals.

    Of each row the first number is the value, and the second half the tangent.
    """
    return view_of(array, Dual(array.dtype))

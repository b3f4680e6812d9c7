"""Variable: the number type of reverse mode, lanes that remember how they were computed.

A variable is a value, the tape it lives on, and its node there. A constant (a number that no leaf
reaches) has no tape and node 0, a slot that nobody reads. The tape's memory belongs to the caller:

    header    int64   nodes, capacity in nodes, records, addresses of the three arrays below
    values    lanes   the value of every node
    partials  lanes   two derivatives per node, for the kinds that need them
    records   int32   `RECORD_WORDS` per record: kind, result and operands

Every write is bounds-checked: a step that needs more nodes than the tape holds writes into a spare
slot and leaves the count above the capacity, upon which the caller grows the tape and starts over.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typeconv import Conversion
from numba.extending import (
    intrinsic,
    lower_cast,
    models,
    overload,
    register_model,
)

from evornn.numerics.chain_rule import register_chain_rule
from evornn.numerics.lanes import SCALARS, Lanes, Mask, as_lanes, llvm_vector
from evornn.numerics.operators import (
    register_arithmetic,
    register_comparisons,
    register_unary,
)
from evornn.numerics.primitives import fma, where

#: words of the tape's header
NODES, CAPACITY, RECORDS, VALUES_AT, PARTIALS_AT, RECORDS_AT, HEADER_WORDS = range(7)
#: kinds of record, and what their words hold after the kind and the result
COPY = 0  # a
UNARY = 1  # a; one partial
PRODUCT = 2  # a, b, c: result a·b + c, or any function of a and b; two partials
ADD = 3  # a, b
SUBTRACT = 4  # a, b
SELECT = 5  # a, b; the partial is 1 where a was chosen
AFFINE = 6  # rows, columns, W, stride of a row of W, x, b: first nodes
RECORD_WORDS = 8

_I32, _I64 = ir.IntType(32), ir.IntType(64)


class Variable(types.Type):
    """`width` numbers of type `dtype` that are differentiated."""

    def __init__(self, dtype: types.Float, width: int) -> None:
        self.lanes = Lanes(dtype, width)
        super().__init__(name=f"Variable({dtype}, {width})")

    def unify(self, context: Any, other: types.Type) -> types.Type | None:
        return self if isinstance(other, (Lanes, *SCALARS)) else None

    def can_convert_from(self, context: Any, other: types.Type) -> Conversion | None:
        return Conversion.unsafe if isinstance(other, (Lanes, *SCALARS)) else None


@register_model(Variable)
class VariableModel(models.StructModel):
    def __init__(self, dmm: Any, fe_type: Variable) -> None:
        members = [("value", fe_type.lanes), ("tape", types.voidptr), ("node", types.int64)]
        super().__init__(dmm, fe_type, members)


def first_variable(*candidates: types.Type) -> Any:
    """The first variable type among `candidates`, if the rest are variables, lanes or scalars."""
    if not all(isinstance(ty, (Variable, Lanes, *SCALARS)) for ty in candidates):
        return None
    return next((ty for ty in candidates if isinstance(ty, Variable)), None)


class Operand:
    """An operand of an operation in code generation: value, and node and tape where it has them."""

    def __init__(self, context: Any, builder: Any, value: Any, ty: types.Type, lanes: Lanes):
        self.constant = not isinstance(ty, Variable)
        if self.constant:
            self.value = as_lanes(context, builder, value, ty, lanes)
            self.node = _I64(0)
        else:
            parts = cgutils.create_struct_proxy(ty)(context, builder, value=value)
            self.value, self.tape, self.node = parts.value, parts.tape, parts.node


def make_variable(
    context: Any, builder: Any, ty: Variable, value: Any, tape: Any, node: Any
) -> Any:
    parts = cgutils.create_struct_proxy(ty)(context, builder)
    parts.value, parts.tape, parts.node = value, tape, node
    return parts._getvalue()


class TapeBuilder:
    """Code that appends to the tape at run-time pointer `tape`."""

    def __init__(self, builder: Any, tape: Any, lanes: Lanes):
        self.builder, self.vector = builder, llvm_vector(lanes)
        self.header = builder.bitcast(tape, _I64.as_pointer())

    def word(self, index: int) -> Any:
        return self.builder.load(self.builder.gep(self.header, [_I64(index)]))

    def set_word(self, index: int, value: Any) -> None:
        self.builder.store(value, self.builder.gep(self.header, [_I64(index)]))

    def array(self, index: int, item: ir.Type) -> Any:
        return self.builder.inttoptr(self.word(index), item.as_pointer())

    def reserve(self, count: Any) -> Any:
        """The first of `count` new nodes; a spare place where the tape is full."""
        b = self.builder
        begin, capacity = self.word(NODES), self.word(CAPACITY)
        end = b.add(begin, count)
        self.set_word(NODES, end)
        return b.select(b.icmp_signed("<=", end, capacity), begin, b.sub(capacity, count))

    def store_value(self, node: Any, value: Any) -> None:
        place = self.builder.gep(self.array(VALUES_AT, self.vector), [node])
        self.builder.store(value, place, align=4)

    def store_partials(self, node: Any, partials: list[Any]) -> None:
        b, base = self.builder, self.array(PARTIALS_AT, self.vector)
        for k, partial in enumerate(partials):
            place = b.add(b.mul(node, _I64(2)), _I64(k))
            b.store(partial, b.gep(base, [place]), align=4)

    def record(self, kind: Any, words: tuple[Any, ...]) -> None:
        b = self.builder
        count, capacity = self.word(RECORDS), self.word(CAPACITY)
        self.set_word(RECORDS, b.add(count, _I64(1)))
        slot = b.select(b.icmp_signed("<", count, capacity), count, capacity)
        base = b.gep(self.array(RECORDS_AT, _I32), [b.mul(slot, _I64(RECORD_WORDS))])
        for k, word in enumerate((kind, *words)):
            b.store(b.trunc(word, _I32), b.gep(base, [_I64(k)]))


def on_tape(
    context: Any,
    builder: Any,
    ty: Variable,
    operands: list[Operand],
    kind: int,
    value: Any,
    partials: Callable[[], list[Any]],
) -> Any:
    """The variable `value`, recorded on the tape of its operands if any of them has one."""
    null = ir.Constant(ir.IntType(8).as_pointer(), None)
    tape = null
    for operand in operands:
        if not operand.constant:
            known = builder.icmp_unsigned("!=", operand.tape, null)
            tape = operand.tape if tape is null else builder.select(known, operand.tape, tape)
    node = cgutils.alloca_once_value(builder, _I64(0))
    with builder.if_then(builder.icmp_unsigned("!=", tape, null), likely=True):
        writer = TapeBuilder(builder, tape, ty.lanes)
        new = writer.reserve(_I64(1))
        writer.store_value(new, value)
        writer.store_partials(new, partials())
        writer.record(_I64(kind), (new, *(operand.node for operand in operands)))
        builder.store(new, node)
    return make_variable(context, builder, ty, value, tape, builder.load(node))


for _constant in (Lanes, *SCALARS):

    @lower_cast(_constant, Variable)
    def _cast_constant(context: Any, builder: Any, fromty: Any, toty: Any, value: Any) -> Any:
        vector = as_lanes(context, builder, value, fromty, toty.lanes)
        null = ir.Constant(ir.IntType(8).as_pointer(), None)
        return make_variable(context, builder, toty, vector, null, _I64(0))


def _combine(context: Any, builder: Any, ty: Variable, op: str, operands: Any) -> Any:
    """x op y, recorded by the cheapest kind that fits."""
    x, y = (Operand(context, builder, value, t, ty.lanes) for value, t in operands)
    value = getattr(builder, op)(x.value, y.value)
    one = ir.Constant(llvm_vector(ty.lanes), [1.0] * ty.lanes.width)

    def finish(kind: int, operands: list[Operand], partials: Callable[[], list[Any]]) -> Any:
        return on_tape(context, builder, ty, operands, kind, value, partials)

    if op == "fadd":
        if x.constant or y.constant:
            return finish(COPY, [y if x.constant else x], list)
        return finish(ADD, [x, y], list)
    if op == "fsub":
        if y.constant:
            return finish(COPY, [x], list)
        if x.constant:
            return finish(UNARY, [y], lambda: [builder.fneg(one)])
        return finish(SUBTRACT, [x, y], list)
    if op == "fmul":
        if x.constant or y.constant:
            factor, variable = (x, y) if x.constant else (y, x)
            return finish(UNARY, [variable], lambda: [factor.value])
        return finish(PRODUCT, [x, y], lambda: [y.value, x.value])

    def quotient_partials() -> list[Any]:
        reciprocal = builder.fdiv(one, y.value)
        return [reciprocal, builder.fneg(builder.fmul(value, reciprocal))]

    if y.constant:
        return finish(UNARY, [x], lambda: quotient_partials()[:1])
    if x.constant:
        return finish(UNARY, [y], lambda: quotient_partials()[1:])
    return finish(PRODUCT, [x, y], quotient_partials)


def _vector(context: Any, builder: Any, ty: Variable, value: Any, operand: types.Type) -> Any:
    return Operand(context, builder, value, operand, ty.lanes).value


def _lower_negation(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    ty = sig.return_type
    x = Operand(context, builder, args[0], ty, ty.lanes)
    minus_one = ir.Constant(llvm_vector(ty.lanes), [-1.0] * ty.lanes.width)
    value = builder.fneg(x.value)
    return on_tape(context, builder, ty, [x], UNARY, value, lambda: [minus_one])


_CONSTANTS = (Lanes, *SCALARS)
register_arithmetic(Variable, _CONSTANTS, first_variable, _combine)
register_comparisons(Variable, _CONSTANTS, first_variable, lambda ty: Mask(ty.lanes.width), _vector)
register_unary(operator.neg, Variable, _lower_negation)


@intrinsic
def value_of(typingctx: Any, x: Any) -> Any:
    """The lanes of a variable; lanes and scalars as they are."""
    if not isinstance(x, Variable):
        return x(x), lambda context, builder, sig, args: args[0]

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return Operand(context, builder, args[0], x, x.lanes).value

    return x.lanes(x), codegen


@intrinsic
def node_of(typingctx: Any, x: Any) -> Any:
    """The node of a variable on its tape; 0 for constants."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return Operand(context, builder, args[0], x, x.lanes).node

    return types.int64(x), codegen


@intrinsic
def unary_node(typingctx: Any, x: Any, value: Any, partial: Any) -> Any:
    """The variable `value` computed from `x` with derivative `partial`."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        operand = Operand(context, builder, args[0], x, x.lanes)
        return on_tape(context, builder, x, [operand], UNARY, args[1], lambda: [args[2]])

    return x(x, value, partial), codegen


@intrinsic
def fused_node(typingctx: Any, a: Any, b: Any, c: Any, value: Any) -> Any:
    """The variable `value` = a·b + c."""
    ty = first_variable(a, b, c)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        operands = [
            Operand(context, builder, v, t, ty.lanes)
            for v, t in zip(args[:3], (a, b, c), strict=True)
        ]
        partials = [operands[1].value, operands[0].value]
        return on_tape(context, builder, ty, operands, PRODUCT, args[3], lambda: partials)

    return ty(a, b, c, value), codegen


@intrinsic
def select_node(typingctx: Any, mask: Any, a: Any, b: Any) -> Any:
    """`a` where `mask` is true, else `b`."""
    ty = first_variable(a, b)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        operands = [
            Operand(context, builder, v, t, ty.lanes) for v, t in zip(args[1:], (a, b), strict=True)
        ]
        value = builder.select(args[0], operands[0].value, operands[1].value)
        chosen = builder.uitofp(args[0], llvm_vector(ty.lanes))
        return on_tape(context, builder, ty, operands, SELECT, value, lambda: [chosen])

    return ty(mask, a, b), codegen


@overload(fma, strict=False)
def _fma(a: Any, b: Any, c: Any) -> Any:
    if first_variable(a, b, c) is None:
        return None
    return lambda a, b, c: fused_node(a, b, c, fma(value_of(a), value_of(b), value_of(c)))


@overload(where, strict=False)
def _where(condition: Any, a: Any, b: Any) -> Any:
    if isinstance(condition, Mask) and first_variable(a, b) is not None:
        return lambda condition, a, b: select_node(condition, a, b)
    return None


register_chain_rule(Variable, value_of, unary_node)

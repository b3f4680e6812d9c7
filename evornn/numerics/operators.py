"""Python's operators for a number type of the compiler: arithmetic, comparisons, masks."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin

#: operator -> LLVM instruction
ARITHMETIC = {
    operator.add: "fadd",
    operator.sub: "fsub",
    operator.mul: "fmul",
    operator.truediv: "fdiv",
    operator.iadd: "fadd",
    operator.isub: "fsub",
    operator.imul: "fmul",
    operator.itruediv: "fdiv",
}
#: operator -> LLVM's name of the comparison
COMPARISONS = {
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
    operator.eq: "==",
    operator.ne: "!=",
}


def register_arithmetic(
    kind: type, partners: tuple[type, ...], common: Callable[..., Any], combine: Callable[..., Any]
) -> None:
    """Arithmetic between `kind` and itself or its `partners`.

    ``common(*types)`` is the type of the result, or None where the types do not belong here;
    ``combine(context, builder, result, instruction, operands)`` generates the code, `operands`
    being pairs of a value and its type.
    """

    def lowering(instruction: str) -> Callable[..., Any]:
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            operands = list(zip(args, sig.args, strict=True))
            return combine(context, builder, sig.return_type, instruction, operands)

        return lower

    for op, instruction in ARITHMETIC.items():
        register_binary(op, kind, partners, common, lowering(instruction))


def register_comparisons(
    kind: type,
    partners: tuple[type, ...],
    common: Callable[..., Any],
    mask: Callable[[Any], Any],
    vector: Callable[..., Any],
) -> None:
    """Comparisons between `kind` and itself or its `partners`.

    ``mask(number)`` is the type of the result for the `common` type `number`, and
    ``vector(context, builder, number, value, type)`` an operand's LLVM vector.
    """

    def masked(*args: Any) -> Any:
        number = common(*args)
        return number and mask(number)

    def lowering(symbol: str) -> Callable[..., Any]:
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            number = common(*sig.args)
            x, y = (
                vector(context, builder, number, v, t) for v, t in zip(args, sig.args, strict=True)
            )
            # NaN compares false with everything, and unequal to itself.
            compare = builder.fcmp_unordered if symbol == "!=" else builder.fcmp_ordered
            return compare(symbol, x, y)

        return lower

    for op, symbol in COMPARISONS.items():
        register_binary(op, kind, partners, masked, lowering(symbol))


def register_binary(
    op: Any,
    kind: type,
    partners: tuple[type, ...],
    result: Callable[..., Any],
    lower: Callable[..., Any],
) -> None:
    """An operator between `kind` and itself or its `partners`.

    ``result(*types)`` is the type it gives, or None where the types do not belong here.
    """

    @infer_global(op)
    class Binary(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            ty = result(*args) if len(args) == 2 else None
            return ty and signature(ty, *args)

    mixed = [pair for other in partners for pair in ((kind, other), (other, kind))]
    for left, right in [(kind, kind), *mixed]:
        lower_builtin(op, left, right)(lower)


def register_unary(op: Any, kind: type, lower: Callable[..., Any]) -> None:
    """An operator of one operand that gives its own type."""

    @infer_global(op)
    class Unary(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            return signature(args[0], args[0]) if isinstance(args[0], kind) else None

    lower_builtin(op, kind)(lower)

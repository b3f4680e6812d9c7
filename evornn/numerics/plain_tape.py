"""Reverse mode in plain Python: variables that know their operands, and the sweep over them.

The slow, obvious twin of `variable` and `tape`: one object per operation, nothing fused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evornn.numerics.derivatives import Differentiated

Partials = list[tuple["PlainVariable", np.ndarray]]


class PlainVariable(Differentiated):
    """A `Number` that remembers how it was computed; `tape` lists all of them in order."""

    __slots__ = ("adjoint", "operands", "tape")

    def __init__(self, value: np.ndarray, tape: list[PlainVariable], operands: Partials) -> None:
        super().__init__(value)
        self.tape, self.operands = tape, operands
        self.adjoint = np.zeros_like(value)
        tape.append(self)

    @classmethod
    def computed(cls, value: np.ndarray, *operands: tuple[Any, Any]) -> PlainVariable:
        variables = [(v, partial) for v, partial in operands if isinstance(v, PlainVariable)]
        return cls(value, variables[0][0].tape, variables)


def sweep_plain(tape: list[PlainVariable], stops: Sequence[Any] = ()) -> None:
    """Run the tape backwards: the adjoint of each result flows into those of its operands.

    That of one among `stops` stays where it is.
    """
    stopping = {id(number) for number in stops}
    for result in reversed(tape):
        if id(result) in stopping:
            continue
        for operand, partial in result.operands:
            # Where nothing flows, an infinite partial must not make it NaN.
            flow = np.where(result.adjoint == 0.0, 0.0, result.adjoint * partial)
            operand.adjoint = operand.adjoint + flow


def leaves(values: np.ndarray, tape: list[PlainVariable]) -> np.ndarray:
    """An object array of leaf variables over `values` (..., lanes)."""
    out = np.empty(values.shape[:-1], object)
    for index in np.ndindex(out.shape):
        out[index] = PlainVariable(values[index].copy(), tape, [])
    return out

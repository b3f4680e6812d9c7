"""What a network sees at a step: given inputs, or outputs that are fed back."""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.extending import intrinsic, overload, register_jitable

from evornn.numerics.lanes import Lanes
from evornn.numerics.primitives import where
from evornn.numerics.spread import row_as_lanes


def _put_observed(x: Any, i: int, fed: Any, own: Any, given: Any) -> None:
    """Input `i`: in the lanes that are `fed` back their `own` output, in others the `given` one."""


@overload(_put_observed, strict=False)
def _put_observed_compiled(x: Any, i: Any, fed: Any, own: Any, given: Any) -> Any:
    def by_lane(x: Any, i: int, fed: Any, own: Any, given: Any) -> None:
        x[i] = where(fed > 0.0, own, given)

    def all_alike(x: Any, i: int, fed: Any, own: Any, given: Any) -> None:
        if fed > 0.0:
            x[i] = own
        else:
            x[i] = given

    return by_lane if isinstance(fed, Lanes) else all_alike


@register_jitable
def observe(x: Any, inputs: Any, fed: Any, t: int, outputs: Any, previous: int, data: Any) -> None:
    """The inputs of step `t`: given, or where `fed` back the outputs that begin at `previous`."""
    for i in range(x.shape[0]):
        o = data.feedback[i]
        if o >= 0:
            _put_observed(x, i, fed[t], outputs[previous + o], inputs[t, i])
        else:
            x[i] = inputs[t, i]


@register_jitable
def observed_freely(
    x: Any, inputs: Any, fed: Any, t: int, outputs: Any, previous: int, data: Any
) -> Any:
    """The inputs of step `t`, where outputs may be fed back."""
    observe(x, inputs, fed, t, outputs, previous, data)
    return x


@intrinsic
def observed_as_given(
    typingctx: Any, x: Any, inputs: Any, fed: Any, t: Any, outputs: Any, previous: Any, data: Any
) -> Any:
    """The inputs of step `t`, read where they lie."""
    ty, row = row_as_lanes(inputs, x)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return row(context, builder, args[1], args[3])

    return ty(x, inputs, fed, types.intp, outputs, types.intp, data), codegen

"""The chain rule of elementary functions, for the compiler's number types that differentiate.

f(x) has the value y = f(value of x) and the derivative f'(value of x, y) times that of x
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.extending import overload

from evornn.numerics.elementary import ELEMENTARY
from evornn.numerics.primitives import copy_sign


def register_chain_rule(
    kind: type, value_of: Callable[..., Any], computed: Callable[..., Any]
) -> None:
    """Every elementary function, and `abs`, of numbers of `kind`.

    ``value_of(x)`` is the value of one, ``computed(x, y, partial)`` the number of value `y` that
    was computed from `x` with derivative `partial`.
    """

    def differentiate(function: Any, derivative: Any) -> None:
        @overload(function, strict=False)
        def rule(x: Any) -> Any:
            if not isinstance(x, kind):
                return None

            def impl(x: Any) -> Any:
                value = value_of(x)
                y = function(value)
                return computed(x, y, derivative(value, y))

            return impl

    for function, known in ELEMENTARY.items():
        differentiate(function, known.derivative)

    @overload(abs, strict=False)
    def absolute(x: Any) -> Any:
        if not isinstance(x, kind):
            return None
        return lambda x: computed(
            x, abs(value_of(x)), copy_sign(value_of(x) * 0.0 + 1.0, value_of(x))
        )

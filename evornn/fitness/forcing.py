"""Schedules of teacher forcing: how probable a target is in place of an output that is fed back.

    constant:p               p
    linear:p,q,n             from p in the first generation to q after n of them
    inverse_sigmoid:k        k / (k + exp(i/k)) in generation i = 0, 1, …

A free run begins to learn with p = 1, on targets alone (teacher forcing, Williams & Zipser 1989),
and is led over to its own outputs: scheduled sampling (Bengio, Vinyals, Jaitly & Shazeer 2015,
Scheduled sampling for sequence prediction with recurrent neural networks, section 2.4).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from evornn.checks import check_choice, check_number
from evornn.errors import ConfigurationError

Schedule = Callable[[int], float]


def forcing_schedule(text: object) -> Schedule:
    """The probability of a target by generation, 0 for the first; ConfigurationError where none."""
    if not isinstance(text, str):
        raise ConfigurationError(
            f"teacher forcing is named by a text such as 'linear:1,0,200', got {text!r}"
        )
    kind, _, given = text.partition(":")
    check_choice("teacher forcing", kind, tuple(_SCHEDULES))
    make, names = _SCHEDULES[kind]
    try:
        numbers = [float(part) for part in given.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != len(names):
        raise ConfigurationError(f"teacher forcing {text!r}: write {kind}:{','.join(names)}")
    for name, number in zip(names, numbers, strict=True):
        if name in ("p", "q"):
            check_number(f"{name} of teacher forcing {text!r}", number, least=0.0, most=1.0)
        else:
            check_number(f"{name} of teacher forcing {text!r}", number, least=1.0)
    return make(*numbers)


def _constant(p: float) -> Schedule:
    return lambda generation: p


def _linear(p: float, q: float, n: float) -> Schedule:
    return lambda generation: p + (q - p) * min(generation / n, 1.0)


def _inverse_sigmoid(k: float) -> Schedule:
    # As a function of exp(−i/k), which does not overflow.
    return lambda generation: k * math.exp(-generation / k) / (k * math.exp(-generation / k) + 1.0)


_SCHEDULES: dict[str, tuple[Callable[..., Schedule], tuple[str, ...]]] = {
    "constant": (_constant, ("p",)),
    "linear": (_linear, ("p", "q", "n")),
    "inverse_sigmoid": (_inverse_sigmoid, ("k",)),
}

"""Checks of what a user passes in: each raises one ConfigurationError that names value and cure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from numbers import Integral, Real

import numpy as np

from evornn.errors import ConfigurationError
from evornn.registry import suggestion

Range = tuple[float, float]
#: numbers that networks are evaluated in
DTYPES = ("float32", "float64")


def check_size(what: str, value: object, least: int = 1) -> None:
    """`value` must be an integer (no bool) of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise ConfigurationError(f"{what} must be an integer, got {value!r}")
    if value < least:
        raise ConfigurationError(f"{what} must be at least {least}, got {value}")


def check_number(
    what: str,
    value: object,
    least: float = -np.inf,
    most: float = np.inf,
    *,
    above: float = -np.inf,
    below: float = np.inf,
) -> None:
    """`value` must be a finite real number with ``least <= value <= most`` and
    ``above < value < below``."""
    if isinstance(value, bool) or not isinstance(value, Real) or not np.isfinite(float(value)):
        raise ConfigurationError(f"{what} must be a finite number, got {value!r}")
    if not (least <= float(value) <= most and above < float(value) < below):
        bounds = {"above": above, "at least": least, "below": below, "at most": most}
        told = [f"{word} {bound:g}" for word, bound in bounds.items() if np.isfinite(bound)]
        raise ConfigurationError(f"{what} must be {' and '.join(told)}, got {value!r}")


def check_choice(what: str, value: object, choices: Collection[str]) -> None:
    """`value` must be one of `choices`."""
    if value not in choices:
        near = suggestion(str(value), choices)
        raise ConfigurationError(f"{what} must be one of {', '.join(choices)}; got {value!r}{near}")


def check_size_choice(what: str, value: object, choices: Collection[int]) -> None:
    """`value` must be an integer (no bool) among `choices`."""
    check_size(what, value)
    if value not in choices:
        known = " or ".join(map(str, choices))
        raise ConfigurationError(f"{what} must be {known}, got {value}")


def check_dtype(value: object) -> None:
    """`value` must name numbers that networks are evaluated in."""
    if value not in DTYPES:
        raise ConfigurationError(f"dtype must be {' or '.join(DTYPES)}, got {value!r}")


def check_generator(what: str, value: object) -> None:
    """`value` must be a generator of NumPy."""
    if not isinstance(value, np.random.Generator):
        raise ConfigurationError(
            f"{what} must be a numpy.random.Generator, as numpy.random.default_rng(0); got "
            f"{value!r:.80}"
        )


def check_switch(what: str, value: object) -> None:
    """`value` must be True or False."""
    if not isinstance(value, bool):
        raise ConfigurationError(f"{what} must be true or false, got {value!r}")


def checked_range(what: str, span: object) -> Range:
    """`span` as (lowest, highest), both finite and in order."""
    if not isinstance(span, Sequence) or isinstance(span, str) or len(span) != 2:
        raise ConfigurationError(f"{what} must be (lowest, highest), got {span!r}")
    for end in span:
        check_number(what, end)
    low, high = float(span[0]), float(span[1])
    if not low < high:
        raise ConfigurationError(f"{what} must have lowest < highest, got {span!r}")
    return low, high

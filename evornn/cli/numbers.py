"""Numbers as they are typed: ``20000``, ``2e4``; ValueError, naming the value, where it is none."""

from __future__ import annotations

from contextlib import suppress


def whole(text: str) -> int:
    """An integer; ``1e3`` is one too."""
    with suppress(ValueError):
        return int(text)
    with suppress(ValueError, OverflowError):
        number = float(text)
        if number == int(number):
            return int(number)
    raise ValueError(f"{text!r} is not an integer")


def real(text: str) -> float:
    """A number."""
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None

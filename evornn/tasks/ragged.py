"""From what a user has (arrays, lists of unequal length) to float64 arrays per sequence, padded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evornn.errors import ConfigurationError


def real_array(what: str, values: Any) -> np.ndarray:
    """A float64 copy of `values`; complex, text, dates, objects and ragged nests are refused."""
    if isinstance(values, np.ma.MaskedArray):
        values = np.ma.filled(values.astype(np.float64), np.nan)
    try:
        array = np.asarray(values)
    except ValueError:
        raise ConfigurationError(
            f"{what} is ragged: its rows have unequal lengths; pass a list of arrays "
            "(time, feature), one per sequence"
        ) from None
    if array.dtype.kind not in "biuf":
        raise ConfigurationError(
            f"{what} must hold real numbers, got dtype {array.dtype}"
            f"{_cure.get(array.dtype.kind, '')}"
        )
    return array.astype(np.float64, order="C")


_cure = {
    "c": ": pass real and imaginary part as two features",
    "O": ": convert it with .astype(float), or pass a list of arrays, one per sequence",
    "U": ": convert the text to numbers",
    "S": ": convert the text to numbers",
    "M": ": pass the elapsed time as a number",
    "m": ": pass the elapsed time as a number",
}


def sequence_list(what: str, data: Any) -> list[np.ndarray]:
    """One array (time, feature) per sequence; an array (time, feature) is one sequence."""
    if isinstance(data, list | tuple):
        items = [real_array(f"{what}[{i}]", item) for i, item in enumerate(data)]
        if not items or all(item.ndim == 2 for item in items):
            return _checked(what, items)
    array = real_array(what, data)
    if array.ndim == 2:
        array = array[np.newaxis]
    if array.ndim != 3:
        raise ConfigurationError(
            f"{what} must be (sequence, time, feature), or a list of arrays (time, feature); got "
            f"shape {array.shape}{': use .reshape(-1, 1)' if array.ndim == 1 else ''}"
        )
    return _checked(what, list(array))


def _checked(what: str, items: list[np.ndarray]) -> list[np.ndarray]:
    """`items`, each with steps and features, all with equally many features."""
    if not items:
        raise ConfigurationError(f"{what} is empty: give at least one sequence")
    for i, item in enumerate(items):
        if item.size == 0:
            raise ConfigurationError(
                f"{what}[{i}] is empty, its shape (time, feature) is {item.shape}: give at least "
                "one step and one feature"
            )
        if item.shape[1] != items[0].shape[1]:
            raise ConfigurationError(
                f"{what}[{i}] has {item.shape[1]} features, {what}[0] has {items[0].shape[1]}: "
                "all sequences need the same features"
            )
    return items


def judged_list(judged: Any, lengths: Sequence[int]) -> list[np.ndarray]:
    """Weights (time,) per sequence, from (sequence, time), (time,), a list, or None for all one."""
    if judged is None:
        return [np.ones(length) for length in lengths]
    if not isinstance(judged, list | tuple) or all(np.ndim(row) == 0 for row in judged):
        array = real_array("judged", judged)
        rows = list(array) if array.ndim > 1 else [array] * len(lengths)
    else:
        rows = [real_array(f"judged[{i}]", row) for i, row in enumerate(judged)]
    found = [row.shape for row in rows]
    if found != [(length,) for length in lengths]:
        raise ConfigurationError(
            f"judged must hold one weight per step: (sequence, time) or (time,), a list of arrays "
            f"(time,) for unequal lengths. The lengths are {_some(list(lengths))}, the rows of "
            f"judged have the shapes {_some(found)}"
        )
    weights = np.concatenate(rows)
    if not np.all(np.isfinite(weights)) or np.any(weights < 0.0):
        worst = weights[~(np.isfinite(weights) & (weights >= 0.0))][0]
        raise ConfigurationError(
            f"judged holds {worst:g}: weights must be finite and not negative, 0 for steps that "
            "are not judged"
        )
    return rows


def _some(values: list[Any]) -> str:
    """The first few of `values`, for a message."""
    return ", ".join(map(str, values[:4])) + (", …" if len(values) > 4 else "")


def check_finite(
    what: str, parts: Sequence[np.ndarray], where: Sequence[np.ndarray] | None = None
) -> None:
    """Every number of `parts` (time, feature) must be finite, at steps `where` is above zero."""
    for i, part in enumerate(parts):
        bad = ~np.isfinite(part)
        if where is not None:
            bad &= where[i][:, np.newaxis] > 0.0
        if bad.any():
            t, feature = np.argwhere(bad)[0]
            cure = "" if where is None else ", or set judged to 0 there"
            raise ConfigurationError(
                f"{what} holds {part[t, feature]} in sequence {i}, step {t}, feature {feature}: "
                f"fill the gap{cure}"
            )


def padded(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Parts (time, …) of unequal length as one array (sequence, time, …), zeros behind each."""
    longest = max(len(part) for part in parts)
    whole = np.zeros((len(parts), longest, *parts[0].shape[1:]))
    for row, part in zip(whole, parts, strict=True):
        row[: len(part)] = part
    return whole

"""Fields: named arrays that lie one after another in a vector."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np


def fields_of(flat: np.ndarray, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """Views of `flat` (…, number) by name, each (…, *shape)."""
    parts: dict[str, np.ndarray] = {}
    begin = 0
    for name, shape in shapes.items():
        end = begin + math.prod(shape)
        parts[name] = flat[..., begin:end].reshape(*flat.shape[:-1], *shape)
        begin = end
    return parts


def element_names(shapes: Mapping[str, tuple[int, ...]]) -> list[str]:
    """A name for each number: h[0], h[1], M[0,1] …"""
    return [
        f"{field}[{','.join(map(str, index))}]"
        for field, shape in shapes.items()
        for index in np.ndindex(*shape)
    ]

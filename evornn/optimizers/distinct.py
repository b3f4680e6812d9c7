"""Draws without replacement, in every row at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def distinct(
    rng: np.random.Generator, count: int, sizes: Sequence[int], taken: Sequence[np.ndarray] = ()
) -> list[np.ndarray]:
    """For each of `count` rows one integer below each of `sizes`, all different in a row.

    They also differ from what is `taken` already, arrays (count,) of different integers. `sizes`
    must not fall, and what is taken must lie below the first of them. A draw counts only what is
    left, and so skips over the integers before it that are taken.
    """
    drawn = list(taken)
    for size in sizes:
        integers = rng.integers(size - len(drawn), size=count)
        for before in np.sort(np.array(drawn, dtype=np.int64).reshape(-1, count), axis=0):
            integers += integers >= before
        drawn.append(integers)
    return drawn[len(taken) :]

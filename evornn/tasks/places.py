"""Random places in an arena where nothing stands."""

from __future__ import annotations

import numpy as np

from evornn.simulators.arena import Arena
from evornn.simulators.wheeled import RADIUS

#: metres
SIDES = (0.9, 0.9)
#: the world of most tasks: a square with four pillars
PILLARS = Arena.box(
    *SIDES, ((0.25, 0.25, 0.04), (0.65, 0.3, 0.05), (0.3, 0.65, 0.05), (0.6, 0.6, 0.03))
)


def free_places(
    rng: np.random.Generator,
    arena: Arena,
    size: tuple[float, float],
    count: int,
    apart: float = 0.0,
    clearance: float = 1.2 * RADIUS,
) -> np.ndarray:
    """`count` places (count, 2), uniform in [0, width] × [0, height], `size`, where there is room.

    Each is at least `clearance` away from walls and obstacles, and `apart` from the others, metres.
    """
    found: list[np.ndarray] = []
    while len(found) < count:
        place = rng.uniform(0.0, size)
        alone = all(np.hypot(*(place - other)) >= apart for other in found)
        if alone and arena.distance(*place) >= clearance:
            found.append(place)
    return np.array(found)


def headings(rng: np.random.Generator, count: int) -> np.ndarray:
    """Random angles (count,), radians."""
    return rng.uniform(-np.pi, np.pi, count)

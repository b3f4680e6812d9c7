"""A flat arena: straight walls and round obstacles, which stand still. Metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from evornn.checks import check_number
from evornn.errors import ConfigurationError

Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Arena:
    """What robots bump into and see.

    Parameters
    ----------
    walls
        Segments (x0, y0, x1, y1), solid from both sides and without thickness.
    obstacles
        Discs (x, y, radius).
    """

    walls: Rows = ()
    obstacles: Rows = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "walls", _rows("Arena.walls", self.walls, 4))
        object.__setattr__(self, "obstacles", _rows("Arena.obstacles", self.obstacles, 3))
        for wall in self.walls:
            if wall[:2] == wall[2:]:
                raise ConfigurationError(f"Arena.walls must have a length, got {wall}")
        for obstacle in self.obstacles:
            check_number("radius of an obstacle", obstacle[2], above=0.0)

    @classmethod
    def box(cls, width: float, height: float, obstacles: Rows = ()) -> Self:
        """Four walls around [0, width] × [0, height]."""
        check_number("width", width, above=0.0)
        check_number("height", height, above=0.0)
        corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
        sides = zip(corners, (*corners[1:], corners[0]), strict=True)
        return cls(tuple((*a, *b) for a, b in sides), obstacles)

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        """``wall`` (wall, 5): x, y of one end, the unit vector along it, its length; ``obstacle``
        (obstacle, 3): x, y, radius.
        """
        walls = np.array(self.walls).reshape(-1, 4)
        along = walls[:, 2:] - walls[:, :2]
        length = np.hypot(along[:, :1], along[:, 1:])
        return {
            "wall": np.concatenate([walls[:, :2], along / length, length], axis=1),
            "obstacle": np.array(self.obstacles).reshape(-1, 3),
        }

    def distance(self, x: float, y: float) -> float:
        """From a point to the nearest wall or obstacle; negative inside an obstacle, inf alone."""
        point, nearest = np.array([x, y]), np.inf
        for x0, y0, ex, ey, length in self.constants["wall"]:
            along = np.clip((x - x0) * ex + (y - y0) * ey, 0.0, length)
            nearest = min(nearest, np.hypot(*(point - (x0 + along * ex, y0 + along * ey))))
        for ox, oy, radius in self.obstacles:
            nearest = min(nearest, np.hypot(x - ox, y - oy) - radius)
        return float(nearest)


def _rows(what: str, given: object, size: int) -> Rows:
    """`given` as a tuple of tuples of so many finite numbers."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise ConfigurationError(f"{what} must be rows of {size} numbers, got {given!r:.80}")
    for row in given:
        if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != size:
            raise ConfigurationError(f"{what} must be rows of {size} numbers, got {row!r:.80}")
        for value in row:
            check_number(what, value)
    return tuple(tuple(float(value) for value in row) for row in given)

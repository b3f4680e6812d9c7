"""Scenes: what a body and its world look like over time, as plain arrays of points.

A simulator tells its scene without knowing how it will be drawn, and a drawing needs to know no
simulator. Points are in the unit of the world, y upwards; what stands still has one frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.checks import check_choice, check_number, check_size
from evornn.errors import ConfigurationError

KINDS = ("line", "polygon", "disc")
#: what a shape is, which decides how it is coloured
ROLES = ("world", "body", "limb", "second", "goal", "path")


@dataclass(frozen=True, eq=False)
class Shape:
    """One shape, frame by frame.

    Parameters
    ----------
    kind
        "line" through the points, a filled "polygon", or a "disc" of this `radius` at every point.
    points
        (frame, point, 2), or (point, 2) for what stands still. A point that is NaN is left out.
    role
        "world" (walls, ground), "body", "limb" and "second" (another part beside it), "goal", or
        "path", which is drawn up to the present frame only; one that stands still is a pale mark.
    radius
        Of discs.
    number
        Which of several bodies, or whose path: each number from 0 to 5 has a colour of its own.
    """

    kind: str
    points: Any
    role: str = "body"
    radius: float = 0.0
    number: int = 0

    def __post_init__(self) -> None:
        check_choice("kind of a shape", self.kind, KINDS)
        check_choice("role of a shape", self.role, ROLES)
        check_number("radius of a shape", self.radius, least=0.0)
        check_size("number of a shape", self.number, least=0)
        points = np.asarray(self.points, np.float64)
        if points.ndim == 2:
            points = points[np.newaxis]
        if points.ndim != 3 or points.shape[2] != 2 or not len(points):
            raise ConfigurationError(
                "points of a shape have the shape (frame, point, 2) or (point, 2), got "
                f"{np.shape(self.points)}"
            )
        object.__setattr__(self, "points", points)

    def at(self, frame: int) -> np.ndarray:
        """Its points (point, 2) at a frame, the last one where there are fewer."""
        return self.points[min(frame, len(self.points) - 1)]


@dataclass(frozen=True, eq=False)
class Scene:
    """Shapes, the later ones before the others, and what part of the world is seen.

    What stands still lies behind what moves.

    `view` is (left, right, bottom, top), or (frame, 4) for a view that goes along.
    """

    shapes: Sequence[Shape]
    view: Any

    def __post_init__(self) -> None:
        view = np.atleast_2d(np.asarray(self.view, np.float64))
        if view.ndim != 2 or view.shape[1] != 4 or not np.isfinite(view).all():
            raise ConfigurationError(
                f"a view is (left, right, bottom, top), or one for each frame; got {self.view!r}"
            )
        if not ((view[:, 0] < view[:, 1]) & (view[:, 2] < view[:, 3])).all():
            raise ConfigurationError(f"a view has left < right and bottom < top, got {self.view!r}")
        object.__setattr__(self, "view", view)

    @property
    def frames(self) -> int:
        """Frames of the longest shape."""
        return max((len(shape.points) for shape in self.shapes), default=1)

    def window(self, frame: int) -> np.ndarray:
        """(left, right, bottom, top) at a frame."""
        return self.view[min(frame, len(self.view) - 1)]


def box(centre: np.ndarray, width: float, height: float) -> np.ndarray:
    """Corners (frame, 4, 2) of upright rectangles around `centre` (frame, 2)."""
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    return np.asarray(centre)[:, np.newaxis] + corners * (width / 2.0, height / 2.0)


def path(points: np.ndarray, number: int = 0) -> Shape:
    """The way of body `number` along `points` (frame, 2), up to the present frame."""
    return Shape("line", np.asarray(points)[:, np.newaxis], "path", number=number)

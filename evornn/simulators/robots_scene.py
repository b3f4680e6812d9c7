"""What wheeled robots look like: their arena, where they have been, and what lies about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evornn.scene import Scene, Shape, path
from evornn.simulators.arena import Arena

#: metres around what is seen
MARGIN = 0.06


def robots_scene(
    arena: Arena, radius: float, place: np.ndarray, numbers: Sequence[int], things: Sequence[Shape]
) -> Scene:
    """Robots at `place` (frame, robot, 4: x, y, cos θ, sin θ) among `things`.

    The `numbers` of the robots tell them and their ways from one another.
    """
    shapes: list[Shape] = [
        Shape("line", np.array(wall).reshape(2, 2), "world") for wall in arena.walls
    ]
    shapes += [Shape("disc", [[x, y]], "world", r) for x, y, r in arena.obstacles]
    shapes += things
    centre, ahead = place[..., :2], place[..., 2:]
    shapes += [path(centre[:, robot], number) for robot, number in enumerate(numbers)]
    for robot, number in enumerate(numbers):
        where, rim = centre[:, robot], centre[:, robot] + radius * ahead[:, robot]
        shapes.append(Shape("disc", where[:, np.newaxis], "body", radius, number))
        shapes.append(Shape("line", np.stack([where, rim], axis=1), "world"))
    return Scene(shapes, around(shapes, MARGIN + radius))


def around(shapes: Sequence[Shape], margin: float) -> tuple[float, float, float, float]:
    """The view that holds all `shapes` at all times."""
    points = np.concatenate([shape.points.reshape(-1, 2) for shape in shapes])
    (left, bottom), (right, top) = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    return left - margin, right + margin, bottom - margin, top + margin

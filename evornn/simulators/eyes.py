"""Two light sensors, 60° to the left and to the right of where a robot looks.

    brightness = max(0, cos φ) / (1 + (d/D)²)

at the distance d from the lamp, seen φ off the sensor's axis: half of its hemisphere is dark. With
D = 0.2 m it falls with the square of the distance from afar and doesn't grow without bounds nearby.
Lamps shine through everything.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.numerics import maximum, sqrt

EYES = 2
HALF = 0.2  # metres at which a lamp is half as bright
_AXES = np.radians([60.0, -60.0])

#: unit vectors (eye, 2) along the axes of the left and the right eye, in the robot's frame
EYE = np.stack([np.cos(_AXES), np.sin(_AXES)], axis=1)


def brightness(eye: Any, e: int, place: Any, r: int, x: Any, y: Any) -> Any:
    """How bright a lamp at (x, y) is to eye `e` of robot `r`."""
    dx, dy = x - place[r, 0], y - place[r, 1]
    c, s = place[r, 2], place[r, 3]
    squared = dx * dx + dy * dy
    ahead = (c * dx + s * dy) * eye[e, 0] + (c * dy - s * dx) * eye[e, 1]
    cosine = ahead / maximum(sqrt(squared), 1e-9)
    return maximum(cosine, 0.0) / (1.0 + squared / (HALF * HALF))

"""How far it is along a ray: to walls (segments) and to discs, seen from a robot.

All is said in the robot's own frame, where the rays stand still. A wall runs from its end a along
the unit vector e, to the left of which is its normal n; the robot's middle is at p, a ray begins at
O and runs along the unit vector D. It meets the wall's line after

    t = (n · (a − p) − n · O) / n · D      at      u = e · (p − a) + e · O + t e · D

along the wall, and a disc of radius R whose middle lies at m seen from the ray's beginning after

    t = m · D − √((m · D)² − m² + R²)

Where there is no such place, t or u is out of range, or not a number, and no comparison holds.
"""

from __future__ import annotations

from typing import Any

from evornn.numerics import maximum, sqrt, where

FAR = 1e9  # metres: nothing is seen


def see_nothing(near: Any, r: int) -> None:
    """No ray of robot `r` has met anything: distances (robot, ray)."""
    for i in range(near.shape[1]):
        near[r, i] = FAR


def see_wall(ray: Any, wall: Any, w: int, place: Any, r: int, near: Any) -> None:
    """The distances `near` (robot, ray) of robot `r`, with wall `w`."""
    x, y = place[r, 0] - wall[w, 0], place[r, 1] - wall[w, 1]
    c, s = place[r, 2], place[r, 3]
    ex, ey = wall[w, 2] * c + wall[w, 3] * s, wall[w, 3] * c - wall[w, 2] * s
    along, off = wall[w, 2] * x + wall[w, 3] * y, wall[w, 3] * x - wall[w, 2] * y
    for i in range(near.shape[1]):
        t = (off + ey * ray[i, 0] - ex * ray[i, 1]) / (ex * ray[i, 3] - ey * ray[i, 2])
        u = along + ex * ray[i, 0] + ey * ray[i, 1] + t * (ex * ray[i, 2] + ey * ray[i, 3])
        meets = (t >= 0.0) & (t < near[r, i]) & (u >= 0.0) & (u <= wall[w, 4])
        near[r, i] = where(meets, t, near[r, i])


def see_disc(ray: Any, x: Any, y: Any, radius: Any, place: Any, r: int, near: Any) -> None:
    """The distances `near` (robot, ray) of robot `r`, with a disc."""
    dx, dy = x - place[r, 0], y - place[r, 1]
    c, s = place[r, 2], place[r, 3]
    mx, my = c * dx + s * dy, c * dy - s * dx
    for i in range(near.shape[1]):
        qx, qy = mx - ray[i, 0], my - ray[i, 1]
        ahead = qx * ray[i, 2] + qy * ray[i, 3]
        t = ahead - sqrt(ahead * ahead - qx * qx - qy * qy + radius * radius)
        meets = (t >= 0.0) & (t < near[r, i])
        near[r, i] = where(meets, t, near[r, i])


def activate(reach: float, near: Any, r: int) -> None:
    """Distances become activations: 1 where it touches, falling to 0 at `reach`."""
    for i in range(near.shape[1]):
        near[r, i] = maximum(1.0 - near[r, i] / reach, 0.0)

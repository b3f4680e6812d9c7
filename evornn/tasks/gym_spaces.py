"""Spaces of Gymnasium as vectors: what a network can read of them, and how it acts in them.

A vector (Box with one axis) is read as it is, one of n (Discrete) as n numbers of which one is 1.
Acting in Discrete is the largest of n outputs, the first of equal ones; in a bounded Box an output
of −1 stands for the lower bound and of 1 for the upper one, beyond which it is cut off; where there
is no bound an output is the action itself. What is observed outside of the bounds of a Box is read
as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evornn.errors import ConfigurationError


class BadObservation(ValueError):
    """An observation that a network cannot read; its text says why."""


class Observed:
    """Observations of a space as vectors of `size` numbers."""

    def __init__(self, space: Any, name: str) -> None:
        kind = type(space).__name__
        self.name, self.discrete, self._space = name, kind == "Discrete", space
        if self.discrete:
            self.size = int(space.n)
        elif kind == "Box" and len(space.shape) == 1:
            self.size = int(space.shape[0])
            self._low, self._high = (b.astype(np.float64) for b in (space.low, space.high))
        elif kind == "Box" and len(space.shape) > 1:
            raise ConfigurationError(
                f"{name} is seen as a picture or a table of shape {space.shape}, and a network "
                "reads a vector: take a version with a vector, or wrap it "
                "(gymnasium.wrappers.FlattenObservation) under a name of your own, "
                "my_module:Mine-v0"
            )
        else:
            raise ConfigurationError(
                f"{name} is observed in {space}, and a network reads a vector: wrap it "
                "(gymnasium.wrappers.FlattenObservation) under a name of your own, "
                "my_module:Mine-v0"
            )

    def vectors(self, given: Sequence[Any]) -> np.ndarray:
        """Vectors (row, size), float64, of observations, checked all at once where that is quicker.

        BadObservation for the first that a network cannot read.
        """
        if self.discrete or any(np.shape(one) != (self.size,) for one in given):
            return np.array([self.vector(one) for one in given]).reshape(len(given), self.size)
        found = np.array(given, np.float64).reshape(len(given), self.size)
        finite = np.isfinite(found)
        if not finite.all():
            self.vector(found[int(np.argmin(finite.all(axis=1)))])
        return found

    def stray(self, found: np.ndarray) -> str | None:
        """Which number of the vectors `found` (row, size) leaves its bounds; None where all keep
        them. It is no mistake: LunarLander and BipedalWalker of Gymnasium itself leave theirs."""
        if self.discrete:
            return None
        inside = ((found >= self._low) & (found <= self._high)).all(axis=0)
        if inside.all():
            return None
        place = int(np.argmin(inside))
        return (
            f"number {place} of what {self.name} observes leaves its space, "
            f"[{self._low[place]:g}, {self._high[place]:g}]: it is read as it is"
        )

    def vector(self, given: Any) -> np.ndarray:
        """The vector (size,), float64, of one observation; BadObservation where a network cannot
        read it."""
        if self.discrete:
            if not self._space.contains(given):
                raise BadObservation(f"observed {given!r}, which is not in {self._space}")
            found = np.zeros(self.size)
            found[int(given) - int(self._space.start)] = 1.0
            return found
        found = np.asarray(given, np.float64)
        if found.shape != (self.size,):
            raise BadObservation(f"observed the shape {found.shape} instead of ({self.size},)")
        finite = np.isfinite(found)
        if not finite.all():
            place = int(np.argmin(finite))
            raise BadObservation(
                f"observed {found[place]:g} as number {place}, which is no finite number"
            )
        return found


class Acting:
    """Actions of a space from vectors of `size` outputs."""

    def __init__(self, space: Any, name: str) -> None:
        kind = type(space).__name__
        self.discrete = kind == "Discrete"
        if self.discrete:
            self.size, self._start = int(space.n), int(space.start)
        elif kind == "Box" and len(space.shape) == 1:
            self.size, self._dtype = int(space.shape[0]), space.dtype
            self._bounded = np.isfinite(space.low) & np.isfinite(space.high)
            self._low, self._high = (b.astype(np.float64) for b in (space.low, space.high))
            low, high = np.where(self._bounded, [self._low, self._high], [[-1.0], [1.0]])
            self._middle, self._reach = (low + high) / 2.0, (high - low) / 2.0
        else:
            raise ConfigurationError(
                f"one acts in {name} in {space}, and a network's outputs are a vector: Discrete "
                "and Box with one axis are known (gymnasium.wrappers.TransformAction)"
            )

    def actions(self, outputs: np.ndarray) -> np.ndarray:
        """Actions (row,), or (row, number), of finite `outputs` (row, size)."""
        if self.discrete:
            return self._start + np.argmax(outputs, axis=1)
        cut = np.where(self._bounded, np.clip(outputs, -1.0, 1.0), outputs)
        scaled = self._middle + self._reach * cut
        return np.clip(scaled, self._low, self._high).astype(self._dtype)

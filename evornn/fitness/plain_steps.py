"""The plain engine, a step at a time: the slow, obvious twin of `real_time` and `one_step_back`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.fitness.packing import lanes_of
from evornn.fitness.plain import PlainEngine, elements
from evornn.numerics.derivatives import detached
from evornn.numerics.plain import numbers
from evornn.numerics.plain_dual import duals, seeds, tangent_of
from evornn.numerics.plain_tape import PlainVariable, leaves, sweep_plain
from evornn.numerics.records import size_of


@dataclass
class PlainInfluence:
    """The state, of duals, and the last outputs of a network that is run step by step."""

    s: Any = None
    y: Any = None


@dataclass
class PlainSketch:
    """The state before and after a step (state,), and tangents (state, direction)."""

    before: np.ndarray
    after: np.ndarray
    tangents: np.ndarray


class PlainStepEngine(PlainEngine):
    """Errors and gradients on sequences, of whole ones and of single steps."""

    def influence(self) -> PlainInfluence:
        return PlainInfluence()

    def advance(
        self, influence: PlainInfluence, weights: np.ndarray, q: int, t: int
    ) -> tuple[float, np.ndarray]:
        own = seeds(self._lanes(weights[np.newaxis]))
        x = self._observe(q, t, influence.y, 1)
        if t == 0:
            influence.s = self._forwards.begin(own, x)
        influence.s, influence.y = self._forwards.advance(own, x, influence.s)
        error = self._error_at(influence.y, q, t)
        return float(error.value[0]), tangent_of(error, len(weights))[:, 0]

    def sketch(self) -> PlainSketch:
        size = size_of(self.network.state)
        tangents = np.zeros((size, lanes_of(self.dtype)), self.dtype)
        return PlainSketch(np.zeros(size), np.zeros(size), tangents)

    def push(
        self, sketch: PlainSketch, weights: np.ndarray, q: int, t: int
    ) -> tuple[float, np.ndarray, np.ndarray]:
        if t == 0:
            sketch.after[:] = sketch.tangents[:] = 0.0
        sketch.before, directions = sketch.after, sketch.tangents.shape[1]
        values = sketch.before[:, np.newaxis].astype(self.dtype)
        state = duals(values, sketch.tangents[..., np.newaxis])
        own = numbers(self._lanes(weights[np.newaxis]))
        following, y = self._forwards.advance(
            own, self._observe(q, t, None, 1), self._forwards.state_of(state)
        )
        results = elements(following)
        sketch.after = np.array([number.value[0] for number in results])
        for row, number in zip(sketch.tangents, results, strict=True):
            row[:] = tangent_of(number, directions)[:, 0]
        error = self._error_at(y, q, t)
        return float(error.value[0]), tangent_of(error, directions)[:, 0], sketch.tangents

    def pull(
        self, sketch: PlainSketch, weights: np.ndarray, q: int, t: int, adjoints: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        directions, tape = adjoints.shape[1], []  # type: ignore[var-annotated]
        own = leaves(np.repeat(self._lanes(weights[np.newaxis]), directions, axis=1), tape)
        before = np.repeat(sketch.before[:, np.newaxis].astype(self.dtype), directions, axis=1)
        state = self._forwards.state_of(numbers(before))
        following, y = self._forwards.advance(own, self._observe(q, t, None, directions), state)
        of_state = _swept(tape, own, list(zip(elements(following), adjoints, strict=True)))
        of_error = _swept(tape, own, [(self._error_at(y, q, t), np.ones(directions))])
        return of_state, of_error[:, 0]

    def _error_at(self, y: Any, q: int, t: int) -> Any:
        """The judged error of step `t`, zero where it is not judged."""
        weight = float(self.data.judged[q, t])
        if weight == 0.0:
            return 0.0 * detached(y[0])
        with np.errstate(all="ignore"):
            return self.error(y, self.data.targets[q, t].astype(self.dtype)) * weight


def _swept(
    tape: list[PlainVariable], own: np.ndarray, results: list[tuple[Any, np.ndarray]]
) -> np.ndarray:
    """Adjoints of the leaves `own` (leaf, lane), where `results` have these adjoints."""
    for variable in tape:
        variable.adjoint = np.zeros_like(variable.value)
    for number, adjoint in results:
        if isinstance(number, PlainVariable):
            number.adjoint = number.adjoint + adjoint
    with np.errstate(all="ignore"):
        sweep_plain(tape)
    return np.array([variable.adjoint for variable in own], np.float64)

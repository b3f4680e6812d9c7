"""The plain engine, a step at a time: the slow, obvious twin of `real_time` and `one_step_back`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.fitness.gradient_mode import GradientMode
from evornn.fitness.one_step_back import StepBack
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

    @property
    def states(self) -> int:
        fed_back = self.network.outputs if self.data.free_running is not None else 0
        return size_of(self.network.state) + fed_back

    def sums_and_hybrid_gradients(
        self, weights: np.ndarray, scale: float, mode: GradientMode
    ) -> tuple[np.ndarray, np.ndarray]:
        """The whole gradient, which that in blocks is equal to."""
        return self.sums_and_gradients(weights, scale)

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
        self,
        sketch: PlainSketch,
        weights: np.ndarray,
        q: int,
        t: int,
        adjoints: np.ndarray,
        cut: bool = False,
    ) -> StepBack:
        directions, tape = adjoints.shape[1], []  # type: ignore[var-annotated]
        own = leaves(np.repeat(self._lanes(weights[np.newaxis]), directions, axis=1), tape)
        before = np.repeat(sketch.before[:, np.newaxis].astype(self.dtype), directions, axis=1)
        state = leaves(before, tape)
        following, y = self._forwards.advance(
            own, self._observe(q, t, None, directions), self._forwards.state_of(state)
        )
        nexts, given = elements(following), np.concatenate([own, state])
        of_state = _swept(tape, given, list(zip(nexts, adjoints, strict=True)))
        stops = [None if any(n is leaf for leaf in given) else n for n in nexts] if cut else []
        error = [(self._error_at(y, q, t), np.ones(directions))]
        of_error = _swept(tape, given, error, stops)[:, 0]
        by_next = np.zeros(len(nexts))
        for i, number in enumerate(stops):
            if isinstance(number, PlainVariable) and not any(number is n for n in stops[:i]):
                by_next[i] = number.adjoint[0]
        count = len(own)
        return StepBack(
            of_state[:count], of_state[count:], of_error[:count], of_error[count:], by_next,
            np.arange(len(nexts)),
        )  # fmt: skip

    def _error_at(self, y: Any, q: int, t: int) -> Any:
        """The judged error of step `t`, zero where it is not judged."""
        weight = float(self.data.judged[q, t])
        if weight == 0.0:
            return 0.0 * detached(y[0])
        with np.errstate(all="ignore"):
            return self.error(y, self.data.targets[q, t].astype(self.dtype)) * weight


def _swept(
    tape: list[PlainVariable],
    own: np.ndarray,
    results: list[tuple[Any, np.ndarray]],
    stops: Sequence[Any] = (),
) -> np.ndarray:
    """Adjoints of the leaves `own` (leaf, lane), where `results` have these adjoints.

    Nothing flows through `stops`.
    """
    for variable in tape:
        variable.adjoint = np.zeros_like(variable.value)
    for number, adjoint in results:
        if isinstance(number, PlainVariable):
            number.adjoint = number.adjoint + adjoint
    with np.errstate(all="ignore"):
        sweep_plain(tape, stops)
    return np.array([variable.adjoint for variable in own], np.float64)

"""Bodies advanced one control step at a time by whoever gives the motors their values: what an
environment is made of. Many bodies go side by side, one in each lane, each in a trial of its own.

It is the loop of `evornn.fitness.episode` cut open where the network would be.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from evornn.errors import ConfigurationError
from evornn.fitness.episode import BodyLayout, BodyRecords
from evornn.fitness.kernel import Kernel
from evornn.fitness.packing import lanes_of, put_rows, rows_of
from evornn.numerics.fingerprint import fingerprint
from evornn.numerics.kernels import compiled
from evornn.numerics.lanes import view_lanes
from evornn.numerics.primitives import where
from evornn.numerics.records import aligned_zeros, record, size_of
from evornn.simulators.simulator import Dynamics, Simulator

_DTYPE = np.dtype("float64")


class Moved(NamedTuple):
    """What came of a step: senses (body, sense), losses and whether the trial goes on (body,)."""

    senses: np.ndarray
    losses: np.ndarray
    goes_on: np.ndarray


class BodyStepper:
    """So many bodies of one simulator, float64; noise and trials are given from outside."""

    def __init__(self, simulator: Simulator, count: int) -> None:
        import numba

        if numba.config.DISABLE_JIT:
            raise ConfigurationError(
                "bodies are moved by compiled code: unset NUMBA_DISABLE_JIT to use them as "
                "environments"
            )
        self.simulator, self.count = simulator, count
        self._layout = BodyLayout.of(simulator, _DTYPE)
        self._kernel = _kernel_of(
            simulator.dynamics,
            BodyRecords.of(simulator),
            fingerprint(*simulator.dynamics),
        )
        self._groups, self._width = -(-count // lanes_of(_DTYPE)), lanes_of(_DTYPE)
        self._bodies = self._zeros(size_of(simulator.state))
        self._following, self._fresh = np.zeros_like(self._bodies), np.zeros_like(self._bodies)
        self._scratch = self._zeros(max(size_of(simulator.scratch), 1))
        self._trials = self._zeros(max(size_of(simulator.trial), 1))
        self._actions = self._zeros(simulator.motors)
        self._noise = [self._zeros(simulator.noise) for _ in range(2)]
        self._senses = self._zeros(simulator.sensors)
        self._losses, self._alive = self._zeros(1), self._zeros(1)

    def begin(self, which: np.ndarray, trials: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """Put the bodies `which` (body,) bool at the beginning of their trials (body, number).

        Gives the senses (body, sense) of all; the `noise` (body, channel) is that of the step to
        come. The others stay as they are.
        """
        put_rows(self._trials, trials)
        put_rows(self._noise[1], noise)
        seen, chosen = rows_of(self._senses, self.count), which[:, np.newaxis]
        self._call(True, self._fresh)
        put_rows(self._bodies, np.where(chosen, rows_of(self._fresh, self.count), self.bodies))
        return np.where(chosen, rows_of(self._senses, self.count), seen)

    def move(self, actions: np.ndarray, noise: np.ndarray, noise_after: np.ndarray) -> Moved:
        """One control step with what the motors are given, (body, motor).

        `noise` (body, channel) is that of this step, `noise_after` that of the next.
        """
        for buffer, values in zip(
            (self._actions, *self._noise), (actions, noise, noise_after), strict=True
        ):
            put_rows(buffer, values)
        self._call(False, self._bodies)
        return Moved(
            rows_of(self._senses, self.count),
            rows_of(self._losses, self.count)[:, 0],
            rows_of(self._alive, self.count)[:, 0] > 0.0,
        )

    @property
    def bodies(self) -> np.ndarray:
        """The states of all bodies, (body, number)."""
        return rows_of(self._bodies, self.count)

    def _zeros(self, size: int) -> np.ndarray:
        return aligned_zeros((self._groups, size, self._width), _DTYPE)

    def _call(self, begins: bool, bodies: np.ndarray) -> None:
        self._kernel(
            begins, self._trials, self._actions, *self._noise, self._layout, bodies,
            self._following, self._scratch, self._senses, self._losses, self._alive,
        )  # fmt: skip


def make_body_step(body: Dynamics, records: BodyRecords) -> Callable[..., None]:
    """Begin all groups of `bodies` (group, number, lane), or move them; then sense."""
    begin, sense, move, goes_on, loss = body
    Trial, Constants = records.trial, records.constants
    Body, FollowingBody = records.state, records.following

    def body_step(
        begins: bool, trials: Any, actions: Any, noise: Any, noise_after: Any, layout: Any,
        bodies: Any, following: Any, scratch: Any, senses: Any, losses: Any, alive: Any,
    ) -> None:  # fmt: skip
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        now, after, space = view_lanes(bodies), view_lanes(following), view_lanes(scratch)
        numbers, motors = view_lanes(trials), view_lanes(actions)
        draws, draws_after = view_lanes(noise), view_lanes(noise_after)
        seen, worth, lives = view_lanes(senses), view_lanes(losses), view_lanes(alive)
        for g in range(bodies.shape[0]):
            b = record(Body, layout.state, now[g], 0, space[g])
            if begins:
                begin(k, record(Trial, layout.trial, numbers[g], 0, numbers[g]), b)
            else:
                b_next = record(FollowingBody, layout.following, after[g], 0, space[g])
                move(k, motors[g], draws[g], b, b_next)
                for i in range(layout.state_size):
                    now[g, i] = after[g, i]
                worth[g, 0] = loss(k, b)
                for lane in range(alive.shape[2]):
                    alive[g, 0, lane] = 1.0
                lives[g, 0] = where(goes_on(k, b), lives[g, 0], 0.0)
            sense(k, b, draws_after[g], seen[g])

    return body_step


@cache
def _kernel_of(body: Dynamics, records: BodyRecords, code: str) -> Kernel:
    """The kernel of one body; `code` is the fingerprint of its functions."""

    def make(*functions: Any) -> Callable[..., Any]:
        return make_body_step(Dynamics(*functions), records)

    return Kernel(compiled(make, "body-step", *body, layout=records.layouts))

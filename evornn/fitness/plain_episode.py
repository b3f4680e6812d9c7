"""The plain engine for episodes: the same trials in plain Python, genomes in NumPy vectors.

The slow, obvious twin of `episode_engine`, used where NUMBA_DISABLE_JIT=1 is set.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from evornn.fitness.episode import BodyLayout, BodyRecords
from evornn.fitness.layout import split_constants
from evornn.fitness.plain import PlainNetwork
from evornn.networks.network import Network
from evornn.numerics.plain import LaneArray, numbers, raw
from evornn.numerics.records import plain_record, size_of
from evornn.simulators.simulator import Simulator
from evornn.tasks.episodes import Episodes


class PlainBody:
    """A body that is moved step by step, in lanes."""

    def __init__(self, simulator: Simulator, dtype: np.dtype) -> None:
        self.simulator, self.dtype = simulator, dtype
        self._dynamics = simulator.dynamics
        self._records = BodyRecords.of(simulator)
        flat = BodyLayout.of(simulator, dtype)
        floats, integers = split_constants(simulator)
        shapes = [v.shape for v in (*floats.values(), *integers.values())]
        self.constants = plain_record(self._records.constants, flat.floats, flat.integers, shapes)

    def begin(self, numbers_of_trial: np.ndarray, lanes: int) -> Any:
        """The state at the beginning of a trial (number,), in so many lanes."""
        own = numbers(np.repeat(numbers_of_trial[:, np.newaxis], lanes, axis=1).astype(self.dtype))
        trial = plain_record(self._records.trial, own, None, list(self.simulator.trial.values()))
        b = self._blank(self._records.state, lanes, self.simulator.state)
        with np.errstate(all="ignore"):
            self._dynamics.begin(self.constants, trial, b)
        return b

    def sense(self, b: Any, noise: np.ndarray, lanes: int) -> Any:
        """What the network reads."""
        x = LaneArray(np.zeros((self.simulator.sensors, lanes), self.dtype))
        with np.errstate(all="ignore"):
            self._dynamics.sense(self.constants, b, noise, x)
        return x

    def move(self, a: Any, noise: np.ndarray, b: Any, lanes: int) -> Any:
        """The state one control step on."""
        simulator = self.simulator
        b_next = self._blank(self._records.following, lanes, simulator.state, simulator.scratch)
        with np.errstate(all="ignore"):
            self._dynamics.move(self.constants, a, noise, b, b_next)
        return self._records.state(*(getattr(b_next, name) for name in simulator.state))

    def worth(self, b: Any) -> tuple[np.ndarray, np.ndarray]:
        """The loss in each lane if the trial ended here, and whether it goes on."""
        with np.errstate(all="ignore"):
            loss = raw(self._dynamics.loss(self.constants, b))
            return loss, raw(self._dynamics.goes_on(self.constants, b))

    def _blank(self, cls: Any, lanes: int, *shapes: Any) -> Any:
        count = sum(size_of(group) for group in shapes)
        flat = LaneArray(np.zeros((count, lanes), self.dtype))
        second = flat[size_of(shapes[0]) :]
        return plain_record(cls, flat, second, [s for group in shapes for s in group.values()])


class PlainEpisodeEngine:
    """Losses of weights (population, weights) on the trials of `data`."""

    def __init__(self, network: Network, data: Episodes, dtype: np.dtype) -> None:
        self.network, self.data, self.dtype = network, data, dtype
        self._network = PlainNetwork(network, dtype)
        self._body = PlainBody(data.simulator, dtype)
        self.made = 0

    def on(self, data: Episodes) -> Self:
        """The same on other trials."""
        return type(self)(self.network, data, self.dtype)

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """Losses (population, trial), float64."""
        columns = [self._trial(weights, q) for q in range(len(self.data.rows))]
        self.made = int(sum(made.sum() for _, made in columns))
        return np.stack([losses for losses, _ in columns], axis=1)

    def _trial(self, weights: np.ndarray, q: int) -> tuple[np.ndarray, np.ndarray]:
        """Losses and steps made (population,) in trial `q`."""
        lanes = len(weights)
        own = LaneArray(np.ascontiguousarray(weights.T, self.dtype))
        noise = self.data.noise[q].astype(self.dtype)
        alive, losses, made = np.ones(lanes, bool), np.zeros(lanes), np.zeros(lanes)
        b, s = self._body.begin(self.data.rows[q], lanes), None
        for t in range(self.data.steps):
            n = noise[t % len(noise)]
            x = self._body.sense(b, n, lanes)
            s = self._network.begin(own, x) if s is None else s
            s, y = self._network.advance(own, x, s)
            b = self._body.move(y, n, b, lanes)
            loss, goes_on = self._body.worth(b)
            losses = np.where(alive, loss, losses)
            made += alive
            alive &= goes_on
            if not alive.any():
                break
        return losses, made

"""The engine for environments of Gymnasium: all genomes and trials advance side by side, networks
by compiled code, environments in processes of their own."""

from __future__ import annotations

import warnings
from copy import copy
from typing import Self

import numpy as np

from evornn.errors import RunFailed
from evornn.fitness.episode_engine import Trace
from evornn.fitness.network_stepper import network_stepper
from evornn.fitness.scaling import RunningScaling
from evornn.networks.network import Network
from evornn.tasks.gym import GymEpisodes
from evornn.tasks.gym_pool import EnvironmentPool, WorkerLost

#: episodes side by side: their environments must find room in memory
MOST = 256
#: how often an evaluation is begun, where processes are killed meanwhile
ATTEMPTS = 3
#: steps that are made twice to see whether an environment repeats
_FEW = 20


class GymEngine:
    """Losses of weights (population, weights) on the trials of `data`.

    Attributes
    ----------
    scaling : RunningScaling or None
        Shared by all engines made by `on`.
    made : int
        Network steps that the last call made.
    """

    def __init__(self, network: Network, data: GymEpisodes, dtype: np.dtype, threads: int) -> None:
        self.network, self.data, self.dtype = network, data, dtype
        task = data.task
        self.scaling = RunningScaling(data.observed.size) if task.scaled else None
        self._pool = EnvironmentPool(task.env, task.options, threads, task.timeout)
        # Shared by all engines made by `on`: what is looked for, and said, once.
        self._told: list[str] = []
        self._tried: list[int] = []
        self.made = 0

    def on(self, data: GymEpisodes) -> Self:
        """The same on other trials; processes are shared."""
        other = copy(self)
        other.data = data
        return other

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """Losses (population, trial), float64; infinite where an output is no finite number."""
        seeds = np.tile(self.data.seeds, len(weights))
        rows = np.repeat(np.arange(len(weights)), len(self.data.seeds))
        before, losses, self.made = self.scaling and self.scaling.seen, [], 0
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._tell_chance()
                for first in range(0, len(rows), MOST):
                    part = slice(first, first + MOST)
                    losses.append(self._episodes(weights[rows[part]], seeds[part]))
                return np.concatenate(losses).reshape(len(weights), -1)
            except WorkerLost as error:
                self._pool.close()
                losses, self.made = [], 0
                if self.scaling and before:
                    self.scaling.seen = before
                if attempt == ATTEMPTS:
                    raise RunFailed(
                        f"{error}, {ATTEMPTS} times in one evaluation: it crashes, or the memory "
                        "does not reach for so many (take fewer --threads)"
                    ) from error
            except BaseException:
                self._pool.close()  # answers that nobody waits for would come at the next question
                raise
        raise AssertionError("the last attempt returns or raises")

    def trace(self, weights: np.ndarray, trial: int) -> Trace:
        """All that happens in one trial to the network with `weights` (weights,).

        `Trace.bodies` has the observations, unscaled and whole.
        """
        kept: list[tuple[np.ndarray, ...]] = []
        seen = self.scaling and self.scaling.seen
        seeds = self.data.seeds[[trial]]
        loss = self._episodes(np.asarray(weights)[np.newaxis], seeds, kept)[0]
        if self.scaling and seen:
            self.scaling.seen = seen
        bodies, states, senses, outputs = zip(*kept, strict=True)
        return Trace(
            np.array(bodies), np.array(states), np.array(senses[:-1]), np.array(outputs[:-1]), loss
        )

    def _episodes(
        self,
        weights: np.ndarray,
        seeds: np.ndarray,
        kept: list[tuple[np.ndarray, ...]] | None = None,
    ) -> np.ndarray:
        """Losses (row,) of one episode each, with `weights` (row, weight) and `seeds` (row,)."""
        data, networks = self.data, network_stepper(self.network, weights, self.dtype)
        observations = self._pool.reset(len(seeds), seeds)
        self._tell_strays(observations)
        returns, alive = np.zeros(len(seeds)), np.ones(len(seeds), bool)
        for _ in range(data.steps):
            senses = self._senses(observations, alive)
            before = None if kept is None else networks.states[0]
            outputs = networks.advance(senses)
            self.made += int(alive.sum())
            diverged = alive & ~np.isfinite(outputs).all(axis=1)
            returns[diverged], alive = -np.inf, alive & ~diverged
            if kept is not None and before is not None:
                kept.append((observations[0].copy(), before, senses[0], outputs[0]))
            going = np.flatnonzero(alive)
            if not going.size:
                break
            actions = data.acting.actions(outputs[going])
            observations[going], rewards, ended = self._pool.step(going, actions)
            self._tell_strays(observations)
            returns[going] += rewards
            alive[going] = ~ended
            if ended.all():
                break
        if kept is not None:
            kept.append((observations[0].copy(), networks.states[0], senses[0], outputs[0]))
        return data.task.best - returns

    def _tell_chance(self) -> None:
        """Warn, once, of episodes that do not follow from their seed and the actions."""
        if self._tried:
            return
        seed = self.data.seeds[:1]
        if self._beginning(seed) != self._beginning(seed):
            name = self.data.task.env
            warnings.warn(
                f"two episodes of {name} with the same seed and the same actions differ, so runs "
                "will not repeat: it draws chance that reset(seed=…) does not seed; draw from "
                "self.np_random in it",
                stacklevel=2,
            )
        self._tried.append(int(seed[0]))

    def _beginning(self, seed: np.ndarray) -> list[bytes]:
        """What is observed and rewarded in a few steps, with outputs that vary."""
        seen, acting = [self._pool.reset(1, seed).tobytes()], self.data.acting
        for step in range(_FEW):
            outputs = np.sin(step + np.arange(acting.size))[np.newaxis]
            observed, rewards, ended = self._pool.step(np.zeros(1, int), acting.actions(outputs))
            seen += [observed.tobytes(), rewards.tobytes()]
            if ended.all():
                break
        return seen

    def _tell_strays(self, observations: np.ndarray) -> None:
        """Warn, once, of numbers that leave the bounds of their space."""
        stray = None if self._told else self.data.observed.stray(observations)
        if stray is not None:
            self._told.append(stray)
            warnings.warn(stray, stacklevel=2)

    def _senses(self, observations: np.ndarray, alive: np.ndarray) -> np.ndarray:
        """What the networks read (row, input) of `observations` (row, number)."""
        if self.scaling is None:
            return observations[:, self.data.shown]
        self.scaling.see(observations[alive])
        return self.scaling.apply(observations)[:, self.data.shown]

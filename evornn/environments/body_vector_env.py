"""Many bodies of one task as a vector environment, advanced by one call of compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from evornn.checks import check_size
from evornn.environments.trials import (
    checked_actions,
    chosen_trial,
    done,
    episodes_of,
    noise_of,
    observed,
)
from evornn.errors import ConfigurationError
from evornn.fitness.body_stepper import BodyStepper
from evornn.tasks.task import Task


class BodyVectorEnv(VectorEnv):
    """`num_envs` bodies side by side; the rest is as in `BodyEnv`.

    Body i does, to the bit, what a `BodyEnv` does that was reset with ``seed + i``. One that has
    ended begins another trial at the step after, whose action it ignores
    (`AutoresetMode.NEXT_STEP`).
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012

    def __init__(
        self,
        task: str | Task,
        num_envs: int = 1,
        split: str = "train",
        render_mode: str | None = None,
        **options: Any,
    ) -> None:
        check_size("num_envs", num_envs)
        if render_mode is not None:
            raise ConfigurationError(f"many bodies are not rendered, got {render_mode!r}")
        self.num_envs, self.render_mode = num_envs, None
        self.data = episodes_of(task, options, split)
        simulator = self.data.simulator
        self.single_observation_space = observed(simulator)
        self.single_action_space = done(simulator)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._stepper = BodyStepper(simulator, num_envs)
        self._generators = [seeding.np_random()[0] for _ in range(num_envs)]
        self._trials = np.zeros(num_envs, np.int64)
        self._steps = np.zeros(num_envs, np.int64)
        self._losses = np.zeros(num_envs)
        self._ended = np.ones(num_envs, bool)

    def reset(
        self,
        *,
        seed: int | list[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin a trial with each body."""
        seeds = [seed + i for i in range(self.num_envs)] if isinstance(seed, int) else seed
        if seeds is not None:
            for i, one in enumerate(seeds):
                if one is not None:
                    self._generators[i] = seeding.np_random(one)[0]
        observations = self._begin(np.ones(self.num_envs, bool), options)
        return observations, {"trial": self._trials.copy()}

    def step(
        self, actions: Any
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """One control step of each body: observations, rewards, terminated, truncated, info."""
        begins = self._ended
        given = checked_actions(actions, (self.num_envs, self.data.simulator.motors))
        moved = self._stepper.move(given, self._noise(0), self._noise(1))
        self._steps += 1
        losses = np.where(begins, self.data.simulator.idle_loss, moved.losses)
        rewards = np.where(begins, 0.0, self._losses - losses)
        self._losses = losses
        terminated = ~moved.goes_on & ~begins
        truncated = (self._steps >= self.data.steps) & ~terminated & ~begins
        observations = self._begin(begins) if begins.any() else moved.senses
        self._ended = terminated | truncated
        info = {"trial": self._trials.copy(), "loss": losses.copy()}
        return observations, rewards, terminated, truncated, info

    def _begin(self, which: np.ndarray, options: dict[str, Any] | None = None) -> np.ndarray:
        """Begin a trial with the bodies `which`; what all of them sense."""
        for i in np.flatnonzero(which):
            self._trials[i] = chosen_trial(self.data, options, self._generators[i])
        self._steps[which], self._losses[which] = 0, self.data.simulator.idle_loss
        self._ended = np.zeros(self.num_envs, bool)
        return self._stepper.begin(which, self.data.rows[self._trials], self._noise(0))

    def _noise(self, ahead: int) -> np.ndarray:
        steps = self._steps + ahead
        if not self.data.simulator.noise:
            return np.zeros((self.num_envs, 0))
        rows = [
            noise_of(self.data, int(q), int(t)) for q, t in zip(self._trials, steps, strict=True)
        ]
        return np.array(rows)

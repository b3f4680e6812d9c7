"""One body as an environment."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np

from evornn.checks import check_choice
from evornn.environments.trials import (
    checked_actions,
    chosen_trial,
    done,
    episodes_of,
    noise_of,
    observed,
)
from evornn.errors import ConfigurationError
from evornn.fields import fields_of
from evornn.fitness.body_stepper import BodyStepper
from evornn.plots import Camera
from evornn.simulators.simulator import Simulator
from evornn.tasks.task import Task


class BodyEnv(gymnasium.Env):
    """A task with a body, one control step at a time.

    An observation is what the network would read, float64, and an action what it would put out,
    within `Simulator.motor_range`. A step is rewarded with what it takes off the loss of the trial,

        r_t = L_{t−1} − L_t,      L_0 = `Simulator.idle_loss`,

    so the sum of the rewards is what the trial is better than doing nothing, and to maximise it
    without discounting is to minimise the loss. An episode is terminated where the trial ends by
    itself (the pole has fallen), and truncated after its most control steps.

    Parameters
    ----------
    task
        A registered name, or a task with a body.
    split
        Whose trials: "train", "validation" or "test".
    render_mode
        None or, where the body has a scene, "rgb_array". For "human" Gymnasium shows these pictures
        in a window (by pygame).
    options
        Of the task, where it is given by name.

    `reset(seed=…)` draws one of the trials; ``options={"trial": 3}`` asks for one. `info` has the
    number of the ``trial`` and, after a step, its ``loss`` so far.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 25}  # noqa: RUF012

    def __init__(
        self,
        task: str | Task,
        split: str = "train",
        render_mode: str | None = None,
        **options: Any,
    ) -> None:
        if render_mode is not None:
            check_choice("render_mode", render_mode, self.metadata["render_modes"])
        self.render_mode = render_mode
        self.data = episodes_of(task, options, split)
        self.simulator = self.data.simulator
        modes = self.metadata["render_modes"] if _has_scene(self.simulator) else []
        if render_mode is not None and not modes:
            raise _unseen(self.simulator)
        self.observation_space = observed(self.simulator)
        self.action_space = done(self.simulator)
        rate = max(round(1.0 / self.simulator.time_step), 1)
        self.metadata = {**self.metadata, "render_modes": modes, "render_fps": rate}
        self._stepper = BodyStepper(self.simulator, 1)
        self._trial, self._step, self._loss = -1, 0, 0.0
        self._camera: Camera | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin a trial: what is sensed at first, and which trial it is."""
        super().reset(seed=seed)
        self._trial = chosen_trial(self.data, options, self.np_random)
        self._step, self._loss = 0, self.simulator.idle_loss
        row, noise = self.data.rows[self._trial], noise_of(self.data, self._trial, 0)
        return self._stepper.begin(np.ones(1, bool), row[None], noise[None])[0], self._info()

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One control step: observation, reward, terminated, truncated, info."""
        if self._trial < 0:
            raise gymnasium.error.ResetNeeded("call reset before step")
        given = checked_actions(action, (self.simulator.motors,))[np.newaxis]
        noise, after = (noise_of(self.data, self._trial, self._step + i)[None] for i in (0, 1))
        moved = self._stepper.move(given, noise, after)
        self._step += 1
        before, self._loss = self._loss, float(moved.losses[0])
        terminated = not moved.goes_on[0]
        truncated = not terminated and self._step >= self.data.steps
        info = self._info() | {"loss": self._loss}
        return moved.senses[0], before - self._loss, terminated, truncated, info

    def _info(self) -> dict[str, Any]:
        return {"trial": self._trial}

    def render(self) -> np.ndarray | None:
        """The scene as it is, (height, width, 3), uint8; None without a `render_mode`."""
        if self.render_mode is None:
            return None
        numbers = fields_of(self.data.rows[max(self._trial, 0)], self.simulator.trial)
        bodies = fields_of(self._stepper.bodies, self.simulator.state)
        scene = self.simulator.scene(numbers, bodies)
        if scene is None:
            raise _unseen(self.simulator)
        if self._camera is None:
            self._camera = Camera()
        return self._camera.picture(scene)


def _has_scene(simulator: Simulator) -> bool:
    return type(simulator).scene is not Simulator.scene


def _unseen(simulator: Simulator) -> ConfigurationError:
    name = type(simulator).__name__
    return ConfigurationError(f"{name} has no scene to render: make it without render_mode")

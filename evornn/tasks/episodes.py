"""Episodes: trials of a simulated body, whose losses are averaged, or the worst of which counts."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from evornn.checks import check_choice, check_size
from evornn.errors import ConfigurationError
from evornn.simulators.simulator import Simulator, check_shapes
from evornn.tasks.task import Task
from evornn.tasks.trials import Trials

OVER = ("mean", "worst")


class Episodes(Trials):
    """Trials with a simulator, each of `steps` control steps at most.

    Parameters
    ----------
    simulator
        The body and its world.
    trials
        Numbers by name, each (trial, *shape): what `Simulator.trial` asks for.
    steps
        Most control steps of a trial.
    noise
        (trial, step, channel), standard normal draws, the same for every genome; None where the
        simulator takes none.
    over
        What counts: the "mean" over the trials, or the "worst" of them.

    Attributes
    ----------
    rows : float64 (trial, number)
        The numbers of each trial, one field of `Simulator.trial` after another.
    lengths : int64 (trial,)
    """

    def __init__(
        self,
        simulator: Simulator,
        trials: Mapping[str, Any],
        steps: int,
        noise: Any = None,
        over: str = "mean",
    ) -> None:
        check_size("steps", steps)
        check_choice("over", over, OVER)
        check_shapes(simulator)
        self.simulator, self.steps, self.over = simulator, int(steps), over
        self.rows = _rows(simulator, trials)
        self.noise = _checked_noise(simulator, noise, len(self.rows), self.steps)
        self.lengths = np.full(len(self.rows), self.steps, np.int64)
        for array in self.arrays.values():
            array.flags.writeable = False

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """Every array that the data are made of, by its name."""
        return {"rows": self.rows, "noise": self.noise, "lengths": self.lengths}

    @property
    def input_size(self) -> int:
        return self.simulator.sensors

    @property
    def output_size(self) -> int:
        return self.simulator.motors

    @property
    def constant_loss(self) -> float:
        """Loss of trials in which nothing is achieved."""
        return self.simulator.idle_loss


def _rows(simulator: Simulator, trials: Mapping[str, Any]) -> np.ndarray:
    """The numbers of the trials side by side, checked against what the simulator asks for."""
    wanted = simulator.trial
    if set(trials) != set(wanted):
        raise ConfigurationError(
            f"trials of {type(simulator).__name__} have {', '.join(wanted)}; got "
            f"{', '.join(trials) or 'none'}"
        )
    columns, count = [], None
    for name, shape in wanted.items():
        values = np.asarray(trials[name], np.float64)
        count = len(values) if count is None and values.ndim else count
        if values.shape != (count, *shape) or not count:
            raise ConfigurationError(
                f"trials[{name!r}] must have the shape (trial, {', '.join(map(str, shape))}) with "
                f"one trial at least, as many as all others; got {values.shape}"
            )
        if not np.isfinite(values).all():
            raise ConfigurationError(f"trials[{name!r}] must be finite")
        columns.append(values.reshape(count, -1))
    return np.concatenate(columns, axis=1)


def _checked_noise(simulator: Simulator, noise: Any, count: int, steps: int) -> np.ndarray:
    shape = count, steps, simulator.noise
    if noise is None and not simulator.noise:
        return np.zeros((count, 1, 0))
    given = "none" if noise is None else np.shape(noise)
    if given != shape:
        raise ConfigurationError(
            f"noise of {type(simulator).__name__} must have the shape (trial, step, channel) = "
            f"{shape}, as from rng.standard_normal; got {given}"
        )
    values = np.array(noise, np.float64)
    return values


def has_body(task: type[Task]) -> bool:
    """Whether tasks of this class have episodes, as the type of their `train` says.

    Building one to see could take a while, or need options.
    """
    found = inspect.getattr_static(task, "train")
    getter = getattr(found, "func", None) or getattr(found, "fget", None)
    return getattr(getter, "__annotations__", {}).get("return") in ("Episodes", Episodes)

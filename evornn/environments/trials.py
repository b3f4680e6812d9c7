"""Which task, and which of its trials: what the single environment and many at once share."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces

from evornn.errors import ConfigurationError
from evornn.simulators.mistakes import check_simulator
from evornn.simulators.simulator import Simulator
from evornn.tasks import REGISTRY
from evornn.tasks.episodes import Episodes
from evornn.tasks.task import Task


def episodes_of(task: str | Task, options: dict[str, Any], split: str) -> Episodes:
    """The episodes of `split` of a task, by its registered name and `options`, or itself."""
    from evornn.fitness.fitness import split_of

    built: Task = REGISTRY.build(task, options) if isinstance(task, str) else task
    if not isinstance(task, str) and options:
        raise ConfigurationError(f"{task!r:.80} has its options already, got {', '.join(options)}")
    data: Any = split_of(built, split)
    if data.kind != "episode":
        raise ConfigurationError(
            f"{type(built).__name__} has no body to move: its data are {data.kind}s"
        )
    check_simulator(data.simulator, data.rows[0], np.dtype(np.float64))
    return data


def box(limits: tuple[float, float], size: int) -> spaces.Box:
    """Vectors of so many numbers within `limits`."""
    return spaces.Box(*limits, (size,), np.float64)


def observed(simulator: Simulator) -> spaces.Box:
    return box(simulator.sense_range, simulator.sensors)


def done(simulator: Simulator) -> spaces.Box:
    return box(simulator.motor_range, simulator.motors)


def checked_actions(given: Any, shape: tuple[int, ...]) -> np.ndarray:
    """`given` as float64 of this `shape`, or one error that says what is wrong with it."""
    try:
        actions = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        actions = np.zeros(0)
    if (actions.shape or (1,)) != shape:
        raise ConfigurationError(f"actions are numbers of the shape {shape}, got {given!r:.80}")
    if not np.isfinite(actions).all():
        raise ConfigurationError(f"actions must be finite numbers, got {given!r:.80}")
    return actions.reshape(shape)


def chosen_trial(
    data: Episodes, options: dict[str, Any] | None, generator: np.random.Generator
) -> int:
    """The trial that a `reset` asks for with ``options={"trial": 3}``, else a random one."""
    count, given = len(data.rows), dict(options or {})
    trial = given.pop("trial", None)
    if given:
        raise ConfigurationError(f"reset knows the option 'trial', got {', '.join(given)}")
    if trial is None:
        return int(generator.integers(count))
    if isinstance(trial, bool) or not isinstance(trial, (int, np.integer)):
        raise ConfigurationError(f"trial must be an integer, got {trial!r}")
    if not 0 <= trial < count:
        raise ConfigurationError(f"trial must be from 0 to {count - 1}, got {trial}")
    return int(trial)


def noise_of(data: Episodes, trial: int, step: int) -> np.ndarray:
    """Noise (channel,) of a step; after the last it is that of the first again."""
    return data.noise[trial, step % data.noise.shape[1]]

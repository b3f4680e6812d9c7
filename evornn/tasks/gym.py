"""Environments of Gymnasium as tasks: ``--task gym:CartPole-v1``.

A trial is an episode that begins with a seed of its own, and its loss is what its return lacks to
`best` (the sum of its rewards, not discounted; lower is better). Observations are read by the
network, its outputs act, as `evornn.tasks.gym_spaces` says. An episode ends where the environment
says so, or after `steps`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from evornn.checks import check_number, check_size, check_switch
from evornn.errors import ConfigurationError, RunFailed
from evornn.tasks.drawn import TEST, TRAIN
from evornn.tasks.gym_spaces import Acting, Observed
from evornn.tasks.task import Solved, Task
from evornn.tasks.trials import Trials


@dataclass(frozen=True)
class Gym(Task):
    """Episodes in an environment of Gymnasium.

    Parameters
    ----------
    env
        Its name, as ``CartPole-v1``; ``my_module:Mine-v0`` for one that a module registers.
    options
        What ``gymnasium.make`` is given beside the name.
    hidden
        Which numbers of an observation are not shown, by their places from 0 (velocities, so that
        memory is needed).
    scaled
        Whether observations are scaled to mean 0 and variance 1 by what all networks have seen in
        the generations before. What the best network was judged with is kept beside it.
    best
        The return from which losses count: a loss is `best` minus the return.
    trials, test_trials, seed
        Episodes of the training and of the test, and the seed from which theirs are drawn.
    steps
        Most steps of an episode; None: as many as Gymnasium's registration says.
    timeout
        Seconds that a process may take for one step of its environments.
    """

    env: str
    options: Mapping[str, Any] = field(default_factory=dict)
    hidden: tuple[int, ...] = ()
    scaled: bool = True
    best: float = 0.0
    trials: int = 4
    test_trials: int = 32
    steps: int | None = None
    seed: int = 0
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if not isinstance(self.env, str) or not self.env:
            raise ConfigurationError(f"env must be a name as 'CartPole-v1', got {self.env!r}")
        object.__setattr__(self, "hidden", tuple(self.hidden))
        check_switch("scaled", self.scaled)
        check_number("best", self.best)
        check_size("trials", self.trials)
        check_size("test_trials", self.test_trials)
        check_size("seed", self.seed, least=0)
        check_number("timeout", self.timeout, above=0.0)
        if self.steps is not None:
            check_size("steps", self.steps)
        _ = self._described

    @cached_property
    def _described(self) -> tuple[Observed, Acting, int, float | None]:
        """Spaces, steps of an episode, and the return at which it counts as solved."""
        name, environment = self.env, _made(self.env, dict(self.options))
        with closing(environment):
            observed = Observed(environment.observation_space, name)
            acting = Acting(environment.action_space, name)
            steps = self.steps or getattr(environment.spec, "max_episode_steps", None)
            threshold = getattr(environment.spec, "reward_threshold", None)
        if not steps:
            raise ConfigurationError(f"{name} has no last step: set steps (--set task.steps=1000)")
        for place in self.hidden:
            check_size("hidden", place, least=0)
            if place >= observed.size:
                raise ConfigurationError(
                    f"hidden must be from 0 to {observed.size - 1}, the places in an observation "
                    f"of {name}; got {place}"
                )
        if len(set(self.hidden)) == observed.size:
            raise ConfigurationError(f"hidden leaves nothing of an observation of {name} to see")
        return observed, acting, int(steps), threshold

    @property
    def input_size(self) -> int:
        return self._described[0].size - len(set(self.hidden))

    @property
    def output_size(self) -> int:
        return self._described[1].size

    @cached_property
    def train(self) -> GymEpisodes:  # type: ignore[override]
        return GymEpisodes(self, self._seeds(TRAIN, self.trials))

    @cached_property
    def test(self) -> GymEpisodes:  # type: ignore[override]
        return GymEpisodes(self, self._seeds(TEST, self.test_trials))

    def _seeds(self, stream: int, count: int) -> np.ndarray:
        return np.random.default_rng([self.seed, stream]).integers(2**31, size=count)

    @property
    def solved(self) -> Solved | None:
        threshold = self._described[3]
        if threshold is None:
            return None
        return Solved(self.best - threshold, f"Gymnasium: a return of {threshold:g} ({self.env})")

    @property
    def full_return(self) -> float:
        return self.best

    @cached_property
    def constant_loss(self) -> float:
        """Mean loss of the training trials where every output is 0."""
        try:
            return self.best - sum(self._idle_returns()) / self.trials
        except Exception as error:  # whatever a foreign environment may raise
            raise RunFailed(
                f"the environment {self.env} raised {type(error).__name__}: {error} (where every "
                "output is 0): this is a mistake in it, or in how it was made (task.options)"
            ) from error

    def _idle_returns(self) -> Iterator[float]:
        """The return of each training trial where every output is 0."""
        _, acting, steps, _ = self._described
        action = acting.actions(np.zeros((1, acting.size)))[0]
        with closing(_made(self.env, dict(self.options))) as environment:
            for seed in self.train.seeds:
                environment.reset(seed=int(seed))
                total = 0.0
                for _ in range(steps):
                    _, reward, terminated, truncated, _ = environment.step(action)
                    total += float(reward)
                    if terminated or truncated:
                        break
                yield total


class GymEpisodes(Trials):
    """Episodes in the environment of `task`, one for each of `seeds` (trial,)."""

    def __init__(self, task: Gym, seeds: np.ndarray) -> None:
        self.task, self.over = task, "mean"
        self.observed, self.acting, self.steps, _ = task._described
        self.seeds = np.asarray(seeds, np.int64)
        self.lengths = np.full(len(self.seeds), self.steps, np.int64)
        for array in self.arrays.values():
            array.flags.writeable = False

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        return {"seeds": self.seeds, "lengths": self.lengths}

    @property
    def shown(self) -> np.ndarray:
        """Places in an observation that the network sees."""
        return np.setdiff1d(np.arange(self.observed.size), self.task.hidden)

    @property
    def input_size(self) -> int:
        return len(self.shown)

    @property
    def output_size(self) -> int:
        return self.acting.size

    @property
    def constant_loss(self) -> float:
        return self.task.constant_loss

    def pictures(self, trial: int, outputs: np.ndarray) -> tuple[list[np.ndarray] | None, float]:
        """Pictures of a trial in which the network put out `outputs` (step, output), and how many
        of them make a second; None where the environment cannot be drawn, with a warning where it
        should be."""
        with closing(_made(self.task.env, dict(self.task.options))) as environment:
            rate = float(environment.metadata.get("render_fps") or 25.0)
            modes = environment.metadata.get("render_modes") or []
        if "rgb_array" not in modes:
            return None, rate
        try:
            drawn = _made(self.task.env, {**self.task.options, "render_mode": "rgb_array"})
            with closing(drawn):
                drawn.reset(seed=int(self.seeds[trial]))
                found = [_small(drawn.render())]
                for action in self.acting.actions(outputs):
                    drawn.step(action)
                    found.append(_small(drawn.render()))
        except Exception as error:  # whatever a foreign library may raise without a screen
            warnings.warn(
                f"{self.task.env} cannot be drawn here, what it observes is shown instead "
                f"({type(error).__name__}: {error}): pip install 'evornn[gym]' has what it draws "
                "with, and MuJoCo without a screen needs MUJOCO_GL=egl",
                stacklevel=2,
            )
            return None, rate
        return found, rate


def _small(picture: Any) -> np.ndarray:
    """`picture` with pixels left out until no side is longer than 600."""
    found = np.asarray(picture)
    every = -(-max(found.shape) // 600)
    return found[::every, ::every].copy()


def _made(name: str, options: dict[str, Any]) -> Any:
    """An environment, or one error that says why there is none."""
    from evornn.tasks.gym_worker import made

    try:
        import gymnasium
    except ImportError:
        raise ConfigurationError(
            f"{name} is an environment of Gymnasium, which is not installed: pip install "
            "'evornn[gym]'"
        ) from None
    try:
        return made(name, options)
    except gymnasium.error.DependencyNotInstalled as error:
        raise ConfigurationError(
            f"the environment {name!r} needs what is not installed: pip install 'evornn[gym]' "
            f"(Gymnasium says: {error})"
        ) from None
    except (gymnasium.error.Error, ImportError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"the environment {name!r} cannot be made: {str(error).rstrip('.')}. Names are those "
            "of Gymnasium; where a module registers it, write my_module:Mine-v0, and set "
            "PYTHONPATH to the folder of a module that is not installed"
        ) from None

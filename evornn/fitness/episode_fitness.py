"""Fitness of controllers: a network in a simulated body -> the losses of its trials."""

from __future__ import annotations

import warnings
from copy import copy
from typing import Any, NoReturn

import numpy as np

from evornn.errors import ConfigurationError
from evornn.fitness.episode_engine import EpisodeEngine, Trace
from evornn.fitness.fitness import Fitness
from evornn.fitness.gym_engine import GymEngine
from evornn.fitness.scaling import RunningScaling
from evornn.networks.network import Network
from evornn.networks.team import Team
from evornn.tasks.episodes import Episodes
from evornn.tasks.gym import GymEpisodes
from evornn.tasks.trials import Trials


class EpisodeFitness(Fitness):
    """What `evornn.Fitness` is for a task of episodes: losses, and no gradients.

    `steps` are the most control steps that one evaluation of one genome may take; trials end early,
    and `steps_of` tells how many there were.
    """

    data: Trials  # type: ignore[assignment]

    def _check_fit(self) -> None:
        _check_controller(self.data, self.network)
        _tell_one_way(self.data, self.network)

    def _attach(self, engine: Any = None) -> None:
        self.steps = int(self.data.lengths.sum())
        self._bodies = self._engine_for(self.data) if engine is None else engine.on(self.data)

    def on(self, indices: Any) -> EpisodeFitness:
        other = copy(self)
        other.data = self.data.select(indices)
        other._attach(self._bodies)
        return other

    def steps_of(self, population: int) -> int:
        return int(self._bodies.made)

    def __call__(self, population: Any) -> np.ndarray:
        """Losses (population,) in float64 of genomes (population, genes)."""
        return self.data.total(self.by_trial(population))

    def by_trial(self, population: Any) -> np.ndarray:
        """Losses (population, trial) in float64 of genomes (population, genes)."""
        return self._bodies.sums(self.decode(population))

    def trace(self, genome: Any, trial: int = 0) -> Trace:
        """All that happens to one genome (genes,) in one trial, step by step."""
        if not hasattr(self._bodies, "trace"):
            raise ConfigurationError(
                "a trace is recorded by compiled code: unset NUMBA_DISABLE_JIT"
            )
        return self._bodies.trace(self.decode(np.asarray(genome)[np.newaxis])[0], trial)

    def value_and_grad(self, population: Any, mode: str = "reverse") -> NoReturn:
        raise self._without("gradients: take an optimizer that needs none, as cma_es")

    def gradient_mode(self, mode: str) -> NoReturn:
        raise self._without("gradients: take an optimizer that needs none, as cma_es")

    def gradient_steps(self, mode: str = "reverse") -> NoReturn:
        raise self._without("gradients: take an optimizer that needs none, as cma_es")

    def teacher_forced(self, probability: float, rng: np.random.Generator) -> NoReturn:
        raise self._without("targets to feed back")

    def outputs(self, population: Any) -> NoReturn:
        raise self._without("outputs beforehand: `trace` has those of one trial")

    def pull_back(self, population: Any, cotangents: Any) -> NoReturn:
        raise self._without("gradients")

    def predict(self, genome: Any, inputs: Any = None) -> NoReturn:
        raise self._without("predictions: `trace` has what the network puts out in a trial")

    def _without(self, what: str) -> ConfigurationError:
        return ConfigurationError(f"{type(self.task).__name__} has episodes, which have no {what}")

    @property
    def scaling(self) -> RunningScaling | None:
        """The scaling of observations in use; None where they are not scaled."""
        return getattr(self._bodies, "scaling", None)

    def _engine_for(self, data: Any) -> Any:
        """The engine that runs the network in the body, compiled or in plain Python."""
        import numba

        from evornn.fitness.plain_episode import PlainEpisodeEngine
        from evornn.numerics.mistakes import check_step
        from evornn.simulators.mistakes import check_simulator

        dtype = np.dtype(self.dtype)
        check_step(self.network, dtype)
        if isinstance(data, GymEpisodes):
            return GymEngine(self.network, data, dtype, self.threads)
        check_simulator(data.simulator, data.rows[0], dtype)
        if numba.config.DISABLE_JIT:
            return PlainEpisodeEngine(self.network, data, dtype)
        return EpisodeEngine(self.network, data, dtype, self.threads)


def _tell_one_way(data: Trials, network: Network) -> None:
    """Warn where a body that is pushed both ways gets outputs of one sign only."""
    lowest = data.simulator.motor_range[0] if isinstance(data, Episodes) else 0.0
    if lowest < 0.0 <= network.output_range[0]:
        warnings.warn(
            f"outputs of {type(network).__name__} are never below {network.output_range[0]:g}, and "
            f"the body is moved by numbers from {lowest:g} to 1, so it is pushed one way only: "
            "take a network with a linear readout (readout=True), or rest=0.5 where "
            "the task has it",
            stacklevel=2,
        )


def _check_controller(data: Trials, network: Network) -> None:
    """The network must go from step to step, and fit the body."""
    name = type(network).__name__
    if network.data != "sequence" or network.directions[1] is not None:
        raise ConfigurationError(
            f"a body is controlled step by step, which {name} does not do; take a network that "
            "reads sequences forwards"
        )
    robots = getattr(getattr(data, "simulator", None), "robots", None)
    if isinstance(network, Team) and robots not in (None, network.members):
        raise ConfigurationError(
            f"the Team has {network.members} members, and robots to be controlled: {robots}; give "
            f"members={robots}"
        )
    if (network.inputs, network.outputs) != (data.input_size, data.output_size):
        raise ConfigurationError(
            f"the body has {data.input_size} senses and {data.output_size} motors, the network "
            f"{network.inputs} inputs and {network.outputs} outputs; build it with "
            f"inputs={data.input_size}, outputs={data.output_size}"
        )

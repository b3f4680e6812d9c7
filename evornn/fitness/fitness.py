"""Fitness: task + network + encoding -> losses, and gradients, of a population of genomes."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, cast

import numpy as np

from evornn.checks import check_choice, check_dtype, check_generator, check_number
from evornn.encodings.encoding import Encoding
from evornn.errors import ConfigurationError
from evornn.fitness.engine import Engine, SequenceEngine
from evornn.fitness.gradient_mode import GRADIENT_COST as GRADIENT_COST
from evornn.fitness.gradient_mode import REVERSE, GradientMode, gradient_mode
from evornn.fitness.readout import linear_twin
from evornn.fitness.threads import thread_count
from evornn.losses import StepLoss, loss_function
from evornn.losses.squared_error import squared_error
from evornn.networks.network import Network
from evornn.tasks.judged import Judged
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Task


class Fitness:
    """Losses of a population on the training data of a task.

    Parameters
    ----------
    task
        What must be learned; its `train` data (or those of `split`) are what is judged.
    network
        A network whose inputs and outputs fit the task.
    encoding
        How genomes become weights; None: one gene per weight.
    dtype
        Precision of the computation, "float32" or "float64"; None: that of `Task.dtype`. Losses are
        float64 either way.
    threads
        Number of threads; None: all processors. The losses do not depend on it.
    split
        "train", "validation" or "test".

    Attributes
    ----------
    genes : int
        Length of a genome.
    wiring : evornn.wiring.Wiring or None
        Which link or unit each gene belongs to, where that is known.
    steps : int
        Network steps that one evaluation of one genome takes.
    scaling : evornn.fitness.scaling.RunningScaling or None
        How observations of an environment are scaled; it is learnt in a run.
    """

    scaling: Any = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Fitness:
        task, split = kwargs.get("task", next(iter(args), None)), kwargs.get("split", "train")
        if cls is Fitness and getattr(getattr(task, split, None), "kind", None) == "episode":
            from evornn.fitness.episode_fitness import EpisodeFitness

            return super().__new__(EpisodeFitness)
        return super().__new__(cls)

    def __init__(
        self,
        task: Task,
        network: Network,
        encoding: Encoding | None = None,
        dtype: str | type[np.floating] | None = None,
        threads: int | None = None,
        split: str = "train",
    ) -> None:
        from evornn.encodings.direct import Direct

        if not isinstance(dtype, str):
            dtype = task.dtype if dtype is None else np.dtype(dtype).name
        check_dtype(dtype)
        self.task, self.network, self.encoding = task, network, encoding or Direct()
        self.dtype, self.threads = dtype, thread_count(threads)
        self.data = split_of(task, split)
        self._check_fit()
        self._map = self.encoding.bind(network)
        self.genes, self.wiring = self._map.genes, self._map.wiring
        self._attach()

    def _check_fit(self) -> None:
        """ConfigurationError where the network cannot read the data."""
        _check_fit(self.data, self.network)

    def _attach(self, engine: Engine | None = None) -> None:
        """Take up the data, with an engine that shares what `engine` has compiled."""
        self.steps = int(self.data.lengths.sum())
        self._divisor = self.data.divisor
        twin = linear_twin(self.network, self.data, self.threads)
        if engine is not None:
            self._engine = engine.on(twin.sequences if twin else self.data)
        elif twin is not None:
            self._engine = self.simulation(twin.sequences, twin.network)
        else:
            self._engine = self.simulation()
        self._steps_itself = twin is None

    def on(self, indices: Any) -> Fitness:
        """This fitness on some of its data: the sequences or trees with these `indices`.

        What is compiled is shared, so one can be made for every generation (minibatches).
        """
        return self._judging(self.data.select(indices))

    def teacher_forced(self, probability: float, rng: np.random.Generator) -> Fitness:
        """This fitness with targets fed back in place of outputs, each with this `probability`.

        Where a free run feeds an output back, the network sees instead the target of the step
        before (teacher forcing, Williams & Zipser 1989), as `rng` draws for each step of each
        sequence (scheduled sampling, Bengio et al. 2015), the same for all genomes. With
        probability 1 it is trained to predict one step ahead. ConfigurationError where nothing is
        fed back.
        """
        check_number("probability", probability, least=0.0, most=1.0)
        check_generator("rng", rng)
        data = self.data
        if not isinstance(data, Sequences) or data.free_running is None:
            raise ConfigurationError(
                f"teacher forcing replaces outputs that are fed back, and {data!r:.80} feeds none "
                "back: let it run freely (--set task.evaluation=free_running for a series, "
                "free_running=… of evornn.tasks.Sequences), or leave teacher forcing out"
            )
        return self._judging(data.teacher_forced(rng.random(data.judged.shape) < probability))

    def _judging(self, data: Judged) -> Fitness:
        """This fitness on other `data` of the same kind; what is compiled is shared."""
        other = copy(self)
        other.data = data
        other._attach(self._engine)
        return other

    def __call__(self, population: Any) -> np.ndarray:
        """Losses (population,) in float64 of genomes (population, genes).

        A genome whose network diverges has the loss inf or nan.
        """
        sums = self._engine.sums(self.decode(population))
        return _ordered_sum(sums) / self._divisor

    def value_and_grad(
        self, population: Any, mode: str = "reverse"
    ) -> tuple[np.ndarray, np.ndarray]:
        """Losses (population,) and their gradients (population, genes), in float64.

        `mode` is "reverse" (back-propagation through time), or "forward" (real-time recurrent
        learning): the same gradients, at a cost that grows with the number of weights, in memory
        that does not grow with the length of the sequences. "truncated:20,40" follows the errors of
        every 20 steps back through 40, "through:c" follows all through the states named only, and
        both give another gradient. "checkpointed" gives the bits of "reverse" in little memory,
        which "reverse" itself does where a thread would keep more than 64 MiB of states. "hybrid"
        joins blocks of steps by forward mode. See `evornn.fitness.gradient_mode`.
        """
        followed = self.gradient_mode(mode)
        genomes, engine, scale = self.checked(population), self._engine, 1.0 / self._divisor
        weights = self._map.decode(genomes)
        if followed.kind == "forward":
            sums, gradients = engine.sums_and_forward_gradients(weights, scale)
        elif followed.kind == "hybrid":
            hybrid = cast(SequenceEngine, engine).sums_and_hybrid_gradients
            sums, gradients = hybrid(weights, scale, followed)
        else:
            sums, gradients = engine.sums_and_gradients(weights, scale, followed)
        return _ordered_sum(sums) / self._divisor, self._map.pull_back(genomes, gradients)

    def outputs(self, population: Any) -> np.ndarray:
        """Outputs (population, sequence, time, output) of genomes (population, genes), float64.

        They are zero behind the end of a sequence. ConfigurationError for trees.
        """
        return self._sequence_engine.population_outputs(self.decode(population))

    def pull_back(self, population: Any, cotangents: Any) -> np.ndarray:
        """Gradients (population, genes), float64, of any function of each genome's `outputs`.

        `cotangents` (population, sequence, time, output) are its derivatives by the outputs: the
        product of a vector and a Jacobian, by back-propagation through time.
        """
        genomes, given = self.checked(population), np.asarray(cotangents, np.float64)
        shape = (len(genomes), *self.data.inputs.shape[:2], self.network.outputs)
        if given.shape != shape:
            raise ConfigurationError(
                f"cotangents have the shape of the outputs, {shape}, got {given.shape}"
            )
        gradients = self._sequence_engine.pull_back(self._map.decode(genomes), given)
        return self._map.pull_back(genomes, gradients)

    @property
    def _sequence_engine(self) -> SequenceEngine:
        if self.data.kind != "sequence":
            raise ConfigurationError(
                f"the outputs of a population are for sequences, and these data are "
                f"{self.data.kind}s; predict gives those of one genome"
            )
        return cast(SequenceEngine, self._engine if self._steps_itself else self.simulation())

    def gradient_mode(self, mode: str) -> GradientMode:
        """The `mode` of a gradient, where there is such a one for this network and its data."""
        followed = gradient_mode(mode)
        if followed.kind in ("reverse", "forward"):
            return followed
        network, name = self.network, type(self.network).__name__
        if network.data == "tree" or network.directions[1] is not None:
            raise ConfigurationError(
                f"a {name} network does not go from step to step, so mode {mode!r} means nothing "
                "for it: take 'reverse' or 'forward'"
            )
        for state in followed.through or ():
            check_choice(f"a state of {name} in mode {mode!r}", state, tuple(network.state))
        # Features that do not depend on the weights carry no gradient from step to step.
        return REVERSE if self._engine.network is not network else followed

    def gradient_steps(self, mode: str = "reverse") -> int:
        """Network steps of one genome's gradient, beyond the `steps` of its loss."""
        followed, network = self.gradient_mode(mode), self.network
        states = cast(SequenceEngine, self._engine).states if followed.kind == "hybrid" else 0
        return followed.steps(self.data.lengths, network.weight_count, states)

    def steps_of(self, population: int) -> int:
        """Network steps forwards that the last call took, for so many genomes."""
        return self.steps * population

    def decode(self, population: Any) -> np.ndarray:
        """Weights (population, weights) of genomes (population, genes), float64."""
        return self._map.decode(self.checked(population))

    def predict(self, genome: Any, inputs: Any = None) -> np.ndarray:
        """Outputs of one genome (genes,), float64.

        For `inputs` (sequence, time, feature) or one sequence (time, feature), outputs of that
        shape; for `inputs` that are `Trees`, (tree, node, output), zero behind each tree. None
        takes the data of this fitness, run freely where these are.
        """
        genome = np.asarray(genome)
        if genome.shape != (self.genes,):
            raise ConfigurationError(
                f"predict takes one genome of shape ({self.genes},), got {genome.shape}"
            )
        weights = self.decode(genome[np.newaxis])[0]
        if inputs is None:
            return self.simulation().outputs(weights)
        if isinstance(inputs, Judged) or self.data.kind != "sequence":
            return self._predict_data(weights, inputs)
        inputs = np.asarray(inputs)
        if inputs.ndim not in (2, 3) or inputs.shape[-1] != self.network.inputs:
            raise ConfigurationError(
                f"inputs have the shape (sequence, time, {self.network.inputs}) or "
                f"(time, {self.network.inputs}), got {inputs.shape}"
            )
        outputs = np.zeros((*inputs.shape[:-1], self.network.outputs))
        given = Sequences(inputs, outputs)
        return self.simulation(given).outputs(weights).reshape(outputs.shape)

    def _predict_data(self, weights: np.ndarray, data: Any) -> np.ndarray:
        """Outputs for `data` that are no plain array."""
        if not isinstance(data, type(self.data)) or data.input_size != self.network.inputs:
            raise ConfigurationError(
                f"inputs must be evornn.tasks.{type(self.data).__name__} with "
                f"{self.network.inputs} features, got {data!r:.80}"
            )
        return self.simulation(data).outputs(weights)

    def checked(self, population: Any) -> np.ndarray:
        """`population` as float64 (population, genes), or one error that names what is wrong."""
        genomes = np.asarray(population)
        if genomes.dtype.kind not in "fiub":
            raise ConfigurationError(
                f"a population holds real numbers, got an array of dtype {genomes.dtype}"
            )
        if genomes.ndim != 2 or genomes.shape[1] != self.genes or not len(genomes):
            hint = "; write genome[None] for a single one" if genomes.ndim == 1 else ""
            raise ConfigurationError(
                f"a population has the shape (population, {self.genes}), got {genomes.shape}{hint}"
            )
        return genomes.astype(np.float64)

    def simulation(self, data: Judged | None = None, network: Network | None = None) -> Engine:
        """The engine that runs the network step by step through `data` (None: its own)."""
        from evornn.numerics.mistakes import check_step

        network, data = network or self.network, data or self.data
        loss = loss_function(data.loss_function)
        check_step(network, np.dtype(self.dtype))
        if isinstance(loss, StepLoss):
            return self._steps_through(data, network, loss.error)
        from evornn.fitness.labelling_engine import LabellingEngine

        # The outputs are the same whatever the error; that of the usual loss is compiled anyway.
        passes = self._steps_through(data, network, squared_error)
        return LabellingEngine(passes, data, self.threads)

    def _steps_through(self, data: Judged, network: Network, error: Callable[..., Any]) -> Any:
        """The engine for which the loss is a sum of the `error` of each step."""
        import numba

        dtype = np.dtype(self.dtype)
        if numba.config.DISABLE_JIT:
            from evornn.fitness.plain_steps import PlainStepEngine
            from evornn.fitness.plain_tree import PlainTreeEngine

            twins = {"sequence": PlainStepEngine, "tree": PlainTreeEngine}
            return twins[data.kind](network, error, data, dtype)
        from evornn.fitness.compiled import CompiledEngine
        from evornn.fitness.tree_engine import TreeEngine

        engines: dict[str, Any] = {"sequence": CompiledEngine, "tree": TreeEngine}
        return engines[data.kind](network, error, data, dtype, self.threads)


def _ordered_sum(sums: np.ndarray) -> np.ndarray:
    """Sum over sequences, in their order whatever the population's size."""
    total = np.zeros(len(sums))
    for column in sums.T:
        total += column
    return total


def split_of(task: Task, split: str) -> Judged:
    check_choice("split", split, ("train", "validation", "test"))
    data: Judged | None = getattr(task, split)
    if data is None:
        raise ConfigurationError(f"{type(task).__name__} has no {split} data")
    return data


def _check_fit(data: Judged, network: Network) -> None:
    # A recall is a sequence whose first input is the cue.
    reads = "tree" if network.data == "tree" else "sequence"
    if data.kind != reads:
        raise ConfigurationError(
            f"the task's data are {data.kind}s, and {type(network).__name__} reads "
            f"{reads}s; take a network for {data.kind}s (evornn list networks)"
        )
    needed = (data.input_size, data.output_size)
    if (network.inputs, network.outputs) != needed:
        raise ConfigurationError(
            f"the task has {needed[0]} inputs and {needed[1]} outputs, the network "
            f"{network.inputs} and {network.outputs}; build it with inputs={needed[0]}, "
            f"outputs={needed[1]}"
        )
    free = getattr(data, "free_running", None) is not None
    if free and network.directions[1] is not None:
        raise ConfigurationError(
            f"a {type(network).__name__} network reads what is still to come, so it cannot run "
            "freely: leave free_running out, or take a network that reads forwards"
        )

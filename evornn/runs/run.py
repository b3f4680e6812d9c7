"""A run: what came of one training, in memory or loaded from its folder."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from evornn.errors import RunFailed
from evornn.runs.checkpoint import RunWarning
from evornn.runs.configuration import Configuration, read_configuration
from evornn.runs.folder import RunFolder
from evornn.runs.parts import rebuilt
from evornn.runs.record import Entry, read_history, textbook_fitness
from evornn.runs.result import read_result
from evornn.runs.stopping import Stop
from evornn.runs.tally import Tally


@dataclass(frozen=True, eq=False)
class Run:
    """What came of one training.

    Attributes
    ----------
    configuration
        Everything that the result depends on.
    history
        One dict per generation, as `evornn.runs.record` describes.
    best_genome, best_loss
        Genome (genes,) float64 of the lowest training loss, None and infinity where there is none.
    stop
        The limit that ended the run; None where the run has not finished.
    validation_loss, test_loss
        Losses of the best genome on the held-out data; None where there are none of these, or the
        run has not finished.
    accuracy
        Share of the judged steps that the best genome answers right, by split (``training``,
        ``validation``, ``test``); empty where the task does not say what is right (a cross-entropy,
        or a `Task.tolerance` of its own), or the run has not finished.
    path
        The run folder; None for a run in memory.
    weights
        Weights of the best network by name, where they are kept (`best_weights` always has them).
    given
        The parts that are at hand; `part` rebuilds the others.
    scaling
        How the observations of an environment were scaled when the best was judged; None where
        they were not.
    """

    configuration: Configuration = field(repr=False)
    history: list[Entry] = field(repr=False)
    best_genome: np.ndarray | None = field(repr=False)
    best_loss: float
    stop: Stop | None = None
    validation_loss: float | None = None
    test_loss: float | None = None
    path: Path | None = None
    weights: dict[str, np.ndarray] | None = field(default=None, repr=False)
    given: dict[str, Any] = field(default_factory=dict, repr=False)
    accuracy: dict[str, float] = field(default_factory=dict)
    scaling: dict[str, np.ndarray] | None = field(default=None, repr=False)

    @property
    def stop_reason(self) -> str | None:
        """Name of the limit that ended the run, ``optimizer`` for its own; None if unfinished."""
        return self.stop.criterion if self.stop else None

    @property
    def best_fitness(self) -> float:
        """The text-book fitness 1/`best_loss`."""
        return textbook_fitness(self.best_loss)

    @property
    def returns(self) -> dict[str, float]:
        """Mean returns of the best genome, ``training`` and ``test``, in an environment of
        Gymnasium; empty for any other task."""
        task = self.configuration.task
        if task.name != "gym":
            return {}
        losses = {"training": self.best_loss, "test": self.test_loss}
        best = float(task.options["best"])  # type: ignore[arg-type]  # checked when it was made
        return {split: best - loss for split, loss in losses.items() if loss is not None}

    @property
    def stages(self) -> list[int]:
        """First generations of the stages of a curriculum that the run came to; else empty."""
        first: dict[int, int] = {}
        for line in self.history:
            if "stage" in line:
                first.setdefault(line["stage"], line["generation"])
        return list(first.values())

    @property
    def best_weights(self) -> dict[str, np.ndarray]:
        """Weights of the best network by name, each in its shape, float64."""
        if self.weights is not None:
            return self.weights
        network, encoding = self.part("network"), self.part("encoding")
        searched = encoding.bind(network) if self.configuration.ridge is None else self._fitness
        weights = searched.decode(self._genome()[np.newaxis])
        return network.named(weights[0])

    def predict(self, inputs: Any = None) -> np.ndarray:
        """Outputs of the best network, float64.

        For `inputs` (sequence, time, inputs), or one sequence (time, inputs), outputs of that
        shape; None takes the training data, run freely where the task does.
        """
        return self._fitness.predict(self._genome(), inputs)

    def part(self, kind: str) -> Any:
        """The ``task``, ``network``, ``encoding`` or ``optimizer``, rebuilt where it has to be."""
        if kind not in self.given:
            assert self.path is not None
            self.given[kind] = rebuilt(kind, self.configuration, None, self.path)
        return self.given[kind]

    def _genome(self) -> np.ndarray:
        if self.best_genome is None:
            raise RunFailed("this run has no best genome: no generation with a finite loss is kept")
        return self.best_genome

    def fitness(self, split: str = "train") -> Any:
        """What judged the run's genomes, on `split`; observations are scaled as for the best."""
        return scaled(fitness_of(self.configuration, self.part, split), self.scaling)

    @cached_property
    def _fitness(self) -> Any:
        return self.fitness()


def fitness_of(configuration: Configuration, part: Any, split: str = "train") -> Any:
    """The fitness of the run's task on `split`; ``part(kind)`` gives its parts.

    An `evornn.Fitness`, or a `RidgeFitness` where readouts are fitted.
    """
    from evornn.fitness import Fitness, RidgeFitness

    parts = part("task"), part("network"), part("encoding")
    threads = configuration.execution.threads
    if configuration.ridge is not None:
        return RidgeFitness(*parts, configuration.ridge, threads, split)
    return Fitness(*parts, dtype=configuration.dtype, threads=threads, split=split)


def scaled(fitness: Any, scaling: dict[str, Any] | None) -> Any:
    """`fitness`, with observations scaled by `scaling`, where there is one."""
    if scaling is not None:
        fitness.scaling.load(scaling)
    return fitness


def searched(network: Any, ridge: float | None) -> Any:
    """The network whose weights a genome holds: `network`, or it without its readout."""
    from evornn.fitness.ridge import checked_cut

    return network if ridge is None else checked_cut(network).network


def load_run(
    path: str | Path, *, task: Any = None, network: Any = None, encoding: Any = None
) -> Run:
    """The run in the folder `path`, finished or not.

    Parts from outside the package are never imported because a record names them: pass them in
    again where `Run.predict` or `Run.best_weights` are wanted. An unfinished run has the best
    genome of its newest checkpoint, and its whole history.
    """
    folder = RunFolder(Path(path))
    configuration = read_configuration(folder.config)
    history, ignored = read_history(folder.history)
    if ignored:
        warn_of_ignored(folder.history, ignored)
    passed = {"task": task, "network": network, "encoding": encoding}
    given = {
        kind: rebuilt(kind, configuration, thing, folder.path)
        for kind, thing in passed.items()
        if thing is not None
    }
    result = read_result(folder.result)
    if result is None:
        tally = _newest_tally(folder, configuration)
        return Run(
            configuration,
            history,
            tally.best_genome,
            tally.best_loss,
            path=folder.path,
            given=given,
            scaling=tally.best_scaling,
        )
    genome, weights, scaling = folder.read_best(result)
    return Run(
        configuration,
        history,
        genome,
        result.best_loss,
        result.stop,
        result.validation_loss,
        result.test_loss,
        folder.path,
        weights,
        given,
        result.accuracy,
        scaling,
    )


def _newest_tally(folder: RunFolder, configuration: Configuration) -> Tally:
    checkpoints = folder.checkpoints(configuration)
    return Tally() if checkpoints.none_listed() else checkpoints.load()[0]


def warn_of_ignored(path: Path, ignored: int) -> None:
    """Say how many lines of a history could not be used."""
    warnings.warn(f"{path}: ignored {ignored} lines that are no record", RunWarning, stacklevel=3)

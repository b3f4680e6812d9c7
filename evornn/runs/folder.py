"""The run folder: what lies where, who may begin a run in it, and how a run ends in it.

=============================  ===================================================================
``config.json``                the resolved configuration, written before any work
``history.jsonl``              one line per generation
``checkpoint-*.safetensors``   the last three checkpoints, listed in ``manifest.jsonl``
``best.safetensors``           weights of the best network, by name
``genome.safetensors``         its genome, and how its observations are scaled
``result.json``                how the run ended; there once it is finished
``task.safetensors``           the data, where the task is plain `Sequences` or `Trees`
``failure.txt``                traceback of a run that failed, with ``failure.safetensors``: the
                               genome that it failed at
``film/``                      the best of every so many generations: see `milestones`
``run.lock``                   who works on the run
=============================  ===================================================================

A folder in which no generation has ended holds nothing that could be lost: a run may begin there.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load, save

from evornn.errors import ConfigurationError, StorageError
from evornn.runs.atomic import storing, write_atomically
from evornn.runs.checkpoint import Checkpoints
from evornn.runs.configuration import Resolved, differences, read_resolved
from evornn.runs.evaluation import EvaluationFailed
from evornn.runs.lock import RunLock
from evornn.runs.packing import pack, unpack
from evornn.runs.parts import save_data
from evornn.runs.record import read_history
from evornn.runs.result import Result


class RunFolder:
    """Paths in a run folder and what is done to it as a whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "config.json"
        self.history = path / "history.jsonl"
        self.best = path / "best.safetensors"
        self.genome = path / "genome.safetensors"
        self.result = path / "result.json"
        self.failure = path / "failure.txt"
        self.lock = path / "run.lock"

    @contextmanager
    def claim(self) -> Iterator[None]:
        """Make the folder where there is none, and keep it locked.

        ConfigurationError where it holds something else than a run; StorageError where it cannot
        be written or another process works in it.
        """
        with storing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            foreign = [file.name for file in self.path.iterdir() if not self._ours(file)]
        if foreign and not self.config.exists():
            raise ConfigurationError(
                f"{self.path} is no run folder and holds {', '.join(sorted(foreign)[:3])}: "
                "give a new or empty folder"
            )
        with closing(RunLock(self.lock)):
            yield

    def _ours(self, file: Path) -> bool:
        return file.name in ("run.lock", "task.safetensors") or ".tmp-" in file.name

    def begin(self, configuration: Resolved, task: Any = None) -> None:
        """Write what a new run begins with. ConfigurationError where there is a run already."""
        if self.config.exists():
            self._check_unused(configuration)
            self._clear()
        save_data(task, self.path)
        write_atomically(self.config, configuration.to_json().encode())

    def check_same(self, configuration: Resolved) -> None:
        """ConfigurationError where the run in this folder is not the one of `configuration`."""
        stored = read_resolved(self.config, type(configuration))
        changes = differences(stored.identity, configuration.identity)
        if changes:
            raise ConfigurationError(
                f"{self.path} holds a run of another experiment; give another folder. "
                "They differ in:\n  " + "\n  ".join(changes)
            )

    def _check_unused(self, configuration: Resolved) -> None:
        if not read_history(self.history)[0] and not self.result.exists():
            return
        self.check_same(configuration)
        if self.result.exists():
            raise ConfigurationError(
                f"{self.path} holds this run, finished: read it with "
                f"evornn.load_run({str(self.path)!r}), or give another folder"
            )
        raise ConfigurationError(
            f"{self.path} holds this run, unfinished: go on with evornn resume {self.path}, "
            "or give another folder"
        )

    def _clear(self) -> None:
        """Remove what an attempt without one whole generation has left."""
        with storing(self.path):
            for pattern in ("history.jsonl", "manifest.jsonl", "checkpoint-*", "failure.*"):
                for file in self.path.glob(pattern):
                    file.unlink()

    def remove_temporaries(self) -> None:
        """Remove the half-written files of a process that was killed; only under the lock."""
        with storing(self.path):
            for file in self.path.glob("*.tmp-*"):
                file.unlink(missing_ok=True)

    def checkpoints(self, configuration: Resolved) -> Checkpoints:
        return Checkpoints(self.path, configuration.identity)

    def finish(
        self,
        genome: np.ndarray,
        weights: dict[str, np.ndarray],
        scaling: dict[str, Any] | None = None,
        **figures: Any,
    ) -> None:
        """Write the best network, how its observations are scaled, and the result of a run."""
        found = {"genome": genome} | ({"scaling": scaling} if scaling else {})
        genome_data, weight_data = pack(found), save(weights)
        result = Result(
            **figures,
            genome_sha256=hashlib.sha256(genome_data).hexdigest(),
            weights_sha256=hashlib.sha256(weight_data).hexdigest(),
        )
        write_atomically(self.genome, genome_data)
        write_atomically(self.best, weight_data)
        write_atomically(self.result, result.to_json().encode())

    def read_best(
        self, result: Result
    ) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, Any] | None]:
        """The best genome (genes,) of a finished run, its weights by name, and its scaling."""
        best = unpack(self._checked(self.genome, result.genome_sha256))
        weights = load(self._checked(self.best, result.weights_sha256))
        named = {name: array.copy() for name, array in weights.items()}
        return best["genome"], named, best.get("scaling")

    def _checked(self, file: Path, sha256: str) -> bytes:
        """The content of `file`; StorageError where it is not what it was."""
        try:
            data = file.read_bytes()
        except OSError as error:
            raise StorageError(f"cannot read {file}: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StorageError(
                f"{file} is damaged: its sha256 is not the one in {self.result}. Put a good "
                f"copy back, or delete {self.result} and resume the run"
            )
        return data

    @contextmanager
    def keeping_failures(self) -> Iterator[None]:
        """Keep the traceback of what is no mistake of the user's, and the genome it failed at."""
        try:
            yield
        except (ConfigurationError, StorageError):
            raise
        except Exception as error:
            with suppress(StorageError):  # the failure itself matters more
                self._keep_failure(error)
            raise

    def _keep_failure(self, error: Exception) -> None:
        if isinstance(error, EvaluationFailed):
            write_atomically(self.failure, error.trace.encode())
            write_atomically(self.path / "failure.safetensors", pack({"genome": error.genome}))
        else:
            write_atomically(self.failure, traceback.format_exc().encode())

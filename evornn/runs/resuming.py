"""`resume`: go on with a run that was cut off, from its newest good checkpoint."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.runs.attempt import Attempt, Progress
from evornn.runs.beginning import beginning_in
from evornn.runs.checkpoint import RunWarning
from evornn.runs.configuration import Configuration, differences, read_configuration
from evornn.runs.environment import versions
from evornn.runs.folder import RunFolder
from evornn.runs.parts import fingerprint, rebuilt
from evornn.runs.run import Run, load_run


def resume(
    path: str | Path,
    *,
    task: Any = None,
    network: Any = None,
    encoding: Any = None,
    optimizer: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """Go on with the run in the folder `path`, to the end that it would have had undisturbed.

    Everything is as it was in `train`; wall times apart, the result has the same bits. A part from
    outside the package has to be passed in again: no file is run because a record names it. A
    finished run is loaded as it is. Raises as `train` does, and StorageError where no checkpoint
    can be used.
    """
    folder = RunFolder(Path(path))
    if folder.result.exists():
        return load_run(path, task=task, network=network, encoding=encoding)
    configuration = _with_threads(read_configuration(folder.config), threads)
    given = {"task": task, "network": network, "encoding": encoding, "optimizer": optimizer}
    parts = {
        kind: rebuilt(kind, configuration, thing, folder.path) for kind, thing in given.items()
    }
    if fingerprint(parts["task"]) != configuration.task_data:
        raise ConfigurationError(
            f"the data of task {configuration.task.name!r} is no longer what {folder.path} was "
            "begun with: put the old data back, or begin a new run"
        )
    _warn_of_versions(configuration)
    attempt = Attempt(configuration, parts)
    with folder.claim():
        folder.remove_temporaries()
        return attempt.in_folder(folder, beginning_in(folder, configuration), progress)


def _with_threads(configuration: Configuration, threads: int | None) -> Configuration:
    if threads is None:
        return configuration
    check_size("threads", threads)
    execution = configuration.execution.model_copy(update={"threads": threads})
    return configuration.model_copy(update={"execution": execution})


def _warn_of_versions(configuration: Configuration) -> None:
    """Bits are promised for the same versions only."""
    begun_with = configuration.environment.get("versions")
    changes = differences(begun_with if isinstance(begun_with, dict) else {}, versions())
    if changes:
        warnings.warn(
            f"versions have changed since the run began, so its last digits may: "
            f"{'; '.join(changes)}",
            RunWarning,
            stacklevel=3,
        )

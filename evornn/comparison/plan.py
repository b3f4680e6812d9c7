"""The plan of an experiment, in ``experiment.json``: everything that its report needs.

The report is made from the plan and the run folders alone, so tables and figures can be made again
years later, also where the task came from a file that is no longer there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from evornn.comparison.experiment import Experiment
from evornn.errors import ConfigurationError
from evornn.optimizers import Start
from evornn.runs.configuration import (
    Configuration,
    Dtype,
    Execution,
    Part,
    Stored,
    differences,
    read_configuration,
)
from evornn.runs.folder import RunFolder
from evornn.runs.parts import describe, fingerprint
from evornn.runs.stopping import Limits

FILE = "experiment.json"


class Plan(Stored):
    """What was asked, and what the task says about itself.

    `constant_loss` is the training loss of the best constant answer; `target` the training loss
    that times are measured to, None where there is none, with its `target_source`; `splits` are
    those of ``training``, ``validation`` and ``test`` that the task has.
    """

    schema_version: Literal[1] = 1
    name: str
    question: str
    task: Part
    task_data: str
    network: Part
    encoding: Part
    optimizers: dict[str, Part]
    gradient_based: list[str]
    seeds: list[int]
    start: Start
    dtype: Dtype
    stopping: Limits
    constant_loss: float
    target: float | None
    target_source: str
    splits: list[str] = Field(min_length=1)

    def run_folder(self, folder: Path, optimizer: str, seed: int) -> Path:
        """Where the run of one cell lies under the `folder` of the experiment."""
        return folder / optimizer / f"seed-{seed}"

    def cell_identity(self, optimizer: str, seed: int) -> dict[str, Any]:
        """The `Configuration.identity` that the run of one cell must have."""
        return Configuration(
            task=self.task,
            task_data=self.task_data,
            network=self.network,
            encoding=self.encoding,
            optimizer=self.optimizers[optimizer],
            seed=seed,
            start=self.start,
            dtype=self.dtype,
            stopping=self.stopping,
            execution=Execution(checkpoint_every=0.0),
        ).identity

    def check_cells(self, folder: Path) -> None:
        """ConfigurationError where a run that lies in the place of a cell is another one."""
        for optimizer in self.optimizers:
            for seed in self.seeds:
                place = self.run_folder(folder, optimizer, seed)
                config = RunFolder(place).config
                if not config.exists():
                    continue
                stored = read_configuration(config).identity
                changes = differences(stored, self.cell_identity(optimizer, seed))
                if changes:
                    raise ConfigurationError(
                        f"{place} holds a run of another experiment; give another folder. They "
                        "differ in:\n  " + "\n  ".join(changes)
                    )

    def to_json(self) -> str:
        return json.dumps(self.model_dump(mode="json"), indent=2, allow_nan=False) + "\n"


def plan_of(experiment: Experiment, seeds: tuple[int, ...], parts: dict[str, Any]) -> Plan:
    """The plan of `experiment` for `seeds`, with its built `parts`."""
    task = parts["task"]
    optimizers = experiment.built_optimizers()
    target, source = _target(experiment, task)
    held_out = [split for split in ("validation", "test") if getattr(task, split) is not None]
    return Plan(
        name=experiment.name,
        question=experiment.question,
        task=describe("task", task),
        task_data=fingerprint(task),
        network=describe("network", parts["network"]),
        encoding=describe("encoding", parts["encoding"]),
        optimizers={name: describe("optimizer", thing) for name, thing in optimizers.items()},
        gradient_based=[name for name, thing in optimizers.items() if thing.gradient],
        seeds=list(seeds),
        start=experiment.start,
        dtype=experiment.dtype,
        stopping=experiment.limits,
        constant_loss=task.constant_loss,
        target=target,
        target_source=source,
        splits=["training", *held_out],
    )


def _target(experiment: Experiment, task: Any) -> tuple[float | None, str]:
    """The loss that times are measured to, and who says so."""
    if experiment.target is not None:
        return float(experiment.target), "set by the experiment"
    if experiment.target_loss is not None:
        return float(experiment.target_loss), "the experiment's target_loss"
    if task.solved is not None:
        return float(task.solved.loss), task.solved.source
    return None, ""


def read_plan(folder: Path) -> Plan:
    """The plan of the experiment in `folder`; ConfigurationError where there is no good one."""
    path = folder / FILE
    try:
        return Plan.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {path} ({error.strerror}): give the folder of a comparison"
        ) from None
    except ValidationError as error:
        found = "; ".join(f"{detail['loc']}: {detail['msg']}" for detail in error.errors())
        raise ConfigurationError(f"{path} is damaged: {found}") from None

"""The plan of an experiment, in ``experiment.json``: everything that its report needs.

The report is made from the plan and the run folders alone, so tables and figures can be made again
years later, also where the task came from a file that is no longer there.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationError

from evornn.comparison.contender import Contender
from evornn.comparison.cost import Cost
from evornn.comparison.experiment import Experiment
from evornn.comparison.progress import Cell
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
from evornn.runs.run import searched
from evornn.runs.stopping import Limits

FILE = "experiment.json"


class Plan(Stored):
    """What was asked, and what the task says about itself.

    `constant_loss` is the training loss of the best constant answer; `target` the training loss
    that times are measured to, None where there is none, with its `target_source`; `against` is the
    cost that they are measured in and that figures are drawn against; `splits` are
    those of ``training``, ``validation`` and ``test`` that the task has. `network` is a table by
    label where networks are crossed with optimizers, and `genes` then says how long the genomes of
    each are. `gradient` is the mode of each optimizer by label, where that is not "reverse".
    """

    later: ClassVar = frozenset(
        {"genes", "loss_function", "batch", "ridge", "gradient", "teacher_forcing", "against"}
    )

    schema_version: Literal[1] = 1
    name: str
    question: str
    task: Part
    task_data: str
    loss_function: str = "mean_squared_error"
    network: Part | dict[str, Part]
    genes: dict[str, int] = Field(default_factory=dict)
    encoding: Part
    optimizers: dict[str, Part]
    gradient_based: list[str]
    seeds: list[int]
    start: Start
    dtype: Dtype
    batch: int | None = None
    ridge: float | None = None
    gradient: dict[str, str] = Field(default_factory=dict)
    teacher_forcing: str | None = None
    stopping: Limits
    against: Cost = "evaluations"
    constant_loss: float
    target: float | None
    target_source: str
    splits: list[str] = Field(min_length=1)

    @property
    def networks(self) -> dict[str | None, Part]:
        """The networks by label; None is the label of a lone one."""
        if isinstance(self.network, Part):
            return {None: self.network}
        return dict(self.network.items())

    @property
    def crossed(self) -> bool:
        """Whether there is a table of networks, each with every optimizer."""
        return not isinstance(self.network, Part)

    @property
    def contenders(self) -> dict[str, Contender]:
        """What competes, by name: every network with every optimizer, in the order given."""
        pairs = product(self.networks, self.optimizers)
        found = [Contender(optimizer, network) for network, optimizer in pairs]
        return {str(contender): contender for contender in found}

    @property
    def cells(self) -> list[Cell]:
        """Every contender with every seed, seed by seed."""
        return [Cell(name, seed) for seed in self.seeds for name in self.contenders]

    def run_folder(self, folder: Path, cell: Cell) -> Path:
        """Where the run of one cell lies under the `folder` of the experiment."""
        return folder / self.contenders[cell.contender].folder / f"seed-{cell.seed}"

    def configuration(self, cell: Cell) -> Configuration:
        """That of the run of one cell."""
        contender = self.contenders[cell.contender]
        return Configuration(
            task=self.task,
            task_data=self.task_data,
            network=self.networks[contender.network],
            encoding=self.encoding,
            optimizer=self.optimizers[contender.optimizer],
            seed=cell.seed,
            start=self.start,
            dtype=self.dtype,
            batch=self.batch,
            ridge=self.ridge,
            gradient=self.gradient.get(contender.optimizer, "reverse"),
            teacher_forcing=self.teacher_forcing,
            stopping=self.stopping,
            execution=Execution(checkpoint_every=0.0),
        )

    def check_cells(self, folder: Path) -> None:
        """ConfigurationError where a run that lies in the place of a cell is another one."""
        for cell in self.cells:
            place = self.run_folder(folder, cell)
            config = RunFolder(place).config
            if not config.exists():
                continue
            changes = differences(
                read_configuration(config).identity, self.configuration(cell).identity
            )
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
        loss_function=task.train.loss_function,
        **_networks(parts, experiment.ridge),
        encoding=describe("encoding", parts["encoding"]),
        optimizers={name: describe("optimizer", thing) for name, thing in optimizers.items()},
        gradient_based=[name for name, thing in optimizers.items() if thing.gradient],
        seeds=list(seeds),
        start=experiment.start,
        dtype=experiment.dtype or task.dtype,
        batch=experiment.batch,
        ridge=None if experiment.ridge is None else float(experiment.ridge),
        gradient=experiment.gradients(),
        teacher_forcing=experiment.teacher_forcing,
        stopping=experiment.limits,
        against=experiment.against,
        constant_loss=task.constant_loss,
        target=target,
        target_source=source,
        splits=["training", *held_out],
    )


def _networks(parts: dict[str, Any], ridge: float | None) -> dict[str, Any]:
    """What the plan says of one network, or of each of a table of them."""
    network = parts["network"]
    if not isinstance(network, dict):
        return {"network": describe("network", network)}
    return {
        "network": {label: describe("network", one) for label, one in network.items()},
        "genes": {
            label: parts["encoding"].bind(searched(one, ridge)).genes
            for label, one in network.items()
        },
    }


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

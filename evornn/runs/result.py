"""The result of a finished run, in ``result.json``; writing it is what makes a run finished."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationError

from evornn.errors import StorageError
from evornn.runs.configuration import Stored
from evornn.runs.stopping import Stop

#: a loss in strict JSON: NaN and infinity are the string "inf"
Loss = Annotated[
    float,
    BeforeValidator(lambda value: math.inf if value == "inf" else value),
    PlainSerializer(lambda value: value if math.isfinite(value) else "inf"),
]


class Result(Stored):
    """How a run ended. Counts as in the history; losses are those of the task's data.

    `fitness` is the text-book fitness 1/`best_loss`. `accuracy` is the share of the judged steps
    answered right, by split (``training``, ``validation``, ``test``), empty where the task does not
    say what is right. `constant_loss` is the training loss of the best constant answer,
    `solved_loss` the loss at which `solved_source` counts the task as solved. `stages` are the
    first generations of the stages of a curriculum that were reached; all losses are of the last.
    """

    later: ClassVar = frozenset({"accuracy", "stages"})

    stop: Stop
    best_loss: float
    fitness: Loss
    validation_loss: Loss | None
    test_loss: Loss | None
    accuracy: dict[str, float] = Field(default_factory=dict)
    constant_loss: Loss
    solved_loss: float | None
    solved_source: str | None
    generations: int
    evaluations: int
    forward_steps: int
    backward_steps: int
    non_finite: int
    learnt: float | None
    stages: list[int] | None = None
    seconds: float
    evaluation_seconds: float
    optimizer_seconds: float
    genome_sha256: str
    weights_sha256: str

    def to_json(self) -> str:
        """The text of ``result.json``."""
        return self.model_dump_json(indent=2) + "\n"


def read_result(path: Path) -> Result | None:
    """The result in `path`, None where the run has not finished."""
    try:
        return Result.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        found: Any = "; ".join(f"{d['loc']}: {d['msg']}" for d in error.errors())
        raise StorageError(
            f"{path} is damaged ({found}): delete it, and evornn resume {path.parent} makes it anew"
        ) from None

"""A curriculum: tasks of growing difficulty, one after another (incremental evolution: Gomez &
Miikkulainen 1997, Incremental evolution of complex general behavior, Adaptive Behavior 5; the
growing second pole is that of Wieland 1991, Evolving neural network controllers for unstable
systems, IJCNN).

A run begins with the first stage, and goes on to the next one after the first generation whose best
is good enough. What counts as the loss of the curriculum is that of its last stage alone: its data
are those of this task, and no genome that was good at an easier one is ever the best of a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from evornn.checks import check_number
from evornn.errors import ConfigurationError
from evornn.tasks import REGISTRY
from evornn.tasks.judged import Judged
from evornn.tasks.task import Solved, Task

#: how stages may be given
FORM = (
    '["t_maze", {"name": "t_maze", "options": {"delay": 20}}] (the same with --set, or names '
    "alone: --set task.stages=delayed_recall,parity)"
)


@dataclass(frozen=True)
class Curriculum(Task):
    """Stages, the easiest first.

    Parameters
    ----------
    stages
        Two tasks or more, with the same senses and motors (inputs and outputs): each a task, a
        registered name, or name and options as in ``{"name": "t_maze", "options": {"delay": 5}}``.
    threshold
        The loss at which a stage is passed, for all but the last, or one of each; None takes the
        loss at which the stage counts as solved.
    """

    stages: Any = field(metadata={"parts": "task", "form": FORM})
    threshold: float | tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        given = self.stages
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) < 2:
            raise ConfigurationError(
                "curriculum.stages must be two tasks or more, the easiest first, as in "
                f"{FORM}; got {given!r:.80}"
            )
        stages = tuple(
            REGISTRY.inner(f"stage {number} of the curriculum", stage, Task)
            for number, stage in enumerate(given, 1)
        )
        object.__setattr__(self, "stages", stages)
        for number, stage in enumerate(stages, 1):
            self._check_fits(number, stage)
        if isinstance(self.threshold, list):  # as a record has it
            object.__setattr__(self, "threshold", tuple(self.threshold))
        for loss in self.thresholds:
            check_number("curriculum.threshold", loss)

    def _check_fits(self, number: int, stage: Task) -> None:
        """ConfigurationError where `stage` is not for the networks of the first one."""
        first = self.stages[0]
        if (stage.input_size, stage.output_size) != (first.input_size, first.output_size):
            raise ConfigurationError(
                "the stages of a curriculum are for the same network: stage 1 has "
                f"{first.input_size} senses and {first.output_size} motors, stage {number} "
                f"{stage.input_size} and {stage.output_size}; give tasks with the same"
            )

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The loss at which each stage but the last is passed."""
        passed = len(self.stages) - 1
        if self.threshold is None:
            return tuple(self._solved(number) for number in range(1, passed + 1))
        if not isinstance(self.threshold, tuple):
            return (self.threshold,) * passed
        if len(self.threshold) != passed:
            raise ConfigurationError(
                f"curriculum.threshold must be one loss, or {passed}: one for each stage but the "
                f"last; got {len(self.threshold)}"
            )
        return self.threshold

    def _solved(self, number: int) -> float:
        solved = self.stages[number - 1].solved
        if solved is None:
            raise ConfigurationError(
                f"nobody says when stage {number} of the curriculum is solved: give threshold, the "
                "loss at which it is passed"
            )
        return float(solved.loss)

    @property
    def course(self) -> tuple[Task, ...]:
        return self.stages

    @property
    def last(self) -> Task:
        """The task that all this is for."""
        last: Task = self.stages[-1]
        return last

    @property
    def input_size(self) -> int:
        return self.last.input_size

    @property
    def output_size(self) -> int:
        return self.last.output_size

    @property
    def train(self) -> Judged:
        return self.last.train

    @property
    def validation(self) -> Judged | None:
        return self.last.validation

    @property
    def test(self) -> Judged | None:
        return self.last.test

    @property
    def solved(self) -> Solved | None:
        return self.last.solved

    @property
    def constant_loss(self) -> float:
        return self.last.constant_loss

    @property
    def dtype(self) -> str:
        return self.last.dtype

    @property
    def tolerance(self) -> float:
        return self.last.tolerance

"""What every task is: data to learn from, a loss, a trivial answer, and when it is solved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evornn.tasks.judged import Judged


@dataclass(frozen=True)
class Solved:
    """The loss at which a task counts as solved, and who says so."""

    loss: float
    source: str


class Task(ABC):
    """Base of all tasks. `train` is what a search sees; the held-out splits are for reports.

    The loss is that of its data (`Judged.loss`).
    """

    @property
    @abstractmethod
    def input_size(self) -> int:
        """Number of input features."""

    @property
    @abstractmethod
    def output_size(self) -> int:
        """Number of output features."""

    @property
    @abstractmethod
    def train(self) -> Judged:
        """The training data."""

    @property
    def validation(self) -> Judged | None:
        """Held-out data to choose by, or None."""
        return None

    @property
    def test(self) -> Judged | None:
        """Held-out data to report on, or None."""
        return None

    @property
    @abstractmethod
    def solved(self) -> Solved | None:
        """When this task counts as solved, with its source; None where nobody says."""

    @property
    def course(self) -> tuple[Task, ...]:
        """What a run is judged on, one after another: this task, or what leads up to it too."""
        return (self,)

    @property
    def constant_loss(self) -> float:
        """Loss, on the training data, of the best constant answer."""
        return self.train.constant_loss

    @property
    def full_return(self) -> float | None:
        """The return of which a loss says what is lacking; None where losses are no returns."""
        return None

    @property
    def dtype(self) -> str:
        """The precision that a `Fitness` computes in where none is asked for.

        Sequences and trees are learnt as well in "float32"; what bodies do in "float64" is
        repeatable elsewhere.
        """
        return "float64" if self.train.kind == "episode" else "float32"

    @property
    def tolerance(self) -> float:
        """The |error| within which a judged step counts as learnt, in the unit of the targets.

        A tenth of the targets' standard deviation, unless a task knows better: with two classes it
        is half the distance between them.
        """
        return 0.1 * self.constant_loss**0.5

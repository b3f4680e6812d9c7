"""Tasks of a body that is moved about a world, whose senses and motors a network is to have."""

from __future__ import annotations

from abc import abstractmethod

from evornn.simulators.simulator import Simulator
from evornn.tasks.episodes import Episodes
from evornn.tasks.task import Task


class Embodied(Task):
    """Base of the tasks whose data are episodes with a simulator."""

    @property
    @abstractmethod
    def simulator(self) -> Simulator:
        """The body and its world."""

    @property
    @abstractmethod
    def train(self) -> Episodes:  # type: ignore[override]  # trials have no targets to judge by
        """The trials of the training."""

    @property
    def validation(self) -> Episodes | None:  # type: ignore[override]
        return None

    @property
    def test(self) -> Episodes | None:  # type: ignore[override]
        return None

    @property
    def input_size(self) -> int:
        return self.simulator.sensors

    @property
    def output_size(self) -> int:
        return self.simulator.motors

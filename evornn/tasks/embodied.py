"""Tasks of a body that is moved about a world, whose senses and motors a network is to have."""

from __future__ import annotations

from abc import abstractmethod

from evornn.simulators.simulator import Simulator
from evornn.tasks.task import Task


class Embodied(Task):
    """Base of the tasks whose data are episodes with a simulator."""

    @property
    @abstractmethod
    def simulator(self) -> Simulator:
        """The body and its world."""

    @property
    def input_size(self) -> int:
        return self.simulator.sensors

    @property
    def output_size(self) -> int:
        return self.simulator.motors

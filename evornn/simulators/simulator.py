"""What every simulator is: a body in its world, as scalar maths like the step of a network.

A control step goes sense → network → move. With b the state of body and world, k the constants, n
the noise of the step, x what the network reads and a what it puts out:

    begin(k, trial, b)               the state that a trial begins with
    sense(k, b, n, x)                the senses
    move(k, a, n, b, b_next)         one control step, of as many steps of integration as it takes
    goes_on(k, b)                    a condition: whether the trial goes on from here
    loss(k, b)                       what the trial is worth if it ends here: the lower the better

All of it is written in `evornn.numerics`, without branches on numbers: the lanes hold other
genomes, or other trials. `loss` is asked for after every control step, so it should be cheap; sums
and averages over the trial are part of the state. What comes after the end does not count.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from evornn.errors import ConfigurationError
from evornn.scene import Scene

Shapes = Mapping[str, tuple[int, ...]]


class Dynamics(NamedTuple):
    """The functions of a simulator that a kernel is made of.

    ``begin`` writes every element of `b`, ``sense`` of `x` and ``move`` of `b_next`.
    """

    begin: Callable[..., None]
    sense: Callable[..., None]
    move: Callable[..., None]
    goes_on: Callable[..., Any]
    loss: Callable[..., Any]


class Simulator(ABC):
    """Base of all simulators: a frozen dataclass of options."""

    #: what the network reads
    sensors: int
    #: what the network puts out
    motors: int
    #: seconds, or whatever the unit of time is, of one control step
    time_step: float
    #: what a trial is worth in which nothing is achieved
    idle_loss: float = 1.0
    #: what each motor can be given, (-1, 1) or (0, 1), where an environment is made of it
    motor_range: tuple[float, float] = (-1.0, 1.0)
    #: what all senses lie within; wide where there is no bound
    sense_range: tuple[float, float] = (-1e9, 1e9)

    @property
    @abstractmethod
    def trial(self) -> Shapes:
        """Names and shapes of the numbers that tell one trial from another."""

    @property
    @abstractmethod
    def state(self) -> Shapes:
        """Names and shapes of the state of body and world."""

    @property
    def scratch(self) -> Shapes:
        """Names and shapes of working space, found on `b_next`; forgotten after each step."""
        return {}

    @property
    def noise(self) -> int:
        """Numbers of noise that a control step takes, standard normal."""
        return 0

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        """Fixed arrays (float or integer)."""
        return {}

    @property
    @abstractmethod
    def dynamics(self) -> Dynamics:
        """The five functions."""

    def scene(
        self, trial: Mapping[str, np.ndarray], bodies: Mapping[str, np.ndarray]
    ) -> Scene | None:
        """What it looks like in one trial, in plain NumPy; None where there is nothing to see.

        `trial` has the numbers of the trial by name, `bodies` the states (frame, *shape) by name.
        """
        return None


def check_shapes(simulator: Simulator) -> None:
    """ConfigurationError where `simulator` states shapes that are none."""
    for what in ("trial", "state", "scratch"):
        shapes = getattr(simulator, what)
        if not isinstance(shapes, Mapping) or not all(
            isinstance(shape, tuple) and all(isinstance(n, int | np.integer) for n in shape)
            for shape in shapes.values()
        ):
            raise ConfigurationError(
                f"{type(simulator).__name__}.{what} states names and shapes, as in "
                f'{{"speed": (1,)}}; got {shapes!r:.200}'
            )

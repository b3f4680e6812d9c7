"""A body of one's own: a rocket that falls to the Moon and brakes.

    speed' = thrust · throttle − gravity,    height' = speed

It reads how high it is, not how fast it falls. What counts is the share of its energy that is left
where it lands, or where the time is up: 1 for doing nothing.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evornn.numerics import maximum, minimum
from evornn.scene import Scene, Shape, box
from evornn.simulators import Dynamics, Simulator
from evornn.tasks import Embodied, Episodes

GRAVITY, THRUST = 1.62, 3.0  # metres per second²
STEP, STEPS = 0.1, 300


@dataclass(frozen=True)
class Rocket(Simulator):
    sensors = 1
    motors = 1
    time_step = STEP
    motor_range = (0.0, 1.0)

    @property
    def trial(self):
        return {"height": (1,)}

    @property
    def state(self):
        return {"height": (1,), "speed": (1,), "energy": (1,)}

    @property
    def dynamics(self):
        return Dynamics(begin, sense, move, goes_on, loss)

    def scene(self, trial, bodies):
        height = bodies["height"][:, 0] + 1.0
        rocket = box(np.stack([0.0 * height, height], axis=1), 0.6, 2.0)
        ground = Shape("line", [[-9.0, 0.0], [9.0, 0.0]], "world")
        return Scene([ground, Shape("polygon", rocket)], (-9.0, 9.0, -1.0, 17.0))


def begin(k, trial, b):
    b.height[0] = trial.height[0]
    b.speed[0] = 0.0
    b.energy[0] = GRAVITY * trial.height[0]


def sense(k, b, n, x):
    x[0] = 0.1 * b.height[0]


def move(k, a, n, b, b_next):
    throttle = maximum(minimum(a[0], 1.0), 0.0)
    b_next.speed[0] = b.speed[0] + STEP * (THRUST * throttle - GRAVITY)
    b_next.height[0] = b.height[0] + STEP * b_next.speed[0]
    b_next.energy[0] = b.energy[0]


def goes_on(k, b):
    return b.height[0] > 0.0


def loss(k, b):
    moving = 0.5 * b.speed[0] * b.speed[0]
    return (moving + GRAVITY * maximum(b.height[0], 0.0)) / b.energy[0]


@dataclass(frozen=True)
class SoftLanding(Embodied):
    trials: int = 8
    seed: int = 0

    simulator = Rocket()
    solved = None

    @cached_property
    def train(self) -> Episodes:
        return self._drawn(0)

    @cached_property
    def test(self) -> Episodes:
        return self._drawn(1)

    def _drawn(self, stream):
        heights = np.random.default_rng([self.seed, stream]).uniform(5.0, 15.0, (self.trials, 1))
        return Episodes(self.simulator, {"height": heights}, STEPS)

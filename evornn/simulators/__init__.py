"""Bodies and worlds for evolved controllers: one file each, equations and constants first."""

from evornn.simulators.simulator import Dynamics as Dynamics
from evornn.simulators.simulator import Simulator as Simulator

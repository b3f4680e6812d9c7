"""T-maze: remember at the junction which lamp was lit at the start; see `evornn.simulators.maze`.

Every start, and every noise, comes with every cue, so a controller without memory comes to the
right end in a half of the trials at most, and in the double maze in a quarter.

References
----------
N. Jakobi 1997, "Evolutionary robotics and the radical envelope-of-noise hypothesis", Adaptive
    Behavior 6.
J. Blynel & D. Floreano 2003, "Exploring the T-maze: evolving learning-like robot behaviors using
    CTRNNs", EvoWorkshops 2003: the double maze.
"""

from __future__ import annotations

from dataclasses import dataclass

from evornn.simulators.maze import Maze
from evornn.tasks.maze_trials import MazeTrials


@dataclass(frozen=True)
class TMaze(MazeTrials):
    """Turn to where the lamp was.

    Parameters
    ----------
    turns
        1, or 2 for the double maze.
    shown
        Control steps that each lamp is lit, and then dark, before the gate opens.
    delay
        Control steps more that the gate stays shut.
    steps
        Control steps of a trial, of 0.1 s each.
    trials, validation_trials, test_trials
        Trials in each split: multiples of 2, with two turns of 4.
    motor_noise, sensor_noise, rest
        As in `Wheeled`.
    seed
        Of starts and noise.
    """

    turns: int = 1
    shown: int = 5
    delay: int = 0
    steps: int = 300
    trials: int = 40
    validation_trials: int = 20
    test_trials: int = 40
    motor_noise: float = 0.0
    sensor_noise: float = 0.0
    rest: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_trials()

    @property
    def simulator(self) -> Maze:
        return Maze(
            motor_noise=self.motor_noise,
            sensor_noise=self.sensor_noise,
            rest=self.rest,
            turns=self.turns,
            shown=self.shown,
            delay=self.delay,
        )

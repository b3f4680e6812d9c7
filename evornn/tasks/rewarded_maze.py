"""Rewarded maze: find out which end of a T-maze is the goal, and go there again and again; see
`evornn.simulators.rewarded_maze`.

Every start, and every noise, comes with every goal, so a controller without memory is right in a
half of the visits that count at most, and in the double maze in a quarter.

References
----------
J. Blynel & D. Floreano 2003, "Exploring the T-maze: evolving learning-like robot behaviors using
    CTRNNs", EvoWorkshops 2003.
"""

from __future__ import annotations

from dataclasses import dataclass

from evornn.simulators.rewarded_maze import RewardedMaze as World
from evornn.tasks.maze_trials import MazeTrials


@dataclass(frozen=True)
class RewardedMaze(MazeTrials):
    """Learn where the goal is, without a change of weights.

    Parameters
    ----------
    turns
        1, or 2 for the double maze.
    visits
        Visits to ends in one trial, of which the first doesn't count.
    stay
        Control steps at each end.
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
    visits: int = 5
    stay: int = 5
    steps: int = 1000
    trials: int = 20
    validation_trials: int = 20
    test_trials: int = 40
    motor_noise: float = 0.0
    sensor_noise: float = 0.0
    rest: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_trials()

    @property
    def simulator(self) -> World:
        return World(
            motor_noise=self.motor_noise,
            sensor_noise=self.sensor_noise,
            rest=self.rest,
            turns=self.turns,
            visits=self.visits,
            stay=self.stay,
        )

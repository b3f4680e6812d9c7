"""Oscillation: swing with a given period, for ever, from a single pulse at the start.

The loss is the squared distance from the nearest sine of that period and a fixed amplitude, over
that of standing still (`evornn.simulators.pattern_generator`). The test goes on for longer: an
oscillation that dies away, or is only a little too slow, is found out there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from evornn.checks import check_number, check_size
from evornn.simulators.pattern_generator import PatternGenerator, whole_periods
from evornn.tasks.embodied import Embodied
from evornn.tasks.episodes import Episodes
from evornn.tasks.task import Solved


@dataclass(frozen=True)
class Oscillation(Embodied):
    """Swing between about 0.1 and 0.9 with a period of `period`.

    Parameters
    ----------
    period
        In units of time, a multiple of `time_step`.
    periods, test_periods
        That count, in training and test.
    transient
        Periods before any counts.
    time_step
        That of the network.
    """

    period: float = 10.0
    periods: int = 10
    test_periods: int = 50
    transient: int = 5
    time_step: float = 0.1

    def __post_init__(self) -> None:
        check_number("period", self.period, above=0.0)
        check_number("time_step", self.time_step, above=0.0)
        check_size("periods", self.periods)
        check_size("test_periods", self.test_periods)
        check_size("transient", self.transient, least=0)
        whole_periods(self.period, 1, self.time_step)

    @cached_property
    def simulator(self) -> PatternGenerator:
        return PatternGenerator(self._steps(self.transient), self.time_step)

    @cached_property
    def train(self) -> Episodes:  # type: ignore[override]
        return self._lasting(self.periods)

    @cached_property
    def test(self) -> Episodes:  # type: ignore[override]
        return self._lasting(self.test_periods)

    def _steps(self, periods: int) -> int:
        return whole_periods(self.period, periods, self.time_step)

    def _lasting(self, periods: int) -> Episodes:
        steps = self._steps(self.transient + periods)
        return Episodes(self.simulator, {"period": [[self.period]]}, steps)

    @property
    def solved(self) -> Solved:
        return Solved(
            0.1,
            "rounder than a square wave (0.46), if not as round as a triangular one (0.05); a "
            "period that is wrong by 5 % misses it",
        )

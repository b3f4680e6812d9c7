"""Stages: generations are judged on the stage of a curriculum that the run has come to.

Once the best of a generation is good enough, the next one is judged on the next stage. What a run
calls its best is judged on the last stage alone: generations of earlier ones don't touch it, and a
run that ends before the last stage judges the best of its last generation there.

Many optimizers keep losses and compare them with later ones, and what was good at an easy stage
would stay on for ever. So the search is told losses that are higher by the loss of doing nothing
for every stage to come: whoever does anything at a later stage is better than all before.
"""

from __future__ import annotations

import numpy as np

from evornn.errors import ConfigurationError
from evornn.runs.evaluation import Evaluation
from evornn.runs.lessons import Lessons
from evornn.runs.tally import Tally
from evornn.tasks import Curriculum


class Stages(Lessons):
    """The stages of `curriculum`, judged by `evaluations`; the last of these judges the whole."""

    def __init__(self, evaluations: list[Evaluation], curriculum: Curriculum) -> None:
        if any(evaluation.scaling is not None for evaluation in evaluations):
            raise ConfigurationError(
                "a curriculum of environments that scale their observations is not to be had: the "
                "scaling of one stage says nothing of another; leave scaling out"
            )
        self.evaluations, self.whole = evaluations, evaluations[-1]
        self.thresholds = curriculum.thresholds
        idle = [stage.constant_loss for stage in curriculum.stages]
        self._to_come = [sum(idle[stage + 1 :]) for stage in range(len(idle))]

    def evaluation(self, tally: Tally) -> Evaluation:
        return self.evaluations[_next_stage(tally)]

    def ends_epoch(self, tally: Tally) -> bool:
        return False

    def told(self, tally: Tally, losses: np.ndarray) -> np.ndarray:
        return losses + self._to_come[_next_stage(tally)]

    def note(self, tally: Tally, losses: np.ndarray) -> None:
        """Put down in `tally` which stage the next generation is judged on."""
        stage, first = _next_stage(tally), tally.stages or [1]
        passed = stage < len(self.thresholds) and losses.min() <= self.thresholds[stage]
        tally.stages = [*first, tally.generation + 1] if passed else first


def _next_stage(tally: Tally) -> int:
    """The stage, 0 for the first, that the generation after `tally` is judged on."""
    return len(tally.stages or [1]) - 1

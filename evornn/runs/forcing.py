"""Teacher forcing in a run: targets fed back in place of outputs, less and less of them.

How probable a target is follows from the generation, which of the steps see one from the seed of
the run and the generation, so that a resumed run needs no more to go on with the same ones. All
genomes of a generation see the same.

A loss with targets fed back says less the more of them there are, and losses of two generations are
those of two tasks: see `evornn.runs.batches` for the optimizers that compare such.
"""

from __future__ import annotations

from evornn.runs.evaluation import Evaluation
from evornn.runs.lessons import Lessons
from evornn.runs.seeds import forcing_generator
from evornn.runs.tally import Tally


class TeacherForced(Lessons):
    """Teacher forcing by the `schedule` in the run `seed`, on what `lessons` or `whole` judge on.

    ConfigurationError where there is no such schedule, or nothing is fed back.
    """

    def __init__(
        self, whole: Evaluation, schedule: str, seed: int, lessons: Lessons | None = None
    ) -> None:
        from evornn.fitness.forcing import forcing_schedule

        self.whole, self.seed, self._lessons = whole, seed, lessons
        self.probability = forcing_schedule(schedule)
        self.evaluation(Tally())

    def evaluation(self, tally: Tally) -> Evaluation:
        inner = self._lessons.evaluation(tally) if self._lessons else self.whole
        rng = forcing_generator(self.seed, tally.generation + 1)
        p = self.probability(tally.generation)
        return inner.on(inner.fitness.teacher_forced(p, rng))

    def ends_epoch(self, tally: Tally) -> bool:
        return self._lessons is None or self._lessons.ends_epoch(tally)

"""Evolution: the loop of a run. Ask, evaluate, tell, count, record, until a limit fires."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter

import numpy as np

from evornn.errors import RunFailed
from evornn.optimizers.optimizer import Search
from evornn.runs.evaluation import Evaluation
from evornn.runs.lessons import Lessons
from evornn.runs.record import entry, judged_entry
from evornn.runs.recorder import Recorder
from evornn.runs.status import Status
from evornn.runs.stopping import Limits, Stop
from evornn.runs.tally import Tally

#: generations in a row without one finite loss, and genomes in them, after which a run has failed
BARREN_GENERATIONS = 5
BARREN_EVALUATIONS = 20


@dataclass
class Evolution:
    """A search that is told the losses of what it asks, from the state of `tally` on.

    `tally` counts and keeps the best, `recorder` keeps the history (and, with a folder, the
    checkpoints). With `lessons` each generation is judged on its own, and its best on all of the
    data only where an epoch ends, and where the run does.
    """

    evaluation: Evaluation
    search: Search
    limits: Limits
    tally: Tally
    recorder: Recorder
    lessons: Lessons | None = None

    def run(self, progress: Callable[[Status], None] | None = None) -> Stop:
        """Generations until a limit fires; `progress` is shown the status after each.

        RunFailed where no loss is finite: in the first generation, or in `BARREN_GENERATIONS` in
        a row (and in `BARREN_EVALUATIONS` genomes, so that one unlucky chain may recover).
        """
        began = perf_counter() - self.tally.seconds
        if self.tally.scaling is not None:
            self.evaluation.scaling.load(self.tally.scaling)
        status = Status(self.tally, self.limits, self.evaluation.fitness.task.full_return)
        while (stop := self._stop() or self._generation(began)) is None:
            self._check_barren()
            if progress is not None:
                progress(status)
        self._judge_rest(began)
        if self.tally.best_genome is None:
            raise self._no_finite_loss()
        return stop

    def _stop(self) -> Stop | None:
        self.recorder.between_generations(self.tally, self.search)
        return self.limits.reached(self.tally, self.search.stop())

    def _generation(self, began: float) -> Stop | None:
        """One whole generation; or none, and the budget that it would exceed."""
        evaluation = self._next_evaluation()
        self.recorder.hold(self.search)
        times = [perf_counter()]
        genomes = self.search.ask()
        stop = self._exceeded(len(genomes), evaluation)
        if stop is not None:
            return stop
        times.append(perf_counter())
        with self.recorder.evaluating(self.tally):
            losses, gradients = evaluation(genomes)
            judged = self._judged(genomes, losses, evaluation)
        times.append(perf_counter())
        self.search.tell(genomes, self._told(losses), gradients)
        diagnostics = self.search.diagnostics()
        times.append(perf_counter())
        self._count(genomes, losses, evaluation, judged)
        self.recorder.keep_best(self.tally, genomes, losses, evaluation.scaling)
        self._learn_scaling()
        asking, evaluating, telling = (after - before for before, after in pairwise(times))
        self.tally.optimizer_seconds += asking + telling
        self.tally.evaluation_seconds += evaluating
        self.tally.seconds = perf_counter() - began
        self.recorder.append(entry(self.tally, losses, diagnostics))
        return None

    def check_budget(self) -> None:
        """ConfigurationError where the limits do not reach for the first generation."""
        self._exceeded(len(self.search.ask()), self._next_evaluation())

    def _next_evaluation(self) -> Evaluation:
        """What judges the next generation."""
        return self.lessons.evaluation(self.tally) if self.lessons else self.evaluation

    def _told(self, losses: np.ndarray) -> np.ndarray:
        return self.lessons.told(self.tally, losses) if self.lessons else losses

    def _exceeded(self, population: int, evaluation: Evaluation) -> Stop | None:
        cost, steps = evaluation.cost, evaluation.fitness.steps
        judging = (0, 0)
        if self.lessons is not None and evaluation is not self.evaluation:
            judging = self.lessons.judging(population)
        return self.limits.exceeded(self.tally, population, cost, steps, judging)

    def _judged(
        self, genomes: np.ndarray, losses: np.ndarray, evaluation: Evaluation
    ) -> np.ndarray | None:
        """Losses of the candidates of a generation on all of the data, where an epoch ends."""
        if self.lessons is None or evaluation is self.evaluation:
            return None
        if not self.lessons.ends_epoch(self.tally):
            return None
        return self.evaluation.losses(self.lessons.candidates(genomes, losses))

    def _count(
        self,
        genomes: np.ndarray,
        losses: np.ndarray,
        evaluation: Evaluation,
        judged: np.ndarray | None,
    ) -> None:
        cost, steps = evaluation.cost, evaluation.fitness.steps_of(len(losses))
        if self.lessons is None or evaluation is self.evaluation:
            self._count_learnt(self.tally.count(genomes, losses, cost, steps))
        else:
            candidates = self.lessons.candidates(genomes, losses)
            self.tally.count_batch(candidates, losses, cost, steps)
        if judged is not None:
            self._count_judged(judged)
        if self.lessons is not None:
            self.lessons.note(self.tally, losses)

    def _count_judged(self, losses: np.ndarray) -> None:
        steps = self.evaluation.fitness.steps_of(len(losses))
        self._count_learnt(self.tally.count_judged(losses, steps))

    def _count_learnt(self, better: bool) -> None:
        tally, limits = self.tally, self.limits
        if better and self.evaluation.scaling is not None:
            tally.best_scaling = self.evaluation.scaling.state()
        if better and limits.learnt_share is not None:
            assert tally.best_genome is not None
            tally.learnt = self.evaluation.learnt(tally.best_genome, limits.tolerance)

    def _learn_scaling(self) -> None:
        """Scale the observations of the next generation by those of this one too."""
        scaling = self.evaluation.scaling
        if scaling is not None:
            scaling.learn()
            self.tally.scaling = scaling.state()

    def _judge_rest(self, began: float) -> None:
        """Judge the candidates of the last generation, where it did not end an epoch."""
        tally, history = self.tally, self.recorder.history
        if tally.unjudged is None:
            return
        before = perf_counter()
        self._count_judged(self.evaluation.losses(tally.unjudged))
        tally.evaluation_seconds += perf_counter() - before
        tally.seconds = perf_counter() - began
        if history and history[-1]["generation"] == tally.generation:
            self.recorder.amend(judged_entry(history[-1], tally))

    def _check_barren(self) -> None:
        generations = self.tally.barren_generations
        enough = generations >= BARREN_GENERATIONS or generations == self.tally.generation
        if generations and enough and self.tally.barren_evaluations >= BARREN_EVALUATIONS:
            raise self._no_finite_loss()

    def _no_finite_loss(self) -> RunFailed:
        tally = self.tally
        if not tally.barren_generations:
            return RunFailed(
                "the networks that were best in their lessons have no finite loss on all of the "
                f"training data, after {tally.generation} generations: begin with smaller weights "
                "(start scale), or take larger batches, or less teacher forcing"
            )
        return RunFailed(
            f"none of the last {tally.barren_evaluations} losses (generations "
            f"{tally.generation - tally.barren_generations + 1} to {tally.generation}) is a finite "
            f"number; {tally.non_finite} of {tally.evaluations} evaluations so far were not. The "
            "networks diverge: begin with smaller weights (start scale), bound them (encoding "
            "'bounded'), scale the data, or take smaller steps (the optimizer's step size)."
        )

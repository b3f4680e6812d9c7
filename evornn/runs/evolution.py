"""Evolution: the loop of a run. Ask, evaluate, tell, count, record, until a limit fires."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter

from evornn.errors import RunFailed
from evornn.optimizers.optimizer import Search
from evornn.runs.evaluation import Evaluation
from evornn.runs.record import entry
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
    checkpoints).
    """

    evaluation: Evaluation
    search: Search
    limits: Limits
    tally: Tally
    recorder: Recorder

    def run(self, progress: Callable[[Status], None] | None = None) -> Stop:
        """Generations until a limit fires; `progress` is shown the status after each.

        RunFailed where no loss is finite: in the first generation, or in `BARREN_GENERATIONS` in
        a row (and in `BARREN_EVALUATIONS` genomes, so that one unlucky chain may recover).
        """
        began = perf_counter() - self.tally.seconds
        status = Status(self.tally, self.limits)
        while (stop := self._stop() or self._generation(began)) is None:
            self._check_barren()
            if progress is not None:
                progress(status)
        if self.tally.best_genome is None:
            raise self._no_finite_loss()
        return stop

    def _stop(self) -> Stop | None:
        self.recorder.between_generations(self.tally, self.search)
        return self.limits.reached(self.tally, self.search.stop())

    def _generation(self, began: float) -> Stop | None:
        """One whole generation; or none, and the budget that it would exceed."""
        cost, steps = self.evaluation.cost, self.evaluation.fitness.steps
        self.recorder.hold(self.search)
        times = [perf_counter()]
        genomes = self.search.ask()
        stop = self.limits.exceeded(self.tally, len(genomes), cost, steps)
        if stop is not None:
            return stop
        times.append(perf_counter())
        with self.recorder.evaluating(self.tally):
            losses, gradients = self.evaluation(genomes)
        times.append(perf_counter())
        self.search.tell(genomes, losses, gradients)
        diagnostics = self.search.diagnostics()
        times.append(perf_counter())
        better = self.tally.count(genomes, losses, cost, steps)
        if better and self.limits.learnt_share is not None:
            self._count_learnt()
        asking, evaluating, telling = (after - before for before, after in pairwise(times))
        self.tally.optimizer_seconds += asking + telling
        self.tally.evaluation_seconds += evaluating
        self.tally.seconds = perf_counter() - began
        self.recorder.append(entry(self.tally, losses, diagnostics))
        return None

    def _count_learnt(self) -> None:
        assert self.tally.best_genome is not None
        self.tally.learnt = self.evaluation.learnt(self.tally.best_genome, self.limits.tolerance)

    def _check_barren(self) -> None:
        generations = self.tally.barren_generations
        enough = generations >= BARREN_GENERATIONS or generations == self.tally.generation
        if generations and enough and self.tally.barren_evaluations >= BARREN_EVALUATIONS:
            raise self._no_finite_loss()

    def _no_finite_loss(self) -> RunFailed:
        tally = self.tally
        return RunFailed(
            f"none of the last {tally.barren_evaluations} losses (generations "
            f"{tally.generation - tally.barren_generations + 1} to {tally.generation}) is a finite "
            f"number; {tally.non_finite} of {tally.evaluations} evaluations so far were not. The "
            "networks diverge: begin with smaller weights (start scale), bound them (encoding "
            "'bounded'), scale the data, or take smaller steps (the optimizer's step size)."
        )

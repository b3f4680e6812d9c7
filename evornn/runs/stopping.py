"""Stopping: the limits of a run, and which one fired.

Limits are looked at between generations. A generation is never cut in half: a run stops before
one that would exceed `evaluations` or `network_steps`, so what it has counted never exceeds its
budget. `seconds` is wall time over all resumes and may be overrun by one generation.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from evornn.checks import check_number, check_size
from evornn.errors import ConfigurationError
from evornn.runs.tally import Cost, Tally, evaluations_of


@dataclass(frozen=True)
class Stop:
    """Why a run ended: the name of the limit (or ``optimizer``), and in words."""

    criterion: str
    detail: str


@dataclass(frozen=True)
class Limits:
    """When to stop; None never stops. The first that holds, in this order, is recorded.

    target_loss
        Stop once the best training loss is at most this.
    learnt_share, tolerance
        Stop once the best genome answers this share (0, 1] of the judged training steps within
        `tolerance` of the target in every output; or, where that is None, in the right class.
    generations, evaluations, network_steps, seconds
        Budgets; network steps are those forward and backward together.
    stagnation
        Stop after this many generations without a new best genome.
    """

    target_loss: float | None = None
    learnt_share: float | None = None
    tolerance: float | None = None
    generations: int | None = None
    evaluations: int | None = None
    network_steps: int | None = None
    seconds: float | None = None
    stagnation: int | None = None

    def __post_init__(self) -> None:
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        given = {name: value for name, value in given.items() if value is not None}
        for name, value in given.items():
            if name == "target_loss":
                check_number(name, value)
            elif name == "learnt_share":
                check_number(name, value, above=0.0, most=1.0)
            elif name in ("tolerance", "seconds"):
                check_number(name, value, above=0.0)
            else:
                check_size(name, value)
        if self.tolerance is not None and self.learnt_share is None:
            raise ConfigurationError(
                "tolerance is used by learnt_share only: give learnt_share too"
            )
        if not given:
            raise ConfigurationError(
                "nothing would end this run: give at least one of evaluations, generations, "
                "network_steps, seconds, target_loss, learnt_share, stagnation"
            )

    def reached(self, tally: Tally, optimizer_reason: str | None) -> Stop | None:
        """The limit that `tally` has reached, or the optimizer's own reason, or None."""
        loss, learnt = tally.best_loss, tally.learnt
        if self.target_loss is not None and loss <= self.target_loss:
            return Stop("target_loss", f"best loss {loss:g} is at most {self.target_loss:g}")
        if self.learnt_share is not None and learnt is not None and learnt >= self.learnt_share:
            return Stop("learnt_share", f"{learnt:.1%} of the training data learnt")
        if self.generations is not None and tally.generation >= self.generations:
            return Stop("generations", f"{tally.generation} generations made")
        if self.seconds is not None and tally.seconds >= self.seconds:
            return Stop("seconds", f"{tally.seconds:.1f} s used of {self.seconds:g}")
        # Between two judgements on all of the data there cannot be a new best.
        idle = tally.generation - tally.best_generation if tally.unjudged is None else 0
        if self.stagnation is not None and idle >= self.stagnation:
            return Stop("stagnation", f"{idle} generations without a new best")
        if optimizer_reason is not None:
            return Stop("optimizer", optimizer_reason)
        return None

    def exceeded(
        self,
        tally: Tally,
        population: int,
        cost: Cost,
        steps: int,
        judging: tuple[int, int] = (0, 0),
    ) -> Stop | None:
        """The budget that one more generation of `population` genomes would exceed, or None.

        `cost` and `steps` as in `Tally.count`; `judging` are the evaluations and network steps that
        its best may take on all of the data. ConfigurationError where not even the first generation
        fits.
        """
        made = tally.forward_steps + tally.backward_steps
        evaluations, made_now = evaluations_of(population, cost), int(population * cost * steps)
        for name, so_far, more, budget in (
            ("evaluations", tally.evaluations, evaluations + judging[0], self.evaluations),
            ("network_steps", made, made_now + judging[1], self.network_steps),
        ):
            if budget is None or so_far + more <= budget:
                continue
            if tally.generation == 0:
                raise ConfigurationError(
                    f"{name}={budget} is less than the {more} of one generation of {population}: "
                    f"raise {name} or make the population smaller"
                )
            return Stop(name, f"{so_far} of {budget} used, the next generation needs {more}")
        return None

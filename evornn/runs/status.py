"""The status of a run under way, for a progress display."""

from __future__ import annotations

from dataclasses import dataclass

from evornn.runs.stopping import Limits
from evornn.runs.tally import Tally


@dataclass(frozen=True)
class Status:
    """A live view: `tally` changes from generation to generation, the rest follows from it.

    `full_return` is that of the task (`Task.full_return`).
    """

    tally: Tally
    limits: Limits
    full_return: float | None = None

    @property
    def best_return(self) -> float | None:
        """The highest return so far; None where losses are no returns."""
        return None if self.full_return is None else self.full_return - self.tally.best_loss

    @property
    def evaluations_per_second(self) -> float:
        """Over the whole run; zero before the first generation has ended."""
        return self.tally.evaluations / self.tally.seconds if self.tally.seconds else 0.0

    @property
    def share_done(self) -> float | None:
        """How much of the nearest budget is used, in [0, 1]; None without a budget."""
        tally, limits = self.tally, self.limits
        used = [
            (tally.generation, limits.generations),
            (tally.evaluations, limits.evaluations),
            (tally.forward_steps + tally.backward_steps, limits.network_steps),
            (tally.seconds, limits.seconds),
        ]
        shares = [count / budget for count, budget in used if budget is not None]
        return min(1.0, max(shares)) if shares else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the nearest budget is used up, at the pace so far; None if unknown."""
        if not self.share_done:
            return None
        return self.tally.seconds * (1.0 - self.share_done) / self.share_done

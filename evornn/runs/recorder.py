"""Recorders: what is kept while a run works. In memory only, or in a folder that survives a crash.

A checkpoint is the state between two generations. It is written at most every `checkpoint_every`
seconds and never takes more than 2 % of the time. A signal is answered between two generations as
well; where a generation is slow, the search is copied before it, so that a signal can break off
its evaluation at once, and the generation is repeated on resume.
"""

from __future__ import annotations

import copy
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from evornn.runs.checkpoint import Checkpoints
from evornn.runs.milestones import Milestone, keep
from evornn.runs.record import Entry, HistoryFile, rewrite_history
from evornn.runs.signals import Interrupted, Signals, Terminated, stopped_by
from evornn.runs.tally import Tally

#: seconds of evaluation from which on a generation can be broken off by a signal
SLOW = 0.25
#: seconds between checkpoints: what a crash costs at most, next to the share that they may take
CHECKPOINT_EVERY = 10.0
#: most of the time that checkpoints may take
CHECKPOINT_SHARE = 0.02


class Search(Protocol):
    """What checkpoints keep the `state` of: a search, or several that belong together."""

    def state(self) -> dict[str, Any]: ...


class Recorder:
    """Keeps the history in memory, and nothing else."""

    def __init__(self, history: list[Entry]) -> None:
        self.history = history

    def between_generations(self, tally: Tally, search: Search) -> None:
        """Called when the state is whole."""

    def hold(self, search: Search) -> None:
        """Called before a search is asked."""

    @contextmanager
    def evaluating(self, tally: Tally) -> Iterator[None]:
        """Around the evaluation of a generation; `tally` still stands at the one before."""
        yield

    def append(self, line: Entry) -> None:
        """Keep the line of one generation."""
        self.history.append(line)

    def keep_best(
        self, tally: Tally, genomes: np.ndarray, losses: np.ndarray, scaling: Any
    ) -> None:
        """Called with each generation that `tally` has counted."""

    def at_end(self, tally: Tally, search: Search) -> None:
        """Called after the last generation, where its state is all that there is to keep."""

    def amend(self, line: Entry) -> None:
        """Keep `line` instead of the last one, at the end of a run."""
        self.history[-1] = line


class FolderRecorder(Recorder):
    """Keeps history and checkpoints in a run folder, and answers signals with a checkpoint.

    `checkpoint_every` is in seconds; 0 makes a checkpoint after every generation. With `film` the
    best of every so many generations is kept too. `go_on` tells how an interrupted run in a
    ``{folder}`` is resumed.
    """

    def __init__(
        self,
        history: list[Entry],
        file: HistoryFile,
        checkpoints: Checkpoints,
        signals: Signals,
        checkpoint_every: float,
        film: int | None = None,
        go_on: str = "evornn resume {folder}",
    ) -> None:
        super().__init__(history)
        self.file = file
        self.checkpoints = checkpoints
        self.signals = signals
        self.checkpoint_every = checkpoint_every
        self.film = film
        self.go_on = go_on
        self._saved: int | None = None
        self._due = 0.0
        self._slow = True
        self._held: dict[str, Any] | None = None

    def between_generations(self, tally: Tally, search: Search) -> None:
        """A checkpoint where one is due; after a signal a checkpoint, then the end."""
        interrupted = self.signals.received is not None
        if interrupted or self._saved is None or perf_counter() >= self._due:
            self._save(tally, search.state())
        if interrupted:
            raise self._interrupted(tally)

    def hold(self, search: Search) -> None:
        """Keep a copy of the search where its next evaluation is likely to be slow."""
        self._held = copy.deepcopy(search.state()) if self._slow else None

    @contextmanager
    def evaluating(self, tally: Tally) -> Iterator[None]:
        """In here a signal breaks off at once where the search is held."""
        began = perf_counter()
        try:
            with ExitStack() as stack:
                if self._held is not None:
                    stack.enter_context(self.signals.raising())
                yield
        except KeyboardInterrupt:
            if self._held is not None:
                self._save(tally, self._held)
            raise self._interrupted(tally) from None
        self._slow = perf_counter() - began > SLOW

    def append(self, line: Entry) -> None:
        super().append(line)
        self.file.append(line)

    def keep_best(
        self, tally: Tally, genomes: np.ndarray, losses: np.ndarray, scaling: Any
    ) -> None:
        number, best = tally.generation, int(np.argmin(losses))
        if self.film is None or (number != 1 and number % self.film) or losses[best] == np.inf:
            return
        state = None if scaling is None else scaling.state()
        found = Milestone(number, genomes[best], float(losses[best]), state)
        keep(self.checkpoints.folder, found)

    def at_end(self, tally: Tally, search: Search) -> None:
        self._save(tally, search.state())

    def amend(self, line: Entry) -> None:
        super().amend(line)
        rewrite_history(self.file.path, self.history)

    def _save(self, tally: Tally, state: dict[str, Any]) -> None:
        if self._saved == tally.generation:
            return
        began = perf_counter()
        self.file.sync()
        self.checkpoints.save(tally, state)
        ended = perf_counter()
        self._saved = tally.generation
        pause = max(self.checkpoint_every, (ended - began) / CHECKPOINT_SHARE)
        self._due = ended + pause if self.checkpoint_every else 0.0

    def _interrupted(self, tally: Tally) -> Interrupted | Terminated:
        return stopped_by(
            self.signals.received or signal.SIGINT,
            f"stopped after generation {tally.generation}; "
            f"go on with: {self.go_on.format(folder=self.checkpoints.folder)}",
        )

"""Progress on a terminal: best loss, evaluations per second and time left. Silent elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress

    from evornn.comparison import Cell
    from evornn.runs import Status
    from evornn.runs.attempt import Progress as Report

#: seconds between two redrawings
_PAUSE = 0.1


@contextmanager
def training_bar(title: str) -> Iterator[Report | None]:
    """What to pass to a training as ``progress``; None where nobody is watching."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bars() as bars:
        yield Bar(bars, title).show


@contextmanager
def comparison_bars() -> Iterator[ComparisonBars | None]:
    """What to pass to a comparison as ``progress``; None where nobody is watching."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bars() as bars:
        yield ComparisonBars(bars)


def _bars() -> Progress:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    from evornn.cli.streams import console

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=16),
        TaskProgressColumn(),
        TextColumn("{task.fields[figures]}", style="dim"),
        console=console(sys.stderr, terminal=True),
        auto_refresh=False,
        transient=True,
    )


class Bar:
    """One line that follows the status of a run."""

    def __init__(self, bars: Progress, title: str) -> None:
        self.bars = bars
        self.line = bars.add_task(title, total=1.0, figures="")
        self._due = 0.0

    def begin(self, title: str) -> None:
        """Use the line for another run."""
        self.bars.reset(self.line, description=title, figures="")
        self.bars.refresh()

    def show(self, status: Status) -> None:
        """Redraw, but not more often than eyes can follow."""
        if perf_counter() < self._due:
            return
        self._due = perf_counter() + _PAUSE
        share = status.share_done
        total = None if share is None else 1.0
        self.bars.update(self.line, completed=share or 0.0, total=total, figures=figures(status))
        self.bars.refresh()


def figures(status: Status) -> str:
    """``loss 0.105 · 52,000 ev/s · 3 s left``, with evaluations per second in the middle.

    In an environment of Gymnasium it is the return that is told.
    """
    found, loss = status.best_return, status.tally.best_loss
    parts = [
        f"loss {loss:.4g}" if found is None else f"return {found:.4g}",
        f"{status.evaluations_per_second:,.0f} ev/s",
    ]
    if status.seconds_left is not None:
        parts.append(f"{duration(status.seconds_left)} left")
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """``8 s``, ``3:25`` or ``2:03:25``."""
    whole = round(max(seconds, 0.0))
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class ComparisonBars:
    """A line for the whole comparison and one for the cell that runs."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.whole: Any = None
        self.bar: Bar | None = None
        self.cells = 0
        self.done = 0

    def begin(self, cells: int) -> None:
        self.cells += cells
        if self.bar is None:
            self.whole = self.bars.add_task("runs", total=cells, figures=self._count())
            self.bar = Bar(self.bars, "")
        self.bars.update(self.whole, total=self.cells, figures=self._count())

    def cell(self, cell: Cell) -> None:
        assert self.bar is not None
        self.bar.begin(str(cell))

    def generation(self, cell: Cell, status: Status) -> None:
        assert self.bar is not None
        self.bar.show(status)

    def ended(self, cell: Cell, failure: str | None) -> None:
        if failure is not None:
            self.bars.console.print(f"{cell} failed: {failure}")
        self.done += 1
        self.bars.update(self.whole, completed=self.done, figures=self._count())
        self.bars.refresh()

    def _count(self) -> str:
        return f"{self.done} of {self.cells}"

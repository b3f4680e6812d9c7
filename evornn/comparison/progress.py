"""Progress of a comparison: what is told while its cells run."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from evornn.runs.status import Status


class Cell(NamedTuple):
    """One run of a comparison: the name of a contender and a seed."""

    contender: str
    seed: int

    def __str__(self) -> str:
        return f"{self.contender}, seed {self.seed}"


class Progress(Protocol):
    """Is told what happens; `Silent` does nothing with it."""

    def begin(self, cells: int) -> None:
        """A comparison of so many cells begins."""

    def cell(self, cell: Cell) -> None:
        """This cell begins, or is found finished."""

    def generation(self, cell: Cell, status: Status) -> None:
        """A generation of this cell has ended."""

    def ended(self, cell: Cell, failure: str | None) -> None:
        """This cell has ended; `failure` says why it failed."""


class Silent:
    """Tells nobody."""

    def begin(self, cells: int) -> None:
        pass

    def cell(self, cell: Cell) -> None:
        pass

    def generation(self, cell: Cell, status: Status) -> None:
        pass

    def ended(self, cell: Cell, failure: str | None) -> None:
        pass

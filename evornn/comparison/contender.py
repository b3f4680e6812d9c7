"""Contenders: what an experiment sets against one another, each of them with every seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple


class Contender(NamedTuple):
    """An optimizer; where an experiment crosses several networks, one of these with it.

    Both are labels. `str` is the name of the contender in tables, figures and mappings.
    """

    optimizer: str
    network: str | None = None

    def __str__(self) -> str:
        return self.optimizer if self.network is None else f"{self.network} · {self.optimizer}"

    @property
    def columns(self) -> dict[str, str]:
        """The columns that name it in a table."""
        network = {} if self.network is None else {"network": self.network}
        return network | {"optimizer": self.optimizer}

    @property
    def folder(self) -> Path:
        """Where its runs lie under the folder of the experiment."""
        return Path(*self.columns.values())

    def parts(self, parts: dict[str, Any]) -> dict[str, Any]:
        """The task, network and encoding of its runs out of those of `Experiment.parts`."""
        if self.network is None:
            return parts
        return parts | {"network": parts["network"][self.network]}

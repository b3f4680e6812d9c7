"""What every optimizer is: frozen settings (`Optimizer`) that begin a `Search`, its whole state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from evornn.optimizers.start import Start
from evornn.wiring import Wiring


class Optimizer(ABC):
    """Settings of one optimizer: a frozen dataclass, each default with its source."""

    #: whether `Search.tell` needs gradients
    gradient: ClassVar[bool] = False
    #: whether the first generation is that of `Start.genomes`; else the start only sets a
    #: distribution or a first point
    starts_from_points: ClassVar[bool] = True
    #: whether a gene of 0 may be a link that is not there, and has to stay 0
    keeps_zeros: ClassVar[bool] = False
    #: whether a generation may be judged on other data than the one before
    takes_batches: ClassVar[bool] = True

    @property
    def rank_based(self) -> bool:
        """Whether only the order of the losses matters, not their size."""
        return False

    def for_wiring(self, wiring: Wiring | None) -> Optimizer:
        """This optimizer for vectors of that `wiring`, None where it is not known.

        A run asks for it before it begins the search. Most see nothing but a vector.
        """
        return self

    @abstractmethod
    def search(self, genes: int, start: Start, rng: np.random.Generator) -> Search:
        """Begin a search over `genes` genes; all its chance comes from `start` and `rng`."""


class Search(ABC):
    """One search under way: losses in, genomes out.

    Losses are minimised; a loss that is not finite ranks worst and is never the best. `ask`
    returns a new array each time and `tell` keeps and changes none of its arguments.
    """

    @abstractmethod
    def ask(self) -> np.ndarray:
        """Genomes to evaluate, float64 (population, genes). Asking again without telling in
        between is an error."""

    @abstractmethod
    def tell(
        self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None = None
    ) -> None:
        """Learn the losses (population,) of asked genomes, with gradients where they are used."""

    @abstractmethod
    def stop(self) -> str | None:
        """Why the optimizer itself would stop now, or None."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Everything that the future of this search depends on.

        Nested dicts and lists of arrays, finite numbers, strings, booleans and None: what a
        checkpoint can hold without pickle. The generator is held as its ``bit_generator.state``.
        """

    @abstractmethod
    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from `state`, bit for bit, on a search begun with the same settings."""

    def diagnostics(self) -> dict[str, float]:
        """Figures worth a line in the history (step size, temperature, spread, ...)."""
        return {}

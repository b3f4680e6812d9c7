"""What every search of this package shares: turns of ask and tell, and its state as named fields.

A search proposes a generation, learns its losses, and is then between two generations: only there
can its state be taken. A loss that is not finite reaches `learn` as +inf, whatever it was.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.optimizers.optimizer import Search
from evornn.optimizers.start import Start


class GenerationalSearch(Search):
    """A search that keeps all that its future depends on in its generator and in `carried`."""

    #: names of the attributes that are the state: arrays, numbers, None, dicts of these
    carried: ClassVar[tuple[str, ...]] = ()
    #: whether `learn` needs gradients
    gradient: ClassVar[bool] = False

    def __init__(self, genes: int, start: Start, rng: np.random.Generator):
        check_size("genes", genes)
        self.genes = int(genes)
        self.start = start
        self.rng = rng
        self._asked: np.ndarray | None = None

    @abstractmethod
    def propose(self) -> np.ndarray:
        """The next generation, float64 (population, genes)."""

    @abstractmethod
    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        """Take in what `propose` returned, with losses that are finite or +inf.

        The arrays belong to the search, except `gradients`, which are the caller's.
        """

    def ask(self) -> np.ndarray:
        if self._asked is not None:
            raise RuntimeError("ask was called twice: tell the losses of the first genomes before")
        self._asked = self.propose()
        return self._asked.copy()

    def tell(
        self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None = None
    ) -> None:
        if self._asked is None:
            raise RuntimeError("tell was called before ask: there are no genomes to learn about")
        asked = self._asked
        if not same(genomes, asked):
            raise ConfigurationError(
                f"tell was given genomes of shape {np.shape(genomes)} that are not the "
                f"{asked.shape} that ask returned: pass those, in their order and unchanged"
            )
        losses = checked("losses", losses, (len(asked),))
        if self.gradient:
            gradients = checked("gradients", gradients, asked.shape)
        self.learn(asked, np.where(np.isfinite(losses), losses, np.inf), gradients)
        self._asked = None

    def stop(self) -> str | None:
        return None

    def state(self) -> dict[str, Any]:
        """Only between two generations: RuntimeError after ask and before tell."""
        if self._asked is not None:
            raise RuntimeError(
                "the state was asked for between ask and tell: take it before ask or after tell"
            )
        return {
            "genes": self.genes,
            "rng": self.rng.bit_generator.state,
            **{name: storable(getattr(self, name)) for name in self.carried},
        }

    def load_state(self, state: dict[str, Any]) -> None:
        expected = {"genes", "rng", *self.carried}
        if set(state) != expected or state["genes"] != self.genes:
            raise ConfigurationError(
                f"this is not the state of a {type(self).__name__} over {self.genes} genes: it has "
                f"{sorted(state)} over {state.get('genes')!r} genes; load it with the settings "
                "that it was saved under"
            )
        self.rng.bit_generator.state = state["rng"]
        for name in self.carried:
            setattr(self, name, storable(state[name]))
        self._asked = None


def same(told: np.ndarray, asked: np.ndarray) -> bool:
    """Whether all values agree, NaN with NaN; the second, slower look is for NaN only."""
    return np.array_equal(told, asked) or np.array_equal(told, asked, equal_nan=True)


def checked(what: str, values: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray:
    """`values` as float64, or ConfigurationError where they are missing or of another shape."""
    if values is None:
        raise ConfigurationError(f"this optimizer needs {what}: tell(genomes, losses, gradients)")
    if np.iscomplexobj(values) or np.shape(values) != shape:
        raise ConfigurationError(
            f"{what} must be real and of shape {shape}, got "
            f"{np.asarray(values).dtype} of shape {np.shape(values)}"
        )
    return np.asarray(values, dtype=np.float64)


def storable(value: Any) -> Any:
    """A value of the state as a copy of its own that a checkpoint can hold."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: storable(item) for key, item in value.items()}
    return value.item() if isinstance(value, np.generic) else value

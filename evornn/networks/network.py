"""What every recurrent architecture is: sizes and options, named weights, and one scalar `step`."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from evornn.errors import ConfigurationError
from evornn.fields import fields_of
from evornn.wiring import Wiring

if TYPE_CHECKING:
    from evornn.networks.cut import Cut

Shapes = Mapping[str, tuple[int, ...]]

#: what may train a network
TRAINED_BY = ("global search", "BPTT", "Hebbian rule", "least squares")


class Network(ABC):
    """Base of all sequence networks: a frozen dataclass of sizes and options.

    A subclass states `weights` (the single source of truth for the genome's layout), `state`, and
    a module-level ``step(w, k, x, s, s_next, y)`` in scalar maths from `evornn.numerics`. It reads
    the weights `w`, the constants `k`, the input `x` and the state `s` (records of arrays, one
    attribute per name), writes every element of the next state `s_next` and the output `y`, and
    neither allocates nor branches on a number (`where` does that).

    Class attributes tell `evornn list` where it comes from: `year` and `source` of its equation,
    what it can be `trained_by` (`TRAINED_BY`; with "BPTT" its step has a derivative), and the kind
    of `data` that it reads ("sequence", "tree" or "recall").
    """

    inputs: int
    outputs: int

    year: ClassVar[int | None] = None
    source: ClassVar[str] = ""
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT")
    data: ClassVar[str] = "sequence"
    #: states that a step reads: that of the step before, or those of a node's children
    predecessors: ClassVar[int] = 1

    @property
    @abstractmethod
    def weights(self) -> Shapes:
        """Names and shapes of the weights, in genome order."""

    @property
    @abstractmethod
    def state(self) -> Shapes:
        """Names and shapes of what is carried from step to step; zero at first, or see `start`."""

    @property
    def scratch(self) -> Shapes:
        """Names and shapes of working space, found on `s_next`; forgotten after each step."""
        return {}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        """Fixed arrays (float or integer) that the genome does not hold."""
        return {}

    @property
    @abstractmethod
    def step(self) -> Callable[..., None]:
        """The step function that these options ask for."""

    @property
    def start(self) -> Callable[..., None] | None:
        """``start(w, k, x, s)``, which writes every element of the initial state `s`.

        It is scalar maths like `step`, of the weights `w`, the constants `k` and the input `x` of
        the first step, which sees `x` too. None begins with a state of zeros.
        """
        return None

    @property
    def directions(self) -> tuple[Network, Network | None]:
        """The network that reads forwards, and the one that reads ahead from the end, if any.

        The genome holds the weights of the one behind those of the other, and their outputs are
        added up. All networks but `Bidirectional` read forwards only.
        """
        return self, None

    @property
    def cut(self) -> Cut | None:
        """This network without its linear readout, which least squares finds; None without one."""
        return None

    @property
    def weight_wiring(self) -> Wiring | None:
        """Which link or unit each weight belongs to, in genome order; None where it is not said."""
        return None

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        """Natural range of a named weight block, where it has one (time constants, say).

        An encoding that maps genes to ranges uses these; `exponential` names those to be mapped
        by their logarithm.
        """
        return {}

    @property
    def output_range(self) -> tuple[float, float]:
        """What the outputs lie between whatever the weights, where they have bounds."""
        return (-math.inf, math.inf)

    @property
    def exponential(self) -> frozenset[str]:
        """Weight blocks that live on a logarithmic scale and must stay positive."""
        return frozenset()

    @abstractmethod
    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        """Outputs (time, outputs) for one sequence (time, inputs), in plain NumPy and float64.

        `weights` is a flat vector in genome order or a mapping from name to array. Written in
        matrix form, independently of `step`: the oracle of its tests.
        """

    @property
    def weight_count(self) -> int:
        return sum(math.prod(shape) for shape in self.weights.values())

    def named(self, weights: Any) -> dict[str, np.ndarray]:
        """Weights by name, each in its shape, float64: from a flat vector or a mapping."""
        if isinstance(weights, Mapping):
            missing = set(self.weights) ^ set(weights)
            if missing:
                raise ConfigurationError(
                    f"{type(self).__name__} has the weights {', '.join(self.weights)}; "
                    f"these differ: {', '.join(sorted(missing))}"
                )
            flat = np.concatenate([np.ravel(weights[name]) for name in self.weights])
        else:
            flat = np.asarray(weights)
        flat = flat.astype(np.float64)
        if flat.shape != (self.weight_count,):
            raise ConfigurationError(
                f"{type(self).__name__} has {self.weight_count} weights, got an array of shape "
                f"{flat.shape}"
            )
        return self.blocks(flat)

    def blocks(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Views of `weights` (…, weights) by name, each (…, *shape)."""
        return fields_of(weights, self.weights)


@cache
def option_step(
    make_step: Callable[..., Callable[..., None]], *options: Any
) -> Callable[..., None]:
    """The step that `make_step` gives for `options`: one function object for equal options."""
    return make_step(*options)

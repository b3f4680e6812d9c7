"""Bidirectional network (Schuster & Paliwal 1997, Bidirectional recurrent neural networks).

    y(t) = F(x(1), …, x(t)) + A(x(T), …, x(t))

Two networks of one kind, each with its own weights, read the sequence: F forwards, A from its end,
so that it has seen at each step what lies ahead. Their outputs are added up. With linear readouts
this is the usual readout of both hidden states side by side, V [h_F(t); h_A(t)] + c, its bias in
two halves.

An output depends on inputs that are still to come, so such a network can neither control a body nor
run freely.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.networks.nested import Composite, inner_network
from evornn.networks.network import Network, Shapes


@dataclass(frozen=True)
class Bidirectional(Composite):
    """A network that reads the sequence both ways.

    Parameters
    ----------
    hidden
        Hidden units of each direction, where the network is given by name.
    network
        What reads: a registered name ("lstm"), a network, or a name and options
        (``{"name": "lstm", "options": {"peepholes": True}}``). Its state must begin at zero. Weight
        "W" is "forwards_W" in the one direction and "ahead_W" in the other.
    """

    year: ClassVar[int] = 1997
    source: ClassVar[str] = (
        "Schuster & Paliwal 1997, Bidirectional recurrent neural networks, IEEE Transactions on "
        "Signal Processing 45"
    )

    inputs: int
    hidden: int
    outputs: int
    network: Any = field(default="lstm", metadata={"part": "network"})

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"Bidirectional.{name}", getattr(self, name))
        reader = self._built()
        if not isinstance(self.network, str):
            # Names stay names, so that another `hidden` can be put in; the rest must be hashable.
            object.__setattr__(self, "network", reader)
        if (reader.inputs, reader.outputs) != (self.inputs, self.outputs):
            raise ConfigurationError(
                f"Bidirectional.network has {reader.inputs} inputs and {reader.outputs} outputs, "
                f"but Bidirectional {self.inputs} and {self.outputs}"
            )
        if reader.start is not None:
            raise ConfigurationError(
                f"Bidirectional.network must begin with a state of zeros, and "
                f"{type(reader).__name__} begins with one of its own"
            )

    def _built(self) -> Network:
        what = "Bidirectional.network"
        return inner_network(what, self.network, self.inputs, self.hidden, self.outputs)

    @cached_property
    def reader(self) -> Network:
        """The network of each direction."""
        return self._built()

    @property
    def parts(self) -> Mapping[str, Network]:
        return {"forwards": self.reader, "ahead": self.reader}

    @property
    def directions(self) -> tuple[Network, Network | None]:
        return self.reader, self.reader

    @property
    def state(self) -> Shapes:
        """The state of the direction that reads forwards."""
        return self.reader.state

    @property
    def step(self) -> Callable[..., None]:
        """The step of each direction, on its own records."""
        return self.reader.step

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        inputs = np.asarray(inputs, np.float64)
        forwards = self.reader.reference(self.weights_of("forwards", weights), inputs)
        ahead = self.reader.reference(self.weights_of("ahead", weights), inputs[::-1])
        return forwards + ahead[::-1]

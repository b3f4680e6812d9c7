"""Stacked recurrent networks (Graves, Mohamed & Hinton 2013, Speech recognition with deep recurrent
neural networks, ICASSP).

    h_l(t) = H_l(h_{l−1}(t), state of layer l),    h_0 = x,    y = h_L

Every layer is a network with a state of its own; it reads what the layer below puts out in the same
step. So the layers of El Hihi & Bengio (1996) were arranged, and those of PyTorch's ``num_layers``
are. There is no dropout between them.

A layer that is named is `hidden` units wide, and its units are its outputs, without a readout; the
topmost has the readout, as wide as the network's `outputs`. Networks that cannot be had without
their readout (Jordan's, echo state networks) read out `hidden` outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.networks.nested import Composite, inner_network, inside, inside_start, start_reads_input
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import part


@dataclass(frozen=True)
class Stack(Composite):
    """Networks on top of each other.

    Parameters
    ----------
    hidden
        Width of the layers that are given by name.
    layers
        From the lowest to the highest: registered names ("lstm"), networks, or names and options
        (``{"name": "lstm", "options": {"peepholes": True}}``), sized as named ones are. A network
        keeps its own sizes, which must fit. Weight "W" of the lowest is "layer0_W".
    """

    year: ClassVar[int] = 2013
    source: ClassVar[str] = (
        "Graves, Mohamed & Hinton 2013, Speech recognition with deep recurrent neural networks, "
        "ICASSP"
    )

    inputs: int
    hidden: int
    outputs: int
    layers: tuple[Any, ...] = field(default=("lstm", "lstm"), metadata={"parts": "network"})

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"Stack.{name}", getattr(self, name))
        if not isinstance(self.layers, (tuple, list)) or not self.layers:
            raise ConfigurationError(
                "Stack.layers must be a tuple of networks or their names, as in "
                f'("lstm", "gru"); got {self.layers!r}'
            )
        built = self._built()
        # Names stay names, so that another `hidden` can be put in; the rest must be hashable.
        kept = zip(self.layers, built, strict=True)
        layers = tuple(given if isinstance(given, str) else network for given, network in kept)
        object.__setattr__(self, "layers", layers)
        _check_fit(built, self.inputs, self.outputs)

    def _built(self) -> tuple[Network, ...]:
        networks: list[Network] = []
        for level, given in enumerate(self.layers):
            inputs = networks[-1].outputs if networks else self.inputs
            outputs = self.outputs if level == len(self.layers) - 1 else None
            networks.append(
                inner_network(f"Stack.layers[{level}]", given, inputs, self.hidden, outputs)
            )
        return tuple(networks)

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """The layers, from the lowest to the highest."""
        return self._built()

    @property
    def parts(self) -> Mapping[str, Network]:
        return {f"layer{level}": network for level, network in enumerate(self.networks)}

    @property
    def scratch(self) -> Shapes:
        passed_on = {
            f"passed{level}_y": (net.outputs,) for level, net in enumerate(self.networks[:-1])
        }
        return {**super().scratch, **passed_on}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, *(network.step for network in self.networks))

    @property
    def start(self) -> Callable[..., None] | None:
        if all(network.start is None for network in self.networks):
            return None
        return option_step(_make_start, *self.networks)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        outputs = np.asarray(inputs, np.float64)
        for name, network in self.parts.items():
            outputs = network.reference(self.weights_of(name, weights), outputs)
        return outputs


def _check_fit(networks: tuple[Network, ...], inputs: int, outputs: int) -> None:
    """Each layer must take what the one below gives, and begin before that has given anything."""
    given = inputs
    for level, network in enumerate(networks):
        what = f"Stack.layers[{level}], a {type(network).__name__},"
        if network.inputs != given:
            raise ConfigurationError(
                f"{what} has {network.inputs} inputs, but is given {given} numbers"
            )
        if level > 0 and start_reads_input(network):
            raise ConfigurationError(
                f"{what} begins with a state made of its first input, which is not there before "
                "the first step of the layer below; put it at the bottom"
            )
        given = network.outputs
    if given != outputs:
        raise ConfigurationError(f"{what} has {given} outputs, but Stack.outputs is {outputs}")


def _make_step(*steps: Callable[..., None]) -> Callable[..., None]:
    step = inside(steps[0], "layer0")
    for level, above in enumerate(steps[1:], start=1):
        step = _on_top(inside(above, f"layer{level}"), step, f"passed{level - 1}_")
    return step


def _on_top(
    above: Callable[..., None], below: Callable[..., None], passed: str
) -> Callable[..., None]:
    """One step of `below`, then one of `above` with its outputs, which pass through scratch."""

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        between = part(s_next, passed).y
        below(w, k, x, s, s_next, between)
        above(w, k, between, s, s_next, y)

    return step


def _make_start(*networks: Network) -> Callable[..., None]:
    start = inside_start(networks[0], "layer0")
    for level, network in enumerate(networks[1:], start=1):
        start = _one_after(start, inside_start(network, f"layer{level}"))
    return start


def _one_after(first: Callable[..., None], second: Callable[..., None]) -> Callable[..., None]:
    def start(w: Any, k: Any, x: Any, s: Any) -> None:
        first(w, k, x, s)
        second(w, k, x, s)

    return start

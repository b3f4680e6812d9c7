"""Networks inside a network: how they are named in its options, and its step made of theirs.

The outer network's records hold the fields of the inner ones under prefixed names: weight "W" of
the inner network "layer0" is "layer0_W". The step of an inner network sees its own fields under
their own names.
"""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

import numpy as np

from evornn.errors import ConfigurationError
from evornn.networks import REGISTRY
from evornn.networks.network import Network, Shapes
from evornn.numerics import part
from evornn.numerics.plain import LaneArray
from evornn.numerics.records import part_class

_T = TypeVar("_T")


def inner_network(what: str, given: Any, inputs: int, hidden: int, outputs: int | None) -> Network:
    """The network that the option `what` gives: one, a registered name, or name and options.

    ``{"name": "lstm", "options": {"peepholes": True}}`` is what `configuration` makes of a network.
    Sizes that are not among the options are `inputs`, `hidden` and `outputs`; for `outputs` None
    the hidden units are the outputs, without a readout where the network can be had without one.
    """
    if isinstance(given, Network):
        return _checked(what, given)
    if not isinstance(given, (str, Mapping)):
        raise ConfigurationError(
            f"{what} must be the name of a network, a network, or a name and options as in "
            f'{{"name": "lstm", "options": {{"hidden": 8}}}}; got {given!r:.80}'
        )
    name, options = REGISTRY.named(what, given)
    sizes = {"inputs": inputs, "hidden": hidden, "outputs": outputs or hidden}
    sizes |= {"readout": outputs is not None}
    wanted = {field.name for field in dataclasses.fields(REGISTRY[name])}
    fitting = {size: value for size, value in sizes.items() if size in wanted}
    try:
        return _checked(what, REGISTRY.build(name, fitting | options))
    except ConfigurationError as error:
        raise ConfigurationError(f"{what}: {error}") from None


def _checked(what: str, network: Network) -> Network:
    """`network`, refused where it is no function of what it has read so far."""
    if network.data != "sequence" or network.directions[1] is not None:
        raise ConfigurationError(
            f"{what} must read sequences step by step, which {type(network).__name__} does not"
        )
    return network


class Composite(Network):
    """Base of the networks that are made of others, each step by step."""

    @property
    @abstractmethod
    def parts(self) -> Mapping[str, Network]:
        """The inner networks by name, in genome order; names are identifiers."""

    @property
    def weights(self) -> Shapes:
        return self._gathered(lambda network: network.weights)

    @property
    def state(self) -> Shapes:
        return self._gathered(lambda network: network.state)

    @property
    def scratch(self) -> Shapes:
        return self._gathered(lambda network: network.scratch)

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return self._gathered(lambda network: network.constants)

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        return self._gathered(lambda network: network.ranges)

    @property
    def exponential(self) -> frozenset[str]:
        return frozenset(self._gathered(lambda network: dict.fromkeys(network.exponential)))

    def weights_of(self, name: str, weights: Any) -> dict[str, np.ndarray]:
        """The weights of the inner network `name`, by its own names, out of those of the whole."""
        whole, prefix = self.named(weights), f"{name}_"
        return {own: whole[prefix + own] for own in self.parts[name].weights}

    def _gathered(self, of: Callable[[Network], Mapping[str, _T]]) -> dict[str, _T]:
        """What all inner networks have, under prefixed names."""
        return {
            f"{name}_{key}": value
            for name, network in self.parts.items()
            for key, value in of(network).items()
        }


@cache
def inside(step: Callable[..., None], name: str) -> Callable[..., None]:
    """The `step` of the inner network `name`, on the records of the outer one."""
    prefix = f"{name}_"

    def inner(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        step(part(w, prefix), part(k, prefix), x, part(s, prefix), part(s_next, prefix), y)

    return inner


@cache
def inside_start(network: Network, name: str) -> Callable[..., None]:
    """The start of the inner `network`, on the outer one's records; zeros where it has none."""
    prefix, start = f"{name}_", network.start or _at_rest(len(network.state))

    def inner(w: Any, k: Any, x: Any, s: Any) -> None:
        start(part(w, prefix), part(k, prefix), x, part(s, prefix))

    return inner


@cache
def _at_rest(fields: int) -> Callable[..., None]:
    """The start that leaves all of a state's fields, so many, at zero."""
    if fields == 0:
        return lambda w, k, x, s: None
    before, last = _at_rest(fields - 1), fields - 1

    def start(w: Any, k: Any, x: Any, s: Any) -> None:
        before(w, k, x, s)
        flat = s[last].reshape((s[last].size,))
        for i in range(flat.shape[0]):
            flat[i] = 0.0

    return start


def plain_fields(fields: Mapping[str, np.ndarray]) -> Any:
    """A record of the `fields`, for one network in plain Python: arrays of one lane each."""
    cls = part_class(tuple(fields))
    arrays = (np.array(field, np.float64)[..., np.newaxis] for field in fields.values())
    return cls(*map(LaneArray, arrays))


def start_reads_input(network: Network) -> bool:
    """Whether the initial state of `network` depends on the first input."""
    if network.start is None:
        return False

    def filled(shapes: Shapes, value: float) -> Any:
        return plain_fields({name: np.full(shape, value) for name, shape in shapes.items()})

    k = part_class(tuple(network.constants))(*map(np.asarray, network.constants.values()))
    s, x = filled(network.state, 0.0), filled({"x": (network.inputs,)}, np.nan).x
    with np.errstate(all="ignore"):
        network.start(filled(network.weights, 0.1), k, x, s)
    return any(np.isnan(field.storage).any() for field in s)

"""A network whose initial state is learnt, or evolved, with its weights (Forcada & Carrasco 1995,
Learning the initial state of a second-order recurrent neural network during regular-language
inference, Neural Computation 7).

    s(0) = s₀

Any network that begins with a state of zeros, with one weight for every element of its state. What
a controller does first, or what a series was doing before it was seen, need then not be found out
from the inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.networks.nested import Composite, inner_network, inside, plain_fields
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import part
from evornn.numerics.records import part_class


@dataclass(frozen=True)
class LearntStart(Composite):
    """A network with its initial state.

    Parameters
    ----------
    hidden
        Hidden units of the network, where it is given by name.
    network
        A registered name ("ctrnn"), a network, or a name and options
        (``{"name": "lstm", "options": {"peepholes": True}}``). Its weight "W" is "network_W" here;
        its initial state "h" is the weight "start_h".
    """

    year: ClassVar[int] = 1995
    source: ClassVar[str] = (
        "Forcada & Carrasco 1995, Learning the initial state of a second-order recurrent neural "
        "network during regular-language inference, Neural Computation 7"
    )

    inputs: int
    hidden: int
    outputs: int
    network: Any = field(default="fully_recurrent", metadata={"part": "network"})

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"LearntStart.{name}", getattr(self, name))
        inner = self._built()
        if not isinstance(self.network, str):
            # Names stay names, so that another `hidden` can be put in; the rest must be hashable.
            object.__setattr__(self, "network", inner)
        if (inner.inputs, inner.outputs) != (self.inputs, self.outputs):
            raise ConfigurationError(
                f"LearntStart.network has {inner.inputs} inputs and {inner.outputs} outputs, but "
                f"LearntStart {self.inputs} and {self.outputs}"
            )
        if inner.start is not None:
            raise ConfigurationError(
                f"LearntStart.network must begin with a state of zeros, and "
                f"{type(inner).__name__} begins with one of its own"
            )

    def _built(self) -> Network:
        what = "LearntStart.network"
        return inner_network(what, self.network, self.inputs, self.hidden, self.outputs)

    @cached_property
    def inner(self) -> Network:
        """The network that begins with the learnt state."""
        return self._built()

    @property
    def parts(self) -> Mapping[str, Network]:
        return {"network": self.inner}

    @property
    def weights(self) -> Shapes:
        starts = {f"start_{name}": shape for name, shape in self.inner.state.items()}
        return {**super().weights, **starts}

    @property
    def step(self) -> Callable[..., None]:
        return inside(self.inner.step, "network")

    @property
    def start(self) -> Callable[..., None]:
        return option_step(_make_start, len(self.inner.state))

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        """Steps of the inner network in plain Python: its own reference begins with zeros."""
        whole, inner = self.named(weights), self.inner
        w = plain_fields(self.weights_of("network", weights))
        k = part_class(tuple(inner.constants))(*map(np.asarray, inner.constants.values()))
        s = plain_fields({name: whole[f"start_{name}"] for name in inner.state})
        outputs = []
        for x in np.asarray(inputs, np.float64):
            fields = {**inner.state, **inner.scratch}
            blank = {name: np.zeros(shape) for name, shape in fields.items()}
            s_next, y = plain_fields(blank), plain_fields({"y": np.zeros(self.outputs)}).y
            inner.step(w, k, plain_fields({"x": x}).x, s, s_next, y)
            s = s_next
            outputs.append(y.storage[..., 0].copy())
        return np.array(outputs)


def _make_start(fields: int) -> Callable[..., None]:
    """The start that fills all of a state's fields, so many."""
    copy_field = _no_field
    for number in range(fields):
        copy_field = _one_more_field(copy_field, number)

    def start(w: Any, k: Any, x: Any, s: Any) -> None:
        copy_field(part(w, "start_"), s)

    return start


def _no_field(begun: Any, s: Any) -> None:
    pass


def _one_more_field(before: Callable[..., None], number: int) -> Callable[..., None]:
    def copy_field(begun: Any, s: Any) -> None:
        before(begun, s)
        learnt = begun[number].reshape((begun[number].size,))
        flat = s[number].reshape((s[number].size,))
        for i in range(flat.shape[0]):
            flat[i] = learnt[i]

    return copy_field

"""A team: several networks side by side, each with senses, a state and outputs of its own.

    y_i(t) = F(x_i(1), …, x_i(t); w)       shared=True: all members have the same weights
    y_i(t) = F(x_i(1), …, x_i(t); w_i)     shared=False

The inputs are those of the first member, then those of the second, and so are the outputs. A team
controls several bodies in one simulator. With shared weights it is homogeneous: one genome, and
whatever they do differently comes from what they have read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size, check_switch
from evornn.errors import ConfigurationError
from evornn.networks.nested import Composite, inner_network
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import part


@dataclass(frozen=True)
class Team(Composite):
    """Sizes of the whole, and what its members are.

    Parameters
    ----------
    inputs, outputs
        Of all members together: multiples of `members`.
    hidden
        Hidden units of each member, where the network is given by name.
    members
        How many they are.
    network
        What each is: a registered name ("ctrnn"), a network, or a name and options
        (``{"name": "lstm", "options": {"peepholes": True}}``).
    shared
        Whether they have the same weights, under the names of the network's own. If not, weight
        "W" of the first is "member0_W", and the genome holds one member's weights after another's.
    """

    year: ClassVar[int] = 2001
    source: ClassVar[str] = (
        "Quinn 2001, A comparison of approaches to the evolution of homogeneous multi-robot teams, "
        "CEC 2001"
    )

    inputs: int
    hidden: int
    outputs: int
    members: int = 1
    network: Any = field(default="ctrnn", metadata={"part": "network"})
    shared: bool = True

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs", "members"):
            check_size(f"Team.{name}", getattr(self, name))
        check_switch("Team.shared", self.shared)
        for name in ("inputs", "outputs"):
            if getattr(self, name) % self.members:
                raise ConfigurationError(
                    f"Team.{name} must be a multiple of its {self.members} members, got "
                    f"{getattr(self, name)}"
                )
        member = self._built()
        if not isinstance(self.network, str):
            # Names stay names, so that another `hidden` can be put in; the rest must be hashable.
            object.__setattr__(self, "network", member)
        if (member.inputs, member.outputs) != self._each:
            raise ConfigurationError(
                f"Team.network has {member.inputs} inputs and {member.outputs} outputs, but each "
                f"member of the Team {self._each[0]} and {self._each[1]}"
            )

    @property
    def _each(self) -> tuple[int, int]:
        """Inputs and outputs of one member."""
        return self.inputs // self.members, self.outputs // self.members

    def _built(self) -> Network:
        inputs, outputs = self._each
        return inner_network("Team.network", self.network, inputs, self.hidden, outputs)

    @cached_property
    def member(self) -> Network:
        """What each member is."""
        return self._built()

    @property
    def parts(self) -> Mapping[str, Network]:
        return {f"member{i}": self.member for i in range(self.members)}

    @property
    def weights(self) -> Shapes:
        return self.member.weights if self.shared else super().weights

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return self.member.constants

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        return self.member.ranges if self.shared else super().ranges

    @property
    def exponential(self) -> frozenset[str]:
        return self.member.exponential if self.shared else super().exponential

    @property
    def output_range(self) -> tuple[float, float]:
        return self.member.output_range

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.member.step, self.members, *self._each, self.shared)

    @property
    def start(self) -> Callable[..., None] | None:
        if self.member.start is None:
            return None
        return option_step(_make_start, self.member, self.members, self._each[0], self.shared)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        inputs, outputs = np.asarray(inputs, np.float64), []
        named = self.named(weights)
        for name, own in zip(self.parts, np.split(inputs, self.members, axis=1), strict=True):
            w = named if self.shared else self.weights_of(name, named)
            outputs.append(self.member.reference(w, own))
        return np.concatenate(outputs, axis=1)


def _make_step(
    step: Callable[..., None], members: int, inputs: int, outputs: int, shared: bool
) -> Callable[..., None]:
    whole = None
    for i in range(members):
        own = _of_member(step, i, shared)
        whole = _beside(whole, _on_slices(own, i * inputs, inputs, i * outputs, outputs))
    assert whole is not None
    return whole


def _of_member(step: Callable[..., None], i: int, shared: bool) -> Callable[..., None]:
    """The `step` of member `i` on the records of the team."""
    prefix = f"member{i}_"

    def with_own_weights(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        step(part(w, prefix), k, x, part(s, prefix), part(s_next, prefix), y)

    def with_shared_weights(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        step(w, k, x, part(s, prefix), part(s_next, prefix), y)

    return with_shared_weights if shared else with_own_weights


def _on_slices(
    step: Callable[..., None], x_first: int, inputs: int, y_first: int, outputs: int
) -> Callable[..., None]:
    x_end, y_end = x_first + inputs, y_first + outputs

    def sliced(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        step(w, k, x[x_first:x_end], s, s_next, y[y_first:y_end])

    return sliced


def _beside(first: Callable[..., None] | None, second: Callable[..., None]) -> Callable[..., None]:
    if first is None:
        return second

    def both(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        first(w, k, x, s, s_next, y)
        second(w, k, x, s, s_next, y)

    return both


def _make_start(member: Network, members: int, inputs: int, shared: bool) -> Callable[..., None]:
    start = member.start
    assert start is not None
    whole = None
    for i in range(members):
        own = _start_of_member(start, i, i * inputs, inputs, shared)
        whole = own if whole is None else _start_beside(whole, own)
    assert whole is not None
    return whole


def _start_of_member(
    start: Callable[..., None], i: int, first: int, inputs: int, shared: bool
) -> Callable[..., None]:
    prefix, end = f"member{i}_", first + inputs

    def with_own_weights(w: Any, k: Any, x: Any, s: Any) -> None:
        start(part(w, prefix), k, x[first:end], part(s, prefix))

    def with_shared_weights(w: Any, k: Any, x: Any, s: Any) -> None:
        start(w, k, x[first:end], part(s, prefix))

    return with_shared_weights if shared else with_own_weights


def _start_beside(first: Callable[..., None], second: Callable[..., None]) -> Callable[..., None]:
    def both(w: Any, k: Any, x: Any, s: Any) -> None:
        first(w, k, x, s)
        second(w, k, x, s)

    return both

"""What a kernel is given: the data, and where everything lies in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from evornn.networks.network import Network
from evornn.numerics.records import extents, layout_of, record_class, size_of


class Data(NamedTuple):
    """Sequences as a kernel reads them.

    With genomes in lanes: `inputs` (sequence, time, feature), `targets` (sequence, time, output),
    `judged` (sequence, time). With sequences in lanes they are (group, time, feature, lane) and so
    on. `lengths` is that of each sequence, or the longest of each group; `ends` (group, lane), or
    (sequence,), holds the lengths as floats.
    """

    inputs: np.ndarray
    targets: np.ndarray
    judged: np.ndarray
    lengths: np.ndarray
    ends: np.ndarray
    #: for each input the output that replaces it in a free run, or −1
    feedback: np.ndarray
    #: (sequence, time): 1 at steps that see outputs fed back; empty where none is ever fed back
    fed: np.ndarray


class Cotangents(NamedTuple):
    """Sequences with derivatives by the outputs in place of targets, which differ by genome.

    With genomes in lanes: `targets` (genome, sequence, time, output), and `packed` (time, output,
    lane) is memory for those of one sequence. With sequences in lanes: (genome, group, time,
    output, lane). The rest is as in `Data`.
    """

    inputs: np.ndarray
    targets: np.ndarray
    packed: np.ndarray
    judged: np.ndarray
    lengths: np.ndarray
    ends: np.ndarray
    feedback: np.ndarray
    fed: np.ndarray


class Sequence(NamedTuple):
    """One sequence, or a group of them in lanes, inside a kernel."""

    inputs: Any
    targets: Any
    judged: Any
    length: int
    #: the length of each lane
    end: Any
    #: which steps see outputs fed back
    fed: Any


class TreeData(NamedTuple):
    """Trees as a kernel reads them, genomes in lanes.

    `inputs` (tree, node, feature), `targets` (tree, node, output), `judged` (tree, node), `left`
    and `right` (tree, node), `lengths` (tree,).
    """

    inputs: np.ndarray
    targets: np.ndarray
    judged: np.ndarray
    left: np.ndarray
    right: np.ndarray
    lengths: np.ndarray


class Tree(NamedTuple):
    """One tree inside a kernel."""

    inputs: Any
    targets: Any
    judged: Any
    #: index of a node's children, −1 where there is none
    left: Any
    right: Any
    length: int


class Ahead(NamedTuple):
    """Memory of the network that reads ahead: its outputs and their adjoints of every step."""

    states: Any
    scratch: Any
    outputs: Any
    adjoints: Any


class Buffers(NamedTuple):
    """Working memory of a rollout inside a kernel, arrays of lanes."""

    states: Any
    scratch: Any
    inputs: Any
    outputs: Any
    ahead: Ahead
    #: what is saved of every `segment` steps, and how many these are: see `segments`
    saved: Any
    segment: int


class Layout(NamedTuple):
    """Extents of the fields of each record (int64), and the values of the constants.

    The weights of a network that reads `ahead` lie behind those of the one that reads forwards.
    """

    weights: np.ndarray
    constants: np.ndarray
    state: np.ndarray
    following: np.ndarray
    output: np.ndarray
    floats: np.ndarray
    integers: np.ndarray
    #: numbers carried from step to step
    state_size: int
    #: all weights of a genome
    weight_count: int
    ahead: Layout | None


class Work(NamedTuple):
    """Memory of one kernel call, each array (elements, lane)."""

    weights: np.ndarray
    states: np.ndarray
    scratch: np.ndarray
    inputs: np.ndarray
    outputs: np.ndarray
    ahead: Ahead
    saved: np.ndarray
    segment: int


class Horizon(NamedTuple):
    """How far, and through what, errors are followed back.

    The errors of `every` steps are followed together, through `back` steps with theirs. `flows`
    (states and outputs,) is 0 for what carries nothing from a step to the one before.
    """

    every: int
    back: int
    flows: np.ndarray


@dataclass(frozen=True)
class Records:
    """The record classes of one network: what `w`, `k`, `s`, `s_next` are to its step."""

    weights: Any
    constants: Any
    state: Any
    following: Any
    output: Any

    @property
    def layouts(self) -> tuple[Any, ...]:
        """Where the fields of each record lie, which is compiled into a kernel."""
        records = (self.weights, self.constants, self.state, self.following, self.output)
        return tuple(record.layout for record in records)

    @classmethod
    def of(cls, network: Network) -> Records:
        return cls(
            weights=record_class("Weights", layout_of(network.weights)),
            constants=record_class("Constants", constants_layout(network)),
            state=record_class("State", layout_of(network.state)),
            following=record_class("Following", layout_of(network.state, network.scratch)),
            output=record_class("Output", (("y", 1, 0),)),
        )


class _WithConstants(Protocol):
    @property
    def constants(self) -> Mapping[str, np.ndarray]: ...


def split_constants(network: _WithConstants) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The constants that are floating and those that are integer."""
    constants = {name: np.asarray(value) for name, value in network.constants.items()}
    floats = {n: v for n, v in constants.items() if np.issubdtype(v.dtype, np.floating)}
    return floats, {n: v.astype(np.int64) for n, v in constants.items() if n not in floats}


def constants_layout(network: _WithConstants) -> tuple[tuple[str, int, int], ...]:
    """Where the constants lie in their record: the floating ones in the first buffer."""
    floats, integers = split_constants(network)
    shapes = {name: value.shape for name, value in floats.items()}
    return layout_of(shapes, {name: value.shape for name, value in integers.items()})


def flat_constants(
    network: _WithConstants, dtype: np.dtype
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The extents of the constants, the floating ones flat in precision `dtype`, and the others."""
    floats, integers = split_constants(network)
    shapes = {name: value.shape for name, value in floats.items()}
    whole = {name: value.shape for name, value in integers.items()}
    return extents(shapes, whole), _flat(floats, dtype), _flat(integers, np.dtype(np.int64))


def layout_for(network: Network, dtype: np.dtype, ahead: Layout | None = None) -> Layout:
    """Where everything of `network` lies, its constants in precision `dtype`."""
    shapes, floats, integers = flat_constants(network, dtype)
    return Layout(
        weights=extents(network.weights),
        constants=shapes,
        state=extents(network.state),
        following=extents(network.state, network.scratch),
        output=extents({"y": (network.outputs,)}),
        floats=floats,
        integers=integers,
        state_size=size_of(network.state),
        weight_count=network.weight_count + (ahead.weight_count if ahead else 0),
        ahead=ahead,
    )


def _flat(arrays: dict[str, np.ndarray], dtype: np.dtype) -> np.ndarray:
    parts = [np.ravel(value) for value in arrays.values()]
    # A pointer must exist even where there is nothing to point at.
    return np.concatenate([*parts, np.zeros(1)]).astype(dtype)

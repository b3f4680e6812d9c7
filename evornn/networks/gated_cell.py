"""Gated cells of any wiring: LSTM, GRU and others as a list of elementwise nodes.

J. Bayer, D. Wierstra, J. Togelius & J. Schmidhuber 2009, Evolving memory cell structures for
sequence learning, ICANN; R. Jozefowicz, W. Zaremba & I. Sutskever 2015, An empirical exploration of
recurrent network architectures, ICML.

    a_g = W_g x + U_g h' + b_g            map g; without W where it reads h', without U where x
    n_m = op(u, v)                        node m, of maps, earlier nodes, h' and c', unit by unit
    h, c = two of all these
    y   = V h + c_y

' marks the step before. The operations are u + v, u − v, u ⊙ v, tanh u, σ(u) and 1 − u. A map is
given by what it reads, ``"xh"``, ``"x"`` or ``"h"``, and a node by its operation and operands,
``"mul a1 c"``; maps and nodes are numbered from 1. `equations` prints a cell.

The wiring is no part of the compiled step: it is a program in the network's constants, which the
step interprets. So all cells share one compilation, and a search over wirings compiles nothing. The
weights are stacked map by map, W those of the maps that read x, U of those that read h', so that
`LSTM_CELL` and `GRU_CELL` take the very vectors of `LSTM` and ``GRU(reset="after")``. The bias of
the readout is called c_y, as c is the cell. With ``readout=False`` there is no output layer, and
the outputs are the first hidden units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_size
from evornn.errors import ConfigurationError
from evornn.networks.cell_operations import OPERATIONS, operate
from evornn.networks.cut import Cut
from evornn.networks.layers import (
    check_readout,
    cut_before_readout,
    read_out,
    readout_layer,
    readout_weights,
)
from evornn.networks.network import Network, Shapes, option_step
from evornn.networks.wiring import stacked_wiring
from evornn.numerics import affine
from evornn.wiring import Wiring

READS = ("xh", "x", "h")


#: options of cells that are known: `GatedCell(inputs, hidden, outputs, **LSTM_CELL)`
LSTM_CELL: dict[str, Any] = {
    "maps": ("xh", "xh", "xh", "xh"),
    "nodes": (
        "sigmoid a1", "sigmoid a2", "tanh a3", "sigmoid a4",
        "mul n2 c", "mul n1 n3", "add n5 n6", "tanh n7", "mul n4 n8",
    ),
    "hidden_is": "n9",
    "cell_is": "n7",
}  # fmt: skip
#: the LSTM's maps are those of i, f, candidate and o, and the GRU's those of r, z, and n in two
GRU_CELL: dict[str, Any] = {
    "maps": ("xh", "xh", "x", "h"),
    "nodes": (
        "sigmoid a1", "sigmoid a2", "mul n1 a4", "add a3 n3", "tanh n4",
        "sub h n5", "mul n2 n6", "add n5 n7",
    ),
    "hidden_is": "n8",
    "cell_is": "c",
}  # fmt: skip


@dataclass(frozen=True)
class GatedCell(Network):
    """Sizes, and the wiring of a cell; without one it is the LSTM's."""

    year: ClassVar[int] = 2009
    source: ClassVar[str] = (
        "Bayer, Wierstra, Togelius & Schmidhuber 2009, Evolving memory cell structures for "
        "sequence learning, ICANN"
    )
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT", "least squares")

    inputs: int
    hidden: int
    outputs: int
    maps: tuple[str, ...] = LSTM_CELL["maps"]
    nodes: tuple[str, ...] = LSTM_CELL["nodes"]
    hidden_is: str = LSTM_CELL["hidden_is"]
    cell_is: str = LSTM_CELL["cell_is"]
    readout: bool = True

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs"):
            check_size(f"GatedCell.{name}", getattr(self, name))
        for name in ("maps", "nodes"):
            object.__setattr__(self, name, _checked_texts(name, getattr(self, name)))
        for reads in self.maps:
            check_choice("GatedCell.maps", reads, READS)
        for source in "xh":
            if not any(source in reads for reads in self.maps):
                raise ConfigurationError(
                    f"GatedCell.maps must read x and h, each in one of them; got {self.maps!r}"
                )
        for number, node in enumerate(self.nodes):
            self._check_node(node, self.values[: len(self.maps) + 2 + number])
        for name in ("hidden_is", "cell_is"):
            check_choice(f"GatedCell.{name}", getattr(self, name), self.values)
        check_readout(self)

    def _check_node(self, node: str, earlier: list[str]) -> None:
        operation, *operands = node.split() or [""]
        check_choice(f"the operation of GatedCell.nodes {node!r}", operation, tuple(OPERATIONS))
        if len(operands) != OPERATIONS[operation].operands:
            raise ConfigurationError(
                f"GatedCell.nodes {node!r}: {operation} takes "
                f"{OPERATIONS[operation].operands} operands, got {len(operands)}"
            )
        for operand in operands:
            check_choice(f"an operand of GatedCell.nodes {node!r}", operand, earlier)

    @property
    def values(self) -> list[str]:
        """Names of all that a node may take, if it is earlier: maps, h' and c', nodes."""
        maps = [f"a{number + 1}" for number in range(len(self.maps))]
        return [*maps, "h", "c", *(f"n{number + 1}" for number in range(len(self.nodes)))]

    @property
    def weights(self) -> Shapes:
        n = self.hidden
        W, U = (n * sum(source in reads for reads in self.maps) for source in "xh")
        blocks = {"W": (W, self.inputs), "U": (U, n), "b": (n * len(self.maps),)}
        return blocks | readout_weights(self.readout, n, self.outputs)

    @property
    def state(self) -> Shapes:
        return {"h": (self.hidden,), "c": (self.hidden,)}

    @property
    def scratch(self) -> Shapes:
        return {"v": (len(self.values), self.hidden)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        values, names = self.values, list(OPERATIONS)
        program = []
        for node in self.nodes:
            operation, *operands = node.split()
            places = [values.index(operand) for operand in operands]
            program.append([names.index(operation), places[0], places[-1]])
        ends = [values.index(self.hidden_is), values.index(self.cell_is)]
        return {
            "reads": np.array([[source in reads for source in "xh"] for reads in self.maps], int),
            "program": np.array(program, dtype=int).reshape(-1, 3),
            "ends": np.array(ends),
        }

    @property
    def cut(self) -> Cut | None:
        return cut_before_readout(self)

    @property
    def weight_wiring(self) -> Wiring:
        return stacked_wiring(self)

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.readout)

    def equations(self) -> list[str]:
        """The cell, one line for each map and node that h and c depend on."""
        used = self.used
        lines = []
        for number, reads in enumerate(self.maps, 1):
            terms = {"x": f"W{number} x", "h": f"U{number} h'"}
            if f"a{number}" in used:
                lines.append(f"a{number} = {' + '.join(terms[s] for s in reads)} + b{number}")
        for number, node in enumerate(self.nodes, 1):
            operation, *operands = node.split()
            if f"n{number}" in used:
                named = [_primed(operand) for operand in operands]
                lines.append(f"n{number} = {OPERATIONS[operation].text.format(*named)}")
        return [*lines, f"h = {_primed(self.hidden_is)}", f"c = {_primed(self.cell_is)}"]

    @property
    def used(self) -> set[str]:
        """The values that h depends on, at this step or a later one."""
        operands = {f"n{number}": node.split()[1:] for number, node in enumerate(self.nodes, 1)}
        return depended_on(operands, self.hidden_is, self.cell_is)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, n = self.named(weights), self.hidden
        h, c = np.zeros(n), np.zeros(n)
        outputs = []
        for x in np.asarray(inputs, np.float64):
            W, U, b = (iter(np.split(w[name], len(w[name]) // n)) for name in ("W", "U", "b"))
            v = {"h": h, "c": c}
            for number, reads in enumerate(self.maps, 1):
                v[f"a{number}"] = next(b)
                for matrices, source, values in ((W, "x", x), (U, "h", h)):
                    if source in reads:
                        v[f"a{number}"] = v[f"a{number}"] + next(matrices) @ values
            for number, node in enumerate(self.nodes, 1):
                operation, *operands = node.split()
                v[f"n{number}"] = OPERATIONS[operation].apply(*(v[each] for each in operands))
            h, c = v[self.hidden_is], v[self.cell_is]
            outputs.append(read_out(w, h, self.outputs))
        return np.array(outputs)


def depended_on(operands: Mapping[str, list[str]], hidden_is: str, cell_is: str) -> set[str]:
    """The values that h depends on, at this step or a later one, by the `operands` of each node."""
    used: set[str] = set()
    left = [hidden_is]
    while left:
        value = left.pop()
        if value not in used:
            used.add(value)
            left += operands.get(value, [])
            left += [cell_is] if value == "c" else []
    return used


def _checked_texts(name: str, texts: Any) -> tuple[str, ...]:
    if isinstance(texts, (tuple, list)) and all(isinstance(text, str) for text in texts):
        return tuple(texts)
    raise ConfigurationError(f"GatedCell.{name} must be a list of texts, got {texts!r}")


def _primed(value: str) -> str:
    return f"{value}'" if value in ("h", "c") else value


def _make_step(readout: bool) -> Callable[..., None]:
    output_layer = readout_layer(readout)

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        v, h, c = s_next.v, s_next.h, s_next.c
        n, maps = h.shape[0], k.reads.shape[0]
        affine_maps(w, k, x, s.h, v)
        for j in range(n):
            v[maps, j] = s.h[j]
            v[maps + 1, j] = s.c[j]
        for m in range(k.program.shape[0]):
            operation, first, second = k.program[m, 0], k.program[m, 1], k.program[m, 2]
            operate(operation, v[first], v[second], v[maps + 2 + m])
        for j in range(n):
            h[j] = v[k.ends[0], j]
            c[j] = v[k.ends[1], j]
        output_layer(w, h, y)

    return step


def affine_maps(w: Any, k: Any, x: Any, h: Any, v: Any) -> None:
    """The maps of x and h into the first rows of `v`."""
    n = h.shape[0]
    W = U = 0
    for g in range(k.reads.shape[0]):
        b, a = w.b[g * n : (g + 1) * n], v[g]
        for j in range(n):
            a[j] = b[j]
        if k.reads[g, 0] == 1:
            affine(w.W[W : W + n], x, a, a)
            W += n
        if k.reads[g, 1] == 1:
            affine(w.U[U : U + n], h, a, a)
            U += n

"""Mutation of the wiring of a gated cell, for searches over cells.

E. Real, A. Aggarwal, Y. Huang & Q. Le 2019, Regularized evolution for image classifier architecture
search, AAAI, mutate one operation or one operand at a time; here nodes and maps come and go too:

    operation   of a node: another one with as many operands
    operand     of a node, or what h or c is: another value
    insert      a node before one that uses a value, in place of that value
    remove      a node, whose users take its first operand instead
    map         one more; or what a map reads

What neither h nor c depends on is left out afterwards. Values only ever depend on earlier ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from evornn.errors import ConfigurationError
from evornn.networks.cell_operations import OPERATIONS
from evornn.networks.gated_cell import READS, GatedCell, depended_on

#: the most nodes and maps that a mutation leads to; an LSTM has 9 and 4
MOST_NODES, MOST_MAPS = 14, 6
TRIES = 100


@dataclass
class Draft:
    """A cell under change: maps and nodes by any names, nodes in the order of computation."""

    maps: dict[str, str]
    nodes: dict[str, list[str]]  # operation and operands
    ends: list[str]  # what h and c are

    @classmethod
    def of(cls, cell: GatedCell) -> Draft:
        maps = {f"a{number}": reads for number, reads in enumerate(cell.maps, 1)}
        nodes = {f"n{number}": node.split() for number, node in enumerate(cell.nodes, 1)}
        return cls(maps, nodes, [cell.hidden_is, cell.cell_is])

    def before(self, name: str | None) -> list[str]:
        """The values that node `name` may take, or an end for None."""
        nodes = list(self.nodes)
        return [*self.maps, "h", "c", *(nodes if name is None else nodes[: nodes.index(name)])]

    def cell(self, like: GatedCell) -> GatedCell:
        """The cell, numbered anew, with the sizes of `like`; ConfigurationError if it is none."""
        operands = {name: node[1:] for name, node in self.nodes.items()}
        used = depended_on(operands, *self.ends)
        if "c" not in used:
            self.ends[1] = "c"
        maps = [name for name in self.maps if name in used]
        nodes = [name for name in self.nodes if name in used]
        names = {"h": "h", "c": "c"}
        names |= {name: f"a{number}" for number, name in enumerate(maps, 1)}
        names |= {name: f"n{number}" for number, name in enumerate(nodes, 1)}
        texts = [
            " ".join([self.nodes[name][0], *(names[each] for each in self.nodes[name][1:])])
            for name in nodes
        ]
        return replace(
            like,
            maps=tuple(self.maps[name] for name in maps),
            nodes=tuple(texts),
            hidden_is=names[self.ends[0]],
            cell_is=names[self.ends[1]],
        )


def mutated(cell: GatedCell, rng: np.random.Generator) -> GatedCell:
    """`cell` with one change of its wiring, that leaves a recurrent cell which reads its input."""
    for _ in range(TRIES):
        draft = Draft.of(cell)
        MUTATIONS[rng.integers(len(MUTATIONS))](draft, rng)
        try:
            changed = draft.cell(cell)
        except ConfigurationError:  # neither x nor h is read any more
            continue
        if changed != cell and len(changed.nodes) <= MOST_NODES and len(changed.maps) <= MOST_MAPS:
            return changed
    return cell


def _change_operation(draft: Draft, rng: np.random.Generator) -> None:
    if draft.nodes:
        node = draft.nodes[_one(list(draft.nodes), rng)]
        node[0] = _operation(rng, len(node) - 1)


def _change_operand(draft: Draft, rng: np.random.Generator) -> None:
    name, place = _use(draft, rng)
    _uses(draft, name)[place] = _one(draft.before(name), rng)


def _insert_node(draft: Draft, rng: np.random.Generator) -> None:
    name, place = _use(draft, rng)
    uses, earlier = _uses(draft, name), draft.before(name)
    operation = _operation(rng)
    operands = [uses[place], _one(earlier, rng)][: OPERATIONS[operation].operands]
    uses[place] = "new"
    nodes = list(draft.nodes.items())
    at = len(nodes) if name is None else list(draft.nodes).index(name)
    draft.nodes = dict([*nodes[:at], ("new", [operation, *operands]), *nodes[at:]])


def _remove_node(draft: Draft, rng: np.random.Generator) -> None:
    if draft.nodes:
        name = _one(list(draft.nodes), rng)
        instead = draft.nodes.pop(name)[1]
        for uses in (draft.ends, *draft.nodes.values()):
            uses[:] = [instead if each == name else each for each in uses]


def _change_maps(draft: Draft, rng: np.random.Generator) -> None:
    reads = READS[rng.integers(len(READS))]
    if rng.random() < 0.5:
        draft.maps[_one(list(draft.maps), rng)] = reads
    else:
        draft.maps["new"] = reads
        name, place = _use(draft, rng)
        _uses(draft, name)[place] = "new"


MUTATIONS: tuple[Callable[[Draft, np.random.Generator], None], ...] = (
    _change_operation,
    _change_operand,
    _insert_node,
    _insert_node,  # twice, as other mutations leave nodes out
    _remove_node,
    _change_maps,
)


def _use(draft: Draft, rng: np.random.Generator) -> tuple[str | None, int]:
    """A random use of a value: the node, or None for an end, and the place in `_uses`."""
    uses: list[tuple[str | None, int]] = [(None, 0), (None, 1)]
    uses += [(name, at) for name, node in draft.nodes.items() for at in range(1, len(node))]
    return uses[rng.integers(len(uses))]


def _uses(draft: Draft, name: str | None) -> list[str]:
    return draft.ends if name is None else draft.nodes[name]


def _operation(rng: np.random.Generator, operands: int | None = None) -> str:
    fitting = [name for name, each in OPERATIONS.items() if operands in (None, each.operands)]
    return _one(fitting, rng)


def _one(choices: list[str], rng: np.random.Generator) -> str:
    return choices[rng.integers(len(choices))]

"""Wirings of a network: edges between named nodes, each with a delay, and an order to compute in.

Nodes called x0, x1, … are inputs, y0, y1, … the units that are outputs; every other name is that of
a unit. An edge is (source, target, delay), with (source, target) for one without delay, or a text:
"x0:a" or "a:b:1".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from evornn.checks import check_size
from evornn.errors import ConfigurationError


class Edge(NamedTuple):
    """A connection that hands the value of `source` on to `target`, `delay` steps later."""

    source: str
    target: str
    delay: int


def checked_edges(what: str, given: Any, inputs: int, outputs: int) -> tuple[Edge, ...]:
    """The edges that the option `what` gives, for a network of so many inputs and outputs."""
    if isinstance(given, str) or not isinstance(given, Sequence) or not given:
        raise ConfigurationError(
            f'{what} must be a list of edges, as in ("x0:a", "a:a:1", "a:y0"); got {given!r}'
        )
    edges = tuple(_edge(what, one) for one in given)
    for edge in edges:
        if _is_input(edge.target):
            raise ConfigurationError(
                f"{what} lead to the input {edge.target}; call a unit otherwise, as x0, x1, … are "
                "inputs"
            )
        for name in edge[:2]:
            _check_number(what, name, {"x": inputs, "y": outputs})
    edge, times = Counter(edges).most_common(1)[0]
    if times > 1:
        raise ConfigurationError(
            f"{what} name {edge.source}:{edge.target}:{edge.delay} more than once; one weight is "
            "enough for an edge"
        )
    named = {name for edge in edges for name in edge[:2]}
    for name in output_names(outputs):
        if name not in named:
            raise ConfigurationError(
                f"{what} never name {name}, one of the {outputs} outputs; let an edge lead to it"
            )
    return edges


def unit_names(edges: Iterable[Edge]) -> tuple[str, ...]:
    """The units in the order in which `edges` first name them."""
    names = (name for edge in edges for name in (edge.source, edge.target))
    return tuple(dict.fromkeys(name for name in names if not _is_input(name)))


def input_names(count: int) -> tuple[str, ...]:
    return tuple(f"x{i}" for i in range(count))


def output_names(count: int) -> tuple[str, ...]:
    return tuple(f"y{o}" for o in range(count))


def computing_order(what: str, edges: Iterable[Edge]) -> tuple[str, ...]:
    """The nodes, each behind those whose value of the same step it needs.

    ConfigurationError that names the cycle where edges without delay make one.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for edge in edges:
        sorter.add(edge.source)
        sorter.add(edge.target, *([] if edge.delay else [edge.source]))
    try:
        return tuple(sorter.static_order())
    except CycleError as error:
        cycle = " → ".join(error.args[1])
        raise ConfigurationError(
            f"{what} without delay make a cycle, {cycle}: give one of them a delay of 1 or more"
        ) from None


def longest_delays(edges: Iterable[Edge]) -> dict[str, int]:
    """For each node with delayed edges how far back its values are needed."""
    longest: dict[str, int] = {}
    for edge in edges:
        longest[edge.source] = max(edge.delay, longest.get(edge.source, 0))
    return longest


def parts_of(what: str, given: Any, example: str, *sizes: int) -> tuple[Any, ...]:
    """The parts, as many as one of `sizes`, of an entry of the option `what`.

    It is a tuple or a list, or a text with colons between them, as in `example`.
    """
    parts = given.split(":") if isinstance(given, str) else given
    if not isinstance(parts, Sequence) or len(parts) not in sizes:
        raise ConfigurationError(f"{what} has entries such as {example}; got {given!r}")
    return tuple(parts)


def _edge(what: str, given: Any) -> Edge:
    parts = parts_of(what, given, '"a:b", "a:b:1" or ("a", "b", 1)', 2, 3)
    source, target, delay = (*parts, 0)[:3]
    if isinstance(delay, str) and delay.isdecimal():
        delay = int(delay)
    for name in (source, target):
        if not isinstance(name, str) or not name.isidentifier():
            raise ConfigurationError(
                f"{what} must name nodes by letters and digits, as in x0, y0 or left; got {name!r}"
            )
    check_size(f"{what}: the delay of {source}:{target}", delay, least=0)
    return Edge(source, target, int(delay))


def _is_input(name: str) -> bool:
    return re.fullmatch(r"x\d+", name) is not None


def _check_number(what: str, name: str, counts: dict[str, int]) -> None:
    """x0, x1, … and y0, y1, … must be numbers of inputs and outputs that there are."""
    numbered = re.fullmatch(r"([xy])(\d+)", name)
    if numbered is None:
        return
    letter, number = numbered.groups()
    known = [f"{letter}{i}" for i in range(counts[letter])]
    if f"{letter}{number}" not in known:
        kind = {"x": "inputs", "y": "outputs"}[letter]
        raise ConfigurationError(
            f"{what} name {name}, but the {kind} are {known[0]} to {known[-1]}; other units need "
            "other names"
        )

"""Lesions: what a trained network loses when a unit, a sense or a link of it is silenced.

A unit is silenced by cutting all links that lead from it, a sense likewise, a link by itself: the
weights that belong to it are zero. (A unit that is an output, as in a CTRNN, goes on putting out.)
What the network then loses says what it used; what it does not lose it can spare, or do without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.networks.network import Network
from evornn.tasks.task import Task
from evornn.wiring import BIAS, Wiring


class Lesion(NamedTuple):
    """What was silenced: a "unit", a "sense" or a "link", by name; and the loss without it."""

    kind: str
    name: str
    loss: float


def lesions(
    task: Task,
    network: Network,
    weights: Any,
    split: str = "train",
    threads: int | None = None,
    scaling: Mapping[str, Any] | None = None,
) -> list[Lesion]:
    """The losses of `network` on the `split` of `task`, whole, and with each part silenced.

    `weights` are as `Network.named` takes them. The first entry, of the kind "none", is the whole
    network; then come units, senses and links. Parts whose weights are zero already are left out.
    `scaling` is that of a run in an environment of Gymnasium, `Run.scaling`: the network is used to
    it.
    ConfigurationError for a network that does not say which weights belong to what
    (`Network.weight_wiring`).
    """
    wiring = network.weight_wiring
    if wiring is None:
        raise ConfigurationError(
            f"a {type(network).__name__} does not say which link each weight belongs to, so none "
            "can be silenced; take a network that does, such as ctrnn or fully_recurrent"
        )
    whole = np.concatenate([block.ravel() for block in network.named(weights).values()])
    parts = [part for part in _parts(wiring) if whole[part[2]].any()]
    cut = np.tile(whole, (1 + len(parts), 1))
    for row, (_, _, silenced) in zip(cut[1:], parts, strict=True):
        row[silenced] = 0.0
    fitness: Any = Fitness(task, network, threads=threads, split=split)
    if scaling is not None:
        fitness.scaling.load(scaling)
    losses = fitness(cut)
    names = [("none", "", None), *parts]
    return [Lesion(kind, name, float(x)) for (kind, name, _), x in zip(names, losses, strict=True)]


def _parts(wiring: Wiring) -> Iterator[tuple[str, str, np.ndarray]]:
    """Kind and name of each part, and which weights (gene,) belong to it."""
    for place in range(wiring.units + wiring.inputs):
        kind = "unit" if place < wiring.units else "sense"
        yield kind, wiring.name(place), wiring.source == place
    for source, target in sorted(set(zip(wiring.source, wiring.target, strict=True))):
        if source != BIAS:
            name = f"{wiring.name(source)} → {wiring.name(target)}"
            yield "link", name, (wiring.source == source) & (wiring.target == target)

"""Symmetric encoding: a network whose left half is the mirror image of its right half.

R. D. Beer (2003), The dynamics of active categorical perception in an evolved model agent, Adaptive
Behavior 11: agents with a row of sensors and a motor on either side, whose links are the same on
both. With the mirror image ī of every input, unit and output,

    w[ī, j̄] = w[i, j],    b[ī] = b[i]

so that the mirror image of the inputs gives that of the outputs, and about half as many genes do.

Inputs, inner units and outputs are mirrored each among themselves, in groups that lie one after the
other: the first of a group is the image of its last. Without groups each kind is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size
from evornn.encodings.encoding import Encoding, WeightMap, population, wiring_of
from evornn.errors import ConfigurationError
from evornn.networks.network import Network
from evornn.wiring import BIAS, Wiring

Groups = tuple[int, ...] | None


@dataclass(frozen=True)
class Symmetric(Encoding):
    """Bilateral symmetry.

    Parameters
    ----------
    inputs, units, outputs
        Sizes of the groups that are mirrored in themselves, of the inputs, of the units that are no
        outputs, and of the outputs; None: a single one. (7, 1, 1) mirrors seven sensors and leaves
        two as they are.
    """

    inputs: Groups = None
    units: Groups = None
    outputs: Groups = None

    def __post_init__(self) -> None:
        for name in ("inputs", "units", "outputs"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, _checked_groups(f"symmetric.{name}", given))

    def bind(self, network: Network) -> WeightMap:
        wiring = wiring_of(network, "symmetric")
        return SymmetricMap(wiring, self.mirror(wiring))

    def mirror(self, wiring: Wiring) -> np.ndarray:
        """The image of every place (units + inputs,)."""
        image = np.arange(wiring.units + wiring.inputs)
        outputs = np.array(wiring.outputs)
        inner = np.setdiff1d(np.arange(wiring.units), outputs)
        inputs = wiring.units + np.arange(wiring.inputs)
        kinds = {"inputs": inputs, "units": inner, "outputs": outputs}
        for name, places in kinds.items():
            image[places] = places[_reversed_groups(name, getattr(self, name), len(places))]
        return image


class SymmetricMap(WeightMap):
    """Weight i is gene `gene`[i], which is that of its mirror image too."""

    def __init__(self, wiring: Wiring, mirror: np.ndarray) -> None:
        image = _images(wiring, mirror)
        # Of a weight and its image the first one has the gene.
        owner = np.minimum(np.arange(wiring.genes), image)
        self.first, self.gene = np.unique(owner, return_inverse=True)
        self.second = image[self.first]
        self.genes = len(self.first)

    def decode(self, genomes: np.ndarray) -> np.ndarray:
        return population(genomes, self.genes)[:, self.gene]

    def pull_back(self, genomes: np.ndarray, gradients: np.ndarray) -> np.ndarray:
        alone = self.first == self.second
        return gradients[:, self.first] + np.where(alone, 0.0, gradients[:, self.second])


def _images(wiring: Wiring, mirror: np.ndarray) -> np.ndarray:
    """The weight (weights,) that is the mirror image of each.

    Of several weights with the same ends, as those of a unit's gates, the k-th is the image of the
    k-th.
    """
    image_of = np.append(mirror, BIAS)  # the bias, place -1, is its own image
    there: dict[tuple[int, int, int], int] = {}
    seen: dict[tuple[int, int], int] = {}
    keys = []
    for weight, ends in enumerate(zip(wiring.source.tolist(), wiring.target.tolist(), strict=True)):
        k = seen[ends] = seen.get(ends, -1) + 1
        keys.append((*ends, k))
        there[keys[-1]] = weight
    return np.array([there[int(image_of[s]), int(image_of[t]), k] for s, t, k in keys])


def _reversed_groups(name: str, groups: Groups, count: int) -> np.ndarray:
    """Numbers 0 to count − 1, each group of them in reversed order."""
    sizes = (count,) if groups is None else groups
    if sum(sizes) != count:
        raise ConfigurationError(
            f"symmetric.{name} groups {sum(sizes)} of them, but the network has {count}; "
            f"got {groups}"
        )
    ends = np.cumsum(sizes)
    return np.concatenate(
        [np.arange(end - size, end)[::-1] for end, size in zip(ends, sizes, strict=True)]
    )


def _checked_groups(what: str, groups: object) -> tuple[int, ...]:
    if not isinstance(groups, Sequence) or isinstance(groups, str):
        raise ConfigurationError(f"{what} must be the sizes of the groups, got {groups!r}")
    for size in groups:
        check_size(what, size)
    return tuple(int(size) for size in groups)

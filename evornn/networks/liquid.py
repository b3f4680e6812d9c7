"""Columns of spiking neurons, drawn as Maass, Natschläger & Markram 2002 say (appendix B).

The neurons stand on the integer points of a column, 3 × 3 wide. A neuron a has a synapse onto a
neuron b ≠ a with the probability

    C · exp(−(D(a, b)/λ)²),    D their Euclidean distance

A synapse has the strength A, the use U, and the time constants D of depression and F of
facilitation (Markram, Wang & Tsodyks 1998). A is drawn from a gamma distribution whose standard
deviation is its mean (an exponential one), the others from normal distributions with half the mean;
a negative draw is replaced by a uniform one between 0 and twice the mean, and so is a U above 1.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

#: neurons along the two short sides of the column
WIDTH = 3
INHIBITORY_SHARE = 0.2
#: share of the neurons that an input reaches (their section 5)
INPUT_SHARE = 0.3
# By pair, [presynaptic, postsynaptic], 0 excitatory and 1 inhibitory: EE, EI; IE, II.
C = np.array([[0.3, 0.2], [0.4, 0.1]])
A = np.array([[30.0, 60.0], [-19.0, -19.0]])  # nA
U = np.array([[0.5, 0.05], [0.25, 0.32]])
D = np.array([[1100.0, 125.0], [700.0, 144.0]])  # ms
F = np.array([[50.0, 1200.0], [20.0, 60.0]])  # ms
#: strength of an input's synapse, by the kind of neuron that it reaches, in nA
INPUT_A = np.array([18.0, 9.0])
INITIAL_VOLTAGE = (13.5, 15.0)  # mV


class Liquid(NamedTuple):
    """A column of n neurons with s synapses, ordered by the neuron that they reach.

    Those that reach neuron i are ``begin[i]:begin[i + 1]``, the excitatory ones of them up to
    ``middle[i]``. `source` (s,) is the neuron that each comes from; `A` (nA), `U`, `D` and `F` (ms)
    are (s,). `inhibitory` (n,), `W_in` (n, inputs) in nA, `voltage` (n,) in mV at the start.
    """

    inhibitory: np.ndarray
    W_in: np.ndarray
    voltage: np.ndarray
    begin: np.ndarray
    middle: np.ndarray
    source: np.ndarray
    A: np.ndarray
    U: np.ndarray
    D: np.ndarray
    F: np.ndarray


@lru_cache(maxsize=16)
def draw_liquid(inputs: int, neurons: int, connectivity: float, seed: int) -> Liquid:
    """A column from `seed`; `connectivity` is λ. Equal arguments give the same read-only object."""
    rng = np.random.default_rng(seed)
    inhibitory = np.zeros(neurons, np.int64)
    inhibitory[rng.permutation(neurons)[: round(INHIBITORY_SHARE * neurons)]] = 1
    target, source = _connected(rng, inhibitory, connectivity)
    pair = inhibitory[source], inhibitory[target]
    strength = rng.gamma(1.0, np.abs(A[pair])) * np.sign(A[pair])
    use = _normal(rng, U[pair])
    too_much = use > 1.0
    use[too_much] = rng.uniform(0.0, np.minimum(2.0 * U[pair], 1.0))[too_much]
    reached = rng.random((neurons, inputs)) < INPUT_SHARE
    drawn = Liquid(
        inhibitory,
        np.where(reached, rng.gamma(1.0, INPUT_A[inhibitory][:, np.newaxis], reached.shape), 0.0),
        rng.uniform(*INITIAL_VOLTAGE, neurons),
        np.searchsorted(target, np.arange(neurons + 1)),
        np.searchsorted(2 * target + pair[0], 2 * np.arange(neurons) + 1),
        source,
        strength,
        use,
        _normal(rng, D[pair]),
        _normal(rng, F[pair]),
    )
    for array in drawn:
        array.flags.writeable = False
    return drawn


def positions(neurons: int) -> np.ndarray:
    """The points (neurons, 3) where they stand, layer by layer."""
    i = np.arange(neurons)
    return np.stack([i % WIDTH, i // WIDTH % WIDTH, i // WIDTH**2], axis=1)


def _connected(
    rng: np.random.Generator, inhibitory: np.ndarray, connectivity: float
) -> tuple[np.ndarray, np.ndarray]:
    """Target and source of each synapse, by target, the excitatory sources of each first."""
    points = positions(len(inhibitory)).astype(np.float64)
    squared = ((points[:, np.newaxis] - points) ** 2).sum(axis=2)
    # [b, a]: from a to b.
    chance = C[inhibitory, inhibitory[:, np.newaxis]] * np.exp(-squared / connectivity**2)
    np.fill_diagonal(chance, 0.0)
    target, source = np.nonzero(rng.random(chance.shape) < chance)
    order = np.lexsort([source, inhibitory[source], target])
    return target[order], source[order]


def _normal(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    """Normal around `mean` with half of it as standard deviation, the negative ones drawn again."""
    drawn = rng.normal(mean, 0.5 * mean)
    return np.where(drawn > 0.0, drawn, rng.uniform(0.0, 2.0 * mean))

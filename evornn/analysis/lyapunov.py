"""The largest Lyapunov exponent: how fast two nearby states of a network part, or meet.

    λ = lim 1/T Σ_t log(|δ(t+1)| / |δ(t)|)

for a small difference δ between two states under the same inputs, scaled back to its first size
after each step (Benettin, Galgani, Giorgilli & Strelcyn 1980, Lyapunov characteristic exponents for
smooth dynamical systems, Meccanica 15). Below zero the network forgets how it began, which is the
echo state property; above zero it is chaotic. A random network of many units turns chaotic where
the gain of its weights passes 1 (Sompolinsky, Crisanti & Sommers 1988, Chaos in random neural
networks, Physical Review Letters 61).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.analysis.stepper import Stepper
from evornn.analysis.trajectory import checked_inputs
from evornn.checks import check_size
from evornn.networks.network import Network

#: size of the difference: small beside the states, large beside their rounding errors
_SIZE = 1e-7
#: added to a difference that has become zero, so that its logarithm exists
_NOTHING = 1e-300


def lyapunov_exponent(
    network: Network,
    weights: Any,
    inputs: np.ndarray,
    *,
    transient: int = 100,
    rng: np.random.Generator | None = None,
) -> np.ndarray | float:
    """The largest exponent per step, in nats, over the `inputs` (time, input) after a `transient`.

    `weights` may be those of many networks, (row, weight): then there is an exponent for each. The
    network begins at a random state of size 1, drawn from `rng` (None: seed 0), since zero is a
    fixed point of many networks.
    """
    check_size("transient", transient, least=0)
    rng = rng or np.random.default_rng(0)
    inputs, stepper = checked_inputs(network, inputs), Stepper(network, weights)
    check_size("steps after the transient", len(inputs) - transient)
    rows = len(stepper.weights) if stepper.weights.ndim > 1 else 1
    state = rng.normal(size=(rows, stepper.state_size))
    offset = _scaled(rng.normal(size=state.shape))
    both = Stepper(network, np.concatenate([np.atleast_2d(stepper.weights)] * 2))
    growth = np.zeros(rows)
    for t, x in enumerate(inputs):
        pair = np.concatenate([state, state + offset])
        pair = both.advance(pair, np.repeat(x[np.newaxis], 2 * rows, axis=0))[0]
        state, difference = pair[:rows], pair[rows:] - pair[:rows]
        size = np.linalg.norm(difference, axis=1) + _NOTHING
        if t >= transient:
            growth += np.log(size / _SIZE)
        offset = _scaled(difference)
    exponents = growth / (len(inputs) - transient)
    return exponents if stepper.weights.ndim > 1 else float(exponents[0])


def _scaled(difference: np.ndarray) -> np.ndarray:
    """`difference` (row, state), each row of length `_SIZE`."""
    size = np.linalg.norm(difference, axis=1, keepdims=True)
    return _SIZE * difference / (size + _NOTHING)

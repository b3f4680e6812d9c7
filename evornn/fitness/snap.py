"""The sparse n-step approximation SnAp-1 (Menick et al. 2020, A practical sparse approximation for
real time recurrent learning).

Real-time recurrent learning that keeps of the influence matrix P = ∂s/∂w only what one step puts
there: the pairs (i, j) for which weight w_j acts on state s_i within a step.

    P(t)_ij = Σ_k ∂F_i/∂s_k P(t−1)_kj + ∂F_i/∂w_j      (i, j) and (k, j) in the pattern, else 0
    ∇E(t)   = ∂E/∂s(t) P(t) + ∂E/∂w

Where every weight acts on one unit, which hears itself alone, nothing is left out: for an
independently recurrent network it is real-time recurrent learning. What a unit does to others is
left out otherwise; a network whose layers see each other within a step keeps much of P.

Influence may also be let through some states alone, the others being cut: through the cells of an
LSTM, each of which hears itself alone, this is again exact for what is left. So the first LSTM
learnt, forwards (Hochreiter & Schmidhuber 1997, appendix A.1), and that is the gradient which
``Fitness.value_and_grad(mode="through:c")`` finds backwards.

∂F/∂s and ∂F/∂w are pulled back on the tape of the step, as many states at a time as there are
lanes. So a step of n states costs n/16 steps and sweeps in float32: n³ multiplications for n units
that hear each other, where real-time recurrent learning takes n⁴, and 2 n² numbers are kept
where that keeps n³. (The paper has n², for a cell whose own derivatives are written out.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.fitness.engine import SequenceEngine
from evornn.fitness.one_step_back import StepBack

#: (sequence, step): draws of weights and inputs that the pattern is looked for with, from states
#: that others left; a rectified unit is dead in half of them
PROBES = (10, 4)
_PROBE_SCALE = 0.5


def influence_pattern(engine: SequenceEngine, weights: int) -> np.ndarray:
    """Which weights act on which states within a step, bool (state, weights).

    `engine` runs the network on sequences of random inputs, `PROBES` of them.
    """
    rng, sketch = np.random.default_rng(0), engine.sketch()
    pattern: Any = False
    for q, t in np.ndindex(PROBES):
        w = rng.normal(scale=_PROBE_SCALE, size=weights)
        _, by_weights, _, _ = _one_step(engine, sketch, w, q, t)
        # NaN counts as acting.
        pattern = pattern | (by_weights != 0.0)
    return np.asarray(pattern)


def _one_step(
    engine: SequenceEngine, sketch: Any, weights: np.ndarray, q: int, t: int
) -> tuple[float, np.ndarray, np.ndarray, StepBack]:
    """The error, ∂F/∂w (state, weights), ∂F/∂s (state, state), and derivatives of the error."""
    error, _, tangents = engine.push(sketch, weights, q, t)
    states, lanes = tangents.shape
    rows, by_weights, by_state = np.arange(states), [], []
    for first in range(0, states, lanes):
        adjoints = (rows[:, np.newaxis] == first + np.arange(lanes)).astype(np.float64)
        back = engine.pull(sketch, weights, q, t, adjoints, cut=True)
        by_weights.append(back.by_weights.T)
        by_state.append(back.by_state.T)
    return error, np.concatenate(by_weights)[:states], np.concatenate(by_state)[:states], back


class SparseInfluence:
    """The influence of weights on the states of one network, where `pattern` says there is any.

    It goes on to the next step through the states that `flows` (state,) says, bool.
    """

    def __init__(self, engine: SequenceEngine, pattern: np.ndarray, flows: np.ndarray) -> None:
        self._engine, self._sketch, self._flows = engine, engine.sketch(), flows
        self._state, self._weight = np.nonzero(pattern)
        place = np.full(pattern.shape, -1)
        place[self._state, self._weight] = np.arange(len(self._state))
        # Each product ∂F_i/∂s_k P_kj: the entry that it is added to, k, and the entry P_kj.
        above = place[:, self._weight].T
        self._into, self._through = np.nonzero(above >= 0)
        self._out_of = above[self._into, self._through]
        self._values = np.zeros(len(self._state))

    def advance(self, weights: np.ndarray, q: int, t: int) -> tuple[float, np.ndarray]:
        """Judged error at step `t` of sequence `q`, and its gradient (weights,)."""
        error, by_weights, by_state, back = _one_step(self._engine, self._sketch, weights, q, t)
        before = np.zeros_like(self._values) if t == 0 else self._values
        with np.errstate(all="ignore"):
            by_state[:, ~self._flows] = 0.0
            slopes = by_state[self._state[self._into], self._through]
            carried = np.bincount(self._into, slopes * before[self._out_of], len(before))
            self._values = by_weights[self._state, self._weight] + carried
            # What the error sees of the state before beside the next one counts too.
            flow = back.error_by_next[self._state] * self._values
            seen = np.where(self._flows, back.error_by_state, 0.0)
            flow += seen[self._state] * before
            gradient = np.bincount(self._weight, flow, len(weights)) + back.error_by_weights
        return error, gradient

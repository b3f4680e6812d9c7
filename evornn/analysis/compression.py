"""What a history compressor passes up, and the sequence rebuilt from it.

Each level receives some of the steps of a sequence, fewer and fewer the higher it is: those that
the level below failed to predict. Together with the levels below it, which can say all the rest,
what a level received is the whole sequence (Schmidhuber 1992).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evornn.analysis.trajectory import Trajectory, trajectory
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.history_compressor import NOTHING_EXPECTED, HistoryCompressor


@dataclass(frozen=True)
class Received:
    """What one level received: its inputs z (tick, input + level), and at which `steps` (tick,).

    The last columns of `z` are one over the ticks of each level below since its last surprise.
    """

    steps: np.ndarray
    z: np.ndarray


def received(network: HistoryCompressor, weights: Any, inputs: np.ndarray) -> list[Received]:
    """What each level receives of one sequence `inputs` (time, input), from the lowest on."""
    return received_along(network, trajectory(network, weights, inputs), inputs)


def received_along(
    network: HistoryCompressor, path: Trajectory, inputs: np.ndarray
) -> list[Received]:
    """What each level receives of `inputs` (time, input), which led along the trajectory `path`."""
    states, _, names = path
    found = []
    gaps = np.ones((len(inputs), 0))
    below = np.arange(len(inputs))
    for level in range(network.levels):
        ticked = states[:, names.index(f"level{level}_ticked[0]")]
        steps = np.flatnonzero(ticked)
        if level > 0:
            place = np.searchsorted(below, steps)
            gap = np.full(len(inputs), np.nan)
            gap[steps] = 1.0 / np.diff(place, prepend=-1)
            gaps = np.column_stack([gaps, gap])
        found.append(Received(steps, np.column_stack([inputs, gaps])[steps]))
        below = steps
    return found


def rebuilt(network: HistoryCompressor, weights: Any, top: Received) -> np.ndarray:
    """The inputs (time, input) up to the last step that the top level received, from `top` alone.

    Level by level, what was received below is what was expected there, but for the surprises.
    """
    z = top.z
    for level in range(network.levels - 2, -1, -1):
        z = _received_below(network, network.named(weights), level, z)
    return z


def _received_below(
    network: HistoryCompressor, w: dict[str, np.ndarray], level: int, above: np.ndarray
) -> np.ndarray:
    """What `level` received, of which the level above received the surprises `above`."""
    own = {name: w[f"level{level}_{name}"] for name in "WUbPq"}
    logistic, m = ACTIVATIONS["sigmoid"].reference, network.inputs
    h, p = np.zeros(network.hidden), np.full(m + level, NOTHING_EXPECTED)
    found = []
    for surprise in above:
        for tick in range(round(1.0 / surprise[-1])):
            is_last = tick == round(1.0 / surprise[-1]) - 1
            z = surprise[:-1] if is_last else _rounded(p, m)
            h = np.tanh(own["W"] @ z + own["U"] @ h + own["b"])
            p = logistic(own["P"] @ h + own["q"])
            found.append(z)
    return np.array(found)


def _rounded(expected: np.ndarray, inputs: int) -> np.ndarray:
    """The input that was expected: zeros and ones, and one over whole numbers of ticks."""
    gaps = np.round(1.0 / expected[inputs:])
    return np.concatenate([np.round(expected[:inputs]), 1.0 / gaps])

"""Trajectories: the states of a network over time, and the same network cut after some steps.

A recurrent network is an infinite-impulse-response system: an output may depend on any input of the
past. Cut after k steps, it is the feed-forward network that unrolling it k times gives, with a
finite impulse response. How fast the outputs of the cut network come near those of the whole tells
how far back the network remembers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from evornn.analysis.stepper import Stepper
from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.fields import element_names
from evornn.networks.network import Network


class Trajectory(NamedTuple):
    """States (time, state) after each step, outputs (time, output), and names of the state."""

    states: np.ndarray
    outputs: np.ndarray
    names: list[str]


def trajectory(network: Network, weights: Any, inputs: np.ndarray) -> Trajectory:
    """The states and outputs for one sequence `inputs` (time, input)."""
    return trajectories(network, weights, [inputs])[0]


def trajectories(network: Network, weights: Any, sequences: Sequence[Any]) -> list[Trajectory]:
    """The trajectory of each of `sequences` (time, input), all advanced side by side."""
    given, stepper = [checked_inputs(network, x) for x in sequences], Stepper(network, weights)
    steps = max(map(len, given))
    padded = np.zeros((len(given), steps, network.inputs))
    for row, x in zip(padded, given, strict=True):
        row[: len(x)] = x
    states = np.empty((len(given), steps, stepper.state_size))
    outputs = np.empty((len(given), steps, network.outputs))
    s = stepper.begin(padded[:, 0])
    for t in range(steps):
        s, outputs[:, t] = stepper.advance(s, padded[:, t])
        states[:, t] = s
    names = state_names(network)
    return [
        Trajectory(states[row, : len(x)], outputs[row, : len(x)], names)
        for row, x in enumerate(given)
    ]


def cut_outputs(network: Network, weights: Any, inputs: np.ndarray, steps: int) -> np.ndarray:
    """Outputs (time, output) of the network cut after `steps` steps.

    Each output is that of a network that began `steps` steps ago, the present one included, and so
    saw no input before. The first `steps` outputs are those of the whole network.
    """
    check_size("steps", steps)
    stepper, inputs = Stepper(network, weights), checked_inputs(network, inputs)
    steps = min(steps, len(inputs))
    outputs = np.empty((len(inputs), network.outputs))
    outputs[:steps] = trajectory(network, weights, inputs[:steps]).outputs
    windows = np.lib.stride_tricks.sliding_window_view(inputs, steps, axis=0)
    s = stepper.begin(windows[:, :, 0])
    for t in range(steps):
        s, y = stepper.advance(s, windows[:, :, t])
    outputs[steps - 1 :] = y
    return outputs


def state_names(network: Network) -> list[str]:
    """A name for each element of the state: h[0], h[1], M[0,1] …"""
    return element_names(network.state)


def checked_inputs(network: Network, inputs: Any) -> np.ndarray:
    """`inputs` as float64 (time, input), or one error that names their shape."""
    found = np.asarray(inputs, np.float64)
    if found.ndim != 2 or found.shape[1] != network.inputs or not len(found):
        raise ConfigurationError(
            f"a trajectory takes one sequence (time, {network.inputs}), got the shape {found.shape}"
        )
    return found

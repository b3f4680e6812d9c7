"""The figure of what the best network of a run does over time, on its first training sequence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from evornn import plots
from evornn.runs import Run

#: sums of products in plain Python that a figure may take, some seconds; and steps that it shows
_PRODUCTS, _FEWEST_STEPS, _MOST_STEPS = 1_000_000, 20, 300
#: a Jacobian costs as many steps as the state has elements
_LARGEST_STATE = 100


def write_dynamics(run: Run, path: Path) -> bool:
    """Draw the states of the best network of `run` to `path`; False where there are none to follow.

    Traces, raster, phase portrait, the eigenvalues of the step linearised at the mean state, the
    largest Lyapunov exponent, and how far back the network remembers.
    """
    from evornn.analysis import trajectory

    network = run.part("network")
    if network.data == "tree" or network.directions[1] is not None or not network.state:
        return False
    weights, inputs = run.best_weights, _inputs(run, network)
    found = trajectory(network, weights, inputs)
    with plots.figure(12.5, 7.0) as drawn:
        axes = drawn.subplots(2, 3)
        plots.draw_traces(axes[0, 0], found.states, found.names)
        plots.draw_phase_portrait(axes[0, 1], found.states, found.names)
        plots.draw_raster(axes[0, 2], found.states, found.names)
        _draw_linear(axes[1, 0], network, weights, found.states, inputs)
        plots.draw_memory(axes[1, 1], *_memory(network, weights, inputs))
        _write_facts(axes[1, 2], network, weights, found.states, inputs)
        plots.save(drawn, path)
    return True


def _inputs(run: Run, network: Any) -> np.ndarray:
    """The beginning of the first training sequence, as much as is worth the time."""
    data = run.part("task").train
    steps = int(np.clip(_PRODUCTS // max(network.weight_count, 1), _FEWEST_STEPS, _MOST_STEPS))
    return data.inputs[0, : min(steps, int(data.lengths[0]))]


def _draw_linear(
    axes: Any, network: Any, weights: Any, states: np.ndarray, inputs: np.ndarray
) -> None:
    from evornn.analysis import spectrum

    if states.shape[1] > _LARGEST_STATE:
        axes.text(0.5, 0.5, f"more than {_LARGEST_STATE} states", ha="center", va="center")
        axes.axis("off")
        return
    found = spectrum(network, weights, states.mean(axis=0), inputs.mean(axis=0))
    plots.draw_spectrum(axes, found, "at the mean state")


def _memory(network: Any, weights: Any, inputs: np.ndarray) -> tuple[list[int], list[float]]:
    """Looks back of 1, 2, 4 … steps, and what the outputs then lack (root mean square)."""
    from evornn.analysis import cut_outputs, trajectory

    whole = trajectory(network, weights, inputs).outputs
    steps = [2**k for k in range(len(inputs).bit_length()) if 2**k < len(inputs)]
    cuts = [cut_outputs(network, weights, inputs, k) for k in steps]
    return steps, [float(np.sqrt(np.mean((cut - whole) ** 2))) for cut in cuts]


def _write_facts(
    axes: Any, network: Any, weights: Any, states: np.ndarray, inputs: np.ndarray
) -> None:
    from evornn.analysis import fixed_points, lyapunov_exponent

    exponent = lyapunov_exponent(network, weights, inputs, transient=len(inputs) // 4)
    lines = [
        f"{type(network).__name__}, {network.weight_count} weights, {states.shape[1]} states",
        f"{len(inputs)} steps of the first training sequence",
        f"largest Lyapunov exponent {exponent:+.3f} per step:",
        "  nearby states " + ("part (chaotic)" if exponent > 0.0 else "meet again"),
    ]
    if states.shape[1] <= _LARGEST_STATE // 5:
        starts = states[:: max(len(states) // 8, 1)]
        points = fixed_points(network, weights, inputs.mean(axis=0), starts)
        stable = sum(point.stable for point in points)
        lines.append(
            f"fixed points found at the mean input: {len(points)}, of which {stable} stable"
        )
    axes.axis("off")
    axes.text(0.0, 0.9, "\n".join(lines), va="top", linespacing=1.6)

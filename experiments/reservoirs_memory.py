"""How many past inputs does a reservoir of N units remember?

    python experiments/reservoirs_memory.py [--out results/reservoirs_memory]

Short-term memory capacity (Jaeger 2002): the squared correlations between the inputs of 1, 2, …
steps ago and the readouts fitted to recall them, added up over 2 N delays. It is at most N.
Measured on test data, for echo state networks of linear and of tanh units without bias, and for
several spectral radii; every point is a mean over reservoirs. Inputs are in ±0.5.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from evornn.fitness import Fitness, fit_readout
from evornn.networks import ESN
from evornn.plots.style import COLOURS, GREY, figure, save
from evornn.tasks import MemoryCapacity
from evornn.tasks.memory_capacity import memory_function

SIZES = (5, 10, 20, 40)
RADII = (0.5, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1)
MIDDLE, RADIUS = 20, 0.95
SEEDS = 3
#: units, and the half-width of their input weights
KINDS = {
    "linear": ("identity", 0.1),
    "tanh, W_in in ±0.1": ("tanh", 0.1),
    "tanh, W_in in ±1": ("tanh", 1.0),
}
PENALTY = 1e-12

REPORT = """# Memory capacity of echo state networks

By `python experiments/reservoirs_memory.py`: capacities on 4,000 test steps, readouts fitted to
4,000 others; mean and range over {seeds} reservoirs, spectral radius {radius}. The bound is N.

{sizes}

Against the spectral radius, N = {middle} (the states of linear units grow without bound beyond 1):

{radii}

![Capacity against size and spectral radius, and memory functions](memory_capacity.png)
"""


def memory(units: int, kind: str, radius: float, seed: int) -> np.ndarray:
    """The memory function (delays,) of one reservoir."""
    activation, scaling = KINDS[kind]
    task = MemoryCapacity(
        delays=2 * units, length=4000 + 4 * units, sequences=1, validation_sequences=0,
        test_sequences=1, washout=4 * units, seed=seed,
    )  # fmt: skip
    network = ESN(
        inputs=1, hidden=units, outputs=2 * units, activation=activation, spectral_radius=radius,
        input_scaling=scaling, bias_scaling=0.0, seed=seed,
    )  # fmt: skip
    fitness = Fitness(task, network, dtype="float64", split="test")
    return memory_function(task.test, fitness.predict(fit_readout(network, task, PENALTY)))


def capacities(units: int, kind: str, radius: float) -> np.ndarray:
    return np.array([memory(units, kind, radius, seed).sum() for seed in range(SEEDS)])


def table(first: str, found: dict[str, dict[float, np.ndarray]]) -> str:
    """Mean and range of the capacity, a row for each size or radius."""
    lines = ["|".join(("", first, *found, "")), "|---:|" + "---:|" * len(found)]
    for x in max(found.values(), key=len):
        cells = [
            f"{by[x].mean():.2f} [{by[x].min():.2f}–{by[x].max():.2f}]" if x in by else "–"
            for by in found.values()
        ]
        lines.append("|".join(("", f"{x:g}", *cells, "")))
    return "\n".join(lines)


def draw(
    sizes: dict[str, dict[float, np.ndarray]], radii: dict[str, dict[float, np.ndarray]], path: Path
) -> None:
    with figure(12.0, 4.0) as drawn:
        left, middle, right = drawn.subplots(1, 3)
        left.plot(SIZES, SIZES, color=GREY, lw=1, ls="--", label="bound N")
        middle.axhline(MIDDLE, color=GREY, lw=1, ls="--")
        for colour, kind in zip(COLOURS, KINDS, strict=False):
            for axes, found in ((left, sizes[kind]), (middle, radii[kind])):
                means = [values.mean() for values in found.values()]
                axes.plot(list(found), means, marker="o", ms=4, color=colour, label=kind)
            delays = np.arange(1, 2 * MIDDLE + 1)
            right.plot(delays, memory(MIDDLE, kind, RADIUS, 0), color=colour)
        left.set_title(f"Capacity, spectral radius {RADIUS}")
        left.set_xlabel("units N")
        middle.set_title(f"Capacity of {MIDDLE} units")
        middle.set_xlabel("spectral radius")
        right.set_title(f"Memory function, {MIDDLE} units, radius {RADIUS}")
        right.set_xlabel("delay in steps")
        right.set_ylabel("squared correlation")
        left.legend(frameon=False)
        save(drawn, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("results/reservoirs_memory"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    sizes = {kind: {n: capacities(n, kind, RADIUS) for n in SIZES} for kind in KINDS}
    radii = {
        kind: {r: capacities(MIDDLE, kind, r) for r in RADII if kind != "linear" or r <= 1.0}
        for kind in KINDS
    }
    tables = {"sizes": table("N", sizes), "radii": table("radius", radii)}
    draw(sizes, radii, out / "memory_capacity.png")
    report = REPORT.format(**tables, seeds=SEEDS, radius=RADIUS, middle=MIDDLE)
    (out / "report.md").write_text(report)
    print(report)


if __name__ == "__main__":
    main()

"""What forward mode costs: fully recurrent networks of 4 to 32 units, one network, one thread.

    python -m benchmarks.forward_mode

A step of real-time recurrent learning keeps units × weights derivatives, and runs `step` once for
every sixteen weights, so its time grows with weights²: as n⁴ with n units; the column behind it is
the exponent of n since the row before. Blocks of n steps by back-propagation, joined by forward
mode, give the same gradient in n³ a step, and keep as many derivatives. Back-propagation through
time grows as n², and keeps the states of all steps. Learning online, exactly, by SnAp-1 (n³) or by
UORO (n²), is a few calls for each step with the optimizer in between, some tens of microseconds
whatever the size.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

import evornn
from benchmarks.rows import cpu_name
from benchmarks.timing import medians

UNITS, STEPS = (4, 8, 16, 32, 64), 500


def calls(units: int) -> dict[str, Callable[[], object]]:
    """Gradients of one genome both ways, and learning at every step."""
    rng = np.random.default_rng(0)
    network = evornn.networks.FullyRecurrent(inputs=1, hidden=units, outputs=1)
    series = np.sin(0.1 * np.arange(STEPS + 1))[:, np.newaxis]
    task = evornn.tasks.Sequences(series[:-1], series[1:])
    fitness = evornn.Fitness(task, network, threads=1)
    genomes = rng.standard_normal((1, fitness.genes)) / math.sqrt(units)
    rule = evornn.optimizers.SGD(learning_rate=1e-6)
    exact = evornn.OnlineRTRL(task, network, rule)
    estimated = evornn.OnlineUORO(task, network, rule, rng)
    sparse = evornn.OnlineSnAp(task, network, rule)
    return {
        "forward": lambda: fitness.value_and_grad(genomes, mode="forward"),
        "hybrid": lambda: fitness.value_and_grad(genomes, mode="hybrid"),
        "reverse": lambda: fitness.value_and_grad(genomes),
        "online": lambda: exact.learn(genomes[0]),
        "snap": lambda: sparse.learn(genomes[0]),
        "uoro": lambda: estimated.learn(genomes[0]),
    }


def main() -> None:
    print(f"{cpu_name()}, 1 thread, float32, microseconds per step, medians")
    print(
        "units  weights  derivatives  forward  exponent  ns/weight²   hybrid  exponent  reverse"
        "   online     snap     uoro"
    )
    before: list[float] = []
    for units in UNITS:
        weights = units * (units + 2)
        seconds = medians(calls(units))
        forward, hybrid, reverse, *steps = (1e6 * value / STEPS for value in seconds.values())
        exponents = [
            f"{math.log2(now / then):10.1f}"
            for now, then in zip((forward, hybrid), before, strict=False)
        ] or [" " * 10] * 2
        print(
            f"{units:5d}{weights:9d}{units * weights:13d}{forward:9.2f}{exponents[0]}"
            f"{1e3 * forward / weights**2:12.4f}{hybrid:9.2f}{exponents[1]}{reverse:9.2f}"
            + "".join(f"{value:9.1f}" for value in steps)
        )
        before = [forward, hybrid]


if __name__ == "__main__":
    main()

"""What forward mode costs: fully recurrent networks of 4 to 32 units, one network, one thread.

    python -m benchmarks.forward_mode

A step of real-time recurrent learning keeps units × weights derivatives, and runs `step` once for
every sixteen weights, so its time grows with weights²: as n⁴ with n units. The last column is the
exponent of n since the row before. Back-propagation through time grows as n², and keeps the states
of all steps; UORO grows as n² and keeps nothing. Learning online, exact or by UORO, is a call for
each step with the optimizer in between, some tens of microseconds whatever the size.
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
    return {
        "forward": lambda: fitness.value_and_grad(genomes, mode="forward"),
        "reverse": lambda: fitness.value_and_grad(genomes),
        "online": lambda: exact.learn(genomes[0]),
        "uoro": lambda: estimated.learn(genomes[0]),
    }


def main() -> None:
    print(f"{cpu_name()}, 1 thread, float32, microseconds per step, medians")
    print("units  weights  derivatives  forward  ns/weight²  reverse  online    uoro  exponent")
    before = 0.0
    for units in UNITS:
        weights = units * (units + 2)
        seconds = medians(calls(units))
        forward, reverse, online, uoro = (1e6 * value / STEPS for value in seconds.values())
        exponent = f"{math.log2(forward / before):10.1f}" if before else ""
        print(
            f"{units:5d}{weights:9d}{units * weights:13d}{forward:9.2f}"
            f"{1e3 * forward / weights**2:12.4f}{reverse:9.2f}{online:8.1f}{uoro:8.1f}{exponent}"
        )
        before = forward


if __name__ == "__main__":
    main()

"""What back-propagation through long sequences keeps: an LSTM of 32 cells, 16 genomes, one thread.

    python -m benchmarks.long_sequences

Peak memory and seconds of one gradient, each in a process of its own, kernels in the cache: with
the states of all steps kept, and with few of them and the others computed again
(`evornn.fitness.segments`). The gradients of both are compared to the bit. The memory of a process
that computes the losses only is taken off: it holds the libraries, the kernels and the data.
"""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.rows import cpu_name

LENGTHS = (1_000, 10_000, 100_000)
_CODE = """
import hashlib, sys, time, numpy as np, evornn, evornn.fitness.compiled as compiled
mode, steps = sys.argv[1], int(sys.argv[2])
compiled.KEPT_BYTES = float("inf")
rng = np.random.default_rng(0)
series = rng.normal(size=(1, steps + 1, 1)).astype(np.float32)
task = evornn.tasks.Sequences(series[:, :-1], series[:, 1:])
network = evornn.networks.LSTM(inputs=1, hidden=32, outputs=1)
fitness = evornn.Fitness(task, network, threads=1)
population = 0.3 * rng.normal(size=(16, fitness.genes))
begun = time.perf_counter()
if mode == "losses":
    gradients = fitness(population)
else:
    gradients = fitness.value_and_grad(population, mode=mode)[1]
taken = time.perf_counter() - begun
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
digest = hashlib.sha256(gradients.tobytes()).hexdigest()
print(float(status["VmHWM"].split()[0]) / 1024, taken, digest)
"""


def measured(mode: str, steps: int) -> tuple[float, float, str]:
    """Peak MiB, seconds and a digest of the gradients, by a process that finds its kernels."""
    command = [sys.executable, "-c", _CODE, mode, str(steps)]
    subprocess.run([*command[:-1], "10"], env=os.environ, check=True, capture_output=True)
    done = subprocess.run(command, env=os.environ, check=True, capture_output=True, text=True)
    mebibytes, seconds, digest = done.stdout.split()
    return float(mebibytes), float(seconds), digest


def main() -> None:
    print(f"{cpu_name()}, 1 thread, float32, MiB beyond the losses' own and seconds")
    print("  steps  all kept         computed again     same bits")
    for steps in LENGTHS:
        own, _, _ = measured("losses", steps)
        found = [measured(mode, steps) for mode in ("reverse", "checkpointed")]
        shown = "".join(f"{most - own:8.1f}{seconds:9.3f}" for most, seconds, _ in found)
        print(f"{steps:7d}{shown}     {found[0][2] == found[1][2]}")


if __name__ == "__main__":
    main()

"""Start-up, compile time and memory, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

_FITNESS = """
import time, numpy as np, evornn
rng = np.random.default_rng(0)
task = evornn.tasks.Sequences(rng.normal(size=(1000, 1)), rng.normal(size=(1000, 1)))
fitness = evornn.Fitness(task, evornn.networks.{network}(inputs=1, hidden=10, outputs=1))
population = 0.3 * rng.normal(size=({population}, fitness.genes))
"""
_TIMED = """
begun = time.{clock}()
{call}
print(time.{clock}() - begun)
"""
# VmHWM is this program's own; getrusage would count what the parent held when it forked.
_MEMORY = """
fitness.value_and_grad(population)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(float(status["VmHWM"].split()[0]) / 1024)
"""


def printed(code: str, cache: str | None = None) -> float:
    """The number that `code` prints in a new process, with a kernel cache of its own if wanted."""
    environment = {**os.environ, **({"EVORNN_CACHE_DIR": cache} if cache else {})}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1])


def import_seconds() -> float:
    """CPU seconds of ``import evornn`` with everything that a first fitness needs."""
    return printed(
        "import time\nbegun = time.process_time()\nimport evornn\nevornn.Fitness, evornn.networks\n"
        "print(time.process_time() - begun)"
    )


def help_seconds() -> float:
    """CPU seconds of ``evornn --help``."""
    return printed(
        "import resource, subprocess, sys\n"
        "command = [sys.executable, '-m', 'evornn', '--help']\n"
        "subprocess.run(command, capture_output=True, check=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime)"
    )


def first_call_seconds() -> float:
    """Seconds of the first fitness call in a new process, kernels in the cache."""
    code = _FITNESS.format(network="Elman", population=64)
    code += _TIMED.format(clock="perf_counter", call="fitness(population)")
    printed(code)
    return printed(code)


def compile_seconds(network: str, call: str) -> float:
    """Seconds of the first call on a machine that never compiled this network."""
    code = _FITNESS.format(network=network, population=64)
    code += _TIMED.format(clock="perf_counter", call=call)
    with tempfile.TemporaryDirectory() as cache:
        return printed(code, cache)


def gradient_mebibytes() -> float:
    """Peak memory of a whole process that takes 1024 gradients over 1000 steps, kernels cached."""
    code = _FITNESS.format(network="Elman", population=1024) + _MEMORY
    printed(code)
    return printed(code)

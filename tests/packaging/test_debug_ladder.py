"""The debug ladder of CONTRIBUTING: reference, plain Python, bounds checks, compiled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import numpy as np
import evornn

rng = np.random.default_rng(0)
task = evornn.tasks.Sequences(rng.normal(size=(2, 6, 1)), rng.normal(size=(2, 6, 1)))
network = evornn.networks.Elman(inputs=1, hidden=3, outputs=1)
fitness = evornn.Fitness(task, network, dtype="float64")
population = rng.normal(size=(9, fitness.genes))
for genome, loss in zip(population, fitness(population)):
    outputs = [network.reference(genome, inputs) for inputs in task.inputs]
    np.testing.assert_allclose(loss, task.loss(np.array(outputs)), rtol=1e-12)
    print(loss)
"""


def run_program(cache: Path, **environment: str) -> list[float]:
    shown = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"EVORNN_CACHE_DIR": str(cache), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    return [float(word) for word in shown.stdout.split()]


def test_every_rung_gives_the_same(tmp_path):
    compiled = run_program(tmp_path)
    kernels = set(tmp_path.iterdir())
    assert kernels
    checked = run_program(tmp_path, NUMBA_BOUNDSCHECK="1")
    assert checked == compiled
    # Kernels with bounds checks are others: neither kind may stand in for the other.
    assert kernels < set(tmp_path.iterdir())
    assert len(set(tmp_path.iterdir())) == 2 * len(kernels)
    plain = run_program(tmp_path, NUMBA_DISABLE_JIT="1")
    assert plain == pytest.approx(compiled, rel=1e-12)

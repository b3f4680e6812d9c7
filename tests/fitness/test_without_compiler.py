"""NUMBA_DISABLE_JIT=1: everything runs in plain Python, with the same results to rounding."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

# Prints what it computed, in another process; run here too, compiled.
SCRIPT = """
import json, sys
import numpy as np
from evornn.fitness import Fitness
from evornn.networks import Elman
from evornn.tasks import Sequences

rng = np.random.default_rng(1)
tasks = [
    Sequences(
        [rng.normal(size=(n, 2)) for n in (6, 3)],
        [rng.normal(size=(n, 2)) for n in (6, 3)],
        [np.arange(n) * 0.5 for n in (6, 3)],
    ),
    Sequences(rng.normal(size=(2, 6, 2)), rng.normal(size=(2, 6, 2)), free_running=3),
]
results = []
for task in tasks:
    fitness = Fitness(task, Elman(inputs=2, hidden=3, outputs=2), dtype=sys.argv[1])
    population = rng.normal(size=(3, fitness.genes), scale=0.5)
    losses, gradients = fitness.value_and_grad(population)
    outputs = fitness.predict(population[0])
    fresh = fitness.predict(population[1], task.inputs[0])
    results += [fitness(population), losses, gradients, outputs, fresh]
print(json.dumps([np.asarray(result).tolist() for result in results]))
"""


def results(dtype, **environment):
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, dtype],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return [np.array(result) for result in json.loads(process.stdout)]


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 2e-5), ("float64", 1e-12)])
def test_plain_python_gives_the_same_results(dtype, tolerance):
    compiled, plain = results(dtype), results(dtype, NUMBA_DISABLE_JIT="1")
    assert len(plain) == len(compiled)
    for slow, fast in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(slow, fast, atol=tolerance * max(1, np.abs(fast).max()))

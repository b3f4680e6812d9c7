"""Parts of one's own, each in one file outside the package, are parts like any other."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import evornn
from evornn.errors import ConfigurationError

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = {
    "network": ("minimal_gated_unit.py", "MinimalGatedUnit"),
    "task": ("flip_flop.py", "FlipFlop"),
    "optimizer": ("differential_evolution.py", "DifferentialEvolution"),
}


@pytest.fixture
def names(tmp_path, monkeypatch):
    """``file.py:Class`` by kind, in a working directory of a user's own."""
    monkeypatch.chdir(tmp_path)
    for file, _ in FILES.values():
        shutil.copy(EXAMPLES / file, tmp_path)
    return {kind: f"{file}:{cls}" for kind, (file, cls) in FILES.items()}


@pytest.fixture
def parts(names):
    task = evornn.tasks.REGISTRY.build(names["task"], {"sequences": 3, "length": 25})
    sizes = {"inputs": 1, "hidden": 3, "outputs": 1}
    return {
        "task": task,
        "network": evornn.networks.REGISTRY.build(names["network"], sizes),
        "optimizer": evornn.optimizers.REGISTRY.build(names["optimizer"], {"population_size": 20}),
    }


@pytest.fixture
def fitness(parts):
    return evornn.Fitness(parts["task"], parts["network"], dtype="float64")


def test_the_network_agrees_with_its_reference(fitness, rng):
    genome = rng.standard_normal(fitness.genes)
    inputs = fitness.task.train.inputs
    expected = [fitness.network.reference(genome, sequence) for sequence in inputs]
    np.testing.assert_allclose(fitness.predict(genome), expected, rtol=1e-12, atol=1e-14)


def test_the_network_differentiates(fitness, rng):
    population = rng.standard_normal((9, fitness.genes))
    losses, gradients = fitness.value_and_grad(population)
    np.testing.assert_array_equal(losses, fitness(population))
    shift = 1e-6 * np.eye(fitness.genes)
    differences = [
        (fitness(genome + shift) - fitness(genome - shift)) / 2e-6 for genome in population
    ]
    np.testing.assert_allclose(gradients, differences, rtol=1e-6, atol=1e-7)


def test_the_task_says_what_its_docstring_says(parts):
    data = parts["task"].train
    for pulses, answers, judged in zip(data.inputs, data.targets, data.judged, strict=True):
        heard = [pulse for pulse in pulses[:, 0] if pulse != 0.0]
        assert set(heard) <= {-1.0, 1.0}
        counts = np.cumsum(pulses[:, 0] != 0.0)
        np.testing.assert_array_equal(judged > 0.0, counts > 0)
        last = [heard[count - 1] for count in counts if count > 0]
        np.testing.assert_array_equal(answers[judged > 0.0, 0], last)


def test_they_train_and_evolve(parts):
    run = evornn.train(**parts, evaluations=1_000, seed=1, dtype="float64")
    first = run.history[0]["best_loss"]
    assert run.best_loss < 0.7 * first


def test_a_run_of_theirs_is_loaded_by_who_has_them(parts):
    run = evornn.train(**parts, generations=3, seed=1, dtype="float64", out="run")
    loaded = evornn.load_run("run")
    np.testing.assert_array_equal(loaded.best_genome, run.best_genome)
    with pytest.raises(ConfigurationError, match=r"FlipFlop.*pass the task in again"):
        loaded.predict()
    loaded = evornn.load_run("run", task=parts["task"], network=parts["network"])
    np.testing.assert_array_equal(loaded.predict(), run.predict())


def test_they_appear_in_a_comparison(parts):
    experiment = evornn.Experiment(
        name="ours",
        task=parts["task"],
        network=parts["network"],
        optimizers={
            "ours": parts["optimizer"],
            "random": "random_search",
            "bptt": evornn.optimizers.Adam(population_size=9),
        },
        evaluations=200,
        seeds=2,
        dtype="float64",
        out="compared",
    )
    comparison = evornn.compare(experiment)
    assert comparison.failures == {}
    assert [row["optimizer"] for row in comparison.summary] == ["ours", "random", "bptt"]
    assert all(np.isfinite(row["training_median"]) for row in comparison.summary)


def test_the_command_line_takes_them(names):
    own = [text for kind, name in names.items() for text in (f"--{kind}", name)]
    size = ["--hidden", "3", "--set", "task.sequences=3", "--set", "task.length=25"]
    command = [sys.executable, "-m", "evornn", "train", *own, *size]
    finished = subprocess.run(
        [*command, "--dtype", "float64", "--generations", "2", "--out", "run"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    stored = json.loads(Path("run/config.json").read_text(encoding="utf-8"))
    assert stored["network"]["name"].endswith(names["network"])

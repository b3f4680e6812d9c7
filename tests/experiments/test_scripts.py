"""The scripts in ``experiments/``: each says what it asks, and asks what can be run."""

from __future__ import annotations

from pathlib import Path

import pytest

from evornn.cli.experiments import read_experiments
from evornn.comparison.plan import plan_of

SCRIPTS = sorted((Path(__file__).parents[2] / "experiments").glob("*.py"))
COMPARISONS = [script for script in SCRIPTS if "EXPERIMENTS" in script.read_text(encoding="utf-8")]
EXPERIMENTS = [
    pytest.param(experiment, id=experiment.name)
    for script in COMPARISONS
    for experiment in read_experiments(script)
]
CROSSED = [found for found in EXPERIMENTS if isinstance(found.values[0].network, dict)]
OF_ONE_NETWORK = [found for found in EXPERIMENTS if found not in CROSSED]


def test_there_are_scripts():
    assert {script.stem for script in COMPARISONS} >= {"sunspots", "mackey_glass", "memory"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_says_what_it_asks(script):
    text = script.read_text(encoding="utf-8")
    assert text.startswith('"""')
    assert "?" in text.partition("\n")[0]


@pytest.mark.parametrize("script", COMPARISONS, ids=lambda path: path.stem)
def test_a_script_of_experiments_is_short(script):
    assert len(script.read_text(encoding="utf-8").splitlines()) < 100


@pytest.mark.parametrize("experiment", OF_ONE_NETWORK)
def test_an_experiment_of_one_network_fits_together(experiment):
    parts = experiment.parts()
    plan = plan_of(experiment, experiment.seeds, parts)
    assert plan.question.endswith("?")
    assert parts["network"].inputs == parts["task"].input_size
    assert parts["network"].outputs == parts["task"].output_size
    assert len(plan.optimizers) >= 5
    assert plan.gradient_based != [] or parts["task"].train.kind == "episode"
    assert "random_search" in plan.optimizers
    assert plan.stopping.evaluations is not None


@pytest.mark.parametrize("experiment", CROSSED)
def test_an_experiment_of_several_networks_fits_together(experiment):
    parts = experiment.parts()
    plan = plan_of(experiment, experiment.seeds, parts)
    assert plan.question.endswith("?")
    assert len(parts["network"]) >= 2
    for network in parts["network"].values():
        assert network.inputs == parts["task"].input_size
        assert network.outputs == parts["task"].output_size

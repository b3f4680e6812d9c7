"""The scripts in ``experiments/``: each says what it asks, and asks what can be run."""

from __future__ import annotations

from pathlib import Path

import pytest

from evornn.cli.experiments import read_experiments
from evornn.comparison.plan import plan_of

SCRIPTS = sorted((Path(__file__).parents[2] / "experiments").glob("*.py"))
EXPERIMENTS = [
    pytest.param(experiment, id=experiment.name)
    for script in SCRIPTS
    for experiment in read_experiments(script)
]


def test_there_are_scripts():
    assert {script.stem for script in SCRIPTS} >= {"sunspots", "mackey_glass", "memory"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_short_and_says_what_it_asks(script):
    text = script.read_text(encoding="utf-8")
    assert text.startswith('"""')
    assert "?" in text.partition("\n")[0]
    assert len(text.splitlines()) < 100


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_an_experiment_fits_together(experiment):
    parts = experiment.parts()
    plan = plan_of(experiment, experiment.seeds, parts)
    assert plan.question.endswith("?")
    assert parts["network"].inputs == parts["task"].input_size
    assert parts["network"].outputs == parts["task"].output_size
    assert len(plan.optimizers) >= 5
    assert plan.gradient_based != []
    assert "random_search" in plan.optimizers
    assert plan.stopping.evaluations is not None

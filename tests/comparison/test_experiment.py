"""Experiments: what they take and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

import evornn
from evornn.comparison import Cell
from evornn.comparison.experiment import seed_list
from evornn.comparison.plan import plan_of
from evornn.errors import ConfigurationError
from evornn.networks import FullyRecurrent
from evornn.tasks import DelayedRecall, Parity


def experiment(**changes):
    options = {
        "name": "memory",
        "task": "delayed_recall",
        "network": FullyRecurrent(1, 2, 1),
        "optimizers": ["genetic", "adam"],
        "evaluations": 100,
    }
    return evornn.Experiment(**(options | changes))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "a/b"}, "'a/b' names a folder"),
        ({"name": ""}, "names a folder"),
        ({"name": ".."}, "names a folder"),
        ({"optimizers": []}, "needs at least one optimizer"),
        ({"optimizers": {"a b": "genetic"}}, "'a b' names a folder"),
        ({"evaluations": None}, "nothing would end this run"),
        ({"evaluations": -1}, "evaluations must be at least 1"),
        ({"dtype": "float16"}, "dtype must be float32 or float64, got 'float16'$"),
        ({"seeds": 0}, "seeds must be at least 1"),
        ({"seeds": [1, 1]}, "each once"),
        ({"seeds": [-1]}, "seed must be at least 0"),
        ({"seeds": 2.5}, "seeds must be how many there are, as 10, or a list.*got 2.5"),
        ({"seeds": "3"}, "seeds must be how many there are"),
        ({"start": 0.3}, r"start must be an evornn.Start, as evornn.Start\(scale=0.3\); got 0.3"),
        ({"target": "a"}, "target must be a finite number, got 'a'"),
        ({"threads": "a"}, "threads must be an integer, got 'a'"),
        ({"optimizers": "genetic"}, "must be a list of registered names.*got 'genetic'"),
        ({"optimizers": evornn.optimizers.Adam()}, "must be a list of registered names"),
        ({"optimizers": [evornn.optimizers.Adam()]}, 'table of label to instance, as {"adam"'),
    ],
)
def test_refused(changes, told):
    with pytest.raises(ConfigurationError, match=told):
        experiment(**changes)


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(ConfigurationError, match="did you mean 'genetic'"):
        experiment(optimizers=["genetik"]).built_optimizers()
    with pytest.raises(ConfigurationError, match="did you mean 'parity'"):
        experiment(task="party").parts()


def test_seeds():
    assert seed_list(3) == (0, 1, 2)
    assert seed_list([7, 3]) == (3, 7)
    assert seed_list(np.int64(2)) == (0, 1)
    assert [type(seed) for seed in seed_list(np.arange(2))] == [int, int]


def test_optimizers_by_name_and_by_label():
    named = experiment().built_optimizers()
    labelled = experiment(optimizers={"ga": "genetic", "bptt": evornn.optimizers.Adam()})
    assert list(labelled.built_optimizers()) == ["ga", "bptt"]
    assert labelled.built_optimizers()["ga"] == named["genetic"]


@pytest.mark.parametrize(
    ("changes", "target", "source"),
    [
        ({"target": 0.5, "target_loss": 0.1}, 0.5, "set by the experiment"),
        ({"target_loss": 0.1}, 0.1, "the experiment's target_loss"),
        ({}, DelayedRecall().solved.loss, DelayedRecall().solved.source),
        ({"task": DelayedRecall().train}, None, ""),
    ],
)
def test_the_target_and_who_says_so(changes, target, source):
    asked = experiment(**changes)
    plan = plan_of(asked, (0,), asked.parts())
    assert (plan.target, plan.target_source) == (target, source)


def test_the_plan_survives_its_file():
    asked = experiment(task=Parity(length=9, validation_sequences=0))
    plan = plan_of(asked, (0, 2), asked.parts())
    again = type(plan).model_validate_json(plan.to_json())
    assert again == plan
    assert plan.splits == ["training", "test"]
    assert plan.configuration(Cell("adam", 2)) == again.configuration(Cell("adam", 2))

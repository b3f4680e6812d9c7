"""Wrong arguments: one error that names the value and the cure."""

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness, OnlineRTRL, OnlineUORO
from evornn.networks import Elman
from evornn.optimizers import Adam
from evornn.tasks import Sequences

GENES = 26


@pytest.mark.parametrize(
    ("population", "message"),
    [
        (np.zeros((4, 3)), r"\(population, 26\).*\(4, 3\)"),
        (np.zeros(GENES), r"\(26,\).*genome\[None"),
        (np.zeros((2, 2, GENES)), r"\(2, 2, 26\)"),
        (np.zeros((0, GENES)), r"\(0, 26\)"),
        (np.zeros((2, GENES), complex), "complex128"),
        (np.full((2, GENES), "a"), "dtype <U1"),
        (np.full((2, GENES), None), "dtype object"),
    ],
    ids=["width", "flat", "three axes", "empty", "complex", "text", "objects"],
)
@pytest.mark.parametrize("method", ["__call__", "value_and_grad", "decode"])
def test_no_population(population, message, method, simple):
    fitness = Fitness(simple.task, simple.network)
    assert fitness.genes == GENES
    with pytest.raises(ConfigurationError, match=message):
        getattr(fitness, method)(population)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "float16"}, "dtype must be float32 or float64, got 'float16'$"),
        ({"dtype": "float"}, "float32 or float64, got 'float'"),
        ({"threads": 0}, "threads must be at least 1, got 0"),
        ({"threads": 1.5}, "threads must be an integer, got 1.5"),
        ({"split": "tset"}, "tset.*did you mean 'test'"),
        ({"split": "validation"}, "no validation data"),
        ({"network": Elman(inputs=3, hidden=2, outputs=2)}, "inputs=2, outputs=2"),
        ({"network": Elman(inputs=2, hidden=2, outputs=1)}, "inputs=2, outputs=2"),
    ],
)
def test_wrong_options(options, message, simple):
    with pytest.raises(ConfigurationError, match=message):
        Fitness(**{"task": simple.task, "network": simple.network, **options})


@pytest.mark.parametrize("inputs", [np.zeros((3, 5)), np.zeros((1, 4, 1)), np.zeros(4)])
def test_predicting_from_inputs_that_do_not_fit(inputs, simple):
    fitness = Fitness(simple.task, simple.network)
    with pytest.raises(ConfigurationError, match=r"inputs have the shape"):
        fitness.predict(np.zeros(GENES), inputs)


def test_predicting_for_a_population(simple):
    fitness = Fitness(simple.task, simple.network)
    with pytest.raises(ConfigurationError, match=r"one genome.*\(26,\).*\(2, 26\)"):
        fitness.predict(np.zeros((2, GENES)))


def test_data_too_large_for_single_precision_are_no_good_numbers():
    task = Sequences(np.full((1, 3, 2), 1e300), np.zeros((1, 3, 2)))
    network = Elman(inputs=2, hidden=3, outputs=2, activation="identity")
    assert not np.isfinite(Fitness(task, network)(np.ones((2, network.weight_count)))).any()


def test_who_learns_while_running_takes_names_and_generators(simple):
    task, network = simple.task, simple.network
    assert OnlineRTRL(task, network, "adam").optimizer == Adam()
    with pytest.raises(ConfigurationError, match="or the name of one, got 'genetic'"):
        OnlineRTRL(task, network, "genetic")
    with pytest.raises(ConfigurationError, match=r"rng must be a numpy.random.Generator.*got 0"):
        OnlineUORO(task, network, "adam", rng=0)


def test_teacher_forcing_tells_how_a_task_runs_freely(simple):
    fitness = Fitness(simple.task, simple.network)
    with pytest.raises(ConfigurationError, match=r"--set task.evaluation=free_running"):
        fitness.teacher_forced(0.5, np.random.default_rng(0))

"""A stored configuration is read whole or refused with everything that is wrong with it."""

from __future__ import annotations

import json

import pytest

from evornn.errors import ConfigurationError
from evornn.optimizers import Start
from evornn.runs.configuration import (
    Configuration,
    Execution,
    Part,
    differences,
    read_configuration,
)
from evornn.runs.stopping import Limits

CONFIGURATION = Configuration(
    task=Part(name="sunspots", options={}),
    task_data="0" * 64,
    network=Part(name="elman", options={"inputs": 1, "hidden": 10, "outputs": 1}),
    encoding=Part(name="direct", options={}),
    optimizer=Part(name="genetic", options={"sigma": 0.1, "names": ["a", None]}),
    seed=3,
    start=Start(scale=0.25),
    dtype="float32",
    stopping=Limits(evaluations=100, target_loss=1e-3),
    execution=Execution(checkpoint_every=10.0),
    environment={"versions": {"numpy": "2.4"}},
)


@pytest.fixture
def stored(tmp_path):
    """``stored(change)`` writes the configuration after `change(values)` and reads it back."""

    def read(change=lambda values: None):
        values = json.loads(CONFIGURATION.to_json())
        change(values)
        path = tmp_path / "config.json"
        path.write_text(json.dumps(values), encoding="utf-8")
        return read_configuration(path)

    return read


def test_it_comes_back_the_same(stored):
    assert stored() == CONFIGURATION
    assert not differences(stored().identity, CONFIGURATION.identity)


def test_threads_and_machine_are_no_part_of_the_experiment(stored):
    def elsewhere(values):
        values["execution"]["threads"] = 7
        values["environment"] = {}

    assert stored(elsewhere).identity == CONFIGURATION.identity


def test_everything_wrong_is_listed_at_once_with_suggestions(stored):
    def spoil(values):
        values["sed"] = values.pop("seed")
        values["network"]["option"] = {}
        values["start"]["scal"] = 1.0
        values["stopping"]["evaluations"] = "many"
        values["dtype"] = "float16"
        values["execution"]["threads"] = 0
        del values["task_data"]

    with pytest.raises(ConfigurationError) as refused:
        stored(spoil)
    message = str(refused.value)
    assert refused.value.exit_code == 2
    for line in (
        "config.json:",
        "sed: unknown key (did you mean 'seed'?)",
        "seed: missing",
        "network.option: unknown key (did you mean 'options'?)",
        "start.scal: unknown key (did you mean 'scale'?)",
        "stopping.evaluations: Input should be a valid integer, got 'many'",
        "dtype: Input should be 'float32' or 'float64', got 'float16'",
        "execution.threads: Input should be greater than or equal to 1, got 0",
        "task_data: missing",
    ):
        assert line in message


@pytest.mark.parametrize(
    ("section", "key", "value", "message"),
    [
        ("start", "scale", -1.0, "start.scale must be above 0"),
        ("start", "distribution", "normel", "did you mean 'normal'"),
        ("stopping", "evaluations", 0, "evaluations must be at least 1"),
        ("stopping", "tolerance", 0.1, "give learnt_share too"),
        ("stopping", "target_loss", True, "stopping.target_loss: "),
        ("network", "name", None, "network.name: Input should be a valid string"),
    ],
)
def test_values_out_of_range_are_named(stored, section, key, value, message):
    with pytest.raises(ConfigurationError, match=message):
        stored(lambda values: values[section].update({key: value}))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"seed": 1, "dtype": "x", "seed": 2, "dtype": "y"}', "more than once: dtype, seed"),
        (b'{"network": {"name": "a", "name": "b"}}', "more than once: name"),
        ("{'ü'}".encode("latin-1"), r"not UTF-8 text \(byte 2\)"),
        (b'{"seed": ', "not JSON"),
        (b"[1, 2]", "should be an object"),
        (b"[" * 100_000, "not JSON"),
        (b"", "not JSON"),
    ],
)
def test_unreadable_files_are_one_clear_error(tmp_path, data, message):
    path = tmp_path / "config.json"
    path.write_bytes(data)
    with pytest.raises(ConfigurationError, match=message):
        read_configuration(path)


def test_a_missing_file_is_a_clear_error(tmp_path):
    with pytest.raises(ConfigurationError, match=r"there is no file .*give the folder of a run"):
        read_configuration(tmp_path / "config.json")


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({}, "nothing would end this run"),
        ({"evaluations": -5}, "evaluations must be at least 1, got -5"),
        ({"evaluations": 1e3}, "evaluations must be an integer, got 1000.0"),
        ({"seconds": 0}, "seconds must be above 0"),
        ({"seconds": float("nan")}, "seconds must be a finite number"),
        ({"learnt_share": 1.5}, "learnt_share must be .* at most 1"),
        ({"learnt_share": 0.0}, "learnt_share must be above 0"),
        ({"learnt_share": 0.5, "tolerance": -1}, "tolerance must be above 0"),
        ({"target_loss": "small"}, "target_loss must be a finite number"),
        ({"evaluations": 5, "tolerance": 0.1}, "give learnt_share too"),
    ],
)
def test_limits_are_checked(limits, message):
    with pytest.raises(ConfigurationError, match=message):
        Limits(**limits)

"""``--set``: values of the right type, and answers to the wrong ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from evornn.cli import numbers
from evornn.cli.commands import listing
from evornn.cli.parts import build_parts
from evornn.cli.problems import Problems
from evornn.cli.settings import parsed, read_settings, written
from evornn.errors import ConfigurationError
from evornn.networks import GRU, LSTM
from evornn.optimizers import SNES, Adam, Genetic
from evornn.registry import plain, registry_of
from evornn.tasks import TMaze


@dataclass(frozen=True)
class Thing:
    size: int = 3
    rate: float = 0.1
    limit: int | None = None
    columns: tuple[str, ...] = ()
    label: str = ""
    on: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    edges: Sequence[Any] = ()


def options(*settings):
    problems = Problems()
    found = read_settings(settings, {"task": Thing}, ("task", "network"), problems)
    problems.check()
    return found["task"]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("size=50", {"size": 50}),
        ("size=1e3", {"size": 1000}),
        ("rate=1e-3", {"rate": 0.001}),
        ("rate=2", {"rate": 2.0}),
        ("limit=none", {"limit": None}),
        ("limit=7", {"limit": 7}),
        ("columns=a,b", {"columns": ("a", "b")}),
        ("columns=a", {"columns": ("a",)}),
        ('columns=["a", "b"]', {"columns": ("a", "b")}),
        ("columns=[V],[A]", {"columns": ("[V]", "[A]")}),
        ("edges=a:b, a:b:1", {"edges": ("a:b", "a:b:1")}),
        ("label=a=b", {"label": "a=b"}),
        ("label=30", {"label": "30"}),
        ("on=true", {"on": True}),
        ("on=no", {"on": False}),
        ('extra={"indpb": 0.5}', {"extra": {"indpb": 0.5}}),
        ("extra.indpb=0.5", {"extra": {"indpb": 0.5}}),
    ],
)
def test_values_get_the_type_of_their_option(setting, expected):
    found = options(f"task.{setting}")
    assert found == expected
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in expected.items()
    }


def test_later_settings_win_and_keys_add_up():
    assert options("task.size=1", "task.size=2") == {"size": 2}
    assert options("task.extra.a=1", "task.extra.b=x") == {"extra": {"a": 1, "b": "x"}}


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("task.size=many", "task.size: 'many' is not an integer"),
        ("task.size=1.5", "'1.5' is not an integer"),
        ("task.rate=fast", "'fast' is not a number"),
        ("task.on=maybe", "'maybe' is not true or false"),
        ("task.limit=x", "'x' is not of type int | None"),
        ("task.extra=[1]", r"'\[1\]' is not of type"),
        ('task.extra={"a": 1', "'{\"a\": 1' is broken JSON: Expecting ',' delimiter at char"),
        ('task.edges=["a:b",', "is broken JSON"),
        ("task.size.x=1", "task.size.x: size has no options of its own"),
        ("task.siz=3", "did you mean 'size'"),
        ("tusk.size=3", "did you mean 'task'"),
        ("task.size", "must read task|network.option=value"),
        ("size=3", "must read task|network.option=value"),
    ],
)
def test_wrong_settings_name_value_and_cure(setting, told):
    with pytest.raises(ConfigurationError, match=told):
        options(setting)


def test_everything_wrong_is_told_together():
    with pytest.raises(ConfigurationError) as error:
        options("task.size=many", "task.rat=1", "task.label=fine")
    assert str(error.value).startswith("2 things are wrong:")
    assert "many" in str(error.value)
    assert "did you mean 'rate'" in str(error.value)


def test_settings_of_an_unknown_part_are_passed_over():
    assert options("network.anything=3") == {}


def test_a_type_that_nobody_knows_takes_json_or_text():
    assert parsed("[1, 2]", Any) == [1, 2]
    assert parsed("plain", Any) == "plain"


def built(kind, name, *settings):
    """The part called `name` with `settings`, all wrong ones told together."""
    names = {"task": "parity", "network": "elman", "optimizer": "genetic", "encoding": "direct"}
    problems = Problems()
    parts = build_parts(names | {kind: name}, ["network.hidden=3", *settings], problems)
    problems.check()
    return parts[kind]


def test_options_of_an_inner_part_are_merged_into_the_default():
    memetic = built(
        "optimizer",
        "memetic",
        "optimizer.optimizer.population_size=10",
        "optimizer.gradient_method.beta1=0.5",
    )
    assert memetic.optimizer == Genetic(population_size=10)
    assert memetic.gradient_method == Adam(learning_rate=0.03, beta1=0.5)
    network = built("network", "bidirectional", "network.network.peepholes=true")
    assert network.network == LSTM(1, 3, 1, peepholes=True)
    encoding = built("encoding", "centre_crossing", "encoding.encoding.range=-3,3")
    assert encoding.encoding.range == (-3.0, 3.0)


def test_the_name_of_an_inner_part_goes_before_its_options():
    settings = ["optimizer.optimizer.population_size=10", "optimizer.optimizer=snes"]
    for order in (settings, settings[::-1]):
        assert built("optimizer", "memetic", *order).optimizer == SNES(population_size=10)


def test_parts_of_parts_of_parts():
    islands = ["optimizer.optimizer=island_model"]
    deep = built(
        "optimizer", "memetic", *islands, "optimizer.optimizer.optimizer.population_size=12"
    )
    assert deep.optimizer.optimizer == Genetic(population_size=12)


def test_several_parts_are_given_with_commas_or_as_a_list():
    threshold = "task.threshold=0.5"
    named = built("task", "curriculum", "task.stages=t_maze, t_maze", threshold)
    assert named.stages == (TMaze(), TMaze())
    stages = 'task.stages=["t_maze", {"name": "t_maze", "options": {"delay": 5}}]'
    assert built("task", "curriculum", stages, threshold).stages == (TMaze(), TMaze(delay=5))
    layers = 'network.layers={"name": "lstm", "options": {"peepholes": true}}, {"name": "gru"}'
    stack = built("network", "stack", layers)
    assert stack.layers == (LSTM(1, 3, 3, peepholes=True, readout=False), GRU(3, 3, 1))


@pytest.mark.parametrize(
    ("name", "setting", "told"),
    [
        ("memetic", "optimizer.optimizer=sness", "--set optimizer.optimizer: .*mean 'snes'"),
        ("memetic", 'optimizer.optimizer={"name": "snes"', '\'{"name": "snes"\' is broken JSON'),
        ("memetic", 'optimizer.optimizer={"name": "snes", "option": {}}', "unknown key 'option'"),
        ("memetic", 'optimizer.optimizer={"options": {}}', r'write {"name": …, "options": {…}}'),
        ("memetic", "optimizer.optimizer=5", r'write {"name": …, "options": {…}}, got 5'),
        ("memetic", "optimizer.optimizer.population=5", "did you mean 'population_size'"),
        ("memetic", "optimizer.optimizer.elites=x", "optimizer.optimizer.elites: 'x' is not an in"),
    ],
)
def test_wrong_inner_parts(name, setting, told):
    with pytest.raises(ConfigurationError, match=told) as error:
        built("optimizer", name, setting)
    assert "things are wrong" not in str(error.value)


def test_options_of_several_parts_are_told_how():
    with pytest.raises(ConfigurationError, match=r'several layers, .*layers=\[{"name": …'):
        built("network", "stack", "network.layers.peepholes=true")


@pytest.mark.parametrize("given", [(), ("task.stages=t_maze",)])
def test_a_curriculum_without_stages_shows_the_form(given):
    with pytest.raises(ConfigurationError, match=r'stages.*as in .*\["t_maze", {"name": "t_maze"'):
        built("task", "curriculum", *given)


@pytest.mark.parametrize("kind", listing.KINDS)
def test_every_default_that_is_listed_can_be_set(kind):
    for name, cls in registry_of(kind.removesuffix("s")).items():
        for option in listing.options(cls):
            if "default" in option:
                names, problems = [option["name"]], Problems()
                setting = f"part.{names[0]}={written(option['default'])}"
                found = read_settings([setting], {"part": cls}, ["part"], problems)["part"]
                problems.check()
                assert plain(found[names[0]]) == option["default"], (name, setting)


@pytest.mark.parametrize("text", ["", "x", "1.5", "inf", "nan", "1e400"])
def test_what_is_no_integer_is_named(text):
    with pytest.raises(ValueError, match=f"'{text}' is not an integer"):
        numbers.whole(text)

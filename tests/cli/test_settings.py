"""``--set``: values of the right type, and answers to the wrong ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from evornn.cli.problems import Problems
from evornn.cli.settings import parsed, read_settings
from evornn.errors import ConfigurationError


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
        ("rate=1e-3", {"rate": 0.001}),
        ("rate=2", {"rate": 2.0}),
        ("limit=none", {"limit": None}),
        ("limit=7", {"limit": 7}),
        ("columns=a,b", {"columns": ("a", "b")}),
        ("columns=a", {"columns": ("a",)}),
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

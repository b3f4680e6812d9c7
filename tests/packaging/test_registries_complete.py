"""Every network, task, optimizer and encoding of the package is in its table."""

import dataclasses
import importlib
import inspect
import pkgutil
import re

import pytest

from evornn.encodings import Encoding
from evornn.networks import Network
from evornn.optimizers import Optimizer
from evornn.tasks import Task

BASES = {"networks": Network, "tasks": Task, "optimizers": Optimizer, "encodings": Encoding}


def defined_in(folder: str) -> set[str]:
    """The parts, as ``module:Class``, that the modules of a folder define."""
    package = importlib.import_module(f"evornn.{folder}")
    names = [f"evornn.{folder}.{found.name}" for found in pkgutil.iter_modules(package.__path__)]
    return {
        f"{name}:{key}"
        for name in names
        for key, thing in vars(importlib.import_module(name)).items()
        if inspect.isclass(thing)
        and issubclass(thing, BASES[folder])
        and thing.__module__ == name
        and dataclasses.is_dataclass(thing)
        and not inspect.isabstract(thing)
        and not key.startswith("_")
    }


@pytest.mark.parametrize("folder", BASES)
def test_everything_is_registered(folder):
    registry = importlib.import_module(f"evornn.{folder}").REGISTRY
    listed = {f"{cls.__module__}:{cls.__qualname__}" for cls in registry.values()}
    assert listed == defined_in(folder)


@pytest.mark.parametrize("folder", BASES)
def test_names_are_snake_case(folder):
    registry = importlib.import_module(f"evornn.{folder}").REGISTRY
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) for name in registry)


@pytest.mark.parametrize("folder", BASES)
def test_classes_are_attributes_of_their_folder(folder):
    package = importlib.import_module(f"evornn.{folder}")
    for cls in package.REGISTRY.values():
        assert getattr(package, cls.__name__) is cls

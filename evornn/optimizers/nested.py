"""Optimizers made of others: how these are named in options, and their states kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evornn.errors import ConfigurationError
from evornn.optimizers import REGISTRY
from evornn.optimizers.generational import GenerationalSearch, storable
from evornn.optimizers.optimizer import Optimizer


def inner_optimizer(what: str, given: Any) -> Any:
    """The optimizer that the option `what` names: one, a registered name, or name and options."""
    if isinstance(given, str):
        given = {"name": given}
    if isinstance(given, Mapping) and {"name"} <= set(given) <= {"name", "options"}:
        if ".py:" in str(given["name"]):
            raise ConfigurationError(
                f"{what} is {given['name']!r}, from outside the package. A file is never run "
                "because an option names it: pass the optimizer itself"
            )
        given = REGISTRY.build(given["name"], given.get("options", {}))
    if not isinstance(given, Optimizer):
        raise ConfigurationError(f"{what} must be an optimizer or the name of one, got {given!r}")
    return given


def inner_state(search: GenerationalSearch) -> dict[str, Any]:
    """What `search` carries; its generator is that of the search around it."""
    return {name: storable(getattr(search, name)) for name in search.carried}


def put_inner_state(search: GenerationalSearch, state: Mapping[str, Any]) -> None:
    for name in search.carried:
        setattr(search, name, storable(state[name]))

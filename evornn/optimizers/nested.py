"""Optimizers made of others: how the states of these are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evornn.optimizers.generational import GenerationalSearch, storable


def inner_state(search: GenerationalSearch) -> dict[str, Any]:
    """What `search` carries; its generator is that of the search around it."""
    return {name: storable(getattr(search, name)) for name in search.carried}


def put_inner_state(search: GenerationalSearch, state: Mapping[str, Any]) -> None:
    for name in search.carried:
        setattr(search, name, storable(state[name]))

"""The state of a `cma.CMAEvolutionStrategy` as arrays and numbers, and put back bit for bit.

`cma` offers pickle only. Its future depends on plain attributes (arrays, numbers, lists of numbers)
of the strategy and of a few parts: the sampler (C with its eigenvectors B and axes D, and when they
were last computed), the step-size adaptation (its path), the diagonal scaling, and the histories
from which `stop` judges. All plain attributes of these are taken, so a new version of `cma` that
remembers more is carried too; what is not plain follows from the settings.
"""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np

#: parts of a strategy, by their attribute names; "" is the strategy itself
PARTS = ("", "sm", "adapt_sigma", "sigma_vec", "fit", "best", "_stoptolxstagnation")
#: what is left out: views of the sampler's arrays and the last generation's genomes, which no later
#: one needs, and keys of a cache that is not plain itself
LEFT_OUT = {"": {"B", "C", "D", "dC", "ary", "pop_sorted"}, "sm": {"_mueff", "_lam"}}


def taken(strategy: Any) -> dict[str, Any]:
    """The state of `strategy` between two generations."""
    state: dict[str, Any] = {"tolupsigma": plain(strategy.opts["tolupsigma"])}
    for part in PARTS:
        attributes = vars(part_of(strategy, part))
        state[part or "strategy"] = {
            name: plain(value)
            for name, value in attributes.items()
            if name not in LEFT_OUT.get(part, ()) and is_plain(value)
        }
    return state


def put(strategy: Any, state: dict[str, Any]) -> None:
    """Continue `strategy`, begun with the same settings, from `state`."""
    strategy.opts["tolupsigma"] = restored(state["tolupsigma"])
    for part in PARTS:
        attributes = vars(part_of(strategy, part))
        for name, value in state[part or "strategy"].items():
            attributes[name] = restored(value)
    strategy._updateBDfromSM(strategy.sm)


def forget_generation(strategy: Any) -> None:
    """As if the genomes asked last had not been asked: nothing is learnt from them."""
    strategy.sent_solutions.clear()
    strategy.number_of_solutions_asked = 0
    strategy._flgtelldone = True


def part_of(strategy: Any, part: str) -> Any:
    return getattr(strategy, part) if part else strategy


def is_plain(value: Any) -> bool:
    if type(value) is list:  # and none of `cma`'s own kinds of lists
        return all(is_plain(item) for item in value)
    if isinstance(value, np.ndarray):
        return value.dtype != object
    return value is None or isinstance(value, (Real, np.bool_))


def plain(value: Any) -> Any:
    """What a checkpoint can hold; numbers that are not finite, and so not JSON, by their names.

    The memory layout is kept as well, since products of matrices depend on it in the last bit.
    """
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return {"transposed": value.T.copy()} if np.isfortran(value) else value.copy()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    return float(value) if np.isfinite(value) else {"number": str(float(value))}


def restored(value: Any) -> Any:
    """The inverse of `plain`."""
    if isinstance(value, list):
        return [restored(item) for item in value]
    if isinstance(value, dict):
        return float(value["number"]) if "number" in value else value["transposed"].copy().T
    return value.copy() if isinstance(value, np.ndarray) else value

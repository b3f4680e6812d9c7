"""The parts of a run (task, network, encoding, optimizer): named in a record, rebuilt from it.

What is registered is rebuilt through its registry. What comes from a file of the user's own, or was
made in a session, is never imported because a record names it: it has to be passed in again.
Plain `Sequences` and `Trees` have no name to be rebuilt from, so their arrays are kept in the run
folder.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from evornn import encodings, networks, optimizers, tasks
from evornn.errors import ConfigurationError, StorageError
from evornn.registry import Registry, configuration
from evornn.runs.atomic import write_atomically
from evornn.runs.configuration import Configuration, Part, differences
from evornn.runs.packing import pack, unpack
from evornn.tasks import Sequences, Task, Trees
from evornn.tasks.judged import Judged

REGISTRIES: dict[str, Registry] = {
    "task": tasks.REGISTRY,
    "network": networks.REGISTRY,
    "encoding": encodings.REGISTRY,
    "optimizer": optimizers.REGISTRY,
}
BASES: dict[str, type] = {
    "task": tasks.Task,
    "network": networks.Network,
    "encoding": encodings.Encoding,
    "optimizer": optimizers.Optimizer,
}
#: a task that is nothing but its data: its name in a record
DATA: dict[str, Any] = {"sequences": Sequences, "trees": Trees}


def built(kind: str, given: Any, options: dict[str, Any] | None = None) -> Any:
    """`given` itself, or what its name stands for, with `options`.

    ConfigurationError where it is of another kind.
    """
    if isinstance(given, str):
        name, own = named(kind, given)
        given = REGISTRIES[kind].build(name, {**(options or {}), **own})
    thing = given
    if not isinstance(thing, BASES[kind]):
        raise ConfigurationError(
            f"{kind} must be an instance of evornn.{kind}s.{BASES[kind].__name__}, or one of the "
            f"names {', '.join(REGISTRIES[kind])}; got {given!r:.80}"
        )
    return thing


def named(kind: str, name: str) -> tuple[str, dict[str, Any]]:
    """The registered name and the options that `name` stands for: ``gym:CartPole-v1`` is the task
    ``gym`` with that environment."""
    if kind == "task" and name.startswith("gym:"):
        return "gym", {"env": name.removeprefix("gym:")}
    return name, {}


def describe(kind: str, thing: Any) -> Part:
    """How a record names `thing`. ConfigurationError where it is not made of plain options."""
    if isinstance(thing, Judged):
        return Part(name=_data_name(thing), options=_data_options(thing))
    if not dataclasses.is_dataclass(thing):
        raise ConfigurationError(
            f"{kind} {type(thing).__name__} must be a dataclass, whose fields are its options: put "
            "@dataclass(frozen=True) before its class"
        )
    try:
        text = json.dumps(configuration(thing), allow_nan=False, default=_plain)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(
            f"the options of {kind} {type(thing).__name__} must be numbers, strings, booleans, "
            f"None, or lists and tables of these: {error}"
        ) from None
    return Part(name=REGISTRIES[kind].name_of(thing), options=json.loads(text))


def _data_name(data: Judged) -> str:
    return next(name for name, cls in DATA.items() if isinstance(data, cls))


def _data_options(data: Judged) -> dict[str, Any]:
    """What `data` is given beside its arrays; the usual loss goes without saying."""
    options: dict[str, Any] = {}
    if isinstance(data, Sequences):
        options = {"free_running": data.free_running, "feedback": _plain_list(data.feedback)}
    if data.loss_function == "mean_squared_error":
        return options
    return options | {"loss_function": data.loss_function}


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    return os.fspath(value)


def _plain_list(values: Any) -> Any:
    return None if values is None else [int(value) for value in values]


def rebuilt(kind: str, stored: Configuration, given: Any, folder: Path) -> Any:
    """The part of `kind` that `stored` tells of: `given` if it is the same, or built anew."""
    part: Part = getattr(stored, kind)
    if given is not None:
        return _same(kind, part, built(kind, given, part.options))
    if kind == "task" and part.name in DATA:
        return _load_data(part, folder)
    if kind == "task" and part.name == "gym" and ":" in str(part.options["env"]):
        raise ConfigurationError(
            f"the task of {folder} is an environment of the module in {part.options['env']!r}. A "
            "module is never imported because a record names it: pass the task in again, as "
            f"--task gym:{part.options['env']} (in Python task='gym:{part.options['env']}')"
        )
    if part.name in REGISTRIES[kind]:
        return REGISTRIES[kind].build(part.name, part.options)
    raise ConfigurationError(
        f"the {kind} of {folder} is {part.name!r}, from outside the package. A file is never run "
        f"because a record names it: pass the {kind} in again, as --{kind} FILE.py:CLASS (in "
        f"Python {kind}=…)"
    )


def _same(kind: str, part: Part, given: Any) -> Any:
    """`given`, refused where it is not what `part` tells of. A file may have moved since."""
    found = describe(kind, given)
    moved = ":" in part.name and ":" in found.name and _class(part) == _class(found)
    if part.options != found.options or not (moved or part.name == found.name):
        changes = differences(part.model_dump(), found.model_dump())
        raise ConfigurationError(
            f"this {kind} is not the one that the run was begun with:\n  " + "\n  ".join(changes)
        )
    return given


def _class(part: Part) -> str:
    """The class in a name like ``path/to/file.py:Class``."""
    return part.name.rpartition(":")[2]


def fingerprint(task: Task) -> str:
    """sha256 of every array of `task`: a CSV file, say, must not change under a run."""
    digest = hashlib.sha256()
    for stage, split in product(task.course, ("train", "validation", "test")):
        data = getattr(stage, split)
        if data is None:
            continue
        for name, array in data.arrays.items():
            digest.update(f"{split}.{name}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return digest.hexdigest()


def save_data(task: Any, folder: Path) -> None:
    """Keep the arrays of `task` where it is nothing but its data."""
    if isinstance(task, Judged):
        write_atomically(folder / "task.safetensors", pack(dict(task.arrays)))


def _load_data(part: Part, folder: Path) -> Judged:
    path = folder / "task.safetensors"
    try:
        arrays = unpack(path.read_bytes())
        rows = [slice(0, int(length)) for length in arrays["lengths"]]
        parts = {
            name: [array[row] for array, row in zip(padded, rows, strict=True)]
            for name, padded in arrays.items()
            if name != "lengths"
        }
        data = DATA[part.name](**parts, **part.options)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise StorageError(f"{path} cannot be used ({error}): pass the task in again") from error
    return data

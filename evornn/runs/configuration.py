"""The configuration of a run: everything that its result depends on, resolved, in ``config.json``.

`Configuration.identity` is what makes two runs the same experiment; `execution` (threads, how often
to checkpoint) and `environment` (versions, machine, commit) are recorded beside it and may differ.
A stored configuration is checked whole: every unknown, missing, wrong or doubled key is named.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_serializer

from evornn.errors import ConfigurationError
from evornn.optimizers.start import Start
from evornn.registry import suggestion
from evornn.runs.stopping import Limits

Dtype = Literal["float32", "float64"]


class Stored(BaseModel):
    """Base of what is kept on disk: nothing unknown, nothing converted, nothing changed.

    Fields that came `later` are left out where they have their default, so that records of before
    and after are the same.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    later: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_unused(self, serialized: Any) -> dict[str, Any]:
        unused = {name for name in self.later if getattr(self, name) == self._default(name)}
        return {name: value for name, value in serialized(self).items() if name not in unused}

    def _default(self, name: str) -> Any:
        return type(self).model_fields[name].get_default(call_default_factory=True)


class Part(Stored):
    """A task, network, encoding or optimizer: its registered name and its options."""

    name: str
    options: dict[str, JsonValue]


class Execution(Stored):
    """What changes how a run is carried out but not what comes of it.

    `film` is how many generations lie between those whose best is kept for a film.
    """

    later: ClassVar = frozenset({"film"})

    threads: int | None = Field(default=None, ge=1)
    checkpoint_every: float = Field(ge=0)
    film: int | None = Field(default=None, ge=1)


class Resolved(Stored):
    """Base of configurations: `execution` and ``environment`` do not touch the result."""

    #: what this is the record of; where it is no run it is also stored, as ``kind``
    record_of: ClassVar[str] = "run"
    #: how an interrupted run in a ``{folder}`` is gone on with
    go_on: ClassVar[str] = "evornn resume {folder}"

    @property
    def identity(self) -> dict[str, Any]:
        """The part of this configuration that the result depends on, as plain JSON values."""
        return self.model_dump(mode="json", exclude={"execution", "environment"})

    def to_json(self) -> str:
        """The text of ``config.json``."""
        return json.dumps(self.model_dump(mode="json"), indent=2, allow_nan=False) + "\n"


class Configuration(Resolved):
    """Everything needed to do a run again. `task_data` is the sha256 of the task's arrays."""

    later: ClassVar = frozenset({"batch", "ridge", "gradient", "teacher_forcing"})

    schema_version: Literal[1] = 1
    task: Part
    task_data: str
    network: Part
    encoding: Part
    optimizer: Part
    seed: int = Field(ge=0)
    start: Start
    dtype: Dtype
    batch: int | None = Field(default=None, ge=1)
    ridge: float | None = Field(default=None, ge=0)
    gradient: str = "reverse"
    teacher_forcing: str | None = None
    stopping: Limits
    execution: Execution
    environment: dict[str, JsonValue] = {}


AConfiguration = TypeVar("AConfiguration", bound=Resolved)


def read_configuration(path: Path) -> Configuration:
    """The configuration of a run in the file `path`; ConfigurationError as `read_resolved`."""
    return read_resolved(path, Configuration)


def read_resolved(path: Path, model: type[AConfiguration]) -> AConfiguration:
    """The `model` in the file `path`; ConfigurationError that lists all that is wrong."""
    try:
        text = path.read_bytes().decode("utf-8")
        _check_kind(json.loads(text, object_pairs_hook=_no_doubles), model)
    except FileNotFoundError:
        raise ConfigurationError(f"there is no file {path}: give the folder of a run") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8 text (byte {error.start})") from None
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path} is not JSON: {error}") from None
    return checked(text, str(path), model)


def _check_kind(values: Any, model: type[Resolved]) -> None:
    """A run and a co-evolution are not gone on with in the same way."""
    found = values.get("kind", "run") if isinstance(values, dict) else model.record_of
    if found != model.record_of:
        raise ConfigurationError(
            f"is the record of a {found}, not of a {model.record_of}: give another folder. The "
            "same call of coevolve goes on with a coevolution, evornn resume with a run"
        )


def checked(text: str, source: str, model: type[AConfiguration]) -> AConfiguration:
    """The `model` that the JSON `text` holds; one error for everything wrong with it."""
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        known = _known_keys(model)
        problems = "".join(f"\n  {_problem(detail, known)}" for detail in error.errors())
        raise ConfigurationError(f"{source}:{problems}") from None


def differences(stored: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """One line for each value in which two identities differ, by its path."""
    old, new = dict(_leaves(stored, "")), dict(_leaves(given, ""))
    absent = "nothing"
    return [
        f"{path}: {old.get(path, absent)} there, {new.get(path, absent)} here"
        for path in sorted(old.keys() | new.keys())
        if old.get(path, absent) != new.get(path, absent)
    ]


def _leaves(value: Any, path: str) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        return [(path, json.dumps(value))]
    return [
        leaf for key, item in value.items() for leaf in _leaves(item, f"{path}.{key}".lstrip("."))
    ]


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ConfigurationError(f"given more than once: {', '.join(doubled)}")
    return dict(pairs)


def _problem(detail: Any, known: set[str]) -> str:
    """One line for one of pydantic's findings: path, what is wrong, the nearest known key."""
    path = ".".join(str(step) for step in detail["loc"]) or "configuration"
    if detail["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{path}: unknown key{suggestion(str(detail['loc'][-1]), known)}"
    if detail["type"] in ("missing", "missing_argument"):
        return f"{path}: missing"
    if detail["type"] == "value_error":
        return f"{path}: {detail['ctx']['error']}"
    return f"{path}: {detail['msg']}, got {detail['input']!r:.60}"


def _known_keys(model: type[Resolved]) -> set[str]:
    models = (model, Part, Execution)
    return {
        *(name for model in models for name in model.model_fields),
        *Start.__dataclass_fields__,
        *Limits.__dataclass_fields__,
    }

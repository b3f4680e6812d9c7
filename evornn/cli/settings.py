"""Settings: ``--set optimizer.population_size=50`` as an option of the right type.

The value is read by the type of the option's field: ``none`` for no value, lists separated by
commas, mappings as JSON or key by key (``--set optimizer.crossover_options.indpb=0.1``).
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping, Sequence
from typing import Any, Union, get_args, get_origin, get_type_hints

from evornn.cli.problems import Problems
from evornn.errors import ConfigurationError
from evornn.registry import suggestion

Options = dict[str, dict[str, Any]]


def read_settings(
    settings: Sequence[str], classes: Mapping[str, type], kinds: Sequence[str], problems: Problems
) -> Options:
    """Options by kind (``task``, ``optimizer``, …) from the texts ``kind.option=value``.

    `classes` are those of the kinds that are known; settings of other `kinds` are left out, as what
    they belong to has been found wrong already.
    """
    options: Options = {kind: {} for kind in kinds}
    for setting in settings:
        with problems.catching():
            kind, name, rest, text = split_setting(setting, kinds)
            if kind in classes:
                value = _value(f"{kind}.{name}", classes[kind], name, rest, text)
                options[kind][name] = _merged(options[kind].get(name), rest, value)
    return options


def split_setting(setting: str, kinds: Sequence[str]) -> tuple[str, str, str, str]:
    """Kind, option, key within the option (or nothing) and value of a setting."""
    path, equals, text = setting.partition("=")
    kind, dot, name = path.strip().partition(".")
    if not (equals and dot and name):
        raise ConfigurationError(
            f"--set {setting!r} must read {'|'.join(kinds)}.option=value, as in "
            "--set optimizer.population_size=50"
        )
    if kind not in kinds:
        raise ConfigurationError(
            f"--set {setting!r}: unknown {kind!r}{suggestion(kind, kinds)}; known: "
            f"{', '.join(kinds)}"
        )
    name, _, rest = name.partition(".")
    return kind, name, rest, text.strip()


def _value(path: str, cls: type, name: str, rest: str, text: str) -> Any:
    """The value of option `name` of `cls` (or of its key `rest`) that `text` means."""
    fields = [field.name for field in dataclasses.fields(cls) if field.init]
    if name not in fields:
        raise ConfigurationError(
            f"--set {path}: no such option{suggestion(name, fields)}; options: {', '.join(fields)}"
        )
    hint = Any if rest else _hint(cls, name)
    try:
        return parsed(text, hint)
    except ValueError:
        wanted = hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
        raise ConfigurationError(f"--set {path}: {text!r} is not {_in_words(wanted)}") from None


def _in_words(wanted: str) -> str:
    names = {"int": "an integer", "float": "a number", "bool": "true or false"}
    return names.get(wanted, f"of type {wanted}")


def _merged(before: Any, key: str, value: Any) -> Any:
    """`value` itself, or a mapping that has it under `key` beside what it had `before`."""
    return {**(before or {}), key: value} if key else value


def _hint(cls: type, name: str) -> Any:
    """The type of a field; Any where its annotation cannot be resolved."""
    try:
        return get_type_hints(cls)[name]
    except NameError:
        return Any


def parsed(text: str, hint: Any) -> Any:
    """`text` as a value of type `hint`; ValueError where it is none."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return _json_or_text(text)
    if origin in (Union, types.UnionType):
        return _one_of(text, arguments)
    if origin in (tuple, list) or (origin is not None and issubclass(origin, Sequence)):
        items = [item.strip() for item in text.split(",") if item.strip()]
        return tuple(parsed(item, arguments[0] if arguments else str) for item in items)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(text)
    from pydantic import TypeAdapter

    return TypeAdapter(hint).validate_python(text)  # pydantic's error is a ValueError


def _one_of(text: str, hints: Sequence[Any]) -> Any:
    """`text` as the first of `hints` that it fits; text itself comes last."""
    if type(None) in hints and text.lower() in ("none", "null", ""):
        return None
    for hint in sorted((hint for hint in hints if hint is not type(None)), key=lambda h: h is str):
        try:
            return parsed(text, hint)
        except ValueError:
            continue
    raise ValueError(text)


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _mapping(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError(text)
    return found

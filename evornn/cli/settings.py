"""Settings: ``--set optimizer.population_size=50`` as an option of the right type.

The value is read by the type of the option's field: ``none`` for no value, lists separated by
commas or as JSON, mappings as JSON or key by key (``--set optimizer.crossover_options.indpb=0.1``).

An option that is itself a part (a network inside a network) is given by name, or as
``{"name": …, "options": …}``; several, with commas or as a list in JSON. Its own options are set
one by one: ``--set optimizer.optimizer.population_size=30`` changes the part that is there.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping, Sequence
from typing import Any, Union, get_args, get_origin, get_type_hints

from evornn.cli.numbers import whole
from evornn.cli.problems import Problems
from evornn.errors import ConfigurationError
from evornn.registry import plain, registry_of, suggestion

Options = dict[str, dict[str, Any]]


def read_settings(
    settings: Sequence[str], classes: Mapping[str, type], kinds: Sequence[str], problems: Problems
) -> Options:
    """Options by kind (``task``, ``optimizer``, …) from the texts ``kind.option=value``.

    `classes` are those of the kinds that are known; settings of other `kinds` are left out, as what
    they belong to has been found wrong already.
    """
    options: Options = {kind: {} for kind in kinds}
    # The name of an inner part comes before its options, in whatever order they are typed.
    for setting in sorted(settings, key=lambda setting: setting.partition("=")[0].count(".")):
        with problems.catching():
            kind, names, text = split_setting(setting, kinds)
            if kind in classes:
                _put(f"--set {kind}", options[kind], classes[kind], names, text)
    return options


def split_setting(setting: str, kinds: Sequence[str]) -> tuple[str, list[str], str]:
    """Kind, the names that lead to an option, and its value."""
    path, equals, text = setting.partition("=")
    kind, *names = path.strip().split(".")
    if not (equals and names and all(names)):
        raise ConfigurationError(
            f"--set {setting!r} must read {'|'.join(kinds)}.option=value, as in "
            "--set optimizer.population_size=50"
        )
    if kind not in kinds:
        raise ConfigurationError(
            f"--set {setting!r}: unknown {kind!r}{suggestion(kind, kinds)}; known: "
            f"{', '.join(kinds)}"
        )
    return kind, names, text.strip()


def _put(what: str, options: dict[str, Any], cls: type, names: list[str], text: str) -> None:
    """Set the option of `cls` that `names` lead to, within `options`."""
    name, *inner = names
    field, what = _field(what, cls, name), f"{what}.{name}"
    if not inner:
        options[name] = _value(what, field, _hint(cls, name), text)
    elif "part" in field.metadata:
        part = _part(what, field, options.get(name))
        _put(what, part["options"], registry_of(field.metadata["part"])[part["name"]], inner, text)
        options[name] = part
    elif "parts" in field.metadata:
        raise ConfigurationError(
            f"{what}.{'.'.join(inner)}: there are several {name}, so give their options in JSON, "
            f'as {name}=[{{"name": …, "options": {{…}}}}, …]'
        )
    elif _is_table(_hint(cls, name)):
        value = _read(f"{what}.{'.'.join(inner)}", Any, text)
        options[name] = {**(options.get(name) or {}), ".".join(inner): value}
    else:
        raise ConfigurationError(
            f"{what}.{'.'.join(inner)}: {name} has no options of its own, set {name} itself"
        )


def _field(what: str, cls: type, name: str) -> dataclasses.Field[Any]:
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    if name not in fields:
        raise ConfigurationError(
            f"{what}.{name}: no such option{suggestion(name, fields)}; options: {', '.join(fields)}"
        )
    return fields[name]


def _part(what: str, field: dataclasses.Field[Any], given: Any) -> dict[str, Any]:
    """Name and options of the inner part that is `given`, or of the default one."""
    if given is None:
        factory = field.default_factory
        given = plain(field.default if factory is dataclasses.MISSING else factory())
    name, options = registry_of(field.metadata["part"]).named(what, given)
    return {"name": name, "options": options}


def _is_table(hint: Any) -> bool:
    """Whether options of this type may be mappings."""
    origin = get_origin(hint)
    return hint is Any or (isinstance(origin, type) and issubclass(origin, Mapping))


def _value(what: str, field: dataclasses.Field[Any], hint: Any, text: str) -> Any:
    """The value of the option `field` that `text` means."""
    if "part" in field.metadata:
        part = _read(what, Any, text)
        registry_of(field.metadata["part"]).named(what, part)
        return part
    if "parts" in field.metadata:
        parts = _read(what, tuple[Any, ...], text)
        for part in parts:
            registry_of(field.metadata["parts"]).named(what, part)
        return parts
    return _read(what, hint, text)


def _read(what: str, hint: Any, text: str) -> Any:
    """`text` as a value of type `hint`; ConfigurationError where it is none."""
    try:
        return parsed(text, hint)
    except ValueError:
        raise ConfigurationError(f"{what}: {text!r} is {_fault(text, hint)}") from None


def _fault(text: str, hint: Any) -> str:
    """What is wrong with `text`."""
    if text.startswith(("{", "[")):
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            return f"broken JSON: {error.msg} at character {error.pos + 1}"
    wanted = hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
    names = {"int": "an integer", "float": "a number", "bool": "true or false"}
    return f"not {names.get(wanted, f'of type {wanted}')}"


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
    if hint is int:
        return whole(text)
    if origin in (Union, types.UnionType):
        return _one_of(text, arguments)
    if origin in (tuple, list) or (origin is not None and issubclass(origin, Sequence)):
        item_hint = arguments[0] if arguments else str
        return tuple(parsed(item, item_hint) for item in _items(text, item_hint))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(text)
    from pydantic import TypeAdapter

    return TypeAdapter(hint).validate_python(text)  # pydantic's error is a ValueError


def written(value: Any) -> str:
    """A `plain` value as text that `parsed` reads."""
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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


def _items(text: str, hint: Any) -> list[str]:
    """The items, of type `hint`, of a list, as texts."""
    whole_list = f"[{text}]" if text.startswith("{") else text
    if whole_list.startswith("["):
        try:
            items = json.loads(whole_list)
        except ValueError:
            if hint is not str:  # "[V],[A]" are names of columns
                raise
        else:
            return [item if isinstance(item, str) else json.dumps(item) for item in items]
    return [item.strip() for item in text.split(",") if item.strip()]


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        if text.startswith(("{", "[")):
            raise
        return text


def _mapping(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError(text)
    return found

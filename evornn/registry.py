"""Registries: the table of names of one kind of thing (networks, tasks, optimizers, encodings).

Adding one of a kind is one file and one line in that kind's table. A table maps a snake-case name
to ``"module:Class"``, so that listing names imports nothing. Every registered class is a frozen
dataclass whose fields are its options, which makes it its own configuration:
``configuration(thing)`` and ``Registry.build(name, options)`` are inverse. An option may itself be
such a thing (a network inside a network): it is configured as ``{"name": …, "options": …}``. The
metadata of such a field say so: ``{"part": kind}``, or ``{"parts": kind}`` where it takes several;
``"form"`` shows how an option that has no default may be given.
"""

from __future__ import annotations

import dataclasses
import difflib
import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from evornn.errors import ConfigurationError

#: the registered name of every class, "module:Class", of any kind
_NAMES: dict[str, str] = {}


class Registry(Mapping[str, type]):
    """Names of one kind, resolved to classes when first asked for."""

    def __init__(self, kind: str, table: dict[str, str]):
        self.kind = kind
        self._table = table
        _NAMES.update({target: name for name, target in table.items()})

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, name: str) -> type:
        if name not in self._table:
            raise KeyError(name)
        module, _, attribute = self._table[name].partition(":")
        return getattr(importlib.import_module(module), attribute)

    def by_class_name(self, name: str) -> type:
        """The registered class called `name`; AttributeError where there is none."""
        for key, target in self._table.items():
            if target.rpartition(":")[2] == name:
                return self[key]
        near = suggestion(name, self.class_names())
        raise AttributeError(f"no {self.kind} class is called {name!r}{near}")

    def class_names(self) -> list[str]:
        return [target.rpartition(":")[2] for target in self._table.values()]

    @property
    def modules(self) -> list[str]:
        """The module of every registered class."""
        return [target.partition(":")[0] for target in self._table.values()]

    def find(self, name: str) -> type:
        """The class called `name`: a registered name, or ``path/to/file.py:Class``.

        Raises ConfigurationError, with the nearest name, where there is none.
        """
        if ".py:" in name:
            return class_from_file(name, self.kind)
        if name not in self._table:
            raise ConfigurationError(self._unknown(name))
        return self[name]

    def build(self, name: str, options: Mapping[str, Any] | None = None) -> Any:
        """An instance of the class called `name`, its options checked against its fields."""
        return from_options(self.find(name), dict(options or {}), f"{self.kind} {name!r}")

    def inner(self, what: str, given: Any, base: type) -> Any:
        """What the option `what` names: an instance of `base`, a registered name, or name and
        options as in ``{"name": …, "options": …}``."""
        if isinstance(given, (str, Mapping)):
            given = self.build(*self.named(what, given))
        if not isinstance(given, base):
            article = "an" if self.kind[0] in "aeiou" else "a"
            raise ConfigurationError(
                f"{what} must be {article} {self.kind} or the name of one, got {given!r}"
            )
        return given

    def named(self, what: str, given: Any) -> tuple[str, dict[str, Any]]:
        """Registered name and options of what the option `what` is given as.

        ConfigurationError where that is neither a known name nor ``{"name": …, "options": …}``.
        """
        table = given if isinstance(given, Mapping) else {"name": given}
        form = 'write {"name": …, "options": {…}}'
        for key in table:
            if key not in ("name", "options"):
                raise ConfigurationError(f"{what}: unknown key {key!r}; {form}")
        name, options = table.get("name"), table.get("options", {})
        if not isinstance(name, str) or not isinstance(options, Mapping):
            raise ConfigurationError(f"{what}: {form}, got {given!r:.80}")
        if ".py:" in name:
            raise ConfigurationError(
                f"{what} is {name!r}, from outside the package. A file is never run because an "
                f"option names it: pass the {self.kind} itself"
            )
        if name not in self._table:
            raise ConfigurationError(f"{what}: {self._unknown(name)}")
        return name, dict(options)

    def _unknown(self, name: str) -> str:
        return (
            f"unknown {self.kind} {name!r}{suggestion(name, self._table)}; "
            f"known: {', '.join(self._table)}"
        )

    def name_of(self, thing: Any) -> str:
        """The registered name of an instance, or ``path/to/file.py:Class`` for one from outside."""
        return name_of(thing)


def registry_of(kind: str) -> Registry:
    """The registry of one kind: that of ``evornn.networks`` for "network"."""
    registry: Registry = importlib.import_module(f"evornn.{kind}s").REGISTRY
    return registry


def name_of(thing: Any) -> str:
    """The registered name of an instance, or ``path/to/file.py:Class`` for one from outside."""
    cls = type(thing)
    source = getattr(sys.modules.get(cls.__module__), "__file__", None) or "<interactive>"
    return _NAMES.get(f"{cls.__module__}:{cls.__qualname__}", f"{source}:{cls.__qualname__}")


def suggestion(name: str, known: Any) -> str:
    """`` (did you mean 'lstm'?)``, or nothing where no known name is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def class_from_file(name: str, kind: str) -> type:
    """The class named by ``path/to/file.py:Class``. Runs that file: only for names a user typed."""
    path, _, attribute = name.rpartition(":")
    if not Path(path).is_file():
        raise ConfigurationError(f"{kind} {name!r}: there is no file {path!r}")
    module = module_from_file(Path(path))
    if not hasattr(module, attribute):
        classes = [key for key, value in vars(module).items() if isinstance(value, type)]
        raise ConfigurationError(
            f"{kind} {name!r}: {path!r} has no class {attribute!r}{suggestion(attribute, classes)}"
        )
    return getattr(module, attribute)


def module_from_file(path: Path) -> ModuleType:
    """What the Python file `path` defines. Runs it: only for files that a user named.

    It may import its neighbours, as a script that Python runs may.
    """
    # A name of its own, and neighbours last, so that a user's json.py hides nothing.
    name, folder = f"evornn_user_{path.stem}", str(path.resolve().parent)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{path} is no Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where a class of the file finds what it comes from
    if folder not in sys.path:
        sys.path.append(folder)
    spec.loader.exec_module(module)
    return module


def from_options(cls: type, options: dict[str, Any], what: str) -> Any:
    """``cls(**options)``, where an unknown or missing option is one readable error."""
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    for name in options:
        if name not in fields:
            raise ConfigurationError(
                f"{what} has no option {name!r}{suggestion(name, fields)}; "
                f"options: {', '.join(fields)}"
            )
    missing = [
        name
        for name, field in fields.items()
        if field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
        and name not in options
    ]
    if missing:
        forms = {name: fields[name].metadata.get("form") for name in missing}
        shown = "".join(f", as in {name}={form}" for name, form in forms.items() if form)
        raise ConfigurationError(f"{what} needs {', '.join(missing)}{shown}")
    return cls(**options)


def configuration(thing: Any) -> dict[str, Any]:
    """The options of a registered thing, as JSON-able values: ``{field: value}``."""
    return {
        field.name: plain(getattr(thing, field.name))
        for field in dataclasses.fields(thing)
        if field.init
    }


def plain(value: Any) -> Any:
    """Tuples as lists, things inside a thing by name and options: what JSON can hold."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"name": name_of(value), "options": configuration(value)}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value

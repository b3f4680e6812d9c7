"""``evornn list``."""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from evornn.errors import ConfigurationError
from evornn.registry import Registry, plain, registry_of, suggestion

KINDS = ("networks", "tasks", "optimizers", "encodings")


def list_names(
    which: Annotated[
        str | None,
        typer.Argument(metavar="[networks|tasks|optimizers|encodings|NAME]", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List networks, tasks, optimizers and encodings with their options, or one of them.

    Any option can be set in a training: evornn train … --set optimizer.population_size=50

    [bold]Examples[/]

    \b
    evornn list
    evornn list optimizers
    evornn list t_maze
    evornn list tasks --json
    """
    from evornn.cli.streams import write

    found = {kind: described(kind, names) for kind, names in _chosen(which).items()}
    if as_json:
        write(json.dumps(found, indent=2, allow_nan=False) + "\n")
    else:
        for kind, entries in found.items():
            print_entries(kind, entries, with_options=which is not None)


def _chosen(which: str | None) -> dict[str, list[str]]:
    """Names by kind: all, those of the kind `which`, or the name `which` in the kinds it is of."""
    known = {kind: list(registry_of(kind.removesuffix("s"))) for kind in KINDS}
    if which is None:
        return known
    if which in KINDS:
        return {which: known[which]}
    found = {kind: [which] for kind, names in known.items() if which in names}
    if not found:
        near = suggestion(which, [*KINDS, *(name for names in known.values() for name in names)])
        raise ConfigurationError(
            f"nothing is called {which!r}{near}: give {', '.join(KINDS)}, or one of the names that "
            "evornn list shows"
        )
    return found


def described(kind: str, names: Iterable[str]) -> list[dict[str, Any]]:
    """Class, a line on what it is, where it is from, and options of each of `names` of a kind."""
    registry = registry_of(kind.removesuffix("s"))
    return [
        {
            "name": name,
            "class": f"{cls.__module__}:{cls.__qualname__}",
            "description": _first_line(cls, registry),
            **_origin(cls),
            "options": options(cls),
        }
        for name, cls in ((name, registry[name]) for name in names)
    ]


def _origin(cls: type) -> dict[str, Any]:
    """What a network says of itself: year and source of its equation, what trains it, its data."""
    fields = ("year", "source", "trained_by", "data")
    return {name: plain(getattr(cls, name)) for name in fields if hasattr(cls, name)}


def _first_line(cls: type, registry: Registry) -> str:
    """The line that says what the module of `cls` is, for the class is only its options; or what
    the class is where it shares the module with others."""
    alone = registry.modules.count(cls.__module__) == 1
    text = (inspect.getdoc(inspect.getmodule(cls)) if alone else None) or inspect.getdoc(cls) or ""
    return text.partition("\n\n")[0].replace("\n", " ").rstrip(".:")


def options(cls: type) -> list[dict[str, Any]]:
    """Name, type and default of each option; without a default it must be given."""
    found = []
    for field in dataclasses.fields(cls):
        if not field.init:
            continue
        option: dict[str, Any] = {"name": field.name, "type": str(field.type)}
        if field.default is not dataclasses.MISSING:
            option["default"] = plain(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            option["default"] = plain(field.default_factory())
        found.append(option)
    return found


def print_entries(kind: str, entries: list[dict[str, Any]], *, with_options: bool) -> None:
    """A table of names with what they are, and below each its options."""
    from rich.table import Table

    from evornn.cli.streams import put

    table = Table(
        box=None,
        title=kind,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
        show_header=False,
    )
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    for entry in entries:
        table.add_row(entry["name"], entry["description"])
        if "trained_by" in entry:
            trained_by = ", ".join(entry["trained_by"])
            table.add_row("", f"trained by {trained_by}; data: {entry['data']}", style="dim")
        if with_options:
            table.add_row("", ", ".join(map(_option_text, entry["options"])), style="dim")
    put(table)


def _option_text(option: dict[str, Any]) -> str:
    """An option as ``--set`` takes it."""
    from evornn.cli.settings import written

    if "default" not in option:
        return f"{option['name']} (needed)"
    return f"{option['name']}={written(option['default'])}"

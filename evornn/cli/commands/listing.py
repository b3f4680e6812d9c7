"""``evornn list``."""

from __future__ import annotations

import dataclasses
import inspect
import json
from typing import Annotated, Any

import typer

from evornn.registry import plain

KINDS = ("networks", "tasks", "optimizers", "encodings")


def list_names(
    kind: Annotated[
        str | None,
        typer.Argument(metavar="[networks|tasks|optimizers|encodings]", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List networks, tasks, optimizers and encodings with their options.

    Any option can be set in a training: evornn train … --set optimizer.population_size=50

    [bold]Examples[/]

    \b
    evornn list
    evornn list optimizers
    evornn list tasks --json
    """
    from evornn.checks import check_choice
    from evornn.cli.streams import write

    if kind is not None:
        check_choice("the kind", kind, KINDS)
    found = {name: described(name) for name in ([kind] if kind else KINDS)}
    if as_json:
        write(json.dumps(found, indent=2, allow_nan=False) + "\n")
    else:
        for name, entries in found.items():
            print_entries(name, entries, with_options=kind is not None)


def described(kind: str) -> list[dict[str, Any]]:
    """Name, class, a line on what it is, where it is from, and options of everything of a kind."""
    from importlib import import_module

    registry = import_module(f"evornn.{kind}").REGISTRY
    return [
        {
            "name": name,
            "class": f"{cls.__module__}:{cls.__qualname__}",
            "description": _first_line(cls),
            **_origin(cls),
            "options": options(cls),
        }
        for name, cls in registry.items()
    ]


def _origin(cls: type) -> dict[str, Any]:
    """What a network says of itself: year and source of its equation, what trains it, its data."""
    fields = ("year", "source", "trained_by", "data")
    return {name: plain(getattr(cls, name)) for name in fields if hasattr(cls, name)}


def _first_line(cls: type) -> str:
    """The line that says what the module of `cls` is, for the class is only its options."""
    module = inspect.getmodule(cls)
    text = inspect.getdoc(module) or inspect.getdoc(cls) or ""
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
    if "default" not in option:
        return f"{option['name']} (needed)"
    return f"{option['name']}={option['default']}"

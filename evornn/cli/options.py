"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from evornn.cli.numbers import real, whole

RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")]


def integer(least: int | None = None, metavar: str = "INTEGER") -> dict[str, Any]:
    """How an option takes an integer, of at least `least`: what it is given is named where it is
    none, and 1e3 is one."""
    return _typed(whole, least, metavar)


def number(least: float | None = None, metavar: str = "NUMBER") -> dict[str, Any]:
    """How an option takes a number, of at least `least`."""
    return _typed(real, least, metavar)


def _typed(read: Callable[[str], float], least: float | None, metavar: str) -> dict[str, Any]:
    def parser(given: object) -> float:
        try:
            value = read(str(given))
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        if least is not None and not value >= least:
            raise typer.BadParameter(f"must be at least {least:g}, got {given}")
        return value

    return {"parser": parser, "metavar": metavar}


Threads = Annotated[
    int | None,
    typer.Option(
        help="Threads of the evaluation; every core if not given.",
        show_default=False,
        **integer(least=1),
    ),
]

Against = Annotated[
    str | None,
    typer.Option(
        metavar="COST",
        help="Set the report against this cost: evaluations, forward_steps, backward_steps, "
        "network_steps or seconds.",
        show_default=False,
    ),
]


_FILE = "a file of your own"
_SOURCES = {"task": f"{_FILE}, or is an environment of your own: gym:my_module:Mine-v0"}


def _own(kind: str) -> typer.models.OptionInfo:
    return typer.Option(
        f"--{kind}",
        metavar="NAME|FILE.py:CLASS",
        help=f"The {kind}, where it came from {_SOURCES.get(kind, _FILE)}.",
        show_default=False,
        rich_help_panel="Parts from outside the package",
    )


OwnTask = Annotated[str | None, _own("task")]
OwnNetwork = Annotated[str | None, _own("network")]
OwnEncoding = Annotated[str | None, _own("encoding")]
OwnOptimizer = Annotated[str | None, _own("optimizer")]

"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")]

Threads = Annotated[
    int | None,
    typer.Option(
        min=1, help="Threads of the evaluation; every core if not given.", show_default=False
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


def _own(kind: str) -> typer.models.OptionInfo:
    return typer.Option(
        f"--{kind}",
        metavar="FILE.py:CLASS",
        help=f"The {kind}, where it came from a file of your own.",
        show_default=False,
        rich_help_panel="Parts from outside the package",
    )


OwnTask = Annotated[str | None, _own("task")]
OwnNetwork = Annotated[str | None, _own("network")]
OwnEncoding = Annotated[str | None, _own("encoding")]
OwnOptimizer = Annotated[str | None, _own("optimizer")]

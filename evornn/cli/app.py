"""The program ``evornn``: its commands, and how it starts and leaves.

Numba, SciPy, Matplotlib and cma are imported by the commands that need them, when they run, so that
help and errors are there at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from evornn import __version__
from evornn.cli.commands.compare import compare
from evornn.cli.commands.doctor import doctor
from evornn.cli.commands.listing import list_names
from evornn.cli.commands.predict import predict
from evornn.cli.commands.replay import replay
from evornn.cli.commands.resume import resume
from evornn.cli.commands.show import show
from evornn.cli.commands.train import train
from evornn.cli.leaving import guarded
from evornn.cli.streams import prepared_streams, written_out

app = typer.Typer(
    name="evornn",
    help="Train recurrent networks by global optimization, beside gradient baselines.",
    epilog="Begin with: evornn train --task sunspots --network elman --hidden 8 "
    "--optimizer genetic --evaluations 20000",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_COMMANDS: dict[str, Callable[..., None]] = {
    "train": train,
    "compare": compare,
    "resume": resume,
    "list": list_names,
    "show": show,
    "replay": replay,
    "predict": predict,
    "doctor": doctor,
}
for name, command in _COMMANDS.items():
    app.command(name)(guarded(command))


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"evornn {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    """Train recurrent networks by global optimization, beside gradient baselines."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with `arguments` (those of the process if None); its exit code.

    0 done, 1 a defect of evornn, 2 usage or configuration, 3 a run failed, 4 storage, 130 and 143
    after SIGINT and SIGTERM.
    """
    # A run of CMA-ES took 13 s on two cores with OpenBLAS's own threads and 4 s without: its
    # matrices are small. Read when NumPy is imported, which no command has done yet.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with prepared_streams():
        return written_out(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        app(None if arguments is None else list(arguments), prog_name="evornn")
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):
            return 0  # Rich and Typer leave with 1 where nobody reads the pipe any more
        return leaving.code if isinstance(leaving.code, int) else 1
    return 0


def run_script(path: str) -> None:
    """``evornn compare`` for the script at `path`, with the arguments of the process; leaves."""
    sys.exit(main(["compare", path, *sys.argv[1:]]))

"""``evornn predict``."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evornn.cli.options import OwnEncoding, OwnNetwork, OwnTask, RunPath

if TYPE_CHECKING:
    import numpy as np


def predict(
    run: RunPath,
    data: Annotated[
        Path,
        typer.Argument(
            metavar="CSV", help="Inputs, a row per time step, with a line of column names."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where to write; stdout if not given.", show_default=False
        ),
    ] = None,
    task: OwnTask = None,
    network: OwnNetwork = None,
    encoding: OwnEncoding = None,
) -> None:
    """Write what the best network of a run answers to the rows of a CSV file.

    Inputs and outputs are in the units of the task's data, as measured. The columns are those that
    the task was given; where these have no names, every column of the file is an input.

    [bold]Examples[/]

    \b
    evornn predict results/sunspots-elman-genetic-0 new.csv
    evornn predict results/mine new.csv --network my_network.py:Mine --out out.csv
    """
    from evornn.cli.streams import write
    from evornn.runs import load_run
    from evornn.runs.atomic import storing

    loaded = load_run(run, task=task, network=network, encoding=encoding)
    names, outputs = answers(loaded, data)
    text = csv_text(names, outputs)
    if out is None:
        write(text)
        return
    with storing(out):
        out.write_text(text, encoding="utf-8")


def answers(run: Any, data: Path) -> tuple[list[str], np.ndarray]:
    """Names of the outputs and their values (row, output) for the rows of `data`."""
    from evornn.tasks.prediction import Prediction
    from evornn.tasks.table import read_columns

    task = run.part("task")
    named = task.names if isinstance(task, Prediction) else ((), ())
    columns = list(named[0]) or header(data, task.input_size)
    inputs = read_columns(data, columns, getattr(task, "delimiter", ","))
    if not isinstance(task, Prediction):
        outputs = run.predict(inputs)
    else:
        outputs = task.target_normalisation.undo(
            run.predict(task.input_normalisation.apply(inputs))
        )
    names = list(named[1]) or [f"output_{k + 1}" for k in range(task.output_size)]
    return names, outputs


def header(data: Path, wanted: int) -> list[str]:
    """The column names of the file; ConfigurationError where there are not as many as `wanted`."""
    from evornn.errors import ConfigurationError

    try:
        with data.open(encoding="utf-8-sig", newline="") as file:
            names = [name.strip() for name in next(csv.reader(file), [])]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{data} cannot be read: {error}") from None
    if len(names) != wanted:
        raise ConfigurationError(
            f"{data} has {len(names)} columns ({', '.join(names)}), but the network has {wanted} "
            f"{'input' if wanted == 1 else 'inputs'}: leave exactly these in the file"
        )
    return names


def csv_text(names: list[str], outputs: np.ndarray) -> str:
    """`outputs` (row, output) under `names`, with the digits that float32 has."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([f"{value:.9g}" for value in row] for row in outputs)
    return text.getvalue()

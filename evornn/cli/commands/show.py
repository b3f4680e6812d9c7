"""``evornn show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evornn.cli.options import Against, OwnEncoding, OwnNetwork, OwnTask
from evornn.errors import ConfigurationError


def show(
    folder: Annotated[
        Path, typer.Argument(metavar="RUN", help="Folder of a run, comparison or sweep.")
    ],
    figures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Draw its figures into this folder.", show_default=False),
    ] = None,
    plots: Annotated[
        bool, typer.Option("--plots", help="Draw its figures into RUN/plots.")
    ] = False,
    task: OwnTask = None,
    network: OwnNetwork = None,
    encoding: OwnEncoding = None,
    against: Against = None,
) -> None:
    """Show a run or a comparison from its records.

    [bold]Examples[/]

    \b
    evornn show results/sunspots-elman-genetic-0 --plots
    evornn show results/sunspots --figures figures --against network_steps
    """
    from evornn.comparison.plan import FILE

    if against is not None and not (folder / FILE).exists():
        raise ConfigurationError(f"--against is for a comparison, and {folder} holds none")
    if plots and figures is None:
        figures = folder / "plots"
    if (folder / FILE).exists():
        _show_comparison(folder, figures, against)
    elif any(folder.glob(f"scale-*/{FILE}")):
        _show_sweep(folder)
    else:
        _show_run(folder, figures, {"task": task, "network": network, "encoding": encoding})


def _show_comparison(folder: Path, figures: Path | None, against: str | None) -> None:
    from evornn.cli.report import print_report
    from evornn.comparison import load_comparison
    from evornn.comparison.figures import write_figures

    comparison = load_comparison(folder)
    if against is not None:
        comparison = comparison.against(against)
    print_report(comparison)
    if figures is not None:
        names = write_figures(comparison, figures)
        print(f"Figures in {figures}: {', '.join(names)}")


def _show_sweep(folder: Path) -> None:
    from evornn.cli.report import print_sweep
    from evornn.comparison import load_scale_sweep

    print_sweep(load_scale_sweep(folder))


def _show_run(folder: Path, figures: Path | None, own: dict[str, str | None]) -> None:
    from evornn.cli.summary import print_table
    from evornn.comparison.run_figures import write_run_figures
    from evornn.runs import load_run

    run = load_run(folder, **own)
    print_table(run)
    if figures is not None:
        names = write_run_figures(run, figures)
        print(f"Figures in {figures}: {', '.join(names)}")

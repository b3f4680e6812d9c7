"""``evornn compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evornn.cli.options import Against


def compare(
    script: Annotated[
        Path, typer.Argument(metavar="SCRIPT.py", help="A Python file that defines EXPERIMENTS.")
    ],
    seeds: Annotated[
        str | None,
        typer.Option(
            metavar="N|LIST",
            help="How many seeds (0 to N-1), or which: 3,5,8. Instead of the script's.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder that gets a folder for each experiment; results if not given.",
            show_default=False,
        ),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Run only these experiments of the script: delayed_recall,parity.",
            show_default=False,
        ),
    ] = None,
    scales: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Compare from starts of each of these scales: 0.1,0.3,1. Instead of the script's.",
            show_default=False,
        ),
    ] = None,
    against: Against = None,
) -> None:
    """Compare optimizers (and networks): run the experiments of a script and report on them.

    What is there is not run again: repeat the command to go on after an interruption, or with more
    seeds.

    [bold]Examples[/]

    \b
    evornn compare experiments/sunspots.py --seeds 3
    evornn compare experiments/sunspots.py --seeds 3 --against network_steps
    evornn compare experiments/memory.py --only delayed_recall,parity
    evornn compare experiments/memory.py --seeds 3,5,8 --out results/again
    evornn compare experiments/sunspots.py --seeds 3 --scales 0.1,0.5,2 --out results/scales
    """
    from evornn.cli.experiments import (
        against_cost,
        chosen,
        read_experiments,
        run_experiments,
        scales_of,
        seeds_of,
    )

    experiments = against_cost(chosen(read_experiments(script), only), against)
    run_experiments(experiments, seeds_of(seeds), out, scales_of(scales))

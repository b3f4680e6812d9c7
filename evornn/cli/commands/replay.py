"""``evornn replay``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from evornn.cli.options import OwnEncoding, OwnNetwork, OwnTask, integer, number
from evornn.errors import ConfigurationError

Split = Literal["train", "validation", "test"]


#: options that `--lesions` has no use for
_OF_FILMS = ("out", "trial", "steps", "speed", "film")


def replay(
    context: typer.Context,
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Folders of runs, side by side.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The film: .gif, .webp or .mp4; RUN/plots/replay.gif if not given.",
            show_default=False,
        ),
    ] = None,
    trial: Annotated[int, typer.Option(help="Number of the trial.", **integer(least=0))] = 0,
    split: Annotated[Split, typer.Option(help="Which trials.")] = "train",
    steps: Annotated[
        int, typer.Option(help="Control steps that are shown.", **integer(least=1))
    ] = 500,
    speed: Annotated[
        float, typer.Option(help="How fast: 1 is the simulator's own time.", **number())
    ] = 1.0,
    film: Annotated[
        bool,
        typer.Option(
            "--film",
            help="The progress of one run: at most 8 of what evornn train --film K has kept, in "
            "turn.",
        ),
    ] = False,
    lesions: Annotated[
        bool,
        typer.Option(
            "--lesions",
            help="No film: what is lost where a unit, sense or link is silenced, in all trials of "
            "--split.",
        ),
    ] = False,
    task: OwnTask = None,
    network: OwnNetwork = None,
    encoding: OwnEncoding = None,
) -> None:
    """Show what the best networks of runs do with their bodies.

    Writes a film, and beside it a figure with senses, outputs and the activity of the network.

    [bold]Examples[/]

    \b
    evornn replay results/pole_balancing-elman-cma_es-0
    evornn replay results/one results/other --split test --trial 7 --out both.webp
    evornn replay results/pole_balancing-elman-cma_es-0 --lesions
    """
    from evornn.runs import load_run

    if lesions:
        _check_for_lesions(context)
    loaded = [load_run(run, task=task, network=network, encoding=encoding) for run in runs]
    if lesions:
        for run in loaded:
            _print_lesions(run, split)
        return
    if film and len(loaded) > 1:
        raise ConfigurationError(f"--film shows the progress of one run, got {len(loaded)}")
    path = out or runs[0] / "plots" / ("progress.gif" if film else "replay.gif")
    which = {"split": split, "trial": trial, "steps": steps}
    _write_film(loaded, path, speed, which, in_turn=film)


def _check_for_lesions(context: typer.Context) -> None:
    """ConfigurationError where an option is given that is about films."""
    sources = {name: context.get_parameter_source(name) for name in _OF_FILMS}
    given = [f"--{name}" for name, source in sources.items() if source and source.name != "DEFAULT"]
    if given:
        raise ConfigurationError(
            f"--lesions makes a table of all trials, without a film: leave {', '.join(given)} out"
        )


def _write_film(
    runs: list[Any], film: Path, speed: float, which: dict[str, Any], *, in_turn: bool
) -> None:
    from evornn.comparison.replaying import progress, replay
    from evornn.plots import check_film

    check_film(film)  # before anything is computed
    shown = progress(*runs, **which) if in_turn else replay(*runs, **which)
    shown.film(film, speed)
    shown.figure(film.with_suffix(".png"))
    for one in shown.performances:
        print(one.title)
    if in_turn:
        print(f"{len(shown.performances)} of {shown.kept} milestones")
    print(f"Film in {film}, figure in {film.with_suffix('.png')}")


def _print_lesions(run: Any, split: str) -> None:
    from evornn.analysis import lesions
    from evornn.cli.report import drawn
    from evornn.cli.streams import put
    from evornn.comparison.tables import TextTable

    task, network = run.part("task"), run.part("network")
    whole, *found = lesions(task, network, run.best_weights, split, scaling=run.scaling)
    rows = [(x.kind, x.name, f"{x.loss:.4g}", f"{x.loss - whole.loss:+.4g}") for x in found]
    title = f"{run.path.name}: loss {whole.loss:.4g} on {split} when whole"
    put(drawn(TextTable(title, ("silenced", "name", "loss", "more"), rows)))

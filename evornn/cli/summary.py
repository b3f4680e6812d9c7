"""The summary of a run: a table on a terminal, one line in a file or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from evornn.cli.streams import put

if TYPE_CHECKING:
    from evornn.runs import Run
    from evornn.runs.configuration import Part


def print_summary(run: Run) -> None:
    """Say on stdout how `run` ended."""
    if sys.stdout.isatty():
        print_table(run)
    else:
        print(one_line(run))


def one_line(run: Run) -> str:
    """Names, losses, why it stopped and where it lies."""
    configuration = run.configuration
    names = (configuration.task.name, configuration.network.name, configuration.optimizer.name)
    losses = [f"loss {run.best_loss:.6g}"]
    for split in ("validation", "test"):
        loss = getattr(run, f"{split}_loss")
        if loss is not None:
            losses.append(f"{split} {loss:.6g}")
    losses += [f"{split} return {found:.6g}" for split, found in run.returns.items()]
    if run.stages:
        losses.append(f"stage {_stage(run)}")
    ending = f"stopped by {run.stop.criterion}" if run.stop else "not finished"
    if run.stop and run.stop.criterion == "optimizer":
        ending += f", {run.stop.detail},"
    return (
        f"{' '.join(names)} seed {configuration.seed}: {', '.join(losses)}; {ending} "
        f"after {_effort(run)}; {run.path}"
    )


def print_table(run: Run) -> None:
    """Everything worth knowing about `run`, a line each."""
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, text in facts(run).items():
        table.add_row(name, text)
    put(table)


def facts(run: Run) -> Mapping[str, str]:
    """What `print_table` shows."""
    configuration = run.configuration
    found = {
        "task": _described(configuration.task),
        "network": _described(configuration.network),
        "encoding": _described(configuration.encoding),
        "optimizer": _described(configuration.optimizer),
        "seed": str(configuration.seed),
        "start": f"{configuration.start.distribution}, scale {configuration.start.scale:g}",
    }
    if configuration.batch is not None:
        found["batch"] = str(configuration.batch)
    if configuration.ridge is not None:
        found["readout"] = f"by ridge regression, λ = {configuration.ridge:g}"
    if configuration.gradient != "reverse":
        found["gradient"] = configuration.gradient
    if configuration.teacher_forcing is not None:
        found["teacher forcing"] = configuration.teacher_forcing
    found["training loss"] = f"{run.best_loss:.6g}"
    if not run.returns:  # a loss that lacks a return may be below zero
        found["fitness 1/loss"] = f"{run.best_fitness:.6g}"
    for split in ("validation", "test"):
        loss = getattr(run, f"{split}_loss")
        if loss is not None:
            found[f"{split} loss"] = f"{loss:.6g}"
    for split, gained in run.returns.items():
        found[f"{split} return"] = f"{gained:.6g}"
    for split, share in run.accuracy.items():
        found[f"{split} accuracy"] = f"{share:.2%}"
    if run.stages:
        begun = ", ".join(map(str, run.stages))
        found["stage"] = f"{_stage(run)}; first generations {begun}"
    found["made"] = _effort(run)
    found["stopped by"] = (
        f"{run.stop.criterion}: {run.stop.detail}"
        if run.stop
        else f"not finished; go on with: evornn resume {run.path}"
    )
    found["folder"] = str(run.path)
    return found


def _stage(run: Run) -> str:
    """The stage of a curriculum that the run came to; losses are those of the last one."""
    return f"{len(run.stages)} of {len(run.configuration.task.options['stages'])}"  # type: ignore[arg-type]


def _described(part: Part) -> str:
    """Name and options."""
    options = ", ".join(f"{name}={value}" for name, value in part.options.items())
    return f"{part.name} ({options})" if options else part.name


def _effort(run: Run) -> str:
    if not run.history:
        return "0 evaluations"
    last = run.history[-1]
    return (
        f"{last['evaluations']:,} evaluations in {last['generation']:,} generations, "
        f"{last['seconds']:.1f} s"
    )

"""The figures of a single run, from its record and its best network."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from evornn import plots
from evornn.comparison.dynamics_figure import write_dynamics
from evornn.comparison.figures import spoken_in, trivial_answer
from evornn.comparison.predictions import FILE, write_run_answers
from evornn.comparison.replaying import replay
from evornn.comparison.transcriptions import is_transcribed
from evornn.runs import Run
from evornn.runs.atomic import storing


def write_run_figures(run: Run, folder: Path) -> list[str]:
    """Draw convergence, and predictions and dynamics, or a replay, of `run` into `folder`.

    Gives the names of the files.
    """
    with storing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    names, task = [], run.part("task")
    if run.history:
        with plots.figure(7.5, 4.2) as drawn:
            bands = {"best so far": _band(run, "best_loss"), "generation": _band(run, "median")}
            plots.draw_convergence(
                drawn.subplots(),
                bands,
                "evaluations",
                {trivial_answer(task.train.loss_function): task.constant_loss},
                losses="training loss: best so far, median of the generation",
            )
            plots.save(drawn, folder / "convergence.png")
        names.append("convergence.png")
    if run.best_genome is not None and task.train.kind == "episode":
        replay(run).figure(folder / "replay.png")
        names.append("replay.png")
    elif run.best_genome is not None:
        names.append(_write_answers(run, folder))
        if write_dynamics(run, folder / "dynamics.png"):
            names.append("dynamics.png")
    return names


def _write_answers(run: Run, folder: Path) -> str:
    """Draw what the best network answers; the name of the file."""
    losses, name = _losses(run), "prediction.png"
    write_run_answers(run, list(losses), folder)
    with plots.figure(7.5, 4.2) as drawn:
        if is_transcribed(run):
            name = "transcription.png"
            plots.draw_transcriptions(drawn, spoken_in(folder))
        else:
            plots.draw_predictions(drawn, plots.read_predictions(folder / FILE), losses)
        plots.save(drawn, folder / name)
    return name


def _band(run: Run, column: str) -> plots.Band:
    """A column of the history as a curve without width."""
    found = [
        (line["evaluations"], line[column]) for line in run.history if line[column] is not None
    ]
    x, loss = np.array(found, dtype=np.float64).reshape(-1, 2).T
    return plots.Band(x, np.array([loss, loss, loss]))


def _losses(run: Run) -> dict[str, float]:
    """Losses of the best network, on the splits where the run has them."""
    found = {
        "training": run.best_loss,
        "validation": run.validation_loss,
        "test": run.test_loss,
    }
    return {split: loss for split, loss in found.items() if loss is not None}

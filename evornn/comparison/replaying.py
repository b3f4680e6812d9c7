"""Replays: what the best networks of runs do in a trial with a body, as a film and as a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from evornn import plots
from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.fields import element_names, fields_of
from evornn.runs import Run, load_run
from evornn.runs.atomic import storing, write_atomically
from evornn.runs.milestones import milestones
from evornn.scene import Scene
from evornn.tasks.gym import GymEpisodes

#: control steps that are shown where none are asked for
STEPS = 500
#: milestones that are shown where no other number is asked for: rows that a figure has room for
MILESTONES = 8
#: moments of a trial in the figure
_MOMENTS = 7


@dataclass(frozen=True, eq=False)
class Performance:
    """One trial of the best network of one run: its `trace`, of which `steps` are shown.

    What it looks like is a `scene`, or `pictures` of a foreign environment, one for each state of
    the body; or neither, where nobody says.
    """

    name: str
    trace: Any
    steps: int
    network: Any
    #: names of the numbers of the body
    numbers: list[str]
    time_step: float
    scene: Scene | None = None
    pictures: Sequence[np.ndarray] | None = None

    @property
    def bodies(self) -> np.ndarray:
        """States of the body (frame, number): the beginning, and after each step shown."""
        return self.trace.bodies[: self.steps + 1]

    @property
    def activity(self) -> np.ndarray:
        """States of the network (step, element) after each step shown."""
        return self.trace.states[1 : self.steps + 1]

    @property
    def activity_names(self) -> list[str]:
        return element_names(self.network.state)

    @property
    def title(self) -> str:
        return f"{self.name} · loss {self.trace.loss:.4g} in {len(self.trace.outputs):,} steps"


@dataclass(frozen=True)
class Replay:
    """Performances side by side; or one after another, `in_turn`, as a film of progress.

    In that film they are milestones, out of the `kept` ones of the run.
    """

    performances: Sequence[Performance]
    in_turn: bool = False
    kept: int = 0

    @property
    def finest(self) -> float:
        """The shortest of all time steps."""
        return min(one.time_step for one in self.performances)

    def film(self, path: str | Path, speed: float = 1.0) -> None:
        """Write a film to `path` (.gif, .webp or .mp4), at `speed` times the simulator's own time.

        Of runs side by side each keeps to its own time, whatever its time step.

        ConfigurationError for another ending, or a speed that no film has; MP4 takes the extra
        ``video``.
        """
        path = Path(path)
        plots.check_film(path)
        scenes = [[one] for one in self.performances] if self.in_turn else [self.performances]
        rate = plots.schedule(1, self.finest, speed)[1]
        pictures = chain.from_iterable(_pictures(scene, self.finest, speed) for scene in scenes)
        with storing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, plots.film(pictures, path.suffix, rate))

    def figure(self, path: str | Path) -> None:
        """Draw moments, senses, outputs, activity and its phase portrait, a row for each run."""
        count = len(self.performances)
        with plots.figure(15.5, 3.9 * count) as drawn:
            rows = drawn.subplots(count, 4, squeeze=False, width_ratios=(1.35, 1.0, 1.1, 0.8))
            for one, row in zip(self.performances, rows, strict=True):
                _draw_still(one, row)
            with storing(Path(path)):
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                plots.save(drawn, Path(path))


def replay(
    run: Run | str | Path,
    *others: Run | str | Path,
    split: str = "train",
    trial: int = 0,
    steps: int | None = STEPS,
) -> Replay:
    """What the best networks of `run` and `others` do in a trial of their tasks.

    Parameters
    ----------
    run, others
        Runs, or their folders, of tasks with a body (episodes).
    split, trial
        Which trial: of "train", "validation" or "test", by its number.
    steps
        Control steps that are shown, from the beginning; None: all.
    """
    _check_which(trial, steps)
    runs = [one if isinstance(one, Run) else load_run(one) for one in (run, *others)]
    return Replay([performance(one, split, trial, steps) for one in runs])


def progress(
    run: Run | str | Path,
    split: str = "train",
    trial: int = 0,
    steps: int | None = STEPS,
    most: int = MILESTONES,
) -> Replay:
    """What the milestones of `run` do, one after another (`evornn.train(film=10)`).

    At most so many of them: the first, the last, and others evenly between them. The rest is as for
    `replay`.
    """
    _check_which(trial, steps)
    run = run if isinstance(run, Run) else load_run(run)
    if run.path is None:
        raise ConfigurationError("a run in memory keeps no milestones: train it with out and film")
    found = []
    chosen, kept = milestones(run.path, most)
    for milestone in chosen:
        then = replace(run, best_genome=milestone.genome, scaling=milestone.scaling)
        one = performance(then, split, trial, steps)
        found.append(replace(one, name=f"generation {milestone.generation}"))
    return Replay(found, in_turn=True, kept=kept)


def _check_which(trial: int, steps: int | None) -> None:
    check_size("trial", trial, least=0)
    if steps is not None:
        check_size("steps", steps)


def performance(run: Run, split: str, trial: int, steps: int | None) -> Performance:
    """The best network of `run` in one trial."""
    task, network = run.part("task"), run.part("network")
    if task.train.kind != "episode":
        raise ConfigurationError(
            f"{type(task).__name__} has no episodes to replay: take evornn show for its figures"
        )
    fitness = run.fitness(split)
    data = fitness.data
    if trial >= len(data.lengths):
        raise ConfigurationError(
            f"trial must be at most {len(data.lengths) - 1}, got {trial}: the {split} data have "
            f"{len(data.lengths)} trials"
        )
    trace = fitness.trace(run._genome(), trial)
    made = len(trace.outputs)
    steps = made if steps is None else min(steps, made)
    seen = _foreign if isinstance(data, GymEpisodes) else _simulated
    return Performance(
        name=run.path.name if run.path else type(network).__name__,
        trace=trace,
        steps=steps,
        network=network,
        **seen(data, trial, trace, steps),
    )


def _simulated(data: Any, trial: int, trace: Any, steps: int) -> dict[str, Any]:
    """What is known of a body of our own."""
    simulator = data.simulator
    bodies = fields_of(trace.bodies[: steps + 1], simulator.state)
    return {
        "numbers": element_names(simulator.state),
        "time_step": simulator.time_step,
        "scene": simulator.scene(fields_of(data.rows[trial], simulator.trial), bodies),
    }


def _foreign(data: Any, trial: int, trace: Any, steps: int) -> dict[str, Any]:
    """What is known of an environment of Gymnasium."""
    pictures, rate = data.pictures(trial, trace.outputs[:steps])
    return {
        "numbers": [f"observed {k + 1}" for k in range(trace.bodies.shape[1])],
        "time_step": 1.0 / rate,
        "pictures": pictures,
    }


def _pictures(
    performances: Sequence[Performance], finest: float, speed: float
) -> Iterator[np.ndarray]:
    """The pictures of a film of `performances` side by side, in steps of `finest`."""
    count = len(performances)
    longest = max(ceil(one.steps * one.time_step / finest - 1e-9) for one in performances)
    frames, _ = plots.schedule(longest, finest, speed)
    with plots.figure(6.0 * count, 5.4) as drawn:
        drawn.set_dpi(80)
        rows = drawn.subplots(3, count, squeeze=False, height_ratios=(2.6, 1.0, 1.4))
        drawings = [
            plots.Paced(drawing, one.time_step, finest)
            for one, column in zip(performances, rows.T, strict=True)
            for drawing in _drawings(one, column)
        ]
        yield from plots.images(drawn, drawings, frames)


def _drawings(one: Performance, axes: Any) -> list[plots.Drawing]:
    """What moves in the column of one performance: the scene, and cursors on its signals."""
    found: list[plots.Drawing] = []
    if one.scene is not None:
        axes[0].set_title(one.title)
        found.append(plots.SceneDrawing(axes[0], one.scene))
    elif one.pictures is not None:
        axes[0].set_title(one.title)
        found.append(plots.PictureDrawing(axes[0], one.pictures))
    else:
        _draw_body(axes[0], one)
        found.append(plots.Cursor(axes[0], len(one.bodies)))
    _draw_signals(axes[1], one.trace.outputs[: one.steps], "output", "Outputs")
    plots.draw_raster(axes[2], one.activity, one.activity_names)
    found += [plots.Cursor(below, one.steps) for below in axes[1:]]
    return found


def _draw_still(one: Performance, axes: Any) -> None:
    """The row of one performance."""
    if one.scene is None:
        _draw_body(axes[0], one)
    else:
        moments = np.unique(np.linspace(0, one.steps, _MOMENTS).astype(int))
        plots.draw_scene(axes[0], one.scene, moments.tolist())
        axes[0].set_title(one.title)
    senses, outputs = one.trace.senses[: one.steps], one.trace.outputs[: one.steps]
    above, below = _split(axes[1])
    _draw_signals(above, senses, "sense", "Senses")
    _draw_signals(below, outputs, "output", "Outputs")
    above.set_xlabel("")
    plots.draw_raster(axes[2], one.activity, one.activity_names)
    plots.draw_phase_portrait(axes[3], one.activity, one.activity_names)


def _draw_body(axes: Any, one: Performance) -> None:
    """The numbers of a body that has no scene."""
    plots.draw_traces(axes, one.bodies, one.numbers, f"{one.title} · body")


def _split(axes: Any) -> tuple[Any, Any]:
    """Two axes, one below the other, in the place of `axes`."""
    grid, drawn = axes.get_subplotspec().subgridspec(2, 1), axes.get_figure()
    axes.remove()
    return drawn.add_subplot(grid[0]), drawn.add_subplot(grid[1])


def _draw_signals(axes: Any, values: np.ndarray, name: str, title: str) -> None:
    plots.draw_traces(axes, values, [f"{name} {k + 1}" for k in range(values.shape[1])], title)

"""`compare`: run every cell of an experiment that is not finished yet, then report on all of them.

Each cell is a run folder of its own, ``<folder>/<optimizer>/seed-<seed>``, or
``<folder>/<network>/<optimizer>/seed-<seed>`` where networks are crossed with optimizers. A
finished one is not run again, one that was cut off is resumed, and one that fails does not stop the
others. More seeds, optimizers or networks can be asked for later: what is there is kept.
"""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from evornn.comparison.comparison import Comparison, load_comparison
from evornn.comparison.contender import Contender
from evornn.comparison.experiment import Experiment, seed_list
from evornn.comparison.plan import FILE, Plan, plan_of, read_plan
from evornn.comparison.predictions import write_predictions
from evornn.comparison.progress import Cell, Progress, Silent
from evornn.errors import ConfigurationError, EvornnError
from evornn.runs import resume, train
from evornn.runs.atomic import storing, write_atomically
from evornn.runs.attempt import Attempt
from evornn.runs.folder import RunFolder


def compare(
    experiment: Experiment,
    *,
    seeds: int | tuple[int, ...] | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run the cells of `experiment` and write tables and figures beside them.

    Parameters
    ----------
    seeds, out
        Instead of the experiment's own.
    progress
        Told what happens, see `evornn.comparison.Progress`.

    Returns
    -------
    Comparison
        What `load_comparison` gives for the folder, with `Comparison.failures` of this call.

    Raises
    ------
    ConfigurationError
        The experiment is wrong, or the folder belongs to another one; nothing is written then.
    StorageError
        The folder cannot be written.
    Interrupted, Terminated
        A signal came; the same call goes on from there.
    """
    folder = experiment.folder if out is None else Path(out)
    chosen = seed_list(experiment.seeds if seeds is None else seeds)
    parts = experiment.parts()
    plan = plan_of(experiment, chosen, parts)
    _check_folder(folder, plan)
    cells = _Cells(experiment, plan, folder, parts)
    cells.check()
    with storing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / FILE, plan.to_json().encode())
    failures = cells.run(progress or Silent())
    comparison = dataclasses.replace(load_comparison(folder), failures=failures)
    write_predictions(comparison, parts)
    comparison.write_report()
    return comparison


def _check_folder(folder: Path, plan: Plan) -> None:
    """ConfigurationError where `folder` holds anything but (a part of) this experiment."""
    if (folder / FILE).exists():
        there = read_plan(folder)
        if there.name != plan.name:
            raise ConfigurationError(
                f"{folder} holds the experiment {there.name!r}, not {plan.name!r}: give another "
                "folder"
            )
        if there.crossed != plan.crossed:
            kinds = ("one network", "a table of networks")
            raise ConfigurationError(
                f"{folder} holds runs of {kinds[there.crossed]}, the experiment has "
                f"{kinds[plan.crossed]}: give another folder"
            )
    elif folder.is_dir() and any(folder.iterdir()):
        raise ConfigurationError(
            f"{folder} is not empty and holds no experiment: give a new or empty folder"
        )
    plan.check_cells(folder)


@dataclasses.dataclass(frozen=True)
class _Cells:
    """The cells of `plan`, ready to be run under `folder`."""

    experiment: Experiment
    plan: Plan
    folder: Path
    parts: dict[str, Any]

    @cached_property
    def optimizers(self) -> dict[str, Any]:
        return self.experiment.built_optimizers()

    def check(self) -> None:
        """ConfigurationError where the parts of some contender do not fit together."""
        for name, contender in self.plan.contenders.items():
            configuration = self.plan.configuration(Cell(name, self.plan.seeds[0]))
            try:
                Attempt(configuration, self._parts(contender))
            except ConfigurationError as error:
                raise ConfigurationError(f"{name} cannot be run: {error}") from None
            except Exception:
                continue  # whatever a part of the user's own raises, its runs will meet and keep

    def run(self, progress: Progress) -> dict[Cell, str]:
        """Run what is not finished; why cells failed."""
        cells = self.plan.cells
        progress.begin(len(cells))
        failures: dict[Cell, str] = {}
        warm: set[str] = set()
        for cell in cells:
            progress.cell(cell)
            failure = None
            if not RunFolder(self._place(cell)).result.exists():
                failure = self._attempt(cell, warm, progress)
            if failure is not None:
                failures[cell] = failure
            progress.ended(cell, failure)
        return failures

    def _place(self, cell: Cell) -> Path:
        return self.plan.run_folder(self.folder, cell)

    def _attempt(self, cell: Cell, warm: set[str], progress: Progress) -> str | None:
        """Run one cell to its end; why it failed, or None."""
        parts = self._parts(self.plan.contenders[cell.contender])
        try:
            if cell.contender not in warm:
                self._compile(parts, self.plan.contenders[cell.contender])
                warm.add(cell.contender)
            self._run(cell, parts, progress)
        except EvornnError as error:
            return str(error)
        except Exception as error:  # whatever a part of the user's own may raise
            return f"{type(error).__name__}: {error}"
        return None

    def _parts(self, contender: Contender) -> dict[str, Any]:
        """Task, network, encoding and optimizer of a run of `contender`."""
        return contender.parts(self.parts) | {"optimizer": self.optimizers[contender.optimizer]}

    def _compile(self, parts: dict[str, Any], contender: Contender) -> None:
        """Train for one generation, so that compiling is in no record's time."""
        with suppress(Exception):  # whatever it is, the run itself will meet it and keep it
            train(**parts, generations=1, **self._options(contender))

    def _run(self, cell: Cell, parts: dict[str, Any], progress: Progress) -> None:
        place = self._place(cell)
        told = partial(progress.generation, cell)
        if RunFolder(place).config.exists():
            threads = self.experiment.threads
            resume(place, **parts, threads=threads, progress=told)
            return
        limits = dataclasses.asdict(self.plan.stopping)
        options = self._options(self.plan.contenders[cell.contender])
        train(**parts, seed=cell.seed, out=place, **limits, **options, progress=told)

    def _options(self, contender: Contender) -> dict[str, Any]:
        experiment = self.experiment
        return {
            "batch": experiment.batch,
            "ridge": experiment.ridge,
            "gradient": self.plan.gradient.get(contender.optimizer, "reverse"),
            "teacher_forcing": experiment.teacher_forcing,
            "start": experiment.start,
            "dtype": experiment.dtype,
            "threads": experiment.threads,
        }

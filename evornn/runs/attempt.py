"""An attempt at a run: its parts put together and carried on until it ends or is cut off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from evornn.errors import ConfigurationError
from evornn.optimizers import Search
from evornn.runs.accuracy import accuracies
from evornn.runs.batches import Batches
from evornn.runs.beginning import Beginning, taken_up
from evornn.runs.compatible import check_compatible
from evornn.runs.configuration import Configuration
from evornn.runs.evaluation import Evaluation
from evornn.runs.evolution import Evolution
from evornn.runs.folder import RunFolder
from evornn.runs.forcing import TeacherForced
from evornn.runs.learnt import learnt_share
from evornn.runs.lessons import Lessons
from evornn.runs.recorder import Recorder
from evornn.runs.recording import recording
from evornn.runs.result import Result
from evornn.runs.run import Run, fitness_of, scaled
from evornn.runs.seeds import search_generator, start_of_run
from evornn.runs.stages import Stages
from evornn.runs.status import Status
from evornn.runs.stopping import Stop
from evornn.runs.tally import Tally
from evornn.tasks import Curriculum

Progress = Callable[[Status], None]


class Attempt:
    """The parts of a run (``task``, ``network``, ``encoding``, ``optimizer``), ready to begin.

    ConfigurationError where they do not fit together, or a budget does not reach for the first
    generation.
    """

    def __init__(self, configuration: Configuration, parts: dict[str, Any]) -> None:
        self.configuration = configuration
        self.parts = parts
        check_compatible(configuration, parts["optimizer"])
        self.fitness = fitness_of(configuration, parts.__getitem__)
        gradient = configuration.gradient if parts["optimizer"].gradient else None
        self.evaluation = Evaluation(self.fitness, gradient)
        limits = configuration.stopping
        if limits.learnt_share is not None:
            data = parts["task"].train
            if data.kind == "episode":
                raise ConfigurationError(
                    "learnt_share counts answers that are right, and trials of a body have none: "
                    "set target_loss"
                )
            learnt_share(data.targets, data, limits.tolerance)
        self.lessons = self._lessons()
        self._evolution(Beginning(), Recorder([])).check_budget()

    def in_memory(self, progress: Progress | None) -> Run:
        """Train without writing anything."""
        beginning = Beginning()
        recorder = Recorder(beginning.history)
        stop = self._evolution(beginning, recorder).run(progress)
        return self._run(beginning, stop)

    def in_folder(self, folder: RunFolder, beginning: Beginning, progress: Progress | None) -> Run:
        """Train, and keep everything in `folder`, which is locked and has its configuration."""
        execution = self.configuration.execution
        with recording(folder, beginning, self.configuration, execution) as recorder:
            stop = self._evolution(beginning, recorder).run(progress)
            return self._run(beginning, stop, folder)

    def _evolution(self, beginning: Beginning, recorder: Recorder) -> Evolution:
        return Evolution(
            self.evaluation,
            self._search(beginning.search_state),
            self.configuration.stopping,
            beginning.tally,
            recorder,
            self.lessons,
        )

    def _lessons(self) -> Lessons | None:
        """What generations are judged on, None for the training data as they are."""
        configuration, lessons = self.configuration, None
        if isinstance(self.parts["task"], Curriculum):
            return self._stages(self.parts["task"])
        if configuration.batch is not None:
            lessons = Batches(self.evaluation, configuration.batch, configuration.seed)
        forcing = configuration.teacher_forcing
        if forcing is not None:
            return TeacherForced(self.evaluation, forcing, configuration.seed, lessons)
        return lessons

    def _stages(self, curriculum: Curriculum) -> Stages:
        configuration = self.configuration
        if configuration.batch is not None or configuration.teacher_forcing is not None:
            raise ConfigurationError(
                "a curriculum says by itself what each generation is judged on: leave batch and "
                "teacher_forcing out"
            )
        parts = [self.parts | {"task": stage} for stage in curriculum.stages[:-1]]
        earlier = [fitness_of(configuration, own.__getitem__) for own in parts]
        return Stages([*map(self.evaluation.on, earlier), self.evaluation], curriculum)

    def _search(self, state: dict[str, Any] | None) -> Search:
        seed = self.configuration.seed
        start = start_of_run(self.configuration.start, seed)
        generator = search_generator(seed)
        optimizer = self.parts["optimizer"].for_wiring(self.fitness.wiring)
        search = optimizer.search(self.fitness.genes, start, generator)
        return taken_up(search, state, self.configuration.optimizer.name)

    def _run(self, beginning: Beginning, stop: Stop, folder: RunFolder | None = None) -> Run:
        """The finished run: its best network judged on the held-out data, and kept."""
        tally = beginning.tally
        assert tally.best_genome is not None
        scaled(self.fitness, tally.best_scaling)
        weights = self.fitness.decode(tally.best_genome[np.newaxis])[0]
        held_out = {
            split: scaled(
                fitness_of(self.configuration, self.parts.__getitem__, split), tally.best_scaling
            )
            for split in ("validation", "test")
            if getattr(self.parts["task"], split) is not None
        }
        losses = {
            split: float(fitness(tally.best_genome[np.newaxis])[0])
            for split, fitness in held_out.items()
        }
        run = Run(
            self.configuration,
            beginning.history,
            tally.best_genome,
            tally.best_loss,
            stop,
            losses.get("validation"),
            losses.get("test"),
            folder.path if folder else None,
            self.parts["network"].named(weights),
            self.parts,
            accuracies({"training": self.fitness, **held_out}, tally.best_genome),
            tally.best_scaling,
        )
        if folder is not None:
            folder.finish(
                tally.best_genome, run.best_weights, run.scaling, **self._figures(run, tally)
            )
        return run

    def _figures(self, run: Run, tally: Tally) -> dict[str, Any]:
        """What ``result.json`` says beside the checksums."""
        task = self.parts["task"]
        counts = {name: value for name, value in vars(tally).items() if name in Result.model_fields}
        return counts | {
            "generations": tally.generation,
            "stop": run.stop,
            "fitness": run.best_fitness,
            "validation_loss": run.validation_loss,
            "test_loss": run.test_loss,
            "accuracy": run.accuracy,
            "constant_loss": task.constant_loss,
            "solved_loss": task.solved.loss if task.solved else None,
            "solved_source": task.solved.source if task.solved else None,
        }

"""Prediction of a series: one step ahead, or running free on one's own predictions.

Row t of the inputs is answered by row t + horizon of the targets. The series is split in time, and
the normalisation is fitted on the training rows alone. Each part begins `washout` rows before its
first judged target (or more, see `Prediction.given_rows`): there the network sees the series but
nobody judges it. So every held-out row is judged, from a state that has settled.

``one_step``      every input is given.
``free_running``  after the washout and one more given input, the network's own predictions are its
                  inputs (the feedback of Jaeger & Haas 2004). A part is cut into runs of
                  `free_steps` judged steps (the last one may be shorter), each with its own
                  washout; their errors at steps 1, 2, … are those of 1, 2, … steps ahead.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import ClassVar

import numpy as np

from evornn.checks import check_choice, check_size
from evornn.errors import ConfigurationError
from evornn.tasks.normalisation import KINDS, Normalisation
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Task

EVALUATIONS = ("one_step", "free_running")


class Prediction(Task):
    """Base of the tasks that predict a series; a frozen dataclass with at least these options."""

    evaluation: str
    washout: int
    free_steps: int
    normalisation: str

    #: what a row of the series is, and the number of the first one: for figures
    row_unit: ClassVar[str] = "row"
    first_row: ClassVar[int] = 0

    @cached_property
    @abstractmethod
    def input_rows(self) -> np.ndarray:
        """The inputs (row, feature) of the whole series, as measured."""

    @property
    def target_rows(self) -> np.ndarray:
        """The targets (row, feature) of the whole series, as measured; here the inputs."""
        return self.input_rows

    @property
    def input_size(self) -> int:
        return self.input_rows.shape[1]

    @property
    def output_size(self) -> int:
        return self.target_rows.shape[1]

    @property
    @abstractmethod
    def ends(self) -> tuple[int, int, int]:
        """The rows at which training, validation and test end."""

    @property
    def ahead(self) -> int:
        """Rows from an input to its target."""
        return 1

    @property
    def feedback(self) -> tuple[int, ...]:
        """For each input the output that replaces it in a free run, or −1."""
        return tuple(range(self.input_size))

    @property
    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the inputs and of the targets, for messages; here none."""
        return (), ()

    def given_rows(self, begin: int) -> int:
        """Rows that a part whose first judged target is row `begin` shows before it."""
        return self.washout

    def check_prediction(self) -> None:
        """The options above must be valid; for ``__post_init__``."""
        check_choice("evaluation", self.evaluation, EVALUATIONS)
        check_size("washout", self.washout, least=0)
        check_size("free_steps", self.free_steps, least=2)
        check_choice("normalisation", self.normalisation, KINDS)

    @cached_property
    def input_normalisation(self) -> Normalisation:
        """Fitted on the training rows of the inputs."""
        return Normalisation.fit(self.normalisation, self.input_rows[: self.ends[0]], self.names[0])

    @cached_property
    def target_normalisation(self) -> Normalisation:
        """Fitted on the training rows of the targets; `undo` gives outputs their unit back."""
        return Normalisation.fit(
            self.normalisation, self.target_rows[: self.ends[0]], self.names[1]
        )

    @cached_property
    def train(self) -> Sequences:
        part = self._part(self.washout + self.ahead, self.ends[0])
        assert part is not None  # _part leaves none out but held-out parts without rows
        return part

    @cached_property
    def validation(self) -> Sequences | None:
        return self._part(self.ends[0], self.ends[1])

    @cached_property
    def test(self) -> Sequences | None:
        return self._part(self.ends[1], self.ends[2])

    def _part(self, begin: int, end: int) -> Sequences | None:
        """The data whose judged targets are the rows from `begin` up to `end`."""
        if self.washout + self.ahead >= self.ends[0]:
            raise ConfigurationError(
                f"{self.ends[0]} training rows leave nothing to judge after a washout of "
                f"{self.washout} and a horizon of {self.ahead}: lower washout or take more rows"
            )
        if begin == end:
            return None
        inputs = self.input_normalisation.apply(self.input_rows)
        targets = self.target_normalisation.apply(self.target_rows)
        free, given = self.evaluation == "free_running", self.given_rows(begin)
        runs = [
            (start - given, min(start + self.free_steps, end) if free else end)
            for start in (range(begin, end, self.free_steps) if free else (begin,))
        ]
        # A run of a single judged step is a prediction one step ahead in either evaluation.
        free = free and max(stop - start for start, stop in runs) > given + 1
        return Sequences(
            [inputs[start - self.ahead : stop - self.ahead] for start, stop in runs],
            [targets[start:stop] for start, stop in runs],
            [np.arange(stop - start) >= given for start, stop in runs],
            free_running=given + 1 if free else None,
            feedback=self.feedback if free else None,
        )

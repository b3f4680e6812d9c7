"""Any series of your own: a CSV file with named input and target columns, one row per time step.

The rows are split in time, the first to train on, then validation, then test; the normalisation is
fitted on the training rows only. Row t of the inputs is answered by row t + `horizon` of the
targets: 1 predicts the next row, 0 maps a row to its own targets.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from evornn.checks import check_number, check_size
from evornn.errors import ConfigurationError
from evornn.tasks.linear_baseline import beats_linear
from evornn.tasks.prediction import Prediction
from evornn.tasks.table import read_columns
from evornn.tasks.task import Solved


@dataclass(frozen=True)
class CSV(Prediction):
    """Predict columns of a CSV file from columns of it.

    Parameters
    ----------
    path
        The file: UTF-8, its first line names the columns.
    inputs, targets
        Names of the columns that go in and that are wanted.
    horizon
        Rows from an input to its target.
    train_share, validation_share
        Shares of the rows; the rest is the test.
    evaluation, washout, free_steps, normalisation
        See `evornn.tasks.prediction`. In a free run the inputs that are targets too are fed back,
        the other inputs stay given.
    delimiter
        The character between cells.
    """

    path: str
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    horizon: int = 1
    train_share: float = 0.7
    validation_share: float = 0.15
    evaluation: str = "one_step"
    washout: int = 10
    free_steps: int = 20
    normalisation: str = "standard"
    delimiter: str = ","

    def __post_init__(self) -> None:
        if not isinstance(self.path, str | os.PathLike):
            raise ConfigurationError(f"path must name a file, got {self.path!r}")
        object.__setattr__(self, "path", os.fspath(self.path))
        object.__setattr__(self, "inputs", column_names("inputs", self.inputs))
        object.__setattr__(self, "targets", column_names("targets", self.targets))
        self.check_prediction()
        check_size("horizon", self.horizon, least=0)
        check_number("train_share", self.train_share, above=0.0, most=1.0)
        check_number("validation_share", self.validation_share, 0.0, 1.0)
        if self.train_share + self.validation_share > 1.0 + 1e-9:
            raise ConfigurationError(
                f"train_share {self.train_share} and validation_share {self.validation_share} "
                "are more than the whole: lower one, the rest is the test"
            )
        if not isinstance(self.delimiter, str) or len(self.delimiter) != 1:
            raise ConfigurationError(f"delimiter must be one character, got {self.delimiter!r}")
        self._check_question()

    def _check_question(self) -> None:
        """The answer must not stand in the question, and a free run must have its feedback."""
        both = sorted(set(self.inputs) & set(self.targets))
        if self.horizon == 0 and both:
            raise ConfigurationError(
                f"horizon 0 with {both[0]!r} among inputs and targets gives the answer away: "
                "set horizon to 1, or take it out of one of them"
            )
        if self.evaluation == "free_running" and (self.horizon != 1 or not both):
            raise ConfigurationError(
                "evaluation 'free_running' feeds targets back as inputs: it needs horizon 1 (got "
                f"{self.horizon}) and a target that is an input too (got "
                f"{', '.join(both) or 'none'})"
            )

    @cached_property
    def _rows(self) -> np.ndarray:
        return read_columns(Path(self.path), self.inputs + self.targets, self.delimiter)

    @cached_property
    def input_rows(self) -> np.ndarray:
        return self._rows[:, : len(self.inputs)]

    @property
    def target_rows(self) -> np.ndarray:
        return self._rows[:, len(self.inputs) :]

    @property
    def ends(self) -> tuple[int, int, int]:
        count = len(self._rows)
        held_out = round(count * (self.train_share + self.validation_share))
        return round(count * self.train_share), min(held_out, count), count

    @property
    def ahead(self) -> int:
        return self.horizon

    @property
    def feedback(self) -> tuple[int, ...]:
        places = {name: place for place, name in enumerate(self.targets)}
        return tuple(places.get(name, -1) for name in self.inputs)

    @property
    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self.inputs, self.targets

    @property
    def solved(self) -> Solved | None:
        """None for free runs: nobody has published a figure for your data."""
        return beats_linear(self.train) if self.evaluation == "one_step" else None


def column_names(what: str, names: object) -> tuple[str, ...]:
    """`names` as a tuple; a lone name stands for itself."""
    given = (names,) if isinstance(names, str) else names
    if not isinstance(given, Sequence) or not all(isinstance(name, str) for name in given):
        raise ConfigurationError(f"{what} must be a list of column names, got {names!r}")
    if not given or len(set(given)) < len(given):
        raise ConfigurationError(f"{what} must name at least one column, each once; got {names!r}")
    return tuple(given)

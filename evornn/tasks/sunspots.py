"""Yearly mean sunspot numbers 1700–2008: the oldest benchmark of time series prediction.

Split as in the literature: 1700–1920 to train on, 1921–1955 held out. What came after 1955 is
harder (the highest peaks on record) and is the test here, up to 2008. The washout of 11 steps makes
1712 the first judged year, as do the twelve lags of Weigend et al.

Errors are published as average relative variance: mean squared error / 1535, the variance of the
whole record at that time.

| model                                             | 1712–1920 | 1921–1955 | 1956–1979 |
|---------------------------------------------------|-----------|-----------|-----------|
| threshold autoregression (Tong & Lim 1980)        | 0.097     | 0.097     | 0.28      |
| feed-forward network (Weigend et al. 1990)        | 0.082     | 0.086     | 0.35      |

Data: National Geophysical Data Center (NOAA/NGDC), public domain; see ``data/README.md``.

References
----------
A. S. Weigend, B. A. Huberman & D. E. Rumelhart 1990, "Predicting the future: a connectionist
    approach", Int. J. Neural Systems 1, 193–209.
H. Tong & K. S. Lim 1980, "Threshold autoregression, limit cycles and cyclical data", J. R. Stat.
    Soc. B 42, 245–292.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.tasks.prediction import Prediction
from evornn.tasks.table import read_columns
from evornn.tasks.task import Solved

FIRST_YEAR, LAST_YEAR = 1700, 2008
RECORD_VARIANCE = 1535.0  # Weigend et al. 1990
WEIGEND_TRAIN = 0.082


@dataclass(frozen=True)
class Sunspots(Prediction):
    """Predict next year's sunspot number from this year's.

    Parameters
    ----------
    train_until, validation_until
        Last year to train on and last year to choose by; the years after that are the test.
    evaluation, washout, free_steps, normalisation
        See `evornn.tasks.prediction`. 11 free steps are one solar cycle.
    """

    train_until: int = 1920
    validation_until: int = 1955
    evaluation: str = "one_step"
    washout: int = 11
    free_steps: int = 11
    normalisation: str = "standard"

    row_unit: ClassVar[str] = "year"
    first_row: ClassVar[int] = FIRST_YEAR

    def __post_init__(self) -> None:
        self.check_prediction()
        check_size("train_until", self.train_until)
        check_size("validation_until", self.validation_until)
        if not FIRST_YEAR < self.train_until <= self.validation_until <= LAST_YEAR:
            raise ConfigurationError(
                f"years must be in order, {FIRST_YEAR} < train_until <= validation_until <= "
                f"{LAST_YEAR}; got {self.train_until} and {self.validation_until}"
            )

    @cached_property
    def input_rows(self) -> np.ndarray:
        with resources.as_file(resources.files("evornn.tasks") / "data" / "sunspots.csv") as path:
            return read_columns(path, ["sunspots"])

    @property
    def ends(self) -> tuple[int, int, int]:
        first = FIRST_YEAR - 1
        return self.train_until - first, self.validation_until - first, LAST_YEAR - first

    @property
    def solved(self) -> Solved | None:
        """None for free runs: no published figure for them is comparable."""
        if self.evaluation == "free_running":
            return None
        unit = self.target_normalisation.scale.item() ** 2
        return Solved(
            WEIGEND_TRAIN * RECORD_VARIANCE / unit,
            "Weigend, Huberman & Rumelhart 1990: average relative variance 0.082 on 1712–1920",
        )

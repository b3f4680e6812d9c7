"""Superimposed sines: a sum of up to five, to be carried on without seeing any more of it.

    y(t) = Σ_i sin(λ_i t + φ_i),    λ = 0.2, 0.311, 0.42, 0.51, 0.74

The phases φ are zero, or drawn. The frequencies have no common period worth the name, and each
wants an oscillator of its own: in a free run an error of frequency or damping grows with every
step. The network is shown all rows before the first that it must answer, as one run goes on from
the training part into those after it.

Reference: J. Schmidhuber, D. Wierstra, M. Gagliolo & F. Gomez 2007, "Training recurrent networks by
    Evolino", Neural Computation 19: a washout of 100 steps, training to step 400, free runs to step
    700 (``train_steps=400, validation_steps=0, test_steps=300``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_choice, check_size
from evornn.errors import ConfigurationError
from evornn.tasks.generated_series import GeneratedSeries
from evornn.tasks.linear_baseline import beats_linear
from evornn.tasks.task import Solved

FREQUENCIES = (0.2, 0.311, 0.42, 0.51, 0.74)
PHASES = ("zero", "drawn")
FREE_STEPS = 300

#: NRMSE of the free run over steps 400 to 700, by the number of sines, Schmidhuber et al. 2007
EVOLINO = {2: 4.15e-3, 3: 8.04e-3, 4: 0.110, 5: 0.166}


@dataclass(frozen=True)
class SuperimposedSines(GeneratedSeries):
    """Predict the next value of a sum of sines, and the next ones from that.

    Parameters
    ----------
    sines
        How many are added up, at most five: the first ones of λ.
    phases
        ``zero`` (Schmidhuber et al.), or ``drawn`` uniformly on a turn, from `seed`.
    train_steps, validation_steps, test_steps
        Steps in each part, one after another.
    evaluation, washout, free_steps, normalisation
        See `evornn.tasks.prediction`. The washout is that of the training part; the others show
        all that was before.
    seed
        Of drawn phases.
    """

    sines: int = 5
    phases: str = "zero"
    train_steps: int = 400
    validation_steps: int = 300
    test_steps: int = 300
    evaluation: str = "free_running"
    washout: int = 100
    free_steps: int = FREE_STEPS
    normalisation: str = "none"
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_series()
        check_size("sines", self.sines)
        if self.sines > len(FREQUENCIES):
            raise ConfigurationError(
                f"sines {self.sines}: there are {len(FREQUENCIES)} frequencies, so take at most as "
                "many"
            )
        check_choice("phases", self.phases, PHASES)

    def given_rows(self, begin: int) -> int:
        return begin - self.ahead

    def series(self, rng: np.random.Generator, rows: int) -> np.ndarray:
        φ = rng.uniform(0.0, 2.0 * np.pi, self.sines) * (self.phases == "drawn")
        λ = np.array(FREQUENCIES[: self.sines])
        return np.sin(np.arange(rows)[:, np.newaxis] * λ + φ).sum(axis=1, keepdims=True)

    @property
    def solved(self) -> Solved | None:
        """None for free runs of other lengths or numbers of sines than the published ones."""
        if self.evaluation == "one_step":
            return beats_linear(self.train)
        if self.sines not in EVOLINO or self.free_steps != FREE_STEPS:
            return None
        return Solved(
            EVOLINO[self.sines] ** 2 * self.constant_loss,
            f"Schmidhuber et al. 2007: NRMSE {EVOLINO[self.sines]:g} in a free run of 300 steps",
        )

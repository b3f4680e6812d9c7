"""The distribution that every optimizer starts from; its scale moves results more than the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_choice, check_number, check_size
from evornn.errors import ConfigurationError

#: the stream of the starting points: a search whose own generator has the same seed must not draw
#: these very numbers again
STREAM = tuple(b"start")


@dataclass(frozen=True)
class Start:
    """Where a search begins: genes drawn independently around zero.

    `distribution` is ``normal`` (standard deviation `scale`) or ``uniform`` (on [−scale, scale]).
    `seed` fixes the draws of `genomes`: searches that share it start from the same points.
    """

    distribution: str = "normal"
    scale: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("start.distribution", self.distribution, ("normal", "uniform"))
        check_number("start.scale", self.scale, above=0.0)
        check_size("start.seed", self.seed, least=0)

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of one gene."""
        return self.scale if self.distribution == "normal" else self.scale / np.sqrt(3.0)

    def sample(self, rng: np.random.Generator, count: int, genes: int) -> np.ndarray:
        """Fresh points (count, genes) drawn from `rng`."""
        if self.distribution == "normal":
            return self.scale * rng.standard_normal((count, genes))
        return rng.uniform(-self.scale, self.scale, (count, genes))

    def genomes(self, count: int, genes: int) -> np.ndarray:
        """The first `count` starting points (count, genes): the same ones for the same seed.

        Row k does not depend on `count`, so optimizers with populations of different size share
        their first points.
        """
        stream = np.random.SeedSequence(self.seed, spawn_key=STREAM)
        return self.sample(np.random.default_rng(stream), count, genes)


def check_start(value: object) -> None:
    """`value` must be a `Start`."""
    if not isinstance(value, Start):
        scale = f"{value:g}" if isinstance(value, float) else "0.5"
        raise ConfigurationError(
            f"start must be an evornn.Start, as evornn.Start(scale={scale}); got {value!r:.80}"
        )

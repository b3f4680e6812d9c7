"""CMA-ES: covariance matrix adaptation evolution strategy, on `cma`.

N. Hansen, A. Ostermeier (2001), Completely derandomized self-adaptation in evolution strategies.
Evolutionary Computation 9, 159-195; N. Hansen (2016), The CMA evolution strategy: a tutorial,
arXiv:1604.00772. A generation is drawn from m + sigma N(0, C); the better half moves m, and with
the evolution paths changes C and sigma. `diagonal` keeps C diagonal (R. Ros, N. Hansen 2008,
sep-CMA-ES): linear memory and time per genome where the full matrix takes quadratic.

The start enters as a distribution, not as points: m = 0 and sigma = the standard deviation of the
start, so the first generation is drawn like the common starting points but is not those.

A loss that is not finite counts as worse than every finite one; a generation without any finite
loss teaches nothing and is drawn again from the same distribution. Departures from the defaults of
`cma`: no files are read or written, sigma follows cumulative step-size adaptation in every
dimension (`cma` itself leaves the tutorial's rule from 300 genes on), and a condition number of C
above 1e12 is not moved into a linear map of the genomes; above 1e14 the search stops; and equal
losses stop it only after 10 + 30 n/λ generations of λ genomes with n genes.
"""

from __future__ import annotations

import threading
import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size, check_switch
from evornn.optimizers import cma_state
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start

_lock = threading.Lock()

#: what the reasons of `cma` mean that a run of networks often ends by
_MEANINGS = {
    "tolflatfitness": "most of a generation have the same loss, twice in a row",
    "tolfun": "losses hardly differ any more",
    "tolfunhist": "the best losses hardly change any more",
    "tolstagnation": "no better for long",
    "tolxstagnation": "the mean hardly moves any more",
    "tolx": "steps have become too small to matter",
    "noeffectaxis": "a step is lost in rounding",
    "noeffectcoord": "a step is lost in rounding",
    "tolconditioncov": "the longest axis is ten million times the shortest",
    "tolfacupx": "steps have grown a thousand times longer than the start",
}
#: reasons that count once there have been as many generations as Hansen (2016) looks back to tell
#: that a search is over: where few trials succeed, the first ones are often all alike
_FLATNESS = {"tolflatfitness", "tolfun", "tolfunhist"}
_RESTARTS = "ipop_cma_es and bipop_cma_es begin anew there"


@dataclass(frozen=True)
class CMAES(Optimizer):
    """Covariance matrix adaptation."""

    population_size: int | None = None  # None: 4 + floor(3 log genes), Hansen 2016
    diagonal: bool = False

    starts_from_points: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.population_size is not None:
            check_size("cma_es.population_size", self.population_size, least=3)
        check_switch("cma_es.diagonal", self.diagonal)

    @property
    def rank_based(self) -> bool:
        return True

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> CMAESSearch:
        return CMAESSearch(self, genes, start, rng)


class CMAESSearch(GenerationalSearch):
    carried: ClassVar[tuple[str, ...]] = ("strategy_state", "reasons")

    def __init__(self, settings: CMAES, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(genes, start, rng)
        self.settings = settings
        self.strategy = begin(settings, np.zeros(genes), start.standard_deviation, rng)
        self.reasons: str | None = None

    @property
    def strategy_state(self) -> dict[str, Any]:
        return cma_state.taken(self.strategy)

    @strategy_state.setter
    def strategy_state(self, state: dict[str, Any]) -> None:
        cma_state.put(self.strategy, state)

    def propose(self) -> np.ndarray:
        return np.array(self.strategy.ask())

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        known = np.isfinite(losses)
        if not known.any():
            cma_state.forget_generation(self.strategy)
            return
        best, worst = float(losses[known].min()), float(losses[known].max())
        # A finite stand-in, as `cma` takes medians and ranges of the losses to know when to stop.
        beyond = worst + max(worst - best, abs(worst), 1.0)
        with _lock, warnings.catch_warnings():
            # Long steps in a diagonal search are announced as warnings; they need no action.
            warnings.filterwarnings("ignore", message="elements of z2", category=UserWarning)
            self.strategy.tell(list(genomes), np.where(known, losses, beyond).tolist())
        # Once for every generation, as `cma` counts flat generations when it is asked for reasons.
        reasons = set(self.strategy.stop())
        if self.strategy.countiter < 10 + 30 * self.genes / len(genomes):
            reasons -= _FLATNESS
        self.reasons = ", ".join(sorted(reasons)) or None

    def stop(self) -> str | None:
        """The reasons of `cma`, such as ``tolfun`` or ``tolx``, what they mean and what helps."""
        if self.reasons is None:
            return None
        meant = [_MEANINGS[reason] for reason in self.reasons.split(", ") if reason in _MEANINGS]
        return f"{self.reasons} ({'; '.join([*meant, _RESTARTS])})"

    def diagnostics(self) -> dict[str, float]:
        axes = self.strategy.D
        return {
            "sigma": float(self.strategy.sigma),
            "axis_ratio": float(np.max(axes) / np.min(axes)),
        }


def begin(settings: CMAES, mean: np.ndarray, sigma: float, rng: np.random.Generator) -> Any:
    """A `cma.CMAEvolutionStrategy` that draws from `rng`, and reads and writes no files."""
    # Importing and beginning both leave a warning filter behind for the whole process.
    with _lock, warnings.catch_warnings():
        import cma

        options = {
            "AdaptSigma": cma.sigma_adaptation.CMAAdaptSigmaCSA,
            "CMA_diagonal": settings.diagonal,
            "conditioncov_alleviate": [1e8, 0],
            "randn": lambda *shape: rng.standard_normal(shape),
            "seed": np.nan,  # numbers, None and 0 all seed the global generator
            "verbose": -10,  # silent, and blind to a cma_signals.in in the working directory
        }
        if settings.population_size is not None:
            options["popsize"] = settings.population_size
        strategy = cma.CMAEvolutionStrategy(mean, sigma, options)
        strategy.timer = cma.utilities.utils.ElapsedWCTime()  # else missed where a state is loaded
        return strategy

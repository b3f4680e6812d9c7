"""The chains that every kind of annealing here is made of: propose, accept, adapt the step.

N. Metropolis et al. (1953): from x with loss f(x), a proposal x' is accepted with probability

    min(1, exp(-(f(x') - f(x)) / T)).

The proposal is Gaussian round x. Its standard deviation s, one per chain, follows a wanted rate of
acceptance a* by Robbins-Monro steps on its logarithm (C. Andrieu, J. Thoms 2008, algorithm 4):

    log s <- log s + gamma (accepted - a*)

A chain that has met no finite loss yet knows nothing, and draws from the start again.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.start import Start

#: gamma: a step that is far too long halves in a dozen moves, and a good one wavers by a third
ADAPTATION_RATE = 0.2
#: the longest step, in standard deviations of the start: on a plain where every move is accepted
#: a step would grow for ever
STEP_LIMIT = 10.0


class MetropolisSearch(GenerationalSearch):
    """Chains at `positions` (chains, genes) with `losses` and step sizes `steps` (chains,)."""

    carried: ClassVar[tuple[str, ...]] = ("positions", "losses", "steps", "generation")

    def __init__(
        self,
        chains: int,
        acceptance: float,
        genes: int,
        start: Start,
        rng: np.random.Generator,
    ):
        super().__init__(genes, start, rng)
        self.acceptance = acceptance
        self.positions = start.genomes(chains, genes)
        self.losses = np.full(chains, np.inf)
        self.steps = np.full(chains, start.standard_deviation)
        self.generation = 0

    def propose(self) -> np.ndarray:
        if self.generation == 0:
            return self.positions
        proposals = self.rng.standard_normal(self.positions.shape)
        proposals *= self.steps[:, None]
        proposals += self.positions
        lost = np.isinf(self.losses)
        if lost.any():
            proposals[lost] = self.start.sample(self.rng, int(lost.sum()), self.genes)
        return proposals

    def move(
        self, genomes: np.ndarray, losses: np.ndarray, temperature: float | np.ndarray
    ) -> None:
        """Accept or refuse each chain's proposal at its temperature; the first are all taken."""
        accepted = accept(self.rng, self.losses, losses, temperature)
        if self.generation > 0:
            adapted = self.steps * np.exp(ADAPTATION_RATE * (accepted - self.acceptance))
            self.steps = np.minimum(adapted, STEP_LIMIT * self.start.standard_deviation)
        self.losses = np.where(accepted, losses, self.losses)
        self.positions[accepted] = genomes[accepted]
        self.generation += 1

    def diagnostics(self) -> dict[str, float]:
        return {"median_step_size": float(np.median(self.steps))}


def accept(
    rng: np.random.Generator,
    losses: np.ndarray,
    proposed: np.ndarray,
    temperature: float | np.ndarray,
) -> np.ndarray:
    """Which proposals (chains,) are accepted; one whose loss is not finite never is."""
    uphill = np.full(losses.shape, np.inf)
    np.subtract(proposed, losses, out=uphill, where=np.isfinite(proposed))
    return uphill <= temperature * rng.standard_exponential(losses.shape)  # -T log U(0, 1)

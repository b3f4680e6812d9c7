"""ESP, enforced sub-populations: a sub-population of neurons for every place in the network.

F. Gomez, R. Miikkulainen (1997), Incremental evolution of complex general behavior. Adaptive
Behavior 5, 317-342; (1999), Solving non-Markovian control tasks with neuroevolution. Proc. IJCAI,
1356-1361. The genome is cut into blocks, one for each neuron: `blocks` says for each gene which one
it is in. None takes those of the network in a run, where it says which neuron a weight belongs to,
and else makes every gene a block. A generation:

    evaluate   `trials` times over, networks of one neuron from each sub-population, drawn without
               replacement; a neuron's loss is the mean of those of its networks
    recombine  each neuron of the best quarter of its sub-population with one of no lower rank, by
               crossover at one point and mutation; their two children each replace the worst half
    burst      where the best loss has not fallen for `stagnation` generations, all sub-populations
               are drawn anew round the neurons of the best network (delta coding)

Mutation and burst add Cauchy noise of scale alpha. The loss of a network that is not finite counts
as that of the worst in its generation that is; a generation without any is tried again, and as long
as there was none, from new draws of the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from evornn.checks import check_number, check_size
from evornn.errors import ConfigurationError
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.mutation import chosen
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start
from evornn.wiring import Wiring


@dataclass(frozen=True)
class ESP(Optimizer):
    """Cooperative coevolution of neurons; `mutation_scale` in standard deviations of the start."""

    population_size: int = 20  # neurons in each sub-population
    blocks: tuple[int, ...] | None = None
    trials: int = 10  # networks that each neuron is tried in: Gomez & Miikkulainen 1997
    mutation_probability: float = 0.3  # as in `cosyne`
    mutation_scale: float = 0.052  # as in `cosyne`: alpha = 0.3 where the start is U[-10, 10]
    stagnation: int = 20  # generations

    #: the first networks are, before their neurons meet in other ones
    starts_from_points: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_size("esp.population_size", self.population_size, least=4)
        if self.blocks is not None:
            object.__setattr__(self, "blocks", checked_blocks(self.blocks))
        check_size("esp.trials", self.trials)
        check_number("esp.mutation_probability", self.mutation_probability, 0.0, 1.0)
        check_number("esp.mutation_scale", self.mutation_scale, least=0.0)
        check_size("esp.stagnation", self.stagnation)

    def for_wiring(self, wiring: Wiring | None) -> ESP:
        if self.blocks is not None or wiring is None:
            return self
        return replace(self, blocks=tuple(wiring.neurons.tolist()))

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> ESPSearch:
        return ESPSearch(self, genes, start, rng)


class ESPSearch(GenerationalSearch):
    carried = ("neurons", "best", "best_loss", "since", "generation")

    def __init__(self, settings: ESP, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(genes, start, rng)
        blocks = range(self.genes) if settings.blocks is None else settings.blocks
        if len(blocks) != self.genes:
            raise ConfigurationError(
                f"esp.blocks says of {len(blocks)} genes which block they are in, but a genome has "
                f"{genes}"
            )
        self.settings = settings
        self.alpha = settings.mutation_scale * start.standard_deviation
        self.block = np.array(blocks)  # of each gene
        self.sizes = np.bincount(self.block)
        self.place = _places(self.block)
        self.neurons = start.genomes(settings.population_size, genes)  # row by row, all blocks
        self.best = self.neurons[0].copy()
        self.best_loss = np.inf
        self.since = 0  # generations without a better loss
        self.generation = 0
        self.rows = np.empty((0, 0, 0), dtype=np.int64)  # (trial, network, block) that was asked

    def propose(self) -> np.ndarray:
        trials, count, blocks = self.settings.trials, len(self.neurons), len(self.sizes)
        own = np.broadcast_to(np.arange(count)[:, None], (trials, count, blocks))
        self.rows = self.rng.permuted(own, axis=1)
        if self.generation == 0:
            self.rows[0] = own[0]  # the common starting points come first, as they are
        return self._of_rows(self.rows.reshape(trials * count, blocks))

    def _of_rows(self, rows: np.ndarray) -> np.ndarray:
        """Genomes (networks, genes) of the neurons in `rows` (networks, blocks)."""
        return self.neurons[rows[:, self.block], np.arange(self.genes)]

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        self.generation += 1
        finite = np.isfinite(losses)
        if not finite.any():
            if np.isinf(self.best_loss):
                self.neurons = self.start.sample(self.rng, len(self.neurons), self.genes)
            return
        self.since += 1
        if losses.min() < self.best_loss:
            first = np.argmin(losses)
            self.best, self.best_loss, self.since = genomes[first].copy(), float(losses[first]), 0
        if self.since == self.settings.stagnation:
            self._burst()
        else:
            self._breed(self._judged(np.where(finite, losses, losses[finite].max())))

    def _judged(self, losses: np.ndarray) -> np.ndarray:
        """Mean loss (neurons, blocks) of each neuron's networks."""
        networks = np.argsort(self.rows, axis=1)  # where each neuron is, trial by trial
        by_trial = losses.reshape(self.rows.shape[:2])[:, :, None]
        return np.take_along_axis(by_trial, networks, axis=1).mean(axis=0)

    def _breed(self, losses: np.ndarray) -> None:
        """Replace the worst half of each sub-population by the children of its best quarter."""
        ranked = self._of_rows(np.argsort(losses, axis=0, kind="stable"))
        quarter = max(1, len(ranked) // 4)
        shape = quarter, len(self.sizes)
        partners = self.rng.integers(np.arange(1, quarter + 1)[:, None], size=shape)
        mothers = ranked[:quarter]
        fathers = ranked[partners[:, self.block], np.arange(self.genes)]
        cuts = 1 + self.rng.integers(np.maximum(self.sizes - 1, 1), size=shape)
        swapped = self.place >= cuts[:, self.block]
        children = np.concatenate(
            (np.where(swapped, fathers, mothers), np.where(swapped, mothers, fathers))
        )
        mutated = chosen(children, self.settings.mutation_probability, self.rng)
        children.flat[mutated] += self.alpha * self.rng.standard_cauchy(len(mutated))
        ranked[-len(children) :] = children
        self.neurons = ranked

    def _burst(self) -> None:
        """Draw all neurons round those of the best network."""
        noise = self.rng.standard_cauchy(self.neurons.shape)
        self.neurons = self.best + self.alpha * noise
        self.since = 0

    def diagnostics(self) -> dict[str, float]:
        return {
            "population_spread": float(self.neurons.std(axis=0).mean()),
            "generations_without_gain": float(self.since),
        }


def _places(block: np.ndarray) -> np.ndarray:
    """The place (genes,) of each gene within its block, in the order of the genome."""
    places = np.empty_like(block)
    for number in range(block.max() + 1):
        mine = block == number
        places[mine] = np.arange(mine.sum())
    return places


def checked_blocks(blocks: object) -> tuple[int, ...]:
    """`blocks` as a tuple of the numbers of blocks, each from 0 to the highest used."""
    if not isinstance(blocks, Sequence) or isinstance(blocks, str) or not len(blocks):
        raise ConfigurationError(
            f"esp.blocks must say for each gene which block it is in, got {blocks!r}"
        )
    for block in blocks:
        check_size("esp.blocks", block, least=0)
    missing = sorted(set(range(max(blocks))) - set(blocks))
    if missing:
        raise ConfigurationError(
            f"esp.blocks numbers the blocks from 0 without a gap, but no gene is in {missing[0]}"
        )
    return tuple(int(block) for block in blocks)

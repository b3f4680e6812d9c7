"""CoSyNE: cooperatively coevolved synapses, a sub-population for every weight.

F. Gomez, J. Schmidhuber, R. Miikkulainen (2008), Accelerated neural evolution through cooperatively
coevolved synapses. Journal of Machine Learning Research 9, 937-965. Column i of the population is
the sub-population P_i of gene i; row j is the network (x_1j, ..., x_nj). A generation, from the
networks in the order of their losses:

    recombine  the best quarter, by crossover and mutation, to offspring in the places of the worst
    permute    of what is left, the weights within every sub-population, each marked on its own
               with probability prob(x_ij)

so that every weight is tried in many networks. `permutation` is "all", where prob = 1, or
"fitness", with f = -loss of the network that the weight comes from:

    prob(x_ij) = 1 - ((f(x_ij) - f_min) / (f_max - f_min))^(1/n)

which leaves the best network as it is. A mutation adds Cauchy noise of scale alpha to a weight.
Crossover is uniform. A generation without any finite loss teaches nothing: another one is bred from
the networks before it, or as long as there are none, drawn from the start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_choice, check_number, check_size
from evornn.optimizers.crossover import uniform
from evornn.optimizers.distinct import distinct
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.mutation import chosen
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start

PERMUTATIONS = ("all", "fitness")


@dataclass(frozen=True)
class CoSyNE(Optimizer):
    """Cooperative synapse neuroevolution; `mutation_scale` in standard deviations of the start."""

    population_size: int = 30  # two poles: Gomez et al. 2008; 20 for one
    permutation: str = "all"  # better than "fitness" on two poles, and on Rastrigin
    offspring: float = 0.5  # share of the population; better than 1/4 on functions of 20 genes
    mutation_probability: float = 0.3  # Gomez et al. 2008
    mutation_scale: float = 0.052  # alpha = 0.3 where the start is U[-10, 10]: Gomez et al. 2008

    def __post_init__(self) -> None:
        check_size("cosyne.population_size", self.population_size, least=4)
        check_choice("cosyne.permutation", self.permutation, PERMUTATIONS)
        check_number("cosyne.offspring", self.offspring, most=0.75, above=0.0)
        check_number("cosyne.mutation_probability", self.mutation_probability, 0.0, 1.0)
        check_number("cosyne.mutation_scale", self.mutation_scale, least=0.0)

    @property
    def rank_based(self) -> bool:
        return self.permutation == "all"

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> CoSyNESearch:
        return CoSyNESearch(self, genes, start, rng)


class CoSyNESearch(GenerationalSearch):
    carried = ("population", "losses")

    def __init__(self, settings: CoSyNE, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(genes, start, rng)
        self.settings = settings
        self.alpha = settings.mutation_scale * start.standard_deviation
        self.population = np.empty((0, genes))  # the last with a finite loss, or the first
        self.losses = np.empty(0)

    def propose(self) -> np.ndarray:
        count = self.settings.population_size
        if not len(self.population):
            return self.start.genomes(count, self.genes)
        if np.isinf(self.losses).all():
            return self.start.sample(self.rng, count, self.genes)
        order = np.argsort(self.losses, kind="stable")
        ranked, losses = self.population[order], self.losses[order]
        left = count - max(1, round(self.settings.offspring * count))
        offspring = self._recombined(ranked[: max(2, count // 4)], count - left)
        return np.concatenate((self._permuted(ranked[:left], losses[:left]), offspring))

    def _recombined(self, parents: np.ndarray, count: int) -> np.ndarray:
        """`count` mutated children of random pairs."""
        pairs = (count + 1) // 2
        mothers, fathers = distinct(self.rng, pairs, (len(parents), len(parents)))
        children = np.concatenate(uniform(parents[mothers], parents[fathers], self.rng))[:count]
        rows = chosen(children, self.settings.mutation_probability, self.rng)
        children.flat[rows] += self.alpha * self.rng.standard_cauchy(len(rows))
        return children

    def _permuted(self, networks: np.ndarray, losses: np.ndarray) -> np.ndarray:
        """`networks`, best first, with the marked weights of each gene shuffled."""
        if self.settings.permutation == "all":
            return self.rng.permuted(networks, axis=0)
        marked = self.rng.random(networks.shape) < chances(losses, self.genes)[:, None]
        gene, row = np.nonzero(marked.T)
        shuffled = np.argsort(gene + self.rng.random(len(gene)))  # each within its gene
        networks[row, gene] = networks[row[shuffled], gene]
        return networks

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        if np.isfinite(losses).any() or not len(self.population):
            self.population, self.losses = genomes, losses

    def diagnostics(self) -> dict[str, float]:
        if not len(self.population):
            return {}
        return {"population_spread": float(self.population.std(axis=0).mean())}


def chances(losses: np.ndarray, genes: int) -> np.ndarray:
    """prob (networks,) by the `losses`, of which the first is the lowest; 1 where not finite."""
    finite = np.isfinite(losses)
    worst = losses[finite].max()
    if not worst > losses[0]:
        return np.ones(len(losses))
    fitness = np.zeros(len(losses))  # from 0 at the worst to 1 at the best
    fitness[finite] = (worst - losses[finite]) / (worst - losses[0])
    return 1.0 - fitness ** (1.0 / genes)

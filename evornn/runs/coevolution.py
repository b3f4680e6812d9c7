"""Two populations, each judged against the other's best of all times (hall of fame: Rosin & Belew
1997, New methods for competitive coevolution, Evolutionary Computation 5).

Where one only meets the best of its day, both may run in circles: what beats today's opponent has
lost to yesterday's. So in each generation every genome meets the champion of the generation before,
and `rivals` − 1 others, drawn from all champions so far; in the first, as many of the other
population. A champion is who has lost least in its generation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.networks.team import Team
from evornn.optimizers import Optimizer, Start

if TYPE_CHECKING:
    from evornn.fitness.episode_fitness import EpisodeFitness

#: the distribution of both first populations
START = Start()
#: losses (first, second) of all first genomes against all second ones, from 0 to 1
Contest = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Champions(NamedTuple):
    """The best of each generation on either side: genomes (generation, genes), and what they had
    lost (generation,) to whom they met."""

    first: np.ndarray
    second: np.ndarray
    first_losses: np.ndarray
    second_losses: np.ndarray


def contest_of(fitness: EpisodeFitness) -> Contest:
    """What a genome of the first member of a `Team` of two loses to one of the second member.

    The members have weights of their own; the losses of `fitness` are those of the first.
    """
    network = fitness.network
    if not isinstance(network, Team) or network.members != 2 or network.shared:
        raise ConfigurationError(
            "a contest is between the two members of a Team with weights of their own: build it "
            "with Team(…, members=2, shared=False)"
        )

    def contest(firsts: np.ndarray, seconds: np.ndarray) -> np.ndarray:
        pairs = np.repeat(firsts, len(seconds), axis=0), np.tile(seconds, (len(firsts), 1))
        return fitness(np.concatenate(pairs, axis=1)).reshape(len(firsts), len(seconds))

    return contest


def coevolve(
    contest: Contest,
    genes: tuple[int, int],
    optimizers: tuple[Optimizer, Optimizer],
    generations: int,
    rivals: int = 10,
    start: Start = START,
    seed: int = 0,
) -> Champions:
    """Evolve two populations against each other; what the first doesn't lose is the second's loss.

    Parameters
    ----------
    contest
        Judges first genomes against second ones.
    genes
        Genes of a genome of either side.
    optimizers
        What evolves either side; they need no gradients.
    rivals
        Whom each genome meets, the same for all of a generation.
    start
        The distribution and scale that the populations begin with; not its seed.
    seed
        Of all chance.
    """
    check_size("generations", generations)
    check_size("rivals", rivals)
    check_size("seed", seed, least=0)
    for optimizer in optimizers:
        if optimizer.gradient:
            raise ConfigurationError(
                f"a contest has no gradients, which {type(optimizer).__name__} needs"
            )
    streams = [np.random.default_rng([seed, side]) for side in range(3)]
    sides = [
        optimizers[i].search(genes[i], replace(start, seed=2 * seed + i), streams[i])
        for i in range(2)
    ]
    halls: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    losses: tuple[list[float], list[float]] = ([], [])
    for _ in range(generations):
        populations = [side.ask() for side in sides]
        met = [_rivals(*pair, rivals, streams[2]) for pair in zip(halls, populations, strict=True)]
        judged = (
            contest(populations[0], met[1]).mean(axis=1),
            1.0 - contest(met[0], populations[1]).mean(axis=0),
        )
        for side, genomes, lost, hall, best in zip(
            sides, populations, judged, halls, losses, strict=True
        ):
            side.tell(genomes, lost)
            champion = int(np.argmin(np.where(np.isfinite(lost), lost, np.inf)))
            hall.append(genomes[champion])
            best.append(float(lost[champion]))
    return Champions(*map(np.array, halls), *map(np.array, losses))


def _rivals(
    hall: list[np.ndarray], population: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Whom the other side meets, (rival, genes): `count` at most, and no one twice."""
    if not hall:
        return population[rng.permutation(len(population))[:count]]
    others = rng.permutation(len(hall) - 1)[: count - 1]
    return np.array([hall[-1], *(hall[i] for i in others)])

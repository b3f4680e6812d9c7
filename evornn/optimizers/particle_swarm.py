"""Particle swarm optimization with inertia, on the backend of pyswarms.

Each particle i remembers its own best position p_i; g_i is the best of those of its neighbourhood,
to which it belongs. With r1, r2 ~ U(0, 1) drawn for every gene:

    v_i <- w v_i + c1 r1 (p_i - x_i) + c2 r2 (g_i - x_i)
    x_i <- x_i + v_i

The neighbours of particle i, in a swarm of n and counted round it:

    star         all
    ring         i - k/2 ... i + k/2, for k `neighbours`
    von_neumann  i - 1, i + 1, i - m, i + m, with m = round(sqrt(n)): a lattice of m columns

J. Kennedy, R. Eberhart (1995), Particle swarm optimization. Proc. ICNN 4, 1942-1948.
Y. Shi, R. Eberhart (1998), A modified particle swarm optimizer. Proc. IEEE CEC, 69-73.
J. Kennedy, R. Mendes (2002), Population structure and particle swarm performance. Proc. IEEE CEC,
1671-1676: in a small neighbourhood news travels slowly, and more valleys are tried.

The swarm starts at the common starting points, at rest. A particle in whose neighbourhood no loss
was finite yet has nothing to be drawn to, and is drawn anew from the starting distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_choice, check_number, check_size
from evornn.errors import ConfigurationError
from evornn.optimizers import swarm_backend
from evornn.optimizers.fences import lent_to_numpy
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start

TOPOLOGIES = ("star", "ring", "von_neumann")


@dataclass(frozen=True)
class ParticleSwarm(Optimizer):
    """Particle swarm of global (star) or local best; `neighbours` are those of the ring."""

    population_size: int = 100  # as the other population methods; 20 to 100 are usual
    inertia: float = 0.7298  # w: Clerc & Kennedy 2002, as Eberhart & Shi 2000 write it
    cognitive: float = 1.49618  # c1: Eberhart & Shi 2000
    social: float = 1.49618  # c2: Eberhart & Shi 2000
    velocity_limit: float | None = None  # the constriction above needs none (Clerc & Kennedy 2002)
    topology: str = "star"  # Kennedy & Eberhart 1995: "gbest"
    neighbours: int = 2  # one on either side: the "lbest" of Kennedy & Mendes 2002

    def __post_init__(self) -> None:
        check_size("particle_swarm.population_size", self.population_size)
        check_number("particle_swarm.inertia", self.inertia, least=0.0)
        check_number("particle_swarm.cognitive", self.cognitive, least=0.0)
        check_number("particle_swarm.social", self.social, least=0.0)
        if self.velocity_limit is not None:
            check_number("particle_swarm.velocity_limit", self.velocity_limit, above=0.0)
        check_choice("particle_swarm.topology", self.topology, TOPOLOGIES)
        check_size("particle_swarm.neighbours", self.neighbours, least=2)
        if self.neighbours % 2:
            raise ConfigurationError(
                "particle_swarm.neighbours must be even, as many on either side of the ring; "
                f"got {self.neighbours}"
            )

    @property
    def rank_based(self) -> bool:
        return True

    def search(self, genes: int, start: Start, rng: np.random.Generator) -> ParticleSwarmSearch:
        return ParticleSwarmSearch(self, genes, start, rng)


class ParticleSwarmSearch(GenerationalSearch):
    carried = ("position", "velocity", "best_positions", "best_losses")

    def __init__(self, settings: ParticleSwarm, genes: int, start: Start, rng: np.random.Generator):
        super().__init__(genes, start, rng)
        self.backend = swarm_backend.load()
        self.star = self.backend.Star()
        # The other velocity handlers of pyswarms freeze the swarm or do nothing.
        self.handler = self.backend.VelocityHandler(strategy="unmodified")
        self.options = {"w": settings.inertia, "c1": settings.cognitive, "c2": settings.social}
        limit = settings.velocity_limit
        self.clamp = None if limit is None else (-limit, limit)
        self.neighbourhoods = neighbourhoods(settings)
        self.position = start.genomes(settings.population_size, genes)
        self.velocity = np.zeros_like(self.position)
        self.best_positions = self.position
        self.best_losses = np.full(settings.population_size, np.inf)

    def propose(self) -> np.ndarray:
        return self.position

    def learn(self, genomes: np.ndarray, losses: np.ndarray, gradients: np.ndarray | None) -> None:
        swarm = self.backend.Swarm(
            position=self.position,
            velocity=self.velocity,
            options=self.options,
            pbest_pos=self.best_positions,
            pbest_cost=self.best_losses,
            current_cost=losses,
        )
        self.best_positions, self.best_losses = self.backend.compute_pbest(swarm)
        leaders = self._leaders()
        lost = np.isinf(self.best_losses[leaders])
        if not lost.all():
            swarm.pbest_pos, swarm.best_pos = self.best_positions, self.best_positions[leaders]
            with lent_to_numpy(self.rng):
                swarm.velocity = self.star.compute_velocity(swarm, self.clamp, self.handler)
            self.velocity = swarm.velocity
            self.position = self.star.compute_position(swarm)
        if lost.any():
            self._draw_anew(np.broadcast_to(lost, len(losses)))

    def _leaders(self) -> np.ndarray:
        """Row of the best of each neighbourhood; one row (1,) in a star, where it is for all."""
        if self.neighbourhoods is None:
            return np.argmin(self.best_losses, keepdims=True)
        best = np.argmin(self.best_losses[self.neighbourhoods], axis=0)
        return self.neighbourhoods[best, np.arange(len(best))]

    def _draw_anew(self, lost: np.ndarray) -> None:
        """Set the particles that have nothing to be drawn to, at rest, on new starting points."""
        self.position[lost] = self.start.sample(self.rng, int(lost.sum()), self.genes)
        self.best_positions[lost] = self.position[lost]
        self.velocity[lost] = 0.0

    def diagnostics(self) -> dict[str, float]:
        return {
            "swarm_spread": float(self.position.std(axis=0).mean()),
            "mean_speed": float(np.linalg.norm(self.velocity, axis=1).mean()),
        }


def neighbourhoods(settings: ParticleSwarm) -> np.ndarray | None:
    """Rows (neighbours and itself, population) of each particle's neighbourhood; None for all."""
    count, half = settings.population_size, settings.neighbours // 2
    columns = round(count**0.5)
    steps = {
        "star": None,
        "ring": np.arange(-half, half + 1),
        "von_neumann": np.array([0, -1, 1, -columns, columns]),
    }[settings.topology]
    return None if steps is None else (steps[:, None] + np.arange(count)) % count

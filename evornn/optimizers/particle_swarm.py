"""Particle swarm optimization with inertia, on the backend of pyswarms.

Each particle i remembers its own best position p_i; g is the best of the whole swarm (star
topology). With r1, r2 ~ U(0, 1) drawn for every gene:

    v_i <- w v_i + c1 r1 (p_i - x_i) + c2 r2 (g - x_i)
    x_i <- x_i + v_i

J. Kennedy, R. Eberhart (1995), Particle swarm optimization. Proc. ICNN 4, 1942-1948.
Y. Shi, R. Eberhart (1998), A modified particle swarm optimizer. Proc. IEEE CEC, 69-73.

The swarm starts at the common starting points, at rest. Before any loss was finite there is nothing
to be drawn to, and the whole swarm is drawn anew from the starting distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_number, check_size
from evornn.optimizers import swarm_backend
from evornn.optimizers.fences import lent_to_numpy
from evornn.optimizers.generational import GenerationalSearch
from evornn.optimizers.optimizer import Optimizer
from evornn.optimizers.start import Start


@dataclass(frozen=True)
class ParticleSwarm(Optimizer):
    """Global-best particle swarm."""

    population_size: int = 100  # as the other population methods; 20 to 100 are usual
    inertia: float = 0.7298  # w: Clerc & Kennedy 2002, as Eberhart & Shi 2000 write it
    cognitive: float = 1.49618  # c1: Eberhart & Shi 2000
    social: float = 1.49618  # c2: Eberhart & Shi 2000
    velocity_limit: float | None = None  # the constriction above needs none (Clerc & Kennedy 2002)

    def __post_init__(self) -> None:
        check_size("particle_swarm.population_size", self.population_size)
        check_number("particle_swarm.inertia", self.inertia, least=0.0)
        check_number("particle_swarm.cognitive", self.cognitive, least=0.0)
        check_number("particle_swarm.social", self.social, least=0.0)
        if self.velocity_limit is not None:
            check_number("particle_swarm.velocity_limit", self.velocity_limit, above=0.0)

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
        if np.isinf(self.best_losses).all():
            self.position = self.start.sample(self.rng, len(losses), self.genes)
            self.best_positions = self.position
            return
        swarm.pbest_pos, swarm.pbest_cost = self.best_positions, self.best_losses
        swarm.best_pos, swarm.best_cost = self.star.compute_gbest(swarm)
        with lent_to_numpy(self.rng):
            swarm.velocity = self.star.compute_velocity(swarm, self.clamp, self.handler)
        self.velocity = swarm.velocity
        self.position = self.star.compute_position(swarm)

    def diagnostics(self) -> dict[str, float]:
        return {
            "swarm_spread": float(self.position.std(axis=0).mean()),
            "mean_speed": float(np.linalg.norm(self.velocity, axis=1).mean()),
        }

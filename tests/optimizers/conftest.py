"""What the tests of the optimizers share: every kind of search to test, and losses to search."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from evornn.optimizers import REGISTRY, Optimizer, RandomSearch, Search, Start

#: every registered optimizer as it is, and the settings that take other paths through the code
VARIANTS = {
    "genetic": [
        {"selection": "rank", "crossover": "blend", "elites": 2, "population_size": 15},
        {"selection": "roulette", "crossover": "sbx", "mutation": "polynomial"},
        {
            "crossover": "cxUniform",
            "crossover_options": {"indpb": 0.5},
            "mutation": "mutGaussian",
            "mutation_options": {"mu": 0.0, "sigma": 0.1, "indpb": 0.2},
        },
    ],
    "binary_genetic": [
        {"crossover": "uniform", "selection": "rank", "rank_pressure": 2.0, "elites": 3},
        {"bits": 32, "points": 3, "selection": "roulette", "population_size": 35},
    ],
    "island_model": [
        {"optimizer": "l_shade", "islands": 3, "migration_interval": 2, "migrants": 4},
        {
            "optimizer": {"name": "binary_genetic", "options": {"population_size": 15}},
            "islands": 7,
            "migration_interval": 1,
        },
    ],
    "esp": [{"population_size": 9, "trials": 3, "stagnation": 4}],
    "neat": [{"population_size": 40, "species": 4, "threshold": 1.0, "crossover": 0.5}],
    "cosyne": [{"permutation": "fitness", "offspring": 0.25, "population_size": 21}],
    "particle_swarm": [
        {"velocity_limit": 0.1},
        {"topology": "ring", "neighbours": 4},
        {"topology": "von_neumann", "population_size": 23},
    ],
    "differential_evolution": [
        {"strategy": "best/1", "population_size": 20, "F": 0.7},
        {"strategy": "current-to-best/1", "CR": 0.5},
    ],
    "jade": [{"archive_rate": 0.0, "p": 0.2, "population_size": 30}],
    "l_shade": [{"evaluations": 10**7}, {"population_size": 20, "archive_rate": 0.5}],
    "annealing": [{"calibration": 8, "half_life": 10}],
    "population_annealing": [{"moves": 3, "population_size": 30}],
    "cma_es": [{"diagonal": True}, {"population_size": 20}],
    "sgd": [
        {"nesterov": True, "population_size": 3},
        {"clip_value": 0.5, "schedule": "cosine", "schedule_steps": 9000, "warmup": 10},
    ],
    "memetic": [
        {
            "optimizer": {"name": "particle_swarm", "options": {"population_size": 15}},
            "inheritance": "baldwinian",
            "gradient_steps": 2,
        },
        {"optimizer": "l_shade", "gradient_method": {"name": "rprop"}},
    ],
    "lbfgs": [{"population_size": 5, "memory": 2, "most_halvings": 3}],
    "snes": [{"population_size": 30, "mean_rate": 0.8, "sigma_rate": 0.2}],
    "xnes": [{"population_size": 40, "mean_rate": 0.9, "sigma_rate": 0.1, "shape_rate": 0.05}],
    "sep_cma_es": [{"population_size": 60}],
    "lm_ma_es": [{"vectors": 2, "population_size": 20}],
    "openai_es": [{"sigma": 0.1, "weight_decay": 0.001, "population_size": 30}],
    "pgpe": [{"population_size": 40, "sigma_rate": 1.0, "sigma_change": 0.05}],
    "cross_entropy": [{"smoothing": 0.7, "elite_share": 0.2, "noise": 0.0}],
    "adam": [{"clip_norm": None, "population_size": 4, "learning_rate": 0.01}],
}
CASES = {
    f"{name}{number or ''}": REGISTRY.build(name, options)
    for name in REGISTRY
    for number, options in enumerate([{}, *VARIANTS.get(name, [])])
}
#: which of them a test gets that takes an argument of this name
KINDS: dict[str, Callable[[Optimizer], bool]] = {
    "optimizer": lambda optimizer: True,
    "rank_based_optimizer": lambda optimizer: optimizer.rank_based,
    "gradient_free_optimizer": lambda optimizer: (
        not optimizer.gradient and not isinstance(optimizer, RandomSearch)
    ),
    "learning_optimizer": lambda optimizer: not isinstance(optimizer, RandomSearch),
    "optimizer_from_points": lambda optimizer: optimizer.starts_from_points,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for kind, belongs in KINDS.items():
        if kind in metafunc.fixturenames:
            chosen = {name: each for name, each in CASES.items() if belongs(each)}
            metafunc.parametrize(kind, chosen.values(), ids=chosen.keys())


Loss = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def sphere_loss(genomes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Losses and gradients of |x - 0.3|^2."""
    away = genomes - 0.3
    return (away**2).sum(axis=1), 2.0 * away


def ellipsoid_loss(genomes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A rotated ellipsoid with axes from 1 to 10 (condition 100)."""
    genes = genomes.shape[1]
    axes, _ = np.linalg.qr(np.random.default_rng(3).standard_normal((genes, genes)))
    scale = 10.0 ** (2.0 * np.arange(genes) / (genes - 1))
    away = (genomes - 0.3) @ axes
    return (away**2 * scale).sum(axis=1), 2.0 * (away * scale) @ axes.T


def begin_search(optimizer: Optimizer, genes: int = 6, seed: int = 0, start: int = 0) -> Search:
    """A search whose generator has `seed`, from the starting points of `start`."""
    return optimizer.search(genes, Start(seed=start), np.random.default_rng(seed))


def advance_search(search: Search, generations: int, loss: Loss = sphere_loss) -> list[np.ndarray]:
    """The genomes of each generation, told their losses and gradients."""
    asked = []
    for _ in range(generations):
        genomes = search.ask()
        asked.append(genomes.copy())
        search.tell(genomes, *loss(genomes))
    return asked


def least_loss(search: Search, evaluations: int, loss: Loss, cost: int = 1) -> float:
    """The best loss that `evaluations` buy, where one genome costs `cost` of them."""
    best, spent = np.inf, 0
    while spent < evaluations:
        genomes = search.ask()
        losses, gradients = loss(genomes)
        best, spent = min(best, losses.min()), spent + cost * len(genomes)
        search.tell(genomes, losses, gradients)
    return best


@pytest.fixture(scope="session")
def sphere() -> Loss:
    return sphere_loss


@pytest.fixture(scope="session")
def ellipsoid() -> Loss:
    return ellipsoid_loss


@pytest.fixture(scope="session")
def begin() -> Callable[..., Search]:
    return begin_search


@pytest.fixture(scope="session")
def advance() -> Callable[..., list[np.ndarray]]:
    return advance_search


@pytest.fixture(scope="session")
def least() -> Callable[..., float]:
    return least_loss

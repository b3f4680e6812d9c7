"""Who searches the BBOB functions: optimizers of this package, and the libraries they answer to.

A contender is a callable ``(losses, genes, start, seed)`` that asks for the losses (population,) of
genomes (population, genes) until it stops by itself, or `losses` raises. All of them begin from
`start`: at its first points where there is a population, else around its mean with its standard
deviation. The libraries get the settings of ours wherever they have such a setting, so that a pair
is the same published algorithm; where it is not, `Pair.differ` says in what.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from evornn.optimizers import PGPE, REGISTRY, OpenAIES, Optimizer, Start
from evornn.optimizers.gaussian import default_population

Losses = Callable[[np.ndarray], np.ndarray]
Contender = Callable[[Losses, int, Start, int], None]

#: no budget here lets a library come to an end of its own by this count of its generations
ENDLESS = 10**7
DIFFERENCES, SWARM, CHILDREN = 50, 40, 50  # individuals
F, CR = 0.5, 0.9  # Storn & Price 1997
W, C = 0.7298, 1.49618  # Eberhart & Shi 2000
MATING, TOURNAMENT, MUTATION = 0.9, 3, 0.3  # the defaults of evornn's genetic algorithm


def ours(optimizer: Optimizer) -> Contender:
    """`optimizer` by ask and tell."""

    def run(losses: Losses, genes: int, start: Start, seed: int) -> None:
        search = optimizer.search(genes, start, np.random.default_rng(seed))
        while search.stop() is None:
            genomes = search.ask()
            search.tell(genomes, losses(genomes))

    return run


def cma_fmin(restarts: int = 0, bipop: bool = False, **options: Any) -> Contender:
    """`cma.fmin2`, around a fresh draw of the start after each restart, as ours."""

    def run(losses: Losses, genes: int, start: Start, seed: int) -> None:
        # `cma` warns of what it changed in its own options.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import cma

            np.random.seed(seed)  # noqa: NPY002 the generator that `cma` draws from
            cma.fmin2(
                None,
                means(genes, start, np.random.default_rng(seed)).__next__,
                start.standard_deviation,
                {"seed": np.nan, "verbose": -9, "verb_log": 0, **options},
                restarts=restarts,
                bipop=bipop,
                parallel_objective=lambda genomes: losses(np.array(genomes)).tolist(),
            )

    return run


def means(genes: int, start: Start, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Where a run of CMA-ES begins, and then its restarts."""
    yield np.zeros(genes)
    while True:
        yield start.sample(rng, 1, genes)[0]


def scipy_differential_evolution(strategy: str) -> Contender:
    """SciPy's, generation by generation, without the polishing by a gradient method.

    It knows no search without bounds; these are too far away to be felt.
    """

    def run(losses: Losses, genes: int, start: Start, seed: int) -> None:
        from scipy.optimize import differential_evolution

        differential_evolution(
            lambda columns: losses(columns.T),
            [(-1000.0, 1000.0)] * genes,
            strategy=strategy,
            mutation=F,
            recombination=CR,
            init=start.genomes(DIFFERENCES, genes),
            rng=np.random.default_rng(seed),
            maxiter=ENDLESS,
            tol=0.0,
            polish=False,
            updating="deferred",
            vectorized=True,
        )

    return run


def deap_simple(losses: Losses, genes: int, start: Start, seed: int) -> None:
    """`deap.algorithms.eaSimple` with DEAP's operators: no elitism, a genome at a time."""
    from deap import algorithms, base, tools

    from evornn.optimizers.deap_adapter import Individual

    random.seed(seed)
    toolbox = base.Toolbox()
    toolbox.register("select", tools.selTournament, tournsize=TOURNAMENT)
    toolbox.register("mate", tools.cxUniform, indpb=0.5)
    sigma = MUTATION * start.standard_deviation
    toolbox.register("mutate", tools.mutGaussian, mu=0.0, sigma=sigma, indpb=1.0 / genes)
    toolbox.register("evaluate", losses)
    toolbox.register("map", lambda each, rows: [(loss,) for loss in each(np.array(rows))])
    population = [Individual(row) for row in start.genomes(CHILDREN, genes).tolist()]
    algorithms.eaSimple(population, toolbox, MATING, 1.0, ENDLESS, verbose=False)


def pyswarms_optimizer(name: str, **neighbourhood: int) -> Contender:
    """`pyswarms.single`'s own loop, whose particles begin with velocities in [0, 1)."""

    def run(losses: Losses, genes: int, start: Start, seed: int) -> None:
        from evornn.optimizers import swarm_backend

        swarm_backend.load()  # so that it leaves the root logger and the working directory alone
        from pyswarms import single

        np.random.seed(seed)  # noqa: NPY002 the generator that pyswarms draws from
        swarm = getattr(single, name)(
            SWARM,
            genes,
            {"w": W, "c1": C, "c2": C, **neighbourhood},
            init_pos=start.genomes(SWARM, genes),
        )
        swarm.optimize(losses, ENDLESS, verbose=False)

    return run


def evosax(name: str, population: int | None = None, **params: float) -> Contender:
    """Ask and tell of `evosax.algorithms`, in float64; round 0, as ours."""

    def run(losses: Losses, genes: int, start: Start, seed: int) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)
        size = population or default_population(genes)
        search = evosax_algorithm(name, size, genes, start.standard_deviation)
        given = search.default_params
        if hasattr(given, "std_init"):
            given = given.replace(std_init=start.standard_deviation, **params)
        mean = start.genomes(1, genes)[0] if name == "Open_ES" else np.zeros(genes)
        key = jax.random.key(seed)
        state = search.init(key, mean, given)
        while True:
            key, asking, telling = jax.random.split(key, 3)
            genomes, state = search.ask(asking, state, given)
            found = losses(np.asarray(genomes))
            state, _ = search.tell(telling, genomes, found, state, given)

    return run


@cache
def evosax_algorithm(name: str, population: int, genes: int, deviation: float) -> Any:
    """Made once in a process: each one is compiled anew."""
    import optax
    from evosax import algorithms

    twin = {"Open_ES": OpenAIES, "PGPE": PGPE}.get(name)
    options = {}
    if twin is not None:
        options["optimizer"] = optax.adam(twin.learning_rate * deviation)
    if name == "Open_ES":
        options["std_schedule"] = optax.constant_schedule(OpenAIES.sigma * deviation)
    return getattr(algorithms, name)(population, np.zeros(genes), **options)


def build(name: str, **options: Any) -> Contender:
    return ours(REGISTRY.build(name, options))


#: by family, a panel of the figure each
FAMILIES: dict[str, dict[str, Contender]] = {
    "Full covariance": {
        "cma_es": build("cma_es"),
        "cma: CMA-ES": cma_fmin(),
        "ipop_cma_es": build("ipop_cma_es"),
        "cma: IPOP": cma_fmin(restarts=9),
        "bipop_cma_es": build("bipop_cma_es"),
        "cma: BIPOP": cma_fmin(restarts=9, bipop=True),
        "xnes": build("xnes"),
        "evosax: xNES": evosax("xNES"),
        "lm_ma_es": build("lm_ma_es"),
    },
    "Diagonal covariance": {
        "cma_es diagonal": build("cma_es", diagonal=True),
        "cma: diagonal": cma_fmin(CMA_diagonal=True),
        "sep_cma_es": build("sep_cma_es"),
        "evosax: sep-CMA-ES": evosax("Sep_CMA_ES"),
        "snes": build("snes"),
        "evosax: SNES": evosax("SNES"),
    },
    "Mirrored pairs": {
        "openai_es": build("openai_es"),
        "evosax: OpenAI-ES": evosax("Open_ES", OpenAIES.population_size),
        "pgpe": build("pgpe"),
        "evosax: PGPE": evosax("PGPE", PGPE.population_size, std_lr=PGPE.sigma_rate),
    },
    "Differential evolution": {
        "rand/1": build("differential_evolution", population_size=DIFFERENCES),
        "scipy: rand/1": scipy_differential_evolution("rand1bin"),
        "best/1": build("differential_evolution", population_size=DIFFERENCES, strategy="best/1"),
        "scipy: best/1": scipy_differential_evolution("best1bin"),
        "jade": build("jade", population_size=DIFFERENCES),
        "l_shade": build("l_shade", population_size=DIFFERENCES),
    },
    "Genetic algorithm and swarm": {
        "genetic": build("genetic", population_size=CHILDREN),
        "genetic no elite": build("genetic", population_size=CHILDREN, elites=0),
        "deap: eaSimple": deap_simple,
        "swarm star": build("particle_swarm", population_size=SWARM),
        "pyswarms: global": pyswarms_optimizer("GlobalBestPSO"),
        "swarm ring": build("particle_swarm", population_size=SWARM, topology="ring"),
        "pyswarms: local": pyswarms_optimizer("LocalBestPSO", k=3, p=2),
    },
}
CONTENDERS = {name: run for family in FAMILIES.values() for name, run in family.items()}


class Pair(NamedTuple):
    """Two contenders to be compared, and in what they differ, if they do on purpose."""

    ours: str
    reference: str
    differ: str = ""


PAIRS = (
    Pair("cma_es", "cma: CMA-ES"),
    Pair("ipop_cma_es", "cma: IPOP"),
    Pair(
        "bipop_cma_es",
        "cma: BIPOP",
        "small runs as in Hansen 2009; in cma they may be twice as large, and have half the "
        "evaluations of all large runs, not of the last",
    ),
    Pair("cma_es diagonal", "cma: diagonal"),
    Pair("snes", "evosax: SNES"),
    Pair("openai_es", "evosax: OpenAI-ES"),
    Pair("pgpe", "evosax: PGPE"),
    Pair("sep_cma_es", "evosax: sep-CMA-ES", "evosax learns at the rate of a full matrix"),
    Pair("xnes", "evosax: xNES", "evosax takes the exponential of the matrix element by element"),
    Pair("rand/1", "scipy: rand/1"),
    Pair("best/1", "scipy: best/1"),
    Pair("genetic no elite", "deap: eaSimple"),
    Pair("swarm star", "pyswarms: global", "ours begins at rest, pyswarms at velocities in [0, 1)"),
    Pair(
        "swarm ring",
        "pyswarms: local",
        "neighbours by index, as Kennedy & Mendes 2002; in pyswarms the two nearest in space, "
        "anew in each generation; and velocities as above",
    ),
    Pair("genetic", "deap: eaSimple", "one elite, the default here; eaSimple keeps none"),
    Pair("sep_cma_es", "cma: diagonal", "the constants of Ros & Hansen 2008, and no active update"),
    Pair("snes", "cma: diagonal", "another algorithm"),
    Pair("xnes", "cma: CMA-ES", "another algorithm; its published learning rates are small"),
    Pair("lm_ma_es", "cma: CMA-ES", "another algorithm, of a few vectors, for 128 genes and more"),
    Pair("jade", "scipy: rand/1", "another algorithm"),
    Pair("l_shade", "scipy: rand/1", "another algorithm, here without a shrinking population"),
)

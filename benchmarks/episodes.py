"""Control steps per second of networks in bodies: the cart with poles.

In float64, and beside Gymnasium in float32 too. Timed by the seconds of the processor, so that it
may run on a busy machine. Two populations: one whose weights are guessed, of which most fall within
twenty steps, and one that balances.

Gymnasium's CartPole with NumPy is the peer; genoxide, in Rust, could not be had here.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

import evornn
from benchmarks.rows import Row, at_least, at_most, milliseconds, rate_at_least
from benchmarks.timing import medians
from evornn.fitness.episode_fitness import EpisodeFitness
from evornn.fitness.threads import thread_count
from evornn.networks import CTRNN, FullyRecurrent, Network
from evornn.optimizers import SNES, Start
from evornn.tasks import PoleBalancing

POPULATION, CONTROLLERS = 1024, 100
MILLION = 1e6


def episodes(rounds: int) -> Iterator[Row]:
    """Two poles, one pole beside Gymnasium, a CTRNN alone, and the test of 625 starts."""
    yield from two_poles(rounds)
    yield one_on_many(rounds)
    yield from beside_gymnasium(rounds)
    yield ctrnn_alone(rounds)
    yield generalisation_test(rounds)


def two_poles(rounds: int) -> Iterator[Row]:
    """Five recurrent units, in trials of 1000 steps."""
    task = PoleBalancing(steps=1000)
    network = FullyRecurrent(task.input_size, 5, 1)
    fitness = evornn.Fitness(task, network, threads=1)
    for kind, genomes in populations(task, network).items():
        m = medians({"evornn": partial(fitness, genomes)}, rounds, time.process_time)
        rate = fitness.steps_of(POPULATION) / m["evornn"] / MILLION
        name = f"two poles, 5 units, {kind}, control steps on one core"
        yield rate_at_least(name, rate, 8.0, milliseconds(m))


def one_on_many(rounds: int) -> Row:
    """One network on as many random starts as there are networks on one start, steps per second."""
    one = PoleBalancing(steps=1000)
    many = PoleBalancing(steps=1000, starts="random", trials=POPULATION)
    network = FullyRecurrent(one.input_size, 5, 1)
    genomes = controllers(one, network, POPULATION)
    fitness, on_many = (evornn.Fitness(task, network, threads=1) for task in (one, many))
    best = genomes[[np.argmin(on_many(genomes[:64]))]]
    m = medians(
        {"networks": partial(fitness, genomes), "trials": partial(on_many, best)},
        rounds,
        time.process_time,
    )
    networks = fitness.steps_of(POPULATION) / m["networks"]
    trials = on_many.steps_of(1) / m["trials"]
    details = f"steps/s: {POPULATION} networks {networks:.3g}; {POPULATION} trials {trials:.3g}"
    name = f"one network on {POPULATION} trials, against {POPULATION} networks on one"
    return at_least(name, trials / networks, 0.8, details)


def beside_gymnasium(rounds: int) -> Iterator[Row]:
    """One pole and 16 units, control steps per second on one core."""
    if importlib.util.find_spec("gymnasium") is None:
        print("gymnasium is not installed: its rows are left out")
        return
    from benchmarks import peers_gymnasium

    units = 16
    task = PoleBalancing(poles=1, steps=500)
    network = FullyRecurrent(task.input_size, units, 1)

    def play(fitness: evornn.Fitness, genomes: np.ndarray) -> int:
        fitness(genomes)
        return fitness.steps_of(POPULATION)

    calls: dict[str, Callable[[], int]] = {
        "NumPy": peers_gymnasium.one_by_one(units, 2000),
        "vector": peers_gymnasium.all_at_once(units, POPULATION, 50),
    }
    kinds = populations(task, network)
    for dtype in ("float64", "float32"):
        fitness = evornn.Fitness(task, network, dtype=dtype, threads=1)
        for kind, genomes in kinds.items():
            calls[f"{kind}, {dtype}"] = partial(play, fitness, genomes)
    m = medians(calls, rounds, time.process_time)
    rates = {name: call() / m[name] for name, call in calls.items()}
    details = "steps/s: " + "; ".join(f"{name} {rate:.3g}" for name, rate in rates.items())
    for peer, least in (("NumPy", 100.0), ("vector", 10.0)):
        what = {"NumPy": "Gymnasium and NumPy", "vector": "its vector environment"}[peer]
        for own in list(rates)[2:]:
            name = f"one pole, 16 units, {own}, against {what}"
            yield at_least(name, rates[own] / rates[peer], least, details)
            details = ""  # once is enough


def ctrnn_alone(rounds: int) -> Row:
    """A continuous-time network of ten units without a body, on a sequence."""
    rng, steps = np.random.default_rng(0), 1000
    network = CTRNN(inputs=1, hidden=10, outputs=1)
    task = evornn.tasks.Sequences(*rng.normal(size=(2, steps, 1)))
    fitness = evornn.Fitness(task, network, dtype="float64", threads=1)
    genomes = 0.3 * rng.standard_normal((POPULATION, network.weight_count))
    m = medians({"evornn": lambda: fitness(genomes)}, rounds, time.process_time)
    rate = POPULATION * steps / m["evornn"] / MILLION
    return rate_at_least("CTRNN, 10 units, alone, on one core", rate, 30.0, milliseconds(m))


def generalisation_test(rounds: int) -> Row:
    """The 625 starts, 1000 steps each, of controllers that pass it."""
    task = PoleBalancing(steps=1000)
    network = FullyRecurrent(task.input_size, 5, 1)
    genomes = controllers(task, network, CONTROLLERS)
    test = EpisodeFitness(task, network, split="test")
    ended_well = (test.by_trial(genomes) <= 0.0).sum(axis=1)
    m = medians({"evornn": lambda: test(genomes)}, rounds, time.process_time)
    seconds = m["evornn"] / thread_count(None)
    rate = test.steps_of(CONTROLLERS) / seconds / MILLION
    details = f"{np.median(ended_well):.0f} of 625 end well, {rate:.3g} million control steps/s"
    name = f"test of 625 starts, {CONTROLLERS} controllers of two poles, on all cores"
    return at_most(name, seconds, 1.0, "s", details)


def populations(task: PoleBalancing, network: Network) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    guessed = rng.standard_normal((POPULATION, network.weight_count))
    return {"guessed": guessed, "balancing": controllers(task, network, POPULATION)}


def controllers(task: PoleBalancing, network: Network, count: int) -> np.ndarray:
    """Genomes near one that balances for as long as the trial lasts."""
    fitness = evornn.Fitness(task, network, threads=1)
    rng = np.random.default_rng(0)
    search = SNES(population_size=100).search(fitness.genes, Start("normal", 1.0), rng)
    while True:
        genomes = search.ask()
        losses = fitness(genomes)
        if losses.min() <= 0.0:
            found = genomes[np.argmin(losses)]
            return found + 0.01 * rng.standard_normal((count, fitness.genes))
        search.tell(genomes, losses)

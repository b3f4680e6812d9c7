"""Control steps per second of networks in bodies, float64: the cart with poles.

What runs on one core is timed by the seconds of the processor, so that it may run on a busy
machine. Steps are those that were made: a trial that has ended early leaves its lane idle.

Gymnasium's CartPole with NumPy is the peer; genoxide, in Rust, could not be had here.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator

import numpy as np

import evornn
from benchmarks.rows import Row, at_least, at_most, milliseconds, rate_at_least
from benchmarks.timing import medians
from evornn.networks import CTRNN, FullyRecurrent, Network
from evornn.optimizers import SNES, Start
from evornn.simulators.cart import Cart
from evornn.tasks import PoleBalancing
from evornn.tasks.episodes import Episodes

POPULATION, CONTROLLERS = 1024, 100
MILLION = 1e6


def episodes(rounds: int) -> Iterator[Row]:
    """Two poles, one pole beside Gymnasium, a CTRNN alone, and the test of 625 starts."""
    yield from two_poles(rounds)
    yield from beside_gymnasium(rounds)
    yield ctrnn_alone(rounds)
    yield generalisation_test(rounds)


def two_poles(rounds: int) -> Iterator[Row]:
    """Five recurrent units, in trials of 1000 steps."""
    task = PoleBalancing(steps=1000)
    network = FullyRecurrent(task.input_size, 5, 1)
    good = controllers(task, network, POPULATION)
    kinds = {"most fall at once": guessed(network), "most balance": good}
    for kind, genomes in kinds.items():
        fitness = evornn.Fitness(task, network, threads=1)
        m = medians({"evornn": lambda f=fitness, g=genomes: f(g)}, rounds, time.process_time)
        rate = fitness.steps_of(POPULATION) / m["evornn"] / MILLION
        name = f"two poles, 5 units, {kind}, control steps on one core"
        yield rate_at_least(name, rate, 8.0, milliseconds(m))


def beside_gymnasium(rounds: int) -> Iterator[Row]:
    """One pole and 16 units, weights guessed, steps per second on one core."""
    if importlib.util.find_spec("gymnasium") is None:
        print("gymnasium is not installed: its rows are left out")
        return
    from benchmarks import peers_gymnasium

    units = 16
    cart = Cart(poles=1, steps=500)
    network = FullyRecurrent(cart.sensors, units, 1)
    data = Episodes(cart, {"motion": [[0.0, 0.0, 0.03, 0.0]]}, cart.steps)
    fitness, genomes = evornn.Fitness(data, network, threads=1), guessed(network)

    def ours() -> int:
        fitness(genomes)
        return fitness.steps_of(POPULATION)

    calls: dict[str, Callable[[], int]] = {
        "evornn": ours,
        "NumPy": peers_gymnasium.one_by_one(units, 2000),
        "vector": peers_gymnasium.all_at_once(units, POPULATION, 50),
    }
    m = medians(calls, rounds, time.process_time)
    rates = {name: call() / m[name] for name, call in calls.items()}
    details = ", ".join(f"{name} {rate:.3g} steps/s" for name, rate in rates.items())
    for peer, least in (("NumPy", 100.0), ("vector", 10.0)):
        what = {"NumPy": "Gymnasium and NumPy", "vector": "its vector environment"}[peer]
        name = f"one pole, 16 units, against {what}"
        yield at_least(name, rates["evornn"] / rates[peer], least, details)


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
    test = evornn.Fitness(task, network, split="test")
    ended_well = (test.by_trial(genomes) <= 0.0).sum(axis=1)
    m = medians({"evornn": lambda: test(genomes)}, rounds)
    rate = test.steps_of(CONTROLLERS) / m["evornn"] / MILLION
    details = f"{np.median(ended_well):.0f} of 625 end well, {rate:.3g} million control steps/s"
    name = f"test of 625 starts, {CONTROLLERS} controllers of two poles, all cores"
    return at_most(name, m["evornn"], 1.0, "s", details)


def guessed(network: Network) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((POPULATION, network.weight_count))


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

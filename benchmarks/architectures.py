"""Every architecture at 8 units, 1024 genomes and 500 steps: its speed beside a peer's.

Networks on sequences run against the same equations in JAX, jit(vmap(scan)). Associative memories
and trees run against their NumPy reference, which takes one genome after another. What both give is
compared before anything is timed. Then what the kernels of each architecture take to compile, each
in a process of its own that finds no cache.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np

import evornn
from benchmarks import start_up
from benchmarks.problem import POPULATION, Problem, problem
from benchmarks.rows import Row, at_least, at_most
from benchmarks.timing import medians
from evornn.fitness.threads import thread_count
from evornn.networks import REGISTRY, Network
from evornn.tasks.judged import Judged

UNITS, STEPS = 8, 500
#: seconds that a slow peer may be timed for
PEER_SECONDS = 4.0
#: genomes that a NumPy reference is timed for, one after another
REFERENCE_GENOMES = 4
COMPILE_SECONDS = 30.0
#: genomes for which kernels are compiled: they fill the lanes
COMPILED_GENOMES = 64
RTOL = 1e-2


@dataclass(frozen=True)
class Case:
    """One architecture beside JAX.

    Parameters
    ----------
    options
        Options and sizes that differ from 8 units with one input and one output.
    least
        What the ratio should reach.
    steps
        Fewer where the peer is slow.
    checked_steps
        Steps after which the losses are compared: fewer where a threshold turns a rounding error
        into another spike or symbol, or into another cell that falls out of a full stack.
    binary
        Inputs of 0 and 1 instead of a sine.
    """

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    least: float = 3.0
    steps: int = STEPS
    checked_steps: int | None = None
    binary: bool = False

    @property
    def network(self) -> Network:
        return sized(self.name, self.options)

    def problem(self, population: int = POPULATION, steps: int | None = None) -> Problem:
        made = problem(self.network, population, steps or self.steps)
        return replace(made, inputs=(made.inputs > 0).astype(np.float32)) if self.binary else made


#: the wiring of an Elman network of as many units
_HIDDEN = [f"h{i}" for i in range(UNITS)]
ELMAN_EDGES = (
    *(("x0", unit) for unit in _HIDDEN),
    *((source, target, 1) for target in _HIDDEN for source in _HIDDEN),
    *((unit, "y0") for unit in _HIDDEN),
)

CASES = (
    Case("fully_recurrent", {"readout": True}),
    Case("elman"),
    Case("jordan"),
    Case("ctrnn"),
    Case("mtrnn", {"hidden": 6, "slow": 2}),
    Case("clockwork"),
    Case("lstm"),
    Case("gru"),
    Case("recurrent_mlp", {"hidden": (UNITS, UNITS)}),
    Case("iir"),
    Case("indrnn", {"layers": 2}),
    # Edge by edge, beside two matrices in JAX.
    Case("graph", {"edges": ELMAN_EDGES}, least=1.0),
    Case("stack"),
    Case("bidirectional"),
    Case("second_order"),
    Case("pushdown_automaton", checked_steps=16, binary=True),
    Case("history_compressor", checked_steps=50, binary=True),
    Case("ntm", least=1.5, steps=100),
    Case("dnc", least=1.5, steps=100),
    Case("esn", {"feedback_scaling": 0.5}),
    Case("liquid_state", checked_steps=100, binary=True),
    Case("memristive"),
)
#: associative memories and trees, with the sizes that differ
MEMORIES: dict[str, dict[str, Any]] = {
    name: {"inputs": UNITS, "outputs": UNITS} for name in ("hopfield", "continuous_hopfield", "bam")
}
TREES = ("recursive", "recursive_tensor")


class Contest(NamedTuple):
    """Calls of evornn and of its peer, and the network steps that each call takes."""

    evornn: Callable[[], object]
    net_steps: int
    peer: Callable[[], object]
    peer_net_steps: int


def sized(name: str, options: dict[str, Any]) -> Network:
    sizes = {"inputs": 1, "hidden": UNITS, "outputs": 1}
    known = {option.name for option in fields(REGISTRY[name])}
    fitting = {size: number for size, number in sizes.items() if size in known}
    network: Network = REGISTRY.build(name, fitting | options)
    return network


def architectures(rounds: int) -> Iterator[Row]:
    """A row of speed and a row of compile times for each architecture of the registry."""
    yield from speeds(rounds)
    yield from compile_times()


def speeds(rounds: int) -> Iterator[Row]:
    if importlib.util.find_spec("jax") is not None:
        for case in CASES:
            name = f"{case.name}, {case.steps} steps, against jax"
            yield contested(name, against_jax(case), "jax", rounds, case.least)
    for name in (*MEMORIES, *TREES):
        label = f"{name}, against its NumPy reference"
        yield contested(label, against_reference(name), "numpy", rounds, 3.0)


def contested(name: str, contest: Contest, peer: str, rounds: int, least: float) -> Row:
    begun = time.perf_counter()
    contest.peer()
    affordable = int(PEER_SECONDS / (2.0 * (time.perf_counter() - begun)))
    seconds = medians(
        {"evornn": contest.evornn, peer: contest.peer}, max(2, min(rounds, affordable))
    )
    ours, theirs = contest.net_steps / seconds["evornn"], contest.peer_net_steps / seconds[peer]
    details = f"evornn {ours:.3g}, {peer} {theirs:.3g} net-steps/s"
    return at_least(name, ours / theirs, least, details)


def against_jax(case: Case) -> Contest:
    p = case.problem()
    fitness = evornn.Fitness(p.task, p.network)
    peer = jax_losses(p)
    if case.checked_steps is None:
        check_agreement(fitness(p.genomes), peer(), case.name)
    else:
        short = case.problem(steps=case.checked_steps)
        losses = evornn.Fitness(short.task, short.network)(short.genomes)
        check_agreement(losses, jax_losses(short)(), case.name)
    net_steps = len(p.genomes) * fitness.steps
    return Contest(lambda: fitness(p.genomes), net_steps, peer, net_steps)


def check_agreement(losses: np.ndarray, others: Any, name: str) -> None:
    """AssertionError where they differ; a network that diverges may do so to inf or to NaN."""
    ours, theirs = (np.where(np.isfinite(each), each, np.inf) for each in (losses, others))
    np.testing.assert_allclose(ours, theirs, rtol=RTOL, err_msg=name)


def jax_losses(p: Problem) -> Callable[[], Any]:
    from benchmarks import jax_cells, jax_memories, jax_reservoirs, peers_jax

    cells = jax_cells.CELLS | jax_memories.CELLS | jax_reservoirs.CELLS
    return peers_jax.losses(p, cells[REGISTRY.name_of(p.network)](p.network))


def against_reference(name: str) -> Contest:
    """The reference's outputs against the losses, which take the outputs and more."""
    fitness, genomes = unlike_sequences(name, POPULATION)
    few = genomes[:REFERENCE_GENOMES]
    for genome in few:
        outputs = reference_outputs(fitness.network, fitness.data, genome)
        np.testing.assert_allclose(fitness.predict(genome), outputs, RTOL, atol=1e-3, err_msg=name)

    def peer() -> None:
        for genome in few:
            reference_outputs(fitness.network, fitness.data, genome)

    steps = fitness.steps
    return Contest(lambda: fitness(genomes), len(genomes) * steps, peer, len(few) * steps)


def unlike_sequences(name: str, population: int) -> tuple[evornn.Fitness, np.ndarray]:
    """Fitness and genomes of an associative memory on cues, or of a network on trees."""
    rng = np.random.default_rng(0)
    if name in MEMORIES:
        network = sized(name, MEMORIES[name])
        cues, patterns = rng.choice([-1.0, 1.0], (2, STEPS, UNITS))
        fitness = evornn.Fitness(evornn.tasks.Sequences(cues, patterns), network)
    else:
        # Formulas with about as many nodes in all as there are steps elsewhere.
        formulas = evornn.tasks.LogicalFormulas(formulas=80)
        fitness = evornn.Fitness(formulas, sized(name, {"inputs": formulas.train.input_size}))
    return fitness, 0.3 * rng.standard_normal((population, fitness.genes))


def reference_outputs(network: Network, data: Judged, genome: np.ndarray) -> np.ndarray:
    """Outputs of all sequences or trees, zero behind the end of each."""
    outputs = np.zeros(data.targets.shape)
    for row, (inputs, length) in enumerate(zip(data.inputs, data.lengths, strict=True)):
        children = [getattr(data, side)[row, :length] for side in sides(data)]
        outputs[row, :length] = network.reference(genome, inputs[:length], *children)
    return outputs


def sides(data: Judged) -> tuple[str, ...]:
    return ("left", "right") if data.kind == "tree" else ()


def compile_times() -> Iterator[Row]:
    """CPU seconds, several processes at a time: they compile on one thread each."""
    names = [*(case.name for case in CASES), *MEMORIES, *TREES]
    with ThreadPoolExecutor(thread_count(None)) as pool:
        seconds = list(pool.map(compile_seconds, names))
    for name, each in zip(names, seconds, strict=True):
        details = ", ".join(f"{kernel} {value:.3g} s" for kernel, value in each.items())
        yield at_most(f"cold compile, {name}", max(each.values()), COMPILE_SECONDS, "s", details)


def compile_seconds(name: str) -> dict[str, float]:
    """CPU seconds of the first loss, and of the first gradient where there is one."""
    kernels = {"loss": "__call__"}
    architecture: type[Network] = REGISTRY.find(name)
    if "BPTT" in architecture.trained_by:
        kernels["gradient"] = "value_and_grad"
    return {kernel: cold_seconds(name, call) for kernel, call in kernels.items()}


def cold_seconds(name: str, call: str) -> float:
    code = f"from benchmarks.architectures import first_call\nprint(first_call({name!r}, {call!r}))"
    with tempfile.TemporaryDirectory() as cache:
        return start_up.printed(code, cache)


def first_call(name: str, call: str) -> float:
    """CPU seconds of the first call of a fitness' method in this process."""
    begun = time.process_time()
    cases = {case.name: case for case in CASES}
    if name in cases:
        p = cases[name].problem(COMPILED_GENOMES)
        fitness, genomes = evornn.Fitness(p.task, p.network), p.genomes
    else:
        fitness, genomes = unlike_sequences(name, COMPILED_GENOMES)
    getattr(fitness, call)(genomes)
    return time.process_time() - begun

"""The speed table: evornn beside its peers, in one run.

    python -m benchmarks [--quick] [--only WORD]

Every figure is a ratio of medians of calls that take turns. Peers that are not installed are left
out and named. Writes results/benchmarks/: `table`, `architectures` and `episodes`, each as text and
JSON.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np

import evornn
from benchmarks import architectures, episodes, optimizers, start_up
from benchmarks.problem import problem
from benchmarks.rows import (
    Row,
    as_line,
    as_text,
    at_least,
    at_most,
    cpu_flags,
    cpu_name,
    milliseconds,
)
from benchmarks.timing import medians
from evornn.fitness.threads import thread_count

OUT = Path("results/benchmarks")
SIZES = (4, 10, 32, 64)


def installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def population_losses(rounds: int) -> Iterator[Row]:
    """Fully recurrent networks of four sizes against JAX and C."""
    against_jax = {4: 5.0, 10: 12.0, 32: 5.0, 64: 3.0}
    for n in SIZES:
        network = evornn.networks.FullyRecurrent(inputs=1, hidden=n, outputs=1, readout=True)
        p = problem(network)
        fitness = evornn.Fitness(p.task, network)
        contenders: dict[str, Callable[[], object]] = {"evornn": partial(fitness, p.genomes)}
        if shutil.which("gcc") and "avx512f" in cpu_flags():
            from benchmarks import peers_c

            contenders["C"] = peers_c.losses(p, thread_count(None))
        if installed("jax"):
            import jax.numpy as jnp

            from benchmarks import peers_jax

            cell = peers_jax.recurrence(peers_jax.fully_recurrent, jnp.zeros(n, jnp.float32))
            contenders["jax"] = peers_jax.losses(p, cell)
        m = medians(contenders, rounds)
        for peer, least in (("jax", against_jax[n]), ("C", 0.7)):
            if peer in m:
                name = f"population loss, {n} units, against {peer}"
                yield at_least(name, m[peer] / m["evornn"], least, milliseconds(m))


def plain_numba_loop(rounds: int) -> Iterator[Row]:
    """The loop that one writes first, apart from the rest: its threads spin on after it."""
    from benchmarks import peers_numba

    n = 10
    network = evornn.networks.FullyRecurrent(inputs=1, hidden=n, outputs=1, readout=True)
    p = problem(network)
    fitness = evornn.Fitness(p.task, network)
    m = medians(
        {
            "evornn": lambda: fitness(p.genomes),
            "numba": lambda: peers_numba.losses(p.genomes, p.inputs, p.targets, n),
        },
        rounds,
    )
    name = f"population loss, {n} units, against a numba prange loop"
    yield at_least(name, m["numba"] / m["evornn"], 25.0, milliseconds(m))


def gated_losses(rounds: int) -> Iterator[Row]:
    """LSTM, GRU and CTRNN of 8 units against JAX."""
    if not installed("jax"):
        return
    import jax.numpy as jnp

    from benchmarks import peers_jax

    zeros = jnp.zeros(8, jnp.float32)
    kinds = (
        ("LSTM", peers_jax.lstm, (zeros, zeros)),
        ("GRU", peers_jax.gru, zeros),
        ("CTRNN", peers_jax.ctrnn, zeros),
    )
    for name, step, state in kinds:
        network = getattr(evornn.networks, name)(inputs=1, hidden=8, outputs=1)
        p = problem(network)
        if name == "CTRNN":
            p.genomes[:, :8] = np.abs(p.genomes[:, :8]) + 0.5
        fitness = evornn.Fitness(p.task, network)
        peer = peers_jax.losses(p, peers_jax.recurrence(step, state))
        np.testing.assert_allclose(fitness(p.genomes), peer(), rtol=1e-2)
        m = medians({"evornn": partial(fitness, p.genomes), "jax": peer}, rounds)
        yield at_least(
            f"population loss, {name} of 8 units, against jax", m["jax"] / m["evornn"], 5.0,
            milliseconds(m),
        )  # fmt: skip


def population_gradients(rounds: int) -> Iterator[Row]:
    """All gradients at once against JAX, and per genome against PyTorch."""
    for n, least in ((10, 5.0), (32, 4.0)):
        network = evornn.networks.FullyRecurrent(inputs=1, hidden=n, outputs=1, readout=True)
        p = problem(network)
        fitness = evornn.Fitness(p.task, network)
        contenders: dict[str, Callable[[], object]] = {
            "evornn": partial(fitness.value_and_grad, p.genomes)
        }
        if installed("jax"):
            import jax.numpy as jnp

            from benchmarks import peers_jax

            cell = peers_jax.recurrence(peers_jax.fully_recurrent, jnp.zeros(n, jnp.float32))
            contenders["jax"] = peers_jax.losses(p, cell, gradient=True)
        if installed("torch"):
            from benchmarks import peers_torch

            contenders["torch"] = peers_torch.gradient(
                "RNN", n, p.inputs[None], p.targets[None], thread_count(None)
            )
        m = medians(contenders, rounds)
        if "jax" in m:
            name = f"value_and_grad, {n} units, against jax"
            yield at_least(name, m["jax"] / m["evornn"], least, milliseconds(m))
        if "torch" in m:
            name = f"value_and_grad, {n} units, per genome against torch.nn.RNN"
            yield at_least(name, len(p.genomes) * m["torch"] / m["evornn"], 300.0)


def one_lstm(rounds: int) -> Iterator[Row]:
    """BPTT of one LSTM of 32 units on 64 sequences of 100 steps."""
    if not installed("torch"):
        return
    from benchmarks import peers_torch

    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(2, 64, 100, 1))
    network = evornn.networks.LSTM(inputs=1, hidden=32, outputs=1)
    fitness = evornn.Fitness(evornn.tasks.Sequences(inputs, targets), network)
    genome = 0.1 * rng.normal(size=(1, fitness.genes))
    m = medians(
        {
            "evornn": lambda: fitness.value_and_grad(genome),
            "torch": peers_torch.gradient("LSTM", 32, inputs, targets, thread_count(None)),
        },
        rounds,
    )
    yield at_least("BPTT of one LSTM, against torch.nn.LSTM", m["torch"] / m["evornn"], 1.0,
                   milliseconds(m))  # fmt: skip


def readouts(rounds: int) -> Iterator[Row]:
    """ESN readouts by a triangular factor against simulating each genome."""
    network = evornn.networks.ESN(inputs=1, hidden=500, outputs=1)
    p = problem(network, population=1000, steps=2000)
    fitness = evornn.Fitness(p.task, network)
    simulated = fitness.simulation()
    weights = fitness.decode(p.genomes)
    m = medians(
        {"evornn": lambda: fitness(p.genomes), "simulated": lambda: simulated.sums(weights)},
        min(rounds, 3),
    )
    yield at_least("ESN readouts, 500 units, against simulating", m["simulated"] / m["evornn"],
                   100.0, milliseconds(m))  # fmt: skip


def optimizer_overhead(rounds: int) -> Iterator[Row]:
    """ask + tell at 1000 x 500, and at 1000 x 10,000."""
    for row in optimizers.measure(rounds):
        if row["target_ms"]:
            what = f"ask + tell, {row['population']} x {row['genes']}"
            name = f"{what}, {row['optimizer']} {row['options']}".strip()
            yield at_most(name, row["ms"], row["target_ms"], "ms")


def beginnings(rounds: int) -> Iterator[Row]:
    """Start-up, first compile and memory."""
    yield at_most("import evornn and its engine (CPU)", start_up.import_seconds(), 1.0, "s")
    yield at_most("evornn --help (CPU)", start_up.help_seconds(), 0.3, "s")
    yield at_most("first fitness call, warm cache", start_up.first_call_seconds(), 0.5, "s")
    for network in ("Elman", "LSTM"):
        loss = start_up.compile_seconds(network, "fitness(population)")
        yield at_most(f"first compile of a loss, {network}", loss, 15.0, "s")
        both = start_up.compile_seconds(network, "fitness.value_and_grad(population)")
        yield at_most(f"first compile of a gradient, {network}", both, 30.0, "s")
    yield at_most(
        "peak memory of a process with value_and_grad", start_up.gradient_mebibytes(), 1024.0, "MiB"
    )


#: the sections of each file that is written
TABLES: dict[str, tuple[Callable[[int], Iterator[Row]], ...]] = {
    "table": (
        population_losses,
        plain_numba_loop,
        gated_losses,
        population_gradients,
        one_lstm,
        readouts,
        optimizer_overhead,
        beginnings,
    ),
    "architectures": (architectures.architectures,),
    "episodes": (episodes.episodes,),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 rounds instead of 11")
    parser.add_argument("--only", default="", help="sections whose name contains this word")
    arguments = parser.parse_args()
    for peer in ("jax", "torch"):
        if not installed(peer):
            print(f"{peer} is not installed: its rows are left out")
    for name, sections in TABLES.items():
        chosen = [section for section in sections if arguments.only in section.__name__]
        rows: list[Row] = []
        for section in chosen:
            for row in section(3 if arguments.quick else 11):
                print(as_line(row), end="", flush=True)
                rows.append(row)
        # A part of a table does not replace the whole of it.
        if len(chosen) == len(sections):
            OUT.mkdir(parents=True, exist_ok=True)
            (OUT / f"{name}.txt").write_text(as_text(rows))
            record = {"cpu": cpu_name(), "rows": [asdict(row) for row in rows]}
            (OUT / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()

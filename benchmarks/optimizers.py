"""What an optimizer costs beside the evaluation: ask + tell at 1000 genomes of 500 genes.

    python benchmarks/optimizers.py

Medians of whole generations on a sphere, without the time the losses take; at 10,000 genes too for
the optimizers that are made for so many. Those that work on one genome or a few at a time are
measured at the same 1000 genomes as a batch where they have a population, and at their own size
where they have none.
"""

from __future__ import annotations

import dataclasses
import statistics
import time
from typing import Any

import numpy as np

from evornn.optimizers import REGISTRY, Optimizer, Start

POPULATION = 1000
#: milliseconds that a generation may take, by genes and optimizer
TARGETS = {
    500: {
        "genetic": 20.0,
        "binary_genetic": 20.0,
        "particle_swarm": 10.0,
        "differential_evolution": 10.0,
        "jade": 10.0,
        "l_shade": 10.0,
        "population_annealing": 10.0,
        "parallel_tempering": 10.0,
        "snes": 10.0,
        "sep_cma_es": 10.0,
        "lm_ma_es": 10.0,
        "openai_es": 10.0,
        "pgpe": 10.0,
        "cross_entropy": 10.0,
    },
    10_000: {
        "snes": 200.0,
        "sep_cma_es": 200.0,
        "lm_ma_es": 200.0,
        "openai_es": 200.0,
        "pgpe": 200.0,
        "cross_entropy": 200.0,
    },
}
#: generations before the first that counts: one for each vector that LM-MA-ES fills, and one more
WARM_UP = 32
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "genetic": [
        {"selection": "rank"},
        {"selection": "roulette"},
        {"crossover": "blend"},
        {"crossover": "sbx"},
        {"mutation": "polynomial"},
        {"crossover": "cxTwoPoint"},
    ],
    "binary_genetic": [{"crossover": "uniform"}],
    "particle_swarm": [{"topology": "ring"}, {"topology": "von_neumann"}],
    "differential_evolution": [{"strategy": "best/1"}, {"strategy": "current-to-best/1"}],
    "cma_es": [{"diagonal": True}],
}


def measure(generations: int = 11) -> list[dict[str, Any]]:
    """One row for every optimizer and variant, and for each target at more genes.

    A row has optimizer, options, population, genes, ms, target_ms.
    """
    few, many = TARGETS
    rows = [
        row(name, options, few, generations)
        for name in REGISTRY
        for options in [{}, *VARIANTS.get(name, [])]
    ]
    return rows + [row(name, {}, many, generations) for name in TARGETS[many]]


def row(name: str, options: dict[str, Any], genes: int, generations: int) -> dict[str, Any]:
    optimizer = sized(REGISTRY.find(name), options)
    population, milliseconds = overhead(optimizer, genes, generations)
    return {
        "optimizer": name,
        "options": ", ".join(f"{key}={value}" for key, value in options.items()),
        "population": population,
        "genes": genes,
        "ms": milliseconds,
        "target_ms": TARGETS[genes].get(name) if "cx" not in str(options) else None,
    }


def sized(cls: type, options: dict[str, Any]) -> Optimizer:
    """The optimizer with the benchmark's population, where it has one."""
    has_population = "population_size" in {field.name for field in dataclasses.fields(cls)}
    return cls(**({"population_size": POPULATION} if has_population else {}), **options)


def overhead(optimizer: Optimizer, genes: int, generations: int) -> tuple[int, float]:
    """Genomes in a generation, and the median milliseconds of its ask and tell."""
    search = optimizer.search(genes, Start(), np.random.default_rng(0))
    seconds = []
    for _ in range(WARM_UP + generations):
        begun = time.perf_counter()
        genomes = search.ask()
        asked = time.perf_counter()
        losses, gradients = (genomes**2).sum(axis=1), 2.0 * genomes
        evaluated = time.perf_counter()
        search.tell(genomes, losses, gradients)
        seconds.append(asked - begun + time.perf_counter() - evaluated)
    return len(genomes), 1e3 * statistics.median(seconds[WARM_UP:])


def main() -> None:
    print("ask + tell, medians")
    print(f"{'optimizer':22}{'options':24}{'genomes':>8}{'genes':>8}{'ms':>9}{'target':>9}")
    for each in measure():
        target = f"<= {each['target_ms']:g}" if each["target_ms"] else ""
        print(
            f"{each['optimizer']:22}{each['options']:24}{each['population']:8d}{each['genes']:8d}"
            f"{each['ms']:9.2f}{target:>9}"
        )


if __name__ == "__main__":
    main()

"""Why full CMA-ES ends where it does: seconds of a generation against the number of genes.

    python -m benchmarks.cma_scaling

Ask + tell at each optimizer's own population, mean over generations with the decompositions of the
covariance matrix that fall into them (`cma` makes one every so many generations, the more genes the
fewer, so a quarter as many generations as genes are measured); gigabytes are those of the matrix
and of its eigenvectors. Below the line the times of CMA-ES are not measured but carried on from the
last two rows by their power of n.
"""

from __future__ import annotations

import math
import time

import numpy as np

from benchmarks.rows import cpu_name
from evornn.optimizers import REGISTRY, Start

GENES, BEYOND = (125, 250, 500, 1000), 10_000
SEPARABLE = ("sep_cma_es", "lm_ma_es", "snes", "openai_es")


def seconds(name: str, genes: int, generations: int) -> float:
    """Mean seconds of a generation on an ellipsoid, after two that do not count."""
    search = REGISTRY.build(name).search(genes, Start(scale=0.1), np.random.default_rng(0))
    scales = np.logspace(0.0, 3.0, genes)
    begun = 0.0
    for generation in range(generations + 2):
        if generation == 2:
            begun = time.perf_counter()
        genomes = search.ask()
        losses = genomes**2 @ scales
        search.tell(genomes, losses)
    return (time.perf_counter() - begun) / generations


def gigabytes(genes: int) -> float:
    """Of the covariance matrix and its eigenvectors."""
    return 2 * 8 * genes**2 / 1e9


def main() -> None:
    print(f"{cpu_name()}, milliseconds of a generation")
    print(f"{'genes':>7}{'cma_es':>10}{'GB':>7}" + "".join(f"{name:>12}" for name in SEPARABLE))
    full: dict[int, float] = {}
    for genes in GENES:
        full[genes] = 1e3 * seconds("cma_es", genes, genes // 4)
        print(f"{genes:7d}{full[genes]:10.1f}{gigabytes(genes):7.2f}" + _others(genes))
    (n, before), (m, last) = list(full.items())[-2:]
    power = math.log(last / before) / math.log(m / n)
    beyond = last * (BEYOND / m) ** power
    print("-" * 72)
    print(f"{BEYOND:7d}{beyond:10.0f}{gigabytes(BEYOND):7.2f}{_others(BEYOND)}   (n^{power:.1f})")


def _others(genes: int) -> str:
    return "".join(f"{1e3 * seconds(name, genes, 20):12.1f}" for name in SEPARABLE)


if __name__ == "__main__":
    main()

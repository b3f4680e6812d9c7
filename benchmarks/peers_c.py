"""The hand-written AVX-512 kernel of elman.c, on as many threads as evornn uses."""

from __future__ import annotations

import ctypes
import itertools
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.problem import Problem
from evornn.networks import FullyRecurrent

LANES = 16
_PIECES_PER_THREAD = 4


@cache
def _library() -> Any:
    folder = tempfile.mkdtemp(prefix="evornn-bench-")
    target = Path(folder) / "elman.so"
    flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
    source = Path(__file__).parent / "elman.c"
    subprocess.run(["gcc", *flags, "-o", str(target), str(source)], check=True)
    return ctypes.CDLL(str(target))


def losses(problem: Problem, threads: int) -> Callable[[], np.ndarray]:
    """A call that packs the genomes and gives their losses."""
    network = problem.network
    assert isinstance(network, FullyRecurrent)
    pool = ThreadPoolExecutor(threads)

    def address(array: np.ndarray) -> ctypes.c_void_p:
        return ctypes.c_void_p(array.ctypes.data)

    def piece(rows: np.ndarray, out: np.ndarray) -> None:
        packed = np.ascontiguousarray(rows.reshape(-1, LANES, rows.shape[1]).transpose(0, 2, 1))
        _library().losses(
            address(packed), address(problem.inputs), address(problem.targets), address(out),
            len(packed), network.hidden, 1, 1, len(problem.inputs),
        )  # fmt: skip

    def call() -> np.ndarray:
        out = np.empty(len(problem.genomes), np.float32)
        edges = (
            np.linspace(0, len(out) // LANES, threads * _PIECES_PER_THREAD + 1).astype(int) * LANES
        )
        pieces = [
            pool.submit(piece, problem.genomes[a:b], out[a:b]) for a, b in itertools.pairwise(edges)
        ]
        for submitted in pieces:
            submitted.result()
        return out

    return call

"""The compiled engine for episodes: genomes and trials in lanes, in pieces on threads."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any, NamedTuple, Self

import numpy as np

from evornn.fitness.episode import (
    BodyLayout,
    BodyRecords,
    EpisodeWork,
    make_episodes,
)
from evornn.fitness.kernel import Kernel
from evornn.fitness.layout import Records, layout_for
from evornn.fitness.packing import wide_lanes_of
from evornn.fitness.threads import PIECES_PER_THREAD, run_pieces, split
from evornn.networks.network import Network
from evornn.numerics.fingerprint import fingerprint
from evornn.numerics.kernels import compiled
from evornn.numerics.mistakes import COMPILER_ERRORS, explain
from evornn.numerics.records import aligned_zeros, size_of
from evornn.simulators.simulator import Dynamics
from evornn.tasks.episodes import Episodes


class Trace(NamedTuple):
    """What happened in one trial, step by step, float64.

    `bodies` and `states` (steps + 1, number) are those of the simulator and of the network, from
    the beginning on; `senses` and `outputs` (steps, number); `loss` is that of the trial.
    """

    bodies: np.ndarray
    states: np.ndarray
    senses: np.ndarray
    outputs: np.ndarray
    loss: float


class EpisodeEngine:
    """Losses of weights (population, weights) on the trials of `data`."""

    def __init__(self, network: Network, data: Episodes, dtype: np.dtype, threads: int) -> None:
        self.network, self.data, self.dtype, self.threads = network, data, dtype, threads
        simulator = data.simulator
        self._parts = simulator.dynamics
        self._records, self._bodies = Records.of(network), BodyRecords.of(simulator)
        self._layout = layout_for(network, dtype)
        self._body_layout = BodyLayout.of(simulator, dtype)
        self._given = [part for part in (*self._parts, network.step, network.start) if part]
        self._code = fingerprint(*self._given)
        self._idle_work: list[EpisodeWork] = []
        #: network steps that the last call made, of all genomes and trials
        self.made = 0

    def on(self, data: Episodes) -> Self:
        """The same on other trials; kernels and idle memory are shared."""
        other = copy(self)
        other.data = data
        return other

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """Losses (population, trial), float64."""
        genomes = np.ascontiguousarray(weights, self.dtype)
        trials, noise = self.data.rows.astype(self.dtype), self.data.noise.astype(self.dtype)
        losses = np.zeros((len(genomes), len(trials)))
        made = np.zeros_like(losses)

        def piece(part: tuple[slice, slice], stop: np.ndarray) -> None:
            mine, columns = part
            own = np.zeros(losses[part].shape)
            steps = np.zeros_like(own)
            work = self._idle_work.pop() if self._idle_work else self._work()
            self._call(
                genomes[mine], trials[columns], noise[columns], self.data.steps, self._layout,
                self._body_layout, work, False, stop, own, steps,
            )  # fmt: skip
            self._idle_work.append(work)
            losses[part], made[part] = own, steps

        self._run(piece, self._pieces(len(genomes), len(trials)))
        self.made = int(made.sum())
        return losses

    def _pieces(self, genomes: int, trials: int) -> list[tuple[slice, slice]]:
        """Genomes and trials of each kernel call: one thread needs but one."""
        vectors = -(-genomes * trials // wide_lanes_of(self.dtype))
        pieces = min(vectors, self.threads * PIECES_PER_THREAD) if self.threads > 1 else 1
        columns = split(trials, -(-pieces // genomes))
        return [(mine, c) for mine in split(genomes, pieces) for c in columns]

    def trace(self, weights: np.ndarray, trial: int) -> Trace:
        """All that happens in one trial to the network with `weights` (weights,)."""
        lone, work = self.data.select([trial]), self._work(self.data.steps)
        loss, made = np.zeros((1, 1)), np.zeros((1, 1))
        self._call(
            np.ascontiguousarray(weights[np.newaxis], self.dtype), lone.rows.astype(self.dtype),
            lone.noise.astype(self.dtype), self.data.steps, self._layout, self._body_layout, work,
            True, np.zeros(1, np.int64), loss, made,
        )  # fmt: skip
        steps = int(made[0, 0])

        def rows(flat: np.ndarray, count: int, size: int) -> np.ndarray:
            return flat[: count * size, 0].reshape(count, size).astype(np.float64)

        return Trace(
            rows(work.bodies, steps + 1, size_of(self.data.simulator.state)),
            rows(work.states, steps + 1, size_of(self.network.state)),
            rows(work.senses, steps, self.network.inputs),
            rows(work.outputs, steps, self.network.outputs),
            float(loss[0, 0]),
        )

    def _work(self, steps: int = 1) -> EpisodeWork:
        """Memory of a call that keeps so many steps."""
        network, simulator, width = self.network, self.data.simulator, wide_lanes_of(self.dtype)

        def zeros(count: int) -> np.ndarray:
            return aligned_zeros((max(count, 1), width), self.dtype)

        return EpisodeWork(
            weights=zeros(network.weight_count),
            states=zeros((steps + 1) * size_of(network.state)),
            first_states=zeros(size_of(network.state)),
            scratch=zeros(size_of(network.scratch)),
            bodies=zeros((steps + 1) * size_of(simulator.state)),
            first_bodies=zeros(size_of(simulator.state)),
            body_scratch=zeros(size_of(simulator.scratch)),
            senses=zeros(steps * network.inputs),
            outputs=zeros(steps * network.outputs),
            # A body may ask how much noise there is, and count from its end.
            noise=zeros(simulator.noise)[: simulator.noise],
            numbers=zeros(4),
            pairs=np.zeros(width, np.int64),
        )

    def _run(self, piece: Callable[..., None], pieces: list[Any]) -> None:
        """All pieces on threads; the kernel is compiled before, where Ctrl-C is heard."""
        if not self._kernel.compiled:
            nothing = slice(0, 0)
            piece((nothing, nothing), np.zeros(1, np.int64))
        run_pieces(piece, pieces, self.threads)

    def _call(self, *args: Any) -> None:
        try:
            self._kernel(*args)
        except COMPILER_ERRORS as error:
            raise explain(error, self._given) from None

    @property
    def _kernel(self) -> Kernel:
        return _kernel_of(
            self._parts,
            self._bodies,
            self.network.step,
            self.network.start,
            self._records,
            self.dtype,
            self._code,
        )


@cache
def _kernel_of(
    body: Dynamics,
    bodies: BodyRecords,
    step: Callable[..., None],
    start: Callable[..., None] | None,
    records: Records,
    dtype: np.dtype,
    code: str,
) -> Kernel:
    """The kernel for one body and one step; `code` is the fingerprint of all."""
    given = [*body, step, *([start] if start else [])]

    def make(*functions: Any) -> Callable[..., Any]:
        *own, step, start = functions if len(functions) == len(body) + 2 else (*functions, None)
        return make_episodes(Dynamics(*own), bodies, step, start, records)

    layouts = records.layouts + bodies.layouts
    return Kernel(compiled(make, "episodes", *given, layout=layouts))

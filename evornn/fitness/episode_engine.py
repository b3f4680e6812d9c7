"""The compiled engine for episodes: genomes in lanes, or trials, whichever fills more."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any, NamedTuple, Self

import numpy as np

from evornn.fitness.episode import (
    BodyLayout,
    BodyParts,
    BodyRecords,
    EpisodeWork,
    make_episode,
    make_genome_episodes,
    make_trial_episodes,
)
from evornn.fitness.kernel import Kernel
from evornn.fitness.layout import Records, layout_for
from evornn.fitness.packing import lanes_of
from evornn.fitness.threads import PIECES_PER_THREAD, run_pieces, split
from evornn.networks.network import Network
from evornn.numerics.fingerprint import fingerprint
from evornn.numerics.kernels import compiled
from evornn.numerics.mistakes import COMPILER_ERRORS, explain
from evornn.numerics.records import aligned_zeros, size_of
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
        self._parts = BodyParts.of(simulator)
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
        width, trials = lanes_of(self.dtype), len(self.data.rows)
        if -(-len(genomes) // width) * trials <= len(genomes) * -(-trials // width):
            losses, made = self._genomes_in_lanes(genomes)
        else:
            losses, made = self._trials_in_lanes(genomes)
        self.made = int(made.sum())
        return losses

    def trace(self, weights: np.ndarray, trial: int) -> Trace:
        """All that happens in one trial to the network with `weights` (weights,)."""
        lone = self.on(self.data.select([trial]))
        width, work = lanes_of(self.dtype), self._work(self.data.steps)
        losses, made = (aligned_zeros((1, 1, width), self.dtype) for _ in range(2))
        self._call(
            "trials", np.ascontiguousarray(weights[np.newaxis], self.dtype),
            lone._grouped(lone.data.rows), lone._grouped(lone.data.noise), self.data.steps,
            self._layout, self._body_layout, work, True, np.zeros(1, np.int64), losses, made,
        )  # fmt: skip
        steps = int(made[0, 0, 0])

        def rows(flat: np.ndarray, count: int, size: int) -> np.ndarray:
            return flat[: count * size, 0].reshape(count, size).astype(np.float64)

        return Trace(
            rows(work.bodies, steps + 1, size_of(self.data.simulator.state)),
            rows(work.states, steps + 1, size_of(self.network.state)),
            rows(work.senses, steps, self.network.inputs),
            rows(work.outputs, steps, self.network.outputs),
            float(losses[0, 0, 0]),
        )

    def _genomes_in_lanes(self, genomes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        trials, noise = self.data.rows.astype(self.dtype), self.data.noise.astype(self.dtype)
        losses = np.zeros((len(genomes), len(trials)))
        made, width = np.zeros_like(losses), lanes_of(self.dtype)

        def piece(part: slice, stop: np.ndarray) -> None:
            work = self._idle_work.pop() if self._idle_work else self._work()
            self._call(
                "genomes", genomes[part], trials, noise, self.data.steps, self._layout,
                self._body_layout, work, stop, losses[part], made[part],
            )  # fmt: skip
            self._idle_work.append(work)

        pieces = split(-(-len(genomes) // width), self.threads * PIECES_PER_THREAD)
        blocks = [slice(p.start * width, min(p.stop * width, len(genomes))) for p in pieces]
        self._run("genomes", piece, blocks)
        return losses, made

    def _trials_in_lanes(self, genomes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        count, width = len(self.data.rows), lanes_of(self.dtype)
        rows, noise = self._grouped(self.data.rows), self._grouped(self.data.noise)
        losses = aligned_zeros((len(genomes), len(rows), width), self.dtype)
        made = aligned_zeros(losses.shape, self.dtype)

        def piece(part: tuple[slice, slice], stop: np.ndarray) -> None:
            mine, groups = part
            own = aligned_zeros(losses[part].shape, self.dtype)
            steps = aligned_zeros(own.shape, self.dtype)
            work = self._idle_work.pop() if self._idle_work else self._work()
            self._call(
                "trials", genomes[mine], rows[groups], noise[groups], self.data.steps,
                self._layout, self._body_layout, work, False, stop, own, steps,
            )  # fmt: skip
            self._idle_work.append(work)
            losses[part], made[part] = own, steps

        pieces = self.threads * PIECES_PER_THREAD
        columns = split(len(rows), -(-pieces // len(genomes)))
        by_genome = split(len(genomes), pieces)
        self._run("trials", piece, [(mine, c) for mine in by_genome for c in columns])
        flat = [x.reshape(len(genomes), -1)[:, :count].astype(np.float64) for x in (losses, made)]
        return flat[0], flat[1]

    def _grouped(self, rows: np.ndarray) -> np.ndarray:
        """(trial, …) as (group, …, lane); lanes left over repeat the last trial."""
        width = lanes_of(self.dtype)
        groups = -(-len(rows) // width)
        out = aligned_zeros((groups, *rows.shape[1:], width), self.dtype)
        for place in range(groups * width):
            out[place // width, ..., place % width] = rows[min(place, len(rows) - 1)]
        return out

    def _work(self, steps: int = 1) -> EpisodeWork:
        """Memory of a call that keeps so many steps."""
        network, simulator, width = self.network, self.data.simulator, lanes_of(self.dtype)

        def zeros(count: int) -> np.ndarray:
            return aligned_zeros((max(count, 1), width), self.dtype)

        return EpisodeWork(
            weights=zeros(network.weight_count),
            states=zeros((steps + 1) * size_of(network.state)),
            scratch=zeros(size_of(network.scratch)),
            bodies=zeros((steps + 1) * size_of(simulator.state)),
            body_scratch=zeros(size_of(simulator.scratch)),
            senses=zeros(steps * network.inputs),
            outputs=zeros(steps * network.outputs),
            numbers=zeros(3),
        )

    def _run(self, kind: str, piece: Callable[..., None], pieces: list[Any]) -> None:
        """All pieces on threads; a kernel is compiled before, where Ctrl-C is heard."""
        if not self._kernel(kind).compiled:
            nothing, first = slice(0, 0), pieces[0]
            piece(
                nothing if isinstance(first, slice) else (nothing, first[1]), np.zeros(1, np.int64)
            )
        run_pieces(piece, pieces, self.threads)

    def _call(self, kind: str, *args: Any) -> None:
        try:
            self._kernel(kind)(*args)
        except COMPILER_ERRORS as error:
            raise explain(error, self._given) from None

    def _kernel(self, kind: str) -> Kernel:
        return _kernel_of(
            kind,
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
    kind: str,
    body: BodyParts,
    bodies: BodyRecords,
    step: Callable[..., None],
    start: Callable[..., None] | None,
    records: Records,
    dtype: np.dtype,
    code: str,
) -> Kernel:
    """The kernel of one kind for one body and one step; `code` is the fingerprint of all."""
    make_kernel = {"genomes": make_genome_episodes, "trials": make_trial_episodes}[kind]
    given = [*body, step, *([start] if start else [])]

    def make(*functions: Any) -> Callable[..., Any]:
        *own, step, start = functions if len(functions) == len(body) + 2 else (*functions, None)
        return make_kernel(make_episode(BodyParts(*own), bodies, step, start, records))

    layouts = records.layouts + bodies.layouts
    return Kernel(compiled(make, f"episodes-{kind}", *given, layout=layouts))

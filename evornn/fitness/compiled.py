"""The compiled engine for sequences: genomes in lanes, or sequences, whichever fills more."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Any, Self

import numpy as np

from evornn.fitness.gradient_mode import REVERSE, GradientMode
from evornn.fitness.hybrid import Block, Joined, ring_length
from evornn.fitness.lane_engine import BACK, LaneEngine
from evornn.fitness.layout import Data, Horizon, Work
from evornn.fitness.one_step_back import StepBack
from evornn.fitness.packing import groups_of, lane_data, lanes_of, scalar_data, ungrouped
from evornn.fitness.pull_back import for_genomes, for_groups
from evornn.fitness.real_time import Influence
from evornn.fitness.segments import KEPT_BYTES, segment_length
from evornn.fitness.step_tape import Tape
from evornn.fitness.threads import split
from evornn.numerics.lanes import VECTOR_BYTES
from evornn.numerics.records import aligned_zeros, size_of
from evornn.tasks.judged import Judged
from evornn.tasks.sequences import Sequences


class CompiledEngine(LaneEngine):
    """Errors and gradients of weights (population, weights) on one set of sequences."""

    loss_kind = "genomes"
    gradient_kind = "gradients of genomes"
    forward_kind = "forward gradients"
    data: Sequences
    _lane_data: Data | None = None

    def on(self, data: Judged) -> Self:
        other = super().on(data)
        other._lane_data = None
        return other

    def sums(self, weights: np.ndarray) -> np.ndarray:
        weights = self._cast(weights)
        if self._genomes_fill_lanes(len(weights)):
            return self._genome_sums(weights)
        return self._sequence_sums(weights)

    def sums_and_gradients(
        self, weights: np.ndarray, scale: float, mode: GradientMode = REVERSE
    ) -> tuple[np.ndarray, np.ndarray]:
        weights = self._cast(weights)
        if self._genomes_fill_lanes(len(weights)):
            return self._genome_gradients(weights, scale, mode)
        return self._sequence_gradients(weights, scale, mode)

    @property
    def states(self) -> int:
        fed_back = self.network.outputs if self._feeds_back else 0
        return size_of(self.network.state) + fed_back

    def sums_and_hybrid_gradients(
        self, weights: np.ndarray, scale: float, mode: GradientMode
    ) -> tuple[np.ndarray, np.ndarray]:
        data, genomes = self._scalars(), self._cast(weights)
        sums, gradients = np.zeros((len(weights), len(data.lengths))), np.zeros(weights.shape)
        steps = min(mode.block or max(self.states, 1), data.inputs.shape[1])

        def piece(part: slice, stop: np.ndarray) -> None:
            K = ring_length(steps)
            work = self._work(2 * K, 2 * K, segment=K)
            if part.start == part.stop:  # nothing to do, but the kernel must be compiled
                self._joined(np.zeros_like(genomes[0]), 0, steps, work, stop)
            for row, q in product(range(part.start, part.stop), range(len(data.lengths))):
                if stop[0]:
                    return
                sums[row, q], gradient = self._joined(genomes[row], q, steps, work, stop)
                gradients[row] += scale * gradient

        self._run("gradients of blocks", piece, split(len(genomes), self.threads * 4))
        return sums, gradients

    def _joined(
        self, genome: np.ndarray, q: int, steps: int, work: Work, stop: np.ndarray
    ) -> tuple[float, np.ndarray]:
        """Judged error and its gradient on sequence `q`, block after block of so many `steps`."""
        data, length = self._scalars(), int(self.data.lengths[q])
        block = Block.blank(self.states, len(genome), lanes_of(self.dtype), self.dtype)
        joined, flows = Joined(block), self._flows(REVERSE)
        for first in range(0, length, steps):
            last = min(first + steps, length)
            horizon = Horizon(1, last - first, flows)
            given = genome, data, q, first, last, self._layout, work
            self._on_tape(partial(self._block, given, horizon, stop, block))
            joined.join(block)
        return float(block.errors[0]), joined.gradient

    def _block(
        self, given: tuple[Any, ...], horizon: Horizon, stop: np.ndarray, block: Block, tape: Tape
    ) -> bool:
        found: bool = self._call("gradients of blocks", *given, tape, horizon, stop, block)
        return found

    def influence(self) -> Influence:
        blocks = -(-self.network.weight_count // lanes_of(self.dtype))
        return Influence.blank(self.network, self.dtype, max(blocks, 1))

    def advance(
        self, influence: Influence, weights: np.ndarray, q: int, t: int
    ) -> tuple[float, np.ndarray]:
        self._call("real time", self._cast(weights), self._scalars(), q, t, self._layout, influence)
        return float(influence.error[0]), influence.gradient[: len(weights)].copy()

    def sketch(self) -> Influence:
        return Influence.blank(self.network, self.dtype, blocks=1)

    def push(
        self, sketch: Influence, weights: np.ndarray, q: int, t: int
    ) -> tuple[float, np.ndarray, np.ndarray]:
        data = self._scalars()
        self._call("one step forwards", self._cast(weights), data, q, t, self._layout, sketch)
        return float(sketch.error[0]), sketch.gradient, sketch.tangents_after(t)

    def pull(
        self,
        sketch: Influence,
        weights: np.ndarray,
        q: int,
        t: int,
        adjoints: np.ndarray,
        cut: bool = False,
    ) -> StepBack:
        data, given = self._scalars(), adjoints.astype(self.dtype)
        flat = self._cast(weights)
        back = StepBack.blank(len(flat), *given.shape)
        self._on_tape(
            lambda tape: self._call(
                "one step back", flat, data, q, t, self._layout, sketch, tape, given, cut, back
            )
        )
        return back

    def outputs(self, weights: np.ndarray) -> np.ndarray:
        """Outputs (sequence, time, output) of one vector of weights, float64."""
        data = self._lanes()
        groups, steps = data.inputs.shape[:2]
        width, features = lanes_of(self.dtype), self.network.outputs
        sums = aligned_zeros((1, groups, width), self.dtype)
        # One spare row tells the kernel to keep every step, also where there is one step only.
        traces = aligned_zeros((1, groups, (steps + 1) * features, width), self.dtype)
        genomes = self._cast(weights[np.newaxis])

        def piece(part: slice, stop: np.ndarray) -> None:
            self._call(
                "sequences", genomes, groups_of(data, part), self._layout,
                self._work(steps + 1),
                stop, sums[:, part], traces[:, part],
            )  # fmt: skip

        self._run("sequences", piece, split(groups, self.threads))
        traces = traces[0, :, : steps * features].reshape(groups, steps, features, width)
        by_sequence = np.moveaxis(traces, 3, 1).reshape(groups * width, steps, features)
        outputs = by_sequence[: len(self.data.lengths)].astype(np.float64)
        # A group runs to the end of its longest sequence.
        outputs[np.arange(steps) >= self.data.lengths[:, np.newaxis]] = 0.0
        return outputs

    def population_outputs(self, weights: np.ndarray) -> np.ndarray:
        """Outputs (population, sequence, time, output) of weights (population, weights), float64.

        They are zero behind the end of a sequence.
        """
        if not self._genomes_fill_lanes(len(weights)):
            return np.array([self.outputs(genome) for genome in weights])
        genomes, data = self._cast(weights), self._scalars()
        count, steps = data.inputs.shape[:2]
        found = np.zeros((len(genomes), count, steps * self.network.outputs), self.dtype)

        def piece(part: slice, stop: np.ndarray) -> None:
            self._call(
                "outputs of genomes", genomes[part], data, self._layout,
                self._work(steps + 1, steps), stop, found[part],
            )  # fmt: skip

        self._run("outputs of genomes", piece, self._blocks(len(genomes)))
        return found.reshape(len(genomes), count, steps, -1).astype(np.float64, copy=False)

    def pull_back(self, weights: np.ndarray, cotangents: np.ndarray) -> np.ndarray:
        """Gradients (population, weights), float64: see `evornn.fitness.pull_back`.

        `cotangents` (population, sequence, time, output) are derivatives by the outputs.
        """
        weights, given = self._cast(weights), self._cast(cotangents)
        if not self._genomes_fill_lanes(len(weights)):
            kind, data = "cotangents of sequences", for_groups(self._lanes(), given)
            return self._gradients_of_groups(kind, 0, weights, data, 1.0, REVERSE)[1]
        gradients = np.zeros(weights.shape)
        data = self._scalars()

        def piece(part: slice, stop: np.ndarray) -> None:
            own = for_genomes(data, given[part])
            sums = np.zeros((len(own.targets), len(own.lengths)))
            self._differentiate(
                "cotangents of genomes", 0, weights[part], own, 1.0, REVERSE, stop, sums,
                gradients[part],
            )  # fmt: skip

        self._run("cotangents of genomes", piece, self._blocks(len(weights)))
        return gradients

    def _genomes_fill_lanes(self, population: int) -> bool:
        """Whether genomes in lanes need fewer passes than sequences in lanes."""
        width, sequences = lanes_of(self.dtype), len(self.data.lengths)
        return -(-population // width) * sequences <= population * -(-sequences // width)

    def _sequence_sums(self, weights: np.ndarray) -> np.ndarray:
        data = self._lanes()
        groups, width = len(data.lengths), lanes_of(self.dtype)
        sums = aligned_zeros((len(weights), groups, width), self.dtype)

        def piece(part: tuple[slice, slice], stop: np.ndarray) -> None:
            rows, columns = part
            count = columns.stop - columns.start
            own = aligned_zeros((rows.stop - rows.start, count, width), self.dtype)
            last = aligned_zeros((*own.shape[:2], self.network.outputs, width), self.dtype)
            self._call(
                "sequences", weights[rows], groups_of(data, columns), self._layout,
                self._work(2), stop, own, last,
            )  # fmt: skip
            sums[rows, columns] = own

        self._run("sequences", piece, self._grid(len(weights), groups))
        return ungrouped(sums, len(self.data.lengths)).astype(np.float64)

    def _sequence_gradients(
        self, weights: np.ndarray, scale: float, mode: GradientMode = REVERSE
    ) -> tuple[np.ndarray, np.ndarray]:
        kind, segment = self._in_segments("gradients of sequences", mode)
        sums, gradients = self._gradients_of_groups(
            kind, segment, weights, self._lanes(), scale, mode
        )
        return ungrouped(sums, len(self.data.lengths)), gradients

    def _gradients_of_groups(
        self,
        kind: str,
        segment: int,
        weights: np.ndarray,
        data: Any,
        scale: float,
        mode: GradientMode,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Sums (population, group, lane) and gradients (population, weights)."""
        groups, width = len(data.lengths), lanes_of(self.dtype)
        sums = np.zeros((len(weights), groups, width))
        gradients = np.zeros((len(weights), groups, weights.shape[1]))

        def piece(part: tuple[slice, slice], stop: np.ndarray) -> None:
            rows, columns = part
            own = aligned_zeros(sums[part].shape, self.dtype)
            grown = np.zeros(gradients[part].shape)
            self._differentiate(
                kind, segment, weights[rows], groups_of(data, columns, rows), scale, mode, stop,
                own, grown,
            )  # fmt: skip
            sums[part], gradients[part] = own, grown

        short = self._is_short(len(weights), BACK)
        self._run(kind, piece, self._grid(len(weights), groups), short)
        # Groups are added in their order, whichever thread computed them.
        total = np.zeros(weights.shape)
        for group in range(groups):
            total += gradients[:, group]
        return sums, total

    def _in_segments(self, kind: str, mode: GradientMode) -> tuple[str, int]:
        steps, reads_ahead = self.data.inputs.shape[1], self.network.directions[1] is not None
        kept = steps * (size_of(self.network.state) + self.network.outputs) * VECTOR_BYTES
        if reads_ahead or (mode.kind != "checkpointed" and kept <= KEPT_BYTES):
            return kind, 0
        return f"{kind} in segments", segment_length(steps)

    def _pack(self) -> Data:
        return scalar_data(self.data, self.dtype)

    @property
    def _kept(self) -> tuple[int, int]:
        return 2, 1

    @property
    def _feeds_back(self) -> bool:
        return self.data.free_running is not None

    @property
    def _carried(self) -> int:
        # The outputs carry adjoints too, where they are fed back.
        states = [size_of(half.state) for half in self.network.directions if half]
        return max(states) + self.network.outputs

    def _lanes(self) -> Data:
        """The data for sequences in lanes."""
        if self._lane_data is None:
            self._lane_data = lane_data(self.data, self.dtype)
        return self._lane_data

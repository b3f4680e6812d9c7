"""The compiled engine: a population's judged errors and gradients, by kernels on threads."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from evornn.fitness.ahead import make_back_ahead, make_reading
from evornn.fitness.backward import (
    make_backward,
    make_genome_gradient_kernel,
    make_sequence_gradient_kernel,
)
from evornn.fitness.layout import Ahead, Data, Records, Work, layout_for
from evornn.fitness.packing import groups_of, lane_data, lanes_of, scalar_data, ungrouped
from evornn.fitness.rollout import make_genome_kernel, make_rollout, make_sequence_kernel
from evornn.fitness.step_tape import Tape, make_tape
from evornn.fitness.threads import PIECES_PER_THREAD, run_pieces, split
from evornn.networks.network import Network
from evornn.numerics.fingerprint import fingerprint
from evornn.numerics.kernels import compiled
from evornn.numerics.mistakes import COMPILER_ERRORS, explain
from evornn.numerics.records import aligned_zeros, size_of
from evornn.numerics.variable import CAPACITY, NODES
from evornn.tasks.sequences import Sequences

Error = Callable[..., Any]


class KernelParts(NamedTuple):
    """The functions of a network, and the error, that a kernel is made of."""

    step: Callable[..., None]
    error: Error
    start: Callable[..., None] | None
    step_ahead: Callable[..., None] | None

    @property
    def given(self) -> list[Callable[..., Any]]:
        """Those that there are."""
        return [part for part in self if part is not None]


class Kernel:
    """A compiled kernel, always called with arguments of the same types.

    Numba looks at the type of each array of each argument at every call, which takes longer than a
    small piece of work; after the first call this goes straight to the compiled code.
    """

    def __init__(self, dispatcher: Any) -> None:
        self._dispatcher = dispatcher
        self._entry: Any = None

    @property
    def compiled(self) -> bool:
        """Whether it has been called before."""
        return self._entry is not None

    def __call__(self, *args: Any) -> Any:
        if self._entry is None:
            result = self._dispatcher(*args)
            (compiled_once,) = self._dispatcher.overloads.values()
            self._entry = compiled_once.entry_point
            return result
        return self._entry(*args)


@cache
def _kernel(
    kind: str,
    parts: KernelParts,
    records: Records,
    ahead: Records | None,
    feeds_back: bool,
    dtype: np.dtype,
    code: str,
) -> Kernel:
    """The kernel of one kind for one step; `code` is the fingerprint of all it is made of."""
    return Kernel(_dispatcher(kind, parts, records, ahead, feeds_back))


def _dispatcher(
    kind: str, parts: KernelParts, records: Records, ahead: Records | None, feeds_back: bool
) -> Any:
    name, make_kernel, differentiates = _KINDS[kind]

    def make(*functions: Any) -> Callable[..., Any]:
        given = iter(functions)
        step, error, start, step_ahead = (None if p is None else next(given) for p in parts)
        assert step is not None
        assert error is not None
        read = back = None
        if step_ahead is not None and ahead is not None:
            read, back = make_reading(step_ahead, ahead), make_back_ahead(step_ahead, ahead)
        rollout = make_rollout(step, error, start, records, feeds_back, read)
        if differentiates:
            return make_kernel(rollout, make_backward(step, error, start, records, back))
        return make_kernel(rollout)

    name = f"{name}-of-free-runs" if feeds_back else name
    layouts = records.layouts + (() if ahead is None else ahead.layouts)
    return compiled(make, name, *parts.given, layout=layouts)


#: kind -> name in the cache, maker, whether it takes the backward pass too
_KINDS: dict[str, tuple[str, Callable[..., Any], bool]] = {
    "genomes": ("loss", make_genome_kernel, False),
    "sequences": ("loss-of-sequences", make_sequence_kernel, False),
    "gradients of genomes": ("gradient", make_genome_gradient_kernel, True),
    "gradients of sequences": ("gradient-of-sequences", make_sequence_gradient_kernel, True),
}


class CompiledEngine:
    """Errors and gradients of weights (population, weights) on one set of sequences."""

    def __init__(
        self, network: Network, error: Error, sequences: Sequences, dtype: np.dtype, threads: int
    ) -> None:
        self.network, self.error, self.sequences = network, error, sequences
        self.dtype, self.threads = dtype, threads
        forwards, ahead = network.directions
        step_ahead = None if ahead is None else ahead.step
        self._parts = KernelParts(forwards.step, error, forwards.start, step_ahead)
        self._code = fingerprint(*self._parts.given)
        self._records = Records.of(forwards)
        self._records_ahead = None if ahead is None else Records.of(ahead)
        behind = None if ahead is None else layout_for(ahead, dtype)
        self._layout = layout_for(forwards, dtype, behind)
        self._scalar_data: Data | None = None
        self._lane_data: Data | None = None
        # Memory that no thread uses at the moment: lists are safe to pop and append.
        self._idle_work: list[Work] = []
        self._tapes: list[Tape] = []
        self._tape_capacity = 0

    def on(self, sequences: Sequences) -> CompiledEngine:
        """The same on other `sequences` of its kind; kernels and idle memory are shared."""
        other = copy(self)
        other.sequences = sequences
        other._scalar_data = other._lane_data = None
        return other

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """Judged errors (population, sequence), float64."""
        weights = self._cast(weights)
        if self._genomes_fill_lanes(len(weights)):
            return self._genome_sums(weights)
        return self._sequence_sums(weights)

    def sums_and_gradients(
        self, weights: np.ndarray, scale: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Judged errors (population, sequence), and `scale` × their sum's gradients, float64."""
        weights = self._cast(weights)
        if self._genomes_fill_lanes(len(weights)):
            return self._genome_gradients(weights, scale)
        return self._sequence_gradients(weights, scale)

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
        outputs = by_sequence[: len(self.sequences.lengths)].astype(np.float64)
        # A group runs to the end of its longest sequence.
        outputs[np.arange(steps) >= self.sequences.lengths[:, np.newaxis]] = 0.0
        return outputs

    def _genomes_fill_lanes(self, population: int) -> bool:
        """Whether genomes in lanes need fewer passes than sequences in lanes."""
        width, sequences = lanes_of(self.dtype), len(self.sequences.lengths)
        return -(-population // width) * sequences <= population * -(-sequences // width)

    def _genome_sums(self, weights: np.ndarray) -> np.ndarray:
        data = self._scalars()
        sums = np.zeros((len(weights), len(data.lengths)))

        def piece(part: slice, stop: np.ndarray) -> None:
            work = self._idle_work.pop() if self._idle_work else self._work(2)
            self._call("genomes", weights[part], data, self._layout, work, stop, sums[part])
            self._idle_work.append(work)

        self._run("genomes", piece, self._blocks(len(weights)))
        return sums

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
        return ungrouped(sums, len(self.sequences.lengths)).astype(np.float64)

    def _genome_gradients(self, weights: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
        data = self._scalars()
        sums = np.zeros((len(weights), len(data.lengths)))
        gradients = np.zeros(weights.shape)

        def piece(part: slice, stop: np.ndarray) -> None:
            self._differentiate(
                "gradients of genomes",
                weights[part],
                data,
                scale,
                stop,
                sums[part],
                gradients[part],
            )

        self._run("gradients of genomes", piece, self._blocks(len(weights)))
        return sums, gradients

    def _sequence_gradients(
        self, weights: np.ndarray, scale: float
    ) -> tuple[np.ndarray, np.ndarray]:
        data = self._lanes()
        groups, width = len(data.lengths), lanes_of(self.dtype)
        sums = np.zeros((len(weights), groups, width))
        gradients = np.zeros((len(weights), groups, weights.shape[1]))

        def piece(part: tuple[slice, slice], stop: np.ndarray) -> None:
            rows, columns = part
            own = aligned_zeros(sums[part].shape, self.dtype)
            grown = np.zeros(gradients[part].shape)
            self._differentiate(
                "gradients of sequences", weights[rows], groups_of(data, columns), scale, stop,
                own, grown,
            )  # fmt: skip
            sums[part], gradients[part] = own, grown

        self._run("gradients of sequences", piece, self._grid(len(weights), groups))
        # Groups are added in their order, whichever thread computed them.
        total = np.zeros(weights.shape)
        for group in range(groups):
            total += gradients[:, group]
        return ungrouped(sums, len(self.sequences.lengths)), total

    def _differentiate(
        self, kind: str, weights: np.ndarray, data: Data, scale: float, stop: Any, *out: np.ndarray
    ) -> None:
        """Run a gradient kernel, with a longer tape where the step turns out to need one."""
        tape = self._take_tape()
        work = self._work(data.inputs.shape[1] + 1, data.inputs.shape[1])
        factor = self.dtype.type(scale)
        while not self._call(kind, weights, data, self._layout, work, tape, factor, stop, *out):
            self._tape_capacity = max(self._tape_capacity, int(tape.header[NODES]))
            tape = self._take_tape()
        self._tapes.append(tape)

    def _take_tape(self) -> Tape:
        """A tape that no other thread uses, long enough for what is known of the step."""
        while self._tapes:
            tape = self._tapes.pop()
            if tape.header[CAPACITY] >= self._tape_capacity:
                return tape
        network = self.network
        following = max(
            size_of(half.state) + size_of(half.scratch) for half in network.directions if half
        )
        numbers = following + network.outputs + network.inputs
        self._tape_capacity = max(self._tape_capacity, network.weight_count + 8 * numbers + 64)
        return make_tape(self._tape_capacity, following, network.outputs, self.dtype)

    def _run(self, kind: str, piece: Callable[..., None], pieces: list[Any]) -> None:
        """All pieces on threads; a kernel is compiled before, where Ctrl-C is heard."""
        if not self._kernel(kind).compiled:
            nothing = slice(0, 0)
            first = pieces[0]
            piece(
                nothing if isinstance(first, slice) else (nothing, first[1]), np.zeros(1, np.int64)
            )
        run_pieces(piece, pieces, self.threads)

    def _call(self, kind: str, *args: Any) -> Any:
        try:
            return self._kernel(kind)(*args)
        except COMPILER_ERRORS as error:
            raise explain(error, self._parts.given) from None

    def _kernel(self, kind: str) -> Kernel:
        feeds_back = self.sequences.free_running is not None
        return _kernel(
            kind,
            self._parts,
            self._records,
            self._records_ahead,
            feeds_back,
            self.dtype,
            self._code,
        )

    def _work(self, states: int, outputs: int = 1) -> Work:
        """Memory of one call that keeps so many states and outputs."""
        network, width = self.network, lanes_of(self.dtype)

        def zeros(count: int) -> np.ndarray:
            return aligned_zeros((max(count, 1), width), self.dtype)

        forwards, ahead = network.directions
        steps = self.sequences.inputs.shape[1]
        kept = steps * network.outputs if ahead else 0
        return Work(
            weights=zeros(network.weight_count),
            states=zeros(states * size_of(forwards.state)),
            scratch=zeros(size_of(forwards.scratch)),
            inputs=zeros(network.inputs),
            outputs=zeros(outputs * network.outputs),
            ahead=Ahead(
                states=zeros(states * size_of(ahead.state) if ahead else 0),
                scratch=zeros(size_of(ahead.scratch) if ahead else 0),
                outputs=zeros(kept),
                adjoints=zeros(kept),
            ),
        )

    def _blocks(self, population: int) -> list[slice]:
        """The population in pieces of whole vectors."""
        width = lanes_of(self.dtype)
        pieces = split(-(-population // width), self.threads * PIECES_PER_THREAD)
        return [slice(p.start * width, min(p.stop * width, population)) for p in pieces]

    def _grid(self, population: int, groups: int) -> list[tuple[slice, slice]]:
        """Pieces of (genomes, groups of sequences): cut where there are more of them."""
        pieces = self.threads * PIECES_PER_THREAD
        if population >= pieces:
            return [(rows, slice(0, groups)) for rows in split(population, pieces)]
        columns = split(groups, -(-pieces // population))
        return [(rows, c) for rows in split(population, population) for c in columns]

    def _cast(self, weights: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            return np.ascontiguousarray(weights, self.dtype)

    def _scalars(self) -> Data:
        if self._scalar_data is None:
            self._scalar_data = scalar_data(self.sequences, self.dtype)
        return self._scalar_data

    def _lanes(self) -> Data:
        if self._lane_data is None:
            self._lane_data = lane_data(self.sequences, self.dtype)
        return self._lane_data

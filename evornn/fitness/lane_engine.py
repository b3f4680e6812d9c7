"""What all compiled engines do: a genome in each lane, kernels on threads, tapes and memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import copy
from typing import Any, ClassVar, Self

import numpy as np

from evornn.fitness.gradient_mode import REVERSE, GradientMode, flowing
from evornn.fitness.kernel import Kernel, KernelParts, kernel_of
from evornn.fitness.layout import Ahead, Horizon, Records, Work, layout_for
from evornn.fitness.packing import lanes_of
from evornn.fitness.step_tape import Tape, make_tape
from evornn.fitness.threads import PIECES_PER_THREAD, run_pieces, split
from evornn.networks.network import Network
from evornn.numerics.fingerprint import fingerprint
from evornn.numerics.mistakes import COMPILER_ERRORS, explain
from evornn.numerics.records import aligned_zeros, size_of
from evornn.numerics.variable import CAPACITY, NODES
from evornn.tasks.judged import Judged

#: products of a weight and a number in a call that takes about a tenth of a millisecond
SHORT = 1_000_000
#: how many passes forward a pass forward and one back take the time of, five to eight
BACK = 6


class LaneEngine(ABC):
    """Errors and gradients of weights (population, weights), genomes in lanes, on one set of data.

    A subclass says what its kernels are called, how they read the data, and what they keep.
    """

    loss_kind: ClassVar[str]
    gradient_kind: ClassVar[str]
    forward_kind: ClassVar[str]

    def __init__(
        self,
        network: Network,
        error: Callable[..., Any],
        data: Judged,
        dtype: np.dtype,
        threads: int,
    ) -> None:
        self.network, self.data, self.dtype, self.threads = network, data, dtype, threads
        forwards, ahead = network.directions
        step_ahead = None if ahead is None else ahead.step
        self._parts = KernelParts(forwards.step, error, forwards.start, step_ahead)
        self._code = fingerprint(*self._parts.given)
        self._records = Records.of(forwards)
        self._records_ahead = None if ahead is None else Records.of(ahead)
        behind = None if ahead is None else layout_for(ahead, dtype)
        self._layout = layout_for(forwards, dtype, behind)
        self._scalar_data: Any = None
        # Memory that no thread uses at the moment: lists are safe to pop and append.
        self._idle_work: list[Work] = []
        self._idle_for_gradients: dict[tuple[int, int], list[Work]] = {}
        self._tapes: list[Tape] = []
        self._tape_capacity = 0

    def on(self, data: Judged) -> Self:
        """The same on other `data` of its kind; kernels and idle memory are shared."""
        other = copy(self)
        other.data, other._scalar_data = data, None
        if data.inputs.shape[1] != self.data.inputs.shape[1]:
            # These are as long as the data.
            other._idle_work, other._idle_for_gradients, other._tapes = [], {}, []
        return other

    @abstractmethod
    def _pack(self) -> Any:
        """The data as the kernels for genomes in lanes read them."""

    @property
    @abstractmethod
    def _kept(self) -> tuple[int, int]:
        """How many states and outputs a pass forward keeps."""

    @property
    def _feeds_back(self) -> bool:
        """Whether outputs are fed back as inputs."""
        return False

    @property
    @abstractmethod
    def _carried(self) -> int:
        """How many adjoints are on their way at once."""

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """Judged errors (population, row), float64."""
        return self._genome_sums(self._cast(weights))

    def sums_and_gradients(
        self, weights: np.ndarray, scale: float, mode: GradientMode = REVERSE
    ) -> tuple[np.ndarray, np.ndarray]:
        """Judged errors (population, row), and `scale` × their sum's gradients, float64."""
        return self._genome_gradients(self._cast(weights), scale, mode)

    def sums_and_forward_gradients(
        self, weights: np.ndarray, scale: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """The same by forward mode: block after block of weights, in time but one pass each."""
        data, weights, width = self._scalars(), self._cast(weights), lanes_of(self.dtype)
        sums = np.zeros((len(weights), len(data.lengths)))
        gradients = np.zeros(weights.shape)

        def piece(part: tuple[slice, slice], stop: np.ndarray) -> None:
            rows, blocks = part
            columns = slice(blocks.start * width, blocks.stop * width)
            own, grown = np.zeros_like(sums[rows]), np.zeros_like(gradients[rows, columns])
            self._call(
                self.forward_kind, weights[rows], columns.start, data, self._layout,
                self._work(*self._kept, duals=True), scale, stop, own, grown,
            )  # fmt: skip
            # Each piece of a genome computes the same errors.
            sums[rows], gradients[rows, columns] = own, grown

        blocks = -(-weights.shape[1] // width)
        self._run(self.forward_kind, piece, self._grid(len(weights), blocks))
        return sums, gradients

    def _genome_sums(self, weights: np.ndarray, traces: np.ndarray | None = None) -> np.ndarray:
        """Judged errors (population, row); `traces`, where given, takes the last one's outputs."""
        data = self._scalars()
        sums = np.zeros((len(weights), len(data.lengths)))
        wanted = np.zeros((0, 0), self.dtype) if traces is None else traces

        def piece(part: slice, stop: np.ndarray) -> None:
            work = self._idle_work.pop() if self._idle_work else self._work(*self._kept)
            self._call(
                self.loss_kind, weights[part], data, self._layout, work, stop, sums[part], wanted
            )
            self._idle_work.append(work)

        if self._is_short(len(weights)):
            piece(slice(0, len(weights)), np.zeros(1, np.int64))
        else:
            self._run(self.loss_kind, piece, self._blocks(len(weights)))
        return sums

    def _is_short(self, population: int, passes: int = 1) -> bool:
        """Whether a call is over before another thread would have woken up to compute it."""
        steps = int(self.data.lengths.sum())
        return population * steps * self.network.weight_count * passes <= SHORT

    def _genome_gradients(
        self, weights: np.ndarray, scale: float, mode: GradientMode = REVERSE
    ) -> tuple[np.ndarray, np.ndarray]:
        data = self._scalars()
        sums = np.zeros((len(weights), len(data.lengths)))
        gradients = np.zeros(weights.shape)
        kind, segment = self._in_segments(self.gradient_kind, mode)

        def piece(part: slice, stop: np.ndarray) -> None:
            self._differentiate(
                kind, segment, weights[part], data, scale, mode, stop, sums[part], gradients[part]
            )

        self._run(kind, piece, self._blocks(len(weights)), self._is_short(len(weights), BACK))
        return sums, gradients

    def _in_segments(self, kind: str, mode: GradientMode) -> tuple[str, int]:
        """The kernel for a gradient, and the length of the segments in which states are kept.

        Length 0 keeps them all.
        """
        return kind, 0

    def _differentiate(
        self,
        kind: str,
        segment: int,
        weights: np.ndarray,
        data: Any,
        scale: float,
        mode: GradientMode,
        stop: Any,
        *out: np.ndarray,
    ) -> None:
        """Run a gradient kernel, with a longer tape where the step turns out to need one."""
        steps = data.inputs.shape[1]
        states, outputs = (2 * segment, 2 * segment) if segment else (steps + 1, steps)
        idle = self._idle_for_gradients.setdefault((states, segment), [])
        work = idle.pop() if idle else self._work(states, outputs, segment=segment)
        factor = self.dtype.type(scale)
        horizon = Horizon(mode.every, mode.back, self._flows(mode))
        self._on_tape(
            lambda tape: self._call(
                kind, weights, data, self._layout, work, tape, factor, horizon, stop, *out
            )
        )
        idle.append(work)

    def _flows(self, mode: GradientMode) -> np.ndarray:
        """Which states, and outputs that are fed back, errors go through to the step before."""
        states = flowing(self.network.directions[0], mode.through)
        outputs = np.full(self.network.outputs, mode.through is None)
        return np.concatenate([states, outputs]).astype(np.int64)

    def _on_tape(self, call: Callable[[Tape], bool]) -> None:
        """Call what needs a tape, and again with a longer one where it says False."""
        tape = self._take_tape()
        while not call(tape):
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
        return make_tape(self._tape_capacity, following, network.outputs, self._carried, self.dtype)

    def _run(
        self, kind: str, piece: Callable[..., None], pieces: list[Any], short: bool = False
    ) -> None:
        """All pieces on threads, or here if they are `short`.

        A kernel is compiled before, where Ctrl-C is heard.
        """
        if not self._kernel(kind).compiled:
            nothing = slice(0, 0)
            first = pieces[0]
            piece(
                nothing if isinstance(first, slice) else (nothing, first[1]), np.zeros(1, np.int64)
            )
        if short:
            for part in pieces:
                piece(part, np.zeros(1, np.int64))
        else:
            run_pieces(piece, pieces, self.threads)

    def _call(self, kind: str, *args: Any) -> Any:
        try:
            return self._kernel(kind)(*args)
        except COMPILER_ERRORS as error:
            raise explain(error, self._parts.given) from None

    def _kernel(self, kind: str) -> Kernel:
        return kernel_of(
            kind,
            self._parts,
            self._records,
            self._records_ahead,
            self._feeds_back,
            self.dtype,
            self._code,
        )

    def _work(self, states: int, outputs: int = 1, duals: bool = False, segment: int = 0) -> Work:
        """Memory of one call that keeps so many states and outputs, in lanes or duals.

        In segments it saves what each of these begins from, too.
        """
        network, width = self.network, lanes_of(self.dtype) * (2 if duals else 1)

        def zeros(count: int) -> np.ndarray:
            return aligned_zeros((max(count, 1), width), self.dtype)

        forwards, ahead = network.directions
        steps = self.data.inputs.shape[1]
        kept = steps * network.outputs if ahead else 0
        segments = -(-steps // segment) if segment else 0
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
            saved=zeros(segments * (size_of(forwards.state) + network.outputs)),
            segment=segment,
        )

    def _blocks(self, population: int) -> list[slice]:
        """The population in pieces of whole vectors."""
        width = lanes_of(self.dtype)
        pieces = split(-(-population // width), self.threads * PIECES_PER_THREAD)
        return [slice(p.start * width, min(p.stop * width, population)) for p in pieces]

    def _grid(self, population: int, groups: int) -> list[tuple[slice, slice]]:
        """Pieces of (genomes, groups of sequences or of weights): cut where there are more."""
        pieces = self.threads * PIECES_PER_THREAD
        if population >= pieces:
            return [(rows, slice(0, groups)) for rows in split(population, pieces)]
        columns = split(groups, -(-pieces // population))
        return [(rows, c) for rows in split(population, population) for c in columns]

    def _cast(self, weights: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            return np.ascontiguousarray(weights, self.dtype)

    def _scalars(self) -> Any:
        """The data for genomes in lanes."""
        if self._scalar_data is None:
            self._scalar_data = self._pack()
        return self._scalar_data

"""The plain engine: the same errors and gradients in plain Python, genomes in NumPy vectors.

The slow, obvious twin of the compiled kernels, used where NUMBA_DISABLE_JIT=1 is set: a step runs
under a debugger, and results agree to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Self

import numpy as np

from evornn.fitness.gradient_mode import NEVER, REVERSE, GradientMode
from evornn.fitness.layout import Records, layout_for, split_constants
from evornn.networks.network import Network
from evornn.numerics.derivatives import detached
from evornn.numerics.plain import LaneArray, Number, numbers
from evornn.numerics.plain_dual import PlainDual, seeds
from evornn.numerics.plain_tape import PlainVariable, leaves, sweep_plain
from evornn.numerics.records import plain_record, size_of


class PlainNetwork:
    """A network that is run step by step, on weights that are lanes, or objects with variables."""

    def __init__(self, network: Network, dtype: np.dtype) -> None:
        self.network, self.dtype = network, dtype
        self._records = Records.of(network)
        floats, integers = split_constants(network)
        flat = layout_for(network, dtype)
        shapes = [v.shape for v in (*floats.values(), *integers.values())]
        self._constants = plain_record(self._records.constants, flat.floats, flat.integers, shapes)

    def begin(self, weights: Any, x: Any) -> Any:
        """The initial state, before a first step that sees `x`."""
        s = self.zero_state(weights)
        if self.network.start is not None:
            with np.errstate(all="ignore"):
                self.network.start(self._named(weights), self._constants, x, s)
        return s

    def zero_state(self, weights: Any) -> Any:
        """A state of zeros."""
        return self._blank(self._records.state, weights, self.network.state)

    def state_of(self, numbers: Any) -> Any:
        """The state whose elements are `numbers`, one after another."""
        return plain_record(self._records.state, numbers, None, list(self.network.state.values()))

    def advance(self, weights: Any, x: Any, *states: Any) -> tuple[Any, Any]:
        """One step from the state before, or those of the children: next state and output."""
        network = self.network
        s_next = self._blank(self._records.following, weights, network.state, network.scratch)
        y = blank_vector(network.outputs, weights, self.dtype)
        with np.errstate(all="ignore"):
            network.step(self._named(weights), self._constants, x, *states, s_next, y)
        return self._records.state(*(getattr(s_next, name) for name in network.state)), y

    def _named(self, weights: Any) -> Any:
        shapes = list(self.network.weights.values())
        return plain_record(self._records.weights, weights, weights, shapes)

    def _blank(self, cls: Any, weights: Any, *shapes: Any) -> Any:
        """A record of zeros."""
        flat = blank_vector(sum(size_of(group) for group in shapes), weights, self.dtype)
        second = flat[size_of(shapes[0]) :]
        return plain_record(cls, flat, second, [s for group in shapes for s in group.values()])


class Followed(NamedTuple):
    """Errors of the steps `first` to `last` − 1, followed back to step `reached`.

    They go from step to step through the states named in `through`, None for all of them.
    """

    first: int = 0
    last: int = NEVER
    reached: int = 0
    through: tuple[str, ...] | None = None


WHOLE = Followed()


class PlainEngine:
    """Errors and gradients of weights (population, weights) on one set of sequences."""

    def __init__(
        self, network: Network, error: Callable[..., Any], data: Any, dtype: np.dtype
    ) -> None:
        self.network, self.error, self.data, self.dtype = network, error, data, dtype
        forwards, ahead = network.directions
        self._forwards = PlainNetwork(forwards, dtype)
        self._ahead = None if ahead is None else PlainNetwork(ahead, dtype)
        self._fed = data.fed_back if data.kind == "sequence" else np.zeros((0, 0), bool)

    def on(self, data: Any) -> Self:
        """The same on other `data` of its kind."""
        return type(self)(self.network, self.error, data, self.dtype)

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """Judged errors (population, sequence), float64."""
        return np.array(
            [self._run(LaneArray(self._lanes(weights)), q)[0] for q in self._all()]
        ).T.astype(np.float64)

    def sums_and_gradients(
        self, weights: np.ndarray, scale: float, mode: GradientMode = REVERSE
    ) -> tuple[np.ndarray, np.ndarray]:
        """Judged errors (population, sequence), and `scale` × their sum's gradients, float64.

        The slow way to truncate: the whole sequence again for each time that errors are followed
        back, with weights that are not differentiated before the first step that they reach.
        """
        sums, gradients = np.zeros((len(weights), len(self.data.lengths))), np.zeros(weights.shape)
        for q in self._all():
            for followed in self._windows(q, mode):
                tape: list[PlainVariable] = []
                variables = leaves(self._lanes(weights), tape)
                total, result, _ = self._run(variables, q, followed)
                sums[:, q] += total
                if isinstance(result, PlainVariable):
                    result.adjoint = np.full_like(result.value, scale)
                    with np.errstate(all="ignore"):
                        sweep_plain(tape)
                gradients += np.array([v.adjoint for v in variables]).T
        return sums, gradients

    def _windows(self, q: int, mode: GradientMode) -> Iterator[Followed]:
        """Each time that errors of sequence `q` are followed back."""
        length = int(self.data.lengths[q])
        for first in range(0, length, mode.every):
            last = min(first + mode.every, length)
            yield Followed(first, last, max(last - mode.back, 0), mode.through)

    def sums_and_forward_gradients(
        self, weights: np.ndarray, scale: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """The same, by forward mode."""
        sums, gradients = [], np.zeros(weights.shape)
        for q in self._all():
            total, result, _ = self._run(seeds(self._lanes(weights)), q)
            sums.append(total)
            if isinstance(result, PlainDual):
                gradients += scale * result.tangent.T
        return np.array(sums).T.astype(np.float64), gradients

    def outputs(self, weights: np.ndarray) -> np.ndarray:
        """Outputs (sequence, time, output) of one vector of weights, float64."""
        return self.population_outputs(weights[np.newaxis])[0]

    def population_outputs(self, weights: np.ndarray) -> np.ndarray:
        """Outputs (population, sequence, time, output) of weights (population, weights)."""
        outputs = np.zeros((len(weights), *self.data.inputs.shape[:2], self.network.outputs))
        for q in self._all():
            kept = self._run(LaneArray(self._lanes(weights)), q)[2]
            outputs[:, q, : len(kept)] = np.moveaxis(np.array(kept), 2, 0)
        return outputs

    def pull_back(self, weights: np.ndarray, cotangents: np.ndarray) -> np.ndarray:
        """Gradients (population, weights): `cotangents` are derivatives by the outputs."""
        gradients = np.zeros(weights.shape)
        for q in self._all():
            tape: list[PlainVariable] = []
            variables = leaves(self._lanes(weights), tape)
            for t, y in enumerate(list(self._rolled_out(variables, q))):
                for o in range(self.network.outputs):
                    if isinstance(y[o], PlainVariable):
                        y[o].adjoint = y[o].adjoint + cotangents[:, q, t, o]
            with np.errstate(all="ignore"):
                sweep_plain(tape)
            gradients += np.array([v.adjoint for v in variables]).T
        return gradients

    def _all(self) -> range:
        return range(len(self.data.lengths))

    def _lanes(self, weights: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            return weights.T.astype(self.dtype)

    def _run(
        self, weights: Any, q: int, followed: Followed = WHOLE
    ) -> tuple[np.ndarray, Any, list[Any]]:
        """One row of the data: judged error per lane, as values and as numbers, and all outputs."""
        data = self.data
        total, kept = Number(np.zeros(lanes_of(weights), self.dtype)), []
        for t, y in enumerate(self._rolled_out(weights, q, followed)):
            if followed.first <= t < followed.last and data.judged[q, t] > 0.0:
                target = data.targets[q, t].astype(self.dtype)
                with np.errstate(all="ignore"):
                    total = self.error(y, target) * float(data.judged[q, t]) + total
            kept.append([np.array(detached(y[o]).value) for o in range(self.network.outputs)])
        return np.array(total.value), total, kept

    def _rolled_out(self, weights: Any, q: int, followed: Followed = WHOLE) -> Iterator[Any]:
        """The outputs of each step of sequence `q`."""
        width = lanes_of(weights)
        own = weights[: self._forwards.network.weight_count]
        behind = self._read_ahead(weights, q)
        seen = blank_vector(self.network.outputs, weights, self.dtype)
        reached = own if followed.reached == 0 else still(own)
        s = self._forwards.begin(reached, self._observe(q, 0, seen, width))
        for t in range(int(self.data.lengths[q])):
            reached = own if t >= followed.reached else still(own)
            s, y = self._forwards.advance(reached, self._observe(q, t, seen, width), s)
            seen = y
            if followed.through is not None:
                s, seen = going_through(s, followed.through), still(y)
            for o in range(self.network.outputs if behind else 0):
                y[o] = y[o] + behind[t][o]
            yield y

    def _read_ahead(self, weights: Any, q: int) -> dict[int, Any]:
        """The outputs of what reads ahead, by step; nothing where nothing does."""
        if self._ahead is None:
            return {}
        own, outputs = weights[self._forwards.network.weight_count :], {}
        width, s = lanes_of(weights), self._ahead.begin(own, None)
        for t in reversed(range(int(self.data.lengths[q]))):
            s, outputs[t] = self._ahead.advance(own, self._observe(q, t, None, width), s)
        return outputs

    def _observe(self, q: int, t: int, y: Any, width: int) -> Any:
        data, x = self.data, np.empty(self.network.inputs, object)
        for i in range(self.network.inputs):
            source = data.feedback[i] if self._fed[q, t] else -1
            given = np.full(width, data.inputs[q, t, i], self.dtype)
            x[i] = y[source] if source >= 0 else Number(given)
        return x


def still(vector: Any) -> Any:
    """The numbers of `vector`, an array of any shape, as ones that nothing is followed to."""
    out = np.empty(np.shape(vector), object)
    for index in np.ndindex(out.shape):
        out[index] = detached(vector[index])
    return out


def going_through(state: Any, through: tuple[str, ...]) -> Any:
    """`state`, with what is not named in `through` still."""
    named = state._asdict().items()
    return state._replace(**{name: still(part) for name, part in named if name not in through})


def elements(state: Any) -> list[Any]:
    """The numbers of a state, one after another."""
    return [number for field in state for number in np.ravel(field)]


def lanes_of(weights: Any) -> int:
    """How many genomes lie side by side in `weights`."""
    return weights.storage.shape[-1] if isinstance(weights, LaneArray) else len(weights[0].value)


def blank_vector(count: int, weights: Any, dtype: np.dtype) -> Any:
    """Zeros of the kind that the weights are: lanes, or objects that hold variables."""
    zeros = np.zeros((count, lanes_of(weights)), dtype)
    if isinstance(weights, LaneArray):
        return LaneArray(zeros)
    return numbers(zeros)

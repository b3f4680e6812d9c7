"""One network through one sequence (or a lane of either): the loop over time, and its loss.

The kernels differ in what lies in the lanes. With genomes in lanes the weights are vectors and the
inputs scalars; with sequences in lanes it is the other way round. The loop is the same code, and
does the same arithmetic in the same order, so a loss does not depend on the choice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core import types
from numba.extending import intrinsic, overload, register_jitable

from evornn.fitness.layout import Ahead, Buffers, Records, Sequence
from evornn.numerics.lanes import Lanes, view_lanes
from evornn.numerics.primitives import where
from evornn.numerics.records import record
from evornn.numerics.spread import row_as_lanes, spread

#: steps between two looks at the stop flag
STEPS_BETWEEN_LOOKS = 1024


def unjudged(weight: Any) -> bool:
    """Whether a step's weight is zero for all lanes at once."""


def _where_judged(weight: Any, new: Any, old: Any) -> Any:
    """`new` in the lanes that judge this step, which are all if `weight` is a scalar above zero."""


@overload(unjudged, strict=False)
def _unjudged_compiled(weight: Any) -> Any:
    if isinstance(weight, types.Float):
        return lambda weight: weight == 0.0
    return lambda weight: False


@overload(_where_judged, strict=False)
def _where_judged_compiled(weight: Any, new: Any, old: Any) -> Any:
    if isinstance(weight, Lanes):
        return lambda weight, new, old: where(weight > 0.0, new, old)
    return lambda weight, new, old: new


def _put_observed(x: Any, i: int, fed: Any, own: Any, given: Any) -> None:
    """Input `i`: in the lanes that are `fed` back their `own` output, in others the `given` one."""


@overload(_put_observed, strict=False)
def _put_observed_compiled(x: Any, i: Any, fed: Any, own: Any, given: Any) -> Any:
    def by_lane(x: Any, i: int, fed: Any, own: Any, given: Any) -> None:
        x[i] = where(fed > 0.0, own, given)

    def all_alike(x: Any, i: int, fed: Any, own: Any, given: Any) -> None:
        if fed > 0.0:
            x[i] = own
        else:
            x[i] = given

    return by_lane if isinstance(fed, Lanes) else all_alike


@register_jitable
def observe(x: Any, inputs: Any, fed: Any, t: int, outputs: Any, previous: int, data: Any) -> None:
    """The inputs of step `t`: given, or where `fed` back the outputs that begin at `previous`."""
    for i in range(x.shape[0]):
        o = data.feedback[i]
        if o >= 0:
            _put_observed(x, i, fed[t], outputs[previous + o], inputs[t, i])
        else:
            x[i] = inputs[t, i]


@register_jitable
def observed_freely(
    x: Any, inputs: Any, fed: Any, t: int, outputs: Any, previous: int, data: Any
) -> Any:
    """The inputs of step `t`, where outputs may be fed back."""
    observe(x, inputs, fed, t, outputs, previous, data)
    return x


@intrinsic
def observed_as_given(
    typingctx: Any, x: Any, inputs: Any, fed: Any, t: Any, outputs: Any, previous: Any, data: Any
) -> Any:
    """The inputs of step `t`, read where they lie."""
    ty, row = row_as_lanes(inputs, x)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return row(context, builder, args[1], args[3])

    return ty(x, inputs, fed, types.intp, outputs, types.intp, data), codegen


def reset_ended(states: Any, begin: int, count: int, end: Any, steps: int) -> None:
    """Zero the state of lanes that end after `steps` steps or before.

    A lane goes on until the longest of its group ends. Nobody judges it, but its state could
    overflow, and an infinite derivative times nothing would make the gradient NaN.
    """


@overload(reset_ended, strict=False)
def _reset_ended_compiled(states: Any, begin: Any, count: Any, end: Any, steps: Any) -> Any:
    if not isinstance(end, Lanes):
        return lambda states, begin, count, end, steps: None

    def compiled(states: Any, begin: Any, count: Any, end: Any, steps: Any) -> None:
        goes_on = end > steps
        for i in range(begin, begin + count):
            states[i] = where(goes_on, states[i], 0.0)

    return compiled


@register_jitable
def _add_ahead(y: Any, ahead: Any, t: int) -> None:
    """Add the outputs of the network that reads ahead."""
    for o in range(y.shape[0]):
        y[o] = y[o] + ahead.outputs[t * y.shape[0] + o]


@register_jitable
def _add_nothing(y: Any, ahead: Any, t: int) -> None:
    """Nothing reads ahead."""


@register_jitable
def _read_nothing(
    weights: Any, begin: int, sequence: Any, layout: Any, buffers: Any, keep: bool, stop: Any
) -> None:
    """Nothing reads ahead."""


def make_beginning(start: Callable[..., None] | None, records: Records) -> Callable[..., None]:
    """What writes the initial state, the first of `states`: `start`, or zeros."""
    State = records.state

    @register_jitable
    def zeros(w: Any, k: Any, x: Any, layout: Any, states: Any) -> None:
        for i in range(layout.state_size):
            states[i] = 0.0

    if start is None:
        return zeros

    @register_jitable
    def started(w: Any, k: Any, x: Any, layout: Any, states: Any) -> None:
        start(w, k, x, record(State, layout.state, states, 0, states))

    return started


def make_span(
    step: Callable[..., None],
    error: Callable[..., Any],
    records: Records,
    feeds_back: bool,
    reads_ahead: bool = False,
) -> Callable[..., Any]:
    """The loop over the steps from `first` to before `last`, from the state that is there.

    It goes on with the weighted sum of errors `total` and its `carry`, and gives both. The state of
    step t lies at row ``t & state_rows`` of the buffers, its output at row ``t & output_rows``.
    """
    Weights, Constants = records.weights, records.constants
    State, Following, Output = records.state, records.following, records.output
    observed = observed_freely if feeds_back else observed_as_given
    add_ahead = _add_ahead if reads_ahead else _add_nothing

    @register_jitable
    def span(
        weights: Any,
        begin: int,
        sequence: Any,
        data: Any,
        layout: Any,
        buffers: Any,
        first: int,
        last: int,
        state_rows: int,
        output_rows: int,
        total: Any,
        carry: Any,
        stop: Any,
    ) -> Any:
        w = record(Weights, layout.weights, weights, begin, weights)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        states, scratch, outputs = buffers.states, buffers.scratch, buffers.outputs
        state_size, output_size = layout.state_size, layout.output[0]
        for t in range(first, last):
            if t % STEPS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                break
            last_output = ((t - 1) & output_rows) * output_size
            x = observed(
                buffers.inputs, sequence.inputs, sequence.fed, t, outputs, last_output, data
            )
            before, after = t & state_rows, (t + 1) & state_rows
            s = record(State, layout.state, states, before * state_size, scratch)
            s_next = record(Following, layout.following, states, after * state_size, scratch)
            y = record(Output, layout.output, outputs, (t & output_rows) * output_size, scratch).y
            step(w, k, x, s, s_next, y)
            add_ahead(y, buffers.ahead, t)
            reset_ended(states, after * state_size, state_size, sequence.end, t + 1)
            if unjudged(sequence.judged[t]):
                continue
            # Kahan's sum: the loss keeps its digits over any number of steps. A lane that does
            # not judge adds nothing, not even a zero, which could move the carry.
            weight = sequence.judged[t]
            term = weight * error(y, sequence.targets[t]) - carry
            grown = total + term
            carry = _where_judged(weight, (grown - total) - term, carry)
            total = _where_judged(weight, grown, total)
        return total, carry

    return span


def make_rollout(
    start: Callable[..., None] | None,
    records: Records,
    feeds_back: bool,
    span: Callable[..., Any],
    read_ahead: Callable[..., None] | None = None,
) -> Callable[..., Any]:
    """One sequence from its beginning to its end, giving the weighted sum of its judged errors.

    The genome lies in `weights` from element `begin` on. `start` writes the initial state, which is
    zero without it; what `read_ahead` puts out is added to the outputs. `keep` keeps the states and
    outputs of all steps, one after another, in the buffers; otherwise these hold two states and one
    output, and the last ones stay.
    """
    Weights, Constants = records.weights, records.constants
    observed = observed_freely if feeds_back else observed_as_given
    initialise = make_beginning(start, records)
    read = read_ahead or _read_nothing

    @register_jitable
    def rollout(
        weights: Any,
        begin: int,
        sequence: Any,
        data: Any,
        layout: Any,
        buffers: Any,
        keep: bool,
        stop: Any,
    ) -> Any:
        read(weights, begin, sequence, layout, buffers, keep, stop)
        w = record(Weights, layout.weights, weights, begin, weights)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        outputs = buffers.outputs
        x = observed(buffers.inputs, sequence.inputs, sequence.fed, 0, outputs, 0, data)
        initialise(w, k, x, layout, buffers.states)
        outputs[0] = 0.0
        nothing, rows = outputs[0], (-1, -1) if keep else (1, 0)
        total, _ = span(
            weights, begin, sequence, data, layout, buffers, 0, sequence.length, rows[0], rows[1],
            nothing, nothing, stop,
        )  # fmt: skip
        return total

    return rollout


@register_jitable
def pack(genomes: Any, first: int, packed: Any) -> None:
    """Transpose genomes from `first` on into lanes; lanes left over repeat the last genome."""
    last = genomes.shape[0] - 1
    for lane in range(packed.shape[1]):
        row = min(first + lane, last)
        for gene in range(genomes.shape[1]):
            packed[gene, lane] = genomes[row, gene]


def make_buffers(view: Callable[..., Any]) -> Callable[..., Buffers]:
    """What sees the memory of one call as arrays of the numbers that `view` sees, outputs apart."""

    @register_jitable
    def buffers_of(work: Any, outputs: Any) -> Any:
        ahead = Ahead(
            view(work.ahead.states),
            view(work.ahead.scratch),
            view(work.ahead.outputs),
            view(work.ahead.adjoints),
        )
        return Buffers(
            view(work.states),
            view(work.scratch),
            view(work.inputs),
            outputs,
            ahead,
            view(work.saved),
            work.segment,
        )

    return buffers_of


buffers_of = make_buffers(view_lanes)


@register_jitable
def sequence_at(data: Any, q: int) -> Sequence:
    """Sequence `q` of the data for genomes in lanes."""
    return Sequence(
        data.inputs[q],
        data.targets[q],
        data.judged[q],
        data.lengths[q],
        data.ends[q],
        data.fed[q],
    )


@register_jitable
def group_at(data: Any, b: int) -> Sequence:
    """Group `b` of the data for sequences in lanes."""
    return Sequence(
        view_lanes(data.inputs)[b],
        view_lanes(data.targets)[b],
        view_lanes(data.judged)[b],
        data.lengths[b],
        view_lanes(data.ends)[b],
        view_lanes(data.fed)[b],
    )


def make_genome_kernel(
    rollout: Callable[..., Any], at: Callable[..., Any], keeps: bool
) -> Callable[..., None]:
    """Losses with a genome in each lane: `sums` (genome, row) of judged errors.

    ``at(data, q)`` is row q of the data: a sequence, or a tree. With `keeps`, `traces` (row, time ·
    outputs) takes the outputs of the last genome at every step, unless it is empty.
    """

    def genomes_in_lanes(
        genomes: Any, data: Any, layout: Any, work: Any, stop: Any, sums: Any, traces: Any
    ) -> None:
        width = work.weights.shape[1]
        packed, outputs = view_lanes(work.weights), view_lanes(work.outputs)
        buffers = buffers_of(work, outputs)
        for first in range(0, genomes.shape[0], width):
            pack(genomes, first, work.weights)
            for q in range(data.lengths.shape[0]):
                if stop[0] != 0:
                    return
                total = rollout(packed, 0, at(data, q), data, layout, buffers, keeps, stop)
                if keeps:
                    for i in range(traces.shape[1]):
                        traces[q, i] = work.outputs[i, width - 1]
                outputs[0] = total
                for lane in range(min(width, genomes.shape[0] - first)):
                    sums[first + lane, q] = work.outputs[0, lane]

    return genomes_in_lanes


def make_output_kernel(rollout: Callable[..., Any]) -> Callable[..., None]:
    """Outputs of every step, a genome in each lane: `found` (genome, sequence, time · outputs)."""

    def outputs_of_genomes(
        genomes: Any, data: Any, layout: Any, work: Any, stop: Any, found: Any
    ) -> None:
        width = work.weights.shape[1]
        packed = view_lanes(work.weights)
        buffers = buffers_of(work, view_lanes(work.outputs))
        for first in range(0, genomes.shape[0], width):
            pack(genomes, first, work.weights)
            for q in range(data.lengths.shape[0]):
                if stop[0] != 0:
                    return
                rollout(packed, 0, sequence_at(data, q), data, layout, buffers, True, stop)
                for lane in range(min(width, genomes.shape[0] - first)):
                    for i in range(data.lengths[q] * layout.output[0]):
                        found[first + lane, q, i] = work.outputs[i, lane]

    return outputs_of_genomes


def make_sequence_kernel(rollout: Callable[..., Any]) -> Callable[..., None]:
    """Losses with a sequence in each lane: `sums` (genome, group of sequences, lane).

    `traces` (genome, group, time · outputs, lane) takes the outputs of every step, unless its
    third axis has room for those of one step only.
    """

    def sequences_in_lanes(
        genomes: Any, data: Any, layout: Any, work: Any, stop: Any, sums: Any, traces: Any
    ) -> None:
        totals, outputs = view_lanes(sums), view_lanes(traces)
        keep = outputs.shape[2] > layout.output[0]
        for g in range(genomes.shape[0]):
            weights = spread(genomes[g], totals)
            for b in range(data.lengths.shape[0]):
                if stop[0] != 0:
                    return
                sequence = group_at(data, b)
                buffers = buffers_of(work, outputs[g, b])
                totals[g, b] = rollout(weights, 0, sequence, data, layout, buffers, keep, stop)

    return sequences_in_lanes

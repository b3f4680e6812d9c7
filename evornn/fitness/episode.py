"""A network in a body, through many trials at once: sense, step, move, until the end.

Each lane holds one genome in one trial. A lane whose trial has ended writes down its loss and takes
the next genome, or the first genome in the next trial, so that no lane waits for another as long as
there is work. What a lane computes does not depend on the others, nor on when it began; lanes that
find nothing more to do compute on, unheard, until the last one has ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable

from evornn.fitness.layout import Records, constants_layout, flat_constants
from evornn.fitness.rollout import STEPS_BETWEEN_LOOKS, make_beginning
from evornn.numerics.lanes import view_wide_lanes
from evornn.numerics.primitives import any_of, where
from evornn.numerics.records import extents, layout_of, record, record_class, size_of
from evornn.simulators.simulator import Dynamics, Simulator


@dataclass(frozen=True)
class BodyRecords:
    """The record classes of one simulator."""

    trial: Any
    constants: Any
    state: Any
    following: Any

    @property
    def layouts(self) -> tuple[Any, ...]:
        """Where the fields of each record lie, which is compiled into a kernel."""
        records = (self.trial, self.constants, self.state, self.following)
        return tuple(record.layout for record in records)

    @classmethod
    def of(cls, simulator: Simulator) -> BodyRecords:
        return cls(
            trial=record_class("Trial", layout_of(simulator.trial)),
            constants=record_class("BodyConstants", constants_layout(simulator)),
            state=record_class("Body", layout_of(simulator.state)),
            following=record_class("FollowingBody", layout_of(simulator.state, simulator.scratch)),
        )


class BodyLayout(NamedTuple):
    """Extents of the fields of each record (int64), and the values of the constants."""

    trial: np.ndarray
    constants: np.ndarray
    state: np.ndarray
    following: np.ndarray
    floats: np.ndarray
    integers: np.ndarray
    senses: np.ndarray
    state_size: int

    @classmethod
    def of(cls, simulator: Simulator, dtype: np.dtype) -> BodyLayout:
        shapes, floats, integers = flat_constants(simulator, dtype)
        return cls(
            trial=extents(simulator.trial),
            constants=shapes,
            state=extents(simulator.state),
            following=extents(simulator.state, simulator.scratch),
            floats=floats,
            integers=integers,
            senses=extents({"y": (simulator.sensors,)}),
            state_size=size_of(simulator.state),
        )


class EpisodeWork(NamedTuple):
    """Memory of one kernel call, each array (elements, lane).

    One row after another where every step is kept, else two states and one of the rest.
    """

    weights: np.ndarray
    states: np.ndarray
    first_states: np.ndarray  # of the network, in all lanes, where one has just begun
    scratch: np.ndarray
    bodies: np.ndarray
    first_bodies: np.ndarray  # of the trial that was begun last
    body_scratch: np.ndarray
    senses: np.ndarray
    outputs: np.ndarray
    noise: np.ndarray
    numbers: np.ndarray
    pairs: np.ndarray  # int64 (lane,): trial · genomes + genome, or NONE


#: rows of `EpisodeWork.numbers`: whether the trial goes on, its loss, steps made, most steps
ALIVE, LOSS, MADE, MOST = range(4)
#: the pair of a lane that has nothing to do
NONE = -1


def make_episodes(
    body: Dynamics,
    bodies: BodyRecords,
    step: Callable[..., None],
    start: Callable[..., None] | None,
    records: Records,
) -> Callable[..., Any]:
    """The kernel: `losses` and steps `made` (genome, trial).

    With `keep` the states of network and body, the senses and the outputs of all steps stay, row by
    row; there must be one genome and one trial, which is in the first lane.
    """
    begin, sense, move, goes_on, loss = body
    Trial, BodyConstants, Body, FollowingBody = (
        bodies.trial,
        bodies.constants,
        bodies.state,
        bodies.following,
    )
    Weights, Constants = records.weights, records.constants
    State, Following, Output = records.state, records.following, records.output
    initialise = make_beginning(start, records)

    def episodes(
        genomes: Any, trials: Any, noise: Any, steps: int, layout: Any, body_layout: Any, work: Any,
        keep: bool, stop: Any, losses: Any, made: Any,
    ) -> None:  # fmt: skip
        memory = memory_of(work)
        w = record(Weights, layout.weights, memory.weights, 0, memory.weights)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        kb = record(
            BodyConstants, body_layout.constants, body_layout.floats, 0, body_layout.integers
        )
        states, scratch, outputs = memory.states, memory.scratch, memory.outputs
        bodies, body_scratch, senses = memory.bodies, memory.body_scratch, memory.senses
        numbers, n = memory.numbers, memory.noise
        state_size, body_size = layout.state_size, body_layout.state_size
        motors, sensors = layout.output[0], body_layout.senses[0]
        two, one = (-1, -1) if keep else (1, 0)
        count, channels = genomes.shape[0], noise.shape[2]
        work.pairs[:] = NONE
        work.numbers[ALIVE] = 0.0
        following, begun, busy, t, some_ended = 0, NONE, 0, 0, True
        while True:
            if t % STEPS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                return
            before, after, row = t & two, (t + 1) & two, t & one
            some_begin = False
            if some_ended:
                busy -= _write_down(work, count, losses, made)
                for lane in range(work.pairs.shape[0]):
                    if work.pairs[lane] == NONE and following < count * trials.shape[0]:
                        q = following // count
                        if q != begun:
                            trial = record(Trial, body_layout.trial, trials[q], 0, trials[q])
                            first = memory.first_bodies
                            begin(kb, trial, record(Body, body_layout.state, first, 0, first))
                            begun = q
                        _fill(work, lane, following, genomes, steps)
                        _copy_lane(work.first_bodies, lane, work.bodies, before * body_size)
                        following += 1
                        busy += 1
                        some_begin = True
                if busy == 0:
                    return
            if channels > 0:
                _draw(work, count, noise)
            b = record(Body, body_layout.state, bodies, before * body_size, body_scratch)
            b_next = record(
                FollowingBody, body_layout.following, bodies, after * body_size, body_scratch
            )
            x = record(Output, body_layout.senses, senses, row * sensors, scratch).y
            y = record(Output, layout.output, outputs, row * motors, scratch).y
            sense(kb, b, n, x)
            if some_begin:
                initialise(w, k, x, layout, memory.first_states)
                for lane in range(work.pairs.shape[0]):
                    if work.numbers[MADE, lane] == 0.0:
                        _copy_lane(work.first_states, lane, work.states, before * state_size)
            s = record(State, layout.state, states, before * state_size, scratch)
            s_next = record(Following, layout.following, states, after * state_size, scratch)
            step(w, k, x, s, s_next, y)
            move(kb, y, n, b, b_next)
            was_alive = numbers[ALIVE]
            numbers[LOSS] = where(was_alive > 0.0, loss(kb, b_next), numbers[LOSS])
            numbers[MADE] = numbers[MADE] + was_alive
            unfinished = goes_on(kb, b_next) & (numbers[MADE] < numbers[MOST])
            alive = where(unfinished, was_alive, 0.0)
            numbers[ALIVE] = alive
            some_ended = any_of(alive < was_alive)
            t += 1

    return episodes


@register_jitable
def _write_down(work: Any, count: int, losses: Any, made: Any) -> int:
    """Results of the lanes whose trials have ended, which are free then: how many these are."""
    free = 0
    for lane in range(work.pairs.shape[0]):
        pair = work.pairs[lane]
        if pair != NONE and work.numbers[ALIVE, lane] == 0.0:
            losses[pair % count, pair // count] = work.numbers[LOSS, lane]
            made[pair % count, pair // count] = work.numbers[MADE, lane]
            work.pairs[lane] = NONE
            free += 1
    return free


@register_jitable
def _fill(work: Any, lane: int, pair: int, genomes: Any, steps: int) -> None:
    """Hand a pair to a free lane."""
    genome = pair % genomes.shape[0]
    for i in range(genomes.shape[1]):
        work.weights[i, lane] = genomes[genome, i]
    work.pairs[lane] = pair
    work.numbers[ALIVE, lane] = 1.0
    work.numbers[MADE, lane] = 0.0
    work.numbers[MOST, lane] = steps


@register_jitable
def _copy_lane(source: Any, lane: int, target: Any, begin: int) -> None:
    """All elements of one lane, to those of `target` from `begin` on."""
    for i in range(source.shape[0]):
        target[begin + i, lane] = source[i, lane]


@register_jitable
def _draw(work: Any, count: int, noise: Any) -> None:
    """The noise of this step of each lane's own trial."""
    for lane in range(work.pairs.shape[0]):
        pair = work.pairs[lane]
        if pair != NONE:
            t = int(work.numbers[MADE, lane])
            for i in range(noise.shape[2]):
                work.noise[i, lane] = noise[pair // count, t, i]


@register_jitable
def memory_of(work: Any) -> Any:
    """The memory of one call as arrays of lanes."""
    return EpisodeWork(
        view_wide_lanes(work.weights),
        view_wide_lanes(work.states),
        view_wide_lanes(work.first_states),
        view_wide_lanes(work.scratch),
        view_wide_lanes(work.bodies),
        view_wide_lanes(work.first_bodies),
        view_wide_lanes(work.body_scratch),
        view_wide_lanes(work.senses),
        view_wide_lanes(work.outputs),
        view_wide_lanes(work.noise),
        view_wide_lanes(work.numbers),
        work.pairs,
    )

"""A network in a body, through one trial (or a lane of trials): sense, step, move, until the end.

With genomes in the lanes a trial's numbers are scalars; with trials in the lanes the weights are.
The loop is the same code and does the same arithmetic, so a loss does not depend on the choice. A
lane that has ended computes on, unheard; once all have, the loop is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable

from evornn.fitness.layout import Records, constants_layout, flat_constants
from evornn.fitness.rollout import STEPS_BETWEEN_LOOKS, make_beginning
from evornn.fitness.rollout_kernels import pack
from evornn.numerics.lanes import view_lanes
from evornn.numerics.primitives import any_of, where
from evornn.numerics.records import extents, layout_of, record, record_class, size_of
from evornn.numerics.spread import spread
from evornn.simulators.simulator import Simulator


class BodyParts(NamedTuple):
    """The functions of a simulator that a kernel is made of."""

    begin: Callable[..., None]
    sense: Callable[..., None]
    move: Callable[..., None]
    goes_on: Callable[..., Any]
    loss: Callable[..., Any]

    @classmethod
    def of(cls, simulator: Simulator) -> BodyParts:
        return cls(*(getattr(simulator, name) for name in cls._fields))


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
    scratch: np.ndarray
    bodies: np.ndarray
    body_scratch: np.ndarray
    senses: np.ndarray
    outputs: np.ndarray
    numbers: np.ndarray  # alive, loss, steps made


def make_episode(
    body: BodyParts,
    bodies: BodyRecords,
    step: Callable[..., None],
    start: Callable[..., None] | None,
    records: Records,
) -> Callable[..., Any]:
    """The loop over control steps: leaves the loss in ``numbers[1]``, the steps in ``numbers[2]``.

    With `keep` the states of network and body, the senses and the outputs of all steps stay.
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

    @register_jitable
    def episode(
        weights: Any,
        trial_numbers: Any,
        noise: Any,
        steps: int,
        layout: Any,
        body_layout: Any,
        memory: Any,
        keep: bool,
        stop: Any,
    ) -> None:
        w = record(Weights, layout.weights, weights, 0, weights)
        k = record(Constants, layout.constants, layout.floats, 0, layout.integers)
        trial = record(Trial, body_layout.trial, trial_numbers, 0, trial_numbers)
        kb = record(
            BodyConstants, body_layout.constants, body_layout.floats, 0, body_layout.integers
        )
        states, scratch, outputs = memory.states, memory.scratch, memory.outputs
        bodies, body_scratch, senses = memory.bodies, memory.body_scratch, memory.senses
        numbers = memory.numbers
        state_size, body_size = layout.state_size, body_layout.state_size
        motors, sensors = layout.output[0], body_layout.senses[0]
        two, one = (-1, -1) if keep else (1, 0)
        begin(kb, trial, record(Body, body_layout.state, bodies, 0, body_scratch))
        numbers[0] = 1.0
        numbers[2] = 0.0
        for t in range(steps):
            if t % STEPS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                break
            before, after, row = t & two, (t + 1) & two, t & one
            n = noise[t % noise.shape[0]]
            b = record(Body, body_layout.state, bodies, before * body_size, body_scratch)
            b_next = record(
                FollowingBody, body_layout.following, bodies, after * body_size, body_scratch
            )
            x = record(Output, body_layout.senses, senses, row * sensors, scratch).y
            y = record(Output, layout.output, outputs, row * motors, scratch).y
            sense(kb, b, n, x)
            if t == 0:
                initialise(w, k, x, layout, states)
            s = record(State, layout.state, states, before * state_size, scratch)
            s_next = record(Following, layout.following, states, after * state_size, scratch)
            step(w, k, x, s, s_next, y)
            move(kb, y, n, b, b_next)
            alive = numbers[0] > 0.0
            numbers[1] = where(alive, loss(kb, b_next), numbers[1])
            numbers[2] = numbers[2] + numbers[0]
            numbers[0] = where(goes_on(kb, b_next), numbers[0], 0.0)
            if not any_of(numbers[0] > 0.0):
                break

    return episode


@register_jitable
def memory_of(work: Any) -> Any:
    """The memory of one call as arrays of lanes."""
    return EpisodeWork(
        view_lanes(work.weights),
        view_lanes(work.states),
        view_lanes(work.scratch),
        view_lanes(work.bodies),
        view_lanes(work.body_scratch),
        view_lanes(work.senses),
        view_lanes(work.outputs),
        view_lanes(work.numbers),
    )


def make_genome_episodes(episode: Callable[..., Any]) -> Callable[..., None]:
    """A genome in each lane: `losses` and steps `made` (genome, trial)."""

    def genomes_in_bodies(
        genomes: Any, trials: Any, noise: Any, steps: int, layout: Any, body: Any, work: Any,
        stop: Any, losses: Any, made: Any,
    ) -> None:  # fmt: skip
        width = work.weights.shape[1]
        memory = memory_of(work)
        for first in range(0, genomes.shape[0], width):
            pack(genomes, first, work.weights)
            for q in range(trials.shape[0]):
                if stop[0] != 0:
                    return
                episode(
                    memory.weights, trials[q], noise[q], steps, layout, body, memory, False, stop
                )
                for lane in range(min(width, genomes.shape[0] - first)):
                    losses[first + lane, q] = work.numbers[1, lane]
                    made[first + lane, q] = work.numbers[2, lane]

    return genomes_in_bodies


def make_trial_episodes(episode: Callable[..., Any]) -> Callable[..., None]:
    """A trial in each lane: `losses` and steps `made` (genome, group of trials, lane).

    With `keep` the memory of the call holds every step of the last genome in the last group.
    """

    def trials_in_lanes(
        genomes: Any, trials: Any, noise: Any, steps: int, layout: Any, body: Any, work: Any,
        keep: bool, stop: Any, losses: Any, made: Any,
    ) -> None:  # fmt: skip
        memory = memory_of(work)
        numbers, draws = view_lanes(trials), view_lanes(noise)
        found, steps_made = view_lanes(losses), view_lanes(made)
        for g in range(genomes.shape[0]):
            weights = spread(genomes[g], memory.numbers)
            for b in range(trials.shape[0]):
                if stop[0] != 0:
                    return
                episode(weights, numbers[b], draws[b], steps, layout, body, memory, keep, stop)
                found[g, b] = memory.numbers[1]
                steps_made[g, b] = memory.numbers[2]

    return trials_in_lanes

"""Ways to follow a gradient, by name: what `Fitness.value_and_grad` and runs are told.

    reverse                 back-propagation through time (Werbos 1990)
    checkpointed            the same bits, with few of the states kept: see `segments`
    truncated:k1,k2         BPTT(k2; k1): every k1 steps the gradient of the errors since the last
                            time is followed back through k2 steps, theirs and those before
                            (Williams & Peng 1990, An efficient gradient-based algorithm for on-line
                            training of recurrent network trajectories)
    through:c               errors go from step to step through the state c alone, or several: with
                            the cell of an LSTM the rule that it was trained by (Hochreiter &
                            Schmidhuber 1997): errors leave a cell through no gate
    forward                 real-time recurrent learning (Williams & Zipser 1989): see `forward`
    hybrid, hybrid:h        blocks of h steps by back-propagation, joined by real-time recurrent
                            learning (Schmidhuber 1992): see `hybrid`; h is the number of states

What one genome's gradient costs, in network steps: a step back does twice the arithmetic of one
forwards (Griewank & Walther 2008, the cheap gradient principle), a tangent pushed through a step
about as much as the step. Steps that are computed again from a saved state are not counted: whether
they are depends on memory, not on the method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_choice
from evornn.errors import ConfigurationError
from evornn.networks.network import Network

#: what one genome's whole gradient costs in evaluations: one pass forward, and one backward that
#: does twice the arithmetic
GRADIENT_COST = 3
KINDS = ("reverse", "checkpointed", "truncated", "through", "forward", "hybrid")
#: further than any sequence is long
NEVER = 1 << 62


@dataclass(frozen=True)
class GradientMode:
    """One way to follow a gradient: its `kind`, and what is said behind the colon.

    `every` and `back` are the k1 and k2 of a truncated gradient, `through` the states that errors
    go through, None for all; `block` is the h of a hybrid, None for as many as there are states.
    """

    kind: str = "reverse"
    every: int = NEVER
    back: int = NEVER
    through: tuple[str, ...] | None = None
    block: int | None = None

    def steps(self, lengths: np.ndarray, weights: int, states: int) -> int:
        """Network steps beyond those forwards for one genome, sequences of these `lengths`.

        `states` are the numbers that are carried from step to step.
        """
        if self.kind == "forward":
            return weights * int(lengths.sum())
        if self.kind == "hybrid":
            # Back from the errors, and from every state.
            return (states + 1) * (GRADIENT_COST - 1) * int(lengths.sum())
        back = 0
        for length in lengths.tolist():
            ends = [*range(self.every, length, self.every), length]
            back += sum(min(end, self.back) for end in ends)
        return (GRADIENT_COST - 1) * back


REVERSE = GradientMode()


def flowing(network: Network, through: tuple[str, ...] | None) -> np.ndarray:
    """Which numbers of the state (state,) are those named in `through`, or all of them; bool."""
    state = network.state
    named = [np.full(shape, through is None or name in through) for name, shape in state.items()]
    return np.concatenate([np.zeros(0, bool), *(part.ravel() for part in named)])


def gradient_mode(text: object) -> GradientMode:
    """The mode that `text` names; ConfigurationError where there is none."""
    if not isinstance(text, str):
        raise ConfigurationError(f"a gradient is named by a text such as 'reverse', got {text!r}")
    kind, colon, given = text.partition(":")
    check_choice("mode", kind, KINDS)
    if bool(colon) != (kind in _READERS) and kind != "hybrid":
        shape = f"{kind}:{_SHAPES[kind]}" if kind in _READERS else kind
        raise ConfigurationError(f"mode {text!r}: write {shape}")
    return _READERS[kind](text, given) if colon else GradientMode(kind)


def _truncated(text: str, given: str) -> GradientMode:
    numbers = given.split(",")
    if len(numbers) != 2 or not all(number.strip().isdecimal() for number in numbers):
        raise ConfigurationError(f"mode {text!r}: write two whole numbers, truncated:k1,k2")
    every, back = (min(int(number), NEVER) for number in numbers)
    if not 1 <= every <= back:
        raise ConfigurationError(
            f"mode {text!r}: errors of k1 steps cannot be followed back through fewer; write "
            "truncated:k1,k2 with 1 <= k1 <= k2"
        )
    return GradientMode("truncated", every, back)


def _through(text: str, given: str) -> GradientMode:
    names = tuple(name.strip() for name in given.split(","))
    if not all(names):
        raise ConfigurationError(f"mode {text!r}: name the states that errors go through")
    return GradientMode("through", through=names)


def _hybrid(text: str, given: str) -> GradientMode:
    if not given.strip().isdecimal() or int(given) < 1:
        raise ConfigurationError(f"mode {text!r}: write the length of a block, hybrid:h")
    return GradientMode("hybrid", block=int(given))


_READERS = {"truncated": _truncated, "through": _through, "hybrid": _hybrid}
_SHAPES = {"truncated": "k1,k2", "through": "STATE"}

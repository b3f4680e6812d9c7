"""What a run costs, in each of the units that a comparison can be drawn against.

==================  ============================================================================
``evaluations``     of one genome; a gradient counts as three
``forward_steps``   steps of a network forwards, one per genome, sequence and time step
``backward_steps``  the same of the backward sweeps of gradients, two per step (none without them)
``network_steps``   both together
``seconds``         wall time
==================  ============================================================================
"""

from __future__ import annotations

from typing import Literal, cast, get_args

from evornn.checks import check_choice

Cost = Literal["evaluations", "forward_steps", "backward_steps", "network_steps", "seconds"]
COSTS: tuple[str, ...] = get_args(Cost)


def checked_cost(against: str) -> Cost:
    """`against`; ConfigurationError where it is none of `COSTS`."""
    check_choice("against", against, COSTS)
    return cast(Cost, against)


def in_words(cost: str) -> str:
    """`cost` as a heading: ``forward steps``."""
    return cost.replace("_", " ")

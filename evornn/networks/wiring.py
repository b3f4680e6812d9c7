"""The wiring of networks whose weights are stacked by gates, row by row: gate g of unit j is row
g n + j of n units.

    W (rows, inputs)   from the inputs           V (outputs, n)   from the units to the outputs
    U (rows, n)        from the units            c (outputs,)     the outputs' biases
    b, p, τ … (rows,)  of a unit alone

With a readout, V and c, its outputs are units too, after the others. In a CTRNN U is called w.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evornn.wiring import BIAS, Wiring


def stacked_wiring(network: Any) -> Wiring:
    """The wiring of a `network` that has these blocks and no others, for each weight in turn."""
    n, m, o = network.hidden, network.inputs, network.outputs
    units, inputs, readout = np.arange(n), n + np.arange(m), n + np.arange(o)
    if "V" in network.weights:
        inputs = inputs + o
    sources, targets = [], []
    for name, shape in network.weights.items():
        rows = readout if name in ("V", "c") else np.arange(shape[0]) % n
        columns = {1: np.array([BIAS])}.get(len(shape), inputs if name == "W" else units)
        targets.append(np.repeat(rows, len(columns)))
        sources.append(np.tile(columns, len(rows)))
    outputs = readout if "V" in network.weights else units[:o]
    return Wiring(
        np.concatenate(sources), np.concatenate(targets), inputs[0], m, tuple(outputs.tolist())
    )

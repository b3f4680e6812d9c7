"""Liquid state machines."""

import numpy as np

from evornn.networks import LiquidState

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

#: many enough neurons that all kinds of synapses are there
RICHEST = LiquidState(**(SIZES | {"hidden": 30}), connectivity=4.0, seed=1)
VARIANTS = [
    LiquidState(**SIZES),
    LiquidState(**(SIZES | {"hidden": 20}), dt=0.5, connectivity=9.0),
    LiquidState(**(SIZES | {"hidden": 20}), dynamic_synapses=False, synaptic_scaling=0.3, seed=2),
]
MISTAKES = [
    ({"connectivity": 0.0}, "LiquidState.connectivity .*0.0"),
    ({"dt": 2.5}, "LiquidState.dt .*at most 2.*2.5"),
    ({"dt": 0.0}, "LiquidState.dt .*0.0"),
    ({"dynamic_synapses": 1}, "LiquidState.dynamic_synapses .*1"),
    ({"synaptic_scaling": -1.0}, "LiquidState.synaptic_scaling .*-1.0"),
    ({"seed": -1}, "LiquidState.seed .*-1"),
]


def draw_inputs(rng, network, steps):
    """Spikes in one step of three, and stronger ones now and then."""
    spikes = rng.random((steps, network.inputs)) < 0.3
    return np.where(spikes, rng.uniform(1.0, 4.0, spikes.shape), 0.0)

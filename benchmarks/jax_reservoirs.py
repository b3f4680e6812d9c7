"""Reservoirs in JAX, from the published equations in matrix form; makers as in `jax_cells`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.jax_cells import Weights
from benchmarks.peers_jax import Outputs, recurrence
from evornn.networks import ESN, LiquidState, Memristive
from evornn.networks.circuit import projector
from evornn.networks.liquid_state import (
    BACKGROUND,
    REFRACTORY,
    RESET,
    TAU_EXCITATORY,
    TAU_INHIBITORY,
    TAU_MEMBRANE,
    TAU_READOUT,
    THRESHOLD,
)


def esn(network: ESN) -> Outputs:
    """With output feedback, so that every genome has states of its own."""
    fixed, a = network.reservoir, network.leak
    W = fixed.recurrent().toarray().astype(np.float32)
    W_in, bias, W_fb = (m.astype(np.float32) for m in (fixed.W_in, fixed.bias, fixed.W_fb))

    def step(w: Weights, state: Any, u: Any) -> tuple[Any, Any]:
        x, y = state
        x = (1 - a) * x + a * jnp.tanh(W_in @ u + bias + W @ x + W_fb @ y)
        y = w["W_out"] @ jnp.concatenate([jnp.ones(1), u, x])
        return (x, y), y

    return recurrence(step, (jnp.zeros(network.hidden), jnp.zeros(network.outputs)))


def liquid_state(network: LiquidState) -> Outputs:
    """Spikes that no weight changes: once for all genomes and calls, as evornn has them."""
    column, dt, n = network.liquid, network.dt, network.hidden
    e_m, e_E, e_I, e_f = np.exp(
        -dt / np.array([TAU_MEMBRANE, TAU_EXCITATORY, TAU_INHIBITORY, TAU_READOUT])
    )
    gain_E = TAU_EXCITATORY / (TAU_MEMBRANE - TAU_EXCITATORY) * (e_m - e_E)
    gain_I = TAU_INHIBITORY / (TAU_MEMBRANE - TAU_INHIBITORY) * (e_m - e_I)
    e_D, e_F = np.exp(-dt / column.D), np.exp(-dt / column.F)
    target = np.repeat(np.arange(n), np.diff(column.begin))
    # (n, synapses): strength of each synapse at the neuron that it reaches, by kind.
    reached = np.where(target == np.arange(n)[:, np.newaxis], column.A, 0.0)
    inhibitory = column.inhibitory[column.source] == 1
    A_E, A_I = reached * ~inhibitory, reached * inhibitory
    held_steps = np.rint(REFRACTORY[column.inhibitory] / dt)

    def step(state: Any, x: Any) -> tuple[Any, Any]:
        v, I_E, I_I, held, z, f, used, depleted = state
        # Facilitation as it fades, and 1 − R as it recovers, moved on by the spikes that arrive.
        arriving, used, depleted = z[column.source], used * e_F, depleted * e_D
        use = column.U + used * (1 - column.U)
        amplitude = use * (1 - depleted)
        used = jnp.where(arriving > 0, use, used)
        depleted = jnp.where(arriving > 0, depleted + amplitude, depleted)
        I_E = I_E + A_E @ (arriving * amplitude) + column.W_in @ x
        I_I = I_I + A_I @ (arriving * amplitude)
        v = e_m * v + (1 - e_m) * BACKGROUND + gain_E * I_E + gain_I * I_I
        v = jnp.where(held > 0, RESET, v)
        fires = v > THRESHOLD
        z, v = fires.astype(v.dtype), jnp.where(fires, RESET, v)
        held = jnp.where(fires, held_steps, jnp.maximum(held - 1, 0))
        f = e_f * f + z
        state = (v, e_E * I_E, e_I * I_I, held, z, f, used, depleted)
        return state, jnp.concatenate([jnp.ones(1), f])

    neurons, synapses = jnp.zeros(n), jnp.zeros(len(target))
    start = (jnp.asarray(column.voltage), *(neurons,) * 5, synapses, synapses)

    def outputs(w: Weights, inputs: Any) -> Any:
        with jax.ensure_compile_time_eval():
            traces = jax.lax.scan(step, start, inputs)[1]
        return traces @ w["W_out"].T

    return outputs


def memristive(network: Memristive) -> Outputs:
    """The published form "xi", its currents by solving (I + ξ Ω W) i = Ω S."""
    Omega = projector(network.loops).astype(np.float32)
    identity = np.eye(network.hidden, dtype=np.float32)

    def step(w: Weights, memory: Any, x: Any) -> tuple[Any, Any]:
        S = w["W_in"] @ x + w["b"]
        i = jnp.linalg.solve(identity + network.xi * Omega * memory, Omega @ S)
        memory = memory + network.dt * (network.alpha * memory - i / network.beta)
        memory = jnp.clip(memory, 0.0, 1.0)
        return memory, w["W_out"] @ jnp.concatenate([jnp.ones(1), memory, i])

    return recurrence(step, jnp.full(network.hidden, network.memory))


CELLS: dict[str, Callable[[Any], Outputs]] = {
    "esn": esn,
    "liquid_state": liquid_state,
    "memristive": memristive,
}

"""Recurrent networks in JAX, each from its published equation in matrix form.

A maker takes a network of `evornn.networks`, for its sizes and constants, and gives its outputs as
a function of weights by name and inputs (`benchmarks.peers_jax.Outputs`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import peers_jax
from benchmarks.peers_jax import Outputs, recurrence
from evornn.networks import (
    IIR,
    MTRNN,
    Clockwork,
    Graph,
    HistoryCompressor,
    IndRNN,
    Network,
    RecurrentMLP,
    SecondOrder,
)

Weights = dict[str, Any]


def part(w: Weights, prefix: str) -> Weights:
    """The weights of one layer, by its own names."""
    return {name.removeprefix(prefix): v for name, v in w.items() if name.startswith(prefix)}


def fully_recurrent(network: Network) -> Outputs:
    return recurrence(peers_jax.fully_recurrent, jnp.zeros(network.state["h"]))


def lstm(network: Network) -> Outputs:
    zeros = jnp.zeros(network.state["h"])
    return recurrence(peers_jax.lstm, (zeros, zeros))


def gru(network: Network) -> Outputs:
    return recurrence(peers_jax.gru, jnp.zeros(network.state["h"]))


def ctrnn(network: Network) -> Outputs:
    return recurrence(peers_jax.ctrnn, jnp.zeros(network.state["y"]))


def jordan(network: Network) -> Outputs:
    def step(w: Weights, s: Any, x: Any) -> tuple[Any, Any]:
        y = w["V"] @ jnp.tanh(w["W"] @ x + w["U"] @ s + w["b"]) + w["c"]
        return y, y

    return recurrence(step, jnp.zeros(network.outputs))


def mtrnn(network: MTRNN) -> Outputs:
    def relax(u: Any, a: Any, tau: float) -> Any:
        return (1 - 1 / tau) * u + a / tau

    def step(w: Weights, state: Any, x: Any) -> tuple[Any, Any]:
        u_f, u_s, u_o = state
        c_f, c_s = jnp.tanh(u_f + w["b_f"]), jnp.tanh(u_s + w["b_s"])
        a_f = w["W_f"] @ x + w["U_ff"] @ c_f + w["U_fs"] @ c_s
        a_s = w["U_sf"] @ c_f + w["U_ss"] @ c_s
        a_o = w["W_o"] @ x + w["U_of"] @ c_f
        u_f = relax(u_f, a_f, network.tau_fast)
        u_s = relax(u_s, a_s, network.tau_slow)
        u_o = relax(u_o, a_o, network.tau_output)
        return (u_f, u_s, u_o), u_o + w["b_o"]

    def outputs(w: Weights, inputs: Any) -> Any:
        start = (jnp.zeros(network.hidden), w["u_s0"], jnp.zeros(network.outputs))
        return recurrence(step, start)(w, inputs)

    return outputs


def clockwork(network: Clockwork) -> Outputs:
    # Units of equal modules; each hears its own module and the slower ones.
    sizes = [len(part) for part in np.array_split(np.arange(network.hidden), len(network.periods))]
    periods = np.repeat(network.periods, sizes)
    rows, columns = np.nonzero(periods[:, np.newaxis] <= periods)

    def step(w: Weights, state: Any, x: Any) -> tuple[Any, Any]:
        h, t = state
        h = jnp.where(t % periods == 0, jnp.tanh(w["W"] @ x + w["U"] @ h + w["b"]), h)
        return (h, t + 1), w["V"] @ h + w["c"]

    def outputs(w: Weights, inputs: Any) -> Any:
        U = jnp.zeros((network.hidden, network.hidden)).at[rows, columns].set(w["U"])
        return recurrence(step, (jnp.zeros(network.hidden), 0))({**w, "U": U}, inputs)

    return outputs


def recurrent_mlp(network: RecurrentMLP) -> Outputs:
    def step(w: Weights, state: Any, x: Any) -> tuple[Any, Any]:
        layers = []
        for level, (h, f) in enumerate(zip(state, functions, strict=True)):
            own = part(w, f"layer{level}_")
            x = f(own["W"] @ x + own["U"] @ h + own["b"])
            layers.append(x)
        return tuple(layers), x

    functions = [jnp.tanh] * len(network.sizes) + [lambda a: a]
    start = tuple(jnp.zeros(n) for n in (*network.sizes, network.outputs))
    return recurrence(step, start)


def iir(network: IIR) -> Outputs:
    functions = [jnp.tanh] * (len(network.widths) - 2) + [lambda a: a]

    def step(w: Weights, state: Any, x: Any) -> tuple[Any, Any]:
        lines = []
        for level, ((x_line, y_line), f) in enumerate(zip(state, functions, strict=True)):
            own = part(w, f"layer{level}_")
            taps = jnp.vstack([x, x_line])
            y = jnp.einsum("nmp,pm->nm", own["w"], taps)
            y = y + jnp.einsum("nmp,pnm->nm", own["v"], y_line)
            lines.append((taps[:-1], jnp.concatenate([y[jnp.newaxis], y_line[:-1]])))
            x = f(y.sum(axis=1) + own["b"])
        return tuple(lines), x

    start = tuple(
        (jnp.zeros((layer.P, layer.inputs)), jnp.zeros((layer.Q, layer.outputs, layer.inputs)))
        for layer in network.parts.values()
    )
    return recurrence(step, start)


def graph(network: Graph) -> Outputs:
    """Delays of at most one step, from the inputs over the other units to one output."""
    place = {name: i for i, name in enumerate(network.nodes)}
    delays, rows, columns = np.array(
        [(e.delay, place[e.target] - network.inputs, place[e.source]) for e in network.edges]
    ).T
    n, shown = len(network.units), place["y0"] - network.inputs

    def step(w: Weights, before: Any, x: Any) -> tuple[Any, Any]:
        s = w["W"][:, network.inputs :] @ before + w["W0"][:, : network.inputs] @ x + w["b"]
        z = jnp.tanh(s).at[shown].set(s[shown])
        y = s[shown] + w["W0"][shown, network.inputs :] @ z
        return z.at[shown].set(y), y[jnp.newaxis]

    def outputs(w: Weights, inputs: Any) -> Any:
        W = jnp.zeros((2, n, n + network.inputs)).at[delays, rows, columns].set(w["w"])
        return recurrence(step, jnp.zeros(n))({"W0": W[0], "W": W[1], "b": w["b"]}, inputs)

    return outputs


def indrnn(network: IndRNN) -> Outputs:
    def step(w: Weights, h: Any, x: Any) -> tuple[Any, Any]:
        a = jax.nn.relu(w["W"] @ x + w["u"][0] * h[0] + w["b"][0])
        layers = [a]
        for level in range(1, network.layers):
            a = w["W_above"][level - 1] @ a + w["u"][level] * h[level] + w["b"][level]
            layers.append(a := jax.nn.relu(a))
        return jnp.stack(layers), w["V"] @ a + w["c"]

    return recurrence(step, jnp.zeros(network.state["h"]))


def stack(network: Network) -> Outputs:
    """Two LSTMs, the upper one with a readout."""

    def step(w: Weights, state: Any, x: Any) -> tuple[Any, Any]:
        below = peers_jax.lstm_units(part(w, "layer0_"), state[0], x)
        above, y = peers_jax.lstm(part(w, "layer1_"), state[1], below[0])
        return (below, above), y

    zeros = jnp.zeros(network.state["layer0_h"])
    return recurrence(step, ((zeros, zeros), (zeros, zeros)))


def bidirectional(network: Network) -> Outputs:
    """An LSTM in each direction, their outputs added up."""

    def outputs(w: Weights, inputs: Any) -> Any:
        forwards = partial(peers_jax.lstm, part(w, "forwards_"))
        ahead = partial(peers_jax.lstm, part(w, "ahead_"))
        y = jax.lax.scan(forwards, (zeros, zeros), inputs)[1]
        return y + jax.lax.scan(ahead, (zeros, zeros), inputs, reverse=True)[1]

    zeros = jnp.zeros(network.state["h"])
    return outputs


def second_order(network: SecondOrder) -> Outputs:
    def step(w: Weights, S: Any, x: Any) -> tuple[Any, Any]:
        a = jnp.einsum("ijk,j,k->i", w["W"], S, x)
        return jax.nn.sigmoid(a), a[: network.outputs]

    return recurrence(step, jnp.eye(network.hidden)[0])


def history_compressor(network: HistoryCompressor) -> Outputs:
    """Two levels."""

    def move(w: Weights, ticks: Any, h: Any, p: Any, z: Any) -> tuple[Any, Any]:
        h = jnp.where(ticks, jnp.tanh(w["W"] @ z + w["U"] @ h + w["b"]), h)
        return h, jnp.where(ticks, jax.nn.sigmoid(w["P"] @ h + w["q"]), p)

    def step(w: Weights, state: Any, x: Any) -> tuple[Any, Any]:
        h_0, p_0, h_1, p_1, gap = state
        surprised = jnp.any(jnp.abs(x - p_0) > network.threshold)
        h_0, p_0 = move(part(w, "level0_"), True, h_0, p_0, x)
        gap = gap + 1.0
        z = jnp.append(x, 1.0 / gap)
        h_1, p_1 = move(part(w, "level1_"), surprised, h_1, p_1, z)
        gap = jnp.where(surprised, 0.0, gap)
        y = w["level0_V"] @ h_0 + w["level1_V"] @ h_1 + w["c"]
        return (h_0, p_0, h_1, p_1, gap), y

    # A gap that nobody has counted yet begins before the first step.
    h, p = jnp.zeros(network.hidden), jnp.full(network.inputs, 0.5)
    return recurrence(step, (h, p, h, jnp.full(network.inputs + 1, 0.5), jnp.zeros(())))


CELLS: dict[str, Callable[[Any], Outputs]] = {
    "fully_recurrent": fully_recurrent,
    "elman": fully_recurrent,
    "jordan": jordan,
    "ctrnn": ctrnn,
    "mtrnn": mtrnn,
    "clockwork": clockwork,
    "lstm": lstm,
    "gru": gru,
    "recurrent_mlp": recurrent_mlp,
    "iir": iir,
    "indrnn": indrnn,
    "graph": graph,
    "stack": stack,
    "bidirectional": bidirectional,
    "second_order": second_order,
    "history_compressor": history_compressor,
}

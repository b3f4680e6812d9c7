"""The same networks in JAX: jit(vmap(scan)), and the gradients of all genomes at once.

A cell is ``step(w, state, x)``, which gives the next state and the output, as `scan` wants it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.problem import Problem

Step = Callable[[dict[str, Any], Any, Any], tuple[Any, Any]]
#: outputs (time, output) of a network with weights by name, for inputs (time, input)
Outputs = Callable[[dict[str, Any], Any], Any]


def fully_recurrent(w: dict[str, Any], h: Any, x: Any) -> tuple[Any, Any]:
    h = jnp.tanh(w["W"] @ x + w["U"] @ h + w["b"])
    return h, w["V"] @ h + w["c"]


def lstm(w: dict[str, Any], state: Any, x: Any) -> tuple[Any, Any]:
    state = lstm_units(w, state, x)
    return state, w["V"] @ state[0] + w["c"]


def lstm_units(w: dict[str, Any], state: Any, x: Any) -> tuple[Any, Any]:
    """h and c of the next step."""
    h, c = state
    i, f, g, o = jnp.split(w["W"] @ x + w["U"] @ h + w["b"], 4)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def gru(w: dict[str, Any], h: Any, x: Any) -> tuple[Any, Any]:
    rows = h.shape[0] * 2
    gates = jax.nn.sigmoid(w["W"][:rows] @ x + w["U"][:rows] @ h + w["b"][:rows])
    r, z = jnp.split(gates, 2)
    n = jnp.tanh(w["W"][rows:] @ x + w["U"][rows:] @ (r * h) + w["b"][rows:])
    h = (1 - z) * n + z * h
    return h, w["V"] @ h + w["c"]


def ctrnn(w: dict[str, Any], y: Any, x: Any) -> tuple[Any, Any]:
    o = jax.nn.sigmoid(y + w["theta"])
    rate = 0.1 / jnp.maximum(w["tau"], 0.1)
    y = y + rate * (-y + w["w"] @ o + w["W"] @ x)
    return y, jax.nn.sigmoid(y + w["theta"])[:1]


def recurrence(step: Step, start: Any) -> Outputs:
    """The outputs of all steps; `start` is the initial state."""

    def outputs(w: dict[str, Any], inputs: Any) -> Any:
        return jax.lax.scan(partial(step, w), start, inputs)[1]

    return outputs


def losses(problem: Problem, outputs: Outputs, gradient: bool = False) -> Callable[[], Any]:
    """A call that gives all losses (or losses and gradients), waiting for the result."""
    shapes = problem.network.weights
    inputs, targets = jnp.asarray(problem.inputs), jnp.asarray(problem.targets)

    def named(genome: Any) -> dict[str, Any]:
        parts, begin = {}, 0
        for name, shape in shapes.items():
            end = begin + int(np.prod(shape))
            parts[name] = genome[begin:end].reshape(shape)
            begin = end
        return parts

    def loss(genome: Any) -> Any:
        return jnp.mean((outputs(named(genome), inputs) - targets) ** 2)

    function = jax.jit(jax.vmap(jax.value_and_grad(loss) if gradient else loss))
    genomes = jnp.asarray(problem.genomes)
    return lambda: jax.block_until_ready(function(genomes))

"""The same networks in JAX: jit(vmap(scan)), and the gradients of all genomes at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.problem import Problem

Step = Callable[[dict[str, Any], Any, Any], tuple[Any, Any]]


def fully_recurrent(w: dict[str, Any], h: Any, x: Any) -> tuple[Any, Any]:
    h = jnp.tanh(w["W"] @ x + w["U"] @ h + w["b"])
    return h, w["V"] @ h + w["c"]


def lstm(w: dict[str, Any], state: Any, x: Any) -> tuple[Any, Any]:
    h, c = state
    i, f, g, o = jnp.split(w["W"] @ x + w["U"] @ h + w["b"], 4)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return (h, c), w["V"] @ h + w["c"]


def gru(w: dict[str, Any], h: Any, x: Any) -> tuple[Any, Any]:
    rows = h.shape[0] * 2
    gates = jax.nn.sigmoid(w["W"][:rows] @ x + w["U"][:rows] @ h + w["b"][:rows])
    r, z = jnp.split(gates, 2)
    n = jnp.tanh(w["W"][rows:] @ x + w["U"][rows:] @ (r * h) + w["b"][rows:])
    h = (1 - z) * n + z * h
    return h, w["V"] @ h + w["c"]


def ctrnn(w: dict[str, Any], y: Any, x: Any) -> tuple[Any, Any]:
    o = jax.nn.sigmoid(y + w["theta"])
    y = y + 0.1 / w["tau"] * (-y + w["w"] @ o + w["W"] @ x)
    return y, jax.nn.sigmoid(y + w["theta"])[:1]


def losses(problem: Problem, step: Step, state: Any, gradient: bool = False) -> Callable[[], Any]:
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
        w = named(genome)

        def advance(carried: Any, pair: Any) -> tuple[Any, Any]:
            carried, y = step(w, carried, pair[0])
            return carried, jnp.mean((y - pair[1]) ** 2)

        return jnp.mean(jax.lax.scan(advance, state, (inputs, targets))[1])

    function = jax.jit(jax.vmap(jax.value_and_grad(loss) if gradient else loss))
    genomes = jnp.asarray(problem.genomes)
    return lambda: jax.block_until_ready(function(genomes))

"""Networks with an external memory in JAX, from the published equations in matrix form.

Makers as in `benchmarks.jax_cells`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.nn import sigmoid, softmax, softplus

from benchmarks.jax_cells import Weights
from benchmarks.peers_jax import Outputs, recurrence
from evornn.networks import DNC, NTM, PushdownAutomaton

EPSILON = 1e-6


def content_weighting(M: Any, k: Any, beta: Any) -> Any:
    """C(M, k, β), (heads, N), for keys k (heads, W) and strengths beta (heads,)."""
    length_of_M, length_of_k = (jnp.sqrt(jnp.sum(u**2, axis=1) + EPSILON) for u in (M, k))
    similarity = (k @ M.T) / (length_of_k[:, None] * length_of_M + EPSILON)
    return softmax(beta[:, None] * similarity)


def controller(w: Weights, h: Any, c: Any, x: Any, r: Any) -> tuple[Any, Any]:
    """An LSTM that hears the input and what was read, its gates in the order i, f, o, g."""
    i, f, o, g = jnp.split(w["W"] @ x + w["R"] @ r + w["U"] @ h + w["b"], 4)
    c = sigmoid(f) * c + sigmoid(i) * jnp.tanh(g)
    return sigmoid(o) * jnp.tanh(c), c


def ntm(network: NTM) -> Outputs:
    """One reading and one writing head."""
    N, W = network.locations, network.width
    edges = np.cumsum([2 * W, W, W, 2, 2, 2])

    def step(w: Weights, state: Any, x: Any) -> tuple[Any, Any]:
        h, c, r, weighting, M = state
        h, c = controller(w, h, c, x, r)
        k, a, e, g, beta, gamma, s = jnp.split(w["W_p"] @ h + w["b_p"], edges)
        content = content_weighting(M, jnp.tanh(k).reshape(2, W), softplus(beta))
        g, s = sigmoid(g)[:, None], softmax(s.reshape(2, 3))
        gated = g * content + (1 - g) * weighting
        shifted = sum(s[:, [j + 1]] * jnp.roll(gated, j, axis=1) for j in (-1, 0, 1))
        weighting = softmax((1 + softplus(gamma))[:, None] * jnp.log(shifted + 1e-16))
        r = weighting[0] @ M
        M = M * (1 - jnp.outer(weighting[1], sigmoid(e))) + jnp.outer(weighting[1], jnp.tanh(a))
        return (h, c, r, weighting, M), w["V"] @ h + w["V_r"] @ r + w["c"]

    def outputs(w: Weights, inputs: Any) -> Any:
        zeros, M = jnp.zeros(network.hidden), jnp.full((N, W), 1e-6)
        start = (zeros, zeros, jnp.tanh(w["r_0"]), softmax(w["w_0"]), M)
        return recurrence(step, start)(w, inputs)

    return outputs


def dnc(network: DNC) -> Outputs:
    """One reading head."""
    N, W = network.locations, network.width
    edges = np.cumsum([W, W, W, W, 1, 1, 1, 1, 1])
    earlier = np.tri(N, k=-1, dtype=bool)

    def allocation(u: Any) -> Any:
        # Compared by pairs: faster here than the paper's sorting, which gives the same.
        other, own = u[None, :], u[:, None]
        before = (other < own) | ((other == own) & earlier)
        return (1 - u) * jnp.prod(jnp.where(before, other, 1.0), axis=1)

    def step(w: Weights, state: Any, x: Any) -> tuple[Any, Any]:
        h, c, r, u, p, w_w, w_r, M, L = state
        h, c = controller(w, h, c, x, r)
        xi = jnp.split(w["W_p"] @ h + w["b_p"], edges)
        k_r, k_w, v, e, f, g_a, g_w, beta_r, beta_w, pi = xi
        u = (u + w_w - u * w_w) * (1 - sigmoid(f) * w_r)
        content = content_weighting(M, k_w[None], 1 + softplus(beta_w))[0]
        g_a, pi = sigmoid(g_a), softmax(pi)
        w_w = sigmoid(g_w) * (g_a * allocation(u) + (1 - g_a) * content)
        M = M * (1 - jnp.outer(w_w, sigmoid(e))) + jnp.outer(w_w, v)
        L = (1 - w_w[:, None] - w_w) * L + jnp.outer(w_w, p)
        L = jnp.where(np.eye(N, dtype=bool), 0.0, L)
        p = (1 - jnp.sum(w_w)) * p + w_w
        content = content_weighting(M, k_r[None], 1 + softplus(beta_r))[0]
        w_r = pi[0] * (w_r @ L) + pi[1] * content + pi[2] * (L @ w_r)
        r = w_r @ M
        return (h, c, r, u, p, w_w, w_r, M, L), w["V"] @ h + w["V_r"] @ r + w["c"]

    units, vector = jnp.zeros(network.hidden), jnp.zeros(N)
    start = (units, units, jnp.zeros(W), *(vector,) * 4, jnp.zeros((N, W)), jnp.zeros((N, N)))
    return recurrence(step, start)


def pushdown_automaton(network: PushdownAutomaton) -> Outputs:
    """Of second order. The top of the stack is its first cell."""

    def top(thickness: Any, depth: float | Any) -> Any:
        """What of each cell lies within a depth from the top."""
        above = jnp.cumsum(thickness) - thickness
        return jnp.clip(depth - above, 0.0, thickness)

    def act(A: Any, x: Any, thickness: Any, symbol: Any) -> tuple[Any, Any]:
        left = thickness - top(thickness, jnp.maximum(-A, 0.0))
        pushes, empty = A > 0, left[0] <= 0
        down, up = pushes & ~empty, ~pushes & empty
        thickness = jnp.where(down, jnp.roll(left, 1), jnp.where(up, jnp.roll(left, -1), left))
        thickness = thickness.at[-1].set(jnp.where(up, 0.0, thickness[-1]))
        moved = jnp.where(up, jnp.roll(symbol, -1, axis=0), symbol)
        symbol = jnp.where(down, jnp.roll(symbol, 1, axis=0), moved)
        thickness = thickness.at[0].set(jnp.where(pushes, A, thickness[0]))
        return thickness, symbol.at[0].set(jnp.where(pushes, x, symbol[0]))

    def step(w: Weights, state: Any, x: Any) -> tuple[Any, Any]:
        S, thickness, symbol = state
        within = top(thickness, 1.0)
        z = jnp.concatenate([x, within @ symbol, 1.0 - jnp.sum(within, keepdims=True)])
        products = jnp.outer(S, z)
        A = jnp.tanh(jnp.sum(w["W_a"] * products) + w["b_a"][0])
        S = sigmoid(jnp.einsum("ijk,jk->i", w["W"], products) + w["b"])
        thickness, symbol = act(A, x, thickness, symbol)
        return (S, thickness, symbol), w["V"] @ S + w["p"] * jnp.sum(thickness) + w["c"]

    shapes = network.state
    start = (jnp.eye(network.hidden)[0], jnp.zeros(network.depth), jnp.zeros(shapes["symbol"]))
    return recurrence(step, start)


CELLS: dict[str, Callable[[Any], Outputs]] = {
    "ntm": ntm,
    "dnc": dnc,
    "pushdown_automaton": pushdown_automaton,
}

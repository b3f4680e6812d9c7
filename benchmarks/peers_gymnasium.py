"""Controllers in Gymnasium's CartPole, in NumPy: what one writes without evornn.

A fully recurrent tanh network reads the four numbers and pushes left or right by the sign of its
first unit. Gymnasium's cart is simpler than ours (no friction, one step of Euler instead of two of
Runge and Kutta), so that a step costs it less.
"""

from __future__ import annotations

from collections.abc import Callable

import gymnasium
import numpy as np

SENSES = 4


def one_by_one(hidden: int, steps: int) -> Callable[[], int]:
    """One controller in one environment, begun anew where a trial ends: steps made."""
    environment = gymnasium.make("CartPole-v1")
    W, U, b = _weights(1, hidden)

    def play() -> int:
        x, _ = environment.reset(seed=0)
        h = np.zeros(hidden)
        for _ in range(steps):
            h = np.tanh(W[0] @ x + U[0] @ h + b[0])
            x, _, ended, cut, _ = environment.step(int(h[0] > 0.0))
            if ended or cut:
                x, _ = environment.reset()
                h = np.zeros(hidden)
        return steps

    return play


def all_at_once(hidden: int, controllers: int, steps: int) -> Callable[[], int]:
    """As many environments as controllers, in arrays, begun anew where a trial ends."""
    environments = gymnasium.make_vec(
        "CartPole-v1", num_envs=controllers, vectorization_mode="vector_entry_point"
    )
    W, U, b = _weights(controllers, hidden)

    def play() -> int:
        x, _ = environments.reset(seed=0)
        h = np.zeros((controllers, hidden))
        for _ in range(steps):
            heard = np.matmul(W, x[:, :, np.newaxis]) + np.matmul(U, h[:, :, np.newaxis])
            h = np.tanh(heard[:, :, 0] + b)
            x, _, ended, cut, _ = environments.step((h[:, 0] > 0.0).astype(np.int64))
            h[ended | cut] = 0.0
        return controllers * steps

    return play


def _weights(controllers: int, hidden: int) -> tuple[np.ndarray, ...]:
    """W, U and b, each (controller, …)."""
    rng = np.random.default_rng(0)
    shapes = ((hidden, SENSES), (hidden, hidden), (hidden,))
    return tuple(rng.standard_normal((controllers, *shape)) for shape in shapes)

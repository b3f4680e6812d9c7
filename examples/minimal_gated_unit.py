"""A network of one's own: the minimal gated unit (Zhou et al. 2016, Minimal gated unit for RNNs).

    f(t) = σ(W_f x(t) + U_f h(t−1) + b_f)
    c(t) = tanh(W_c x(t) + U_c (f(t) ⊙ h(t−1)) + b_c)
    h(t) = (1 − f(t)) ⊙ h(t−1) + f(t) ⊙ c(t)
    y(t) = V h(t) + d

`reference` says the same once more in matrix form: the oracle of the tests.
"""

from dataclasses import dataclass

import numpy as np

from evornn.networks import Network
from evornn.numerics import affine, sigmoid, tanh


@dataclass(frozen=True)
class MinimalGatedUnit(Network):
    inputs: int
    hidden: int
    outputs: int

    @property
    def weights(self):
        n, m, o = self.hidden, self.inputs, self.outputs
        gate = {"W_f": (n, m), "U_f": (n, n), "b_f": (n,)}
        candidate = {"W_c": (n, m), "U_c": (n, n), "b_c": (n,)}
        return {**gate, **candidate, "V": (o, n), "d": (o,)}

    @property
    def state(self):
        return {"h": (self.hidden,)}

    @property
    def scratch(self):
        return {"f": (self.hidden,), "g": (self.hidden,)}

    @property
    def step(self):
        return step

    def reference(self, weights, inputs):
        w, h, outputs = self.named(weights), np.zeros(self.hidden), []
        for x in inputs:
            f = 1 / (1 + np.exp(-(w["W_f"] @ x + w["U_f"] @ h + w["b_f"])))
            c = np.tanh(w["W_c"] @ x + w["U_c"] @ (f * h) + w["b_c"])
            h = (1 - f) * h + f * c
            outputs.append(w["V"] @ h + w["d"])
        return np.array(outputs)


def step(w, k, x, s, s_next, y):
    h, f, g = s_next.h, s_next.f, s_next.g
    affine(w.W_f, x, w.b_f, f)
    affine(w.U_f, s.h, f, f)
    for i in range(h.shape[0]):
        f[i] = sigmoid(f[i])
        g[i] = f[i] * s.h[i]
    affine(w.W_c, x, w.b_c, h)
    affine(w.U_c, g, h, h)
    for i in range(h.shape[0]):
        h[i] = (1 - f[i]) * s.h[i] + f[i] * tanh(h[i])
    affine(w.V, h, w.d, y)

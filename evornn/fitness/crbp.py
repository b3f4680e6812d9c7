"""Causal recursive back-propagation for networks with IIR synapses (Campolucci, Uncini, Piazza &
Rao 1999, On-line learning algorithms for locally recurrent neural networks, IEEE Trans. Neural
Networks 10).

With θ_nm = (w_nm,0 … w_nm,P, v_nm,1 … v_nm,Q) the output of a synapse is y_nm(t) = θ_nm · u_nm(t),
where u_nm(t) = (x_m(t) … x_m(t−P), y_nm(t−1) … y_nm(t−Q)). Feedback stays inside the synapse, so
two recursions are all that it takes:

    ∂y_nm(t)/∂θ_nm = u_nm(t) + Σ_{p=1..Q} v_nm,p ∂y_nm(t−p)/∂θ_nm             forwards in time
    h_nm(τ) = ∂y_nm(t)/∂x_m(t−τ) = w_nm,τ + Σ_{p=1..Q} v_nm,p h_nm(τ−p)       impulse response

(w_nm,τ is 0 for τ > P, and h(τ) for τ < 0). The error of one step, E(t), goes back through the
layers l = L … 1 and into the past:

    e_L,n(t, 0) = ∂E(t)/∂x_L,n(t),    e_L,n(t, τ) = 0 for τ > 0               output layer
    e_l,m(t, τ) = Σ_n Σ_{σ=0..min(τ, Q')} δ_l+1,n(t, τ−σ) h_l+1,nm(σ)         layers below
    δ_l,n(t, τ) = ∂E(t)/∂s_l,n(t−τ) = f'(s_l,n(t−τ)) e_l,n(t, τ)

    ∂E(t)/∂θ_l,nm = Σ_τ δ_l,n(t, τ) ∂y_l,nm(t−τ)/∂θ_l,nm,    ∂E(t)/∂b_l,n = Σ_τ δ_l,n(t, τ)

The truncation Q' cuts off each impulse response. Where it reaches back to the first step this is
the gradient, whatever the number of layers. The lowest of L layers looks (L − 1) Q' steps back.

The paper collects the same products from the other end: the derivatives of one past step, and the
errors of the Q' steps after it, which have to be waited for. Added up over a sequence with the
weights held still, both are the same numbers, those of its recursive back-propagation with the sum
over the future cut off at Q'. Here each belongs to the step whose error it is.

Special cases: without delays back-propagation; with FIR synapses and Q' = P temporal
back-propagation (Wan 1990); where only the lowest layer has delays, or there is but one,
back-propagation for sequences (Gori, Bengio & De Mori 1989), with any Q'. These are exact. With
Q' = 0 it is the algorithm of Back & Tsoi (1991).

A step costs O(weights × (Q + depth)) and keeps as much, where a layer's depth is Q' for each layer
above it; with several hidden layers also O(connections × depth × Q') for the sums over σ. Real-time
recurrent learning costs O(weights × states), as a state depends on all weights below it.
"""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np

from evornn.losses import StepLoss, loss_function
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.iir import IIR
from evornn.numerics.plain_dual import seeds, tangent_of
from evornn.tasks.sequences import Sequences


class CausalRecursion:
    """An IIR network that is run step by step beside its derivatives, in NumPy and float64.

    `horizon` is the truncation Q'; None: back to the beginning of a sequence.
    """

    def __init__(self, network: IIR, data: Sequences, horizon: int | None) -> None:
        self.network, self.data = network, data
        # Other losses are refused by `OnlineLearner`.
        self._error = cast(StepLoss, loss_function(data.loss_function)).error
        self._past = int(data.lengths.max()) - 1
        self._horizon = self._past if horizon is None else horizon
        self._shapes = dict(network.weights)
        self._ends = np.cumsum([math.prod(shape) for shape in self._shapes.values()])[:-1]
        self._layers: dict[str, _Layer] = {}

    def advance(self, weights: np.ndarray, q: int, t: int) -> tuple[float, np.ndarray]:
        """Judged error at step `t` of sequence `q`, and its gradient (weights,)."""
        if t == 0:
            self._begin()
        signal, blocks = self.data.inputs[q, t], np.split(weights, self._ends)
        named = {
            name: block.reshape(shape)
            for (name, shape), block in zip(self._shapes.items(), blocks, strict=True)
        }
        with np.errstate(all="ignore"):
            for name, layer in self._layers.items():
                signal = layer.advance(signal, *(named.get(f"{name}_{key}") for key in "wvb"))
            if self.data.judged[q, t] == 0.0:
                return 0.0, np.zeros(len(weights))
            error, slopes = self._judged_error(signal, q, t)
            return error, self._pulled_back(slopes, t)

    def _begin(self) -> None:
        """Delay lines of zeros. The output layer looks at its own step alone."""
        parts, depth = self.network.parts, 0
        for name, layer in reversed(list(parts.items())):
            self._layers[name] = _Layer(layer, depth)
            depth = min(depth + self._horizon, self._past)
        self._layers = {name: self._layers[name] for name in parts}

    def _judged_error(self, outputs: np.ndarray, q: int, t: int) -> tuple[float, np.ndarray]:
        """The error of step `t` times its weight, and e_L (1, outputs)."""
        y = seeds(outputs[:, np.newaxis])
        error = self._error(y, self.data.targets[q, t]) * float(self.data.judged[q, t])
        return float(error.value[0]), tangent_of(error, len(outputs)).T

    def _pulled_back(self, e: np.ndarray, t: int) -> np.ndarray:
        """∂E(t)/∂ weights (weights,), of e_L. No layer looks back beyond step 0."""
        gradients: dict[str, np.ndarray] = {}
        for name, layer in reversed(list(self._layers.items())):
            delta = e * layer.f_slopes[: len(e)]
            gradients |= {f"{name}_{key}": own for key, own in layer.gradients(delta).items()}
            if name != next(iter(self._layers)):
                lags = min(len(e) + self._horizon, t + 1)
                e = layer.passed_down(delta, lags, self._horizon)
        return np.concatenate([gradients[key].ravel() for key in self._shapes])


class _Layer:
    """The delay lines of one layer and of its derivatives: the first axis is the lag.

    `x` (P, m), `y` (Q, n, m), `y_slopes` = ∂y/∂θ (Q, terms, n, m) of the steps before, where there
    are P + 1 + Q terms; and of this step and `depth` steps before `f_slopes` = f'(s) (lag, n) and
    `s_slopes` = ∂s/∂θ (lag, terms, n, m).
    """

    def __init__(self, layer: Any, depth: int) -> None:
        self.P, self.Q, self.f = layer.P, layer.Q, ACTIVATIONS[layer.activation]
        synapses, terms = (layer.outputs, layer.inputs), self.P + 1 + self.Q
        self.x = np.zeros((self.P, layer.inputs))
        self.y = np.zeros((self.Q, *synapses))
        self.y_slopes = np.zeros((self.Q, terms, *synapses))
        self.f_slopes = np.zeros((depth + 1, layer.outputs))
        self.s_slopes = np.zeros((depth + 1, terms, *synapses))
        self.w, self.v = np.zeros((self.P + 1, *synapses)), np.zeros((self.Q, *synapses))

    def advance(self, x: np.ndarray, w: Any, v: Any, b: Any) -> np.ndarray:
        """Outputs (n,) for inputs (m,), with weights that the next gradients are for.

        They have their shapes in the network; `v` is None without feedback.
        """
        self.w = w.transpose(2, 0, 1)
        if self.Q:
            self.v = v.transpose(2, 0, 1)
        taps = np.vstack([x, self.x])[:, np.newaxis]
        u = np.concatenate([np.broadcast_to(taps, self.w.shape), self.y])
        y = np.einsum("knm,knm->nm", np.concatenate([self.w, self.v]), u)
        y_slopes = u + np.einsum("pnm,pknm->knm", self.v, self.y_slopes)
        outputs = self.f.reference(y.sum(axis=1) + b)
        _shift(self.x, x)
        _shift(self.y, y)
        _shift(self.y_slopes, y_slopes)
        _shift(self.s_slopes, y_slopes)
        _shift(self.f_slopes, self.f.slope(outputs))
        return outputs

    def gradients(self, delta: np.ndarray) -> dict[str, np.ndarray]:
        """Those of the layer's weights by name, of δ (lag, n)."""
        synapses = np.einsum("tn,tknm->nmk", delta, self.s_slopes[: len(delta)])
        w, v = np.split(synapses, [self.P + 1], axis=2)
        return {"w": w, "v": v, "b": delta.sum(axis=0)}

    def passed_down(self, delta: np.ndarray, lags: int, horizon: int) -> np.ndarray:
        """e (lags, m) of the layer below."""
        h, e = self._impulse_response(min(horizon + 1, lags)), np.zeros((lags, self.x.shape[1]))
        for lag, row in enumerate(delta):
            reached = e[lag : lag + len(h)]
            reached += np.einsum("n,tnm->tm", row, h[: len(reached)])
        return e

    def _impulse_response(self, steps: int) -> np.ndarray:
        """h (steps, n, m), by the present weights."""
        h = np.zeros((steps, *self.w.shape[1:]))
        h[: self.P + 1] = self.w[:steps]
        for t in range(1, steps):
            past = h[max(t - self.Q, 0) : t][::-1]
            h[t] += np.einsum("pnm,pnm->nm", self.v[: len(past)], past)
        return h


def _shift(line: np.ndarray, newest: np.ndarray) -> None:
    """One step into the past, for all that a delay `line` holds."""
    if len(line):
        line[1:] = line[:-1]
        line[0] = newest

"""Echo state network (Jaeger 2001; leaky units: Jaeger, Lukoševičius, Popovici & Siewert 2007).

    x(t) = (1 − a) x(t−1) + a f(W_in [1; u(t)] + W x(t−1) + W_fb y(t−1))
    y(t) = W_out [1; u(t); x(t)]

Only W_out (outputs, 1 + inputs + hidden) is evolved. Everything else is drawn from `seed` and
fixed: W is sparse, each unit hearing `connections` units, its weights uniform and scaled so that
the spectral radius |λ_max(W)| is `spectral_radius`; this is the radius of W itself, before the leak
a acts. The bias column of W_in is uniform in ±bias_scaling, the others in ±input_scaling, W_fb in
±feedback_scaling. The output units are linear, and no noise is added to the states.

The states start at zero; drop a washout by judging no steps at the start. Without feedback
(``feedback_scaling=0``) they do not depend on W_out: `features` then gives them once for all
genomes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_number, check_size
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.network import Network, Shapes, option_step
from evornn.networks.reservoir import Reservoir, draw_reservoir
from evornn.numerics import affine, fma


@dataclass(frozen=True)
class ESN(Network):
    """Sizes and scales of the network.

    Parameters
    ----------
    hidden
        Units of the reservoir.
    spectral_radius
        |λ_max| of W. Below 1 the network nearly always forgets its past (Jaeger 2001).
    leak
        a, above 0 and at most 1; 1 gives units without memory of their own.
    input_scaling, bias_scaling, feedback_scaling
        Half-widths of the uniform weights; feedback_scaling 0 means no output feedback.
    connections
        Weights into each unit, at most `hidden`. 10 whatever the size (Lukoševičius 2012, A
        practical guide to applying echo state networks): the cost is then linear in `hidden`.
    seed
        Of the fixed weights: the same options and seed give the same reservoir.
    """

    year: ClassVar[int] = 2001
    source: ClassVar[str] = "Jaeger 2001, The echo state approach, GMD Report 148"
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT", "least squares")

    inputs: int
    hidden: int
    outputs: int
    spectral_radius: float = 0.9
    leak: float = 1.0
    input_scaling: float = 1.0
    bias_scaling: float = 0.2
    feedback_scaling: float = 0.0
    connections: int = 10
    activation: str = "tanh"
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs", "connections"):
            check_size(f"ESN.{name}", getattr(self, name))
        check_number("ESN.spectral_radius", self.spectral_radius, above=0.0)
        check_number("ESN.leak", self.leak, most=1.0, above=0.0)
        for name in ("input_scaling", "bias_scaling", "feedback_scaling"):
            check_number(f"ESN.{name}", getattr(self, name), 0.0)
        check_activation("ESN.activation", self.activation)
        check_size("ESN.seed", self.seed, least=0)

    @property
    def weights(self) -> Shapes:
        return {"W_out": (self.outputs, 1 + self.inputs + self.hidden)}

    @property
    def state(self) -> Shapes:
        feedback = {} if self.fixed_features else {"y": (self.outputs,)}
        return {"x": (self.hidden,), **feedback}

    @property
    def scratch(self) -> Shapes:
        return {"a": (self.hidden,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        arrays = self.reservoir._asdict() | {"leak": np.array([self.leak], np.float64)}
        if self.fixed_features:
            del arrays["W_fb"]
        return arrays

    @property
    def reservoir(self) -> Reservoir:
        """The fixed weights, scaled."""
        drawn = draw_reservoir(
            self.inputs,
            self.hidden,
            self.outputs,
            min(self.connections, self.hidden),
            self.spectral_radius,
            self.seed,
        )
        return drawn._replace(
            W_in=self.input_scaling * drawn.W_in,
            bias=self.bias_scaling * drawn.bias,
            W_fb=self.feedback_scaling * drawn.W_fb,
        )

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.activation, not self.fixed_features)

    @property
    def fixed_features(self) -> bool:
        """Whether the states are the same for all genomes: true without output feedback."""
        return self.feedback_scaling == 0.0

    def features(self, inputs: Any, outputs_before: Any = None) -> np.ndarray:
        """[1; u; x] of every step, (time, 1 + inputs + hidden), for inputs (time, inputs).

        The outputs are ``features @ W_out.T``. A network with output feedback needs the outputs
        (time, outputs) of the steps before (teacher forcing: the targets, one step later).
        """
        if not self.fixed_features and outputs_before is None:
            raise ConfigurationError(
                f"the states of an ESN with feedback_scaling {self.feedback_scaling} depend on its "
                "outputs: give outputs_before, or set feedback_scaling=0"
            )
        u, fixed = np.asarray(inputs, np.float64), self.reservoir
        drive = fixed.bias + u @ fixed.W_in.T
        if outputs_before is not None:
            drive += np.asarray(outputs_before, np.float64) @ fixed.W_fb.T
        W, f = fixed.recurrent(), ACTIVATIONS[self.activation].reference
        states = np.empty((len(u), self.hidden))
        x = np.zeros(self.hidden)
        for t in range(len(u)):
            x = (1.0 - self.leak) * x + self.leak * f(drive[t] + W @ x)
            states[t] = x
        return np.hstack([np.ones((len(u), 1)), u, states])

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        W_out, fixed = self.named(weights)["W_out"], self.reservoir
        W_in = np.column_stack([fixed.bias, fixed.W_in])
        W, f, a = fixed.recurrent().toarray(), ACTIVATIONS[self.activation].reference, self.leak
        x, y = np.zeros(self.hidden), np.zeros(self.outputs)
        outputs = []
        for u in np.asarray(inputs, np.float64):
            u1 = np.concatenate([[1.0], u])
            x = (1.0 - a) * x + a * f(W_in @ u1 + W @ x + fixed.W_fb @ y)
            y = W_out @ np.concatenate([u1, x])
            outputs.append(y)
        return np.array(outputs)


def _make_step(activation: str, feedback: bool) -> Callable[..., None]:
    f = ACTIVATIONS[activation].function
    feed_back, keep_output = (_feed_back, _keep_output) if feedback else (_nothing, _nothing)

    def step(w: Any, k: Any, u: Any, s: Any, s_next: Any, y: Any) -> None:
        a, x, m = s_next.a, s_next.x, u.shape[0]
        affine(k.W_in, u, k.bias, a)
        feed_back(k, s, a)
        for i in range(x.shape[0]):
            total = a[i]
            for p in range(k.row_begin[i], k.row_begin[i + 1]):
                total = fma(k.values[p], s.x[k.columns[p]], total)
            x[i] = fma(k.leak[0], f(total) - s.x[i], s.x[i])
        affine(w.W_out[:, 1 : 1 + m], u, w.W_out[:, 0], y)
        affine(w.W_out[:, 1 + m :], x, y, y)
        keep_output(k, s_next, y)

    return step


def _nothing(k: Any, s: Any, a: Any) -> None:
    """Without output feedback."""


def _feed_back(k: Any, s: Any, a: Any) -> None:
    affine(k.W_fb, s.y, a, a)


def _keep_output(k: Any, s_next: Any, y: Any) -> None:
    for o in range(y.shape[0]):
        s_next.y[o] = y[o]

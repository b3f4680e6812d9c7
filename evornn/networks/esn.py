"""Echo state network (Jaeger 2001; leaky units: Jaeger, Lukoševičius, Popovici & Siewert 2007).

    x(t) = (1 − a) x(t−1) + a f(W_in [1; u(t)] + W x(t−1) + W_fb y(t−1))
    y(t) = W_out [1; u(t); x(t)]

W_out (outputs, 1 + inputs + hidden) is evolved, or fitted by ridge regression
(`evornn.fitness.fit_readout`). Everything else is drawn from `seed` and fixed: W is sparse, each
unit hearing `connections` units, its weights uniform and scaled so that the spectral radius
|λ_max(W)| is `spectral_radius`; this is the radius of W itself, before the leak a acts. The bias
column of W_in is uniform in ±bias_scaling, the others in ±input_scaling, W_fb in ±feedback_scaling.
The output units are linear, and no noise is added to the states.

Names in `evolved` are not taken from the options but from the genome, as weights of one element:
then the drawn W, of radius 1, is multiplied by `spectral_radius` in the step, and so on. A leak
outside [0, 1] acts as the nearer end, so every genome is a network with bounded states.

Jaeger's leaky units of 2001, x(t) = (1 − δCa) x(t−1) + δC f(… + W x(t−1) + …), are these: with
x = z/a the states z follow the equation above with the leak δCa and the matrix W/a. His δ = 1,
C = 0.44, a = 0.9, |λ_max(W)| = 0.79 are leak = 0.396 and spectral_radius = 0.79/0.9 here.

The states start at zero; drop a washout by judging no steps at the start. Without feedback
(``feedback_scaling=0``) and with nothing else evolved they do not depend on the genome: `features`
then gives them once for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_number, check_size
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS, check_activation
from evornn.networks.linear_readout import READOUT, LinearReadoutNetwork
from evornn.networks.network import Shapes, option_step
from evornn.networks.reservoir import Reservoir, draw_reservoir
from evornn.numerics import affine, dot, fma, maximum, minimum

#: what `evolved` may name, each with its natural range: a radius from forgetting at once to chaos,
#: a leak down to a time constant of a hundred steps, scalings from nearly linear to saturated units
HYPERPARAMETERS = {
    "spectral_radius": (0.1, 2.0),
    "leak": (0.01, 1.0),
    "input_scaling": (0.01, 10.0),
    "bias_scaling": (0.01, 10.0),
    "feedback_scaling": (0.01, 10.0),
}


@dataclass(frozen=True)
class ESN(LinearReadoutNetwork):
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
        Half-widths of the uniform weights; feedback_scaling 0 means no output feedback, unless it
        is evolved.
    connections
        Weights into each unit, at most `hidden`. 10 whatever the size (Lukoševičius 2012, A
        practical guide to applying echo state networks): the cost is then linear in `hidden`.
    seed
        Of the fixed weights: the same options and seed give the same reservoir.
    evolved
        Names out of `spectral_radius`, `leak` and the three scalings that are part of the genome,
        all on a logarithmic scale; their options are then not used.
    """

    year: ClassVar[int] = 2001
    source: ClassVar[str] = "Jaeger 2001, The echo state approach, GMD Report 148"

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
    evolved: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs", "connections"):
            check_size(f"ESN.{name}", getattr(self, name))
        check_number("ESN.spectral_radius", self.spectral_radius, above=0.0)
        check_number("ESN.leak", self.leak, most=1.0, above=0.0)
        for name in ("input_scaling", "bias_scaling", "feedback_scaling"):
            check_number(f"ESN.{name}", getattr(self, name), 0.0)
        check_activation("ESN.activation", self.activation)
        check_size("ESN.seed", self.seed, least=0)
        object.__setattr__(self, "evolved", _checked_names(self.evolved))

    @property
    def feature_count(self) -> int:
        return 1 + self.inputs + self.hidden

    @property
    def feeds_back(self) -> bool:
        return self.feedback_scaling > 0.0 or "feedback_scaling" in self.evolved

    @property
    def reservoir_weights(self) -> Shapes:
        return {name: (1,) for name in self.evolved}

    @property
    def reservoir_state(self) -> Shapes:
        return {"x": (self.hidden,)}

    @property
    def reservoir_scratch(self) -> Shapes:
        return {"a": (self.hidden,)}

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        arrays = self.reservoir._asdict() | {"leak": np.array([self.leak], np.float64)}
        if not self.feeds_back:
            del arrays["W_fb"]
        if self._full:
            arrays["W"] = arrays["values"].reshape(self.hidden, self.hidden)
            for name in ("values", "columns", "row_begin"):
                del arrays[name]
        return arrays

    @property
    def _full(self) -> bool:
        """Whether every unit hears all, so that W is kept as a matrix."""
        return self.connections >= self.hidden and not self.evolved

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        return {name: HYPERPARAMETERS[name] for name in self.evolved}

    @property
    def exponential(self) -> frozenset[str]:
        return frozenset(self.evolved)

    @property
    def reservoir(self) -> Reservoir:
        """The fixed weights, scaled by all that is not evolved."""
        scale = {
            name: 1.0 if name in self.evolved else getattr(self, name) for name in HYPERPARAMETERS
        }
        drawn = draw_reservoir(
            self.inputs,
            self.hidden,
            self.outputs,
            min(self.connections, self.hidden),
            scale["spectral_radius"],
            self.seed,
        )
        return drawn._replace(
            W_in=scale["input_scaling"] * drawn.W_in,
            bias=scale["bias_scaling"] * drawn.bias,
            W_fb=scale["feedback_scaling"] * drawn.W_fb,
        )

    @property
    def advance(self) -> Callable[..., None]:
        return option_step(
            _make_advance, self.activation, self.feeds_back, self.evolved, self._full
        )

    def features(
        self, inputs: Any, weights: Mapping[str, Any] | None = None, outputs_before: Any = None
    ) -> np.ndarray:
        """[1; u; x] of every step, (time, 1 + inputs + hidden), for inputs (time, inputs).

        A network with output feedback needs the outputs (time, outputs) of the steps before
        (teacher forcing: the targets, one step later); one that evolves more than its readout needs
        its `weights` by name.
        """
        u, fixed = np.asarray(inputs, np.float64), self._scaled(weights)
        drive = fixed["bias"] + u @ fixed["W_in"].T
        if self.feeds_back:
            drive += self._checked_before(outputs_before) @ fixed["W_fb"].T
        W, f, a = fixed["W"], ACTIVATIONS[self.activation].reference, fixed["leak"]
        states = np.empty((len(u), self.hidden))
        x = np.zeros(self.hidden)
        for t in range(len(u)):
            x = (1.0 - a) * x + a * f(drive[t] + W @ x)
            states[t] = x
        return np.hstack([np.ones((len(u), 1)), u, states])

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        named = self.named(weights)
        fixed = self._scaled(named)
        W_in = np.column_stack([fixed["bias"], fixed["W_in"]])
        W, f, a = fixed["W"].toarray(), ACTIVATIONS[self.activation].reference, fixed["leak"]
        x, y = np.zeros(self.hidden), np.zeros(self.outputs)
        outputs = []
        for u in np.asarray(inputs, np.float64):
            u1 = np.concatenate([[1.0], u])
            x = (1.0 - a) * x + a * f(W_in @ u1 + W @ x + fixed["W_fb"] @ y)
            y = named[READOUT] @ np.concatenate([u1, x])
            outputs.append(y)
        # Without feedback W_fb is a matrix of zeros.
        return np.array(outputs)

    def _scaled(self, weights: Mapping[str, Any] | None) -> dict[str, Any]:
        """W (sparse), W_in, bias, W_fb and leak, with what is evolved taken from `weights`."""
        if self.evolved and weights is None:
            raise ConfigurationError(
                f"the states of an ESN that evolves {', '.join(self.evolved)} depend on its "
                "weights: give weights too"
            )
        gene = {name: float(weights[name][0]) for name in self.evolved} if weights else {}
        fixed = self.reservoir
        return {
            "W": gene.get("spectral_radius", 1.0) * fixed.recurrent(),
            "W_in": gene.get("input_scaling", 1.0) * fixed.W_in,
            "bias": gene.get("bias_scaling", 1.0) * fixed.bias,
            "W_fb": gene.get("feedback_scaling", 1.0) * fixed.W_fb,
            "leak": np.clip(gene.get("leak", self.leak), 0.0, 1.0),
        }

    def _checked_before(self, outputs_before: Any) -> np.ndarray:
        if outputs_before is None:
            raise ConfigurationError(
                f"the states of an ESN with feedback_scaling {self.feedback_scaling} depend on its "
                "outputs: give outputs_before, or set feedback_scaling=0"
            )
        return np.asarray(outputs_before, np.float64)


def _checked_names(names: Sequence[str]) -> tuple[str, ...]:
    """`names` as a tuple without doubles, in the order of `HYPERPARAMETERS`."""
    if not isinstance(names, Sequence):
        raise ConfigurationError(
            f"ESN.evolved must be a list of {', '.join(HYPERPARAMETERS)}; got {names!r}"
        )
    given = (names,) if isinstance(names, str) else tuple(names)
    for name in given:
        check_choice("ESN.evolved", name, HYPERPARAMETERS)
    return tuple(name for name in HYPERPARAMETERS if name in given)


def _make_advance(
    activation: str, feeds_back: bool, evolved: tuple[str, ...], full: bool
) -> Callable[..., None]:
    f = ACTIVATIONS[activation].function
    excite = _make_scaled(feeds_back, evolved) if evolved else _make_excite(feeds_back, full)
    leak = _evolved_leak if "leak" in evolved else _leak

    def advance(w: Any, k: Any, u: Any, before: Any, s: Any, s_next: Any, phi: Any) -> None:
        a, x, m = s_next.a, s_next.x, k.W_in.shape[1]
        excite(w, k, u, before, s.x, a)
        phi[0] = 1.0
        for j in range(m):
            phi[1 + j] = u[j]
        for i in range(x.shape[0]):
            x[i] = fma(leak(w, k), f(a[i]) - s.x[i], s.x[i])
            phi[1 + m + i] = x[i]

    return advance


def _make_excite(feeds_back: bool, full: bool) -> Callable[..., None]:
    """``excite(w, k, u, before, x, a)``: a = W_in [1; u] + W_fb before + W x."""
    feed_back = _feed_back if feeds_back else _nothing
    hear = _hear_all if full else _hear_some

    def excite(w: Any, k: Any, u: Any, before: Any, x: Any, a: Any) -> None:
        affine(k.W_in, u, k.bias, a)
        feed_back(k, before, a)
        hear(k, x, a)

    return excite


def _nothing(k: Any, before: Any, a: Any) -> None:
    """Without output feedback."""


def _feed_back(k: Any, before: Any, a: Any) -> None:
    affine(k.W_fb, before, a, a)


def _hear_all(k: Any, x: Any, a: Any) -> None:
    affine(k.W, x, a, a)


def _hear_some(k: Any, x: Any, a: Any) -> None:
    for i in range(a.shape[0]):
        a[i] = _heard(k, i, x, a[i])


def _heard(k: Any, i: Any, x: Any, total: Any) -> Any:
    """total + what unit i hears of the units x."""
    for p in range(k.row_begin[i], k.row_begin[i + 1]):
        total = fma(k.values[p], x[k.columns[p]], total)
    return total


def _make_scaled(feeds_back: bool, evolved: tuple[str, ...]) -> Callable[..., None]:
    """`excite` with each part multiplied by its gene."""
    radius, of_inputs, of_bias, of_feedback = (
        gene if name in evolved else _unit for name, gene in _GENES.items()
    )
    fed_back = _fed_back if feeds_back else _not_fed_back

    def excite(w: Any, k: Any, u: Any, before: Any, x: Any, a: Any) -> None:
        for i in range(a.shape[0]):
            a[i] = 0.0
            zero = a[i]
            total = of_bias(w) * k.bias[i] + of_inputs(w) * dot(k.W_in[i], u, zero)
            total = fma(radius(w), _heard(k, i, x, zero), total)
            a[i] = fma(of_feedback(w), fed_back(k, i, before, zero), total)

    return excite


def _fed_back(k: Any, i: Any, before: Any, zero: Any) -> Any:
    return dot(k.W_fb[i], before, zero)


def _not_fed_back(k: Any, i: Any, before: Any, zero: Any) -> Any:
    return zero


def _unit(w: Any) -> Any:
    return 1.0


def _spectral_radius(w: Any) -> Any:
    return w.spectral_radius[0]


def _input_scaling(w: Any) -> Any:
    return w.input_scaling[0]


def _bias_scaling(w: Any) -> Any:
    return w.bias_scaling[0]


def _feedback_scaling(w: Any) -> Any:
    return w.feedback_scaling[0]


_GENES = {
    "spectral_radius": _spectral_radius,
    "input_scaling": _input_scaling,
    "bias_scaling": _bias_scaling,
    "feedback_scaling": _feedback_scaling,
}


def _leak(w: Any, k: Any) -> Any:
    return k.leak[0]


def _evolved_leak(w: Any, k: Any) -> Any:
    return minimum(maximum(w.leak[0], 0.0), 1.0)

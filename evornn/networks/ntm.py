"""Neural Turing machine (Graves, Wayne & Danihelka 2014, arXiv 1410.5401).

A controller, an LSTM or a feed-forward layer (`evornn.networks.controllers`), reads and writes a
memory M of N locations of width W through heads. A head, reading or writing, moves its weighting w
over the locations (' marks the step before; indexes of locations are modulo N):

    w_c = C(M', k, β)                              content, `evornn.networks.external_memory`
    w_g = g w_c + (1 − g) w'                       interpolation
    w̃_i = Σ_j w_g(i − j) s(j),  j = −1, 0, 1       shift
    w_i = w̃_i^γ / Σ_j w̃_j^γ                        sharpening

    r = Mᵀ w                                       each reading head
    M = M' ∘ Π (1 − w eᵀ) + Σ w aᵀ                 all writing heads

    h = controller(x, r')
    k, a = tanh(·)    e, g = σ(·)    β = softplus(·)    γ = 1 + softplus(·)    s = softmax(·)
    y = V h + V_r r + c

The dots are W_p h + b_p, in the order: k of the reading heads, k of the writing heads, a, e, g, β
and γ of all heads, s of all heads.

Open in the paper: it does not name the functions that bring g, β, γ and s into their ranges, nor
whether k and a are squashed. Here all are as in Collier & Beel (2018, Implementing neural Turing
machines, arXiv 1807.08518), whose tanh keeps M bounded. The paper's M_t is the memory before or
after writing; here both kinds of head are addressed by M', and what is read is M' too, as in most
implementations, or M with ``read_after_write=True``.

At the start r = tanh(r_0) and w = softmax(w_0), biases to be learned, as in the paper. So is
M = tanh(M_0) with ``initial_memory="learned"``, also the paper's; Collier & Beel (2018) found the
constant M = 1e-6 to be learned with faster, and it is the default. The controller starts at zero.

The power is taken as softmax(γ log(w̃ + 1e-16)): a weighting of zero has a finite derivative, and no
γ, however large, empties all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_choice, check_size, check_switch
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.controllers import CONTROLLERS, Controller
from evornn.networks.external_memory import (
    content_weighting,
    lengths,
    read,
    reference_content_weighting,
    reference_softmax,
    softmax,
    softplus,
    write,
)
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import affine, fma, log, sigmoid, tanh

INITIAL_MEMORY = 1e-6  # Collier & Beel 2018
_LEAST = 1e-16
#: g, β, γ and three shifts
_SCALARS = 6


@dataclass(frozen=True)
class NTM(Network):
    """Sizes and options.

    Parameters
    ----------
    hidden
        Units of the controller.
    locations, width
        N and W. The paper has 128 × 20; a population of networks learns short sequences with less.
    heads
        Number of reading heads, and of writing heads.
    controller
        ``lstm`` or ``feedforward``.
    initial_memory
        ``constant`` or ``learned``.
    read_after_write
        Whether the step reads the memory that it has written, or that of the step before.
    """

    inputs: int
    hidden: int
    outputs: int
    locations: int = 16
    width: int = 8
    heads: int = 1
    controller: str = "lstm"
    initial_memory: str = "constant"
    read_after_write: bool = False

    year: ClassVar[int] = 2014
    source: ClassVar[str] = "Graves, Wayne & Danihelka 2014, arXiv 1410.5401"

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs", "locations", "width", "heads"):
            check_size(f"NTM.{name}", getattr(self, name))
        check_choice("NTM.controller", self.controller, CONTROLLERS)
        check_choice("NTM.initial_memory", self.initial_memory, ("constant", "learned"))
        check_switch("NTM.read_after_write", self.read_after_write)

    @property
    def weights(self) -> Shapes:
        n, o, read = self.hidden, self.outputs, self.heads * self.width
        heads = {"W_p": (self._parameters, n), "b_p": (self._parameters,)}
        readout = {"V": (o, n), "V_r": (o, read), "c": (o,)}
        start = {"r_0": (read,), "w_0": (2 * self.heads, self.locations)}
        memory = {"M_0": (self.locations, self.width)} if self._learns_memory else {}
        control = self._controller.weights(self.inputs, n, read)
        return {**control, **heads, **readout, **start, **memory}

    @property
    def state(self) -> Shapes:
        N, W, heads = self.locations, self.width, self.heads
        memory = {"r": (heads * W,), "w": (2 * heads, N), "M": (N, W)}
        return {**self._controller.state(self.hidden), **memory}

    @property
    def scratch(self) -> Shapes:
        N = self.locations
        heads = {"p": (self._parameters,), "lengths": (N,), "w_g": (N,)}
        return {**self._controller.scratch(self.hidden), **heads}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.controller, self.read_after_write)

    @property
    def start(self) -> Callable[..., None]:
        return option_step(_make_start, self.controller, self._learns_memory)

    @property
    def _controller(self) -> Controller:
        return CONTROLLERS[self.controller]

    @property
    def _learns_memory(self) -> bool:
        return self.initial_memory == "learned"

    @property
    def _parameters(self) -> int:
        """Number of parameters that the controller gives to the heads."""
        return 2 * self.heads * (2 * self.width + _SCALARS)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, heads = self.named(weights), self.heads
        M = np.full((self.locations, self.width), INITIAL_MEMORY)
        if self._learns_memory:
            M = np.tanh(w["M_0"])
        r, weighting, state = np.tanh(w["r_0"]), reference_softmax(w["w_0"]), None
        outputs = []
        for x in np.asarray(inputs, np.float64):
            h, state = self._controller.reference(w, x, r, state)
            k, a, e, g, beta, gamma, s = self._split(w["W_p"] @ h + w["b_p"])
            content = reference_content_weighting(M, k, beta)
            gated = g[:, np.newaxis] * content + (1.0 - g[:, np.newaxis]) * weighting
            shifted = sum(s[:, [j + 1]] * np.roll(gated, j, axis=1) for j in (-1, 0, 1))
            powers = (shifted + _LEAST) ** gamma[:, np.newaxis]
            weighting = powers / powers.sum(axis=1, keepdims=True)
            reading, writing = weighting[:heads], weighting[heads:]
            erased = np.prod(1.0 - writing[:, :, np.newaxis] * e[:, np.newaxis, :], axis=0)
            M, M_before = M * erased + writing.T @ a, M
            r = (reading @ (M if self.read_after_write else M_before)).ravel()
            outputs.append(w["V"] @ h + w["V_r"] @ r + w["c"])
        return np.array(outputs)

    def _split(self, p: np.ndarray) -> tuple[np.ndarray, ...]:
        """k, a, e, g, β, γ and s of the parameters `p`, a row for each head."""
        heads, W = self.heads, self.width
        sizes = [2 * heads * W, heads * W, heads * W, 2 * heads, 2 * heads, 2 * heads]
        k, a, e, g, beta, gamma, s = np.split(p, np.cumsum(sizes))
        logistic = ACTIVATIONS["sigmoid"].reference
        return (
            np.tanh(k).reshape(2 * heads, W),
            np.tanh(a).reshape(heads, W),
            logistic(e).reshape(heads, W),
            logistic(g),
            np.logaddexp(0.0, beta),
            1.0 + np.logaddexp(0.0, gamma),
            reference_softmax(s.reshape(2 * heads, 3)),
        )


def _make_step(controller: str, read_after_write: bool) -> Callable[..., None]:
    control = CONTROLLERS[controller].step
    access = _write_then_read if read_after_write else _read_then_write

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        control(w, x, s, s_next)
        affine(w.W_p, s_next.h, w.b_p, s_next.p)
        _squash(s_next.p, s.w.shape[0], s.M.shape[1])
        lengths(s.M, s_next.lengths)
        for head in range(s.w.shape[0]):
            _address(head, s, s_next)
        access(s, s_next)
        affine(w.V, s_next.h, w.c, y)
        affine(w.V_r, s_next.r, y, y)

    return step


def _squash(p: Any, heads: int, W: int) -> None:
    """k, a, e, g, β, γ and s of `heads` heads, half of them writing, in their ranges."""
    erase, beta, shift = 3 * heads * W // 2, 2 * heads * W + heads, 2 * heads * W + 3 * heads
    for i in range(erase):
        p[i] = tanh(p[i])
    for i in range(erase, beta):
        p[i] = sigmoid(p[i])
    for i in range(beta, shift):
        p[i] = softplus(p[i])
    for head in range(heads):
        softmax(p[shift + 3 * head : shift + 3 * head + 3])


def _address(head: int, s: Any, s_next: Any) -> None:
    """The weighting of one head."""
    heads, N, W = s.w.shape[0], s.w.shape[1], s.M.shape[1]
    p, w_g, before, w = s_next.p, s_next.w_g, s.w[head], s_next.w[head]
    k, scalars = p[head * W : (head + 1) * W], p[2 * heads * W + head :]
    g, beta, gamma = scalars[0], scalars[heads], 1.0 + scalars[2 * heads]
    shift = p[2 * heads * W + 3 * heads + 3 * head :]
    content_weighting(s.M, s_next.lengths, k, beta, w_g)
    for i in range(N):
        w_g[i] = fma(g, w_g[i] - before[i], before[i])
    for i in range(N):
        shifted = fma(w_g[(i + 1) % N], shift[0], w_g[i] * shift[1])
        shifted = fma(w_g[(i + N - 1) % N], shift[2], shifted)
        w[i] = gamma * log(shifted + _LEAST)
    softmax(w)


def _read_then_write(s: Any, s_next: Any) -> None:
    _read(s.M, s_next)
    _write(s, s_next)


def _write_then_read(s: Any, s_next: Any) -> None:
    _write(s, s_next)
    _read(s_next.M, s_next)


def _read(M: Any, s_next: Any) -> None:
    W = M.shape[1]
    for head in range(s_next.w.shape[0] // 2):
        read(M, s_next.w[head], s_next.r[head * W : (head + 1) * W])


def _write(s: Any, s_next: Any) -> None:
    heads = s.w.shape[0] // 2
    vectors = heads * s.M.shape[1]
    a, e = s_next.p[2 * vectors : 3 * vectors], s_next.p[3 * vectors : 4 * vectors]
    write(s.M, s_next.w[heads:], e, a, s_next.M)


def _make_start(controller: str, learns_memory: bool) -> Callable[..., None]:
    begin = CONTROLLERS[controller].begin
    fill = _learned_memory if learns_memory else _constant_memory

    def start(w: Any, k: Any, x: Any, s: Any) -> None:
        begin(s)
        for i in range(s.r.shape[0]):
            s.r[i] = tanh(w.r_0[i])
        for head in range(s.w.shape[0]):
            for i in range(s.w.shape[1]):
                s.w[head, i] = w.w_0[head, i]
            softmax(s.w[head])
        for i in range(s.M.shape[0]):
            for j in range(s.M.shape[1]):
                s.M[i, j] = fill(w, i, j)

    return start


def _constant_memory(w: Any, i: int, j: int) -> Any:
    return INITIAL_MEMORY


def _learned_memory(w: Any, i: int, j: int) -> Any:
    return tanh(w.M_0[i, j])

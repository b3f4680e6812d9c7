"""Neural network pushdown automaton (Das, Giles & Sun 1992; Sun et al. 1993, arXiv 1711.05738).

A network of higher order with a stack of symbols that have a thickness, so that pushing and popping
have a derivative. ' marks the step before, I is the input, R what was on top of the stack:

    S_i = g(Σ_jk  W_ijk  S'_j [I; R]_k + b_i)    A = f(Σ_jk  W_a,jk  S'_j [I; R]_k + b_a)    order=2
    S_i = g(Σ_jkl W_ijkl S'_j I_k R_l  + b_i)    A = f(Σ_jkl W_a,jkl S'_j I_k R_l  + b_a)    order=3

    A > 0: push the symbol I with thickness A      A < 0: pop a thickness of −A from the top
    R = Σ_c (thickness of cell c within a depth of 1 from the top) · (symbol of cell c)

g is the logistic function, f is tanh, S(0) = (1, 0, …, 0), and the stack is empty at first. R has
one unit more than there are symbols: the missing thickness 1 − Σ_c, which is 1 when the stack is
empty. With its weights at zero the published forms remain; without it a network of third order is
blind while its stack is empty. Popping an empty stack changes nothing; the state may remember that
it happened, for R has said so.

A string is accepted when the state says so and nothing is left: Sun et al. train S_1 − L towards 1
for legal and 0 for illegal strings, L being the length of the stack after the last step. Here

    y = V S + p L + c

is read at every step, with p learnt as well; V = (1, 0, …), p = −1, c = 0 is theirs.

Sun et al. quantise the actions of a trained network to get a pushdown automaton; ``discrete=True``
does that: A is rounded to −1, 0 or 1. Such a network has no gradient with respect to its actions:
it is searched for, or it is a trained network with another option, since the weights are the same.

The stack has `depth` cells, one for each push that has not been popped; what does not fit falls out
at the bottom. No weight belongs to a cell, so that a network trained with a shallow stack works
with a deeper one on longer strings. `reference` has a stack without end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.checks import check_size, check_switch
from evornn.errors import ConfigurationError
from evornn.networks.activations import ACTIVATIONS
from evornn.networks.network import Network, Shapes, option_step
from evornn.networks.second_order import first_unit_on, outer_product
from evornn.numerics import affine, dot, fma, maximum, minimum, sigmoid, tanh, where


@dataclass(frozen=True)
class PushdownAutomaton(Network):
    """Sizes; `hidden` is the number n of state units, `depth` that of the stack's cells.

    Weights, with z = 2 · inputs + 1 for order 2 and z = inputs · (inputs + 1) for order 3, the last
    index the fastest: W (n, n, z), b (n,), W_a (n, z), b_a (1,), V (outputs, n), p (outputs,),
    c (outputs,).
    """

    inputs: int
    hidden: int
    outputs: int
    order: int = 2
    depth: int = 16
    discrete: bool = False

    year: ClassVar[int] = 1992
    source: ClassVar[str] = "Das, Giles & Sun 1992; Sun et al. 1993"
    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT")

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs", "order", "depth"):
            check_size(f"PushdownAutomaton.{name}", getattr(self, name))
        check_switch("PushdownAutomaton.discrete", self.discrete)
        if self.order not in (2, 3):
            raise ConfigurationError(
                f"PushdownAutomaton.order must be 2 or 3, got {self.order}: inputs and readings "
                "add up (2) or multiply (3)"
            )

    @property
    def _terms(self) -> int:
        """What each state unit is multiplied with: the size of [I; R], or that of I times R."""
        readings = self.inputs + 1
        return self.inputs + readings if self.order == 2 else self.inputs * readings

    @property
    def weights(self) -> Shapes:
        n, z, o = self.hidden, self._terms, self.outputs
        higher_order = {"W": (n, n, z), "b": (n,), "W_a": (n, z), "b_a": (1,)}
        return higher_order | {"V": (o, n), "p": (o,), "c": (o,)}

    @property
    def state(self) -> Shapes:
        stack = {"thickness": (self.depth,), "symbol": (self.depth, self.inputs)}
        return {"S": (self.hidden,), **stack}

    @property
    def scratch(self) -> Shapes:
        terms, products = (self._terms,), (self.hidden * self._terms,)
        return {"R": (self.inputs + 1,), "z": terms, "products": products, "left": (self.depth,)}

    @property
    def start(self) -> Callable[..., None]:
        return _start

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.order, self.discrete)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        w, g = self.named(weights), ACTIVATIONS["sigmoid"].reference
        S, stack = np.eye(self.hidden)[0], _ReferenceStack(self.inputs)
        outputs = []
        for I in np.asarray(inputs, np.float64):  # noqa: E741 - the letter of the equation
            R = stack.top()
            z = np.concatenate([I, R]) if self.order == 2 else np.outer(I, R).ravel()
            A = np.tanh(np.einsum("jk,j,k", w["W_a"], S, z) + w["b_a"][0])
            S = g(np.einsum("ijk,j,k->i", w["W"], S, z) + w["b"])
            stack.act(float(np.rint(A)) if self.discrete else float(A), I)
            outputs.append(w["V"] @ S + w["p"] * stack.length + w["c"])
        return np.array(outputs)


class _ReferenceStack:
    """Symbols with a thickness, the top at the end of the list."""

    def __init__(self, symbols: int) -> None:
        self.cells: list[tuple[float, np.ndarray]] = []
        self.symbols = symbols

    @property
    def length(self) -> float:
        return sum(thickness for thickness, _ in self.cells)

    def top(self) -> np.ndarray:
        """The symbols within a depth of 1, and the thickness missing to 1."""
        reading, missing = np.zeros(self.symbols), 1.0
        for thickness, symbol in reversed(self.cells):
            reading = reading + min(thickness, missing) * symbol
            missing -= min(thickness, missing)
        return np.append(reading, missing)

    def act(self, A: float, symbol: np.ndarray) -> None:
        if A > 0.0:
            self.cells.append((A, symbol))
        pop = max(-A, 0.0)
        while pop > 0.0 and self.cells:
            thickness, top = self.cells.pop()
            if thickness > pop:
                self.cells.append((thickness - pop, top))
            pop -= min(thickness, pop)


def _start(w: Any, k: Any, x: Any, s: Any) -> None:
    first_unit_on(w, k, x, s)
    for c in range(s.thickness.shape[0]):
        s.thickness[c] = 0.0
        for i in range(x.shape[0]):
            s.symbol[c, i] = 0.0


def _make_step(order: int, discrete: bool) -> Callable[..., None]:
    combine = _side_by_side if order == 2 else outer_product
    quantise = _rounded if discrete else _as_it_is

    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        S, products = s_next.S, s_next.products
        n, count = S.shape[0], products.shape[0]
        _read(s, s_next.R)
        combine(x, s_next.R, s_next.z)
        outer_product(s.S, s_next.z, products)
        affine(w.W.reshape((n, count)), products, w.b, S)
        A = quantise(tanh(dot(w.W_a.reshape((count,)), products, w.b_a[0])))
        for i in range(n):
            S[i] = sigmoid(S[i])
        _act(A, x, s, s_next)
        affine(w.V, S, w.c, y)
        for c in range(s_next.thickness.shape[0]):
            for o in range(y.shape[0]):
                y[o] = fma(w.p[o], s_next.thickness[c], y[o])

    return step


def _side_by_side(x: Any, R: Any, z: Any) -> None:
    m = x.shape[0]
    for i in range(m):
        z[i] = x[i]
    for i in range(R.shape[0]):
        z[m + i] = R[i]


def _as_it_is(A: Any) -> Any:
    return A


def _rounded(A: Any) -> Any:
    return where(A > 0.5, 1.0, where(A < -0.5, -1.0, 0.0 * A))


def _read(s: Any, R: Any) -> None:
    """R = what lies within a depth of 1, and last the thickness missing to 1."""
    m = s.symbol.shape[1]
    for i in range(m):
        R[i] = 0.0
    R[m] = 1.0
    for c in range(s.thickness.shape[0]):
        within = minimum(s.thickness[c], R[m])
        R[m] = R[m] - within
        for i in range(m):
            R[i] = fma(within, s.symbol[c, i], R[i])


def _act(A: Any, x: Any, s: Any, s_next: Any) -> None:
    """Push `x` with thickness A, or pop −A; cell 0 is the top.

    A push moves all cells down by one, unless the top cell is empty and can be filled; when a pop
    has emptied the top cell all move up by one. A pop may empty several cells: the rest of them
    stay for later pops to remove. They have no thickness, so nothing else notices.
    """
    thickness, symbol, left = s_next.thickness, s_next.symbol, s_next.left
    cells, pop = thickness.shape[0], maximum(-A, 0.0)
    for c in range(cells):
        popped = minimum(s.thickness[c], pop)
        left[c] = s.thickness[c] - popped
        pop = pop - popped
    pushes, empty = A > 0.0, left[0] <= 0.0
    down, up = pushes & ~empty, ~pushes & empty
    for c in range(cells):
        above, below = max(c - 1, 0), min(c + 1, cells - 1)
        thickness[c] = where(down, left[above], where(up, left[below], left[c]))
        for i in range(x.shape[0]):
            stays = s.symbol[c, i]
            symbol[c, i] = where(down, s.symbol[above, i], where(up, s.symbol[below, i], stays))
    thickness[cells - 1] = where(up, 0.0, thickness[cells - 1])
    thickness[0] = where(pushes, A, thickness[0])
    for i in range(x.shape[0]):
        symbol[0, i] = where(pushes, x[i], symbol[0, i])

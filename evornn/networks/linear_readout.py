"""Networks that are read out linearly: y(t) = W_out φ(t), with the features φ(t) of a reservoir.

The features, of which the first is 1, are what the units make of the inputs so far. Where they
depend on no weight and on no output they are the same for all genomes, and the loss of a readout
follows from one factorisation (`evornn.fitness.readout`). Where they depend on the outputs of the
step before, they can still be had by teacher forcing: with the targets in place of these outputs
(Jaeger 2001). In every case the best readout of given features is a linear least-squares problem
(`evornn.fitness.ridge`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from evornn.networks.cut import Cut
from evornn.networks.network import Network, Shapes, option_step
from evornn.numerics import affine

#: the weight block of the readout, the first of all
READOUT = "W_out"


class LinearReadoutNetwork(Network):
    """Base of the networks whose outputs are W_out φ(t).

    A subclass states what depends on no readout: the number of its features, `reservoir_weights`,
    `reservoir_state` and `reservoir_scratch`, `features` in NumPy, and `advance` in scalar maths.
    """

    trained_by: ClassVar[tuple[str, ...]] = ("global search", "BPTT", "least squares")

    @property
    @abstractmethod
    def feature_count(self) -> int:
        """Length of φ(t), the leading 1 included."""

    @property
    def reservoir_weights(self) -> Shapes:
        """Names and shapes of the weights that the features depend on."""
        return {}

    @property
    @abstractmethod
    def reservoir_state(self) -> Shapes:
        """Names and shapes of what the reservoir carries from step to step."""

    @property
    def reservoir_scratch(self) -> Shapes:
        """Names and shapes of the working space of `advance`."""
        return {}

    @property
    def feeds_back(self) -> bool:
        """Whether the features depend on the outputs of the step before."""
        return False

    @property
    @abstractmethod
    def advance(self) -> Callable[..., None]:
        """``advance(w, k, u, before, s, s_next, phi)``: one step of the reservoir.

        It writes every element of the reservoir's state on `s_next` and of `phi`, from the inputs
        `u` and, where the network feeds back, the outputs of the step `before`.
        """

    @abstractmethod
    def features(
        self, inputs: Any, weights: Mapping[str, Any] | None = None, outputs_before: Any = None
    ) -> np.ndarray:
        """φ of every step, (time, features), in plain NumPy, for inputs (time, inputs).

        `weights` by name, where the features depend on some; `outputs_before` (time, outputs),
        where the network feeds back: its outputs (or the targets) one step later.
        """

    @property
    def fixed_features(self) -> bool:
        """Whether the features are the same for all genomes."""
        return not self.feeds_back and not self.reservoir_weights

    @property
    def weights(self) -> Shapes:
        return {READOUT: (self.outputs, self.feature_count), **self.reservoir_weights}

    @property
    def state(self) -> Shapes:
        return {**self.reservoir_state, **({"y": (self.outputs,)} if self.feeds_back else {})}

    @property
    def scratch(self) -> Shapes:
        return {**self.reservoir_scratch, "phi": (self.feature_count,)}

    @property
    def step(self) -> Callable[..., None]:
        return option_step(_make_step, self.advance, self.feeds_back)

    @property
    def feature_step(self) -> Callable[..., None]:
        """The step without its readout: φ(t) is its output.

        Where the network feeds back, the outputs of the step before follow the inputs in `x`.
        """
        return option_step(_make_feature_step, self.advance, self.feeds_back)

    @property
    def cut(self) -> Cut:
        return Cut(_FeatureNetwork(self), READOUT, feeds_back=self.feeds_back)

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        named = self.named(weights)
        return self.features(inputs, named) @ named[READOUT].T


@dataclass(frozen=True)
class _FeatureNetwork(Network):
    """`network` without its readout: the outputs are its features.

    Where it feeds back, the outputs of the step before are inputs, after the others.
    """

    network: LinearReadoutNetwork

    @property
    def inputs(self) -> int:  # type: ignore[override]  # follows from the network
        return self.network.inputs + (self.network.outputs if self.network.feeds_back else 0)

    @property
    def outputs(self) -> int:  # type: ignore[override]  # follows from the network
        return self.network.feature_count

    @property
    def weights(self) -> Shapes:
        return self.network.reservoir_weights

    @property
    def state(self) -> Shapes:
        return self.network.state

    @property
    def scratch(self) -> Shapes:
        return self.network.reservoir_scratch

    @property
    def constants(self) -> Mapping[str, np.ndarray]:
        return self.network.constants

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        return self.network.ranges

    @property
    def exponential(self) -> frozenset[str]:
        return self.network.exponential

    @property
    def start(self) -> Callable[..., None] | None:
        return self.network.start

    @property
    def step(self) -> Callable[..., None]:
        return self.network.feature_step

    def reference(self, weights: Any, inputs: np.ndarray) -> np.ndarray:
        given = np.asarray(inputs, np.float64)
        u, before = np.split(given, [self.network.inputs], axis=1)
        return self.network.features(u, self.named(weights), before)


def _make_step(advance: Callable[..., None], feeds_back: bool) -> Callable[..., None]:
    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        advance(w, k, x, x, s, s_next, s_next.phi)
        _read_out(w, s_next.phi, y)

    def step_with_feedback(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        advance(w, k, x, s.y, s, s_next, s_next.phi)
        _read_out(w, s_next.phi, y)
        for o in range(y.shape[0]):
            s_next.y[o] = y[o]

    return step_with_feedback if feeds_back else step


def _make_feature_step(advance: Callable[..., None], feeds_back: bool) -> Callable[..., None]:
    def step(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        advance(w, k, x, x, s, s_next, y)

    def step_with_teacher(w: Any, k: Any, x: Any, s: Any, s_next: Any, y: Any) -> None:
        m = x.shape[0] - s.y.shape[0]
        advance(w, k, x[:m], x[m:], s, s_next, y)
        for o in range(s.y.shape[0]):
            s_next.y[o] = x[m + o]

    return step_with_teacher if feeds_back else step


def _read_out(w: Any, phi: Any, y: Any) -> None:
    # The first feature is 1, so the first column of W_out is the bias.
    affine(w.W_out[:, 1:], phi[1:], w.W_out[:, 0], y)

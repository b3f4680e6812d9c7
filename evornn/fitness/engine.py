"""What computes for a `Fitness`: compiled kernels, or their slow twin in plain Python."""

from __future__ import annotations

from typing import Any, Protocol, Self

import numpy as np

from evornn.fitness.gradient_mode import REVERSE, GradientMode
from evornn.fitness.one_step_back import StepBack
from evornn.networks.network import Network
from evornn.tasks.judged import Judged


class Engine(Protocol):
    """One network on one set of data, each row of which is a sequence or a tree."""

    network: Network

    def on(self, data: Judged) -> Self:
        """The same on other `data` of its kind; kernels and idle memory are shared."""

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """Judged errors (population, row), float64, of weights (population, weights)."""

    def sums_and_gradients(
        self, weights: np.ndarray, scale: float, mode: GradientMode = REVERSE
    ) -> tuple[np.ndarray, np.ndarray]:
        """Judged errors (population, row), and `scale` × their sum's gradients, float64.

        Errors are followed back as `mode` says; trees whole.
        """

    def sums_and_forward_gradients(
        self, weights: np.ndarray, scale: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """The same, by forward mode."""

    def outputs(self, weights: np.ndarray) -> np.ndarray:
        """Outputs (row, time or node, output), float64, of one vector of weights (weights,)."""


class SequenceEngine(Engine, Protocol):
    """What knows the outputs of populations, too, and goes from step to step.

    The latter is for weights that change meanwhile.
    """

    def population_outputs(self, weights: np.ndarray) -> np.ndarray:
        """Outputs (population, sequence, time, output) of weights (population, weights), float64.

        They are zero behind the end of a sequence.
        """

    def pull_back(self, weights: np.ndarray, cotangents: np.ndarray) -> np.ndarray:
        """Gradients (population, weights), float64, of any function of the outputs.

        `cotangents` (population, sequence, time, output) are its derivatives by the outputs; what
        stands behind the end of a sequence is ignored.
        """

    @property
    def states(self) -> int:
        """Numbers that a step hands on to the next: its state, and outputs that are fed back."""

    def sums_and_hybrid_gradients(
        self, weights: np.ndarray, scale: float, mode: GradientMode
    ) -> tuple[np.ndarray, np.ndarray]:
        """`sums_and_gradients` in blocks of ``mode.block`` steps, joined by forward mode."""

    def influence(self) -> Any:
        """Memory for the state of one network, and its derivatives."""

    def advance(
        self, influence: Any, weights: np.ndarray, q: int, t: int
    ) -> tuple[float, np.ndarray]:
        """Judged error at step `t` of sequence `q`, and its gradient (weights,), float64.

        `influence` has seen the steps before with the `weights` of their time; step 0 begins anew.
        """

    def sketch(self) -> Any:
        """Memory for the state of one network, and tangents of it in a few directions."""

    def push(
        self, sketch: Any, weights: np.ndarray, q: int, t: int
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Step `t` of sequence `q`: its judged error, and the tangents pushed through it.

        Those of the error (direction,), and those of the next state (state, direction), which may
        be written to. They begin at zero with step 0.
        """

    def pull(
        self,
        sketch: Any,
        weights: np.ndarray,
        q: int,
        t: int,
        adjoints: np.ndarray,
        cut: bool = False,
    ) -> StepBack:
        """Derivatives of step `t` by the weights and by the state before it, after its `push`.

        Those of the next state are times `adjoints` (state, direction); those of the judged error
        are `cut` at the next state or not.
        """

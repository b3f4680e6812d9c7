"""The engine for connectionist temporal classification: a loss of all the outputs of a sequence.

The network goes forwards and its outputs are kept, these are judged, and where gradients are wanted
the derivatives by the outputs are pulled back through the network. As the pass back goes forwards
once more, a gradient takes two passes forward. The outputs of a population may be many numbers:
they are made for as many genomes at a time as `_OUTPUTS_AT_ONCE` allows.
"""

from __future__ import annotations

from copy import copy
from typing import Self

import numba
import numpy as np

from evornn.errors import ConfigurationError
from evornn.fitness.engine import SequenceEngine
from evornn.fitness.gradient_mode import REVERSE, GradientMode
from evornn.fitness.labelling_kernel import Labelled, label_in_lanes, label_plainly
from evornn.fitness.threads import split
from evornn.networks.network import Network
from evornn.tasks.judged import Judged

#: numbers that outputs held together may have: 64 MiB of float64
_OUTPUTS_AT_ONCE = 1 << 23


class LabellingEngine:
    """−log p of labellings, and gradients, of weights (population, weights) on one set of data.

    `passes` runs the network; what error it has for a step does not matter.
    """

    def __init__(self, passes: SequenceEngine, data: Judged, threads: int) -> None:
        self.passes, self.data, self.threads = passes, data, threads
        self.network: Network = passes.network
        self._compiled = not numba.config.DISABLE_JIT
        self._labelled = Labelled.of(data)

    def on(self, data: Judged) -> Self:
        """The same on other `data` of its kind."""
        other = copy(self)
        other.passes, other.data = self.passes.on(data), data
        other._labelled = Labelled.of(data)
        return other

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """−log p (population, sequence), float64."""
        found = (self._judged(weights[part], False)[0] for part in self._parts(len(weights)))
        return np.concatenate(list(found))

    def sums_and_gradients(
        self, weights: np.ndarray, scale: float, mode: GradientMode = REVERSE
    ) -> tuple[np.ndarray, np.ndarray]:
        """−log p (population, sequence), and `scale` × their sum's gradients, float64."""
        if mode != REVERSE:
            raise _judged_at_the_end(mode.kind)
        sums, gradients = [], []
        for part in self._parts(len(weights)):
            losses, cotangents = self._judged(weights[part], True)
            sums.append(losses)
            gradients.append(self.passes.pull_back(weights[part], scale * cotangents))
        return np.concatenate(sums), np.concatenate(gradients)

    def sums_and_forward_gradients(
        self, weights: np.ndarray, scale: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """There are none: ConfigurationError."""
        raise _judged_at_the_end("forward")

    def sums_and_hybrid_gradients(
        self, weights: np.ndarray, scale: float, mode: GradientMode
    ) -> tuple[np.ndarray, np.ndarray]:
        """There are none: ConfigurationError."""
        raise _judged_at_the_end("hybrid")

    def outputs(self, weights: np.ndarray) -> np.ndarray:
        """Outputs (sequence, time, output) of one vector of weights, float64."""
        return self.passes.outputs(weights)

    def population_outputs(self, weights: np.ndarray) -> np.ndarray:
        """Outputs (population, sequence, time, output), float64."""
        return self.passes.population_outputs(weights)

    def pull_back(self, weights: np.ndarray, cotangents: np.ndarray) -> np.ndarray:
        """Gradients (population, weights) of any function of the outputs, float64."""
        return self.passes.pull_back(weights, cotangents)

    def _parts(self, population: int) -> list[slice]:
        """The population in pieces whose outputs are few enough."""
        at_once = max(_OUTPUTS_AT_ONCE // self.data.targets.size, 1)
        return split(population, -(-population // at_once))

    def _judged(self, weights: np.ndarray, wanted: bool) -> tuple[np.ndarray, np.ndarray]:
        """−log p (population, sequence), and its derivatives by the outputs if `wanted`."""
        outputs = self.passes.population_outputs(weights)
        losses = np.zeros(outputs.shape[:2])
        if self._compiled:
            label_in_lanes(outputs, self._labelled, losses, wanted, self.threads)
        else:
            label_plainly(outputs, self._labelled, losses)
        return losses, outputs


def _judged_at_the_end(mode: str) -> ConfigurationError:
    return ConfigurationError(
        f"mode={mode!r} needs the error of each step, and connectionist_temporal_classification "
        "judges a sequence when it has ended: take mode='reverse'"
    )

"""Learning while the network runs: the weights change after every step (Williams & Zipser 1989).

    w ← w − α ∇E(t)        at every judged step t, or another rule of `evornn.optimizers`

No end of a sequence is waited for. ∇E(t) is that of real-time recurrent learning, which stores
nothing over time, an estimate of it, or one that is cut off in the past. Each sequence begins with
a state and an influence matrix of its own. For α → 0 a pass changes the weights by the sum of the
steps' gradients, as gradient descent would.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple, Protocol, cast

import numpy as np

from evornn.checks import check_choice, check_generator, check_size
from evornn.errors import ConfigurationError
from evornn.fitness.crbp import CausalRecursion
from evornn.fitness.engine import SequenceEngine
from evornn.fitness.fitness import Fitness
from evornn.fitness.gradient_mode import flowing
from evornn.fitness.snap import PROBES, SparseInfluence, influence_pattern
from evornn.fitness.uoro import RankOne
from evornn.losses import StepLoss, loss_function
from evornn.networks.iir import IIR
from evornn.networks.network import Network
from evornn.registry import registry_of
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Task


class Rule(Protocol):
    """What turns gradients into changes: a gradient method of `evornn.optimizers`."""

    population_size: int

    def blank_moments(self, count: int, genes: int) -> dict[str, np.ndarray]:
        """What is remembered of no gradient yet."""

    def follow(
        self,
        points: np.ndarray,
        gradients: np.ndarray,
        moments: dict[str, np.ndarray],
        t: np.ndarray,
        told: int,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The changes of `points` (1, weights) by gradient `t` (1, 1), the one after `told`, and
        something else."""


class Gradients(Protocol):
    """A network that is run step by step beside its derivatives."""

    def advance(self, weights: np.ndarray, q: int, t: int) -> tuple[float, np.ndarray]:
        """Judged error at step `t` of sequence `q`, and its gradient (weights,)."""


class Lesson(NamedTuple):
    """What has been learnt.

    `weights` (weights,) after the last step; `losses` (pass,) of each pass, and `step_losses`
    (pass, sequence, time) of each step, zero where it is not judged: those of the network as it was
    at that step, before it learnt from it.
    """

    weights: np.ndarray
    losses: np.ndarray
    step_losses: np.ndarray


class OnlineLearner(ABC):
    """Learning at every step of the sequences of a task, in their order.

    Parameters
    ----------
    task, network, dtype, split
        As for `evornn.Fitness`. The network reads forwards only.
    optimizer
        How weights follow a gradient: `evornn.optimizers.SGD(learning_rate=0.01)`, say, or a
        registered name such as ``"adam"``.
        A step's loss is its error times its weight, so a learning rate is one per step.
    """

    def __init__(
        self,
        task: Task,
        network: Network,
        optimizer: Rule | str,
        dtype: str | type[np.floating] = "float32",
        split: str = "train",
    ) -> None:
        self._fitness = Fitness(task, network, dtype=dtype, threads=1, split=split)
        if network.data == "tree" or network.directions[1] is not None:
            raise ConfigurationError(
                f"a {type(network).__name__} network does not go from step to step, so it cannot "
                "learn at each: train it with Fitness.value_and_grad"
            )
        optimizer = _rule(optimizer)
        if optimizer.population_size != 1:
            raise ConfigurationError(
                f"one network learns at a time: set the optimizer's population_size to 1, got "
                f"{optimizer.population_size}"
            )
        loss = loss_function(self._fitness.data.loss_function)
        if not isinstance(loss, StepLoss):
            raise ConfigurationError(
                f"{self._fitness.data.loss_function} judges a sequence when it has ended, so there "
                "is nothing to learn from at a step: train with Fitness.value_and_grad"
            )
        self.task, self.network, self.optimizer = task, network, optimizer
        self._engine = cast(SequenceEngine, self._fitness.simulation())
        self._step_divisor = loss.divisor(1.0, self._fitness.data.output_size)

    def learn(self, weights: Any, passes: int = 1) -> Lesson:
        """Learn from `weights` on, through all sequences, `passes` times.

        `weights` (weights,) may also be given by name. The method remembers nothing of an earlier
        call. A step whose loss or gradient is not finite teaches nothing.
        """
        check_size("passes", passes)
        w = np.concatenate([part.ravel() for part in self.network.named(weights).values()])
        data, moments = self._fitness.data, self.optimizer.blank_moments(1, len(w))
        step_losses = np.zeros((passes, *data.judged.shape))
        gradients, learnt = self._gradients(), 0
        for k, q in np.ndindex(passes, len(data.lengths)):
            for t in range(int(data.lengths[q])):
                error, gradient = gradients.advance(w, q, t)
                step_losses[k, q, t] = error / self._step_divisor
                sound = np.isfinite(error) and np.isfinite(gradient).all()
                if sound and data.judged[q, t] > 0.0:
                    scaled = gradient[np.newaxis] / self._step_divisor
                    count = np.array([[learnt + 1]])
                    change, _ = self.optimizer.follow(w[np.newaxis], scaled, moments, count, learnt)
                    w += change[0]
                    learnt += 1
        totals = step_losses.reshape(passes, -1).sum(axis=1)
        return Lesson(w, totals * self._step_divisor / data.divisor, step_losses)

    def _refuse_free_running(self) -> None:
        """For methods whose derivatives do not go through outputs that are fed back."""
        if self._fitness.data.free_running is not None:  # type: ignore[attr-defined]
            raise ConfigurationError(
                f"{type(self).__name__} takes the outputs that are fed back for inputs: leave "
                "free_running out, or take OnlineRTRL"
            )

    def _check_states_alone(self) -> None:
        """Weights must act on the next step through the state before it alone."""
        self._refuse_free_running()
        if self.network.start is not None:
            raise ConfigurationError(
                f"{type(self).__name__} needs a network whose state begins at zero, and that of "
                f"{type(self.network).__name__} depends on its weights: take OnlineRTRL"
            )

    @abstractmethod
    def _gradients(self) -> Gradients:
        """What gives the gradient of each step."""


def _rule(given: Rule | str) -> Rule:
    """The gradient method that is `given`, built where it is a name."""
    found = registry_of("optimizer").build(given) if isinstance(given, str) else given
    for method in ("follow", "blank_moments"):
        if not hasattr(found, method):
            raise ConfigurationError(
                "optimizer must be a gradient method such as evornn.optimizers.SGD(), or the name "
                f"of one, got {given!r:.80}"
            )
    rule: Rule = found
    return rule


class OnlineRTRL(OnlineLearner):
    """Real-time recurrent learning at every step: see `real_time`.

    The gradients are exact for weights that stay as they are, and close for small rates. A step
    runs the network's own once for every sixteen weights. Parameters: those of `OnlineLearner`.
    """

    def _gradients(self) -> Gradients:
        return _Exact(self._engine)


class _Exact:
    def __init__(self, engine: SequenceEngine) -> None:
        self._engine, self._influence = engine, engine.influence()

    def advance(self, weights: np.ndarray, q: int, t: int) -> tuple[float, np.ndarray]:
        return self._engine.advance(self._influence, weights, q, t)


class OnlineUORO(OnlineLearner):
    """Unbiased estimates of these gradients, at the cost of a few steps: see `uoro`.

    Parameters beside those of `OnlineLearner`:

    rng
        The generator that the random signs are drawn from.
    """

    def __init__(
        self,
        task: Task,
        network: Network,
        optimizer: Rule | str,
        rng: np.random.Generator,
        dtype: str | type[np.floating] = "float32",
        split: str = "train",
    ) -> None:
        super().__init__(task, network, optimizer, dtype, split)
        self._check_states_alone()
        check_generator("rng", rng)
        self._rng = rng

    def _gradients(self) -> Gradients:
        return RankOne(self._engine, self._rng)


class OnlineSnAp(OnlineLearner):
    """The sparse approximation SnAp-1 of these gradients, without noise: see `snap`.

    It keeps the influence of weights on the units that they act on within one step. It is exact for
    units that hear only themselves (`evornn.networks.IndRNN`). Parameters beside those of
    `OnlineLearner`:

    through
        Names of the states through which influence goes on to the next step, None for all of them.
        ``("c",)`` is the rule that the first LSTM learnt by.
    """

    def __init__(
        self,
        task: Task,
        network: Network,
        optimizer: Rule | str,
        dtype: str | type[np.floating] = "float32",
        split: str = "train",
        through: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(task, network, optimizer, dtype, split)
        self._check_states_alone()
        for name in through or ():
            check_choice("through", name, tuple(network.state))
        if not network.state:
            raise ConfigurationError(
                f"a {type(network).__name__} network has no state that a weight could influence: "
                "train it with Fitness.value_and_grad"
            )
        inputs = np.random.default_rng(0).normal(size=(*PROBES, network.inputs))
        probes = Sequences(inputs, np.zeros((*PROBES, network.outputs)))
        engine = cast(SequenceEngine, self._fitness.simulation(probes))
        self._pattern = influence_pattern(engine, network.weight_count)
        self._flows = flowing(network, through)

    def _gradients(self) -> Gradients:
        return SparseInfluence(self._engine, self._pattern, self._flows)


class OnlineCRBP(OnlineLearner):
    """Causal recursive back-propagation for networks with IIR synapses: see `crbp`.

    It computes in NumPy and float64. `OnlineRTRL`, which is compiled, is as quick for some hundred
    weights, and much slower for thousands. Parameters beside `task`, `optimizer` and `split`, which
    are those of `OnlineLearner`:

    network
        An `evornn.networks.IIR`.
    horizon
        Q', the steps that an error goes back in time from each layer to the one below, at least 0.
        A step costs as much more. None: to the beginning of a sequence, which gives the gradient.
    """

    def __init__(
        self,
        task: Task,
        network: IIR,
        optimizer: Rule | str,
        horizon: int | None = None,
        split: str = "train",
    ) -> None:
        super().__init__(task, network, optimizer, "float64", split)
        if not isinstance(network, IIR):
            raise ConfigurationError(
                f"OnlineCRBP trains networks with IIR synapses (evornn.networks.IIR), got a "
                f"{type(network).__name__} network: take OnlineRTRL"
            )
        if horizon is not None:
            check_size("horizon", horizon, least=0)
        self._refuse_free_running()
        self._network, self._horizon = network, horizon

    def _gradients(self) -> Gradients:
        return CausalRecursion(self._network, cast(Sequences, self._fitness.data), self._horizon)

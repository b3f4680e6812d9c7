"""Tasks with every feature of the data, and a network to try on them."""

from dataclasses import dataclass

import numpy as np
import pytest

from evornn.fitness import Fitness
from evornn.networks import Elman
from evornn.networks.network import Network
from evornn.numerics import tanh
from evornn.tasks import Sequences

LENGTHS = (9, 4, 12, 1, 7)


@dataclass(frozen=True)
class Case:
    """A task, a network that fits it, and outputs of that network by its reference."""

    task: Sequences
    network: Elman

    def population(self, size, scale=1.0, seed=5):
        shape = (size, self.network.weight_count)
        return np.random.default_rng(seed).normal(size=shape, scale=scale)

    def reference_outputs(self, genome):
        outputs = np.zeros(self.task.targets.shape)
        for q, length in enumerate(self.task.lengths):
            outputs[q, :length] = self._run(genome, self.task.inputs[q, :length])
        return outputs

    def _run(self, genome, inputs):
        """The network's outputs; in a free run by running longer and longer beginnings."""
        if self.task.free_running is None:
            return self.network.reference(genome, inputs)
        seen = np.array(inputs)
        for t in range(self.task.free_running, len(inputs)):
            before = self.network.reference(genome, seen[:t])[-1]
            for i, source in enumerate(self.task.feedback):
                seen[t, i] = before[source] if source >= 0 else inputs[t, i]
        return self.network.reference(genome, seen)

    def reference_losses(self, population):
        return np.array([self.task.loss(self.reference_outputs(genome)) for genome in population])


@dataclass(frozen=True)
class Learnt(Network):
    """One unit whose initial state is a weight."""

    inputs = outputs = 1
    weights = {"u": (1,), "h0": (1,)}  # noqa: RUF012
    state = {"h": (1,)}  # noqa: RUF012

    @property
    def step(self):
        return learnt_step

    @property
    def start(self):
        return learnt_start

    def reference(self, weights, inputs):
        raise NotImplementedError


def learnt_step(w, k, x, s, s_next, y):
    s_next.h[0] = tanh(w.u[0] * s.h[0] + x[0])
    y[0] = s_next.h[0]


def learnt_start(w, k, x, s):
    s.h[0] = w.h0[0] * w.h0[0]


def plain(rng, sequences):
    shape = (sequences, 8)
    return Sequences(rng.normal(size=(*shape, 2)), rng.normal(size=(*shape, 2)))


def ragged(rng, sequences):
    lengths = [LENGTHS[q % len(LENGTHS)] for q in range(sequences)]
    inputs = [rng.normal(size=(length, 2)) for length in lengths]
    targets = [rng.normal(size=(length, 2)) for length in lengths]
    # Weights, and steps that nobody judges: some of them with targets that nobody knows.
    judged = [rng.choice([0.0, 0.25, 1.0, 3.0], length) for length in lengths]
    judged[0][-1] = 1.0
    for target, weight in zip(targets, judged, strict=True):
        target[weight == 0.0] = np.nan
    return Sequences(inputs, targets, judged)


def washout(rng, sequences):
    shape = (sequences, 10)
    judged = np.arange(10) >= 4
    return Sequences(rng.normal(size=(*shape, 2)), rng.normal(size=(*shape, 2)), judged)


def free_running(rng, sequences):
    shape = (sequences, 9)
    inputs, targets = rng.normal(size=(*shape, 2)), rng.normal(size=(*shape, 2))
    return Sequences(inputs, targets, free_running=4, feedback=(-1, 0))


TASKS = [plain, ragged, washout, free_running]


@pytest.fixture(params=TASKS, ids=lambda make: make.__name__)
def make_case(request):
    """``make_case(sequences)``: a case for each kind of data."""

    def make(sequences=3):
        rng = np.random.default_rng(11)
        return Case(request.param(rng, sequences), Elman(inputs=2, hidden=3, outputs=2))

    return make


@pytest.fixture
def case(make_case):
    return make_case()


@pytest.fixture
def simple():
    """One case where the kind of data does not matter."""
    return Case(plain(np.random.default_rng(2), 3), Elman(inputs=2, hidden=3, outputs=2))


@pytest.fixture
def learnt():
    """A network whose initial state is learnt, quick to compile."""
    return Learnt()


@pytest.fixture(params=["genomes", "sequences"])
def axis(request, monkeypatch):
    """Each of the two vectorising axes, whatever the sizes would suggest."""
    from evornn.fitness.compiled import CompiledEngine

    chosen = request.param == "genomes"
    monkeypatch.setattr(CompiledEngine, "_genomes_fill_lanes", lambda self, population: chosen)
    return request.param


@pytest.fixture
def plain_python(monkeypatch):
    """Fitnesses made from now on run in plain Python."""

    def make(*args, **options):
        with monkeypatch.context() as patch:
            patch.setattr("numba.config.DISABLE_JIT", 1)
            return Fitness(*args, **options)

    return make

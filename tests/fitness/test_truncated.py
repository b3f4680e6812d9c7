"""Gradients that are cut short: against PyTorch, against whole ones, and against plain Python."""

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness import Fitness
from evornn.fitness.gradient_mode import gradient_mode
from evornn.networks import LSTM, Bidirectional, Elman, Recursive
from evornn.tasks import LogicalFormulas, Sequences

LENGTHS = (9, 4, 12, 1, 7)
EVERY, BACK = 3, 5


def ragged(rng):
    return Sequences(
        [rng.normal(size=(n, 2)) for n in LENGTHS],
        [rng.normal(size=(n, 2)) for n in LENGTHS],
        [rng.choice([0.25, 1.0, 3.0], n) for n in LENGTHS],
    )


def gradients(fitness, population, mode):
    return fitness.value_and_grad(population, mode=mode)[1]


def in_torch(network, weights, task, advance, every, back, detached=()):
    """The gradient by automatic differentiation, the state detached where errors end."""
    torch = pytest.importorskip("torch")
    w = {n: torch.tensor(v, requires_grad=True) for n, v in network.named(weights).items()}
    loss = torch.zeros((), dtype=torch.float64)
    for q, length in enumerate(task.lengths):
        for first in range(0, length, every):
            last = min(first + every, length)
            s = {n: torch.zeros(shape, dtype=torch.float64) for n, shape in network.state.items()}
            for t in range(last):
                if t == last - back:
                    s = {name: part.detach() for name, part in s.items()}
                s |= {name: s[name].detach() for name in detached}
                x, d = torch.tensor(task.inputs[q, t]), torch.tensor(task.targets[q, t])
                s = advance(torch, w, x, s)
                if t >= first:
                    error = ((w["V"] @ s["h"] + w["c"] - d) ** 2).mean()
                    loss = loss + task.judged[q, t] * error / task.normaliser
    loss.backward()
    return np.concatenate([part.grad.numpy().ravel() for part in w.values()])


def elman(torch, w, x, s):
    return {"h": torch.tanh(w["W"] @ x + w["U"] @ s["h"] + w["b"])}


def lstm(torch, w, x, s):
    i, f, g, o = torch.chunk(w["W"] @ x + w["U"] @ s["h"] + w["b"], 4)
    c = torch.sigmoid(f) * s["c"] + torch.sigmoid(i) * torch.tanh(g)
    return {"h": torch.sigmoid(o) * torch.tanh(c), "c": c}


@pytest.mark.torch
def test_truncated_gradients_are_those_of_detached_states(axis):
    rng = np.random.default_rng(3)
    task, network = ragged(rng), Elman(inputs=2, hidden=3, outputs=2)
    fitness = Fitness(task, network, dtype="float64")
    population = rng.normal(size=(2, fitness.genes))
    found = gradients(fitness, population, f"truncated:{EVERY},{BACK}")
    expected = [in_torch(network, w, task, elman, EVERY, BACK) for w in population]
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)
    whole = gradients(fitness, population, "reverse")
    assert np.abs(found - whole).max() > 1e-3 * np.abs(whole).max()


@pytest.mark.torch
def test_errors_through_the_cell_alone_are_those_of_the_first_lstm():
    rng = np.random.default_rng(4)
    task, network = ragged(rng), LSTM(inputs=2, hidden=3, outputs=2)
    fitness = Fitness(task, network, dtype="float64")
    population = rng.normal(size=(3, fitness.genes))
    expected = [in_torch(network, w, task, lstm, 99, 99, detached=("h",)) for w in population]
    found = gradients(fitness, population, "through:c")
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)
    whole = gradients(fitness, population, "reverse")
    np.testing.assert_allclose(gradients(fitness, population, "through:h,c"), whole, rtol=1e-13)
    assert np.abs(found - whole).max() > 1e-3 * np.abs(whole).max()


def test_what_reaches_back_to_the_first_step_is_the_whole_gradient(case, axis):
    fitness, population = Fitness(case.task, case.network, dtype="float64"), case.population(3)
    losses, whole = fitness.value_and_grad(population)
    found = fitness.value_and_grad(population, mode="truncated:4,12")
    np.testing.assert_array_equal(found[0], losses)
    np.testing.assert_allclose(found[1], whole, rtol=1e-11, atol=1e-14)
    np.testing.assert_array_equal(gradients(fitness, population, "truncated:12,12"), whole)


@pytest.mark.parametrize("mode", ["truncated:3,5", "truncated:2,2", "through:h"])
def test_plain_python_agrees_on_every_kind_of_data(mode, case, plain_python):
    fitness = Fitness(case.task, case.network, dtype="float64")
    slow = plain_python(case.task, case.network, dtype="float64")
    losses, found = fitness.value_and_grad(case.population(3), mode=mode)
    plain_losses, plain = slow.value_and_grad(case.population(3), mode=mode)
    np.testing.assert_allclose(plain_losses, losses, rtol=1e-12)
    np.testing.assert_allclose(plain, found, rtol=1e-10, atol=1e-13)


def test_an_initial_state_learns_from_the_errors_that_reach_it(learnt, plain_python, axis):
    rng = np.random.default_rng(5)
    # Backward through several windows, some of which reach the beginning in some sequences only.
    lengths = (1, 2, 3, 6, 4)
    task = Sequences(
        [rng.normal(size=(n, 1)) for n in lengths], [rng.normal(size=(n, 1)) for n in lengths]
    )
    population = rng.normal(size=(2, learnt.weight_count))
    found = gradients(Fitness(task, learnt, dtype="float64"), population, "truncated:2,3")
    plain = gradients(plain_python(task, learnt, dtype="float64"), population, "truncated:2,3")
    np.testing.assert_allclose(found, plain, rtol=1e-10, atol=1e-13)
    assert (np.abs(found[:, 1]) > 1e-6).all()


@pytest.mark.parametrize(
    ("mode", "steps"),
    [
        ("reverse", 2 * 33),
        ("truncated:12,12", 2 * 33),
        # 9 steps: 3 + 5 + 5 back; 4: 3 + 4; 12: 3 + 5 + 5 + 5; 1: 1; 7: 3 + 5 + 5
        ("truncated:3,5", 2 * (13 + 7 + 18 + 1 + 13)),
        ("through:h", 2 * 33),
        ("forward", 26 * 33),
    ],
)
def test_the_cost_of_a_gradient_is_what_was_gone_back(mode, steps):
    network = Elman(inputs=2, hidden=3, outputs=2)
    fitness = Fitness(ragged(np.random.default_rng(0)), network)
    assert network.weight_count == 26
    assert fitness.gradient_steps(mode) == steps


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("truncated", r"'truncated': write truncated:k1,k2"),
        ("truncated:3", r"write two whole numbers, truncated:k1,k2"),
        ("truncated:5,3", "1 <= k1 <= k2"),
        ("truncated:0,3", "1 <= k1 <= k2"),
        ("reverse:3", "'reverse:3': write reverse"),
        ("trunkated:3,4", "did you mean 'truncated'"),
        ("through:", "name the states"),
        (3, "a gradient is named by a text such as 'reverse', got 3"),
    ],
)
def test_a_mode_that_there_is_not_is_told(mode, message):
    with pytest.raises(ConfigurationError, match=message):
        gradient_mode(mode)


def test_what_a_mode_means_nothing_for_is_told():
    rng = np.random.default_rng(0)
    fitness = Fitness(ragged(rng), LSTM(inputs=2, hidden=3, outputs=2))
    with pytest.raises(ConfigurationError, match=r"a state of LSTM .*must be one of h, c; got 'C'"):
        fitness.gradient_steps("through:C")
    both = Fitness(ragged(rng), Bidirectional(inputs=2, hidden=2, outputs=2, network="elman"))
    trees = LogicalFormulas(formulas=5)
    on_trees = Fitness(trees, Recursive(trees.input_size, 2, trees.output_size))
    for other in (both, on_trees):
        with pytest.raises(ConfigurationError, match=r"take 'reverse' or 'forward'"):
            other.gradient_steps("truncated:1,2")

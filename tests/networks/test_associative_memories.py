"""Associative memories: storage rules, energies that fall, and what is recalled."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evornn
from evornn.errors import ConfigurationError
from evornn.networks import BAM, ContinuousHopfield, Hopfield
from evornn.networks.storage import STORAGE_RULES, hebbian, pseudo_inverse, storkey
from evornn.networks.symmetric import from_triangle, to_triangle
from evornn.tasks import PatternRecall

each_rule = pytest.mark.parametrize("rule", STORAGE_RULES)
small_weights = st.integers(-3, 3)


def random_patterns(rng, count, units):
    return rng.choice([-1.0, 1.0], (count, units))


def recall(network, weights, cue, steps):
    """States (step, output), the cue first, by the reference (which the steps equal)."""
    inputs = np.zeros((steps, network.inputs))
    inputs[0] = cue
    outputs = network.reference(weights, inputs)
    return np.vstack([np.sign(cue)[: network.outputs], outputs])


def all_units(units, **options):
    return Hopfield(inputs=units, hidden=units, outputs=units, **options)


# Storage


@each_rule
def test_stored_weights_are_symmetric_without_a_diagonal(rule, rng):
    W = STORAGE_RULES[rule](random_patterns(rng, 4, 9))
    np.testing.assert_array_equal(W, W.T)
    np.testing.assert_array_equal(np.diag(W), 0.0)
    assert np.any(W)


def test_hebbs_rule_adds_up_products(rng):
    patterns = random_patterns(rng, 3, 5)
    W = hebbian(patterns)
    for i, j in itertools.permutations(range(5), 2):
        assert W[i, j] == sum(xi[i] * xi[j] for xi in patterns)


def test_storkeys_rule_is_the_published_one(rng):
    n, patterns = 6, random_patterns(rng, 4, 6)
    W = np.zeros((n, n))
    for xi in patterns:
        old = W.copy()
        for i, j in itertools.permutations(range(n), 2):
            h_ij = sum(old[i, k] * xi[k] for k in range(n) if k not in (i, j))
            h_ji = sum(old[j, k] * xi[k] for k in range(n) if k not in (i, j))
            W[i, j] += (xi[i] * xi[j] - xi[i] * h_ji - h_ij * xi[j]) / n
    np.testing.assert_allclose(storkey(patterns), W, rtol=1e-12, atol=1e-14)


def test_the_pseudo_inverse_projects_on_the_patterns(rng):
    patterns = random_patterns(rng, 5, 12)
    patterns = np.vstack([patterns, -patterns[0]])  # one depends on another
    W = pseudo_inverse(patterns)
    projection = W + np.diag(np.linalg.norm(np.linalg.qr(patterns[:5].T)[0], axis=1) ** 2)
    np.testing.assert_allclose(projection @ patterns.T, patterns.T, atol=1e-12)
    np.testing.assert_allclose(projection @ projection, projection, atol=1e-12)


def stable_share(network, weights, patterns):
    """Share of the `patterns` that a sweep leaves as they are."""
    after = [recall(network, weights, xi, 1)[-1] for xi in patterns]
    return np.mean([np.array_equal(s, xi) for s, xi in zip(after, patterns, strict=True)])


@each_rule
def test_few_patterns_are_fixed_points(rule, rng):
    network, patterns = all_units(100), random_patterns(rng, 5, 100)
    assert stable_share(network, network.store(patterns, rule), patterns) == 1.0


def test_the_pseudo_inverse_stores_one_pattern_less_than_units(rng):
    network, patterns = all_units(30), random_patterns(rng, 29, 30)
    assert np.linalg.matrix_rank(patterns) == 29
    assert stable_share(network, network.store(patterns, "pseudo_inverse"), patterns) == 1.0
    assert stable_share(network, network.store(patterns, "hebbian"), patterns) < 0.1


def test_storkey_holds_more_than_hebb(rng):
    network, patterns = all_units(100), random_patterns(rng, 22, 100)
    shares = {r: stable_share(network, network.store(patterns, r), patterns) for r in STORAGE_RULES}
    assert shares["storkey"] > 0.9
    assert shares["hebbian"] < 0.5


@pytest.mark.parametrize(
    ("patterns", "rule", "message"),
    [
        (np.ones((2, 4)), "hebb", "rule .*did you mean 'hebbian'"),
        (np.ones((2, 3)), "hebbian", r"\(pattern, 4\).*\(2, 3\)"),
        (np.ones(4), "hebbian", r"got \(4,\)"),
        (np.ones((0, 4)), "hebbian", r"got \(0, 4\)"),
        (np.eye(4), "hebbian", r"−1 and \+1 only, got \[0.0, 1.0\]; 2 \* bits - 1"),
        (np.full((1, 4), np.nan), "hebbian", "nan"),
        (np.full((1, 4), "1"), "hebbian", "'1'"),
    ],
)
def test_patterns_that_cannot_be_stored_are_named(patterns, rule, message):
    with pytest.raises(ConfigurationError, match=message):
        all_units(4).store(patterns, rule)


# The binary network


def test_a_triangle_holds_each_pair_once(rng):
    w, s = rng.normal(size=15), rng.normal(size=6)
    W = from_triangle(w, 6)
    np.testing.assert_array_equal(W, W.T)
    np.testing.assert_array_equal(to_triangle(W), w)
    assert W[1, 3] == w[1 * (2 * 6 - 1 - 1) // 2 + 3 - 1 - 1]
    network = all_units(6, thresholds=True)
    assert network.weight_count == 15 + 6
    np.testing.assert_array_equal(network.matrix(np.append(w, np.zeros(6))), W)
    assert network.energy(np.append(w, s), s) == pytest.approx(-0.5 * s @ W @ s + s @ s)


@settings(max_examples=100, deadline=None)
@given(
    links=st.lists(small_weights, min_size=10, max_size=10),
    theta=st.lists(small_weights, min_size=5, max_size=5),
    cue=st.lists(st.integers(-1, 1), min_size=5, max_size=5),
    update=st.sampled_from(["sequential", "random"]),
    tie=st.sampled_from(["keep", "plus"]),
)
def test_energy_never_rises_and_the_network_settles(links, theta, cue, update, tie):
    network = all_units(5, update=update, tie=tie, thresholds=True)
    weights = np.array(links + theta, float)
    states = recall(network, weights, cue, 60)
    assert np.all(np.diff(network.energy(weights, states)) <= 0.0)
    # Whole weights: a sweep that lowers the energy does so by 1 at least, out of fewer than 60.
    np.testing.assert_array_equal(states[-1], states[-2])
    assert set(np.abs(states[-1])) <= {0.0, 1.0}


@settings(max_examples=100, deadline=None)
@given(
    links=st.lists(small_weights, min_size=10, max_size=10),
    cue=st.lists(st.sampled_from([-1, 1]), min_size=5, max_size=5),
)
def test_all_at_once_it_ends_in_a_cycle_of_two_at_most(links, cue):
    network = all_units(5, update="synchronous")
    states = recall(network, np.array(links, float), cue, 60)
    np.testing.assert_array_equal(states[-1], states[-3])


def test_all_at_once_two_units_may_swap_for_ever():
    states = recall(all_units(2, update="synchronous"), np.array([1.0]), [1, -1], 4)
    np.testing.assert_array_equal(states, [[1, -1], [-1, 1], [1, -1], [-1, 1], [1, -1]])
    settled = recall(all_units(2), np.array([1.0]), [1, -1], 4)
    np.testing.assert_array_equal(settled[1:], -np.ones((4, 2)))


def test_a_unit_that_receives_nothing_keeps_its_state_or_becomes_plus():
    nothing = np.zeros(3)
    np.testing.assert_array_equal(recall(all_units(3), nothing, [-1, 0, 1], 1)[-1], [-1, 0, 1])
    plus = recall(all_units(3, tie="plus"), nothing, [-1, 0, 1], 1)[-1]
    np.testing.assert_array_equal(plus, [1, 1, 1])


def test_units_without_an_input_are_filled_in(rng):
    patterns = random_patterns(rng, 2, 40)
    network = Hopfield(inputs=30, hidden=40, outputs=40)
    states = network.reference(network.store(patterns), np.array([patterns[1, :30]] * 3))
    np.testing.assert_array_equal(states[-1], patterns[1])


def test_random_orders_are_those_of_the_seed():
    order = all_units(6, update="random", sweeps=3, seed=4).constants["order"]
    np.testing.assert_array_equal(np.sort(order, axis=1), [np.arange(6)] * 3)
    assert len({tuple(row) for row in order}) == 3
    twin = all_units(6, update="random", sweeps=3, seed=4).constants["order"]
    np.testing.assert_array_equal(order, twin)
    assert np.any(all_units(6, update="random", sweeps=3, seed=5).constants["order"] != order)


def test_a_full_matrix_can_walk_through_a_sequence(rng):
    patterns = random_patterns(rng, 3, 50)
    network = all_units(50, update="synchronous", symmetric=False)
    W = np.roll(patterns, -1, axis=0).T @ patterns
    states = recall(network, W.ravel(), patterns[0], 6)
    np.testing.assert_array_equal(states, patterns[[0, 1, 2, 0, 1, 2, 0]])
    symmetric = network.matrix(network.store(patterns))
    np.testing.assert_array_equal(symmetric, hebbian(patterns))


def test_compiled_sweeps_lower_the_energy_of_every_genome(rng):
    task = PatternRecall(count=3, units=12, share=0.3, length=6, sequences=20)
    network = all_units(12)
    fitness = evornn.Fitness(task, network)
    for weights in rng.integers(-3, 4, (5, network.weight_count)).astype(float):
        states = np.concatenate([task.train.inputs[:, :1], fitness.predict(weights)], axis=1)
        assert np.all(np.diff(network.energy(weights, states), axis=1) <= 0.0)


def test_compiled_recall_repairs_damaged_patterns():
    task = PatternRecall(count=4, units=60, share=0.15, sequences=20)
    network = all_units(60)
    genome = network.store(task.patterns)
    fitness = evornn.Fitness(task, network)
    assert fitness(genome[np.newaxis]) == 0.0
    assert task.train.accuracy(fitness.predict(genome), task.tolerance) == 1.0


# The continuous network


def continuous(units, **options):
    return ContinuousHopfield(inputs=units, hidden=units, outputs=units, **options)


@pytest.mark.parametrize("cue", ["state", "current"])
def test_continuous_energy_falls_and_euler_follows_the_equation(cue, rng):
    from scipy.integrate import solve_ivp

    network = continuous(6, cue=cue, tau=2.0, dt=0.002, gain=1.5)
    weights, x = rng.normal(size=15), rng.normal(size=6)
    T = network.matrix(weights)
    outputs = network.reference(weights, np.tile(x, (1000, 1)))
    current, u0 = (np.zeros(6), x) if cue == "state" else (x, np.zeros(6))
    energy = network.energy(weights, outputs, current)
    assert np.all(np.diff(energy) <= 0.0)
    assert energy[-1] < energy[0] - 0.01

    def slope(t, u):
        return (-u + T @ np.tanh(1.5 * u) + current) / 2.0

    exact = solve_ivp(slope, (0.0, 2.0), u0, rtol=1e-9, atol=1e-9).y[:, -1]
    np.testing.assert_allclose(outputs[-1], np.tanh(1.5 * exact), atol=2e-3)


def test_continuous_energy_is_the_published_integral(rng):
    from scipy.integrate import quad

    network, V = continuous(3, gain=2.0), np.array([0.3, -0.9, 1.0])
    weights, current = rng.normal(size=3), rng.normal(size=3)
    leak = sum(quad(np.arctanh, 0.0, v)[0] for v in V) / 2.0
    expected = -0.5 * V @ network.matrix(weights) @ V - current @ V + leak
    assert network.energy(weights, V, current) == pytest.approx(expected, rel=1e-6)


@each_rule
def test_at_a_high_gain_it_settles_where_the_binary_network_does(rule, rng):
    patterns = random_patterns(rng, 4, 40)
    network = continuous(40, gain=20.0, dt=0.2)
    weights = network.store(patterns, rule)
    fields = patterns * (patterns @ network.matrix(weights))
    assert fields.mean() == pytest.approx(1.0)
    for xi in patterns:
        cue = np.where(np.arange(40) < 4, -xi, xi)
        settled = recall(network, weights, cue, 60)[-1]
        np.testing.assert_allclose(settled, xi, atol=0.05)
        binary = all_units(40)
        np.testing.assert_array_equal(recall(binary, weights, cue, 10)[-1], xi)


# Bidirectional memories


def both_layers(M, x, steps, **options):
    """States of both layers (step, unit) of a deterministic memory."""
    n, m = M.shape
    layers = {"x": n, "y": m}
    inputs = np.tile(np.asarray(x, float), (steps, 1))
    return (
        BAM(n, m, outputs, read=read, **options).reference(M.ravel(), inputs)
        for read, outputs in layers.items()
    )


@settings(max_examples=100, deadline=None)
@given(
    M=st.lists(st.lists(small_weights, min_size=3, max_size=3), min_size=4, max_size=4),
    x=st.lists(st.integers(-1, 1), min_size=4, max_size=4),
)
def test_a_bidirectional_memory_settles_for_every_matrix(M, x):
    xs, ys = both_layers(np.array(M, float), x, 40)
    network = BAM(4, 3, 3)
    energy = network.energy(np.ravel(M), xs, ys)
    half_way = network.energy(np.ravel(M), xs[:-1], ys[1:])
    assert np.all(half_way <= energy[:-1])
    assert np.all(energy[1:] <= half_way)
    np.testing.assert_array_equal(xs[-1], xs[-2])
    np.testing.assert_array_equal(ys[-1], ys[-2])


def test_a_pair_is_recalled_from_a_damaged_half(rng):
    x, y = random_patterns(rng, 3, 50), random_patterns(rng, 3, 30)
    M = BAM(50, 30, 30).store(x, y).reshape(50, 30)
    np.testing.assert_array_equal(M, sum(np.outer(a, b) for a, b in zip(x, y, strict=True)))
    for a, b in zip(x, y, strict=True):
        xs, ys = both_layers(M, np.where(np.arange(50) < 8, -a, a), 5)
        np.testing.assert_array_equal(xs[-1], a)
        np.testing.assert_array_equal(ys[-1], b)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((2, 3)), np.ones((1, 2)), "2 patterns x and 1 patterns y are no pairs"),
        (np.ones((2, 2)), np.ones((2, 2)), r"x have the shape \(pattern, 3\)"),
        (np.ones((2, 3)), np.zeros((2, 2)), "y hold −1 and"),
    ],
)
def test_what_is_no_pair_is_named(x, y, message):
    with pytest.raises(ConfigurationError, match=message):
        BAM(3, 2, 2).store(x, y)


def test_cold_units_are_deterministic(rng):
    # Odd layers of ±1 and odd numbers of pairs: no unit ever receives nothing.
    task = PatternRecall(count=3, units=21, partner_units=15, noise=36, share=0.2, sequences=20)
    cold = BAM(task.input_size, 15, 15, beta=1e3)
    genome = cold.store(task.patterns, task.partners)
    outputs = evornn.Fitness(task, cold).predict(genome)
    expected = [BAM(21, 15, 15).reference(genome, u[:, :21]) for u in task.train.inputs]
    np.testing.assert_array_equal(outputs, expected)
    warm = BAM(task.input_size, 15, 15, beta=0.05)
    assert np.any(evornn.Fitness(task, warm).predict(genome) != outputs)


def test_stochastic_units_sample_the_boltzmann_distribution(rng):
    beta, M = 0.8, np.array([[1.0, -0.5], [0.7, 1.2]])
    steps = 4000
    inputs = np.hstack([np.ones((steps, 2)), rng.random((steps, 4))])
    ys, xs = (BAM(6, 2, 2, read=read, beta=beta).reference(M.ravel(), inputs) for read in "yx")
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=4)))
    expected = np.exp(0.5 * beta * np.einsum("si,ij,sj->s", signs[:, :2], M, signs[:, 2:]))
    found = [np.mean(np.all(np.hstack([xs, ys]) == state, axis=1)) for state in signs]
    np.testing.assert_allclose(found, expected / expected.sum(), atol=0.03)

"""What holds for every network, over the registry and its options.

Each registered network has a file in variants: RICHEST is one instance with its longest code path,
VARIANTS are others, MISTAKES wrong options; the file may say more, see `Variants`.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evornn
from evornn.errors import ConfigurationError
from evornn.fitness.plain import PlainEngine
from evornn.fitness.plain_tree import PlainTreeEngine
from evornn.losses.squared_error import squared_error
from evornn.networks import REGISTRY
from evornn.networks.network import TRAINED_BY
from evornn.numerics.mistakes import check_step
from evornn.registry import configuration
from evornn.tasks import Sequences, Trees

FOLDER = Path(__file__).parent / "variants"


class Variants:
    """The file of one network in variants, with what it does not say filled in.

    SIZES are the least options. OPTIONS are values of options to be combined (switches are known).
    """

    def __init__(self, name):
        path = FOLDER / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"variants_{name}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.name, self.cls = name, REGISTRY[name]
        self.richest, self.others = module.RICHEST, module.VARIANTS
        self.sizes, self.mistakes = module.SIZES, module.MISTAKES
        self.sized = getattr(module, "sized", self._sized)
        self._draw_weights = getattr(module, "draw_weights", _normal_weights)
        self._draw_inputs = getattr(module, "draw_inputs", _normal_inputs)
        switches = {f.name: [False, True] for f in self._options() if f.type == "bool"}
        self.options = switches | getattr(module, "OPTIONS", {})

    def _options(self):
        return [field for field in dataclasses.fields(self.cls) if field.init]

    def _sized(self, inputs, hidden, outputs):
        """A small network of these sizes."""
        return self.cls(inputs=inputs, hidden=max(hidden, outputs), outputs=outputs)

    def built(self, chosen):
        """The network with the options `chosen`; None where they are refused, with its name."""
        try:
            return self.cls(**(self.sizes | chosen))
        except ConfigurationError as refusal:
            if self.cls.__name__ not in str(refusal):
                raise
            return None

    def weights(self, rng, network, count):
        return self._draw_weights(rng, network, count)

    def inputs(self, rng, network, steps):
        return self._draw_inputs(rng, network, steps)

    def task(self, rng, network, steps=7):
        """Two sequences, or trees, of which the first two steps are not judged."""
        inputs = np.stack([self.inputs(rng, network, steps) for _ in range(2)])
        targets = rng.normal(size=(2, steps, network.outputs))
        judged = np.tile(np.arange(steps) > 1, (2, 1))
        if network.data != "tree":
            return Sequences(inputs, targets, judged)
        left, right = zip(*(_random_tree(rng, steps) for _ in range(2)), strict=True)
        return Trees(inputs, left, right, targets, judged)

    def plain_engine(self, network, task):
        engine = PlainTreeEngine if network.data == "tree" else PlainEngine
        return engine(network, squared_error, task, np.dtype(np.float64))

    def combinations(self):
        """Every combination of the options, as keywords."""
        names, values = list(self.options), self.options.values()
        return [dict(zip(names, chosen, strict=True)) for chosen in itertools.product(*values)]


def _normal_weights(rng, network, count):
    return rng.normal(size=(count, network.weight_count))


def _normal_inputs(rng, network, steps):
    return rng.normal(size=(steps, network.inputs))


def _random_tree(rng, nodes, first=0):
    """Left and right children of nodes `first`, `first` + 1, …, of which the last is the root."""
    if nodes == 0:
        return [], []
    on_left = int(rng.integers(nodes))
    on_right = nodes - 1 - on_left
    left = _random_tree(rng, on_left, first)
    right = _random_tree(rng, on_right, first + on_left)
    root = first + on_left - 1 if on_left else -1, first + nodes - 2 if on_right else -1
    return [[*left[k], *right[k], root[k]] for k in (0, 1)]


KINDS = {name: Variants(name) for name in REGISTRY}
CASES = [(k, network) for k in KINDS.values() for network in (k.richest, *k.others)]
MISTAKES = [(k, *mistake) for k in KINDS.values() for mistake in k.mistakes]
WRONG_SIZES = [
    (k, field, value)
    for k in KINDS.values()
    for field, size in k.sizes.items()
    if type(size) is int
    for value in (0, -1, 2.5, True, "3", None)
]


def is_differentiable(network):
    return "BPTT" in network.trained_by


DIFFERENTIABLE = [case for case in CASES if is_differentiable(case[1])]

each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
each_variant = pytest.mark.parametrize(
    ("kind", "network"), CASES, ids=lambda value: "" if isinstance(value, Variants) else repr(value)
)
each_differentiable = pytest.mark.parametrize(
    "kind", [k for k in KINDS.values() if is_differentiable(k.richest)], ids=lambda kind: kind.name
)


def test_no_variants_are_left_over():
    assert {path.stem for path in FOLDER.glob("*.py")} <= set(REGISTRY)


@each_kind
def test_every_registered_network_says_where_it_comes_from(kind):
    assert type(kind.richest) is kind.cls
    assert {type(network) for network in kind.others} <= {kind.cls}
    assert isinstance(kind.cls.year, int)
    assert str(kind.cls.year) in kind.cls.source
    assert kind.cls.trained_by
    assert set(kind.cls.trained_by) <= set(TRAINED_BY)
    assert kind.cls.data in ("sequence", "recall", "tree")


@each_variant
def test_plain_step_equals_reference(kind, network, plain_outputs, rng):
    inputs = kind.inputs(rng, network, 9)
    weights = kind.weights(rng, network, 4)
    expected = [network.reference(w, inputs) for w in weights]
    np.testing.assert_allclose(
        plain_outputs(network, weights, inputs), expected, rtol=1e-12, atol=1e-12
    )


def test_networks_whose_readout_can_be_cut_off_are_trained_by_least_squares():
    cut = {kind.name for kind, network in CASES if network.cut is not None}
    assert cut >= {"lstm", "gru", "elman", "ctrnn", "indrnn", "fully_recurrent", "esn"}
    assert cut <= {name for name in KINDS if "least squares" in KINDS[name].cls.trained_by}


@each_variant
def test_outputs_are_those_of_the_readout_that_is_cut_off(kind, network, rng):
    cut = network.cut
    if cut is None:
        pytest.skip("it has no linear readout")
    rest = rng.normal(size=(3, cut.network.weight_count))
    readouts = rng.normal(size=(3, network.outputs, cut.feature_count))
    whole = cut.joined(network, readouts, rest)
    assert whole.shape == (3, network.weight_count)
    inputs = kind.inputs(rng, network, 6)
    for weights, before, W_out in zip(whole, rest, readouts, strict=True):
        expected = network.reference(weights, inputs)
        delayed = np.vstack([np.zeros((1, network.outputs)), expected[:-1]])
        given = np.hstack([inputs, delayed]) if cut.feeds_back else inputs
        features = cut.led_by_one(cut.network.reference(before, given))
        np.testing.assert_array_equal(features[:, 0], 1.0)
        np.testing.assert_allclose(features @ W_out.T, expected, rtol=1e-10, atol=1e-12)


@each_kind
@settings(max_examples=15, deadline=None)
@given(sizes=st.tuples(*[st.integers(1, 5)] * 3), seed=st.integers(0, 999))
def test_plain_step_equals_reference_at_any_size(reference_outputs, kind, sizes, seed):
    network = kind.sized(*sizes)
    rng = np.random.default_rng(seed)
    weights, task = kind.weights(rng, network, 1)[0], kind.task(rng, network, steps=4)
    outputs = kind.plain_engine(network, task).outputs(weights)
    expected = reference_outputs(task, network, weights)
    np.testing.assert_allclose(outputs, expected, rtol=1e-12, atol=1e-12)


@each_variant
def test_plain_gradients_equal_difference_quotients(
    kind, network, rng, reference_loss, difference_quotients
):
    if not is_differentiable(network):
        pytest.skip("its step has no derivative")
    task = kind.task(rng, network)
    weights = kind.weights(rng, network, 2)
    engine = kind.plain_engine(network, task)
    _, gradients = engine.sums_and_gradients(weights, 1.0 / task.divisor)
    loss = reference_loss(task, network)
    expected = [difference_quotients(loss, w) for w in weights]
    np.testing.assert_allclose(gradients, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("kind", "network"), DIFFERENTIABLE, ids=lambda v: "" if isinstance(v, Variants) else repr(v)
)
def test_forward_mode_gives_the_gradients_of_back_propagation(kind, network, rng):
    task = kind.task(rng, network, steps=5)
    weights = kind.weights(rng, network, 2)
    engine = kind.plain_engine(network, task)
    sums, gradients = engine.sums_and_gradients(weights, 1.0 / task.divisor)
    forward_sums, forward_gradients = engine.sums_and_forward_gradients(weights, 1.0 / task.divisor)
    np.testing.assert_array_equal(forward_sums, sums)
    scale = np.abs(gradients).max()
    np.testing.assert_allclose(forward_gradients, gradients, rtol=1e-10, atol=1e-12 * scale)


@each_differentiable
def test_compiled_losses_and_gradients_equal_the_references(
    kind, rng, reference_loss, difference_quotients
):
    network = kind.richest
    task = kind.task(rng, network)
    # One more genome than a vector of float64 holds.
    population = kind.weights(rng, network, 9)
    fitness = evornn.Fitness(task, network, dtype="float64")
    losses, gradients = fitness.value_and_grad(population)
    loss = reference_loss(task, network)
    np.testing.assert_allclose(losses, [loss(w) for w in population], rtol=1e-12)
    for genome in (0, 8):
        expected = difference_quotients(loss, population[genome])
        np.testing.assert_allclose(gradients[genome], expected, rtol=1e-6, atol=1e-8)


@each_kind
def test_compiled_float32_losses_equal_the_references(kind, rng, reference_loss):
    network = kind.cls(**kind.sizes)
    task = kind.task(rng, network)
    population = kind.weights(rng, network, 17)
    fitness = evornn.Fitness(task, network)
    losses = fitness(population)
    loss = reference_loss(task, network)
    np.testing.assert_allclose(losses, [loss(w) for w in population], rtol=1e-4)
    # With sequences in lanes, one genome alone: the same bits.
    np.testing.assert_array_equal(fitness(population[3:4]), losses[3:4])
    # A broken genome hurts nobody else.
    broken = population.copy()
    broken[5] = np.nan
    found = np.delete(fitness(broken), 5)
    np.testing.assert_array_equal(found, np.delete(losses, 5))


@each_kind
def test_every_combination_of_options_works_or_is_refused(kind):
    networks = [kind.built(chosen) for chosen in kind.combinations()]
    assert any(networks)
    for network in filter(None, networks):
        check_step(network, np.dtype(np.float64))


@each_variant
def test_weights_by_name_are_those_of_the_vector(kind, network, rng):
    weights = kind.weights(rng, network, 1)[0]
    parts = network.named(weights)
    assert {name: part.shape for name, part in parts.items()} == dict(network.weights)
    assert list(parts) == list(network.weights)
    np.testing.assert_array_equal(np.concatenate([p.ravel() for p in parts.values()]), weights)
    inputs = kind.inputs(rng, network, 3)
    outputs = network.reference(weights, inputs)
    assert outputs.shape == (3, network.outputs)
    np.testing.assert_array_equal(network.reference(parts, inputs), outputs)


@each_variant
def test_ranges_and_exponential_name_weights(kind, network):
    assert set(network.ranges) <= set(network.weights)
    assert network.exponential <= set(network.weights)
    for low, high in network.ranges.values():
        assert low < high
    assert all(network.ranges[name][0] > 0.0 for name in network.exponential)


@each_variant
def test_options_are_its_configuration(kind, network):
    name = REGISTRY.name_of(network)
    options = json.loads(json.dumps(configuration(network)))
    assert REGISTRY.build(name, options) == network


@each_variant
def test_equal_options_share_one_step(kind, network):
    twin = dataclasses.replace(network)
    assert twin.step is network.step
    assert twin.start is network.start
    assert hash(twin) == hash(network)


@pytest.mark.parametrize(("kind", "size", "value"), WRONG_SIZES)
def test_wrong_sizes_are_named(kind, size, value):
    with pytest.raises(ConfigurationError, match=f"{kind.cls.__name__}.{size} .*{value}"):
        kind.cls(**(kind.sizes | {size: value}))


@each_kind
def test_a_wrong_number_of_weights_is_named(kind):
    network = kind.cls(**kind.sizes)
    wrong = np.zeros(network.weight_count + 1)
    with pytest.raises(ConfigurationError, match=f"{kind.cls.__name__} has {network.weight_count}"):
        network.reference(wrong, np.zeros((1, network.inputs)))


@pytest.mark.parametrize(("kind", "options", "message"), MISTAKES)
def test_wrong_options_are_named(kind, options, message):
    with pytest.raises(ConfigurationError, match=message):
        REGISTRY.build(kind.name, kind.sizes | options)

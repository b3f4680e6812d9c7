"""What holds for every network, over the registry and its options."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evornn
from evornn.errors import ConfigurationError
from evornn.fitness.plain import PlainEngine
from evornn.losses.squared_error import squared_error
from evornn.networks import CTRNN, ESN, GRU, LSTM, REGISTRY, Elman, FullyRecurrent, Jordan
from evornn.registry import configuration
from evornn.tasks import Sequences

SIZES = {"inputs": 2, "hidden": 3, "outputs": 2}

# One of each, mostly with its longest code path: gradients of these are compiled.
RICHEST = [
    FullyRecurrent(**SIZES, readout=True),
    Elman(**SIZES),
    Jordan(**SIZES, mu=0.5),
    CTRNN(**SIZES, gains=True, readout=True),
    ESN(**SIZES, leak=0.7, feedback_scaling=0.5, connections=2),
    LSTM(**SIZES, peepholes=True, forget_bias=1.0),
    GRU(**SIZES, reset="after"),
]
# All code paths: these run in plain Python.
VARIANTS = [
    *RICHEST,
    FullyRecurrent(**SIZES),
    FullyRecurrent(**SIZES, activation="sigmoid"),
    Elman(**SIZES, output_activation="sigmoid"),
    Elman(**SIZES, activation="relu", output_activation="tanh"),
    Jordan(**SIZES, output_activation="tanh"),
    CTRNN(**SIZES),
    CTRNN(**SIZES, gains=True, dt=0.5),
    CTRNN(**SIZES, readout=True),
    ESN(**SIZES),
    ESN(**SIZES, activation="identity", spectral_radius=0.5, seed=7),
    LSTM(**SIZES),
    LSTM(**SIZES, peepholes=True),
    GRU(**SIZES),
]
CLASSES = [REGISTRY[name] for name in REGISTRY]

each_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
each_variant = pytest.mark.parametrize("network", VARIANTS, ids=repr)
each_richest = pytest.mark.parametrize("network", RICHEST, ids=lambda n: type(n).__name__)


@pytest.fixture
def task(rng):
    return Sequences(
        rng.normal(size=(2, 7, 2)), rng.normal(size=(2, 7, 2)), judged=np.arange(7) > 1
    )


def test_every_registered_network_is_tested():
    assert {type(network) for network in RICHEST} == set(CLASSES)


@each_variant
def test_plain_step_equals_reference(network, plain_outputs, rng):
    inputs = rng.normal(size=(9, network.inputs))
    weights = rng.normal(size=(4, network.weight_count))
    expected = [network.reference(w, inputs) for w in weights]
    np.testing.assert_allclose(
        plain_outputs(network, weights, inputs), expected, rtol=1e-12, atol=1e-12
    )


@each_class
@settings(max_examples=15, deadline=None)
@given(sizes=st.tuples(*[st.integers(1, 5)] * 3), seed=st.integers(0, 999))
def test_plain_step_equals_reference_at_any_size(cls, sizes, seed):
    inputs, hidden, outputs = sizes
    network = cls(inputs=inputs, hidden=max(hidden, outputs), outputs=outputs)
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=network.weight_count)
    series = rng.normal(size=(4, inputs))
    engine = PlainEngine(
        network, squared_error, Sequences(series, np.zeros((4, outputs))), np.dtype(np.float64)
    )
    expected = network.reference(weights, series)
    np.testing.assert_allclose(engine.outputs(weights)[0], expected, rtol=1e-12, atol=1e-12)


@each_variant
def test_plain_gradients_equal_difference_quotients(
    network, task, rng, reference_loss, difference_quotients
):
    weights = rng.normal(size=(2, network.weight_count))
    engine = PlainEngine(network, squared_error, task, np.dtype(np.float64))
    scale = 1.0 / (task.normaliser * task.output_size)
    _, gradients = engine.sums_and_gradients(weights, scale)
    loss = reference_loss(task, network)
    expected = [difference_quotients(loss, w) for w in weights]
    np.testing.assert_allclose(gradients, expected, rtol=1e-6, atol=1e-8)


@each_richest
def test_compiled_losses_and_gradients_equal_the_references(
    network, task, rng, reference_loss, difference_quotients
):
    # One more genome than a vector of float64 holds.
    population = rng.normal(size=(9, network.weight_count))
    fitness = evornn.Fitness(task, network, dtype="float64")
    losses, gradients = fitness.value_and_grad(population)
    loss = reference_loss(task, network)
    np.testing.assert_allclose(losses, [loss(w) for w in population], rtol=1e-12)
    for genome in (0, 8):
        expected = difference_quotients(loss, population[genome])
        np.testing.assert_allclose(gradients[genome], expected, rtol=1e-6, atol=1e-8)


@each_class
def test_compiled_float32_losses_equal_the_references(cls, task, rng, reference_loss):
    network = cls(**SIZES)
    population = rng.normal(size=(17, network.weight_count))
    losses = evornn.Fitness(task, network)(population)
    loss = reference_loss(task, network)
    np.testing.assert_allclose(losses, [loss(w) for w in population], rtol=1e-4)


@each_variant
def test_weights_by_name_are_those_of_the_vector(network, rng):
    weights = rng.normal(size=network.weight_count)
    parts = network.named(weights)
    assert {name: part.shape for name, part in parts.items()} == dict(network.weights)
    assert list(parts) == list(network.weights)
    np.testing.assert_array_equal(np.concatenate([p.ravel() for p in parts.values()]), weights)
    inputs = rng.normal(size=(3, network.inputs))
    outputs = network.reference(weights, inputs)
    assert outputs.shape == (3, network.outputs)
    np.testing.assert_array_equal(network.reference(parts, inputs), outputs)


@each_variant
def test_ranges_and_exponential_name_weights(network):
    assert set(network.ranges) <= set(network.weights)
    assert network.exponential <= set(network.weights)
    for low, high in network.ranges.values():
        assert low < high
    assert all(network.ranges[name][0] > 0.0 for name in network.exponential)


@each_variant
def test_options_are_its_configuration(network):
    name = REGISTRY.name_of(network)
    options = json.loads(json.dumps(configuration(network)))
    assert REGISTRY.build(name, options) == network


@each_variant
def test_equal_options_share_one_step(network):
    twin = dataclasses.replace(network)
    assert twin.step is network.step
    assert hash(twin) == hash(network)


@each_class
@pytest.mark.parametrize("value", [0, -1, 2.5, True, "3", None])
@pytest.mark.parametrize("size", ["inputs", "hidden", "outputs"])
def test_wrong_sizes_are_named(cls, size, value):
    with pytest.raises(ConfigurationError, match=f"{cls.__name__}.{size} .*{value}"):
        cls(**(SIZES | {size: value}))


@each_class
def test_a_wrong_number_of_weights_is_named(cls):
    network = cls(**SIZES)
    wrong = np.zeros(network.weight_count + 1)
    with pytest.raises(ConfigurationError, match=f"{cls.__name__} has {network.weight_count}"):
        network.reference(wrong, np.zeros((1, 2)))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("fully_recurrent", {"outputs": 4}, "3 hidden units cannot give 4 outputs"),
        ("fully_recurrent", {"activation": "tahn"}, "FullyRecurrent.activation .*mean 'tanh'"),
        ("elman", {"activation": "step"}, "Elman.activation .*'step'"),
        ("elman", {"output_activation": 3}, "Elman.output_activation .*3"),
        ("jordan", {"mu": 1.5}, "Jordan.mu .*1.5"),
        ("jordan", {"mu": -0.1}, "Jordan.mu .*-0.1"),
        ("jordan", {"output_activation": "sigmoud"}, "did you mean 'sigmoid'"),
        ("ctrnn", {"dt": 0.0}, "CTRNN.dt .*0.0"),
        ("ctrnn", {"gains": 1}, "CTRNN.gains .*1"),
        ("ctrnn", {"readout": "yes"}, "CTRNN.readout .*'yes'"),
        ("ctrnn", {"outputs": 4}, "3 hidden neurons cannot give 4 outputs"),
        ("esn", {"spectral_radius": 0.0}, "ESN.spectral_radius .*0.0"),
        ("esn", {"leak": 0.0}, "ESN.leak .*0.0"),
        ("esn", {"leak": 1.1}, "ESN.leak .*1.1"),
        ("esn", {"feedback_scaling": -1.0}, "ESN.feedback_scaling .*-1.0"),
        ("esn", {"input_scaling": float("nan")}, "ESN.input_scaling .*nan"),
        ("esn", {"bias_scaling": float("inf")}, "ESN.bias_scaling .*inf"),
        ("esn", {"connections": 0}, "ESN.connections .*0"),
        ("esn", {"seed": -1}, "ESN.seed .*-1"),
        ("esn", {"activation": "gauss"}, "ESN.activation .*'gauss'"),
        ("lstm", {"peepholes": "no"}, "LSTM.peepholes .*'no'"),
        ("lstm", {"forget_bias": "1"}, "LSTM.forget_bias .*'1'"),
        ("gru", {"reset": "afer"}, "GRU.reset .*did you mean 'after'"),
        ("gru", {"resets": "after"}, "no option 'resets' .*did you mean 'reset'"),
    ],
)
def test_wrong_options_are_named(name, options, message):
    with pytest.raises(ConfigurationError, match=message):
        REGISTRY.build(name, SIZES | options)

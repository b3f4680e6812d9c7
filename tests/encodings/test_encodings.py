"""The contract of every encoding, on a network with matrices, vectors, ranges and a log scale."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evornn.encodings import REGISTRY, Encoding
from evornn.errors import ConfigurationError
from evornn.networks import CTRNN, Network
from evornn.networks.wiring import stacked_wiring
from evornn.registry import configuration


@dataclass(frozen=True)
class Blocks(Network):
    """Weights of every kind; it never takes a step."""

    inputs: int = 2
    hidden: int = 3
    outputs: int = 1

    @property
    def weights(self):
        n = self.hidden
        return {"W": (n, self.inputs), "U": (n, n), "b": (n,), "tau": (n,), "V": (self.outputs, n)}

    @property
    def state(self):
        return {"h": (self.hidden,)}

    @property
    def step(self):
        raise NotImplementedError

    def reference(self, weights, inputs):
        raise NotImplementedError

    @property
    def weight_wiring(self):
        return stacked_wiring(self)

    @property
    def ranges(self):
        return {"tau": (0.5, 10.0)}

    @property
    def exponential(self):
        return frozenset({"tau"})


#: encodings that know one kind of network
NETWORKS = {"centre_crossing": CTRNN(2, 3, 1, gains=True, form="neat", readout=True)}


def network_for(name):
    return NETWORKS.get(name, Blocks())


every_encoding = pytest.mark.parametrize("name", REGISTRY)
genes = st.floats(-0.999, 0.999, width=64)


@every_encoding
def test_is_a_frozen_dataclass_of_json_options(name):
    encoding = REGISTRY.build(name)
    assert isinstance(encoding, Encoding)
    options = json.loads(json.dumps(configuration(encoding)))
    assert REGISTRY.build(name, options) == encoding
    with pytest.raises(dataclasses.FrozenInstanceError):
        encoding.anything = 1


@every_encoding
@pytest.mark.parametrize("members", [1, 2, 17])
def test_decodes_a_population_row_by_row(name, members):
    bound = REGISTRY.build(name).bind(network_for(name))
    genomes = np.random.default_rng(0).normal(0.0, 1.0, (members, bound.genes))
    before = genomes.copy()
    weights = bound.decode(genomes)
    assert weights.shape == (members, network_for(name).weight_count)
    assert weights.dtype == np.float64
    np.testing.assert_array_equal(genomes, before)
    for row in range(members):
        np.testing.assert_array_equal(bound.decode(genomes[row : row + 1])[0], weights[row])


@every_encoding
@given(data=st.data())
def test_pulls_gradients_back_as_finite_differences_do(name, data):
    """Of the loss Σ c w + w²/2, at genes on both sides of every fold."""
    bound = REGISTRY.build(name).bind(network_for(name))
    genome = data.draw(arrays(np.float64, (1, bound.genes), elements=genes))
    genome = genome + 2.0 * data.draw(arrays(np.int64, bound.genes, elements=st.integers(-3, 3)))
    c = np.linspace(-1.0, 1.0, network_for(name).weight_count)

    def loss(genomes):
        weights = bound.decode(genomes)
        return np.sum(c * weights + weights**2 / 2.0, axis=1)

    h = 1e-5
    steps = h * np.eye(bound.genes)
    expected = (loss(genome + steps) - loss(genome - steps)) / (2.0 * h)
    found = bound.pull_back(genome, c + bound.decode(genome))
    assert found.shape == (1, bound.genes)
    np.testing.assert_allclose(found[0], expected, rtol=1e-5, atol=1e-5)


@every_encoding
def test_a_gene_that_is_not_finite_is_not_mended(name):
    bound = REGISTRY.build(name).bind(network_for(name))
    genomes = np.zeros((3, bound.genes))
    genomes[0, :], genomes[1, :] = np.nan, np.inf
    finite = np.isfinite(bound.decode(genomes))
    assert not finite[0].all()
    assert not finite[1].all()
    assert finite[2].all()


@every_encoding
def test_takes_single_precision_and_integers(name):
    bound = REGISTRY.build(name).bind(network_for(name))
    genomes = np.zeros((2, bound.genes))
    expected = bound.decode(genomes)
    np.testing.assert_array_equal(bound.decode(genomes.astype(np.float32)), expected)
    np.testing.assert_array_equal(bound.decode(genomes.astype(int)), expected)


@every_encoding
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda g: g[:, :-1], r"\(population, \d+\).*got \(2, \d+\)"),
        (lambda g: g[0], r"genome\[None, :\]"),
        (lambda g: np.vstack([g] * g.shape[1])[: g.shape[1], :2], "transpose"),
        (lambda g: g[:0], r"got \(0, \d+\)"),
        (lambda g: g + 1j, "complex128: take the real part"),
        (lambda g: g > 0, r"bool: use \.astype\(float\)"),
        (lambda g: g.astype(str), "convert it to floats"),
        (lambda g: g.astype(object), "dtype object"),
        (lambda g: None, "dtype object"),
    ],
)
def test_refuses_what_is_no_population(name, spoil, message):
    bound = REGISTRY.build(name).bind(network_for(name))
    with pytest.raises(ConfigurationError, match=message):
        bound.decode(spoil(np.zeros((2, bound.genes))))

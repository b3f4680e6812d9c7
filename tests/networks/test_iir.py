"""Networks with IIR synapses beside the filters and the networks that they contain."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from evornn.networks import IIR


def by_filters(network, weights, signal):
    """The network by SciPy's filters, one for each synapse."""
    functions = [np.tanh] * (len(network.widths) - 2) + [lambda s: s]
    for (name, layer), f in zip(network.parts.items(), functions, strict=True):
        part = network.weights_of(name, weights)
        sums = np.tile(part["b"], (len(signal), 1))
        for n, m in np.ndindex(layer.outputs, layer.inputs):
            poles = [1.0, *(-part["v"][n, m] if "v" in part else ())]
            sums[:, n] += lfilter(part["w"][n, m], poles, signal[:, m])
        signal = f(sums)
    return signal


@pytest.mark.parametrize(
    "network",
    [
        IIR(inputs=2, hidden=3, outputs=2, input_delays=2, output_delays=3),
        IIR(inputs=1, hidden=(2, 3), outputs=1, input_delays=(0, 1, 2), output_delays=(2, 0, 1)),
        IIR(inputs=3, hidden=(), outputs=2),
    ],
)
def test_synapses_are_filters(network, plain_outputs, rng):
    weights = 0.4 * rng.normal(size=(3, network.weight_count))
    inputs = rng.normal(size=(25, network.inputs))
    expected = [by_filters(network, w, inputs) for w in weights]
    found = [network.reference(w, inputs) for w in weights]
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(
        plain_outputs(network, weights, inputs), expected, rtol=1e-10, atol=1e-12
    )


def test_without_delays_it_is_a_multilayer_perceptron(plain_outputs, rng):
    network = IIR(inputs=2, hidden=(4, 3), outputs=2, input_delays=0, output_delays=0)
    assert list(network.weights) == [f"layer{i}_{name}" for i in range(3) for name in "wb"]
    assert not network.state
    weights, inputs = rng.normal(size=(1, network.weight_count)), rng.normal(size=(6, 2))
    w = network.named(weights[0])
    h = np.tanh(inputs @ w["layer0_w"][..., 0].T + w["layer0_b"])
    h = np.tanh(h @ w["layer1_w"][..., 0].T + w["layer1_b"])
    expected = h @ w["layer2_w"][..., 0].T + w["layer2_b"]
    np.testing.assert_allclose(network.reference(weights[0], inputs), expected, rtol=1e-12)
    np.testing.assert_allclose(plain_outputs(network, weights, inputs)[0], expected, rtol=1e-12)


def test_without_feedback_it_sees_a_window_of_the_past(plain_outputs, rng):
    P = 3
    network = IIR(inputs=2, hidden=4, outputs=1, input_delays=(P, 0), output_delays=0)
    static = IIR(inputs=2 * (P + 1), hidden=4, outputs=1, input_delays=0, output_delays=0)
    weights, inputs = rng.normal(size=(1, network.weight_count)), rng.normal(size=(8, 2))
    padded = np.vstack([np.zeros((P, 2)), inputs])
    # The taps of each input, the newest first, as one row: a static network sees them at once.
    windows = np.stack([padded[t : t + P + 1][::-1].T.ravel() for t in range(len(inputs))])
    expected = static.reference(weights[0], windows)
    np.testing.assert_allclose(network.reference(weights[0], inputs), expected, rtol=1e-12)
    np.testing.assert_allclose(plain_outputs(network, weights, inputs)[0], expected, rtol=1e-12)


def test_within_the_ranges_every_filter_is_stable(rng):
    for Q in (1, 2, 5):
        network = IIR(inputs=1, hidden=1, outputs=1, output_delays=Q)
        assert set(network.ranges) == {"layer0_v", "layer1_v"}
        low, high = network.ranges["layer0_v"]
        # The corners among them, a hair inside.
        draws = [*rng.uniform(low, high, size=(100, Q)), 0.999 * high * np.sign(rng.normal(size=Q))]
        radii = [np.abs(np.roots([1.0, *-v])).max() for v in draws]
        assert max(radii) < 1.0
        # Twice as far they are not all.
        assert np.abs(np.roots([1.0, *np.full(Q, -2.0 * high)])).max() > 1.0

"""Stacks are PyTorch's networks with num_layers=2, of the same weights: values and gradients.

In plain Python: that a compiled stack computes the same is the contract of networks.
"""

from __future__ import annotations

import numpy as np
import pytest

from evornn.fitness.plain import PlainEngine
from evornn.losses.squared_error import squared_error
from evornn.networks import Stack
from evornn.tasks import Sequences

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.torch

AFTER = {"name": "gru", "options": {"reset": "after"}}


def torch_weights(level, w):
    """Layer `level` of PyTorch's network; its second bias is zero but for a GRU's candidate."""
    zeros = torch.zeros_like(w["b"])
    second = torch.cat([zeros[: -len(w["b_hn"])], w["b_hn"]]) if "b_hn" in w else zeros
    given = {"weight_ih": w["W"], "weight_hh": w["U"], "bias_ih": w["b"], "bias_hh": second}
    return {f"{name}_l{level}": value for name, value in given.items()}


@pytest.mark.parametrize(
    ("layer", "kind"),
    [("elman", "RNN"), ("lstm", "LSTM"), (AFTER, "GRU")],
    ids=["RNN", "LSTM", "GRU"],
)
def test_same_outputs_and_gradients(layer, kind, rng):
    network = Stack(inputs=2, hidden=4, outputs=3, layers=(layer, layer))
    inputs, targets = rng.normal(size=(2, 10, 2)), rng.normal(size=(2, 10, 3))
    weights = rng.normal(size=network.weight_count)
    task = Sequences(inputs, targets)
    engine = PlainEngine(network, squared_error, task, np.dtype(np.float64))
    sums, gradients = engine.sums_and_gradients(weights[np.newaxis], 1.0 / task.divisor)

    w = {n: torch.tensor(v, requires_grad=True) for n, v in network.named(weights).items()}
    below, above = (
        {name.partition("_")[2]: v for name, v in w.items() if name.startswith(f"layer{level}_")}
        for level in range(2)
    )
    cell = getattr(torch.nn, kind)(2, 4, num_layers=2, batch_first=True, dtype=torch.float64)
    given = torch_weights(0, below) | torch_weights(1, above)
    states, _ = torch.func.functional_call(cell, given, torch.tensor(inputs))
    outputs = states @ above["V"].T + above["c"]
    loss = ((outputs - torch.tensor(targets)) ** 2).mean()
    loss.backward()
    expected = np.concatenate([part.grad.numpy().ravel() for part in w.values()])
    reference = [network.reference(weights, u) for u in inputs]
    np.testing.assert_allclose(reference, outputs.detach().numpy(), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(sums.sum() / task.divisor, loss.item(), rtol=1e-12)
    np.testing.assert_allclose(gradients[0], expected, rtol=1e-10, atol=1e-13)

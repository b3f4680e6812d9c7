"""Elman, LSTM and GRU are PyTorch's networks of the same weights, in values and gradients."""

from __future__ import annotations

import numpy as np
import pytest

import evornn
from evornn.networks import GRU, LSTM, Elman
from evornn.tasks import Sequences

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.torch

SIZES = {"inputs": 2, "hidden": 4, "outputs": 3}


def second_bias(w):
    """PyTorch's second bias: zero, except for the candidate of a GRU."""
    zeros = torch.zeros_like(w["b"])
    return torch.cat([zeros[: -len(w["b_hn"])], w["b_hn"]]) if "b_hn" in w else zeros


@pytest.mark.parametrize(
    ("network", "kind"),
    [
        (Elman(**SIZES), "RNN"),
        (LSTM(**SIZES), "LSTM"),
        (GRU(**SIZES, reset="after"), "GRU"),
    ],
    ids=["Elman", "LSTM", "GRU"],
)
def test_same_outputs_and_gradients(network, kind, rng):
    inputs, targets = rng.normal(size=(2, 10, 2)), rng.normal(size=(2, 10, 3))
    population = rng.normal(size=(3, network.weight_count))
    fitness = evornn.Fitness(Sequences(inputs, targets), network, dtype="float64")
    losses, gradients = fitness.value_and_grad(population)
    cell = getattr(torch.nn, kind)(2, 4, batch_first=True, dtype=torch.float64)
    for genome, weights in enumerate(population):
        w = {n: torch.tensor(v, requires_grad=True) for n, v in network.named(weights).items()}
        given = {"weight_ih_l0": w["W"], "weight_hh_l0": w["U"], "bias_ih_l0": w["b"]}
        given["bias_hh_l0"] = second_bias(w)
        states, _ = torch.func.functional_call(cell, given, torch.tensor(inputs))
        outputs = states @ w["V"].T + w["c"]
        loss = ((outputs - torch.tensor(targets)) ** 2).mean()
        loss.backward()
        expected = np.concatenate([part.grad.numpy().ravel() for part in w.values()])
        reference = [network.reference(weights, u) for u in inputs]
        np.testing.assert_allclose(reference, outputs.detach().numpy(), rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(losses[genome], loss.item(), rtol=1e-12)
        np.testing.assert_allclose(gradients[genome], expected, rtol=1e-10, atol=1e-13)

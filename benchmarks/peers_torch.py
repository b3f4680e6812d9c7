"""The same trainings in PyTorch, whose recurrent layers run one set of weights at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch


class Readout(torch.nn.Module):
    """A recurrent layer with a linear readout."""

    def __init__(self, layer: type[torch.nn.Module], hidden: int) -> None:
        super().__init__()
        self.layer = layer(1, hidden, batch_first=True)
        self.readout = torch.nn.Linear(hidden, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.readout(self.layer(x)[0])


def gradient(
    layer: str, hidden: int, inputs: np.ndarray, targets: np.ndarray, threads: int
) -> Callable[[], Any]:
    """A call of forward and backward for one network on inputs (sequence, time, 1)."""
    torch.set_num_threads(threads)
    model = Readout(getattr(torch.nn, layer), hidden)
    x, d = torch.as_tensor(inputs).float(), torch.as_tensor(targets).float()

    def call() -> Any:
        model.zero_grad()
        loss = torch.mean((model(x) - d) ** 2)
        loss.backward()
        return loss

    return call

"""AdamW: Adam with weight decay that does not pass through the moments.

I. Loshchilov, F. Hutter (2019), Decoupled weight decay regularization. ICLR; algorithm 2. With the
step of `adam` and the decay λ:

    x <- x - a (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps) - a λ x
"""

from __future__ import annotations

from dataclasses import dataclass

from evornn.checks import check_number
from evornn.optimizers.adam import Adam


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay."""

    weight_decay: float = 0.01  # λ: torch.optim.AdamW

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("adamw.weight_decay", self.weight_decay, least=0.0)

    @property
    def shrinkage(self) -> float:
        return self.weight_decay

"""Outcomes by hand: a run that is nothing but its record."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from evornn.comparison.outcome import Outcome
from evornn.comparison.plan import Plan


@pytest.fixture
def outcome() -> Any:
    """``outcome([losses so far], contender=…, seed=…, …)``, ten evaluations a generation."""

    def build(best_loss: Any, contender: str = "a", seed: int = 0, **more: Any) -> Outcome:
        best = np.array(best_loss, dtype=np.float64)
        made = np.arange(1, len(best) + 1)
        final = best[-1] if len(best) else np.inf
        costs = {
            "evaluations": 10 * made,
            "forward_steps": 1000 * made,
            "backward_steps": 0 * made,
            "network_steps": 1000 * made,
            "seconds": 0.5 * made,
        }
        options = {
            "costs": costs,
            "losses": {"training": final, "test": 2.0 * final},
            "accuracy": {},
            "evaluation_seconds": 0.3 * len(best),
            "optimizer_seconds": 0.1 * len(best),
            "stop": "evaluations",
        }
        return Outcome(contender=contender, seed=seed, best_loss=best, **(options | more))

    return build


@pytest.fixture
def failed(outcome: Any) -> Any:
    """``failed(contender=…, seed=…)``: a run without a finite loss."""

    def build(**more: Any) -> Outcome:
        losses = {"training": np.inf, "test": np.inf}
        return outcome([np.inf, np.inf], losses=losses, stop=None, **more)

    return build


@pytest.fixture
def plan() -> Any:
    """``plan(optimizers=[…], seeds=…, …)`` on a task that does not matter."""

    def build(optimizers: Any = ("a", "b"), seeds: int = 3, **more: Any) -> Plan:
        part = {"name": "none", "options": {}}
        options = {
            "name": "plain",
            "question": "Which?",
            "task": part,
            "task_data": "0",
            "network": part,
            "encoding": part,
            "optimizers": dict.fromkeys(optimizers, part),
            "gradient_based": [],
            "seeds": list(range(seeds)),
            "start": {},
            "dtype": "float32",
            "stopping": {"evaluations": 100},
            "constant_loss": 1.0,
            "target": 0.1,
            "target_source": "nobody",
            "splits": ["training", "test"],
        }
        return Plan.model_validate_json(json.dumps(options | more))

    return build

"""Comparisons with more contenders than curves can be told apart."""

from __future__ import annotations

import numpy as np

from evornn import plots
from evornn.comparison import Comparison
from evornn.comparison.crowded_figures import CROWD, SHOWN, _by_network, _looks, _ranked, is_crowded
from evornn.comparison.figures import write_figures


def crowd(plan, outcome, folder):
    optimizers = [f"o{k}" for k in range(CROWD)]
    part = {"name": "none", "options": {}}
    planned = plan(optimizers, seeds=2, network={"lstm": part, "gru": part})
    outcomes = {
        name: [
            outcome([0.9, (2 + int(c.optimizer[1:])) / (100 + seed)], contender=name, seed=seed)
            for seed in range(2)
        ]
        for name, c in planned.contenders.items()
    }
    return Comparison(folder, planned, outcomes)


def test_figures_of_a_crowd(plan, outcome, tmp_path):
    comparison = crowd(plan, outcome, tmp_path)
    assert is_crowded(comparison)
    names = write_figures(comparison, tmp_path / "drawn")
    assert names == ["convergence.png", "losses.png", "targets.png"]
    assert all((tmp_path / "drawn" / name).stat().st_size > 10_000 for name in names)


def test_the_best_are_in_colour_and_first(plan, outcome, tmp_path):
    by_network = _by_network(crowd(plan, outcome, tmp_path))
    assert list(by_network) == ["lstm", "gru"]
    looks = _looks(by_network["gru"])
    loud = [name for name, look in looks.items() if not look.quiet]
    assert loud == [f"o{k}" for k in range(SHOWN)]
    assert looks[f"o{SHOWN}"] == plots.QUIET
    assert _ranked(by_network) == [f"o{k}" for k in range(CROWD)]


def test_a_run_without_a_loss_ranks_last(plan, outcome, failed, tmp_path):
    comparison = crowd(plan, outcome, tmp_path)
    comparison.outcomes["lstm · o0"][:] = [failed(contender="lstm · o0", seed=s) for s in range(2)]
    assert list(_looks(_by_network(comparison)["lstm"]))[SHOWN - 1 :][0] != "o0"
    assert _ranked(_by_network(comparison))[0] == "o1"
    assert np.isfinite(comparison.summary[1]["training_median"])

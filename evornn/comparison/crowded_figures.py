"""Figures of comparisons with so many contenders that curves and names would bury one another.

Each network has a panel of its own. The best few optimizers on it are in colour, all others pale;
final losses are medians and quartiles in rows, the optimizer of the lowest mean rank at the top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from evornn import plots
from evornn.comparison.cost import in_words
from evornn.comparison.ecdf import ecdf, log_spaced_targets
from evornn.comparison.outcome import Outcome
from evornn.comparison.quartiles import convergence_band, quartiles

if TYPE_CHECKING:
    from evornn.comparison.comparison import Comparison

#: contenders from which on their figures are crowded
CROWD = 25
#: optimizers in colour on each network
SHOWN = 7


def is_crowded(comparison: Comparison) -> bool:
    """Whether the usual figures have no room for all contenders."""
    return len(comparison.outcomes) >= CROWD


def crowded_size(comparison: Comparison, name: str) -> tuple[float, float]:
    """Width and height in inches of the figure called `name`."""
    panels, rows = len(comparison.plan.networks), len(comparison.plan.optimizers)
    return (9.0, 1.5 + 0.3 * rows) if name == "losses" else (6.2 * panels, 4.6)


def draw_crowded_convergence(comparison: Comparison, place: Any) -> None:
    """Best loss so far against the cost of the plan."""
    cost = comparison.plan.against
    for axes, (network, runs) in _panels(comparison, place):
        bands = {name: plots.Band(*convergence_band(found, cost)) for name, found in runs.items()}
        axes.set_title(network)
        plots.draw_convergence(axes, bands, in_words(cost), _references(comparison), _looks(runs))


def draw_crowded_targets(comparison: Comparison, place: Any) -> None:
    """Share of targets reached against the cost of the plan; the targets are those of all."""
    cost = comparison.plan.against
    every = [run for runs in comparison.outcomes.values() for run in runs]
    targets = log_spaced_targets(every, comparison.plan.constant_loss)
    budget = max(run.spent(cost) for run in every)
    for axes, (network, runs) in _panels(comparison, place):
        curves = {name: ecdf(found, targets, cost) for name, found in runs.items()}
        axes.set_title(network)
        plots.draw_distribution(axes, curves, in_words(cost), budget, _looks(runs))


def draw_crowded_losses(comparison: Comparison, place: Any) -> None:
    """Final training losses, a row for each optimizer."""
    by_network = _by_network(comparison)
    rows = {
        optimizer: {
            network: _quartiles(runs[optimizer])
            for network, runs in by_network.items()
            if optimizer in runs
        }
        for optimizer in _ranked(by_network)
    }
    axes = place.subplots()
    axes.set_title("Final losses: median and quartiles")
    plots.draw_medians(axes, rows, _references(comparison))


Runs = Mapping[str, Sequence[Outcome]]


def _by_network(comparison: Comparison) -> dict[str, dict[str, list[Outcome]]]:
    """The runs that there are, by network and optimizer."""
    found: dict[str, dict[str, list[Outcome]]] = {}
    for name, runs in comparison.outcomes.items():
        contender = comparison.plan.contenders[name]
        if runs:
            found.setdefault(contender.network or "", {})[contender.optimizer] = runs
    return found


def _panels(comparison: Comparison, place: Any) -> list[tuple[Any, tuple[str, Runs]]]:
    """Axes for each network, side by side, with its label and its runs."""
    by_network = _by_network(comparison)
    panels = place.subplots(1, len(by_network), squeeze=False)[0]
    return list(zip(panels, by_network.items(), strict=True))


def _looks(runs: Runs) -> dict[str, plots.Look]:
    """Colours for the best optimizers, in the order of their median losses."""
    ranked = sorted(runs, key=lambda name: _key(_quartiles(runs[name])[1]))
    shown = plots.looks(ranked[:SHOWN])
    return {name: shown.get(name, plots.QUIET) for name in [*ranked[SHOWN:], *ranked[:SHOWN]]}


def _ranked(by_network: Mapping[str, Runs]) -> list[str]:
    """The optimizers, the lowest mean rank over the networks first."""
    ranks: dict[str, list[int]] = {}
    for runs in by_network.values():
        order = sorted(runs, key=lambda name: _key(_quartiles(runs[name])[1]))
        for rank, name in enumerate(order):
            ranks.setdefault(name, []).append(rank)
    return sorted(ranks, key=lambda name: float(np.mean(ranks[name])))


def _quartiles(runs: Sequence[Outcome]) -> np.ndarray:
    return quartiles(np.array([run.losses["training"] for run in runs]))


def _key(loss: float) -> float:
    return np.inf if np.isnan(loss) else loss


def _references(comparison: Comparison) -> dict[str, float]:
    from evornn.comparison.figures import references

    return references(comparison)

"""The figures of a comparison, from its records."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evornn import plots
from evornn.comparison import predictions, transcriptions
from evornn.comparison.cost import in_words
from evornn.comparison.crowded_figures import (
    crowded_size,
    draw_crowded_convergence,
    draw_crowded_losses,
    draw_crowded_targets,
    is_crowded,
)
from evornn.comparison.ecdf import ecdf, log_spaced_targets
from evornn.comparison.quartiles import convergence_band
from evornn.runs.atomic import storing

if TYPE_CHECKING:
    from evornn.comparison.comparison import Comparison

Draw = Callable[..., None]
#: contenders whose names find room in a figure of the usual size
_USUAL = 10


def write_figures(comparison: Comparison, folder: Path) -> list[str]:
    """Draw what there is to draw into `folder`; the names of the files, the overview first."""
    with storing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    drawings = _drawings(comparison)
    room = _room(comparison)
    for name, draw in drawings.items():
        with plots.figure(*_size(comparison, name)) as drawn:
            draw(comparison, drawn)
            plots.save(drawn, folder / f"{name}.png")
    if not drawings:
        return []
    if is_crowded(comparison):
        return [f"{name}.png" for name in drawings]
    with plots.figure(13.0 * room, 8.4 * room) as drawn:
        _draw_overview(comparison, drawn, drawings)
        plots.save(drawn, folder / "overview.png")
    return [f"{name}.png" for name in ("overview", *drawings)]


def _size(comparison: Comparison, name: str) -> tuple[float, float]:
    """Width and height in inches of the figure called `name`."""
    if is_crowded(comparison) and name in ("convergence", "losses", "targets"):
        return crowded_size(comparison, name)
    room = _room(comparison)
    return 11.0 if name == "convergence" else 7.5 * room, 4.2 * room


def _room(comparison: Comparison) -> float:
    """How much larger figures are than usual: `_USUAL` contenders find room in those."""
    return max(1.0, (len(comparison.outcomes) / _USUAL) ** 0.5)


def styles(comparison: Comparison) -> dict[str, plots.Look]:
    """A colour per contender; or per network, and a line for each optimizer."""
    contenders = comparison.plan.contenders
    if not comparison.plan.crossed:
        return plots.looks(contenders)
    return plots.crossed_looks({n: (c.network or "", c.optimizer) for n, c in contenders.items()})


def _drawings(comparison: Comparison) -> dict[str, Draw]:
    """What can be drawn on a figure or a part of one, by the name of its file."""
    against, crowded = comparison.plan.against, is_crowded(comparison)
    drawings: dict[str, Draw] = {}
    if any(run.generations for runs in comparison.outcomes.values() for run in runs):
        usual = partial(_draw_convergence, costs=(against, "seconds"))
        drawings["convergence"] = draw_crowded_convergence if crowded else usual
        drawings["losses"] = draw_crowded_losses if crowded else _draw_losses
        if _targets(comparison).size:
            drawings["targets"] = draw_crowded_targets if crowded else _draw_targets
    if comparison.best is not None and (comparison.folder / predictions.FILE).exists():
        drawings["prediction"] = _draw_prediction
    if comparison.best is not None and (comparison.folder / transcriptions.FILE).exists():
        drawings["transcription"] = _draw_transcription
    return drawings


def _draw_overview(comparison: Comparison, drawn: Any, drawings: dict[str, Draw]) -> None:
    """All of them in one figure, two beside one another."""
    drawn.suptitle(comparison.plan.question or comparison.plan.name, fontweight="bold")
    places = np.ravel(drawn.subfigures((len(drawings) + 1) // 2, 2, wspace=0.03, hspace=0.05))
    shown = drawings | {"convergence": partial(_draw_convergence, costs=(comparison.plan.against,))}
    for place, draw in zip(places, shown.values(), strict=False):
        draw(comparison, place)


def references(comparison: Comparison) -> dict[str, float]:
    """The losses that a reader compares with."""
    plan = comparison.plan
    found = {trivial_answer(plan.loss_function): plan.constant_loss}
    return found if plan.target is None else found | {"target": plan.target}


def trivial_answer(loss_function: str) -> str:
    """What gets the loss that is called constant."""
    return "nothing achieved" if loss_function == "episode" else "best constant answer"


def _draw_convergence(comparison: Comparison, place: Any, costs: tuple[str, ...]) -> None:
    costs = tuple(dict.fromkeys(costs))
    for panel, cost in zip(place.subplots(1, len(costs), squeeze=False)[0], costs, strict=True):
        bands = {
            name: plots.Band(*convergence_band(runs, cost))
            for name, runs in comparison.outcomes.items()
        }
        told = in_words(cost)
        panel.set_title(f"Training loss against {told}")
        plots.draw_convergence(panel, bands, told, references(comparison), styles(comparison))


def _targets(comparison: Comparison) -> np.ndarray:
    runs = [run for found in comparison.outcomes.values() for run in found]
    return log_spaced_targets(runs, comparison.plan.constant_loss)


def _draw_targets(comparison: Comparison, place: Any) -> None:
    targets = _targets(comparison)
    cost = comparison.plan.against
    curves = {n: ecdf(runs, targets, cost) for n, runs in comparison.outcomes.items() if runs}
    budget = max(run.spent(cost) for found in comparison.outcomes.values() for run in found)
    axes = place.subplots()
    axes.set_title(f"Targets reached, from a loss of {targets[0]:.3g} to {targets[-1]:.3g}")
    plots.draw_distribution(axes, curves, in_words(cost), budget, styles(comparison))


def _draw_losses(comparison: Comparison, place: Any) -> None:
    splits = comparison.plan.splits
    losses = {
        name: {split: np.array([run.losses[split] for run in runs]) for split in splits}
        for name, runs in comparison.outcomes.items()
        if runs
    }
    axes = place.subplots()
    axes.set_title("Final losses, every seed")
    plots.draw_final_losses(axes, losses, references(comparison), styles(comparison))


def _draw_prediction(comparison: Comparison, place: Any) -> None:
    best = comparison.best
    assert best is not None
    parts = plots.read_predictions(comparison.folder / predictions.FILE)
    place.suptitle(
        f"Best network ({best.contender}, seed {best.seed}): prediction over target",
        fontsize="medium",
        fontweight="bold",
        ha="left",
        x=0.02,
    )
    plots.draw_predictions(place, parts, best.losses)


def _draw_transcription(comparison: Comparison, place: Any) -> None:
    best = comparison.best
    assert best is not None
    place.suptitle(
        f"Best network ({best.contender}, seed {best.seed}): labels over time",
        fontsize="medium",
        fontweight="bold",
        ha="left",
        x=0.02,
    )
    plots.draw_transcriptions(place, spoken_in(comparison.folder))


def spoken_in(folder: Path) -> dict[str, plots.Spoken]:
    """The sequences of each part that the transcriptions in `folder` have probabilities of."""
    said = transcriptions.read_transcriptions(folder)
    found = {}
    for part, (sequence, y) in transcriptions.read_probabilities(folder).items():
        one = said[part][sequence]
        found[part] = plots.Spoken(y, one.beam, one.labels)
    return found

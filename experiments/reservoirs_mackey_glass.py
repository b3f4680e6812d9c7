"""How far ahead does an echo state network predict the Mackey–Glass series on its own?

    python experiments/reservoirs_mackey_glass.py [--seeds 10] [--out results/…]

The setting is Jaeger's (2001, GMD report 148): τ = 17, 400 leaky units, 3,000 training steps of
which the first 1,000 are dropped, and the network's own output fed back through weights in ±0.56.
Here the series is the input, so that feedback is the free run of the task. His bias unit of 0.2
with weights of 0 and ±0.14 is a bias in ±0.028, and his leaky unit of 2001 is the one of today with
the leak 0.44 · 0.9 and the spectral radius 0.79/0.9 (`evornn.networks.esn`). All in float64.

NRMSE84 is the root mean square error 84 steps ahead over that many test runs, each primed with
1,000 given values, divided by the standard deviation of the series.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import numpy as np

import evornn
from evornn.fitness import Fitness
from evornn.fitness.ridge import readouts
from evornn.networks import ESN
from evornn.plots.style import COLOURS, GREY, figure, save
from evornn.tasks import MackeyGlass
from evornn.tasks.mackey_glass import FREE_STEPS, JAEGER

RUNS = 100
PENALTIES = (0.0, 1e-14, 1e-13, 1e-12, 1e-10, 1e-8)
EVALUATIONS = 30_000
SEEDS_EVOLVED = 3
CHOSEN = "ridge, λ by free runs on validation data"
REPORT = """# Free runs of an echo state network on Mackey–Glass, τ = 17

By `python experiments/reservoirs_mackey_glass.py`: 400 units, {runs} free runs of 84 steps a seed;
a seed draws another reservoir and another stretch of the series. Jaeger (2001) reports an NRMSE84
of 2.8e-4 for this setting.

{table}

The evolved and the gradient-trained readouts have the same reservoirs and {evaluations:,}
evaluations of the error one step ahead (a gradient counts as three).

![A free run, and NRMSE84 by readout](free_runs.png)
"""


def data(seed: int) -> MackeyGlass:
    return MackeyGlass(
        train_steps=3000, validation_steps=20 * FREE_STEPS, test_steps=RUNS * FREE_STEPS,
        washout=1000, evaluation="free_running", seed=seed,
    )  # fmt: skip


def reservoir(seed: int) -> ESN:
    return ESN(
        inputs=1, hidden=400, outputs=1, spectral_radius=0.79 / 0.9, leak=0.44 * 0.9,
        input_scaling=0.56, bias_scaling=0.2 * 0.14, connections=5, seed=seed,
    )  # fmt: skip


class Fitted:
    """The task and the reservoir of one seed, and what its readouts do in free runs."""

    def __init__(self, seed: int) -> None:
        self.seed, self.task, self.network = seed, data(seed), reservoir(seed)
        self.one_step = dataclasses.replace(self.task, evaluation="one_step")
        self.test = Fitness(self.task, self.network, dtype="float64", split="test")

    def by_ridge(self) -> dict[str, np.ndarray]:
        """Weights fitted one step ahead, by the name of the readout."""
        choices = readouts(self.network, self.one_step.train, PENALTIES)
        judge = Fitness(self.task, self.network, dtype="float64", split="validation")
        return {
            "pseudo-inverse": choices[0],
            CHOSEN: choices[np.argmin(judge(choices))],
            f"ridge, λ = {PENALTIES[-1]:g}": choices[-1],
        }

    def by_search(self, optimizer: str) -> np.ndarray:
        run = evornn.train(
            self.one_step, self.network, optimizer, evaluations=EVALUATIONS, seed=self.seed,
            start=evornn.Start(scale=0.01), dtype="float64",
        )  # fmt: skip
        return np.asarray(run.best_genome)

    def free_runs(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Targets and outputs (run, 84) of the test runs."""
        steps = slice(self.task.washout, None)
        outputs = self.test.predict(weights)[:, steps, 0]
        return self.task.test.targets[:, steps, 0], outputs

    def nrmse84(self, weights: np.ndarray) -> float:
        targets, outputs = self.free_runs(weights)
        error = (outputs - targets)[:, -1]
        return float(np.sqrt(np.mean(error**2) / self.task.input_rows.var()))


def measure(seeds: int) -> tuple[dict[str, list[float]], tuple[np.ndarray, np.ndarray]]:
    """NRMSE84 of each seed by readout, and the free runs of the first by ridge regression."""
    found: dict[str, list[float]] = {}
    shown: tuple[np.ndarray, np.ndarray] | None = None
    for seed in range(seeds):
        fitted = Fitted(seed)
        fits = fitted.by_ridge()
        for label, weights in fits.items():
            found.setdefault(label, []).append(fitted.nrmse84(weights))
        shown = shown or fitted.free_runs(fits[CHOSEN])
        for optimizer in ("genetic", "adam") if seed < SEEDS_EVOLVED else ():
            label = f"{optimizer}, {EVALUATIONS:,} evaluations"
            found.setdefault(label, []).append(fitted.nrmse84(fitted.by_search(optimizer)))
        print(seed, {label: f"{values[-1]:.2e}" for label, values in found.items()}, flush=True)
    assert shown is not None
    return found, shown


def table(found: dict[str, list[float]]) -> str:
    lines = ["|readout|seeds|median NRMSE84|least|largest|", "|---|---:|---:|---:|---:|"]
    lines.append(f"|Jaeger 2001, published|1|{JAEGER[17]:.1e}|||")
    for label, values in found.items():
        figures = np.median(values), min(values), max(values)
        lines.append(f"|{label}|{len(values)}|" + "|".join(f"{x:.2e}" for x in figures) + "|")
    return "\n".join(lines)


def draw(found: dict[str, list[float]], shown: tuple[np.ndarray, np.ndarray], path: Path) -> None:
    targets, outputs = shown
    with figure(10.5, 4.0) as drawn:
        left, right = drawn.subplots(1, 2)
        error = np.sqrt(np.mean((outputs - targets) ** 2, axis=0)) / targets.std()
        left.semilogy(np.arange(1, FREE_STEPS + 1), error, color=COLOURS[0])
        left.plot(FREE_STEPS, JAEGER[17], "o", color=COLOURS[1])
        left.annotate("Jaeger 2001", (FREE_STEPS, JAEGER[17]), (-8, 4), ha="right",
                      textcoords="offset points", color=COLOURS[1])  # fmt: skip
        left.set_title("Error in a free run, first seed")
        left.set_xlabel("steps ahead")
        left.set_ylabel("normalised root mean square error")
        for row, (label, values) in enumerate(found.items()):
            right.semilogx(values, [-row] * len(values), "o", color=COLOURS[0], alpha=0.6, mew=0)
            right.text(min(values), 0.25 - row, label, color="#333333")
        right.axvline(JAEGER[17], color=GREY, lw=1)
        right.set_yticks([])
        right.set_ylim(0.6 - len(found), 0.6)
        right.set_title("NRMSE84 of each seed (line: Jaeger 2001)")
        right.set_xlabel("NRMSE84")
        save(drawn, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("results/reservoirs_mackey_glass"))
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    found, shown = measure(options.seeds)
    text = table(found)
    draw(found, shown, options.out / "free_runs.png")
    report = REPORT.format(table=text, runs=RUNS, evaluations=EVALUATIONS)
    (options.out / "report.md").write_text(report)
    print(text)


if __name__ == "__main__":
    main()

"""What does a liquid of spiking neurons remember of a spike train that has passed?

    python experiments/reservoirs_liquid.py [--seeds 6] [--out results/reservoirs_liquid]

The task of Maass, Natschläger & Markram (2002, figures 4 and 5): one second of one spike train,
four segments of 250 ms, each a noisy copy of one of two templates; at the end linear readouts tell
for each segment which. Every seed draws templates, trains and a column of 135 neurons. The same
ridge regression reads

* the liquid, with dynamic synapses; with static ones, scaled down to a like activity; with none;
* without a liquid, the train filtered as a readout neuron does, with 30 ms;
* without a liquid, the train in as many features as the liquid has: exponential filters of 135 time
  constants from 3 ms to 1 s.

The penalty is chosen by validation data. The readout of the dynamic liquid is evolved as well.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

import evornn
from evornn.comparison.signed_rank import signed_rank_p
from evornn.fitness import Fitness, fit_readout
from evornn.networks import LiquidState
from evornn.plots.style import COLOURS, figure, save
from evornn.tasks import Sequences, SpikePatterns
from evornn.tasks.spike_patterns import right_signs

PENALTIES = (1e-4, 1e-2, 1.0, 100.0)
NEURONS = 135
#: seeds of the controls, and of the evolved readout with its budget
SEEDS_OF_CONTROLS, SEEDS_EVOLVED, EVALUATIONS = 3, 2, 20_000
DYNAMIC, NO_LIQUID, BANK = "liquid", "no liquid: filter of 30 ms", "no liquid: 135 filters"
LIQUIDS: dict[str, dict[str, Any]] = {
    DYNAMIC: {},
    "liquid, static synapses": {"dynamic_synapses": False, "synaptic_scaling": 0.3},
    "neurons without synapses": {"synaptic_scaling": 0.0},
}
FILTERS = {NO_LIQUID: np.array([30.0]), BANK: np.geomspace(3.0, 1000.0, NEURONS)}

REPORT = """# Spike patterns: what a liquid remembers

By `python experiments/reservoirs_liquid.py`: {train} trains to fit, {validation} to choose the
penalty by, {test} to test; share of right answers for each segment, mean over the seeds, of which
the controls have fewer. Chance is 0.5. Maass et al. fit to 1,000 trains and test on 500, over 50
trials.

{table}

Wilcoxon's p over the {seeds} paired seeds, liquid against the filter of 30 ms, not corrected for
being four: {tests}. A bank of linear filters with time constants up to that of the whole train
needs no liquid: what the task asks of a reservoir is memory beyond the 30 ms of its neurons.

Mean firing rate: {rates}.

![A train and the spikes of a liquid, and right answers by segment](liquid.png)
"""


def data(seed: int) -> SpikePatterns:
    return SpikePatterns(sequences=300, validation_sequences=60, test_sequences=150, seed=seed)


def liquid(label: str, seed: int) -> LiquidState:
    return LiquidState(inputs=1, hidden=NEURONS, outputs=4, seed=seed, **LIQUIDS[label])


def read_liquid(task: SpikePatterns, network: LiquidState) -> np.ndarray:
    weights = fit_readout(network, task, PENALTIES)
    return right_answers(task, network, weights)


def right_answers(task: SpikePatterns, network: LiquidState, weights: np.ndarray) -> np.ndarray:
    """Share of right answers (segment,) on the test data."""
    outputs = Fitness(task, network, dtype="float64", split="test").predict(weights)
    return right_signs(task.test, outputs)


def evolved(task: SpikePatterns, network: LiquidState, seed: int) -> np.ndarray:
    run = evornn.train(task, network, "genetic", evaluations=EVALUATIONS, seed=seed)
    return right_answers(task, network, np.asarray(run.best_genome))


def read_filters(task: SpikePatterns, taus: np.ndarray) -> np.ndarray:
    """The same of a readout of the train itself, filtered with the time constants `taus` in ms."""
    parts = [_filtered(split, taus) for split in (task.train, task.validation, task.test)]
    (X, D), (X_v, D_v), (X_t, D_t) = parts
    fits = [np.linalg.solve(X.T @ X + p * np.eye(X.shape[1]), X.T @ D) for p in PENALTIES]
    W = min(fits, key=lambda W: float(((X_v @ W - D_v) ** 2).mean()))
    return np.mean(X_t @ W * D_t > 0.0, axis=0)


def _filtered(split: Sequences | None, taus: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features (train, 1 + filter) and targets (train, segment) at the end of each train."""
    assert split is not None
    age = np.arange(split.inputs.shape[1])[::-1]
    filtered = split.inputs[:, :, 0] @ np.exp(-age[:, np.newaxis] / taus)
    return np.column_stack([np.ones(len(filtered)), filtered]), split.targets[:, -1]


def measure(seeds: int) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Right answers (seed, segment) by what is read, and mean rates in Hz."""
    found: dict[str, list[np.ndarray]] = {}
    rates: dict[str, list[float]] = {}
    for seed in range(seeds):
        task = data(seed)
        for label in LIQUIDS if seed < SEEDS_OF_CONTROLS else (DYNAMIC,):
            network = liquid(label, seed)
            found.setdefault(label, []).append(read_liquid(task, network))
            rates.setdefault(label, []).append(network.spikes(task.train.inputs[0]).mean() * 1000)
        for label, taus in FILTERS.items():
            found.setdefault(label, []).append(read_filters(task, taus))
        if seed < SEEDS_EVOLVED:
            label = f"liquid, readout evolved ({EVALUATIONS:,} evaluations)"
            found.setdefault(label, []).append(evolved(task, liquid(DYNAMIC, seed), seed))
        print(seed, {label: values[-1].round(3) for label, values in found.items()}, flush=True)
    means = {label: float(np.mean(values)) for label, values in rates.items()}
    return {label: np.array(values) for label, values in found.items()}, means


def table(found: dict[str, np.ndarray]) -> str:
    lines = ["|read|seeds|segment 1|2|3|4 (last)|", "|---|---:|---:|---:|---:|---:|"]
    for label, values in found.items():
        cells = (f"{x:.3f}" for x in values.mean(axis=0))
        lines.append("|".join(("", label, str(len(values)), *cells, "")))
    return "\n".join(lines)


def draw(found: dict[str, np.ndarray], path: Path) -> None:
    inputs = data(0).test.inputs[0]
    with figure(11.0, 4.2) as drawn:
        left, right = drawn.subplots(1, 2)
        t, neuron = np.nonzero(liquid(DYNAMIC, 0).spikes(inputs))
        left.plot(t, neuron, ".", ms=2.5, color=COLOURS[0])
        left.plot(np.flatnonzero(inputs), np.full(int((inputs > 0).sum()), -8.0), "|", ms=9,
                  color="black")  # fmt: skip
        for border in (250, 500, 750):
            left.axvline(border, color="#d9d9d9", zorder=0)
        left.set_title("The train (below) and the liquid's spikes")
        left.set_xlabel("ms")
        left.set_ylabel("neuron")
        for colour, (label, values) in zip(COLOURS, found.items(), strict=False):
            right.plot(
                range(1, 5), values.mean(axis=0), marker="o", ms=4, color=colour, label=label
            )
        right.axhline(0.5, color="#767676", lw=1, ls=":")
        right.set_xticks(range(1, 5))
        right.set_xlabel("segment")
        right.set_title("Share of right answers at the end of the train")
        drawn.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=2,
                     frameon=False)  # fmt: skip
        save(drawn, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("results/reservoirs_liquid"))
    parser.add_argument("--seeds", type=int, default=6)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    found, rates = measure(options.seeds)
    tests = [
        f"segment {n + 1} {signed_rank_p(found[DYNAMIC][:, n], found[NO_LIQUID][:, n]):.2g}"
        for n in range(4)
    ]
    draw(found, options.out / "liquid.png")
    task = data(0)
    report = REPORT.format(
        table=table(found), seeds=options.seeds, tests=", ".join(tests), train=task.sequences,
        validation=task.validation_sequences, test=task.test_sequences,
        rates=", ".join(f"{label} {rate:.1f} Hz" for label, rate in rates.items()),
    )  # fmt: skip
    (options.out / "report.md").write_text(report)
    print(report)


if __name__ == "__main__":
    main()

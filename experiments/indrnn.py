"""How long a memory does the gradient teach, and to which network?

    python experiments/indrnn.py [--out results/indrnn]

The adding problem at lengths of 200 and 500 steps, by back-propagation through time with Adam on
minibatches: an independently recurrent network of two layers (Li et al. 2018), whose bound on u
keeps a gradient from exploding, an LSTM and a fully recurrent network, all of about the same number
of weights. Every network has 16 starts, which are differentiated together, one in a lane. Who
always answers with the mean of all sums has a loss of 1/6; the problem counts as learnt at a tenth
of that.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import fisher_exact, mannwhitneyu

import evornn
from evornn.comparison.holm import holm
from evornn.networks import LSTM, FullyRecurrent, IndRNN, Network
from evornn.plots.style import GREY, figure, label_right, looks, save
from evornn.tasks import Adding

LENGTHS = (200, 500)
STARTS, STEPS, EVERY, BATCH = 16, 3000, 50, 32
OPTIMIZER = evornn.optimizers.Adam(learning_rate=0.01, population_size=STARTS)
START = evornn.Start(scale=0.3)
CONSTANT_ANSWER = 2.0 / 12.0
LEARNT = 0.1 * CONSTANT_ANSWER

Curves = dict[tuple[int, str], np.ndarray]

REPORT = """# Adding over 200 and 500 steps: IndRNN, LSTM, fully recurrent

By `python experiments/indrnn.py`. Adam (learning rate {rate}, gradients clipped at norm 1), batches
of {batch} out of 1024 sequences, {steps} gradient steps, {starts} starts per network, normal of
scale {scale}. The loss is that on 512 test sequences; always answering 1 has {constant:.3f}, and
a start has learnt when it first has {learnt:.4f} or less, seen every {every} steps.

{table}

IndRNN beside the others: does the share of starts that learn differ (Fisher's exact test), do the
final losses (Mann-Whitney)? p corrected by Holm over all {tests} tests; A is the chance that a
start of IndRNN ends with the lower loss.

{pairs}

![Test loss against gradient steps](learning.png)
"""


def networks(length: int) -> dict[str, Network]:
    """Networks with 121, 117 and 118 weights."""
    return {
        "IndRNN": IndRNN(2, 8, 1, layers=2, horizon=length, self_weight=1.0),
        "LSTM": LSTM(2, 4, 1, forget_bias=1.0),
        "fully recurrent": FullyRecurrent(2, 9, 1, readout=True),
    }


def learning_curves(network: Network, length: int) -> np.ndarray:
    """Test losses (start, 1 + STEPS / EVERY) of all starts."""
    task = Adding(length=length, sequences=1024, validation_sequences=0, test_sequences=512)
    train, test = (evornn.Fitness(task, network, split=split) for split in ("train", "test"))
    rng = np.random.default_rng(length)
    search = OPTIMIZER.search(train.genes, START, rng)
    curves = []
    for step in range(STEPS + 1):
        genomes = search.ask()
        if step % EVERY == 0:
            curves.append(test(genomes))
        batch = rng.choice(task.sequences, BATCH, replace=False)
        search.tell(genomes, *train.on(batch).value_and_grad(genomes))
    return np.array(curves).T


def learns(losses: np.ndarray) -> np.ndarray:
    """Which starts have had a loss that counts as learnt, (start,)."""
    return np.asarray(losses.min(axis=1) <= LEARNT)


def table(curves: Curves) -> str:
    lines = [
        "|length|network|weights|starts that learn|gradient steps until then|learnt at the end|"
        "final loss|",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    for (length, name), losses in curves.items():
        first = [EVERY * int(np.argmax(row <= LEARNT)) for row in losses[learns(losses)]]
        low, middle, high = np.quantile(losses[:, -1], [0.25, 0.5, 0.75])
        lines.append(
            f"|{length}|{name}|{networks(length)[name].weight_count}|{len(first)}/{STARTS}|"
            f"{f'{np.median(first):,.0f}' if first else '–'}|"
            f"{np.sum(losses[:, -1] <= LEARNT)}/{STARTS}|{middle:.3g} [{low:.3g}–{high:.3g}]|"
        )
    return "\n".join(lines)


def pairs(curves: Curves) -> tuple[str, int]:
    """The tests of IndRNN against the others as Markdown, and how many there are."""
    rows: list[tuple[str, float]] = []
    ps: list[float] = []
    for (length, name), losses in curves.items():
        indrnn = curves[length, "IndRNN"]
        if name == "IndRNN":
            continue
        counts = [[learns(x).sum(), STARTS - learns(x).sum()] for x in (indrnn, losses)]
        ranks = mannwhitneyu(losses[:, -1], indrnn[:, -1])
        rows.append((f"{length}|{name}", ranks.statistic / STARTS**2))
        ps += [fisher_exact(counts).pvalue, ranks.pvalue]
    corrected = holm(np.array(ps)).reshape(-1, 2)
    lines = [
        "|length|IndRNN against|p of the shares|A|p of the losses|",
        "|---:|---|---:|---:|---:|",
    ]
    for (what, chance), (share, rank) in zip(rows, corrected, strict=True):
        lines.append(f"|{what}|{share:.2g}|{chance:.2f}|{rank:.2g}|")
    return "\n".join(lines), len(ps)


def draw(curves: Curves, path: Path) -> None:
    """Every start thin, the median thick, one panel for each length."""
    steps = np.arange(0, STEPS + 1, EVERY)
    with figure(10.0, 4.2) as drawn:
        panels = drawn.subplots(1, len(LENGTHS), sharey=True)
        for axes, length in zip(panels, LENGTHS, strict=True):
            names = list(networks(length))
            ends = []
            for name, look in looks(names).items():
                losses = curves[length, name]
                axes.plot(steps, losses.T, color=look.colour, lw=0.5, alpha=0.45)
                middle = np.median(losses, axis=0)
                axes.plot(steps, middle, color=look.colour, lw=2.4)
                ends.append((steps[-1], middle[-1], name, look.colour))
            for level in (CONSTANT_ANSWER, LEARNT):
                axes.axhline(level, color=GREY, lw=0.8, ls=":")
            axes.set(yscale="log", ylim=(1e-4, 3.0), xlabel="gradient steps")
            axes.set_title(f"Adding over {length} steps: {STARTS} starts, and their median")
            label_right(axes, ends)
        panels[0].set_ylabel("loss on test sequences")
        save(drawn, path)


def write_curves(path: Path, curves: Curves) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer: Any = csv.writer(file)
        writer.writerow(["length", "network", "start", "gradient_step", "test_loss"])
        for (length, name), losses in curves.items():
            for start, row in enumerate(losses):
                for i, loss in enumerate(row):
                    writer.writerow([length, name, start, EVERY * i, f"{loss:.5g}"])


def write_results(curves: Curves, out: Path) -> None:
    """The curves, their tables and their figure."""
    write_curves(out / "curves.csv", curves)
    tested, tests = pairs(curves)
    text = REPORT.format(
        rate=OPTIMIZER.learning_rate,
        batch=BATCH,
        steps=f"{STEPS:,}",
        starts=STARTS,
        every=EVERY,
        scale=START.scale,
        constant=CONSTANT_ANSWER,
        learnt=LEARNT,
        table=table(curves),
        pairs=tested,
        tests=tests,
    )
    (out / "report.md").write_text(text, encoding="utf-8")
    draw(curves, out / "learning.png")


def main() -> None:
    parser = argparse.ArgumentParser(description="Long memories taught by the gradient.")
    parser.add_argument("--out", type=Path, default=Path("results/indrnn"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    curves: Curves = {}
    for length in LENGTHS:
        for name, network in networks(length).items():
            curves[length, name] = learning_curves(network, length)
            print(length, name, np.sort(curves[length, name][:, -1]).round(4), flush=True)
    write_results(curves, out)


if __name__ == "__main__":
    main()

"""Does an external memory let a network say again more than it was ever trained to?

    python experiments/copying.py [--out results/copying] [--starts 16]

Neural Turing machines and differentiable neural computers on copy, repeat copy and associative
recall, beside an LSTM of as many weights, all trained by Adam on fresh minibatches and tested on
sequences longer than any they have seen.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import mannwhitneyu

from evornn import Fitness, Start
from evornn.analysis import Stepper
from evornn.comparison.holm import holm
from evornn.networks import DNC, LSTM, NTM
from evornn.optimizers import Adam
from evornn.plots import figure, palette, save
from evornn.tasks import AssociativeRecall, Copy, RepeatCopy
from evornn.tasks.bit_vectors import BitVectors, wrong_bits

BATCH, LEARNING_RATE, START_SCALE = 16, 0.01, 0.2
#: updates between two looks at the validation data
EPOCH = 100
POOL = {"sequences": 20_000, "validation_sequences": 64, "test_sequences": 0}
#: test sequences of each length
EACH = 16


class Question(NamedTuple):
    """A task, the networks that are to learn it, and the lengths that they are tested on."""

    task: BitVectors
    networks: dict[str, Any]
    updates: int
    lengths: range
    unit: str


QUESTIONS = {
    "copy": Question(
        Copy(bits=6, length=10, **POOL),
        {
            "NTM": NTM(7, 20, 6, locations=32),
            "NTM, feed-forward": NTM(7, 60, 6, locations=32, controller="feedforward"),
            "DNC": DNC(7, 20, 6, locations=32),
            "LSTM": LSTM(7, 27, 6),
        },
        2000,
        range(1, 31),
        "vectors",
    ),
    "repeat copy": Question(
        RepeatCopy(bits=4, length=4, repeats=4, **POOL),
        {"DNC": DNC(5, 20, 5, locations=16), "LSTM": LSTM(5, 26, 5)},
        4000,
        range(1, 9),
        "vectors",
    ),
    "associative recall": Question(
        AssociativeRecall(bits=6, vectors=1, length=5, **POOL),
        {"DNC": DNC(8, 20, 6, locations=16), "LSTM": LSTM(8, 26, 6)},
        6000,
        range(2, 11),
        "items",
    ),
}


class Learnt(NamedTuple):
    """All starts of one network on one task."""

    genomes: np.ndarray  # (start, gene)
    curve: np.ndarray  # validation losses (epoch, start)
    wrong: np.ndarray  # wrong bits of test sequences (start, length, sequence)
    judged: np.ndarray  # judged bits of test sequences (length, sequence)


def learn(question: Question, name: str, starts: int) -> Learnt:
    """Train every start; each keeps its best point on the validation data."""
    task, network = question.task, question.networks[name]
    fitness, validation = Fitness(task, network), Fitness(task, network, split="validation")
    adam = Adam(learning_rate=LEARNING_RATE, population_size=starts)
    search = adam.search(fitness.genes, Start(scale=START_SCALE), np.random.default_rng(1))
    best, least, curve = np.empty((starts, fitness.genes)), np.full(starts, np.inf), []
    for update in range(question.updates + 1):
        genomes = search.ask()
        if update % EPOCH == 0:
            losses, _ = validation.value_and_grad(genomes)
            best[losses < least] = genomes[losses < least]
            least = np.fmin(least, losses)
            curve.append(losses)
        rows = np.arange(update * BATCH, (update + 1) * BATCH) % POOL["sequences"]
        search.tell(genomes, *fitness.on(rows).value_and_grad(genomes))
    return Learnt(best, np.array(curve), *tested(question, network, best))


def tested(question: Question, network: Any, genomes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wrong bits (start, length, sequence) and judged bits (length, sequence)."""
    lengths = np.repeat(question.lengths, EACH)
    data = question.task.of_lengths(np.random.default_rng(2), lengths)
    fitness = Fitness(data, network)
    wrong = [wrong_bits(data, fitness.predict(genome)) for genome in genomes]
    judged = np.count_nonzero(data.judged, axis=1) * data.output_size
    shape = (len(question.lengths), EACH)
    return np.reshape(wrong, (len(genomes), *shape)), judged.reshape(shape)


def at(question: Question, learnt: Learnt, length: int) -> np.ndarray:
    """Wrong bits (start, sequence) at one length."""
    return learnt.wrong[:, list(question.lengths).index(length)]


def shown(question: Question) -> tuple[int, int, int]:
    """The longest trained length, the double, and the longest tested."""
    trained = question.task.length
    return trained, 2 * trained, max(question.lengths)


def table(question: Question, found: dict[str, Learnt]) -> str:
    lengths = sorted(set(shown(question)))
    heads = [f"{n} {question.unit}" for n in lengths]
    lines = [f"|network|weights|{'|'.join(heads)}|p|", "|---|---:|" + "---:|" * (len(heads) + 1)]
    others = [name for name in found if name != "LSTM"]
    twice = {name: at(question, found[name], lengths[1]).mean(axis=1) for name in found}
    p = holm(np.array([mannwhitneyu(twice[name], twice["LSTM"]).pvalue for name in others]))
    chance = dict(zip(others, p, strict=True))
    for name, learnt in found.items():
        cells = []
        for length in lengths:
            wrong = at(question, learnt, length)
            bits, right = wrong.mean(axis=1), (wrong == 0).mean(axis=1)
            cells.append(
                f"{np.median(bits):.2f} [{bits.min():.2f}–{bits.max():.2f}], "
                f"{np.median(right):.0%}, {np.sum(right == 1.0)}/{len(right)}"
            )
        stated = f"{chance[name]:.2g}" if name in chance else "–"
        weights = question.networks[name].weight_count
        lines.append(f"|{name}|{weights:,}|{'|'.join(cells)}|{stated}|")
    return "\n".join(lines)


def draw(results: dict[str, dict[str, Learnt]], path: Path) -> None:
    """Learning curves above, error against length below."""
    colours = palette(QUESTIONS["copy"].networks)
    with figure(11.5, 6.2) as drawn:
        panels = drawn.subplots(2, len(results))
        for (name, found), upper, lower in zip(results.items(), *panels, strict=True):
            question = QUESTIONS[name]
            lower.axvspan(min(question.lengths), question.task.length, color="#eeeeee", zorder=0)
            for network, learnt in found.items():
                heard = EPOCH * BATCH * np.arange(len(learnt.curve)) / 1000.0
                share = (learnt.wrong.sum(axis=2) / learnt.judged.sum(axis=1)).T
                for axes, x, y in ((upper, heard, learnt.curve), (lower, question.lengths, share)):
                    low, middle, high = np.quantile(y, (0.25, 0.5, 0.75), axis=1)
                    axes.plot(x, middle, color=colours[network], label=network)
                    axes.fill_between(x, low, high, color=colours[network], alpha=0.2, lw=0)
            upper.set(title=name, xlabel="thousand sequences heard", ylim=(0, None))
            lower.set(xlabel=f"{question.unit} (trained: grey)", ylim=(-0.01, 0.55))
        panels[0, 0].set_ylabel("validation loss in nats a bit")
        panels[1, 0].set_ylabel("share of bits wrong")
        panels[0, 0].legend(frameon=False)
        save(drawn, path)


def draw_weightings(network: Any, genome: np.ndarray, data: Any, path: Path) -> None:
    """What one machine hears and says, and where its heads are, as in Graves et al., figure 6."""
    inputs, stepper = data.inputs[0], Stepper(network, genome)
    parts = np.cumsum([int(np.prod(shape)) for shape in network.state.values()])
    begins = dict(zip(network.state, [0, *parts[:-1]], strict=True))
    N, state = network.locations, stepper.begin(inputs[:1])
    weightings, outputs = [], []
    for x in inputs:
        state, y = stepper.advance(state, x[np.newaxis])
        weightings.append(state[0, begins["w"] : begins["w"] + 2 * N].reshape(2, N))
        outputs.append(1.0 / (1.0 + np.exp(-y[0])))
    reading, writing = np.moveaxis(np.array(weightings), 1, 0)
    with figure(10.0, 7.0) as drawn:
        panels = drawn.subplots(2, 2, gridspec_kw={"height_ratios": [1, 3]})
        pictures = {
            "heard": inputs,
            "said (probabilities)": np.array(outputs),
            "writing head": writing,
            "reading head": reading,
        }
        for axes, (title, values) in zip(panels.ravel(), pictures.items(), strict=True):
            axes.imshow(values.T, aspect="auto", cmap="Greys", vmin=0, vmax=1, origin="lower")
            axes.set(title=title, xlabel="step")
        panels[0, 0].set_ylabel("input")
        panels[0, 1].set_ylabel("output")
        for axes in panels[1]:
            axes.set_ylabel("location")
        save(drawn, path)


REPORT = """# Copying beyond the trained length

By `python experiments/copying.py`. Adam, minibatches of {batch} sequences, {starts} starts; each
keeps its best point on 64 validation sequences of the trained lengths. Bits wrong in a sequence:
median over the starts [least–most]; then the median share of the sequences that are wholly right,
and the starts that have all {each} sequences wholly right. p: Mann-Whitney over the starts, bits
wrong at twice the trained length, against the LSTM, corrected by Holm within each table.

{tables}

![Learning curves and error against length](copying.png)

Median and quartiles over the starts.

## What the heads do

The neural Turing machine that had the fewest bits wrong at twice the trained length, on a sequence
of {double} vectors:

![Input, output and weightings over time](weightings.png)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("results/copying"))
    parser.add_argument("--starts", type=int, default=16)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    results: dict[str, dict[str, Learnt]] = {}
    for name, question in QUESTIONS.items():
        results[name] = {
            network: learn(question, network, given.starts) for network in question.networks
        }
    draw(results, given.out / "copying.png")
    copying, machines = QUESTIONS["copy"], results["copy"]["NTM"]
    double = 2 * copying.task.length
    best = machines.genomes[int(at(copying, machines, double).mean(axis=1).argmin())]
    longer = copying.task.of_lengths(np.random.default_rng(4), np.array([double]))
    draw_weightings(copying.networks["NTM"], best, longer, given.out / "weightings.png")
    tables = [
        f"## {name}\n\n{QUESTIONS[name].updates:,} updates.\n\n{table(QUESTIONS[name], found)}"
        for name, found in results.items()
    ]
    report = REPORT.format(
        tables="\n\n".join(tables),
        batch=BATCH,
        starts=given.starts,
        each=EACH,
        double=double,
    )
    (given.out / "report.md").write_text(report)
    print(report)


if __name__ == "__main__":
    main()

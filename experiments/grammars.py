"""Which recurrent networks learn to count, and which to remember, from strings alone?

Networks of about equal numbers of weights hear strings of a language and tell after each symbol
which may follow: aⁿbⁿ and aⁿbⁿcⁿ of n ≤ 10, then up to n = 100 (Gers & Schmidhuber 2001), and the
embedded Reber grammar, then longer strings of it (Hochreiter & Schmidhuber 1997). An Elman network
is the measure of LSTM and GRU in all their forms. Two ways to train them: back-propagation through
time (Adam), its starts side by side in the lanes of one population, and CMA-ES.

    python experiments/grammars.py [--out results/grammars]
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

import evornn
from evornn.comparison.holm import holm
from evornn.networks import GRU, LSTM, Elman, Network
from evornn.plots.style import COLOURS, LINES, PALE, Look, figure, save
from evornn.tasks import AnBn, AnBnCn, EmbeddedReber, Sequences
from evornn.tasks.reber import SYMBOLS
from evornn.tasks.symbols import predicted

#: label -> class and options; one colour for each kind of gates, one line for each form
NETWORKS: Mapping[str, tuple[Any, dict[str, Any]]] = {
    "Elman": (Elman, {}),
    "LSTM": (LSTM, {}),
    "LSTM, peepholes": (LSTM, {"peepholes": True}),
    "LSTM, no forget gate": (LSTM, {"forget": "none"}),
    "LSTM, coupled gates": (LSTM, {"forget": "coupled"}),
    "GRU": (GRU, {}),
    "GRU1": (GRU, {"gates": "state_and_bias"}),
    "GRU2": (GRU, {"gates": "state"}),
    "GRU3": (GRU, {"gates": "bias"}),
    "minimal gated unit": (GRU, {"minimal": True}),
}
LOOKS = {
    "Elman": Look("black"),
    **{
        label: Look(COLOURS[0], line)
        for label, line in zip(list(NETWORKS)[1:5], LINES, strict=True)
    },
    **{
        label: Look(COLOURS[1], line)
        for label, line in zip(list(NETWORKS)[5:9], LINES, strict=True)
    },
    "minimal gated unit": Look(COLOURS[2]),
}
EVOLVED = ("Elman", "LSTM", "GRU")
METHODS = {"BPTT": tuple(NETWORKS), "CMA-ES": EVOLVED}
STARTS = 16  # of back-propagation, per network and language
POPULATION, EVOLUTIONS = 100, 5  # of CMA-ES; and its runs
FARTHEST = 100  # the largest n that is tried

Row = dict[str, Any]
#: (language, method, network) -> for each run, which of the language's strings it predicts
Rights = dict[tuple[str, str, str], list[np.ndarray]]

REPORT = """# Languages, and the gates that learn them

By `python experiments/grammars.py`; all runs are in `runs.csv`. A string counts as right when at
every step the logits of the symbols that may follow are positive and all others negative. Every
network of a language has about as many weights. Each start of BPTT has 3,000 gradients (embedded
Reber: 1,500), which cost as much as 9,000 (4,500) evaluations; each run of CMA-ES has 30,000
(10,000) evaluations. The best by the training loss is kept. p is that of the rank-sum test against
the Elman network trained the same way, two-sided, corrected by Holm over the rows of the method.

In the figure the sizes of the training strings are shaded. aⁿbⁿ and aⁿbⁿcⁿ: trained on n = 1 to 10,
tried up to n = 100; the largest n accepted is the largest such that all strings up to it are right.
Embedded Reber: trained on 128 strings, tried on others of 12 to 37 symbols, at most 30 of a length.

{tables}

![Share of runs that predict a string right, against n or length](generalisation.png)
"""


@dataclass(frozen=True)
class Language:
    """What is learnt; `strings` are tried afterwards, `size` is the n or the length of each."""

    title: str
    task: Any
    weights: int  # of each network, about
    gradients: int  # for each start of back-propagation
    generations: int  # for each run of CMA-ES
    strings: Sequences
    size: np.ndarray
    trained_to: int
    counted: bool

    def score(self, right: np.ndarray) -> float:
        """Of one network: the largest n such that all up to n are right, or the share right."""
        return float(np.argmin(np.append(right, False)) if self.counted else right.mean())


def counting(title: str, task: AnBn, weights: int) -> Language:
    every = np.arange(1, FARTHEST + 1)
    strings = task.strings(1, FARTHEST)
    return Language(title, task, weights, 3000, 300, strings, every, task.longest, counted=True)


def remembering(title: str, weights: int, per_length: int = 30) -> Language:
    """Embedded Reber strings that are not in the training set, as many as there are of a length."""
    task = EmbeddedReber(sequences=128, validation_sequences=0, test_sequences=0)
    heard = task.train.inputs.argmax(axis=2)
    known = {
        "".join(SYMBOLS[k] for k in row[:length]) + "E"
        for row, length in zip(heard, task.train.lengths, strict=True)
    }
    rng = np.random.default_rng([task.seed, 99])
    drawn = dict.fromkeys(task.string(rng) for _ in range(20_000))
    longest = max(len(string) for string in known)
    by_length: dict[int, list[str]] = {length: [] for length in range(9, 41)}
    for string in drawn:
        if len(string) in by_length and string not in known:
            by_length[len(string)].append(string)
    strings = [string for some in by_length.values() for string in some[:per_length]]
    size = np.array([len(string) for string in strings])
    heard_later = task.heard(strings)
    return Language(title, task, weights, 1500, 100, heard_later, size, longest, counted=False)


def nearest(label: str, language: Language) -> Network:
    """The network called `label` whose number of weights is nearest to that of `language`."""
    build, options = NETWORKS[label]
    sizes = {"inputs": language.task.input_size, "outputs": language.task.output_size}
    smaller: Network = build(hidden=1, **sizes, **options)
    for hidden in count(2):
        larger: Network = build(hidden=hidden, **sizes, **options)
        if larger.weight_count >= language.weights:
            break
        smaller = larger
    return min(smaller, larger, key=lambda one: abs(one.weight_count - language.weights))


def descend(fitness: evornn.Fitness, gradients: int) -> tuple[np.ndarray, np.ndarray]:
    """The least losses (start,) that Adam passes from each start, and where (start, genes)."""
    adam = evornn.optimizers.Adam(learning_rate=0.03, population_size=STARTS)
    search = adam.search(fitness.genes, evornn.Start(), np.random.default_rng(0))
    least, best = np.full(STARTS, np.inf), np.zeros((STARTS, fitness.genes))
    for _ in range(gradients):
        points = search.ask()
        losses, slopes = fitness.value_and_grad(points)
        search.tell(points, losses, slopes)
        better = losses < least
        least[better], best[better] = losses[better], points[better]
    return least, best


def evolve(fitness: evornn.Fitness, generations: int) -> tuple[np.ndarray, np.ndarray]:
    """The least losses (run,) that CMA-ES finds, and where (run, genes)."""
    found = [_evolve_once(fitness, generations, seed) for seed in range(EVOLUTIONS)]
    losses, genomes = zip(*found, strict=True)
    return np.array(losses), np.array(genomes)


def _evolve_once(fitness: evornn.Fitness, generations: int, seed: int) -> tuple[float, np.ndarray]:
    cma = evornn.optimizers.CMAES(population_size=POPULATION)
    search = cma.search(fitness.genes, evornn.Start(seed=seed), np.random.default_rng(seed))
    least, best = np.inf, np.zeros(fitness.genes)
    for _ in range(generations):
        genomes = search.ask()
        losses = fitness(genomes)
        search.tell(genomes, losses)
        k = int(np.nanargmin(losses))
        if losses[k] < least:
            least, best = float(losses[k]), genomes[k]
    return least, best


def trained(language: Language) -> Iterator[tuple[Row, np.ndarray]]:
    """For each trained network a row of `runs.csv`, and which of the strings it predicts."""
    for method, labels in METHODS.items():
        for label in labels:
            network = nearest(label, language)
            fitness = evornn.Fitness(language.task, network)
            losses, genomes = (
                descend(fitness, language.gradients)
                if method == "BPTT"
                else evolve(fitness, language.generations)
            )
            about: Row = {"language": language.title, "method": method, "network": label}
            about["weights"] = network.weight_count
            for run, (loss, genome) in enumerate(zip(losses, genomes, strict=True)):
                learnt = predicted(language.task.train, fitness.predict(genome)).mean()
                right = predicted(
                    language.strings, fitness.predict(genome, language.strings.inputs)
                )
                score = language.score(right)
                measured = {"loss": loss, "training_strings_right": learnt, "score": score}
                yield about | {"run": run} | measured, right


def table(language: Language, rows: list[Row]) -> str:
    """Scores as Markdown, by method: each network against Elman's, corrected by Holm."""
    score = "largest n accepted" if language.counted else "strings right"
    lines = [
        f"|method|network|weights|runs|training strings right|{score}: median [quartiles]|best|p|",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for method, labels in METHODS.items():
        of = {
            label: [row for row in rows if (row["method"], row["network"]) == (method, label)]
            for label in labels
        }
        scores = {label: np.array([row["score"] for row in some]) for label, some in of.items()}
        p = holm(np.array([against(scores[label], scores["Elman"]) for label in labels[1:]]))
        for label, chance in zip(labels, ["", *(f"{value:.2g}" for value in p)], strict=True):
            learnt = np.mean([row["training_strings_right"] for row in of[label]])
            low, middle, high = (shown(q) for q in np.quantile(scores[label], [0.25, 0.5, 0.75]))
            lines.append(
                f"|{method}|{label}|{of[label][0]['weights']}|{len(of[label])}|{learnt:.1%}|"
                f"{middle} [{low}–{high}]|{shown(scores[label].max())}|{chance}|"
            )
    return "\n".join(lines)


def against(a: np.ndarray, b: np.ndarray) -> float:
    """p of the rank-sum test of Mann & Whitney, both sides; the runs are not paired."""
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu(a, b, method="asymptotic").pvalue)


def shown(score: float) -> str:
    """A number n, or a share."""
    return f"{score:.3f}" if 0.0 < score < 1.0 else f"{score:g}"


def draw(languages: list[Language], rights: Rights, path: Path) -> None:
    """The share of runs that predict a string, against its n or length."""
    with figure(12.0, 7.0) as drawn:
        grid = drawn.subplots(len(METHODS), len(languages), sharey=True)
        for across, (method, labels) in zip(grid, METHODS.items(), strict=True):
            for axes, language in zip(across, languages, strict=True):
                sizes = np.unique(language.size)
                axes.axvspan(sizes[0], language.trained_to, color=PALE, alpha=0.6, lw=0.0)
                for label in labels:
                    right = np.mean(rights[language.title, method, label], axis=0)
                    shares = [right[language.size == size].mean() for size in sizes]
                    look = LOOKS[label]
                    axes.plot(sizes, shares, look.line, color=look.colour, label=label)
                axes.set_title(f"{language.title}, {method}")
                axes.set_xlabel("n" if language.counted else "length")
            across[0].set_ylabel("strings right, share of runs")
        handles, names = grid[0, 0].get_legend_handles_labels()
        drawn.legend(handles, names, loc="outside right upper", frameon=False)
        save(drawn, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Languages and gates.")
    parser.add_argument("--out", type=Path, default=Path("results/grammars"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    languages = [
        counting("aⁿbⁿ", AnBn(), weights=100),
        counting("aⁿbⁿcⁿ", AnBnCn(), weights=160),
        remembering("embedded Reber", weights=400),
    ]
    rows: list[Row] = []
    rights: Rights = {}
    tables = []
    for language in languages:
        found = list(trained(language))
        for row, right in found:
            key = (row["language"], row["method"], row["network"])
            rights.setdefault(key, []).append(right)
        rows += [row for row, _ in found]
        tables.append(f"## {language.title}\n\n{table(language, [row for row, _ in found])}")
        print(tables[-1], flush=True)
    with (out / "runs.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    draw(languages, rights, out / "generalisation.png")
    report = REPORT.format(tables="\n\n".join(tables))
    (out / "report.md").write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()

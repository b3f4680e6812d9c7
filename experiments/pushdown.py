"""What does a stack buy, when strings get longer than those that a network has learnt from?

    python experiments/pushdown.py [--out results/pushdown]

Balanced parentheses and aⁿbⁿ, learnt from 200 strings of up to 16 symbols: by a neural network
pushdown automaton, a second-order network and an LSTM of about as many weights, each by Adam from
64 starts; and by a genetic algorithm for the pushdown automaton with a discrete stack, which has no
gradient. One network of each kind is chosen on strings of 17 to 40 symbols and tested on strings of
up to 1,000.
"""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import fisher_exact
from tomita import search

from evornn import Fitness
from evornn.analysis import Stepper
from evornn.networks import LSTM, PushdownAutomaton, SecondOrder
from evornn.optimizers import Adam, Genetic
from evornn.plots import figure, palette, save
from evornn.tasks import Dyck
from evornn.tasks.recognition import Recognition

LENGTH = 16
CELLS = 512  # of the stack in tests: half of the longest string
#: of the strings to choose by, and to count the networks that generalise
CHOICE, LONGER = (17, 40), (17, 100)
#: of the test strings of the chosen networks
BANDS = ((41, 100), (101, 300), (301, 1000))
CURVE = (16, 24, 32, 48, 64, 100, 150, 250, 400, 650, 1000)

PUSHDOWN = PushdownAutomaton(inputs=3, hidden=2, outputs=1, order=3, depth=LENGTH + 1)
ADAM = Adam(learning_rate=0.03, population_size=32)


class Contender(NamedTuple):
    """A network and what trains it: `rounds` generations for each of `seeds`."""

    network: Any
    optimizer: Any
    rounds: int
    seeds: int


CONTENDERS = {
    "pushdown": Contender(PUSHDOWN, ADAM, 800, 2),
    "pushdown, discrete, genetic": Contender(
        dataclasses.replace(PUSHDOWN, discrete=True), Genetic(), 200, 5
    ),
    "second-order": Contender(SecondOrder(inputs=3, hidden=5, outputs=1, bias=True), ADAM, 800, 2),
    "LSTM": Contender(LSTM(inputs=3, hidden=3, outputs=1), ADAM, 800, 2),
}

REPORT = """# Strings far longer than those learnt from

By `python experiments/pushdown.py`. Training strings have up to 16 symbols; half of them belong to
the language, a quarter are near misses. "Generalise" are those of the starts (Adam, 800 gradients
each) or seeds (genetic, 20,000 evaluations each) that tell 99 % of 200 strings of 17 to 100 symbols
right; p compares their number with those of the networks without a stack (Fisher's exact test).
Then one network of each kind is chosen by its loss on 200 other strings of 17 to 40 symbols, and
tested on 200 strings of each further band of lengths. "Rounded" are the same pushdown automata with
their actions rounded to −1, 0 and 1, without further training (Sun et al. 1993).

Weights: {weights}.

{tables}

![Share of strings right against their length, and the stack at work](lengths.png)
"""


@dataclass(frozen=True)
class CountedPairs(Recognition):
    """aⁿbⁿ. Near misses have a symbol replaced, or aᵐbⁿ with m one or two off the middle."""

    length: int = LENGTH
    test_length: int = 100
    sequences: int = 200
    validation_sequences: int = 200
    test_sequences: int = 200
    seed: int = 0

    alphabet = "ab"

    def accepts(self, string: str) -> bool:
        n = len(string) // 2
        return string == "a" * n + "b" * n

    def word_lengths(self, least: int, most: int) -> list[int]:
        return [n for n in range(least, most + 1) if n % 2 == 0]

    def word(self, rng: np.random.Generator, length: int) -> str:
        return "a" * (length // 2) + "b" * (length // 2)

    def near_miss(self, rng: np.random.Generator, word: str) -> str:
        # As long as the word, or a network could tell by the length alone.
        if rng.random() < 0.5:
            return super().near_miss(rng, word)
        first = len(word) // 2 + int(rng.choice([-2, -1, 1, 2]))
        return ("a" * first + "b" * (len(word) - first))[: len(word)]


LANGUAGES: dict[str, Recognition] = {
    "balanced parentheses": Dyck(length=LENGTH),
    "aⁿbⁿ": CountedPairs(),
}


class Found(NamedTuple):
    """What became of one contender on one language."""

    starts: int
    generalise: dict[str, int]  # how many of the starts
    right: dict[str, list[float]]  # of the chosen network, for each band
    curve: dict[str, list[float]]  # of the same, for each length of CURVE
    weights: np.ndarray


def kinds(network: Any, cells: int) -> dict[str, Any]:
    """The network as it is tested: with a stack for long strings, and with rounded actions too."""
    if not isinstance(network, PushdownAutomaton):
        return {"": network}
    deep = dataclasses.replace(network, depth=cells)
    return {"": deep} | (
        {} if deep.discrete else {"rounded": dataclasses.replace(deep, discrete=True)}
    )


def right(network: Any, weights: np.ndarray, data: Any) -> float:
    """Share of the strings of `data` that are told right."""
    return data.accuracy(Fitness(data, network).predict(weights))


def strings(task: Recognition, least: int, most: int, count: int = 200) -> Any:
    return task.draw_lengths(np.random.default_rng([least, most]), count, least, most)


def compete(task: Recognition, contender: Contender) -> Found:
    network, optimizer, rounds, seeds = contender
    fitness = Fitness(task, network)
    genomes = np.concatenate([search(fitness, optimizer, rounds, seed) for seed in range(seeds)])
    longer, held_out = kinds(network, LONGER[1]), strings(task, *LONGER)
    choice = Fitness(strings(task, *CHOICE), longer[""])(genomes)
    weights = genomes[int(np.nanargmin(choice))]
    tested = kinds(network, CELLS).items()
    return Found(
        len(genomes),
        {
            k: sum(right(n, genome, held_out) >= 0.99 for genome in genomes)
            for k, n in longer.items()
        },
        {k: [right(n, weights, strings(task, *band)) for band in BANDS] for k, n in tested},
        {
            k: [right(n, weights, strings(task, end - 5, end, 100)) for end in CURVE]
            for k, n in tested
        },
        weights,
    )


def table(found: dict[str, Found]) -> str:
    lines = [
        "|network|generalise|p, second-order|p, LSTM|"
        + "|".join(f"{a}–{b}" for a, b in BANDS)
        + "|",
        "|---|" + "---:|" * (3 + len(BANDS)),
    ]
    rivals = {name: entry for name, entry in found.items() if name in ("second-order", "LSTM")}
    for name, entry in found.items():
        for kind, shares in entry.right.items():
            label = f"{name}, {kind}" if kind else name
            cells = [label, f"{entry.generalise[kind]}/{entry.starts}"]
            cells += [f"{more_often(entry, kind, rival):.2g}" for rival in rivals.values()]
            lines.append("|" + "|".join([*cells, *(f"{share:.1%}" for share in shares)]) + "|")
    return "\n".join(lines)


def more_often(entry: Found, kind: str, rival: Found) -> float:
    """p of the numbers of networks that generalise, by Fisher's exact test."""
    counts = [(entry.generalise[kind], entry.starts), (rival.generalise[""], rival.starts)]
    return float(fisher_exact([[count, starts - count] for count, starts in counts]).pvalue)


def draw(results: dict[str, dict[str, Found]], path: Path) -> None:
    with figure(12.0, 7.0) as drawn:
        panels = drawn.subplots(2, 2)
        for (above, below), (language, found) in zip(panels.T, results.items(), strict=True):
            draw_curves(above, found)
            above.set_title(language)
            draw_stack(below, LANGUAGES[language], found["pushdown"].weights)
        panels[0, 0].legend(frameon=False, loc="lower left", fontsize="small")
        save(drawn, path)


def draw_curves(axes: Any, found: dict[str, Found]) -> None:
    colours = palette(found)
    for name, entry in found.items():
        for kind, shares in entry.curve.items():
            label = f"{name}, {kind}" if kind else name
            look = {"ls": "--", "zorder": 3} if kind else {"marker": "o", "ms": 3}
            axes.plot(CURVE, shares, color=colours[name], label=label, **look)
    axes.axvline(LENGTH, color="#767676", lw=0.8, ls=(0, (4, 3)))
    axes.set_xscale("log")
    axes.set_xticks([16, 32, 64, 100, 250, 1000], ["16", "32", "64", "100", "250", "1000"])
    axes.set_xticks([], minor=True)
    axes.set_ylim(0.3, 1.03)
    axes.set_xlabel("symbols in the string")
    axes.set_ylabel("strings told right")


def draw_stack(axes: Any, task: Recognition, weights: np.ndarray) -> None:
    """The length of the stack over one word of 100 symbols, and the depth of the word."""
    data = strings(task, 99, 100, 2)
    stepper = Stepper(kinds(PUSHDOWN, 64)[""], weights)
    inputs = data.inputs[:1, : data.lengths[0]]
    states, lengths = stepper.begin(inputs[:, 0]), []
    for x in np.moveaxis(inputs, 1, 0):
        states, _ = stepper.advance(states, x)
        lengths.append(states[0, PUSHDOWN.hidden : PUSHDOWN.hidden + 64].sum())
    depth = np.cumsum(inputs[0, :, 0] - inputs[0, :, 1])
    steps = np.arange(1, len(depth) + 1)
    axes.plot(steps, lengths, color=palette(CONTENDERS)["pushdown"], label="length of the stack")
    axes.plot(steps, depth, color="#333333", lw=0.9, ls=":", label="open so far")
    axes.set_xlabel("symbol")
    axes.legend(frameon=False, fontsize="small")


def main() -> None:
    parser = argparse.ArgumentParser(description="Strings far longer than those learnt from.")
    parser.add_argument("--out", type=Path, default=Path("results/pushdown"))
    out = parser.parse_args().out
    results: dict[str, dict[str, Found]] = {}
    for language, task in LANGUAGES.items():
        results[language] = {}
        for name, contender in CONTENDERS.items():
            found = results[language][name] = compete(task, contender)
            print(language, name, found.generalise, found.starts, found.right, flush=True)
    out.mkdir(parents=True, exist_ok=True)
    draw(results, out / "lengths.png")
    counts = ", ".join(f"{name} {c.network.weight_count}" for name, c in CONTENDERS.items())
    tables = "\n\n".join(f"## {name}\n\n{table(found)}" for name, found in results.items())
    (out / "report.md").write_text(REPORT.format(weights=counts, tables=tables), encoding="utf-8")


if __name__ == "__main__":
    main()

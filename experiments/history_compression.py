"""Can a network that sees only its surprises bridge a thousand steps, and teach it to another?

    python experiments/history_compression.py [--out results/history_compression]

A string begins with a or b, goes on with c d e f c d e f … for a thousand steps or more, in which a
symbol is now and then replaced by x, and ends with y and the symbol that it began with (after
Schmidhuber 1992, whose lag was 20). The last symbol can be told only from the first.

1. Level 0 of a history compressor is trained to predict the next symbol of short strings, level 1
   to predict what level 0 fails to predict. Then both read long strings.
2. The strings are rebuilt from what level 1 received.
3. An automatizer, one network without levels, learns strings with a lag of some 30 steps; another
   one is made to say, beside the next symbol, what level 1 of the compressor has in mind.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import fisher_exact

import evornn
from evornn.analysis import Trajectory, trajectories
from evornn.analysis.compression import Received, rebuilt, received_along
from evornn.networks import Elman, HistoryCompressor
from evornn.plots.style import COLOURS, GREY, figure, save
from evornn.tasks import Sequences
from evornn.tasks.symbols import one_hot

ALPHABET, CYCLE = "abcdefxy", "cdef"
NETWORK = HistoryCompressor(inputs=len(ALPHABET), hidden=12, outputs=1)
RARE = 0.005
#: what the levels are trained on: steps of the cycle, and how often one of them is x
LESSONS = (((10, 40), 0.05), ((100, 400), 0.03))
LAGS, STRINGS = (1000, 2000, 5000), 20
DISTILLED_LAG, RESTARTS = (28, 32), 16


def strings(rng: np.random.Generator, count: int, lag: tuple[int, int], rare: float) -> list[str]:
    """`count` strings whose cycle lasts for `lag` steps (least and most)."""
    found = []
    for _ in range(count):
        steps = int(rng.integers(lag[0], lag[1] + 1))
        middle = [CYCLE[t % len(CYCLE)] for t in range(steps)]
        for t in np.flatnonzero(rng.random(steps) < rare):
            middle[t] = "x"
        label = str(rng.choice(["a", "b"]))
        found.append(label + "".join(middle) + "y" + label)
    return found


def trained(network: Elman, data: Sequences, generations: int, restarts: int = RESTARTS) -> Any:
    """All restarts of `network` (restart, weight) after Adam's `generations`, and their losses."""
    fitness = evornn.Fitness(data, network)
    adam = evornn.optimizers.Adam(learning_rate=0.01, population_size=restarts)
    search = adam.search(fitness.genes, evornn.Start(scale=0.3), np.random.default_rng(0))
    for _ in range(generations):
        genomes = search.ask()
        search.tell(genomes, *fitness.value_and_grad(genomes))
    return genomes, fitness(genomes)


def prediction(sequences: list[np.ndarray]) -> Sequences:
    """The task of predicting each row of each sequence from those before it."""
    long_enough = [z for z in sequences if len(z) > 1]
    return Sequences(
        [z[:-1] for z in long_enough],
        [z[1:] for z in long_enough],
        loss_function="binary_cross_entropy",
    )


def train_level(weights: dict[str, np.ndarray], level: int, inputs: list[np.ndarray]) -> None:
    """Train `level` to predict what it receives of `inputs`; its weights are put into `weights`."""
    paths = trajectories(NETWORK, weights, inputs)
    given = [
        received_along(NETWORK, path, x)[level].z for path, x in zip(paths, inputs, strict=True)
    ]
    size = NETWORK.inputs + level
    predictor = Elman(inputs=size, hidden=NETWORK.hidden, outputs=size)
    genomes, losses = trained(predictor, prediction(given), generations=1000)
    best = predictor.named(genomes[np.argmin(losses)])
    for own, name in {"W": "W", "U": "U", "b": "b", "P": "V", "q": "c"}.items():
        weights[f"level{level}_{own}"] = best[name]


def told(path: Trajectory, level: int, string: str) -> bool:
    """Whether `level`, before the last symbol of `string`, expects it more than any other."""
    first = path.names.index(f"level{level}_p[0]")
    expected = path.states[-2, first : first + len(ALPHABET)]
    return ALPHABET[int(np.argmax(expected))] == string[-1]


def bridged(weights: dict[str, np.ndarray], rng: np.random.Generator) -> tuple[list[str], Any]:
    """Rows of the table, one for each lag, and what was received of the last string."""
    rows = []
    for lag in LAGS:
        given = strings(rng, STRINGS, (lag, lag + lag // 5), RARE)
        inputs = [one_hot(string, ALPHABET) for string in given]
        paths = trajectories(NETWORK, weights, inputs)
        top = [received_along(NETWORK, path, x)[1] for path, x in zip(paths, inputs, strict=True)]
        steps, ticks = sum(map(len, given)), sum(len(r.steps) for r in top)
        exact = sum(
            np.array_equal(rebuilt(NETWORK, weights, r), x[: r.steps[-1] + 1])
            for r, x in zip(top, inputs, strict=True)
        )
        right = [
            sum(told(path, level, string) for path, string in zip(paths, given, strict=True))
            for level in (0, 1)
        ]
        rows.append(
            f"|{lag}–{lag + lag // 5}|{steps / STRINGS:.0f}|{ticks / STRINGS:.1f}|"
            f"{steps / ticks:.0f}|{right[0]}/{STRINGS}|{right[1]}/{STRINGS}|{exact}/{STRINGS}|"
        )
        if lag == LAGS[0]:
            shown = given[0], top[0]
    return rows, shown


def distilled(weights: dict[str, np.ndarray]) -> tuple[int, int]:
    """How many of the restarts tell the last symbol of new strings, alone and taught."""
    rng = np.random.default_rng(5)
    learnt, unseen = (strings(rng, count, DISTILLED_LAG, 0.0) for count in (32, 100))
    size, solved = len(ALPHABET), []
    for taught in (False, True):
        outputs = size + (NETWORK.hidden if taught else 0)
        automatizer = Elman(inputs=size, hidden=16, outputs=outputs)
        data = _lessons(weights, learnt, taught)
        genomes, _ = trained(automatizer, data, generations=1000)
        exam = _lessons(weights, unseen, taught)
        fitness = evornn.Fitness(exam, automatizer)
        solved.append(sum(_all_told(fitness.predict(g), unseen) for g in genomes))
    return solved[0], solved[1]


def _lessons(weights: dict[str, np.ndarray], given: list[str], taught: bool) -> Sequences:
    """Next symbols, and with `taught` the state of level 1, as probabilities of ±1."""
    inputs = [one_hot(string, ALPHABET) for string in given]
    targets = [x[1:] for x in inputs]
    if taught:
        paths = trajectories(NETWORK, weights, inputs)
        first = paths[0].names.index("level1_h[0]")
        minds = [path.states[:-1, first : first + NETWORK.hidden] for path in paths]
        pairs = zip(targets, minds, strict=True)
        targets = [np.hstack([target, (mind + 1.0) / 2.0]) for target, mind in pairs]
    return Sequences([x[:-1] for x in inputs], targets, loss_function="binary_cross_entropy")


def _all_told(outputs: np.ndarray, given: list[str]) -> bool:
    """Whether the last symbol of every string is the most expected one."""
    last = [outputs[q, len(string) - 2, : len(ALPHABET)] for q, string in enumerate(given)]
    return [ALPHABET[k] for k in np.argmax(last, axis=1)] == [string[-1] for string in given]


def draw(string: str, top: Received, path: Path) -> None:
    with figure(10.0, 2.4) as drawn:
        axes = drawn.subplots()
        axes.plot(np.arange(len(string)), np.zeros(len(string)), "|", color=GREY, ms=7, mew=0.4)
        axes.plot(top.steps, np.ones(len(top.steps)), "|", color=COLOURS[1], ms=22, mew=1.6)
        for together in np.split(top.steps, np.flatnonzero(np.diff(top.steps) > 20) + 1):
            symbols = "".join(string[step] for step in together)
            place = float(together.mean()), 1.0
            axes.annotate(symbols, place, (0, 16), textcoords="offset points", ha="center")
        axes.set_yticks([0, 1], ["level 0", "level 1"])
        axes.set_ylim(-0.5, 1.9)
        axes.set_xlabel("step")
        axes.set_title(f"Ticks of the levels: {len(string)} steps, {len(top.steps)} surprises")
        save(drawn, path)


REPORT = """# History compression

By `python experiments/history_compression.py`. Strings of a or b, a cycle c d e f … in which one
symbol in {rare:.0f} is replaced by x, y, and again the first symbol. Two levels of 12 units were
trained by back-propagation: level 0 on strings whose cycle lasts {low} steps, level 1 on what it
receives of strings of {high}; the table is of {count} new strings for each length. `told` is how
often a level expects the last symbol most; chance is one half.

|cycle|steps|ticks of level 1|depth reduced by|told by level 0|told by level 1|rebuilt exactly|
|---|---:|---:|---:|---:|---:|---:|
{rows}

`rebuilt exactly`: all symbols up to the last surprise, from what level 1 received and the weights
of level 0 alone.

![When the levels tick](ticks.png)

## The chunker distilled into the automatizer

An Elman network of 16 units learns to predict strings whose cycle lasts {lag} steps. Of {restarts}
random beginnings, those that tell the last symbol of all 100 new strings after 1,000 steps of Adam:

|automatizer|solved|
|---|---:|
|learns the next symbol only|{alone}/{restarts}|
|learns the state of level 1 too|{taught}/{restarts}|

Fisher's exact test: p = {p:.2g}.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="History compression.")
    parser.add_argument("--out", type=Path, default=Path("results/history_compression"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    weights = {name: np.zeros(shape) for name, shape in NETWORK.weights.items()}
    for level, (lag, rare) in enumerate(LESSONS):
        given = strings(rng, 64, lag, rare)
        train_level(weights, level, [one_hot(string, ALPHABET) for string in given])
    rows, shown = bridged(weights, rng)
    draw(*shown, out / "ticks.png")
    alone, taught = distilled(weights)
    counts = [[alone, RESTARTS - alone], [taught, RESTARTS - taught]]
    text = REPORT.format(
        rare=1 / RARE,
        low="–".join(map(str, LESSONS[0][0])),
        high="–".join(map(str, LESSONS[1][0])),
        count=STRINGS,
        rows="\n".join(rows),
        lag="–".join(map(str, DISTILLED_LAG)),
        restarts=RESTARTS,
        alone=alone,
        taught=taught,
        p=fisher_exact(counts).pvalue,
    )
    (out / "report.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()

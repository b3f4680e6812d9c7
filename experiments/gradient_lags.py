"""How far back does a gradient reach in a network that has not been trained yet?

    python experiments/gradient_lags.py [--out results/gradient_lags]

Networks of 32 units with random weights hear noise. The size of the derivative of the hidden units
with respect to the whole state k steps earlier, for k up to 100: the product of the Jacobians of k
steps. Where it falls towards zero with k nothing can be learnt across that lag, where it grows
without bound no step along the gradient is small enough (Bengio, Simard & Frasconi 1994, Learning
long-term dependencies with gradient descent is difficult; Hochreiter 1991).
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from evornn.analysis.stepper import Stepper
from evornn.networks import GRU, LSTM, FullyRecurrent, IndRNN, Network
from evornn.plots.style import COLOURS, LINES, Look, figure, label_right, save

UNITS, LAGS, TRANSIENT, DRAWS = 32, 100, 50, 16
SIZES = {"inputs": 1, "hidden": UNITS, "outputs": 1}
SHOWN = (1, 10, 30, 100)

REPORT = """# How far back a gradient reaches

By `python experiments/gradient_lags.py` (nine minutes): networks of {units} units before any
training, weights into a unit N(0, 1/sources) unless said otherwise, biases zero, inputs N(0, 1);
{draws} draws. Norm (Frobenius, over the square root of the units) of the derivative of the hidden
units with respect to the whole state k steps earlier: median [quartiles]. The last column is the
factor by which the median changes per step over the second half of the lags.

{table}

![Norm of the gradient against lag](lags.png)
"""


@dataclass(frozen=True)
class Case:
    """A network; how wide its recurrent weights are drawn, and what is set by hand."""

    network: Network
    look: Look
    gain: float = 1.0
    fixed: Mapping[str, float] = field(default_factory=dict)

    def weights(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        drawn = {}
        for name, shape in self.network.weights.items():
            width = self.gain if name == "U" else 1.0
            scale = width / np.sqrt(shape[-1]) if len(shape) > 1 else 0.0
            drawn[name] = scale * rng.standard_normal(shape)
        return drawn | {name: np.full_like(drawn[name], v) for name, v in self.fixed.items()}


CASES = {
    "fully recurrent, gain 0.7": Case(FullyRecurrent(**SIZES), Look("black", LINES[1]), 0.7),
    "fully recurrent, gain 1": Case(FullyRecurrent(**SIZES), Look("black")),
    "fully recurrent, gain 2": Case(FullyRecurrent(**SIZES), Look("black", LINES[2]), 2.0),
    "GRU": Case(GRU(**SIZES), Look(COLOURS[1])),
    "LSTM": Case(LSTM(**SIZES), Look(COLOURS[0])),
    "LSTM, forget bias 3": Case(LSTM(**SIZES, forget_bias=3.0), Look(COLOURS[0], LINES[1])),
    "IndRNN, u = 1": Case(IndRNN(**SIZES), Look(COLOURS[2]), fixed={"u": 1.0}),
}


def norms(case: Case, seed: int) -> np.ndarray:
    """Norm of ∂h(T)/∂s(T − k) for k = 1 … LAGS."""
    rng = np.random.default_rng(seed)
    stepper = Stepper(case.network, case.weights(rng))
    inputs = rng.standard_normal((TRANSIENT + LAGS, 1))
    states = [stepper.begin(inputs[:1])]
    for x in inputs:
        states.append(stepper.advance(states[-1], x[np.newaxis])[0])
    product, found = np.eye(stepper.state_size)[:UNITS], []
    for t in reversed(range(TRANSIENT, TRANSIENT + LAGS)):
        product = product @ stepper.jacobian(states[t][0], inputs[t])
        found.append(np.linalg.norm(product) / np.sqrt(UNITS))
    return np.array(found)


def table(found: Mapping[str, np.ndarray]) -> str:
    heads = "|".join(f"k = {k}" for k in SHOWN)
    lines = [f"|network|{heads}|factor per step|", "|---|" + "---:|" * (len(SHOWN) + 1)]
    for label, values in found.items():
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
        cells = [f"{middle[k - 1]:.2g} [{low[k - 1]:.2g}–{high[k - 1]:.2g}]" for k in SHOWN]
        half = LAGS // 2
        factor = (middle[-1] / middle[half - 1]) ** (1.0 / (LAGS - half))
        lines.append(f"|{label}|" + "|".join(cells) + f"|{factor:.3f}|")
    return "\n".join(lines)


def draw(found: Mapping[str, np.ndarray], path: Path) -> None:
    lags, ends = np.arange(1, LAGS + 1), []
    with figure(8.0, 4.6) as drawn:
        axes = drawn.subplots()
        for label, values in found.items():
            low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
            colour, line, _ = CASES[label].look
            axes.semilogy(lags, middle, line, color=colour)
            axes.fill_between(lags, low, high, color=colour, alpha=0.12, lw=0.0)
            ends.append((LAGS, middle[-1], label, colour))
        axes.set_xlim(1, LAGS)
        axes.set_title("Norm of the gradient against lag, before training")
        axes.set_xlabel("lag k, steps")
        axes.set_ylabel("norm of ∂h(t) / ∂s(t − k)")
        label_right(axes, ends)
        save(drawn, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("results/gradient_lags"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    found = {
        label: np.array([norms(case, seed) for seed in range(DRAWS)])
        for label, case in CASES.items()
    }
    with (out / "lags.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["network", "draw", "lag", "norm"])
        for label, values in found.items():
            for (seed, k), norm in np.ndenumerate(values):
                writer.writerow([label, seed, k + 1, norm])
    draw(found, out / "lags.png")
    report = REPORT.format(units=UNITS, draws=DRAWS, table=table(found))
    (out / "report.md").write_text(report, encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()

"""When does a random network turn chaotic, and how far back does it remember?

    python experiments/chaos.py [--out results/chaos]

Fully recurrent tanh networks with weights U ~ N(0, g²/n) and no input: in the limit of many units
they turn chaotic where the gain g passes 1 (Sompolinsky, Crisanti & Sommers 1988, Chaos in random
neural networks, Physical Review Letters 61). The largest Lyapunov exponent is measured for several
sizes and gains. Beside it, what a network that is cut after k steps, and so feed-forward, has in
common with the whole one under random input.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from evornn.analysis import cut_outputs, lyapunov_exponent, spectrum, trajectory
from evornn.networks import FullyRecurrent
from evornn.plots import draw_spectrum
from evornn.plots.style import COLOURS, GREY, figure, palette, save

GAINS = np.array([0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 2.0])
SIZES = (16, 64)
NETWORKS = 8
STEPS, TRANSIENT = 500, 200
#: exponents above this are no limit cycle's, measured over so few steps
CHAOTIC = 0.01

REPORT = """# Chaos in random networks

By `python experiments/chaos.py`. Largest Lyapunov exponent per step (nats) of fully recurrent tanh
networks without input, U ~ N(0, g²/n): mean and standard deviation over {networks} networks, and
how many of them are chaotic (exponent above {chaotic}; a limit cycle has exactly 0).

{table}

The mean of {large} units crosses zero at g = {crossing:.2f}; in the limit of many units that is 1.
In networks as small as these the states beyond 1 first settle on other fixed points and limit
cycles.

![Exponents against gain, a spectrum, and how far back the network remembers](chaos.png)

Right: outputs of a network of 16 units under random input, against those of the same network cut
after k steps (its finite-impulse-response twin). Below g = 1 the difference dies out, and a cut
network will do; above, none does.
"""


def exponents(n: int) -> np.ndarray:
    """Exponents (gain, network) of networks of `n` units."""
    network = FullyRecurrent(inputs=1, hidden=n, outputs=1)
    rng = np.random.default_rng(n)
    U = rng.normal(size=(NETWORKS, n * n)) / np.sqrt(n)
    scaled = (GAINS[:, np.newaxis, np.newaxis] * U).reshape(-1, n * n)
    nothing = np.zeros((len(scaled), n))
    weights = np.hstack([nothing, scaled, nothing])
    found = lyapunov_exponent(network, weights, np.zeros((STEPS, 1)), transient=TRANSIENT)
    return np.asarray(found).reshape(len(GAINS), NETWORKS)


def crossing(means: np.ndarray) -> float:
    """The gain at which the exponent passes zero, by linear interpolation."""
    above = int(np.argmax(means > 0.0))
    share = -means[above - 1] / (means[above] - means[above - 1])
    return float(GAINS[above - 1] + share * (GAINS[above] - GAINS[above - 1]))


def memory(gain: float, steps: range) -> list[float]:
    """Root mean squared difference between the network and its twin that is cut after k steps."""
    n, rng = 16, np.random.default_rng(3)
    network = FullyRecurrent(inputs=1, hidden=n, outputs=n)
    weights = {
        "W": 0.3 * rng.normal(size=(n, 1)),
        "U": gain * rng.normal(size=(n, n)) / np.sqrt(n),
        "b": np.zeros(n),
    }
    inputs = rng.normal(size=(300, 1))
    whole = trajectory(network, weights, inputs).outputs[100:]
    cuts = [cut_outputs(network, weights, inputs, k)[100:] for k in steps]
    return [float(np.sqrt(np.mean((cut - whole) ** 2))) for cut in cuts]


def draw(found: dict[int, np.ndarray], path: Path) -> None:
    with figure(12.5, 4.0) as drawn:
        left, middle, right = drawn.subplots(1, 3)
        for n, colour in palette(map(str, found)).items():
            values = found[int(n)]
            left.errorbar(
                GAINS, values.mean(axis=1), values.std(axis=1), color=colour, label=f"{n} units"
            )
        left.axhline(0.0, color=GREY, lw=0.8)
        left.axvline(1.0, color=GREY, lw=0.8, ls=":")
        left.set_title("Largest Lyapunov exponent")
        left.set_xlabel("gain g")
        left.legend(frameon=False)
        draw_spectrum(middle, rest_spectrum())
        middle.set_title("Eigenvalues of the step at rest, g = 1")
        steps = range(1, 61, 3)
        for gain, colour in zip((0.7, 1.0, 1.5), COLOURS, strict=False):
            right.semilogy(steps, memory(gain, steps), color=colour, label=f"g = {gain}")
        right.set_title("Difference to the network cut after k steps")
        right.set_xlabel("k")
        right.legend(frameon=False)
        save(drawn, path)


def rest_spectrum() -> np.ndarray:
    """Eigenvalues of the step of a network of 64 units at rest, with gain 1."""
    n, rng = 64, np.random.default_rng(64)
    network = FullyRecurrent(inputs=1, hidden=n, outputs=1)
    U = rng.normal(size=(n, n)) / np.sqrt(n)
    weights = {"W": np.zeros((n, 1)), "U": U, "b": np.zeros(n)}
    return spectrum(network, weights, np.zeros(n), np.zeros(1))


def main() -> None:
    parser = argparse.ArgumentParser(description="Chaos in random networks.")
    parser.add_argument("--out", type=Path, default=Path("results/chaos"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    found = {n: exponents(n) for n in SIZES}
    lines = ["|gain|" + "|".join(f"{n} units|chaotic" for n in SIZES) + "|"]
    lines.append("|---:|" + "---:|---:|" * len(SIZES))
    for g, gain in enumerate(GAINS):
        cells = [
            f"{v[g].mean():+.3f} ± {v[g].std():.3f}|{np.sum(v[g] > CHAOTIC)}/{NETWORKS}"
            for v in found.values()
        ]
        lines.append(f"|{gain}|" + "|".join(cells) + "|")
    table = "\n".join(lines)
    draw(found, out / "chaos.png")
    large = SIZES[-1]
    text = REPORT.format(
        networks=NETWORKS,
        chaotic=CHAOTIC,
        table=table,
        large=large,
        crossing=crossing(found[large].mean(axis=1)),
    )
    (out / "report.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()

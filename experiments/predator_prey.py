"""Do a predator and its prey, evolved against each other, get better for good?

    python experiments/predator_prey.py [--generations 100] [--seeds 10] [--out results/…]

Called again after an interruption it goes on.

Two populations of CTRNNs in the bodies of two robots (Floreano & Nolfi 1997), the prey twice as
fast. Every genome is judged against the last champion of the other side and nine of its hall of
fame. In the master tournament all champions meet: where an arms race makes progress, later ones
beat more of the others.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from evornn import Fitness
from evornn.encodings import Bounded
from evornn.networks import CTRNN, Team
from evornn.optimizers import CMAES
from evornn.plots import figure, save
from evornn.runs.coevolution import Champions, coevolve
from evornn.runs.contest import Contest, contest_of
from evornn.simulators.pursuit import Pursuit
from evornn.simulators.swarm import SENSES
from evornn.simulators.wheeled import RADIUS
from evornn.tasks.aggregation import ARENA
from evornn.tasks.episodes import Episodes
from evornn.tasks.places import SIDES, free_places, headings

NEURONS, POPULATION, TRIALS, STEPS = 6, 40, 4, 300
TENTHS = 10

REPORT = """# Predator and prey

By `python experiments/predator_prey.py --generations {generations} --seeds {seeds}`. What champions
of each tenth of the evolution lose to all champions of the other side in the master tournament:
means over {seeds} co-evolutions, with standard errors. A predator's loss is the share of the
trial that passes before it has caught the prey, 1 where it has not; the prey's is one minus that.

{table}

![The master tournament](tournament.png)
"""


def starts(rng: np.random.Generator) -> Episodes:
    """Trials in which both robots start anywhere, a fifth of a metre apart."""
    places = [free_places(rng, ARENA, SIDES, 2, apart=0.2 + 2.0 * RADIUS) for _ in range(TRIALS)]
    angles = headings(rng, 2 * TRIALS).reshape(TRIALS, 2, 1)
    pursuit = Pursuit(ARENA, rest=0.5, steps=STEPS)
    return Episodes(pursuit, {"start": np.concatenate([places, angles], axis=2)}, STEPS)


def evolved(seed: int, generations: int, out: Path) -> tuple[Champions, Contest]:
    team = Team(2 * SENSES, NEURONS, 4, 2, CTRNN(SENSES, NEURONS, 2), shared=False)
    fitness = Fitness(starts(np.random.default_rng([seed, 3])), team, Bounded())
    half, cma = fitness.genes // 2, CMAES(population_size=POPULATION)
    contest = contest_of(fitness)
    found = coevolve(contest, (half, half), (cma, cma), generations, seed=seed, out=out)
    return found, contest


def tournament(champions: Champions, contest: Contest) -> np.ndarray:
    """Losses of predators (row) to prey (column), by tenths of the evolution."""
    losses = contest(champions.first, champions.second)
    tenths = np.array_split(np.arange(len(losses)), min(TENTHS, len(losses)))
    return np.array([[losses[np.ix_(a, b)].mean() for b in tenths] for a in tenths])


def table(met: np.ndarray) -> str:
    """Markdown of what either side loses, (seed, predator, prey)."""
    lines = ["|tenth|predator|prey|", "|---:|---:|---:|"]
    sides = met.mean(axis=2), 1.0 - met.mean(axis=1)
    for tenth in range(met.shape[1]):
        cells = []
        for side in sides:
            own = side[:, tenth]
            error = own.std(ddof=1) / np.sqrt(len(own)) if len(own) > 1 else 0.0
            cells.append(f"{own.mean():.3f} ± {error:.3f}")
        lines.append(f"|{tenth + 1}|{'|'.join(cells)}|")
    return "\n".join(lines)


def draw(met: np.ndarray, path: Path) -> None:
    with figure(5.2, 4.4) as drawn:
        axes = drawn.subplots()
        size = met.shape[1] + 0.5
        image = axes.imshow(
            met.mean(axis=0), origin="lower", cmap="viridis",
            extent=(0.5, size, 0.5, size),
        )  # fmt: skip
        axes.set_xlabel("prey of the tenth of the evolution")
        axes.set_ylabel("predator of the tenth")
        axes.set_title("What the predator loses")
        drawn.colorbar(image)
        save(drawn, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("results/predator_prey"))
    parser.add_argument("--generations", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    met = []
    for seed in range(given.seeds):
        folder = given.out / "runs" / f"seed-{seed}"
        met.append(tournament(*evolved(seed, given.generations, folder)))
        print(f"seed {seed}: predators lose {met[-1].mean():.3f}", flush=True)
    np.savetxt(given.out / "tournament.csv", np.mean(met, axis=0), "%.6g", delimiter=",")
    draw(np.array(met), given.out / "tournament.png")
    text = table(np.array(met))
    (given.out / "report.md").write_text(
        REPORT.format(generations=given.generations, seeds=given.seeds, table=text)
    )
    print(text)


if __name__ == "__main__":
    main()

"""Two populations, each judged against the other's best of all times (hall of fame: Rosin & Belew
1997, New methods for competitive coevolution, Evolutionary Computation 5).

Where one only meets the best of its day, both may run in circles: what beats today's opponent has
lost to yesterday's. So in each generation every genome meets the champion of the generation before,
and `rivals` − 1 others, drawn from all champions so far; in the first, as many of the other
population. A champion is who has lost least in its generation.

With a folder the two are recorded as a run is (`evornn.runs.folder`): the configuration, a line per
generation (``generation``, ``evaluations``: genomes that have met another so far, ``first_loss``
and ``second_loss`` of the champions, and wall times), and checkpoints, which hold the champions.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field, JsonValue

from evornn.checks import check_number, check_size
from evornn.errors import ConfigurationError
from evornn.optimizers import Optimizer, Start
from evornn.runs.beginning import Beginning, beginning_in, taken_up
from evornn.runs.configuration import Execution, Part, Resolved
from evornn.runs.contest import Contest
from evornn.runs.environment import environment
from evornn.runs.folder import RunFolder
from evornn.runs.parts import describe
from evornn.runs.record import WALL_TIMES, Entry, finite_or_none
from evornn.runs.recorder import CHECKPOINT_EVERY, Recorder
from evornn.runs.recording import recording
from evornn.runs.tally import Tally

#: the distribution of both first populations
START = Start()


class Champions(NamedTuple):
    """The best of each generation on either side: genomes (generation, genes), and what they had
    lost (generation,) to whom they met."""

    first: np.ndarray
    second: np.ndarray
    first_losses: np.ndarray
    second_losses: np.ndarray


class CoevolutionConfiguration(Resolved):
    """Everything that the champions depend on. `contest` is None where it is a plain function."""

    record_of: ClassVar = "coevolution"
    go_on: ClassVar = "the same call of coevolve, with out={folder}"

    kind: Literal["coevolution"] = "coevolution"
    schema_version: Literal[1] = 1
    contest: dict[str, JsonValue] | None
    genes: list[int]
    optimizer: Part
    generations: int
    seed: int = Field(ge=0)
    start: Start
    execution: Execution
    environment: dict[str, JsonValue] = Field(default_factory=dict)


def coevolve(
    contest: Contest,
    genes: tuple[int, int],
    optimizers: tuple[Optimizer, Optimizer],
    generations: int,
    rivals: int = 10,
    start: Start = START,
    seed: int = 0,
    out: str | Path | None = None,
    checkpoint_every: float = CHECKPOINT_EVERY,
) -> Champions:
    """Evolve two populations against each other; what the first doesn't lose is the second's loss.

    Parameters
    ----------
    contest
        Judges first genomes against second ones.
    genes
        Genes of a genome of either side.
    optimizers
        What evolves either side; they need no gradients.
    rivals
        Whom each genome meets, the same for all of a generation.
    start
        The distribution and scale that the populations begin with; not its seed.
    seed
        Of all chance.
    out
        Folder to keep a record and checkpoints in. The same call goes on from what is there, and
        ends with the bits that it would have had undisturbed. A contest that is a plain function
        is not recorded: that it is the same is up to the caller.
    checkpoint_every
        Seconds between checkpoints, as in `evornn.train`.

    Raises
    ------
    ConfigurationError
        For anything wrong with the arguments, or another experiment in `out`.
    StorageError
        `out` cannot be written, another process works there, or no checkpoint can be used.
    Interrupted, Terminated
        A signal came; with `out` a checkpoint has been written first.
    """
    check_size("generations", generations)
    check_size("rivals", rivals)
    check_size("seed", seed, least=0)
    check_number("checkpoint_every", checkpoint_every, least=0.0)
    for optimizer in optimizers:
        if optimizer.gradient:
            raise ConfigurationError(
                f"a contest has no gradients, which {type(optimizer).__name__} needs"
            )
    sides = Sides(genes, optimizers, rivals, start, seed)
    if out is None:
        return _evolved(sides, contest, generations, Tally(), Recorder([]))
    described: list[JsonValue] = [
        describe("optimizer", optimizer).model_dump() for optimizer in optimizers
    ]
    configuration = CoevolutionConfiguration(
        contest=getattr(contest, "identity", None),
        genes=[int(count) for count in genes],
        optimizer=Part(name="coevolution", options={"sides": described, "rivals": int(rivals)}),
        generations=int(generations),
        seed=int(seed),
        start=start,
        execution=Execution(checkpoint_every=float(checkpoint_every)),
        environment=environment(),
    )
    folder = RunFolder(Path(out))
    with folder.claim():
        beginning = _beginning(folder, configuration)
        taken_up(sides, beginning.search_state, configuration.optimizer.name)
        if beginning.tally.generation == generations:
            return sides.champions
        with recording(folder, beginning, configuration, configuration.execution) as recorder:
            return _evolved(sides, contest, generations, beginning.tally, recorder)


def _beginning(folder: RunFolder, configuration: CoevolutionConfiguration) -> Beginning:
    """What `folder` holds of this co-evolution, or a new record in it."""
    if not folder.config.exists():
        folder.begin(configuration)
        return Beginning()
    folder.check_same(configuration)
    folder.remove_temporaries()
    return beginning_in(folder, configuration)


class Sides:
    """Both searches and their champions so far: the state between two generations."""

    def __init__(
        self,
        genes: tuple[int, int],
        optimizers: tuple[Optimizer, Optimizer],
        rivals: int,
        start: Start,
        seed: int,
    ) -> None:
        *streams, self.rng = (np.random.default_rng([seed, side]) for side in range(3))
        self.searches = [
            optimizers[i].search(genes[i], replace(start, seed=2 * seed + i), streams[i])
            for i in range(2)
        ]
        self.rivals = rivals
        self.halls = [np.empty((0, count)) for count in genes]
        self.losses = np.empty((0, 2))

    def ask(self) -> list[np.ndarray]:
        """The population of either side."""
        return [search.ask() for search in self.searches]

    def met(self, populations: list[np.ndarray]) -> list[np.ndarray]:
        """Of either side whom the other one meets, (rival, genes): `rivals` at most, each once."""
        return [self._met(*pair) for pair in zip(self.halls, populations, strict=True)]

    def _met(self, hall: np.ndarray, population: np.ndarray) -> np.ndarray:
        if not len(hall):
            return population[self.rng.permutation(len(population))[: self.rivals]]
        others = self.rng.permutation(len(hall) - 1)[: self.rivals - 1]
        return np.concatenate([hall[-1:], hall[others]])

    def tell(self, populations: list[np.ndarray], lost: list[np.ndarray]) -> None:
        """Both sides learn what their genomes have lost; the champions go to their halls."""
        best = []
        for i, (genomes, losses) in enumerate(zip(populations, lost, strict=True)):
            self.searches[i].tell(genomes, losses)
            champion = int(np.argmin(np.where(np.isfinite(losses), losses, np.inf)))
            self.halls[i] = np.concatenate([self.halls[i], genomes[[champion]]])
            best.append(losses[champion])
        self.losses = np.concatenate([self.losses, [best]])

    @property
    def champions(self) -> Champions:
        return Champions(self.halls[0], self.halls[1], self.losses[:, 0], self.losses[:, 1])

    def state(self) -> dict[str, Any]:
        """Everything that the future depends on, as `Search.state`."""
        return {
            "searches": [search.state() for search in self.searches],
            "rng": self.rng.bit_generator.state,
            "halls": list(self.halls),
            "losses": self.losses,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Continue from `state`, bit for bit."""
        for search, own in zip(self.searches, state["searches"], strict=True):
            search.load_state(own)
        self.rng.bit_generator.state = state["rng"]
        self.halls, self.losses = list(state["halls"]), state["losses"]


def _evolved(
    sides: Sides, contest: Contest, generations: int, tally: Tally, recorder: Recorder
) -> Champions:
    """The champions after all `generations`, of which `tally` has counted some."""
    began = perf_counter() - tally.seconds
    while tally.generation < generations:
        recorder.between_generations(tally, sides)
        recorder.hold(sides)
        populations = sides.ask()
        asked = perf_counter()
        with recorder.evaluating(tally):
            met = sides.met(populations)
            lost = [
                contest(populations[0], met[1]).mean(axis=1),
                1.0 - contest(met[0], populations[1]).mean(axis=0),
            ]
        tally.evaluation_seconds += perf_counter() - asked
        sides.tell(populations, lost)
        tally.generation += 1
        tally.evaluations += sum(
            len(own) * len(others) for own, others in zip(populations, met[::-1], strict=True)
        )
        tally.seconds = perf_counter() - began
        tally.optimizer_seconds = tally.seconds - tally.evaluation_seconds
        recorder.append(_line(tally, sides))
    recorder.at_end(tally, sides)
    return sides.champions


def _line(tally: Tally, sides: Sides) -> Entry:
    first, second = (finite_or_none(loss) for loss in sides.losses[-1])
    return {
        "generation": tally.generation,
        "evaluations": tally.evaluations,
        "first_loss": first,
        "second_loss": second,
    } | {name: round(getattr(tally, name), 6) for name in WALL_TIMES}

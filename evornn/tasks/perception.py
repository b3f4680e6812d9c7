"""Categorical perception: catch falling circles and avoid lines or diamonds (Beer 2003, 1996), or
just catch what falls, at a slant (Beer 1996, the orientation task). The agent and its rays are
those of `evornn.simulators.perception`.

Beer's network has seven sensory neurons, one for each ray, that are all alike; five interneurons,
linked with each other; and two motor neurons. His agents are mirrored: both halves have the same
weights. Here a CTRNN with ``hidden=7, outputs=2, gains=True`` has the five and the two, and reads
the rays themselves, by W; with ``hidden=14`` seven more neurons, all linked to all, may become
sensory ones. The encoding `symmetric` mirrors the rays, the interneurons and the motors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evornn.checks import check_choice, check_number, check_size
from evornn.simulators.perception import AVOIDED, STEPS
from evornn.simulators.perception import Perception as Body
from evornn.tasks.drawn import TEST, VALIDATION
from evornn.tasks.embodied import Embodied
from evornn.tasks.episodes import Episodes
from evornn.tasks.task import Solved

OBJECTS = (*AVOIDED, "none")


@dataclass(frozen=True)
class Perception(Embodied):
    """Be where circles come down, and where others do not.

    Parameters
    ----------
    avoid
        What is to be avoided, in every other trial: "line" or "diamond"; "none": all are circles,
        to be caught.
    trials
        Of the training, even: as many of each kind, evenly spread over the places.
    width
        The objects start within ± this of the agent.
    drift
        Greatest speed along x, of either sign; in training a trial drifts to the left, the next to
        the right.
    validation_trials, test_trials, seed
        Trials at places (and drifts) drawn at random, half of each kind; and the seed of the draws.
    """

    avoid: str = "line"
    trials: int = 24
    width: float = 50.0
    drift: float = 0.0
    validation_trials: int = 200
    test_trials: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("avoid", self.avoid, OBJECTS)
        check_size("trials", self.trials, least=4)
        check_number("width", self.width, above=0.0, most=200.0)
        check_number("drift", self.drift, least=0.0)
        check_size("validation_trials", self.validation_trials, least=0)
        check_size("test_trials", self.test_trials, least=0)
        check_size("seed", self.seed, least=0)

    @cached_property
    def simulator(self) -> Body:
        return Body(AVOIDED[0] if self.avoid == "none" else self.avoid)

    @cached_property
    def train(self) -> Episodes:  # type: ignore[override]
        circles = self.trials if self.avoid == "none" else self.trials - self.trials // 2
        kinds = [circles, self.trials - circles]
        places = np.concatenate([np.linspace(-self.width, self.width, n) for n in kinds])
        drifts = self.drift * np.resize([-1.0, 1.0], self.trials)
        return self._falling(places, drifts, np.repeat([0.0, 1.0], kinds))

    @cached_property
    def validation(self) -> Episodes | None:  # type: ignore[override]
        return self._drawn(VALIDATION, self.validation_trials)

    @cached_property
    def test(self) -> Episodes | None:  # type: ignore[override]
        return self._drawn(TEST, self.test_trials)

    def _drawn(self, stream: int, count: int) -> Episodes | None:
        rng = np.random.default_rng([self.seed, stream])
        places = rng.uniform(-self.width, self.width, count)
        drifts = rng.uniform(-self.drift, self.drift, count)
        avoided = np.zeros(count) if self.avoid == "none" else np.arange(count) % 2.0
        return self._falling(places, drifts, avoided) if count else None

    def _falling(self, places: np.ndarray, drifts: np.ndarray, avoided: np.ndarray) -> Episodes:
        objects = np.stack([places, drifts], axis=1)
        trials = {"object": objects, "avoid": avoided[:, np.newaxis]}
        return Episodes(self.simulator, trials, STEPS)

    @property
    def solved(self) -> Solved:
        return Solved(
            0.05, "95 % of the best score; the agent that Beer (2003) gives away has 97 % here"
        )

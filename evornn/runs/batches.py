"""Minibatches: each generation is judged on some of the training sequences.

An epoch deals the sequences out without replacement, `size` to each generation; what is left over,
fewer than `size`, sits out until the next epoch deals anew. The order of an epoch follows from the
seed of the run and the number of the epoch alone, so that a resumed run needs no more than its
generation to go on with the same batches.

A loss on a batch says little of one on another. CMA-ES, random search and most gradient optimizers
compare losses of one generation only. L-BFGS, whose line search does not, is refused. Others keep
losses and compare them with later ones: a point that was lucky in its batch stays on too long as an
elite (genetic), a personal best (particle swarm) or the state of a chain (the annealings, parallel
tempering); the larger the batch, the less.
Rprop compares signs of gradients of two batches, which are often noise. What a run calls its best
is not touched by this: it is judged on all of the training data.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from evornn.checks import check_size
from evornn.errors import ConfigurationError
from evornn.runs.evaluation import Evaluation
from evornn.runs.lessons import Lessons
from evornn.runs.seeds import epoch_generator
from evornn.runs.tally import Tally


class Batches(Lessons):
    """Batches of `size` sequences of what `evaluation` judges on, in the run `seed`.

    ConfigurationError where an epoch would be a single batch, or a batch might judge nothing.
    """

    def __init__(self, evaluation: Evaluation, size: int, seed: int) -> None:
        check_size("batch", size)
        data = evaluation.fitness.task.train
        count = len(data.lengths)
        if size >= count:
            raise ConfigurationError(
                f"batch={size} is not less than the {count} training sequences: leave batch out, "
                "and each generation is judged on all of them"
            )
        silent = np.flatnonzero(~data.judged.any(axis=1))
        if silent.size:
            raise ConfigurationError(
                f"batch needs a judged step in every training sequence, sequence {silent[0]} has "
                "none: leave such sequences out"
            )
        self.whole, self.size, self.seed = evaluation, size, seed
        self.lengths = data.lengths
        self.per_epoch = count // size
        self._order = lru_cache(maxsize=1)(self._permutation)

    def indices(self, generation: int) -> np.ndarray:
        """The sequences (size,) that `generation`, 1 for the first, is judged on.

        Sorted by length: in lanes beside one another they wait for the longest.
        """
        epoch, place = divmod(generation - 1, self.per_epoch)
        dealt = self._order(epoch)[place * self.size : (place + 1) * self.size]
        return dealt[np.lexsort((dealt, self.lengths[dealt]))]

    def evaluation(self, tally: Tally) -> Evaluation:
        return self.whole.on(self.whole.fitness.on(self.indices(tally.generation + 1)))

    def ends_epoch(self, tally: Tally) -> bool:
        """Whether the generation after `tally` is judged on the last batch of its epoch."""
        return (tally.generation + 1) % self.per_epoch == 0

    def _permutation(self, epoch: int) -> np.ndarray:
        return epoch_generator(self.seed, epoch).permutation(len(self.lengths))

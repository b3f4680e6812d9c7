"""A run in a process of its own, for tests that kill it: ``worker.py train|resume FOLDER OPTIONS``.

OPTIONS are JSON: ``pause`` (seconds after each generation), ``steps`` and ``population`` (how much
work a generation is) and keywords of `evornn.train`. Ends as the command line does: with the exit
code of the error.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np

import evornn
from evornn.networks import FullyRecurrent
from evornn.optimizers import Genetic
from evornn.tasks import Sequences

GENERATIONS = 30


def parts(steps: int = 20, population: int = 8) -> tuple[Any, ...]:
    """A task, network and optimizer; as they stand they are done in no time."""
    wave = np.sin(0.7 * np.arange(steps))[:, np.newaxis]
    task = Sequences(wave[:-1], wave[1:])
    return task, FullyRecurrent(1, 2, 1), Genetic(population_size=population)


def main(action: str, folder: str, options: dict[str, Any]) -> None:
    pause = options.pop("pause", 0.0)

    def progress(status: Any) -> None:
        time.sleep(pause)

    if action == "train":
        sizes = {name: options.pop(name) for name in ("steps", "population") if name in options}
        options = {"generations": GENERATIONS, "checkpoint_every": 0} | options
        evornn.train(*parts(**sizes), out=folder, progress=progress, **options)
    else:
        evornn.resume(folder, progress=progress, **options)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
    except (evornn.EvornnError, evornn.runs.Interrupted) as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)

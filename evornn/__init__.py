"""evornn: train recurrent networks by global optimization, beside gradient baselines.

Everything is imported when it is first used, so that ``import evornn`` and ``evornn --help`` stay
quick: Numba, SciPy and Matplotlib are loaded only by the parts that need them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

#: public name -> module that defines it
_HOME = {
    "Fitness": "evornn.fitness",
    "OnlineCRBP": "evornn.fitness",
    "OnlineRTRL": "evornn.fitness",
    "OnlineSnAp": "evornn.fitness",
    "OnlineUORO": "evornn.fitness",
    "Start": "evornn.optimizers",
    "Experiment": "evornn.comparison",
    "Run": "evornn.runs",
    "train": "evornn.runs",
    "resume": "evornn.runs",
    "load_run": "evornn.runs",
    "compare": "evornn.comparison",
    "replay": "evornn.comparison",
    "sweep_scales": "evornn.comparison",
    "EvornnError": "evornn.errors",
}
_SUBPACKAGES = (
    "analysis",
    "comparison",
    "encodings",
    "losses",
    "networks",
    "numerics",
    "optimizers",
    "plots",
    "tasks",
)

if TYPE_CHECKING:
    from evornn import analysis as analysis
    from evornn import comparison as comparison
    from evornn import encodings as encodings
    from evornn import losses as losses
    from evornn import networks as networks
    from evornn import numerics as numerics
    from evornn import optimizers as optimizers
    from evornn import plots as plots
    from evornn import tasks as tasks
    from evornn.comparison import Experiment as Experiment
    from evornn.comparison import compare as compare
    from evornn.comparison import replay as replay
    from evornn.comparison import sweep_scales as sweep_scales
    from evornn.errors import EvornnError as EvornnError
    from evornn.fitness import Fitness as Fitness
    from evornn.fitness import OnlineCRBP as OnlineCRBP
    from evornn.fitness import OnlineRTRL as OnlineRTRL
    from evornn.fitness import OnlineSnAp as OnlineSnAp
    from evornn.fitness import OnlineUORO as OnlineUORO
    from evornn.optimizers import Start as Start
    from evornn.runs import Run as Run
    from evornn.runs import load_run as load_run
    from evornn.runs import resume as resume
    from evornn.runs import train as train

__all__ = [*_HOME, *_SUBPACKAGES, "__version__"]  # pyright: ignore


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    elif name in _SUBPACKAGES:
        value = importlib.import_module(f"evornn.{name}")
    else:
        raise AttributeError(f"module 'evornn' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

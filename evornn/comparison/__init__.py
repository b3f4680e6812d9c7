"""Comparing: optimizers × seeds from paired starts, and what their records say about them."""

from evornn.comparison.comparing import compare as compare
from evornn.comparison.comparison import Comparison as Comparison
from evornn.comparison.comparison import load_comparison as load_comparison
from evornn.comparison.experiment import Experiment as Experiment
from evornn.comparison.outcome import Outcome as Outcome
from evornn.comparison.progress import Cell as Cell
from evornn.comparison.progress import Progress as Progress

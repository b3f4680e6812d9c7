"""Comparing: optimizers × seeds from paired starts, and what their records say about them."""

from evornn.comparison.comparing import compare as compare
from evornn.comparison.comparison import Comparison as Comparison
from evornn.comparison.comparison import load_comparison as load_comparison
from evornn.comparison.experiment import Experiment as Experiment
from evornn.comparison.outcome import Outcome as Outcome
from evornn.comparison.progress import Cell as Cell
from evornn.comparison.progress import Progress as Progress
from evornn.comparison.replaying import Replay as Replay
from evornn.comparison.replaying import progress as progress
from evornn.comparison.replaying import replay as replay
from evornn.comparison.scale_sweep import ScaleSweep as ScaleSweep
from evornn.comparison.scale_sweep import load_scale_sweep as load_scale_sweep
from evornn.comparison.scale_sweep import sweep_scales as sweep_scales

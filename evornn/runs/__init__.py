"""Runs: budget, seed, stopping, record, checkpoint and resume of one training."""

from evornn.runs.checkpoint import RunWarning as RunWarning
from evornn.runs.configuration import Configuration as Configuration
from evornn.runs.resuming import resume as resume
from evornn.runs.run import Run as Run
from evornn.runs.run import load_run as load_run
from evornn.runs.signals import Interrupted as Interrupted
from evornn.runs.signals import Terminated as Terminated
from evornn.runs.status import Status as Status
from evornn.runs.stopping import Limits as Limits
from evornn.runs.stopping import Stop as Stop
from evornn.runs.training import train as train

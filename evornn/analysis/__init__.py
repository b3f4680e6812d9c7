"""Analysis of trained networks: what they have come to compute."""

from evornn.analysis.state_machine import Partition as Partition
from evornn.analysis.state_machine import agreement as agreement
from evornn.analysis.state_machine import equivalent as equivalent
from evornn.analysis.state_machine import extract as extract
from evornn.analysis.state_machine import faithful as faithful
from evornn.analysis.state_machine import minimal as minimal
from evornn.analysis.stepper import Stepper as Stepper

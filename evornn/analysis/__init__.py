"""Analysis of trained networks: what they have come to compute."""

from evornn.analysis.adjoint import Adjoint as Adjoint
from evornn.analysis.adjoint import adjoint as adjoint
from evornn.analysis.adjoint import reversed_edges as reversed_edges
from evornn.analysis.fixed_points import FixedPoint as FixedPoint
from evornn.analysis.fixed_points import fixed_points as fixed_points
from evornn.analysis.fixed_points import spectrum as spectrum
from evornn.analysis.lesions import Lesion as Lesion
from evornn.analysis.lesions import lesions as lesions
from evornn.analysis.lyapunov import lyapunov_exponent as lyapunov_exponent
from evornn.analysis.state_machine import Partition as Partition
from evornn.analysis.state_machine import agreement as agreement
from evornn.analysis.state_machine import equivalent as equivalent
from evornn.analysis.state_machine import extract as extract
from evornn.analysis.state_machine import faithful as faithful
from evornn.analysis.state_machine import minimal as minimal
from evornn.analysis.stepper import Stepper as Stepper
from evornn.analysis.trajectory import Trajectory as Trajectory
from evornn.analysis.trajectory import cut_outputs as cut_outputs
from evornn.analysis.trajectory import trajectories as trajectories
from evornn.analysis.trajectory import trajectory as trajectory

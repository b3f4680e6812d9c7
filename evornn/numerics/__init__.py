"""Numbers that a `step` is compiled for, and the functions that a `step` is written in."""

from evornn.numerics.elementary import absolute as absolute
from evornn.numerics.elementary import arctan as arctan
from evornn.numerics.elementary import cos as cos
from evornn.numerics.elementary import exp as exp
from evornn.numerics.elementary import identity as identity
from evornn.numerics.elementary import log as log
from evornn.numerics.elementary import relu as relu
from evornn.numerics.elementary import sigmoid as sigmoid
from evornn.numerics.elementary import sin as sin
from evornn.numerics.elementary import sqrt as sqrt
from evornn.numerics.elementary import tanh as tanh
from evornn.numerics.linear import affine as affine
from evornn.numerics.linear import dot as dot
from evornn.numerics.primitives import fma as fma
from evornn.numerics.primitives import maximum as maximum
from evornn.numerics.primitives import minimum as minimum
from evornn.numerics.primitives import where as where
from evornn.numerics.records import part as part

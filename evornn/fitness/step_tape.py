"""The tape of one step: its memory, and the adjoints that go in and out of it.

It holds, one after another: the node that constants share, the weights, the state, the inputs, and
then whatever the step computes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic, register_jitable

from evornn.numerics.lanes import lane_count
from evornn.numerics.records import aligned_zeros
from evornn.numerics.variable import (
    CAPACITY,
    HEADER_WORDS,
    PARTIALS_AT,
    RECORD_WORDS,
    RECORDS_AT,
    VALUES_AT,
    Variable,
    node_of,
)

#: bytes of one variable in memory: a vector, a pointer and a node, padded to whole vectors
VARIABLE_BYTES = 128
#: the node that constants share, and where leaves begin
FIRST_LEAF = 1


class Tape(NamedTuple):
    """Memory of one tape, and of the variables of one step."""

    header: np.ndarray
    values: np.ndarray
    partials: np.ndarray
    records: np.ndarray
    adjoints: np.ndarray
    #: adjoints of states and outputs, on their way to the step before, or to the children
    carried: np.ndarray
    #: the variables of `s_next` and of `y`, as bytes
    following: np.ndarray
    outputs: np.ndarray


def make_tape(capacity: int, following: int, outputs: int, carried: int, dtype: np.dtype) -> Tape:
    """A tape for `capacity` nodes, and room for one step's variables and `carried` adjoints."""
    width = lane_count(types.float32 if dtype == np.float32 else types.float64)
    tape = Tape(
        header=np.zeros(HEADER_WORDS, np.int64),
        values=aligned_zeros((capacity + 1, width), dtype),
        partials=aligned_zeros((2 * capacity + 2, width), dtype),
        records=aligned_zeros((capacity + 1, RECORD_WORDS), np.int32),
        adjoints=aligned_zeros((capacity + 1, width), dtype),
        carried=aligned_zeros((carried, width), dtype),
        following=aligned_zeros((following * VARIABLE_BYTES,), np.uint8),
        outputs=aligned_zeros((outputs * VARIABLE_BYTES,), np.uint8),
    )
    tape.header[CAPACITY] = capacity
    tape.header[VALUES_AT] = tape.values.ctypes.data
    tape.header[PARTIALS_AT] = tape.partials.ctypes.data
    tape.header[RECORDS_AT] = tape.records.ctypes.data
    return tape


@intrinsic
def view_variables(typingctx: Any, memory: Any, like: Any) -> Any:
    """Bytes seen as an array of variables of the lanes type of the array `like`."""
    variable = Variable(like.dtype.dtype, like.dtype.width)
    viewed = types.Array(variable, 1, "C")

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        size = context.get_abi_sizeof(context.get_data_type(variable))
        assert size == VARIABLE_BYTES, size
        source = context.make_array(memory)(context, builder, args[0])
        view = context.make_array(viewed)(context, builder)
        item = ir.IntType(64)(size)
        count = builder.sdiv(source.nitems, item)
        view.meminfo, view.parent = source.meminfo, source.parent
        view.nitems, view.itemsize = count, item
        view.data = builder.bitcast(source.data, view.data.type)
        view.shape = cgutils.pack_array(builder, [count])
        view.strides = cgutils.pack_array(builder, [item])
        return impl_ret_borrowed(context, builder, viewed, view._getvalue())

    return viewed(memory, like), codegen


@register_jitable
def hand_over(carried: Any, variables: Any, count: int, adjoints: Any) -> None:
    """Add the adjoints `carried` from elsewhere to those of the nodes that computed `variables`."""
    for i in range(count):
        node = node_of(variables[i])
        adjoints[node] = adjoints[node] + carried[i]

"""Packing loses no bit, and reading what somebody else crafted runs and allocates nothing."""

from __future__ import annotations

import io
import json
import pickle
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import save

from evornn.errors import StorageError
from evornn.runs.packing import DTYPES, pack, unpack

ARRAYS = st.sampled_from(sorted(DTYPES)).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0))
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
TREES = st.recursive(
    PLAIN | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abcé _0", max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def assert_same(one, other):
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert list(one) == list(other)
        one, other = list(one.values()), list(other.values())
    if isinstance(one, list):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
    elif isinstance(one, np.ndarray):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert one.tobytes() == other.tobytes()
    else:
        assert one == other or (one != one and other != other)


@settings(max_examples=60, deadline=None)
@given(tree=st.dictionaries(st.text("abc", min_size=1, max_size=3), TREES, max_size=4))
def test_what_is_packed_comes_back_to_the_bit(tree):
    assert_same(unpack(pack(tree)), tree)


def test_generator_states_come_back():
    state = np.random.default_rng(3).bit_generator.state
    assert unpack(pack({"rng": state})) == {"rng": state}


def test_arrays_come_back_writable_and_in_order():
    back = unpack(pack({"array": np.arange(6.0).reshape(2, 3).T}))["array"]
    back[0, 0] = 7.0
    np.testing.assert_array_equal(back, [[7, 3], [1, 4], [2, 5]])


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"search": {"best": object()}}, "/search/best holds a object"),
        ({"rows": np.array([object()])}, "/rows holds an array of object"),
        ({"z": np.zeros(2, complex)}, "/z holds an array of complex128"),
        ({"a": {1: 2}}, "/a: keys are strings"),
        ({"$array": "x"}, "keys are strings"),
        ({"a/b": 1}, "keys are strings"),
    ],
)
def test_what_no_file_can_hold_is_named(tree, message):
    with pytest.raises(TypeError, match=message):
        pack(tree)


class Bomb:
    """Would leave a trace if anything unpickled it."""

    exploded = False

    def __reduce__(self):
        return (setattr, (Bomb, "exploded", True))


def _npz_with_objects() -> bytes:
    file = io.BytesIO()
    np.savez(file, state=np.array([Bomb()], dtype=object))
    return file.getvalue()


def _crafted(header: dict | bytes, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def _tree(document: str) -> bytes:
    return save({"/a": np.zeros(2)}, metadata={"tree": document})


CRAFTED = {
    "empty": b"",
    "pickle": pickle.dumps(Bomb()),
    "npz": _npz_with_objects(),
    "huge shape": _crafted({"a": {"dtype": "F64", "shape": [2**40], "data_offsets": [0, 2**43]}}),
    "overflowing shape": _crafted(
        {"a": {"dtype": "F64", "shape": [2**62, 2**62], "data_offsets": [0, 8]}}, b"\0" * 8
    ),
    "huge header": (2**62).to_bytes(8, "little") + b"{}",
    "header of 90 MB that is not there": (90 * 2**20).to_bytes(8, "little") + b"{",
    "nested header": _crafted(b"[" * 100_000),
    "nested tree": _tree("[" * 100_000),
    "no tree": save({"a": np.zeros(1)}),
    "tree of a list": _tree("[1, 2]"),
    "array that is not there": _tree('{"a": {"$array": "/etc/passwd"}}'),
    "array that is no name": _tree('{"a": {"$array": {"b": 1}}}'),
    "float that is none": _tree('{"a": {"$float": "__import__"}}'),
    "cut off": pack({"a": np.zeros(100)})[:-8],
}


@pytest.mark.parametrize("data", CRAFTED.values(), ids=CRAFTED)
def test_crafted_files_are_refused_without_harm(data):
    tracemalloc.start()
    try:
        with pytest.raises(StorageError, match="not a file that evornn wrote"):
            unpack(data)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert not Bomb.exploded
    assert most < 20 * len(data) + 2**20

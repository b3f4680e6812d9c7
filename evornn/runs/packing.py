"""Packing: a tree of dicts, lists, arrays and plain values as the bytes of one safetensors file.

Arrays become tensors; all else is JSON in the file's metadata, where ``{"$array": name}`` stands
for an array and ``{"$float": "inf"}`` for a number that JSON cannot hold. Integers keep every bit
(generator states have 128). Tuples come back as lists. Nothing in such a file can run code.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from evornn.errors import StorageError

#: the dtypes that safetensors holds and gives back without loss
DTYPES = frozenset(
    ["bool", "float32", "float64"]
    + [f"{u}int{bits}" for u in ("", "u") for bits in (8, 16, 32, 64)]
)


def pack(tree: dict[str, Any]) -> bytes:
    """The bytes of `tree`. TypeError, naming the place, for what a file cannot hold."""
    arrays: dict[str, np.ndarray] = {}
    document = json.dumps(_fold(tree, "", arrays), allow_nan=False)
    return save(arrays, metadata={"tree": document})


def unpack(data: bytes) -> dict[str, Any]:
    """The tree that `pack` made `data` from; its arrays are new and writable.

    StorageError where `data` is anything else: nothing is run, and no more is allocated than
    `data` has bytes.
    """
    try:
        arrays = load(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        document = json.loads(header["__metadata__"]["tree"])
        tree = _unfold(document, arrays)
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StorageError(
            f"not a file that evornn wrote ({type(error).__name__}: {error})"
        ) from error
    if not isinstance(tree, dict):
        raise StorageError("not a file that evornn wrote (no tree of values)")
    return tree


def _fold(value: Any, path: str, arrays: dict[str, np.ndarray]) -> Any:
    """`value` as JSON; its arrays are put into `arrays` under their path in the tree."""
    if isinstance(value, np.ndarray):
        return _fold_array(value, path, arrays)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dict):
        return {
            _plain_key(key, path): _fold(item, f"{path}/{key}", arrays)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_fold(item, f"{path}/{index}", arrays) for index, item in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": repr(float(value))}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"{path or 'the state'} holds a {type(value).__name__}, which no file can hold")


def _fold_array(array: np.ndarray, path: str, arrays: dict[str, np.ndarray]) -> dict[str, str]:
    if array.dtype.name not in DTYPES:
        raise TypeError(f"{path} holds an array of {array.dtype}, which no file can hold")
    arrays[path] = np.asarray(array, order="C")
    return {"$array": path}


def _plain_key(key: Any, path: str) -> str:
    if not isinstance(key, str) or "$" in key or "/" in key:
        raise TypeError(f"{path or 'the state'}: keys are strings without '$' and '/', not {key!r}")
    return key


def _unfold(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_unfold(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    if "$array" in value:
        return arrays[value["$array"]].copy()
    if "$float" in value:
        return float(value["$float"])
    return {key: _unfold(item, arrays) for key, item in value.items()}

"""A script, run in processes of its own.

``save FOLDER`` stores every kind of search part of the way through, and what it asks after that;
``load FOLDER`` continues from there and stores what it asks then.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from conftest import CASES, advance_search, begin_search


def pack(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """`value` as strict JSON, its arrays moved to `arrays` under made-up names."""
    if isinstance(value, np.ndarray):
        name = f"array{len(arrays)}"
        arrays[name] = value
        return {"array": name}
    if isinstance(value, dict):
        return {key: pack(item, arrays) for key, item in value.items()}
    return [pack(item, arrays) for item in value] if isinstance(value, list) else value


def unpack(value: Any, arrays: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"array"}:
            return np.array(arrays[value["array"]])
        return {key: unpack(item, arrays) for key, item in value.items()}
    return [unpack(item, arrays) for item in value] if isinstance(value, list) else value


def save(state: dict[str, Any], path: Path) -> None:
    arrays: dict[str, np.ndarray] = {}
    Path(f"{path}.json").write_text(json.dumps(pack(state, arrays), allow_nan=False))
    np.savez(Path(f"{path}.npz"), **arrays)


def load(path: Path) -> dict[str, Any]:
    with np.load(Path(f"{path}.npz"), allow_pickle=False) as arrays:
        return unpack(json.loads(Path(f"{path}.json").read_text()), arrays)


def save_all(folder: Path) -> None:
    for number, (name, optimizer) in enumerate(CASES.items()):
        search = begin_search(optimizer, genes=12)
        advance_search(search, 5 + 7 * (number % 4))
        save(search.state(), folder / name)
        np.save(folder / f"{name}.saved.npy", np.array(advance_search(search, 30)))


def load_all(folder: Path) -> None:
    for name, optimizer in CASES.items():
        search = begin_search(optimizer, genes=12, seed=99)
        search.load_state(load(folder / name))
        np.save(folder / f"{name}.loaded.npy", np.array(advance_search(search, 30)))


if __name__ == "__main__":
    {"save": save_all, "load": load_all}[sys.argv[1]](Path(sys.argv[2]))

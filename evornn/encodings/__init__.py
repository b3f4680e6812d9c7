"""Encodings: genome -> weights, and weight gradients -> gene gradients. `REGISTRY` names them."""

from __future__ import annotations

from typing import Any

from evornn.encodings.encoding import Encoding as Encoding
from evornn.registry import Registry

REGISTRY = Registry(
    "encoding",
    {
        "direct": "evornn.encodings.direct:Direct",
        "bounded": "evornn.encodings.bounded:Bounded",
        "dct": "evornn.encodings.dct:DCT",
        "per_neuron": "evornn.encodings.per_neuron:PerNeuron",
        "symmetric": "evornn.encodings.symmetric:Symmetric",
        "centre_crossing": "evornn.encodings.centre_crossing:CentreCrossing",
        "sparse_mask": "evornn.encodings.sparse_mask:SparseMask",
    },
)


def __getattr__(name: str) -> Any:
    return REGISTRY.by_class_name(name)

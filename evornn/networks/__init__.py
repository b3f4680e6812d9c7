"""Recurrent architectures: one file each, equations first. `REGISTRY` names them all."""

from __future__ import annotations

from typing import Any

from evornn.networks.network import Network as Network
from evornn.networks.tree_network import TreeNetwork as TreeNetwork
from evornn.registry import Registry

REGISTRY = Registry(
    "network",
    {
        "fully_recurrent": "evornn.networks.fully_recurrent:FullyRecurrent",
        "elman": "evornn.networks.elman:Elman",
        "jordan": "evornn.networks.jordan:Jordan",
        "ctrnn": "evornn.networks.ctrnn:CTRNN",
        "mtrnn": "evornn.networks.mtrnn:MTRNN",
        "clockwork": "evornn.networks.clockwork:Clockwork",
        "esn": "evornn.networks.esn:ESN",
        "lstm": "evornn.networks.lstm:LSTM",
        "gru": "evornn.networks.gru:GRU",
        "recurrent_mlp": "evornn.networks.recurrent_mlp:RecurrentMLP",
        "indrnn": "evornn.networks.indrnn:IndRNN",
        "stack": "evornn.networks.stack:Stack",
        "second_order": "evornn.networks.second_order:SecondOrder",
        "pushdown_automaton": "evornn.networks.pushdown:PushdownAutomaton",
        "hopfield": "evornn.networks.hopfield:Hopfield",
        "continuous_hopfield": "evornn.networks.continuous_hopfield:ContinuousHopfield",
        "bam": "evornn.networks.bam:BAM",
        "liquid_state": "evornn.networks.liquid_state:LiquidState",
        "memristive": "evornn.networks.memristive:Memristive",
        "bidirectional": "evornn.networks.bidirectional:Bidirectional",
        "ntm": "evornn.networks.ntm:NTM",
        "dnc": "evornn.networks.dnc:DNC",
        "recursive": "evornn.networks.recursive:Recursive",
        "recursive_tensor": "evornn.networks.recursive_tensor:RecursiveTensor",
        "history_compressor": "evornn.networks.history_compressor:HistoryCompressor",
    },
)


def __getattr__(name: str) -> Any:
    return REGISTRY.by_class_name(name)

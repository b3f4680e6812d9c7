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
        "recurrent_mlp": "evornn.networks.recurrent_mlp:RecurrentMLP",
        "iir": "evornn.networks.iir:IIR",
        "second_order": "evornn.networks.second_order:SecondOrder",
        "lstm": "evornn.networks.lstm:LSTM",
        "gru": "evornn.networks.gru:GRU",
        "gated_cell": "evornn.networks.gated_cell:GatedCell",
        "indrnn": "evornn.networks.indrnn:IndRNN",
        "clockwork": "evornn.networks.clockwork:Clockwork",
        "mtrnn": "evornn.networks.mtrnn:MTRNN",
        "ctrnn": "evornn.networks.ctrnn:CTRNN",
        "esn": "evornn.networks.esn:ESN",
        "liquid_state": "evornn.networks.liquid_state:LiquidState",
        "memristive": "evornn.networks.memristive:Memristive",
        "graph": "evornn.networks.graph:Graph",
        "stack": "evornn.networks.stack:Stack",
        "team": "evornn.networks.team:Team",
        "bidirectional": "evornn.networks.bidirectional:Bidirectional",
        "learnt_start": "evornn.networks.learnt_start:LearntStart",
        "history_compressor": "evornn.networks.history_compressor:HistoryCompressor",
        "pushdown_automaton": "evornn.networks.pushdown:PushdownAutomaton",
        "ntm": "evornn.networks.ntm:NTM",
        "dnc": "evornn.networks.dnc:DNC",
        "hopfield": "evornn.networks.hopfield:Hopfield",
        "continuous_hopfield": "evornn.networks.continuous_hopfield:ContinuousHopfield",
        "bam": "evornn.networks.bam:BAM",
        "recursive": "evornn.networks.recursive:Recursive",
        "recursive_tensor": "evornn.networks.recursive_tensor:RecursiveTensor",
    },
)


def __getattr__(name: str) -> Any:
    return REGISTRY.by_class_name(name)

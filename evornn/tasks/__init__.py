"""Tasks: what must be learned, and how far off an answer is. `REGISTRY` names them all."""

from __future__ import annotations

from typing import Any

from evornn.registry import Registry
from evornn.tasks.embodied import Embodied as Embodied
from evornn.tasks.episodes import Episodes as Episodes
from evornn.tasks.sequences import Sequences as Sequences
from evornn.tasks.task import Solved as Solved
from evornn.tasks.task import Task as Task
from evornn.tasks.trees import Trees as Trees

REGISTRY = Registry(
    "task",
    {
        "sunspots": "evornn.tasks.sunspots:Sunspots",
        "mackey_glass": "evornn.tasks.mackey_glass:MackeyGlass",
        "lorenz": "evornn.tasks.lorenz:Lorenz",
        "superimposed_sines": "evornn.tasks.superimposed_sines:SuperimposedSines",
        "narma10": "evornn.tasks.narma10:NARMA10",
        "csv": "evornn.tasks.csv:CSV",
        "delayed_recall": "evornn.tasks.delayed_recall:DelayedRecall",
        "memory_capacity": "evornn.tasks.memory_capacity:MemoryCapacity",
        "adding": "evornn.tasks.adding:Adding",
        "parity": "evornn.tasks.parity:Parity",
        "temporal_order": "evornn.tasks.temporal_order:TemporalOrder",
        "two_sequence": "evornn.tasks.two_sequence:TwoSequence",
        "surroundings": "evornn.tasks.surroundings:Surroundings",
        "nested_periods": "evornn.tasks.nested_periods:NestedPeriods",
        "repertoire": "evornn.tasks.repertoire:Repertoire",
        "reber": "evornn.tasks.reber:Reber",
        "embedded_reber": "evornn.tasks.embedded_reber:EmbeddedReber",
        "anbn": "evornn.tasks.anbn:AnBn",
        "anbncn": "evornn.tasks.anbncn:AnBnCn",
        "tomita": "evornn.tasks.tomita:Tomita",
        "dyck": "evornn.tasks.dyck:Dyck",
        "copy": "evornn.tasks.copying:Copy",
        "repeat_copy": "evornn.tasks.repeat_copy:RepeatCopy",
        "associative_recall": "evornn.tasks.associative_recall:AssociativeRecall",
        "spike_patterns": "evornn.tasks.spike_patterns:SpikePatterns",
        "utterances": "evornn.tasks.utterances:Utterances",
        "pattern_recall": "evornn.tasks.pattern_recall:PatternRecall",
        "letter_recall": "evornn.tasks.letter_recall:LetterRecall",
        "logical_formulas": "evornn.tasks.logical_formulas:LogicalFormulas",
        "pole_balancing": "evornn.tasks.pole_balancing:PoleBalancing",
        "walker": "evornn.tasks.walker:Walker",
        "oscillation": "evornn.tasks.oscillation:Oscillation",
        "perception": "evornn.tasks.perception:Perception",
        "chemotaxis": "evornn.tasks.chemotaxis:Chemotaxis",
        "obstacle_avoidance": "evornn.tasks.obstacle_avoidance:ObstacleAvoidance",
        "phototaxis": "evornn.tasks.phototaxis:Phototaxis",
        "t_maze": "evornn.tasks.t_maze:TMaze",
        "rewarded_maze": "evornn.tasks.rewarded_maze:RewardedMaze",
        "foraging": "evornn.tasks.foraging:Foraging",
        "aggregation": "evornn.tasks.aggregation:Aggregation",
        "turn_taking": "evornn.tasks.turn_taking:TurnTaking",
        "gym": "evornn.tasks.gym:Gym",
        "curriculum": "evornn.tasks.curriculum:Curriculum",
    },
)


def __getattr__(name: str) -> Any:
    return REGISTRY.by_class_name(name)

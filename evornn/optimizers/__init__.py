"""Optimizers as ask and tell, over vectors only. `REGISTRY` names them all."""

from __future__ import annotations

from typing import Any

from evornn.optimizers.generational import GenerationalSearch as GenerationalSearch
from evornn.optimizers.optimizer import Optimizer as Optimizer
from evornn.optimizers.optimizer import Search as Search
from evornn.optimizers.start import Start as Start
from evornn.registry import Registry

REGISTRY = Registry(
    "optimizer",
    {
        "genetic": "evornn.optimizers.genetic:Genetic",
        "binary_genetic": "evornn.optimizers.binary_genetic:BinaryGenetic",
        "island_model": "evornn.optimizers.island_model:IslandModel",
        "cosyne": "evornn.optimizers.cosyne:CoSyNE",
        "esp": "evornn.optimizers.esp:ESP",
        "neat": "evornn.optimizers.neat:NEAT",
        "particle_swarm": "evornn.optimizers.particle_swarm:ParticleSwarm",
        "differential_evolution": (
            "evornn.optimizers.differential_evolution:DifferentialEvolution"
        ),
        "jade": "evornn.optimizers.jade:JADE",
        "l_shade": "evornn.optimizers.l_shade:LSHADE",
        "annealing": "evornn.optimizers.annealing:Annealing",
        "population_annealing": "evornn.optimizers.population_annealing:PopulationAnnealing",
        "parallel_tempering": "evornn.optimizers.parallel_tempering:ParallelTempering",
        "cma_es": "evornn.optimizers.cma_es:CMAES",
        "ipop_cma_es": "evornn.optimizers.cma_restarts:IPOPCMAES",
        "bipop_cma_es": "evornn.optimizers.cma_restarts:BIPOPCMAES",
        "sep_cma_es": "evornn.optimizers.sep_cma_es:SepCMAES",
        "lm_ma_es": "evornn.optimizers.lm_ma_es:LMMAES",
        "snes": "evornn.optimizers.snes:SNES",
        "xnes": "evornn.optimizers.xnes:XNES",
        "openai_es": "evornn.optimizers.openai_es:OpenAIES",
        "pgpe": "evornn.optimizers.pgpe:PGPE",
        "cross_entropy": "evornn.optimizers.cross_entropy:CrossEntropy",
        "random_search": "evornn.optimizers.random_search:RandomSearch",
        "sgd": "evornn.optimizers.sgd:SGD",
        "adam": "evornn.optimizers.adam:Adam",
        "adamw": "evornn.optimizers.adamw:AdamW",
        "rmsprop": "evornn.optimizers.rmsprop:RMSProp",
        "rprop": "evornn.optimizers.rprop:Rprop",
        "lbfgs": "evornn.optimizers.lbfgs:LBFGS",
        "memetic": "evornn.optimizers.memetic:Memetic",
    },
)


def __getattr__(name: str) -> Any:
    return REGISTRY.by_class_name(name)

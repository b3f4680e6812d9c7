"""The DEAP toolbox of the genetic algorithm: settings become registered operators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from deap import base

from evornn.optimizers import bit_strings, crossover, mutation, selection
from evornn.optimizers.deap_adapter import mate_each, mutate_each, operator, register_turns

if TYPE_CHECKING:
    from evornn.optimizers.binary_genetic import BinaryGenetic
    from evornn.optimizers.genetic import Genetic, GeneticSearch

#: the numbers that each of our own operators takes from the settings
Numbers = dict[str, dict[str, float]]


def make_toolbox(settings: Genetic, search: GeneticSearch) -> base.Toolbox:
    """``select``, ``mate``, ``mutate`` over whole populations; ``generate`` and ``update``."""
    toolbox = base.Toolbox()
    register_selection(toolbox, settings, search)
    register_crossover(toolbox, settings, search)
    register_mutation(toolbox, settings, search)
    register_turns(toolbox, search)
    return toolbox


def make_binary_toolbox(settings: BinaryGenetic, search: GeneticSearch) -> base.Toolbox:
    """The same, over the codes of populations whose chromosomes are bits."""
    bits, probability = settings.bits, settings.mutation_probability
    own: dict[str, dict[str, int]] = {"n_point": {"points": settings.points}, "uniform": {}}
    toolbox = base.Toolbox()
    register_selection(toolbox, settings, search)
    mate = partial(getattr(bit_strings, settings.crossover), **own[settings.crossover])
    toolbox.register("mate", mate, bits=bits, rng=search.rng)
    if probability is None:
        probability = 1.0 / (bits * search.genes)
    mutate = partial(bit_strings.flip, probability=probability)
    toolbox.register("mutate", mutate, bits=bits, rng=search.rng)
    register_turns(toolbox, search)
    return toolbox


def register_selection(
    toolbox: base.Toolbox, settings: Genetic | BinaryGenetic, search: GeneticSearch
) -> None:
    own: Numbers = {
        "tournament": {"size": settings.tournament_size},
        "rank": {"pressure": settings.rank_pressure},
        "roulette": {},
    }
    select = getattr(selection, settings.selection)
    toolbox.register("select", select, rng=search.rng, **own[settings.selection])


def register_crossover(toolbox: base.Toolbox, settings: Genetic, search: GeneticSearch) -> None:
    own: Numbers = {
        "uniform": {},
        "blend": {"alpha": settings.blend_alpha},
        "sbx": {"eta": settings.sbx_eta},
    }
    if settings.crossover in own:
        mate = partial(getattr(crossover, settings.crossover), **own[settings.crossover])
    else:
        each = operator(settings.crossover, "cx")
        mate = partial(mate_each, vary=each, options=settings.crossover_options)
    toolbox.register("mate", mate, rng=search.rng)


def register_mutation(toolbox: base.Toolbox, settings: Genetic, search: GeneticSearch) -> None:
    probability = settings.mutation_probability
    common = {
        "scale": settings.mutation_scale * search.start.standard_deviation,
        "probability": 1.0 / search.genes if probability is None else probability,
    }
    own: Numbers = {"gaussian": common, "polynomial": {**common, "eta": settings.polynomial_eta}}
    if settings.mutation in own:
        mutate = partial(getattr(mutation, settings.mutation), **own[settings.mutation])
    else:
        each = operator(settings.mutation, "mut")
        mutate = partial(mutate_each, vary=each, options=settings.mutation_options)
    toolbox.register("mutate", mutate, rng=search.rng)

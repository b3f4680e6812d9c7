"""Fitness: task + network + encoding -> losses, and gradients, of a population."""

from evornn.fitness.fitness import GRADIENT_COST as GRADIENT_COST
from evornn.fitness.fitness import Fitness as Fitness
from evornn.fitness.online import OnlineCRBP as OnlineCRBP
from evornn.fitness.online import OnlineRTRL as OnlineRTRL
from evornn.fitness.online import OnlineSnAp as OnlineSnAp
from evornn.fitness.online import OnlineUORO as OnlineUORO
from evornn.fitness.ridge import fit_readout as fit_readout
from evornn.fitness.ridge_fitness import RidgeFitness as RidgeFitness

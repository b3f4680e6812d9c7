"""`train`: begin a run. All its chance comes from its seed, all its options into its record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evornn.checks import check_dtype, check_number, check_size
from evornn.errors import ConfigurationError
from evornn.optimizers import Start
from evornn.optimizers.start import check_start
from evornn.runs.attempt import Attempt, Progress
from evornn.runs.beginning import Beginning
from evornn.runs.configuration import Configuration, Dtype, Execution
from evornn.runs.environment import environment
from evornn.runs.folder import RunFolder
from evornn.runs.parts import built, describe, fingerprint
from evornn.runs.recorder import CHECKPOINT_EVERY
from evornn.runs.run import Run
from evornn.runs.stopping import Limits


def train(
    task: Any,
    network: Any,
    optimizer: Any,
    *,
    encoding: Any = None,
    seed: int = 0,
    out: str | Path | None = None,
    generations: int | None = None,
    evaluations: int | None = None,
    network_steps: int | None = None,
    seconds: float | None = None,
    target_loss: float | None = None,
    learnt_share: float | None = None,
    tolerance: float | None = None,
    stagnation: int | None = None,
    batch: int | None = None,
    ridge: float | None = None,
    gradient: str = "reverse",
    teacher_forcing: str | None = None,
    start: Start | None = None,
    dtype: Dtype | None = None,
    threads: int | None = None,
    checkpoint_every: float = CHECKPOINT_EVERY,
    film: int | None = None,
    progress: Progress | None = None,
) -> Run:
    """Train `network` on `task` with `optimizer` until the first of the limits fires.

    Parameters
    ----------
    task, network, optimizer, encoding
        Instances or registered names. A network given by name gets the task's numbers of inputs
        and outputs. No encoding is the direct one: a gene per weight.
    seed
        Seed of all chance. Runs with the same `seed` and `start` begin at the same points, also
        with different optimizers.
    out
        Folder to keep the run in; None keeps it in memory.
    generations, evaluations, network_steps, seconds, target_loss, learnt_share, tolerance,
    stagnation
        When to stop: see `evornn.runs.Limits`. At least one must be given. A genome with its
        gradient counts as `evornn.fitness.GRADIENT_COST` (3) evaluations. No generation is cut in
        half: the run stops before one that would exceed a budget.
    batch
        Judge each generation on so many sequences of the training data, drawn without replacement
        epoch by epoch; None judges on all of them. The best of a generation is judged on all of the
        data where an epoch ends, and where the run does: `target_loss`, `learnt_share`,
        `stagnation` and `Run.best_loss` look at that alone. An evaluation of a genome counts as one
        on a batch too; `network_steps` are those really made. See `evornn.runs.batches` for the
        optimizers that batches do not suit.
    ridge
        Fit the linear readout of every genome to the training data by ridge regression with this λ,
        0 for the pseudo-inverse, and search over the other weights only (Evolino, see
        `evornn.fitness.RidgeFitness`); None searches over all weights. It takes ``float64``, an
        optimizer without gradients, and a network with a linear readout.
    gradient
        How an optimizer that follows gradients gets them: a mode of `Fitness.value_and_grad`, such
        as ``truncated:20,40``. One that is cut short counts as what was gone back, two network
        steps each, and in evaluations as a share of `GRADIENT_COST`.
    teacher_forcing
        Feed targets back in place of outputs, where the task runs freely, with a probability that
        follows a schedule over the generations: ``linear:1,0,200``, ``inverse_sigmoid:20`` or
        ``constant:0.5`` (see `evornn.fitness.forcing`). The best of each generation is judged in a
        free run, one more evaluation, and `target_loss`, `learnt_share`, `stagnation` and
        `Run.best_loss` look at that alone.
    start
        The distribution of the starting points.
    dtype
        ``float32`` or ``float64``: the numbers that networks are evaluated in; None: those that the
        task is for (`Task.dtype`).
    threads
        Threads of the evaluation; None uses every core. Does not change any result.
    checkpoint_every
        Seconds between checkpoints, more where they would take over 2 % of the time; 0 makes one
        after every generation.
    film
        Keep the best of every so many generations in the folder, for `evornn replay --film`; the
        task must have a body.
    progress
        Called with a live `evornn.runs.Status` after every generation.

    Raises
    ------
    ConfigurationError
        For anything wrong with the arguments, before anything is written.
    RunFailed
        The evaluation raised, or no loss was finite.
    StorageError
        `out` cannot be written, or another process works there.
    Interrupted, Terminated
        A signal came; with `out` a checkpoint has been written first. Without `out` signals are
        left alone.
    """
    parts = {"task": built("task", task)}
    sizes = {"inputs": parts["task"].input_size, "outputs": parts["task"].output_size}
    parts["network"] = built("network", network, sizes)
    parts["encoding"] = built("encoding", "direct" if encoding is None else encoding)
    parts["optimizer"] = built("optimizer", optimizer)
    check_size("seed", seed, least=0)
    if batch is not None:
        check_size("batch", batch)
    dtype = dtype or parts["task"].dtype
    check_dtype(dtype)
    if ridge is not None:
        check_number("ridge", ridge, least=0.0)
    check_number("checkpoint_every", checkpoint_every, least=0.0)
    if threads is not None:
        check_size("threads", threads)
    if film is not None:
        _check_film(film, out, parts["task"])
    if start is not None:
        check_start(start)
    limits = Limits(
        target_loss=target_loss,
        learnt_share=learnt_share,
        tolerance=tolerance,
        generations=generations,
        evaluations=evaluations,
        network_steps=network_steps,
        seconds=seconds,
        stagnation=stagnation,
    )
    configuration = Configuration(
        task=describe("task", parts["task"]),
        network=describe("network", parts["network"]),
        encoding=describe("encoding", parts["encoding"]),
        optimizer=describe("optimizer", parts["optimizer"]),
        task_data=fingerprint(parts["task"]),
        seed=int(seed),
        start=start or Start(),
        dtype=dtype,
        batch=None if batch is None else int(batch),
        ridge=None if ridge is None else float(ridge),
        gradient=gradient,
        teacher_forcing=teacher_forcing,
        stopping=limits,
        execution=Execution(threads=threads, checkpoint_every=float(checkpoint_every), film=film),
        environment=environment(),
    )
    attempt = Attempt(configuration, parts)
    if out is None:
        return attempt.in_memory(progress)
    folder = RunFolder(Path(out))
    with folder.claim():
        folder.begin(configuration, parts["task"])
        return attempt.in_folder(folder, Beginning(), progress)


def _check_film(film: int, out: str | Path | None, task: Any) -> None:
    """`film` is a number of generations, with a folder to keep their best and a body to show."""
    check_size("film", film)
    if out is None:
        raise ConfigurationError("film keeps genomes in the run folder: give out, a folder")
    if task.train.kind != "episode":
        raise ConfigurationError(
            f"film {film} is for a task with a body, as pole_balancing, and {type(task).__name__} "
            "has none: leave film out"
        )

"""``evornn train``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from evornn.cli.options import Threads, integer, number

Dtype = Literal["float32", "float64"]

_LIMITS = "When to stop (the first that holds)"
_CHANCE = "Where to start"


def train(
    task: Annotated[str, typer.Option(metavar="NAME", help="What to learn: evornn list tasks.")],
    network: Annotated[
        str, typer.Option(metavar="NAME", help="What learns it: evornn list networks.")
    ],
    optimizer: Annotated[
        str, typer.Option(metavar="NAME", help="What trains it: evornn list optimizers.")
    ],
    hidden: Annotated[
        int | None,
        typer.Option(help="Hidden units of the network.", show_default=False, **integer()),
    ] = None,
    encoding: Annotated[
        str, typer.Option(metavar="NAME", help="How genes become weights: evornn list encodings.")
    ] = "direct",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PART.OPTION=VALUE",
            help="An option of the task, network, encoding, optimizer or start: "
            "task.sequences=50. One of a part within it: network.network.hidden=5. May be "
            "repeated.",
            show_default=False,
        ),
    ] = None,
    evaluations: Annotated[
        int | None,
        typer.Option(
            help="Evaluations of one genome; a gradient counts as three.",
            show_default=False,
            rich_help_panel=_LIMITS,
            **integer(),
        ),
    ] = None,
    generations: Annotated[
        int | None,
        typer.Option(help="Generations.", show_default=False, rich_help_panel=_LIMITS, **integer()),
    ] = None,
    network_steps: Annotated[
        int | None,
        typer.Option(
            help="Network steps, forward and backward.",
            show_default=False,
            rich_help_panel=_LIMITS,
            **integer(),
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(help="Wall time.", show_default=False, rich_help_panel=_LIMITS, **number()),
    ] = None,
    target_loss: Annotated[
        float | None,
        typer.Option(
            help="Training loss to reach.",
            show_default=False,
            rich_help_panel=_LIMITS,
            **number(),
        ),
    ] = None,
    learnt_share: Annotated[
        float | None,
        typer.Option(
            help="Share of the training steps to answer rightly, up to 1.",
            show_default=False,
            rich_help_panel=_LIMITS,
            **number(),
        ),
    ] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            help="Error within which --learnt-share counts an answer as right; without it the "
            "right class counts.",
            show_default=False,
            rich_help_panel=_LIMITS,
            **number(),
        ),
    ] = None,
    stagnation: Annotated[
        int | None,
        typer.Option(
            help="Generations without a new best.",
            show_default=False,
            rich_help_panel=_LIMITS,
            **integer(),
        ),
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option(
            help="Judge each generation on so many training sequences, and its best on all of them "
            "once per epoch; all of them if not given.",
            show_default=False,
            **integer(),
        ),
    ] = None,
    ridge: Annotated[
        float | None,
        typer.Option(
            help="Fit each genome's linear readout by ridge regression with this penalty, 0 for "
            "the pseudo-inverse, and search over the other weights only; takes --dtype float64.",
            show_default=False,
            **number(least=0.0, metavar="λ"),
        ),
    ] = None,
    gradient: Annotated[
        str,
        typer.Option(
            metavar="MODE",
            help="How an optimizer gets its gradients: reverse, checkpointed (the same with less "
            "memory), truncated:20,40 (the errors of 20 steps followed back through 40), "
            "through:c (through the state c alone), forward, hybrid or hybrid:20 (blocks of 20 "
            "steps, or of as many as there are states).",
        ),
    ] = "reverse",
    teacher_forcing: Annotated[
        str | None,
        typer.Option(
            metavar="SCHEDULE",
            help="In a free run feed targets back in place of outputs, with probability "
            "constant:0.5, linear:1,0,200 (from 1 to 0 in 200 generations) or inverse_sigmoid:20.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(help="Seed of all chance.", rich_help_panel=_CHANCE, **integer())
    ] = 0,
    start_scale: Annotated[
        float | None,
        typer.Option(
            help="Scale of the first genomes.",
            show_default=False,
            rich_help_panel=_CHANCE,
            **number(),
        ),
    ] = None,
    dtype: Annotated[
        Dtype | None,
        typer.Option(
            help="Numbers that networks are evaluated in; if not given float32, and float64 in "
            "simulated bodies.",
            show_default=False,
        ),
    ] = None,
    threads: Threads = None,
    film: Annotated[
        int | None,
        typer.Option(
            help="Keep the best of every K-th generation, for evornn replay --film; of tasks with "
            "a body.",
            show_default=False,
            **integer(least=1, metavar="K"),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder to keep the run in; results/TASK-NETWORK-OPTIMIZER-SEED if not given.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Train one network.

    [bold]Examples[/]

    \b
    evornn train --task sunspots --network elman --hidden 8 \\
        --optimizer genetic --evaluations 20000
    evornn train --task mackey_glass --set task.tau=30 --network elman \\
        --hidden 6 --optimizer adam --set optimizer.learning_rate=0.01 --seconds 2
    evornn train --task csv --set task.path=data.csv --set task.inputs=a,b \\
        --set task.targets=b --network elman --hidden 4 \\
        --optimizer cma_es --generations 50
    evornn train --task gym:CartPole-v1 --network ctrnn --hidden 4 \\
        --optimizer cma_es --generations 50
    evornn train --task parity --network bidirectional --hidden 4 \\
        --set network.network=gru --optimizer memetic \\
        --set optimizer.optimizer.population_size=10 --generations 50
    evornn train --task parity --network my_network.py:Mine \\
        --optimizer random_search --evaluations 500 --seed 5 --out results/mine
    """
    from evornn import runs
    from evornn.cli.parts import build_parts
    from evornn.cli.problems import Problems
    from evornn.cli.progress import training_bar
    from evornn.cli.summary import print_summary

    problems = Problems()
    names = {"task": task, "network": network, "encoding": encoding, "optimizer": optimizer}
    shortcuts = {"network.hidden": hidden, "start.scale": start_scale}
    given = [f"{name}={value}" for name, value in shortcuts.items() if value is not None]
    parts = build_parts(names, [*given, *(settings or [])], problems)
    limits: dict[str, Any] = {
        "evaluations": evaluations,
        "generations": generations,
        "network_steps": network_steps,
        "seconds": seconds,
        "target_loss": target_loss,
        "learnt_share": learnt_share,
        "tolerance": tolerance,
        "stagnation": stagnation,
    }
    with problems.catching():
        runs.Limits(**limits)
    problems.check()
    folder = out or Path("results") / f"{_slug(task)}-{_slug(network)}-{_slug(optimizer)}-{seed}"
    with training_bar(f"{task} · {network} · {optimizer}") as progress:
        run = runs.train(
            **parts,
            **limits,
            seed=seed,
            out=folder,
            batch=batch,
            ridge=ridge,
            gradient=gradient,
            teacher_forcing=teacher_forcing,
            dtype=dtype,
            threads=threads,
            film=film,
            progress=progress,
        )
    print_summary(run)


def _slug(name: str) -> str:
    """A registered name as it is; of ``path/to/file.py:Class`` the class, of ``gym:ID`` the ID."""
    return name.rpartition(":")[2].replace("/", "-")

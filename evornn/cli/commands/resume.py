"""``evornn resume``."""

from __future__ import annotations

from evornn.cli.options import OwnEncoding, OwnNetwork, OwnOptimizer, OwnTask, RunPath, Threads


def resume(
    run: RunPath,
    threads: Threads = None,
    task: OwnTask = None,
    network: OwnNetwork = None,
    encoding: OwnEncoding = None,
    optimizer: OwnOptimizer = None,
) -> None:
    """Go on with a run that was cut off, to the end it would have had.

    [bold]Examples[/]

    \b
    evornn resume results/sunspots-elman-genetic-0
    evornn resume results/mine --network my_network.py:Mine
    """
    from evornn import runs
    from evornn.cli.progress import training_bar
    from evornn.cli.summary import print_summary

    with training_bar(run.name) as progress:
        resumed = runs.resume(
            run,
            task=task,
            network=network,
            encoding=encoding,
            optimizer=optimizer,
            threads=threads,
            progress=progress,
        )
    print_summary(resumed)

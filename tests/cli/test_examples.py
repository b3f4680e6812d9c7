"""The examples in the help texts run, one command after the other in one folder."""

from __future__ import annotations

import numpy as np

from evornn.cli.app import app

MINE = """
from dataclasses import dataclass
from evornn.networks.fully_recurrent import FullyRecurrent

@dataclass(frozen=True)
class Mine(FullyRecurrent):
    hidden: int = 2
    outputs: int = 1
"""
SCRIPT = """
import evornn

EXPERIMENTS = evornn.Experiment(
    name="NAME",
    task=evornn.tasks.DelayedRecall(delay=1, length=8, sequences=2),
    network=evornn.networks.FullyRecurrent(1, 2, 1),
    optimizers=["random_search"],
    evaluations=100,
)
"""
FILES = {
    "my_network.py": MINE,
    "data.csv": "a,b\n" + "".join(f"{np.sin(t):.4f},{np.cos(t):.4f}\n" for t in range(60)),
    "new.csv": "bit\n1\n0\n1\n",
    "experiments/sunspots.py": SCRIPT.replace("NAME", "sunspots"),
    "experiments/memory.py": f"""{SCRIPT.replace("NAME", "delayed_recall")}
delayed_recall = EXPERIMENTS
{SCRIPT.replace("NAME", "parity")}
EXPERIMENTS = [delayed_recall, EXPERIMENTS]
""",
}
#: a command whose results others use comes before these
ORDER = ("train", "resume", "compare", "show", "replay", "predict", "list", "doctor")


#: runs with a body, that the examples of `replay` take to be there
BODIES = ("pole_balancing-elman-cma_es-0", "one", "other")


def train_bodies(evornn):
    body = "--task pole_balancing --set task.steps=50 --network elman --hidden 2"
    search = "--optimizer cma_es --generations 2 --film 1"
    for name in BODIES:
        left = evornn("train", *f"{body} {search} --out results/{name}".split())
        assert left.code == 0, left.err


def examples(text):
    """The commands in a help text, as lists of words; a backslash joins two lines."""
    lines = text.replace("\\\n", " ").splitlines()
    return [line.split()[1:] for line in lines if line.strip().startswith("evornn ")]


def test_every_example_of_every_command_runs(evornn, tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    helps = {command.name: command.callback.__doc__ for command in app.registered_commands}
    assert set(helps) == set(ORDER)
    train_bodies(evornn)
    for name in ORDER:
        found = examples(helps[name])
        assert found, name
        for arguments in found:
            left = evornn(*arguments)
            assert left.code == 0, f"evornn {' '.join(arguments)}: {left.err}"
            assert arguments[0] == name

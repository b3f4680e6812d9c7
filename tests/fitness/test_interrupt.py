"""Ctrl-C: a long call stops within moments, and the fitness can be used again."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from evornn.fitness.threads import run_pieces

# A minute of work and more; the kernels are compiled before the call that is interrupted.
SCRIPT = """
import sys
import numpy as np
from evornn.fitness import Fitness
from evornn.networks import Elman
from evornn.tasks import Sequences

method, threads = sys.argv[1], int(sys.argv[2])
network = Elman(inputs=2, hidden=3, outputs=2)
short, long = (Sequences(np.zeros((1, n, 2)), np.ones((1, n, 2))) for n in (5, 200_000))
wanted = getattr(Fitness(short, network, threads=threads), method)
population = np.zeros((16, network.weight_count))
before = np.array(wanted(population)[0])
print("ready", flush=True)
try:
    getattr(Fitness(long, network, threads=threads), method)(np.zeros((SIZE, network.weight_count)))
except KeyboardInterrupt:
    assert np.array_equal(wanted(population)[0], before)
    print("interrupted", flush=True)
    sys.exit(130)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("method", ["__call__", "value_and_grad"])
@pytest.mark.parametrize("count", [1, 2])
def test_ctrl_c_leaves_a_long_call(method, count):
    size = 10**5 if method == "__call__" else 2 * 10**4
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.replace("SIZE", str(size)), method, str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    # Uninterrupted it would take far longer, stopped about a second.
    output, _ = process.communicate(timeout=30)
    assert output == "interrupted\n"
    assert process.returncode == 130


COMPILING = """
import sys
import numpy as np
from evornn.fitness import Fitness
from evornn.networks import LSTM
from evornn.numerics import kernels
from evornn.tasks import Sequences

network = LSTM(inputs=1, hidden=3, outputs=1)
fitness = Fitness(Sequences(np.zeros((1, 5, 1)), np.ones((1, 5, 1))), network)
kernels.announce = lambda name: print("compiling", flush=True)
kernels.write_checked = lambda *anything: print("compiled", flush=True)
try:
    fitness.value_and_grad(np.zeros((16, network.weight_count)))
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_leaves_a_compilation(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", COMPILING],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "EVORNN_CACHE_DIR": str(tmp_path)},
    )
    assert process.stdout.readline() == "compiling\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert output == ""
    assert process.returncode == 130


def test_an_error_in_one_piece_stops_the_others():
    begun = threading.Event()
    stopped = []

    def piece(name, stop):
        if name == "wrong":
            begun.wait()
            raise ZeroDivisionError("in a piece")
        begun.set()
        while not stop[0]:
            time.sleep(0.001)
        stopped.append(name)

    with pytest.raises(ZeroDivisionError, match="in a piece"):
        run_pieces(piece, ["long", "wrong", "never begun"], 2)
    assert "long" in stopped

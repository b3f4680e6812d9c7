"""Ctrl-C: a long call stops within moments, and the fitness can be used again."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from evornn.fitness.threads import run_pieces
from evornn.numerics.postponed_signals import postponed_signals

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
import signal, sys
import numpy as np
from llvmlite.binding.executionengine import ExecutionEngine

waiting = sys.argv[1] == "in a callback from LLVM"
find = ExecutionEngine._find_module_ptr

def interrupting_find(self, pointer):  # its callback tells of a module that was compiled
    global waiting
    if waiting and announced:
        waiting = False
        signal.raise_signal(signal.SIGINT)
    return find(self, pointer)

ExecutionEngine._find_module_ptr = interrupting_find

from evornn.fitness import Fitness
from evornn.networks import LSTM
from evornn.numerics import kernels
from evornn.tasks import Sequences

announced = []

def announce(name):
    announced.append(name)
    print("compiling", flush=True)

network = LSTM(inputs=1, hidden=3, outputs=1)
fitness = Fitness(Sequences(np.zeros((1, 5, 1)), np.ones((1, 5, 1))), network)
kernels.announce = announce
kernels.write_checked = lambda *anything: print("compiled", flush=True)
try:
    fitness.value_and_grad(np.zeros((16, network.weight_count)))
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("moment", ["in a callback from LLVM", "0", "0.3", "1.5"])
def test_ctrl_c_leaves_a_compilation(tmp_path, moment):
    process = subprocess.Popen(
        [sys.executable, "-c", COMPILING, moment],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "EVORNN_CACHE_DIR": str(tmp_path)},
    )
    assert process.stdout.readline() == "compiling\n"
    if moment != "in a callback from LLVM":
        time.sleep(float(moment))
        process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert output == ""
    assert process.returncode == 130


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_postponed_signal_is_not_lost_with_an_error():
    received = []

    def fail_after_a_signal():
        with postponed_signals():
            signal.raise_signal(signal.SIGUSR1)
            assert received == []
            raise ZeroDivisionError

    before = signal.signal(signal.SIGUSR1, lambda number, frame: received.append(number))
    try:
        with pytest.raises(ZeroDivisionError):
            fail_after_a_signal()
        assert received == [signal.SIGUSR1]
        signal.raise_signal(signal.SIGUSR1)  # the handler is back in its place
        assert received == [signal.SIGUSR1] * 2
    finally:
        signal.signal(signal.SIGUSR1, before)


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

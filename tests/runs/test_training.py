"""`train`, `resume` and `load_run`: what they give, what they refuse, what a folder holds."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import importlib.util
import json
import os
import random

import numpy as np
import pytest
from safetensors.numpy import load_file

import evornn
from evornn.errors import ConfigurationError, RunFailed, StorageError
from evornn.fitness import GRADIENT_COST, Fitness
from evornn.networks import FullyRecurrent
from evornn.optimizers import Adam, Genetic, RandomSearch, Start
from evornn.runs.folder import RunFolder
from evornn.tasks import Sequences, Task

WAVE = np.sin(0.7 * np.arange(30.0))[:, np.newaxis]
NETWORK = FullyRecurrent(1, 2, 1)
GENETIC = Genetic(population_size=6)


@dataclasses.dataclass(frozen=True)
class Wave(Task):
    """A sine to be predicted, with held-out parts; from outside the package."""

    shift: float = 0.0
    input_size = 1
    output_size = 1
    solved = None

    def _part(self, begin: int, end: int) -> Sequences:
        part = WAVE[begin:end] + self.shift
        return Sequences(part[:-1], part[1:])

    @property
    def train(self) -> Sequences:
        return self._part(0, 12)

    @property
    def validation(self) -> Sequences:
        return self._part(10, 20)

    @property
    def test(self) -> Sequences:
        return self._part(18, 30)


def short(task=Wave(), network=NETWORK, optimizer=GENETIC, **options):
    return evornn.train(task, network, optimizer, **({"generations": 4} | options))


def loss_of(run, split):
    fitness = Fitness(run.part("task"), run.part("network"), run.part("encoding"), split=split)
    return fitness(run.best_genome[np.newaxis])[0]


def test_a_run_gives_what_was_found():
    run = short()
    assert run.best_genome.shape == (Fitness(Wave(), NETWORK).genes,)
    assert run.best_loss == loss_of(run, "train") == run.history[-1]["best_loss"]
    assert run.validation_loss == loss_of(run, "validation")
    assert run.test_loss == loss_of(run, "test")
    assert run.best_fitness == 1 / run.best_loss
    assert run.stop_reason == "generations"
    assert run.path is None
    assert {name: w.shape for name, w in run.best_weights.items()} == dict(NETWORK.weights)


def test_predictions_are_those_of_the_best_network():
    run = short()
    reference = NETWORK.reference(run.best_weights, WAVE)
    np.testing.assert_allclose(run.predict(WAVE), reference, atol=1e-6)
    assert run.predict().shape == Wave().train.targets.shape
    data = Wave().train
    assert data.loss(run.predict()) == pytest.approx(run.best_loss, rel=1e-6)


def test_it_loads_back_as_it_was(tmp_path):
    run = short(out=tmp_path / "run")
    again = evornn.load_run(tmp_path / "run", task=Wave())
    assert again.best_genome.tobytes() == run.best_genome.tobytes()
    for name in ("best_loss", "stop", "validation_loss", "test_loss", "history", "configuration"):
        assert getattr(again, name) == getattr(run, name)
    np.testing.assert_array_equal(again.predict(WAVE), run.predict(WAVE))
    for name, weights in again.best_weights.items():
        np.testing.assert_array_equal(weights, run.best_weights[name])


def test_the_folder_holds_weights_by_name_and_the_result(tmp_path):
    run = short(out=tmp_path / "run")
    stored = load_file(tmp_path / "run" / "best.safetensors")
    for name, weights in run.best_weights.items():
        np.testing.assert_array_equal(stored[name], weights)
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert result["stop"]["criterion"] == "generations"
    assert result["fitness"] == 1 / run.best_loss
    assert result["constant_loss"] == Wave().constant_loss
    assert result["evaluations"] == 24
    data = (tmp_path / "run" / "best.safetensors").read_bytes()
    assert result["weights_sha256"] == hashlib.sha256(data).hexdigest()


def test_the_configuration_is_resolved(tmp_path):
    short(out=tmp_path / "run", seed=5, start=Start(scale=0.2))
    stored = json.loads((tmp_path / "run" / "config.json").read_text())
    assert stored["optimizer"]["options"] == dataclasses.asdict(GENETIC)
    assert stored["encoding"]["name"] == "direct"
    assert stored["seed"] == 5
    assert stored["start"]["scale"] == 0.2
    assert stored["environment"]["versions"]["evornn"] == evornn.__version__
    assert stored["environment"]["versions"]["numpy"] == np.__version__
    assert stored["environment"]["machine"]["cores"] == os.cpu_count()


def test_names_do_as_well_as_instances():
    task = evornn.tasks.REGISTRY.build("delayed_recall")
    network = FullyRecurrent(task.input_size, 3, task.output_size)
    by_name = evornn.train(
        "delayed_recall", network, "random_search", encoding="direct", evaluations=200
    )
    by_instance = evornn.train(task, network, RandomSearch(), evaluations=200)
    assert by_name.best_genome.tobytes() == by_instance.best_genome.tobytes()
    assert by_name.configuration.identity == by_instance.configuration.identity


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimizer": "genetics"}, "unknown optimizer 'genetics'.*did you mean 'genetic'"),
        ({"network": "fully_recurrent"}, "network 'fully_recurrent' needs hidden"),
        ({"network": 3}, "network must be an instance of evornn.networks.Network.*got 3"),
        ({"network": FullyRecurrent}, "network must be an instance of evornn.networks.Network"),
        ({"task": np.zeros((3, 4, 1))}, "task must be an instance of evornn.tasks.Task"),
        ({"task": NETWORK}, r"task must be .* got FullyRecurrent\("),
        ({"encoding": Genetic()}, "encoding must be an instance of evornn.encodings.Encoding"),
        ({"encoding": "bonded"}, "did you mean 'bounded'"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
        ({"seed": None}, "seed must be an integer, got None"),
        ({"dtype": "float16"}, "dtype must be float32 or float64, got 'float16'"),
        ({"threads": 0}, "threads must be at least 1"),
        ({"checkpoint_every": -1}, "checkpoint_every must be at least 0"),
        ({"start": 0.5}, "start must be an evornn.Start.* got 0.5"),
        ({"generations": None}, "nothing would end this run"),
        ({"evaluations": 5}, "evaluations=5 is less than the 6 of one generation"),
        ({"network_steps": 65}, "network_steps=65 is less than the 66 of one generation"),
        ({"learnt_share": 0.9}, "give tolerance"),
    ],
)
def test_bad_arguments_are_one_clear_error_and_nothing_is_written(tmp_path, changes, message):
    with pytest.raises(ConfigurationError, match=message) as refused:
        short(out=tmp_path / "run", **changes)
    assert refused.value.exit_code == 2
    assert not (tmp_path / "run").exists()


def test_a_task_whose_options_no_record_can_hold_is_refused():
    @dataclasses.dataclass(frozen=True)
    class Odd(Wave):
        rows: object = None

    with pytest.raises(ConfigurationError, match=r"options of task .*Odd must be numbers"):
        short(Odd(rows=np.zeros(3)))


def test_runs_with_one_seed_share_their_starting_points():
    firsts = {}
    for optimizer in (Genetic(population_size=4), Genetic(population_size=9)):
        start = evornn.train(Wave(), NETWORK, optimizer, generations=1, seed=3)
        firsts[optimizer.population_size] = start.history[0]["best"]
    assert firsts[9] <= firsts[4]
    assert short(seed=3).history[0] != short(seed=4).history[0]


def test_a_gradient_run_counts_what_gradients_cost(tmp_path):
    run = short(optimizer=Adam(), out=tmp_path / "run", generations=6)
    line = run.history[-1]
    members = line["evaluations"] // (6 * GRADIENT_COST)
    assert line["evaluations"] == 6 * GRADIENT_COST * members
    assert line["forward_steps"] == 6 * members * 11
    assert line["backward_steps"] == 2 * line["forward_steps"]
    assert line["best_loss"] < run.history[0]["best_loss"]


def test_a_target_ends_a_run_and_is_recorded(tmp_path):
    run = short(generations=200, target_loss=0.3, out=tmp_path / "run")
    assert run.stop_reason == evornn.load_run(tmp_path / "run", task=Wave()).stop_reason
    assert run.stop_reason == "target_loss"
    assert run.best_loss <= 0.3 < run.history[-2]["best_loss"]


def test_a_share_of_the_data_learnt_ends_a_run():
    run = short(generations=200, learnt_share=0.6, tolerance=0.4)
    assert run.stop_reason == "learnt_share"
    data = Wave().train
    learnt = np.mean(np.abs(run.predict() - data.targets) <= 0.4)
    assert run.history[-1]["learnt"] == learnt >= 0.6 > run.history[-2]["learnt"]


def test_global_generators_and_arguments_are_left_alone():
    random.seed(3)
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    short()
    assert before == (random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002


def test_a_finished_run_is_not_trained_again(tmp_path):
    run = short(out=tmp_path / "run")
    with pytest.raises(ConfigurationError, match=r"this run, finished: .*load_run.*another folder"):
        short(out=tmp_path / "run")
    assert evornn.resume(tmp_path / "run", task=Wave()).history == run.history


def test_an_unfinished_run_asks_to_be_resumed(tmp_path):
    def fail(status):
        if status.tally.generation == 2:
            raise LookupError

    with pytest.raises(LookupError):
        short(out=tmp_path / "run", progress=fail)
    with pytest.raises(ConfigurationError, match="unfinished: go on with evornn resume"):
        short(out=tmp_path / "run")


def test_the_folder_of_another_experiment_is_left_alone(tmp_path):
    short(out=tmp_path / "run")
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    with pytest.raises(ConfigurationError) as refused:
        short(out=tmp_path / "run", seed=1, optimizer=Genetic(population_size=7))
    assert "another experiment" in str(refused.value)
    assert "optimizer.options.population_size: 6 there, 7 here" in str(refused.value)
    assert "seed: 0 there, 1 here" in str(refused.value)
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()}


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ConfigurationError, match=r"no run folder and holds thesis\.tex"):
        short(out=tmp_path)
    assert os.listdir(tmp_path) == ["thesis.tex"]


def test_a_run_that_never_got_under_way_may_begin_anew(tmp_path):
    def fail(self, population):
        raise ConfigurationError("a mistake in step")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Fitness, "__call__", fail)
        with pytest.raises(ConfigurationError, match="mistake"):
            short(out=tmp_path / "run")
    assert short(out=tmp_path / "run", seed=2).path is not None


@pytest.mark.parametrize("out", ["/sys/evornn_run", "/proc/evornn_run", "/dev/null/run"])
def test_row_8_a_place_that_cannot_be_written(out, monkeypatch):
    monkeypatch.setattr(Fitness, "__call__", lambda *_: pytest.fail("worked before it looked"))
    with pytest.raises(StorageError, match=f"cannot write {out}: .*folder") as refused:
        short(out=out)
    assert refused.value.exit_code == 4


@contextlib.contextmanager
def no_privileges():
    """Permissions count in here, also for root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_row_8_a_read_only_run_folder(tmp_path):
    folder = RunFolder(tmp_path / "run")
    short(out=folder.path)
    for path in (*tmp_path.parents[:2], tmp_path):
        path.chmod(0o755)
    folder.path.chmod(0o555)
    folder.lock.chmod(0o444)
    with (
        no_privileges(),
        pytest.raises(StorageError, match="folder that you may write to"),
        folder.claim(),
    ):
        pytest.fail("a read-only folder was claimed")
    folder.path.chmod(0o755)


def test_plain_sequences_are_kept_with_their_run(tmp_path):
    lengths = [WAVE[:12], WAVE[4:11]]
    task = Sequences(
        [part[:-1] for part in lengths],
        [part[1:] for part in lengths],
        [np.r_[0.0, 0.0, np.ones(len(part) - 3)] for part in lengths],
        free_running=4,
    )
    run = short(task, out=tmp_path / "run")
    again = evornn.load_run(tmp_path / "run")
    np.testing.assert_array_equal(again.predict(), run.predict())
    kept = again.part("task")
    for name in ("inputs", "targets", "judged", "lengths"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(task, name))
    assert (kept.free_running, kept.feedback) == (4, (0,))


def test_damaged_sequences_ask_for_the_task(tmp_path):
    short(Sequences(WAVE[:-1], WAVE[1:]), out=tmp_path / "run")
    (tmp_path / "run" / "task.safetensors").write_bytes(b"junk")
    run = evornn.load_run(tmp_path / "run")
    with pytest.raises(StorageError, match=r"task.safetensors cannot be used.*pass the task in"):
        run.predict()


def test_damaged_results_are_refused(tmp_path):
    short(out=tmp_path / "run")
    genome = tmp_path / "run" / "genome.safetensors"
    genome.write_bytes(genome.read_bytes()[:-1] + b"\x01")
    with pytest.raises(StorageError, match=r"genome\.safetensors is damaged"):
        evornn.load_run(tmp_path / "run")
    (tmp_path / "run" / "result.json").write_text("{}")
    with pytest.raises(StorageError, match=r"result.json is damaged.*Field required"):
        evornn.load_run(tmp_path / "run")


def test_no_run_there_is_a_clear_error(tmp_path):
    for function in (evornn.load_run, evornn.resume):
        with pytest.raises(ConfigurationError, match="give the folder of a run"):
            function(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


MINE = """
import dataclasses, pathlib
from evornn.networks import FullyRecurrent

pathlib.Path(__file__).with_name("imported").touch()

@dataclasses.dataclass(frozen=True)
class Mine(FullyRecurrent):
    hidden: int = 2
    outputs: int = 1
"""


@pytest.fixture
def mine(tmp_path):
    """A network from a user's own file, with a trace of every time that the file is run."""
    (tmp_path / "mine.py").write_text(MINE)
    spec = importlib.util.spec_from_file_location("mine", tmp_path / "mine.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(__import__("sys").modules, "mine", module)
        spec.loader.exec_module(module)
        (tmp_path / "imported").unlink()
        yield module.Mine(1, 2, 1)


def cut_at_2(status):
    if status.tally.generation == 2:
        raise LookupError


@pytest.fixture
def foreign_run(tmp_path, mine):
    """An unfinished run of a network from outside."""
    with pytest.raises(LookupError):
        short(network=mine, out=tmp_path / "run", progress=cut_at_2, checkpoint_every=0)
    return tmp_path / "run"


def test_a_file_is_never_run_because_a_record_names_it(foreign_run, tmp_path):
    stored = json.loads((foreign_run / "config.json").read_text())
    assert stored["network"]["name"] == f"{tmp_path / 'mine.py'}:Mine"
    with pytest.raises(
        ConfigurationError, match=r"pass the network in again, as --network FILE.py:CLASS"
    ) as error:
        evornn.resume(foreign_run, task=Wave())
    assert "never run because a record names it" in str(error.value)
    run = evornn.load_run(foreign_run)
    assert run.best_genome is not None
    assert len(run.history) == 2
    assert run.stop_reason is None
    for wanted in (run.predict, lambda: run.best_weights):
        with pytest.raises(ConfigurationError, match="pass the"):
            wanted()
    assert not (tmp_path / "imported").exists()


def test_passed_in_again_it_goes_on(foreign_run, mine, tmp_path):
    run = evornn.resume(foreign_run, task=Wave(), network=mine)
    named = evornn.load_run(foreign_run).best_weights
    assert {name: w.shape for name, w in named.items()} == dict(mine.weights)
    assert run.best_genome.tobytes() == short(network=mine).best_genome.tobytes()
    loaded = evornn.load_run(foreign_run, task=Wave(), network=mine)
    assert loaded.predict(WAVE).shape == (30, 1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"network": NETWORK}, "this network is not the one"),
        ({"task": Wave(shift=1.0)}, r"options\.shift: 0\.0 there, 1\.0 here"),
        ({"optimizer": Genetic(population_size=9)}, "population_size: 6 there, 9 here"),
    ],
)
def test_another_thing_passed_in_is_refused_with_the_difference(foreign_run, mine, given, message):
    with pytest.raises(ConfigurationError, match=message):
        evornn.resume(foreign_run, **({"task": Wave(), "network": mine} | given))


def test_data_that_changed_since_are_refused(tmp_path, monkeypatch):
    with pytest.raises(LookupError):
        short(out=tmp_path / "run", progress=cut_at_2)
    monkeypatch.setitem(globals(), "WAVE", WAVE + 1e-12)
    with pytest.raises(ConfigurationError, match=r"is no longer what .* was begun with"):
        evornn.resume(tmp_path / "run", task=Wave())


def test_a_run_without_any_best_says_so(tmp_path):
    short(out=tmp_path / "run")
    for path in (tmp_path / "run").iterdir():
        if path.name != "config.json":
            path.unlink()
    run = evornn.load_run(tmp_path / "run", task=Wave())
    assert (run.best_genome, run.best_loss, run.history) == (None, np.inf, [])
    with pytest.raises(RunFailed, match="no best genome"):
        run.predict()

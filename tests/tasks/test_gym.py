"""Environments of Gymnasium as tasks: the same numbers however many processes, mistakes named."""

from __future__ import annotations

import json
import sys

import gymnasium
import numpy as np
import pytest

import evornn
from evornn.analysis import lesions
from evornn.cli import main
from evornn.errors import ConfigurationError, RunFailed
from evornn.fitness.network_stepper import PlainNetworks, network_stepper
from evornn.networks import FullyRecurrent
from evornn.runs.parts import built
from evornn.tasks import Gym
from evornn.tasks.gym_spaces import Acting, Observed

MODULE = '''
import os, time
import gymnasium, numpy as np
from gymnasium import spaces


class Strange(gymnasium.Env):
    """Goes wrong in step 3, in the way that it is told."""

    def __init__(self, how="not", flag=""):
        self.how, self.flag = how, flag
        if how == "loud":
            os.write(2, b"model is old\\n")
        self.observation_space = spaces.Box(-1.0, 1.0, (2,), np.float64)
        self.action_space = spaces.Box(-1.0, 3.0, (1,), np.float64)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t, self.place = 0, self.np_random.uniform(-0.5, 0.5, 2)
        return self.place.copy(), {}

    def step(self, action):
        self.t += 1
        seen = self.place = np.clip(0.9 * self.place + 0.01 * action[0], -1.0, 1.0)
        reward = 1.0 - float(np.abs(self.place).sum())
        if self.t == 3:
            if self.how == "nan":
                seen = np.array([0.0, np.nan])
            elif self.how == "outside":
                seen = np.array([1.5, 0.0])
            elif self.how == "shape":
                seen = np.zeros(3)
            elif self.how == "reward":
                reward = float("nan")
            elif self.how == "chance":
                reward = np.random.randn()  # noqa: NPY002 seeded by nobody
            elif self.how == "raises":
                raise KeyError("wheel")
            elif self.how == "hangs":
                time.sleep(60)
            elif self.how == "dies" and (not self.flag or not os.path.exists(self.flag)):
                if self.flag:
                    open(self.flag, "w").close()
                os._exit(9)
        return seen.copy(), reward, self.t >= 9, False, {}


class Picture(Strange):
    def __init__(self):
        super().__init__()
        self.observation_space = spaces.Box(0, 255, (8, 8, 3), np.uint8)


class Both(Strange):
    def __init__(self):
        super().__init__()
        self.observation_space = spaces.Dict(a=spaces.Discrete(2))


class Many(Strange):
    def __init__(self):
        super().__init__()
        self.action_space = spaces.MultiDiscrete([2, 2])


class Blind(Strange):
    metadata = {"render_modes": ["rgb_array"]}

    def __init__(self, render_mode=None):
        super().__init__()
        self.render_mode = render_mode

    def render(self):
        raise KeyError("screen")


for cls in (Strange, Picture, Both, Many, Blind):
    gymnasium.register(f"{cls.__name__}-v0", entry_point=cls, max_episode_steps=20)
gymnasium.register("Endless-v0", entry_point=Strange)
'''


@pytest.fixture(autouse=True)
def strange(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("module")
    (folder / "strange_environments.py").write_text(MODULE)
    monkeypatch.syspath_prepend(folder)
    yield
    sys.modules.pop("strange_environments", None)
    for name in ("Strange", "Picture", "Both", "Many", "Blind", "Endless"):
        gymnasium.registry.pop(f"{name}-v0", None)


def task(name="Strange", **given):
    return Gym(f"strange_environments:{name}-v0", **{"trials": 2, "test_trials": 2, **given})


def network_for(task, hidden=3):
    return FullyRecurrent(task.input_size, hidden, task.output_size, readout=True)


def genomes_for(network, count=5, seed=0):
    return np.random.default_rng(seed).normal(size=(count, network.weight_count))


def by_hand(task, network, weights, apply=lambda seen: seen):
    """Losses (trial,) by Gymnasium and the network's reference, nothing else."""
    environment, losses = gymnasium.make(task.env, **task.options), []
    data = task.train
    for seed in data.seeds:
        seen, _ = environment.reset(seed=int(seed))
        senses, total = [], 0.0
        for _ in range(data.steps):
            senses.append(apply(np.asarray(seen, np.float64))[data.shown])
            y = network.reference(weights, np.array(senses))[-1]
            space = environment.action_space
            if isinstance(space, gymnasium.spaces.Discrete):
                action = int(np.argmax(y))
            else:
                action = np.clip(y, -1.0, 1.0) * 2.0 + 1.0  # [−1, 3]
            seen, reward, terminated, truncated, _ = environment.step(action)
            total += reward
            if terminated or truncated:
                break
        losses.append(task.best - total)
    environment.close()
    return losses


def test_losses_are_those_of_gymnasium_itself_in_any_number_of_processes():
    for given in (Gym("CartPole-v1", trials=3, hidden=(1, 3), best=500.0), task(hidden=[1])):
        network = network_for(given)
        genomes = genomes_for(network)
        one = evornn.Fitness(given, network, threads=1)
        losses = one.by_trial(genomes)
        wanted = [by_hand(given, network, genome) for genome in genomes]
        np.testing.assert_allclose(losses, wanted, rtol=1e-9)
        np.testing.assert_array_equal(
            evornn.Fitness(given, network, threads=3).by_trial(genomes), losses
        )
        np.testing.assert_array_equal(one.by_trial(genomes), losses)
        np.testing.assert_array_equal(one.on([1]).by_trial(genomes), losses[:, [1]])
        assert one.steps_of(5) <= 5 * one.steps


def test_what_is_seen_scales_the_generations_after():
    given = task()
    network = network_for(given)
    genomes = genomes_for(network, 3)
    fitness = evornn.Fitness(given, network, threads=1)
    before = fitness(genomes)
    np.testing.assert_array_equal(fitness(genomes), before)
    fitness.scaling.learn()
    seen = np.concatenate([fitness.trace(g, t).bodies[:-1] for g in genomes for t in range(2)])
    # Twice judged, twice seen.
    assert fitness.scaling.used.number == 2 * len(seen)
    unscaled = evornn.Fitness(given, network, threads=1)
    rows = np.concatenate([unscaled.trace(g, t).bodies[:-1] for g in genomes for t in range(2)])
    mean, std = rows.mean(axis=0), np.sqrt(rows.var(axis=0) + 1e-8)
    np.testing.assert_allclose(fitness.scaling.used.mean, mean, rtol=1e-9)
    after = fitness.by_trial(genomes)
    wanted = [by_hand(given, network, g, lambda x: (x - mean) / std) for g in genomes]
    np.testing.assert_allclose(after, wanted, rtol=1e-7)
    fixed = evornn.Fitness(task(scaled=False), network, threads=1)
    assert fixed.scaling is None
    np.testing.assert_allclose(fixed(genomes), before, rtol=1e-12)


def test_a_trace_is_what_was_judged():
    given = task()
    network = network_for(given)
    genome = genomes_for(network, 1)[0]
    fitness = evornn.Fitness(given, network, threads=1)
    trace = fitness.trace(genome, 1)
    assert trace.loss == fitness.by_trial(genome[np.newaxis])[0, 1]
    assert trace.outputs.shape == (9, 1)
    assert trace.bodies.shape == (10, 2)
    np.testing.assert_allclose(network.reference(genome, trace.senses), trace.outputs, rtol=1e-9)


def test_a_run_goes_on_to_the_same_bits_and_keeps_its_scaling(tmp_path):
    given = Gym("CartPole-v1", trials=2, test_trials=2, steps=60, best=60.0)
    network = network_for(given)

    def run(out, generations, **more):
        kept = {"seed": 3, "out": tmp_path / out, "threads": 1, **more}
        return evornn.train(given, network, "genetic", generations=generations, **kept)

    whole = run("whole", 3)
    assert whole.scaling is not None

    def stop(status):
        if status.tally.generation == 2:
            import os
            import signal

            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(evornn.runs.Interrupted):
        run("cut", 3, progress=stop)
    resumed = evornn.resume(tmp_path / "cut")
    for name in ("best_loss", "test_loss"):
        assert getattr(resumed, name) == getattr(whole, name)
    losses = [line["best"] for line in whole.history]
    assert [line["best"] for line in resumed.history] == losses
    for one in (resumed, evornn.load_run(tmp_path / "whole")):
        np.testing.assert_array_equal(one.scaling["mean"], whole.scaling["mean"])
        fitness = one.fitness()
        assert fitness(one.best_genome[np.newaxis])[0] == whole.best_loss
        whole_network = lesions(given, network, one.best_weights, scaling=one.scaling)[0]
        assert whole_network.loss == whole.best_loss


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("nan", "observed nan as number 1, which is no finite number"),
        ("shape", r"observed the shape \(3,\) instead of \(2,\)"),
        ("reward", "rewarded nan"),
        ("raises", "raised KeyError: 'wheel' .in a step"),
        ("hangs", "has not answered a step for 0.5 seconds.*task.timeout=2"),
        ("dies", "has ended, 3 times in one evaluation"),
    ],
)
def test_environments_that_go_wrong_end_a_run_by_name(how, message, tmp_path):
    given = task(options={"how": how}, timeout=0.5)
    with pytest.raises(RunFailed, match=message):
        evornn.train(
            given, network_for(given), "genetic", generations=2, threads=1, out=tmp_path / "run"
        )
    assert "Strange-v0" in (tmp_path / "run" / "failure.txt").read_text()
    assert json.loads((tmp_path / "run" / "config.json").read_text())["task"]["name"] == "gym"
    loaded = evornn.load_run(tmp_path / "run")
    assert loaded.history == []


def test_numbers_outside_of_their_space_are_read_as_they_are_and_told_once():
    given = task(options={"how": "outside"}, scaled=False)
    network = network_for(given)
    fitness = evornn.Fitness(given, network, threads=1)
    genome = genomes_for(network, 1)
    with pytest.warns(UserWarning, match=r"number 0 of .*Strange-v0 .*its space, \[-1, 1\]"):
        trace = fitness.trace(genome[0], 0)
    fitness(genome)  # a second warning would be an error
    np.testing.assert_array_equal(trace.senses[3], [1.5, 0.0])


def test_chance_that_no_seed_reaches_is_told_once():
    given = task(options={"how": "chance"})
    network = network_for(given)
    fitness = evornn.Fitness(given, network, threads=1)
    with pytest.warns(UserWarning, match="Strange-v0 .*differ, so runs will not repeat"):
        fitness(genomes_for(network))
    fitness(genomes_for(network))  # a second warning would be an error


def test_the_loss_of_doing_nothing():
    given = task(best=9.0)
    network = network_for(given)
    idle = np.zeros(network.weight_count)
    assert given.constant_loss == pytest.approx(np.mean(by_hand(given, network, idle)), rel=1e-12)
    with pytest.raises(RunFailed, match=r"raised KeyError: 'wheel' .where every output is 0"):
        _ = task(options={"how": "raises"}).constant_loss


def test_a_process_that_is_killed_is_started_again(tmp_path):
    network = network_for(task())
    genomes = genomes_for(network)
    wanted = evornn.Fitness(task(), network, threads=2)
    flag = tmp_path / "died"
    given = task(options={"how": "dies", "flag": str(flag)})
    fitness = evornn.Fitness(given, network, threads=2)
    np.testing.assert_array_equal(fitness(genomes), wanted(genomes))
    assert flag.exists()
    for one in (fitness, wanted):
        one.scaling.learn()
    np.testing.assert_array_equal(fitness.scaling.used.mean, wanted.scaling.used.mean)


def test_what_an_environment_says_when_it_is_made_is_not_said_by_all(capfd):
    given = task(options={"how": "loud"})
    assert capfd.readouterr().err == "model is old\n"
    network = network_for(given)
    evornn.Fitness(given, network, threads=2)(genomes_for(network))
    assert capfd.readouterr().err == ""


def test_a_diverging_network_has_no_loss():
    given = task()
    network = network_for(given)
    genomes = genomes_for(network, 2)
    genomes[1] = np.nan
    losses = evornn.Fitness(given, network, threads=1)(genomes)
    assert np.isfinite(losses[0])
    assert losses[1] == np.inf


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Gym("CartPoel-v1"), "cannot be made: .*my_module:Mine-v0"),
        (lambda: Gym(""), "env must be a name"),
        (lambda: Gym("CartPole-v1", options={"gravity": 3}), "cannot be made"),
        (lambda: Gym("no_such_module:Mine-v0"), "cannot be made: .*no_such_module"),
        (lambda: Gym("CartPole-v1", hidden=(4,)), "hidden must be from 0 to 3"),
        (lambda: Gym("CartPole-v1", hidden=(0, 1, 2, 3)), "nothing of an observation"),
        (lambda: Gym("CartPole-v1", trials=0), "trials must be at least 1"),
        (lambda: Gym("CartPole-v1", timeout=0.0), "timeout must be above 0"),
        (lambda: task("Picture"), r"a picture or a table of shape \(8, 8, 3\)"),
        (lambda: task("Both"), "reads a vector: wrap it"),
        (lambda: task("Many"), "outputs are a vector"),
        (lambda: task("Endless"), "has no last step: set steps"),
    ],
)
def test_what_is_no_task_is_named(make, message):
    with pytest.raises(ConfigurationError, match=message):
        make()


def test_without_gymnasium_the_cure_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'evornn\[gym\]'"):
        Gym("CartPole-v1")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (gymnasium.error.DependencyNotInstalled("no Box2D"), r"evornn\[gym\]' \(.*no Box2D"),
        (gymnasium.error.DeprecatedEnv("Use v3 instead."), "made: Use v3 instead. Names are"),
    ],
)
def test_what_gymnasium_cannot_make_is_told_with_its_cure(error, message, monkeypatch):
    def refuse(*given, **more):
        raise error

    monkeypatch.setattr(gymnasium, "make", refuse)
    with pytest.raises(ConfigurationError, match=message):
        Gym("LunarLander-v3")


def test_spaces():
    spaces = gymnasium.spaces
    one_of = Observed(spaces.Discrete(3, start=5), "it")
    np.testing.assert_array_equal(one_of.vector(np.int64(6)), [0.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="observed 8, which is not in"):
        one_of.vector(8)
    np.testing.assert_array_equal(one_of.vectors([5, 7]), [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    pair = Observed(spaces.Box(-1.0, 1.0, (2,), np.float64), "it")
    np.testing.assert_array_equal(pair.vectors([np.zeros(2), [0.5, 1.0]]), [[0, 0], [0.5, 1]])
    with pytest.raises(ValueError, match="observed inf as number 1"):
        pair.vectors([np.zeros(2), np.array([0.5, np.inf]), np.array([np.nan, 0.0])])
    assert pair.stray(np.array([[0.5, 1.0], [-1.0, 0.0]])) is None
    assert one_of.stray(np.eye(3)) is None
    discrete = Acting(spaces.Discrete(3, start=5), "it")
    outputs = np.array([[0.0, 2.0, 2.0], [1.0, 0.0, 0.5]])
    np.testing.assert_array_equal(discrete.actions(outputs), [6, 5])
    low, high = (np.array(b, np.float32) for b in ([-2.0, 0.0, -np.inf], [2.0, 1.0, np.inf]))
    box = Acting(spaces.Box(low, high), "it")
    got = box.actions(np.array([[-5.0, 0.0, 7.0], [0.5, 1.0, -7.0]]))
    np.testing.assert_allclose(got, [[-2.0, 0.5, 7.0], [1.0, 1.0, -7.0]])
    assert got.dtype == np.float32
    with pytest.raises(ValueError, match="observed inf as number 2"):
        Observed(spaces.Box(low, high), "it").vector([0.0, 0.0, np.inf])


def test_networks_step_by_step_are_their_reference():
    network = FullyRecurrent(2, 3, 1, readout=True)
    weights = genomes_for(network, 9)
    inputs = np.random.default_rng(1).normal(size=(6, 9, 2))
    compiled = network_stepper(network, weights, np.dtype("float64"))
    plain = PlainNetworks(network, weights, np.dtype("float64"))
    found = np.array([[one.advance(x) for x in inputs] for one in (compiled, plain)])
    for row in range(9):
        wanted = network.reference(weights[row], inputs[:, row])
        np.testing.assert_allclose(found[0, :, row], wanted, rtol=1e-12)
        np.testing.assert_allclose(found[1, :, row], wanted, rtol=1e-12)
    np.testing.assert_allclose(plain.states, compiled.states, rtol=1e-12)


def test_a_replay_shows_the_pictures_of_the_environment(tmp_path):
    given = task(steps=5)
    run = evornn.train(given, network_for(given), "genetic", generations=1, threads=1)
    (blind,) = evornn.replay(run).performances
    assert blind.pictures is None
    assert blind.numbers == ["observed 1", "observed 2"]
    with pytest.warns(UserWarning, match=r"Blind-v0 cannot be drawn here.*KeyError: 'screen'"):
        assert task("Blind").train.pictures(0, np.zeros((1, 1)))[0] is None
    given = Gym("evornn.environments:evornn/PoleBalancing-v0", {"poles": 1}, trials=1, steps=5)
    run = evornn.train(given, network_for(given), "genetic", generations=1, threads=1)
    shown = evornn.replay(run)
    (one,) = shown.performances
    assert len(one.pictures) == len(one.bodies) == 6
    assert one.time_step == 1.0 / 50.0
    shown.film(tmp_path / "a.gif")
    assert (tmp_path / "a.gif").exists()


# where pygame is not installed
@pytest.mark.filterwarnings("ignore:CartPole-v1 cannot be drawn here")
def test_by_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert built("task", "gym:CartPole-v1") == Gym("CartPole-v1")
    given = ["--network", "fully_recurrent", "--hidden", "3", "--set", "network.readout=true"]
    given += ["--optimizer", "genetic", "--generations", "2", "--threads", "1"]
    small = ["--set", "task.steps=30", "--set", "task.hidden=1,3", "--set", "task.trials=2"]
    assert main(["train", "--task", "gym:CartPole-v1", *small, *given]) == 0
    told = capsys.readouterr().out
    run = evornn.load_run("results/CartPole-v1-fully_recurrent-genetic-0")
    assert "gym fully_recurrent genetic seed 0" in told
    assert f"training return {-run.best_loss:.6g}, test return {-run.test_loss:.6g};" in told
    assert run.part("task").hidden == (1, 3)
    assert main(["show", str(run.path), "--plots"]) == 0
    assert (run.path / "plots" / "replay.png").exists()
    name = "strange_environments:Strange-v0"
    assert main(["train", "--task", f"gym:{name}", *given, "--out", "strange"]) == 0
    with pytest.raises(
        ConfigurationError, match=r"never imported because a record names it.*--task gym:"
    ):
        evornn.load_run("strange").part("task")
    again = evornn.load_run("strange", task=f"gym:{name}")
    assert again.fitness()(again.best_genome[np.newaxis])[0] == again.best_loss

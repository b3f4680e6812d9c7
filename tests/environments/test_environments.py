"""Tasks with a body as Gymnasium environments."""

from __future__ import annotations

import subprocess
import sys
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import evornn
from evornn import environments
from evornn.errors import ConfigurationError
from evornn.fitness.body_stepper import BodyStepper
from evornn.fitness.plain_episode import PlainBody
from evornn.networks import FullyRecurrent
from evornn.numerics.plain import LaneArray
from evornn.simulators.cart import Cart
from evornn.simulators.simulator import Simulator
from evornn.tasks import REGISTRY, PoleBalancing
from evornn.tasks.episodes import has_body

NAMES = environments.NAMES
POLES = "evornn/PoleBalancing-v0"
OPTIONS = {"poles": 1, "starts": "random", "steps": 60}


class DarkCart(Cart):
    scene = Simulator.scene


class Dark(PoleBalancing):
    simulator = DarkCart()


@pytest.fixture
def env():
    return gymnasium.make(POLES, **OPTIONS)


def test_every_task_with_a_body_is_an_environment():
    for name, cls in REGISTRY.items():
        if name not in ("csv", "gym", "curriculum"):  # these need options
            assert has_body(cls) == (REGISTRY.build(name).train.kind == "episode"), name
    assert POLES in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_gymnasium_finds_nothing_to_complain_about(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make(name).unwrapped)


@pytest.mark.parametrize("name", NAMES)
def test_compiled_bodies_do_what_plain_python_does(name):
    data = environments.BodyEnv(REGISTRY.build(_task(name))).data
    simulator, rng = data.simulator, np.random.default_rng(5)
    count = 9  # more than a group of lanes
    trials, noise = (
        data.rows[np.arange(count) % len(data.rows)],
        rng.normal(size=(13, count, simulator.noise)),
    )
    stepper, plain = BodyStepper(simulator, count), PlainBody(simulator, np.dtype("float64"))
    seen = stepper.begin(np.ones(count, bool), trials, noise[0])
    bodies = [plain.begin(row, 1) for row in trials]
    for t in range(12):
        for i, b in enumerate(bodies):
            np.testing.assert_allclose(
                seen[i], plain.sense(b, noise[t, i], 1).storage[:, 0], rtol=1e-9, atol=1e-12
            )
        actions = rng.uniform(*simulator.motor_range, (count, simulator.motors))
        moved = stepper.move(actions, noise[t], noise[t + 1])
        bodies = [
            plain.move(LaneArray(a[:, np.newaxis]), n, b, 1)
            for a, n, b in zip(actions, noise[t], bodies, strict=True)
        ]
        worth = np.array([plain.worth(b) for b in bodies])[..., 0]
        np.testing.assert_allclose(moved.losses, worth[:, 0], rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(moved.goes_on, worth[:, 1] > 0)
        seen = moved.senses


def _task(name):
    return next(key for key, cls in REGISTRY.items() if name == f"evornn/{cls.__name__}-v0")


def test_gymnasium_makes_them_where_evornn_was_not_imported():
    """Since 1.0 it loads no plugins: the module is named before the environment."""
    program = (
        "import sys, gymnasium; assert 'numba' not in sys.modules\n"
        f"name = 'evornn.environments:{POLES}'\n"
        "print(gymnasium.make(name, poles=1).unwrapped.__class__.__name__)\n"
        "print(gymnasium.make_vec(name, 3, poles=1).unwrapped.__class__.__name__)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout.split() == ["BodyEnv", "BodyVectorEnv"], told.stderr


def test_rewards_add_up_to_what_a_trial_is_better_than_nothing(env):
    """A network that acts in the environment gets the loss that its fitness says."""
    task = PoleBalancing(**OPTIONS)
    network = FullyRecurrent(4, 2, 1, readout=True)
    genome = np.random.default_rng(0).normal(size=network.weight_count)
    fitness = evornn.Fitness(task, network)
    for trial in range(4):
        trace = fitness.trace(genome, trial)
        observation, info = env.reset(options={"trial": trial})
        assert info == {"trial": trial}
        total, ended = 0.0, False
        for senses, output in zip(trace.senses, trace.outputs, strict=True):
            assert not ended
            np.testing.assert_array_equal(observation, senses)
            observation, reward, terminated, truncated, info = env.step(output)
            total, ended = total + reward, terminated or truncated
        assert ended
        assert truncated == (len(trace.outputs) == 60 and not terminated)
        assert info["loss"] == trace.loss
        assert total == pytest.approx(1.0 - trace.loss, abs=1e-12)


def test_a_seed_chooses_the_trial_and_splits_can_be_asked_for(env):
    trials = [env.reset(seed=k)[1]["trial"] for k in range(20)]
    assert trials == [env.reset(seed=k)[1]["trial"] for k in range(20)]
    assert len(set(trials)) > 5
    held_out = gymnasium.make(POLES, split="test", **OPTIONS)
    assert {held_out.reset(seed=k)[1]["trial"] < 625 for k in range(20)} == {True}
    assert len(held_out.unwrapped.data.rows) == 625


def test_many_at_once_do_what_each_does_alone():
    many = gymnasium.make_vec(POLES, num_envs=5, vectorization_mode="vector_entry_point", **OPTIONS)
    alone = [environments.BodyEnv("pole_balancing", **OPTIONS) for _ in range(5)]
    seen, _ = many.reset(seed=7)
    for i, one in enumerate(alone):
        np.testing.assert_array_equal(one.reset(seed=7 + i)[0], seen[i])
    rng, ended, endings = np.random.default_rng(1), [False] * 5, 0
    for _ in range(150):
        actions = rng.uniform(-1.0, 1.0, (5, 1))
        seen, rewards, terminated, truncated, info = many.step(actions)
        for i, one in enumerate(alone):
            if ended[i]:
                observation, told = one.reset()
                reward, over = 0.0, (False, False)
            else:
                observation, reward, *over, told = one.step(actions[i])
            np.testing.assert_array_equal(seen[i], observation)
            assert (rewards[i], terminated[i], truncated[i]) == (reward, *over)
            assert info["trial"][i] == told["trial"]
            ended[i], endings = any(over), endings + any(over)
    assert endings > 5


def test_pictures_show_the_pole_where_it_is():
    env = gymnasium.make(POLES, render_mode="rgb_array", poles=1)
    env.reset(options={"trial": 0})
    upright = env.render()
    assert (upright.shape, upright.dtype) == ((400, 600, 3), np.uint8)
    orange = np.array([0xD5, 0x5E, 0x00])

    def lean(picture):
        rows, columns = np.nonzero((picture == orange).all(axis=2))
        return columns[rows == rows.min()].mean() - columns[rows == rows.max()].mean()

    before = lean(upright)
    for _ in range(12):
        env.step(np.array([-1.0]))
    assert lean(env.render()) > before + 5.0  # pushed to the left, it falls to the right


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: environments.BodyEnv("parity"), "Parity has no body to move"),
        (lambda: environments.BodyEnv("pole_balancing", pole=1), "no option 'pole'"),
        (lambda: environments.BodyEnv(PoleBalancing(), poles=1), "has its options already"),
        (lambda: environments.BodyEnv("pole_balancing", split="best"), "split must be one of"),
        (lambda: environments.BodyEnv("pole_balancing", "train", "ansi"), "render_mode must be"),
        (lambda: environments.BodyVectorEnv("pole_balancing", 0), "num_envs must be at least 1"),
        (lambda: environments.BodyEnv(Dark(), render_mode="rgb_array"), "no scene to render"),
        (lambda: _begun().reset(options={"trial": 1}), "trial must be from 0 to 0, got 1"),
        (lambda: _begun().reset(options={"trail": 1}), "knows the option 'trial', got trail"),
        (lambda: _begun().step([0.0, 1.0]), r"numbers of the shape \(1,\)"),
        (lambda: _begun().step("x"), r"numbers of the shape \(1,\), got 'x'"),
        (lambda: _begun().step([np.nan]), "must be finite numbers"),
        # As many numbers in another shape: bodies would get each other's.
        (lambda: _many().step(np.zeros((1, 3))), r"numbers of the shape \(3, 1\)"),
    ],
)
def test_mistakes_are_named(make, message):
    with pytest.raises(ConfigurationError, match=message):
        make()


def _many():
    env = environments.BodyVectorEnv("pole_balancing", 3, poles=1)
    env.reset()
    return env


def _begun():
    env = environments.BodyEnv("pole_balancing", poles=1)
    env.reset()
    return env


def test_a_step_before_a_reset():
    with pytest.raises(gymnasium.error.ResetNeeded):
        environments.BodyEnv("pole_balancing", poles=1).step([0.0])


def test_without_gymnasium_the_cure_is_named():
    program = (
        "import sys; sys.modules['gymnasium'] = None\n"
        "try:\n    import evornn.environments\n"
        "except Exception as error:\n    print(type(error).__name__, error)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout.startswith("ConfigurationError")
    assert "pip install 'evornn[gym]'" in told.stdout

"""The cart against Lagrange's equations, laws of mechanics, and wrong copies of it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.fitness.episode_engine import EpisodeEngine
from evornn.fitness.plain_episode import PlainBody
from evornn.networks import FullyRecurrent
from evornn.numerics.plain import LaneArray
from evornn.simulators.cart import Cart
from evornn.tasks.episodes import Episodes
from evornn.tasks.pole_balancing import PoleBalancing

DOUBLE = np.dtype("float64")
MASSES, HALF_LENGTHS, GRAVITY = np.array([0.1, 0.01]), np.array([0.5, 0.05]), 9.8


def accelerations(
    motion, force, poles, friction=True, masses=MASSES, coupled=True, halves=HALF_LENGTHS
):
    """x'' and θ'' of Lagrange's equations, [M] q'' = right side: not the published form."""
    m, half = masses[:poles], halves[:poles]
    v, angles, speeds = motion[1], motion[2::2], motion[3::2]
    matrix = np.zeros((1 + poles, 1 + poles))
    matrix[0, 0] = 1.0 + m.sum()
    matrix[0, 1:] = matrix[1:, 0] = m * half * np.cos(angles)
    np.fill_diagonal(matrix[1:, 1:], 4.0 / 3.0 * m * half**2)  # about the hinge
    right = np.concatenate(
        [
            [force - friction * 5e-4 * np.sign(v) + (m * half * speeds**2 * np.sin(angles)).sum()],
            m * GRAVITY * half * np.sin(angles) - friction * 2e-6 * speeds,
        ]
    )
    if coupled:
        return np.linalg.solve(matrix, right)
    # A cart of its own for each pole, of which the first one is told of.
    own = [accelerations(motion[[0, 1, 2 + 2 * i, 3 + 2 * i]], force, 1) for i in range(poles)]
    return np.array([own[0][0], *(a[1] for a in own)])


def reference(motion, force, poles, **kind):
    """One control step: two steps of Runge & Kutta."""

    def slope(z):
        a, out = accelerations(z, force, poles, **kind), np.empty_like(z)
        out[0::2], out[1::2] = z[1::2], a
        return out

    h, z = 0.01, np.array(motion, np.float64)
    for _ in range(2):
        one = slope(z)
        two = slope(z + h / 2 * one)
        three = slope(z + h / 2 * two)
        z = z + h / 6 * (one + 2 * two + 2 * three + slope(z + h * three))
    return z


def played(cart, motion, weights=None, network=None):
    """What happened from one start, by the compiled engine."""
    network = network or FullyRecurrent(cart.sensors, 3, 1)
    if weights is None:
        weights = np.random.default_rng(4).normal(size=network.weight_count)
    data = Episodes(cart, {"motion": np.atleast_2d(motion)}, cart.steps)
    trace = EpisodeEngine(network, data, DOUBLE, 1).trace(np.asarray(weights, float), 0)
    return trace, trace.bodies[:, : 2 + 2 * cart.poles]


def stepped(cart, motions, outputs):
    """Motions (start, number) one control step on, by the functions themselves in plain Python."""
    body, lanes = PlainBody(cart, DOUBLE), len(motions)
    b = body.begin(np.zeros(2 + 2 * cart.poles), lanes)
    b.motion.storage[:] = np.asarray(motions).T
    after = body.move(LaneArray(np.atleast_2d(np.asarray(outputs, float))), None, b, lanes)
    return after.motion.storage.T


def starts_of(poles, count, seed=0, spread=1.0):
    return np.random.default_rng(seed).normal(0.0, spread, (count, 2 + 2 * poles))


def turning(poles, **options):
    """A cart that goes on whatever its poles do."""
    return Cart(poles, worth="swing_up", **options)


@pytest.mark.parametrize("poles", [1, 2])
@pytest.mark.parametrize("friction", [True, False])
def test_every_step_is_that_of_the_equations_of_motion(poles, friction):
    cart = turning(poles, friction=friction)
    rng = np.random.default_rng(1)
    motions = starts_of(poles, 1000) * ([1.0, 2.0] + [1.5, 3.0] * poles)
    outputs = rng.uniform(-1.5, 1.5, 1000)
    expected = [
        reference(z, 10.0 * np.clip(a, -1.0, 1.0), poles, friction=friction)
        for z, a in zip(motions, outputs, strict=True)
    ]
    np.testing.assert_allclose(stepped(cart, motions, outputs), expected, rtol=1e-11, atol=1e-12)


def test_a_longer_second_pole_weighs_more():
    cart, motions = turning(2, second_pole=0.6), starts_of(2, 200)
    longer = {"masses": np.array([0.1, 0.06]), "halves": np.array([0.5, 0.3])}
    expected = [reference(z, 5.0, 2, **longer) for z in motions]
    found = stepped(cart, motions, np.full(200, 0.5))
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12)
    with pytest.raises(ConfigurationError, match="second_pole must be above 0 and at most 1"):
        PoleBalancing(second_pole=1.1)


def test_the_length_of_a_pole_that_is_not_there_is_refused():
    with pytest.raises(ConfigurationError, match=r"second_pole 0.6 is .* not there"):
        PoleBalancing(poles=1, second_pole=0.6)
    with pytest.raises(ConfigurationError, match=r"Cart.poles must be 1 or 2, got 3$"):
        PoleBalancing(poles=3)


@pytest.mark.parametrize("poles", [1, 2])
def test_a_thousand_steps_of_a_trial_are_those_of_the_equations_of_motion(poles):
    start = [0.1, 0.0, math.pi - 0.3, 0.2, math.pi + 0.4, -0.3][: 2 + 2 * poles]
    weights = np.zeros(FullyRecurrent(turning(poles).sensors, 1, 1).weight_count)
    weights[0] = -1.0  # it stays on the track by pulling the cart back
    network = FullyRecurrent(turning(poles).sensors, 1, 1)
    trace, motions = played(turning(poles), start, weights, network)
    assert len(trace.outputs) == 1000
    forces = 10.0 * trace.outputs[:, 0]
    for before, after, force in zip(motions[:-1], motions[1:], forces, strict=True):
        expected = reference(before, force, poles)
        np.testing.assert_allclose(after, expected, rtol=1e-11, atol=1e-12)
    # And as a whole, as long as errors have not grown: poles that swing about the rest hardly do.
    z = np.array(start)
    for force, after in zip(forces[:200], motions[1:201], strict=True):
        z = reference(z, force, poles)
        np.testing.assert_allclose(after, z, rtol=1e-7, atol=1e-9)


WRONG = {
    "no friction": {"friction": False},
    "two carts": {"coupled": False},
    "poles ten times too heavy": {"masses": 10.0 * MASSES},
    "pole masses the other way round": {"masses": MASSES[::-1]},
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_copies_are_told_from_the_cart(kind):
    motion = np.array([0.3, 0.5, 0.2, -0.4, 0.1, 0.9])
    after = stepped(turning(2), [motion], [0.4])[0]
    right, wrong = reference(motion, 4.0, 2), reference(motion, 4.0, 2, **WRONG[kind])
    assert np.abs(after - right).max() < 1e-12
    assert np.abs(after - wrong).max() > 1e-6


def test_lengths_are_half_lengths():
    # A pole on a cart held fast would fall with 3 g / (4 l) θ; this one pushes the cart away.
    after = stepped(turning(1, friction=False), [[0.0, 0.0, 1e-4, 0.0]], [0.0])[0]
    growth = 0.75 * 9.8 / 0.5 * (1.0 + 0.1 * 0.75 / (1.1 - 0.075))
    assert after[3] == pytest.approx(1e-4 * growth * 0.02, rel=5e-3)


def energy(motion, poles):
    m, half = MASSES[:poles], HALF_LENGTHS[:poles]
    v, angles, speeds = motion[..., 1:2], motion[..., 2::2], motion[..., 3::2]
    rods = v**2 + 2 * v * half * speeds * np.cos(angles) + 4 / 3 * (half * speeds) ** 2
    poles_have = m * (0.5 * rods + GRAVITY * half * np.cos(angles))
    return 0.5 * motion[..., 1] ** 2 + poles_have.sum(axis=-1)


def drift(poles, amplitude, friction=False):
    """Energies after each of 200 control steps without force, less that of the start."""
    motion = np.zeros((1, 2 + 2 * poles))
    motion[:, 2::2] = math.pi
    motion[0, 2] += amplitude
    found = [energy(motion, poles)[0]]
    for _ in range(200):
        motion = stepped(turning(poles, friction=friction), motion, [0.0])
        found.append(energy(motion, poles)[0])
    return np.array(found) - found[0]


def test_energy_is_kept_without_friction_to_the_order_of_runge_kutta():
    # The error of a step is of the sixth order of h ω for an oscillator, ω² = 3 g / (4 l): the pole
    # of 0.5 m loses ω h⁵ ω⁵ / 72 of its energy a second, that of 0.05 m far more.
    amplitude = 0.05
    own = 0.1 * 9.8 * 0.5 * (1.0 - math.cos(amplitude))
    lost = -drift(1, amplitude)[-1] / own
    ω = math.sqrt(0.75 * 9.8 / 0.5 * 1.1 / (1.1 - 0.075))
    assert lost == pytest.approx(400 * (0.01 * ω) ** 6 / 72, rel=0.02)
    # Two poles on the cart: of the little energy that the short one takes up, some is lost.
    assert np.abs(drift(2, amplitude)).max() < 1e-3 * own


def test_friction_takes_energy_at_every_step():
    lost = drift(1, 0.5, friction=True)
    assert (np.diff(lost) <= 0.0).all()
    assert lost[-1] < 100 * drift(1, 0.5)[-1]


@pytest.mark.parametrize("poles", [1, 2])
def test_the_mirror_image_moves_as_the_mirror_image(poles):
    motions, outputs = starts_of(poles, 50), np.random.default_rng(2).normal(size=50)
    one = stepped(turning(poles), motions, outputs)
    np.testing.assert_array_equal(stepped(turning(poles), -motions, -outputs), -one)


def test_the_place_of_the_cart_does_not_matter_to_its_poles():
    motions, outputs = starts_of(2, 20), np.linspace(-1, 1, 20)
    moved = motions + np.eye(6)[0]
    one, other = stepped(Cart(), motions, outputs), stepped(Cart(), moved, outputs)
    np.testing.assert_array_equal(one[:, 1:], other[:, 1:])
    np.testing.assert_allclose(other[:, 0] - one[:, 0], 1.0, rtol=1e-14)


def goes_on(cart, motion):
    body = PlainBody(cart, DOUBLE)
    return bool(body.worth(body.begin(np.asarray(motion, float), 1))[1][0])


@pytest.mark.parametrize(
    ("cart", "place", "limit"),
    [
        (Cart(2), 0, 2.4),
        (Cart(2), 2, math.radians(36.0)),
        (Cart(2), 4, math.radians(36.0)),
        (Cart(1), 2, math.radians(12.0)),
        (Cart(1), 0, 2.4),
        (turning(2), 0, 2.4),
        (turning(2), 4, math.inf),
    ],
)
def test_where_a_trial_ends(cart, place, limit):
    motion = np.zeros(2 + 2 * cart.poles)
    for sign in (1.0, -1.0):
        motion[place] = sign * min(limit, 1e3)
        assert goes_on(cart, motion)
        motion[place] = sign * np.nextafter(limit, math.inf)
        assert goes_on(cart, motion) == math.isinf(limit)
    motion[place] = math.nan
    assert goes_on(cart, motion) == math.isinf(limit)


def test_senses_are_scaled_and_velocities_can_be_hidden():
    motion = [1.2, 0.4, 0.13, -0.6, -0.26, 3.0]
    for cart, expected in {
        Cart(2): [0.25, 0.2, 0.25, -0.3, -0.5, 1.5],
        Cart(2, velocities=False): [0.25, 0.25, -0.5],
        Cart(1, velocities=False): [0.25, 0.25],
        turning(1): [0.25, 0.2, math.sin(0.13), math.cos(0.13), -0.3],
        turning(2, velocities=False): [
            0.25, math.sin(0.13), math.cos(0.13), math.sin(-0.26), math.cos(-0.26),
        ],
    }.items():  # fmt: skip
        body = PlainBody(cart, DOUBLE)
        b = body.begin(np.array(motion[: 2 + 2 * cart.poles]), 1)
        assert cart.sensors == len(expected)
        np.testing.assert_allclose(body.sense(b, None, 1).storage[:, 0], expected, rtol=1e-14)


def test_the_force_is_cut_off_and_snapped():
    still = np.zeros((5, 4))
    outputs = np.array([3.0, -0.002, 0.002, 0.0, 0.5])
    for cart, forces in (
        (Cart(1), [10.0, -0.02, 0.02, 0.0, 5.0]),
        (Cart(1, snap=True), [10.0, -10 / 256, 10 / 256, 10 / 256, 5.0]),
    ):
        expected = [reference(z, f, 1) for z, f in zip(still, forces, strict=True)]
        np.testing.assert_allclose(stepped(cart, still, outputs), expected, rtol=1e-11, atol=1e-13)


#: pushes against the pole and the cart: balances one pole
BALANCING = np.array([0.5, 1.0, 5.0, 3.0, 0.0, 0.0])


@pytest.mark.parametrize("steps", [60, 100, 101, 400])
def test_damping_is_what_the_last_hundred_steps_give(steps):
    cart = Cart(1, worth="damping", steps=steps)
    trace, motions = played(cart, [0, 0, 0.07, 0], BALANCING, FullyRecurrent(4, 1, 1))
    assert len(trace.outputs) == steps
    terms = np.abs(motions[1:, :4]).sum(axis=1)
    rest = 0.75 / terms[-100:].sum() if steps >= 100 else 0.0
    assert trace.loss == pytest.approx(1.0 - 0.1 - 0.9 * rest, rel=1e-12)


def test_damping_looks_at_the_cart_and_the_long_pole_alone():
    cart = Cart(2, worth="damping")
    trace, motions = played(cart, [0, 0, 0.01, 0, 0.0, 0])
    terms = np.abs(motions[1:, :4]).sum(axis=1)
    np.testing.assert_allclose(trace.bodies[1:, 7], terms, rtol=1e-14)


def test_swinging_up_is_worth_height_near_the_middle():
    for poles in (1, 2):
        cart = turning(poles, steps=80)
        trace, motions = played(cart, starts_of(poles, 1, spread=0.2)[0] + math.pi / 2)
        height = (1.0 + np.cos(motions[1:, 2::2]).mean(axis=1)) / 2
        worth = height * np.cos(math.pi / 2 * motions[1:, 0] / 2.4)
        assert 0 < len(worth) <= 80
        assert trace.loss == pytest.approx(1.0 - worth.sum() / 80, rel=1e-12)


def test_standing_upright_in_the_middle_costs_nothing_and_hanging_all():
    network = FullyRecurrent(5, 1, 1)
    still = np.zeros(network.weight_count)
    assert played(turning(1), [0.0, 0, 0.0, 0], still, network)[0].loss < 1e-12
    assert played(turning(1), [0.0, 0, math.pi, 0], still, network)[0].loss > 1.0 - 1e-12


def test_a_trial_begins_anew_whatever_was_before_it():
    cart = Cart(1, worth="damping", steps=150)
    motions = np.array([[0, 0, 0.07, 0], [2.39, 3.0, 0.2, 2.0], [0, 0, 0.07, 0], [0.1, 0, 0.05, 0]])
    weights = np.stack([BALANCING] * 3)
    data = Episodes(cart, {"motion": motions}, 150)
    engine = EpisodeEngine(FullyRecurrent(4, 1, 1), data, DOUBLE, 1)
    losses = engine.sums(weights)
    # The second trial ends at once, the others do as if there were none before.
    assert (losses[:, 1] > 0.99).all()
    np.testing.assert_array_equal(losses[:, 0], losses[:, 2])
    assert (losses[:, 3] < 0.9).all()


def test_a_weight_that_is_no_number_ends_the_trial_at_once():
    cart = Cart(1, steps=50)
    data = Episodes(cart, {"motion": [[0, 0, 0.07, 0]]}, 50)
    weights = np.stack([BALANCING, np.full(6, math.nan), BALANCING])
    engine = EpisodeEngine(FullyRecurrent(4, 1, 1), data, DOUBLE, 1)
    np.testing.assert_array_equal(engine.sums(weights)[:, 0], [0.0, 1.0 - 1 / 50, 0.0])


def test_the_625_starts_of_the_test():
    data = PoleBalancing(worth="damping").test
    assert data.rows.shape == (625, 6)
    assert data.steps == 1000
    assert data.simulator.worth == "standard"
    low, high = data.rows.min(axis=0), data.rows.max(axis=0)
    np.testing.assert_allclose(
        low[:4], [0.05 * r - r / 2 for r in (4.32, 2.70, 0.12566304, 0.30019504)], rtol=1e-12
    )
    np.testing.assert_allclose(high[:4], -low[:4], rtol=1e-12)
    assert (data.rows[:, 4:] == 0.0).all()
    assert len(np.unique(data.rows, axis=0)) == 625


def test_hanging_starts():
    task = PoleBalancing(poles=1, starts="hanging", worth="swing_up", trials=40, seed=3)
    assert task.train.rows.shape == (40, 4)
    assert task.test.rows.shape == (100, 4)
    assert abs(task.train.rows[:, 2].mean() - math.pi) < 0.15
    assert not np.isin(task.train.rows, task.test.rows).any()
    fewer = PoleBalancing(poles=1, starts="hanging", worth="swing_up", trials=5, seed=3)
    np.testing.assert_array_equal(task.test.rows, fewer.test.rows)
    assert task.solved is None
    assert task.input_size == 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"poles": 3}, "Cart.poles"),
        ({"worth": "height"}, "Cart.worth"),
        ({"steps": 0}, "Cart.steps"),
        ({"velocities": 1}, "Cart.velocities"),
        ({"friction": "no"}, "Cart.friction"),
        ({"snap": None}, "Cart.snap"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(ConfigurationError, match=message):
        Cart(**options)
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        PoleBalancing(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"starts": "hanging"}, "starts='hanging' take worth='swing_up'"),
        ({"starts": "above"}, "starts"),
        ({"trials": 0}, "trials"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_starts_are_named(options, message):
    with pytest.raises(ConfigurationError, match=message):
        PoleBalancing(**options)

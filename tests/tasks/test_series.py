"""Published and tabled figures of the series: sunspots, Mackey–Glass, Lorenz, NARMA-10."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.tasks import NARMA10, Lorenz, MackeyGlass, Sequences, Sunspots, SuperimposedSines
from evornn.tasks.linear_baseline import second_order_loss
from evornn.tasks.lorenz import BETA, RHO, flow, runge_kutta
from evornn.tasks.narma10 import narma10


def lagged_loss(lags, fit, judge):
    """Loss on `judge` of linear regression on the last `lags` inputs, fitted on `fit`."""

    def design(data):
        u = np.pad(data.inputs, ((0, 0), (lags, 0), (0, 0)))
        steps = data.inputs.shape[1]
        past = [u[:, lags - lag : lags - lag + steps] for lag in range(lags)]
        return np.concatenate([*past, np.ones_like(past[0])], axis=2)

    counted = fit.judged > 0
    weights = np.linalg.lstsq(design(fit)[counted], fit.targets[counted])[0]
    return judge.loss(design(judge) @ weights)


def test_the_sunspot_table():
    rows = Sunspots().input_rows[:, 0]
    assert len(rows) == 309
    years = {1700: 5.0, 1712: 0.0, 1778: 154.4, 1816: 45.8, 1957: 190.2, 2008: 2.9}
    assert {year: rows[year - 1700] for year in years} == years
    assert rows.max() == 190.2
    assert rows[:280].var() == pytest.approx(1535, rel=0.03)  # Weigend et al. 1990, 1700–1979


def test_linear_autoregression_of_the_sunspots_reaches_its_published_errors():
    """Average relative variance of AR(12): 0.128, 0.126, 0.36 (Weigend et al. and successors)."""
    task = Sunspots()
    unit = task.target_normalisation.scale[0] ** 2 / 1535.0
    steps = 11 + 24  # the washout, then 1956–1979
    parts = (task.test.inputs, task.test.targets, task.test.judged)
    early = Sequences(*(part[:, :steps] for part in parts))
    found = [unit * lagged_loss(12, task.train, part) for part in (task.train, task.validation)]
    assert found == pytest.approx([0.128, 0.126], abs=0.003)
    assert unit * lagged_loss(12, task.train, early) == pytest.approx(0.36, abs=0.01)
    assert unit * task.solved.loss == pytest.approx(0.082)


def test_the_sunspot_years_are_split_as_in_the_literature():
    task = Sunspots(train_until=1979, validation_until=1979)
    assert task.validation is None
    assert task.train.judged_count == 1979 - 1712 + 1
    assert task.test.judged_count == 2008 - 1979
    last = task.target_normalisation.undo(task.test.targets[0, -1])
    np.testing.assert_allclose(last, [2.9])


@pytest.mark.parametrize("years", [(1700, 1955), (1960, 1955), (1920, 2009)])
def test_sunspot_years_must_be_in_order(years):
    with pytest.raises(ConfigurationError, match=f"got {years[0]} and {years[1]}"):
        Sunspots(*years)


@pytest.mark.parametrize(("tau", "low", "high"), [(17, 0.4, 1.4), (30, 0.2, 1.6)])
def test_mackey_glass_stays_on_its_attractor(tau, low, high):
    y = MackeyGlass(tau=tau, squash=False).input_rows
    assert low < y.min() < 0.6
    assert 1.2 < y.max() < high
    squashed = MackeyGlass(tau=tau).input_rows
    np.testing.assert_allclose(squashed, np.tanh(y - 1.0), rtol=1e-15)


def test_mackey_glass_settles_where_its_equation_has_no_chaos():
    """For short delays the fixed point y = 1 of 0.2 y / (1 + y¹⁰) = 0.1 y attracts."""
    y = MackeyGlass(tau=1, squash=False).input_rows
    np.testing.assert_allclose(y, 1.0, atol=1e-9)


def test_mackey_glass_obeys_its_delay_equation():
    """Central differences of the sampled series against the right-hand side, to O(h²) and Euler's
    own error."""
    y = MackeyGlass(squash=False).input_rows[:, 0]
    slope = (y[2:] - y[:-2]) / 2.0
    delayed, now = y[1 : -1 - 17], y[18:-1]
    expected = 0.2 * delayed / (1.0 + delayed**10) - 0.1 * now
    assert np.abs(slope[17:] - expected).max() < 0.01


def test_mackey_glass_solved_follows_jaeger():
    free = MackeyGlass(evaluation="free_running")
    assert np.sqrt(free.solved.loss / free.constant_loss) == pytest.approx(2.8e-4)
    wild = dataclasses.replace(free, tau=30)
    assert np.sqrt(wild.solved.loss / wild.constant_loss) == pytest.approx(0.11)
    assert dataclasses.replace(free, free_steps=10).solved is None


def test_runge_kutta_is_of_fourth_order():
    """Half the step, a sixteenth of the error."""

    def after_half_a_unit(h):
        state = np.array([5.0, 5.0, 25.0])
        for _ in range(round(0.5 / h)):
            state = runge_kutta(state, h)
        return state

    exact = after_half_a_unit(5e-4)
    coarse, fine = (np.linalg.norm(after_half_a_unit(h) - exact) for h in (0.02, 0.01))
    assert coarse / fine == pytest.approx(16.0, abs=0.5)


def test_lorenz_has_its_fixed_points_and_symmetry():
    c = np.sqrt(BETA * (RHO - 1.0))
    np.testing.assert_allclose(flow(np.array([c, c, RHO - 1.0])), 0.0, atol=1e-12)
    rows = Lorenz(train_steps=20_000).input_rows
    assert rows[:, 0].mean() == pytest.approx(0.0, abs=0.6)
    assert rows[:, 2].mean() == pytest.approx(23.55, abs=0.2)  # ⟨z⟩, Lorenz attractor


def test_lorenz_shows_the_variables_that_are_asked_for():
    full, part = Lorenz(), Lorenz(observed="zx")
    np.testing.assert_array_equal(part.input_rows, full.input_rows[:, [2, 0]])
    assert (part.input_size, part.output_size) == (2, 2)
    for observed in ("", "xx", "w", 3):
        with pytest.raises(ConfigurationError, match="observed"):
            Lorenz(observed=observed)


def test_lorenz_solved_in_a_free_run_of_one_lyapunov_time():
    free = Lorenz(evaluation="free_running")
    assert np.sqrt(free.solved.loss / free.constant_loss) == pytest.approx(2.4e-3)
    assert dataclasses.replace(free, observed="x").solved is None


def test_narma10_is_its_equation():
    u = np.random.default_rng(0).uniform(0.0, 0.5, 30)
    y = [0.0]
    for t in range(30):
        recent = sum(y[t - i] for i in range(10) if t - i >= 0)
        driven = 1.5 * u[t - 9] * u[t] if t >= 9 else 0.0
        y.append(0.3 * y[t] + 0.05 * y[t] * recent + driven + 0.1)
    np.testing.assert_allclose(narma10(u), y[1:], rtol=1e-12)


def test_linear_models_of_narma10_end_near_0_16():
    task = NARMA10(length=4000)
    assert lagged_loss(20, task.train, task.test) / task.test.constant_loss == pytest.approx(
        0.16, abs=0.01
    )
    assert task.solved.loss / task.constant_loss == pytest.approx(0.107)


def test_narma10_draws_diverging_sequences_again():
    assert not np.isfinite(narma10(np.full(200, 0.5))).all()
    task = NARMA10(length=1000, sequences=100, validation_sequences=0, test_sequences=0)
    assert task.train.targets.max() <= 1.0


def test_narma10_needs_steps_after_its_washout():
    with pytest.raises(ConfigurationError, match="washout of 50 leaves nothing"):
        NARMA10(length=50)


def test_the_linear_bar_is_the_best_of_its_kind():
    train = MackeyGlass().train
    assert second_order_loss(train) == pytest.approx(lagged_loss(2, train, train), rel=1e-6)
    assert second_order_loss(train) < lagged_loss(1, train, train)


def test_sines_obey_the_recurrence_of_their_frequencies():
    """Each factor z² − 2 z cos λ + 1 annihilates one sine: all of them leave nothing."""
    λ = (0.2, 0.311, 0.42, 0.51, 0.74)
    for phases in ("zero", "drawn"):
        rows = SuperimposedSines(phases=phases, seed=3).input_rows[:, 0]
        for sine in λ:
            assert rows.std() > 1e-4
            rows = rows[2:] - 2.0 * np.cos(sine) * rows[1:-1] + rows[:-2]
        np.testing.assert_allclose(rows, 0.0, atol=1e-10)  # 4⁵ roundings
    t = np.arange(1000)
    two = SuperimposedSines(sines=2).input_rows[:, 0]
    np.testing.assert_allclose(two, np.sin(0.2 * t) + np.sin(0.311 * t))


def test_sines_are_carried_on_from_all_that_was_before():
    task = SuperimposedSines(sines=3, validation_steps=0)
    rows = task.input_rows
    train, test = task.train, task.test
    assert task.validation is None
    assert (train.free_running, test.free_running) == (101, 400)
    assert (train.judged_count, test.judged_count) == (299, 300)
    np.testing.assert_array_equal(train.inputs[0], rows[:399])
    np.testing.assert_array_equal(test.inputs[0], rows[:699])
    np.testing.assert_array_equal(test.targets[0], rows[1:700])
    np.testing.assert_array_equal(test.judged[0], np.arange(699) >= 399)


def test_sines_of_several_runs_each_see_as_many_rows():
    task = SuperimposedSines(sines=2, validation_steps=0, free_steps=150)
    assert task.solved is None
    assert task.test.inputs.shape == (2, 549, 1)
    np.testing.assert_array_equal(task.test.targets[1, -1], task.input_rows[699])
    assert task.test.judged_count == 300


def test_sines_solved_follows_evolino():
    task = SuperimposedSines(sines=4)
    assert np.sqrt(task.solved.loss / task.constant_loss) == pytest.approx(0.110)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"sines": 6}, "sines 6"), ({"sines": 0}, "sines"), ({"phases": "none"}, "phases")],
)
def test_sines_must_be_those_there_are(options, message):
    with pytest.raises(ConfigurationError, match=message):
        SuperimposedSines(**options)

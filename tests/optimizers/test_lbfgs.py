"""L-BFGS beside SciPy's, its inverse Hessian beside the matrix, and what it does at the end."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import fmin_l_bfgs_b, rosen, rosen_der

from evornn.optimizers import LBFGS, Start


def searching(genes, seed=0, **options):
    return LBFGS(**options).search(genes, Start(scale=1.0, seed=seed), np.random.default_rng(seed))


def rosenbrock(points):
    return np.array([rosen(x) for x in points]), np.array([rosen_der(x) for x in points])


def quadratic(genes):
    axes, _ = np.linalg.qr(np.random.default_rng(1).standard_normal((genes, genes)))
    hessian = axes @ np.diag(np.geomspace(1.0, 30.0, genes)) @ axes.T

    def loss(points):
        return 0.5 * np.einsum("pi,ij,pj->p", points, hessian, points), points @ hessian

    return loss, hessian


def advance(search, loss, generations):
    for _ in range(generations):
        points = search.ask()
        search.tell(points, *loss(points))


def bowl(genes):
    """Convex, a quadratic near its minimum and linear far from it."""
    rng = np.random.default_rng(2)
    A = rng.standard_normal((genes, genes)) * np.geomspace(1.0, 10.0, genes)

    def loss(points):
        reached = points @ A
        losses = np.logaddexp(reached, -reached) - np.log(2.0)  # log cosh
        return losses.sum(axis=1), np.tanh(reached) @ A.T

    return loss


@pytest.mark.parametrize(
    ("genes", "loss"), [(2, rosenbrock), (2, bowl(2)), (5, bowl(5)), (20, bowl(20))]
)
def test_needs_about_as_many_gradients_as_scipy(genes, loss):
    ours = scipys = 0
    for seed in range(5):
        search = searching(genes, seed)
        start = search.points[0].copy()
        while search.losses[0] > 1e-9:
            advance(search, loss, 1)
            ours += 1
            assert not search.stop()
        losses = []

        def of_one(x, losses=losses):
            values, gradients = loss(x[np.newaxis])
            losses.append(values[0])
            return values[0], gradients[0]

        fmin_l_bfgs_b(of_one, start, factr=0.0, pgtol=0.0)
        scipys += 1 + int(np.argmax(np.array(losses) <= 1e-9))
    assert 0.5 * scipys < ours < 1.3 * scipys, (ours, scipys)


def test_the_recursion_is_the_matrix_that_its_pairs_define():
    loss, _ = quadratic(6)
    search = searching(6, memory=4)
    advance(search, loss, 9)
    assert search.pairs[0] == 4
    s, y = search.pairs_s[:, 0], search.pairs_y[:, 0]
    H = np.eye(6) * (s[0] @ y[0]) / (y[0] @ y[0])
    for k in reversed(range(4)):
        rho = 1.0 / (y[k] @ s[k])
        V = np.eye(6) - rho * np.outer(y[k], s[k])
        H = V.T @ H @ V + rho * np.outer(s[k], s[k])
    g = search.gradients
    np.testing.assert_allclose(search._times_inverse_hessian(g), g @ H, rtol=1e-9)


def test_knows_the_whole_curvature_of_a_quadratic_after_as_many_pairs_as_genes():
    loss, hessian = quadratic(5)
    search = searching(5, memory=30)
    advance(search, loss, 40)
    step = search._times_inverse_hessian(np.ones((1, 5)))[0]
    np.testing.assert_allclose(step, np.linalg.solve(hessian, np.ones(5)), rtol=0.05)


def test_starts_do_not_see_each_other():
    together, alone = searching(4, population_size=3), searching(4)
    for _ in range(25):
        points, point = together.ask(), alone.ask()
        np.testing.assert_allclose(points[:1], point, rtol=1e-12)
        together.tell(points, *rosenbrock(points))
        alone.tell(point, *rosenbrock(point))


def test_stops_at_a_minimum_and_keeps_it():
    loss, _ = quadratic(3)
    search = searching(3)
    for _ in range(400):
        if search.stop():
            break
        advance(search, loss, 1)
    assert search.stop() == "no step lowers the loss"
    assert search.losses[0] < 1e-15


def test_a_step_into_what_is_not_finite_is_shortened():
    def walled(points):
        losses, gradients = rosenbrock(points)
        return np.where(np.abs(points).max(axis=1) > 1.2, np.nan, losses), gradients

    search = searching(2, seed=3)
    advance(search, walled, 200)
    assert search.losses[0] < 1e-9

"""The gradient methods against torch.optim, and what they do where nothing is finite."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from evornn.errors import ConfigurationError
from evornn.optimizers import SGD, Adam, AdamW, RMSProp, Rprop, Start
from evornn.optimizers.gradient_descent import clip

#: settings here, and the name and arguments of the same in torch.optim
TWINS = [
    (SGD(momentum=0.0), "SGD", {"lr": 0.01}),
    (SGD(), "SGD", {"lr": 0.01, "momentum": 0.9}),
    (SGD(nesterov=True), "SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    (Adam(learning_rate=0.03), "Adam", {"lr": 0.03}),
    (Adam(beta1=0.5, beta2=0.9, epsilon=0.1), "Adam", {"betas": (0.5, 0.9), "eps": 0.1}),
    (AdamW(learning_rate=0.03, weight_decay=0.2), "AdamW", {"lr": 0.03, "weight_decay": 0.2}),
    (RMSProp(), "RMSprop", {"lr": 0.001, "alpha": 0.9}),
    (RMSProp(0.01, decay=0.99, epsilon=0.1), "RMSprop", {"lr": 0.01, "alpha": 0.99, "eps": 0.1}),
    (Rprop(), "Rprop", {"lr": 0.1}),
    (Rprop(0.5, increase=1.5, largest_step=1.0), "Rprop",
     {"lr": 0.5, "etas": (0.5, 1.5), "step_sizes": (1e-6, 1.0)}),
]  # fmt: skip


def valley(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rosenbrock's valley: gradients that turn and change sign."""
    left, right = points[:, :-1], points[:, 1:]
    losses = ((1.0 - left) ** 2 + 5.0 * (right - left**2) ** 2).sum(axis=1)
    gradients = np.zeros_like(points)
    gradients[:, :-1] += -2.0 * (1.0 - left) - 20.0 * left * (right - left**2)
    gradients[:, 1:] += 10.0 * (right - left**2)
    return losses, gradients


def searching(optimizer, genes=5):
    return optimizer.search(genes, Start(), np.random.default_rng(0))


@pytest.mark.torch
@pytest.mark.parametrize(("settings", "name", "options"), TWINS)
def test_follows_torch(settings, name, options):
    torch = pytest.importorskip("torch")
    search = searching(dataclasses.replace(settings, clip_norm=None))
    point = torch.tensor(search.points[0].copy(), requires_grad=True)
    twin = getattr(torch.optim, name)([point], **options)
    for _ in range(200):
        asked = search.ask()
        np.testing.assert_allclose(asked[0], point.detach().numpy(), rtol=1e-12, atol=1e-12)
        losses, gradients = valley(asked)
        search.tell(asked, losses, gradients)
        point.grad = torch.tensor(gradients[0])
        twin.step()


def test_clipping_keeps_the_direction_and_small_gradients():
    gradients = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0], [3e200, 4e200]])
    clipped, norms = clip(gradients, 1.0)
    np.testing.assert_allclose(norms, [5.0, 0.5, 0.0, 5e200])
    np.testing.assert_allclose(clipped, [[0.6, 0.8], [0.3, 0.4], [0.0, 0.0], [0.6, 0.8]])
    np.testing.assert_array_equal(clip(gradients, None)[0], gradients)


@pytest.mark.parametrize("settings", [SGD(), Adam(), RMSProp(), Rprop()])
def test_starts_are_independent(settings):
    together = searching(dataclasses.replace(settings, population_size=3))
    alone = searching(settings)
    for _ in range(20):
        genomes, genome = together.ask(), alone.ask()
        np.testing.assert_array_equal(genomes[:1], genome)
        together.tell(genomes, *valley(genomes))
        alone.tell(genome, *valley(genome))


def test_a_lost_start_returns_to_its_best_point_with_half_the_step():
    search = searching(SGD(momentum=0.0, learning_rate=0.1, population_size=2))
    first = search.ask()
    search.tell(first, np.ones(2), np.full((2, 5), 0.01))
    second = search.ask()
    search.tell(second, np.array([0.9, np.nan]), np.full((2, 5), 0.01))
    third = search.ask()
    np.testing.assert_array_equal(third[1], first[1])
    np.testing.assert_allclose(third[0], second[0] - 0.1 * 0.01)
    search.tell(third, np.ones(2), np.full((2, 5), 0.01))
    np.testing.assert_allclose(search.ask()[1], first[1] - 0.5 * 1.05 * 0.1 * 0.01)


def test_a_gradient_that_is_not_finite_counts_like_a_loss():
    search = searching(Adam())
    first = search.ask()
    search.tell(first, np.ones(1), np.ones((1, 5)))
    gradients = np.ones((1, 5))
    gradients[0, 2] = np.inf
    search.tell(search.ask(), np.zeros(1), gradients)
    np.testing.assert_array_equal(search.ask(), first)
    np.testing.assert_array_equal(search.moments["mean"], 0.0)


def test_a_start_without_any_finite_loss_is_drawn_anew():
    search = searching(Adam(population_size=2))
    first = search.ask()
    search.tell(first, np.array([np.nan, 1.0]), np.ones((2, 5)))
    second = search.ask()
    assert np.abs(second[0] - first[0]).max() > 0.01
    assert np.abs(second[1] - first[1]).max() < 0.01


def steps(settings, count):
    """How far each of `count` steps goes, where every gradient is 1."""
    search = searching(settings, genes=1)
    points = []
    for _ in range(count + 1):
        points.append(search.ask()[0, 0])
        search.tell(np.array([[points[-1]]]), np.ones(1), np.ones((1, 1)))
    return -np.diff(points)


@pytest.mark.parametrize(
    ("schedule", "halfway", "end"),
    [
        ("constant", 1.0, 1.0),
        ("linear", 0.5, 0.0),
        ("cosine", 0.5, 0.0),
        ("exponential", 0.1, 0.01),
    ],
)
def test_the_learning_rate_follows_its_schedule_and_stays_at_its_end(schedule, halfway, end):
    settings = SGD(learning_rate=0.1, momentum=0.0, schedule=schedule, schedule_steps=20)
    rates = steps(settings, 25) / 0.1
    np.testing.assert_allclose(rates[[0, 10, 20, 24]], [1.0, halfway, end, end], atol=1e-12)


def test_a_learning_rate_warms_up():
    settings = SGD(learning_rate=0.1, momentum=0.0, warmup=4)
    np.testing.assert_allclose(steps(settings, 6) / 0.1, [0.25, 0.5, 0.75, 1.0, 1.0, 1.0])


def test_values_are_clipped_before_the_norm():
    search = searching(SGD(learning_rate=1.0, momentum=0.0, clip_value=0.5, clip_norm=None), 3)
    first = search.ask()
    search.tell(first, np.ones(1), np.array([[2.0, -0.25, -7.0]]))
    np.testing.assert_allclose(first - search.ask(), [[0.5, -0.25, -0.5]])


def test_a_schedule_without_an_end_is_named():
    with pytest.raises(ConfigurationError, match="'linear' needs schedule_steps"):
        SGD(schedule="linear")


def test_a_schedule_must_outlast_its_warmup():
    with pytest.raises(ConfigurationError, match=r"above warmup \(100\).*got 50"):
        SGD(schedule="linear", schedule_steps=50, warmup=100)

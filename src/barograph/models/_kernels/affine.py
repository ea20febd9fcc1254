"""The affine term structure model of Adrian, Crump and Moench, estimated by three regressions.

The states are principal components of zero yields. They follow a VAR(1); excess returns are regressed on the lagged states and
on their innovations; the prices of risk are what the cross-section of these regressions implies. Bond prices follow by a
recursion, with the prices of risk for the fitted yield, without them for the expected rate; the term premium is the difference.

Adrian, Crump and Moench (2013), doi 10.1016/j.jfineco.2013.04.009.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
#: Longest maturity in months, the months whose yields make the states, and those whose excess returns are regressed.
LONGEST = 120
FIRST = 3
HELD = (*range(6, 61, 6), 84, 120)
#: From yields in per cent a year to log rates a month.
MONTHLY = 1200.0


@dataclass(frozen=True, slots=True)
class Affine:
    """An estimated model; log rates a month (1 is 100 per cent a month).

    `centre` (118,) and `weights` (118, K): the states are weights' (y - centre) for yields y of 3 to 120 months, of unit
    variance in the sample. They follow X' = `mu` + `phi` X + v, v of covariance `sigma` (K, K), with prices of risk `lambda0`
    (K,) and `lambda1` (K, K) and the short rate `delta0` + `delta1`'X; `variance` of the pricing errors of excess returns; `n`
    pairs of months.
    """

    centre: Floats
    weights: Floats
    mu: Floats
    phi: Floats
    sigma: Floats
    lambda0: Floats
    lambda1: Floats
    delta0: float
    delta1: Floats
    variance: float
    n: int

    def states(self, yields: Floats) -> Floats:
        """States (T, K) of yields (T, 120) in per cent a year."""
        return np.asarray((yields[:, FIRST - 1 :] / MONTHLY - self.centre) @ self.weights)

    def loadings(self, risk_neutral: bool = False) -> tuple[Floats, Floats]:
        """Constant (120,) and slopes (120, K) of yields in per cent a year on the states.

        With the prices of risk, or with none of them: what investors who ask no premium would pay.
        """
        drift, turn = self.mu - self.lambda0, self.phi - self.lambda1
        if risk_neutral:
            drift, turn = self.mu, self.phi
        a, b = recursion(drift, turn, self.sigma, self.variance, self.delta0, self.delta1)
        scale = -MONTHLY / np.arange(1, LONGEST + 1)
        return scale * a, scale[:, None] * b

    def ahead(self, states: Floats, months: int) -> Floats:
        """States (T, K) that are expected some months ahead."""
        for _ in range(months):
            states = self.mu + states @ self.phi.T
        return states


def recursion(
    drift: Floats, turn: Floats, sigma: Floats, variance: float, delta0: float, delta1: Floats
) -> tuple[Floats, Floats]:
    """Log prices A_n + B_n'X of zero-coupon bonds of 1 to 120 months, shapes (120,) and (120, K).

    A_n = A_{n-1} + B_{n-1}'drift + (B_{n-1}' sigma B_{n-1} + variance)/2 - delta0, B_n' = B_{n-1}' turn - delta1', and at one
    month A = -delta0, B = -delta1: the first month is known, it has neither convexity nor error.
    """
    b = np.empty((LONGEST, delta1.size))
    b[0] = -delta1
    for n in range(1, LONGEST):
        b[n] = b[n - 1] @ turn - delta1
    step = np.full(LONGEST, -delta0)
    step[1:] += b[:-1] @ drift + 0.5 * (np.einsum("ni,ij,nj->n", b[:-1], sigma, b[:-1]) + variance)
    return np.cumsum(step), b


def fit(yields: Floats, follows: Bools | None = None, factors: int = 5) -> Affine:
    """The three regressions.

    Parameters
    ----------
    yields : (T, 120)
        Zero yields of 1 to 120 months, per cent a year, continuously compounded; a row a month, finite.
    follows : (T - 1,)
        Whether row t + 1 is the month after row t; None: all are. Excess returns and the VAR use these pairs only.

    Raises
    ------
    ValueError
        Another shape, fewer pairs than three times the regressors, or states that do not move.
    """
    if yields.ndim != 2 or yields.shape[1] != LONGEST:
        raise ValueError(f"yields of shape {yields.shape}: months 1 to {LONGEST} are asked")
    follows = np.ones(len(yields) - 1, dtype=bool) if follows is None else follows
    at = np.flatnonzero(follows)
    if at.size < 3 * (2 * factors + 1):
        raise ValueError(f"{at.size} pairs of months")
    y = yields / MONTHLY
    centre, weights = components(y[:, FIRST - 1 :], factors)
    x = (y[:, FIRST - 1 :] - centre) @ weights
    before, after = x[at], x[at + 1]
    ones = np.ones((at.size, 1))
    var = _least_squares(np.hstack([ones, before]), after)
    v = after - np.hstack([ones, before]) @ var
    sigma = v.T @ v / at.size
    months = np.array(HELD)
    rx = months * y[at][:, months - 1] - (months - 1) * y[at + 1][:, months - 2] - y[at][:, :1]
    design = np.hstack([ones, v, before])
    made = _least_squares(design, rx)
    error = rx - design @ made
    variance = float((error**2).mean())
    lambda0, lambda1 = prices_of_risk(made, sigma, variance, factors)
    short = _least_squares(np.hstack([np.ones((len(x), 1)), x]), y[:, :1])[:, 0]
    return Affine(
        centre, weights, var[0], var[1:].T, sigma, lambda0, lambda1, float(short[0]), short[1:], variance, at.size
    )


def prices_of_risk(made: Floats, sigma: Floats, variance: float, factors: int) -> tuple[Floats, Floats]:
    """lambda0 (K,) and lambda1 (K, K) from the coefficients (1 + 2K, N) of excess returns on a constant, v and X."""
    a, beta, c = made[0], made[1 : 1 + factors].T, made[1 + factors :].T
    convexity = 0.5 * (np.einsum("ni,ij,nj->n", beta, sigma, beta) + variance)
    both = _least_squares(beta, np.column_stack([a + convexity, c]))
    return both[:, 0], both[:, 1:]


def components(y: Floats, factors: int) -> tuple[Floats, Floats]:
    """Mean (m,) and weights (m, K) of the largest principal components of yields (T, m), scaled to unit variance.

    The sum of a component's weights is positive.
    """
    from scipy.linalg import eigh

    m = y.shape[1]
    centre = y.mean(axis=0)
    z = y - centre
    values, vectors = eigh(z.T @ z / len(y), subset_by_index=[m - factors, m - 1])
    if not values[0] > 1e-14 * values[-1]:
        raise ValueError(f"the yields have fewer than {factors} components")
    weights = vectors[:, ::-1] / np.sqrt(values[::-1])
    return centre, weights * np.where(weights.sum(axis=0) < 0.0, -1.0, 1.0)


def _least_squares(x: Floats, y: Floats) -> Floats:
    q, r = np.linalg.qr(x)
    return np.asarray(np.linalg.solve(r, q.T @ y))

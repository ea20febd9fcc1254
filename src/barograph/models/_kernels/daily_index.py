"""One daily factor behind weekly, monthly and quarterly figures: its likelihood and its filtered value.

x_t = rho x_(t-1) + e_t, Var e = 1 - rho^2, so that x has variance one. A figure of a period of D days that ends on day t is
y = beta (x_(t-D+1) + ... + x_t) / D + gamma y_before + u, Var u = sigma^2, where y_before is the figure of the period before it
(known, so it is no state). The sums are states that start afresh on each period's first day.

Aruoba, Diebold and Scotti (2009), doi 10.1198/jbes.2009.07205, with growth rates instead of trending levels: the change of a
stock over a period is a flow of it, and the growth of a flow is taken as one too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Where the persistence of a daily factor may lie: a half-life of three days to nineteen years.
_LOW, _HIGH = 0.8, 0.9999


@dataclass(frozen=True, slots=True)
class DailyData:
    """Figures by the day on which their period ends.

    `clock[i]` is the cumulator of series i (0 week, 1 month, 2 quarter). `first[t, c]` is whether day t is the first of a
    period of clock c; `length[t, c]` its days up to and with t. `values[t, i]` is the figure of the period that ends on day t,
    `before[t, i]` that of the period before; NaN where there is none. Shapes (T, 3), (T, 3), (T, n), (T, n).
    """

    clock: Ints
    first: NDArray[np.bool_]
    length: Floats
    values: Floats
    before: Floats


@dataclass(frozen=True, slots=True)
class DailyParams:
    """`rho` of the factor; `beta`, `gamma` and `sigma` of each series, shape (n,)."""

    rho: float
    beta: Floats
    gamma: Floats
    sigma: Floats

    def to_json(self) -> dict[str, object]:
        """As JSON values."""
        return {
            "rho": self.rho,
            "beta": self.beta.tolist(),
            "gamma": self.gamma.tolist(),
            "sigma": self.sigma.tolist(),
        }


@njit(cache=True)
def _run(
    clock: Ints,
    first: NDArray[np.bool_],
    length: Floats,
    values: Floats,
    before: Floats,
    rho: float,
    beta: Floats,
    gamma: Floats,
    sigma: Floats,
    level: Floats,
    spread: Floats,
) -> float:
    """Fill mean and variance of x_t given the figures of periods that ended by t; return the log-likelihood."""
    days, n = values.shape
    mean = np.zeros(4)
    cov = np.zeros((4, 4))
    cov[0, 0] = 1.0
    gain = np.zeros(4)
    noise = 1.0 - rho * rho
    total = 0.0
    for t in range(days):
        if t > 0:
            mean[0] *= rho
            for c in range(1, 4):
                keep = 0.0 if first[t, c - 1] else 1.0
                for d in range(1, c):
                    other = 0.0 if first[t, d - 1] else 1.0
                    cov[c, d] = keep * other * cov[c, d] + rho * (keep * cov[c, 0] + other * cov[d, 0])
                    cov[d, c] = cov[c, d]
            x = rho * rho * cov[0, 0] + noise
            for c in range(1, 4):
                keep = 0.0 if first[t, c - 1] else 1.0
                cov[c, c] = keep * (cov[c, c] + 2.0 * rho * cov[c, 0]) + x
                for d in range(1, c):
                    cov[c, d] += x
                    cov[d, c] = cov[c, d]
                mean[c] = keep * mean[c] + mean[0]
            for c in range(1, 4):
                keep = 0.0 if first[t, c - 1] else 1.0
                cov[c, 0] = keep * rho * cov[c, 0] + x
                cov[0, c] = cov[c, 0]
            cov[0, 0] = x
        else:
            mean[:] = 0.0
            cov[:] = 1.0
        for i in range(n):
            if np.isnan(values[t, i]) or np.isnan(before[t, i]):
                continue
            c = clock[i] + 1
            load = beta[i] / length[t, c - 1]
            error = values[t, i] - gamma[i] * before[t, i] - load * mean[c]
            variance = load * load * cov[c, c] + sigma[i] * sigma[i]
            for a in range(4):
                gain[a] = load * cov[a, c]
            for a in range(4):
                mean[a] += gain[a] * error / variance
                for b in range(4):
                    cov[a, b] -= gain[a] * gain[b] / variance
            total -= 0.5 * (math.log(2.0 * math.pi * variance) + error * error / variance)
        level[t], spread[t] = mean[0], cov[0, 0]
    return total


def filtered(data: DailyData, params: DailyParams) -> tuple[Floats, Floats, float]:
    """(mean, standard deviation) of x_t given the figures of all periods that ended by t, shape (T,), and the log-likelihood."""
    level, spread = np.empty(data.values.shape[0]), np.empty(data.values.shape[0])
    loglik = _run(
        data.clock,
        data.first,
        data.length,
        data.values,
        data.before,
        params.rho,
        params.beta,
        params.gamma,
        params.sigma,
        level,
        spread,
    )
    return level, np.sqrt(spread), float(loglik)


def fit(data: DailyData, sign: Floats, *, iterations: int = 60) -> tuple[DailyParams, float, bool]:
    """Maximum likelihood from one fixed start; (parameters, log-likelihood, whether it converged).

    Parameters
    ----------
    data
        Figures in standard deviations; a cell left out of the estimation is NaN.
    sign : (n,)
        Expected signs of the loadings: they choose between x and -x by the start.
    """
    from scipy.optimize import minimize  # a third of a second, which a day's reading need not pay

    n = sign.size
    start = np.concatenate([[_logit(0.985)], 0.6 * sign, np.full(n, 0.1), np.full(n, math.log(0.8))])

    def cost(theta: Floats) -> float:
        return -filtered(data, _params(theta, n))[2]

    made = minimize(cost, start, method="L-BFGS-B", options={"maxiter": iterations, "ftol": 1e-9})
    return _params(made.x, n), -float(made.fun), bool(made.success)


def _params(theta: Floats, n: int) -> DailyParams:
    share = 1.0 / (1.0 + math.exp(-float(theta[0])))
    return DailyParams(
        _LOW + (_HIGH - _LOW) * share,
        theta[1 : n + 1].copy(),
        np.tanh(theta[n + 1 : 2 * n + 1]),
        np.exp(theta[2 * n + 1 :]),
    )


def _logit(rho: float) -> float:
    share = (rho - _LOW) / (_HIGH - _LOW)
    return math.log(share / (1.0 - share))

"""Hamilton's autoregression around a mean that switches between two states: filter and maximum likelihood.

y_t - mu_(s_t) = sum_k phi_k (y_(t-k) - mu_(s_(t-k))) + N(0, sigma2), P(s_t = 0 | s_(t-1) = i) = stay_i. The filter runs over the
2^(p+1) histories of states that matter; the first has the chain's stationary distribution, and the likelihood is conditional
on the first p values.

Hamilton (1989), doi 10.2307/1912559.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Switching:
    """`to_zero` (2,): P(next is state 0 | state); `mean` (2,), state 0 the lower; `phi` (p,); `sigma2`."""

    to_zero: Floats
    mean: Floats
    phi: Floats
    sigma2: float

    @property
    def durations(self) -> tuple[float, float]:
        """Expected periods in state 0 and in state 1."""
        return 1.0 / (1.0 - float(self.to_zero[0])), 1.0 / float(self.to_zero[1])


@njit(cache=True)
def _filter(y: Floats, to_zero: Floats, mean: Floats, phi: Floats, sigma2: float, out: Floats) -> float:
    """Fill P(s_t = 0 | y to t), (T - p,); the log-likelihood. Bit k of a history is the state k periods ago."""
    p = phi.size
    count = 2 ** (p + 1)
    step = np.empty((2, 2))
    for i in range(2):
        step[i, 0], step[i, 1] = to_zero[i], 1.0 - to_zero[i]
    lowest = to_zero[1] / (1.0 - to_zero[0] + to_zero[1])
    chance = np.empty(count)
    for h in range(count):
        oldest = (h >> p) & 1
        chance[h] = lowest if oldest == 0 else 1.0 - lowest
        for k in range(p, 0, -1):
            chance[h] *= step[(h >> k) & 1, (h >> (k - 1)) & 1]
    constant = -0.5 * math.log(2.0 * math.pi * sigma2)
    new = np.empty(count)
    loglik = 0.0
    for t in range(p, y.size):
        if t > p:
            # The oldest state drops out, the newest comes in.
            for h in range(count):
                total = 0.0
                for dropped in range(2):
                    total += chance[(h >> 1) | (dropped << p)]
                new[h] = total * step[(h >> 1) & 1, h & 1]
            chance[:] = new
        total = 0.0
        for h in range(count):
            error = y[t] - mean[h & 1]
            for k in range(1, p + 1):
                error -= phi[k - 1] * (y[t - k] - mean[(h >> k) & 1])
            chance[h] *= math.exp(constant - 0.5 * error * error / sigma2)
            total += chance[h]
        if not total > 0.0:
            return -np.inf
        low = 0.0
        for h in range(count):
            chance[h] /= total
            if h & 1 == 0:
                low += chance[h]
        out[t - p] = low
        loglik += math.log(total)
    return loglik


def filtered(y: Floats, model: Switching) -> tuple[Floats, float]:
    """P(s_t = 0 | y to t) of each period from the (p+1)th on, shape (T - p,), and the log-likelihood."""
    out = np.empty(y.size - model.phi.size)
    loglik = _filter(y, model.to_zero, model.mean, model.phi, model.sigma2, out)
    return out, float(loglik)


def fit(y: Floats, lags: int, *, starts: int = 10, seed: int = 0) -> tuple[Switching, float, int]:
    """Maximum likelihood; (model, log-likelihood, how many starts reached it to 1e-3).

    Parameters
    ----------
    y : (T,)
        Finite.
    starts
        Means spread around the sample's own, persistence and autoregression drawn; deterministic in `seed`.

    Raises
    ------
    ValueError
        Fewer than five values per parameter, values that are none, or no start with a likelihood.
    """
    from scipy.optimize import minimize

    if y.size < 5 * (5 + lags) or not np.isfinite(y).all() or not y.std() > 0.0:
        raise ValueError(f"{y.size} values are too few for two states and {lags} lags, or they are none")
    rng = np.random.default_rng(seed)
    centre, scale = float(y.mean()), float(y.std())
    z = np.ascontiguousarray((y - centre) / scale)
    scratch = np.empty(z.size - lags)

    def cost(theta: Floats) -> float:
        m = _unpacked(theta, lags)
        # A likelihood of nought is far away, not infinitely: differences of infinities have no slope.
        return min(-_filter(z, m.to_zero, m.mean, m.phi, m.sigma2, scratch), 1e10)

    found: list[tuple[float, Floats]] = []
    for i in range(starts):
        low = -1.5 + 1.2 * (i % 3) / 2.0
        start = np.concatenate(
            [
                [_logit(rng.uniform(0.6, 0.9)), _logit(rng.uniform(0.03, 0.2)), low, math.log(0.4 - low)],
                [math.log(rng.uniform(0.3, 0.8))],
                rng.normal(0.0, 0.1, lags),
            ]
        )
        made = minimize(cost, start, method="L-BFGS-B", options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-7})
        if np.isfinite(made.fun):
            found.append((float(made.fun), np.asarray(made.x)))
    if not found:
        raise ValueError("no start led to an estimate")
    least, best = min(found, key=lambda f: f[0])
    m = _unpacked(best, lags)
    model = Switching(m.to_zero, m.mean * scale + centre, m.phi, m.sigma2 * scale * scale)
    return model, filtered(y, model)[1], sum(f - least < 1e-3 for f, _ in found)


def _unpacked(theta: Floats, lags: int) -> Switching:
    return Switching(
        1.0 / (1.0 + np.exp(-np.clip(theta[:2], -12.0, 12.0))),
        np.array([theta[2], theta[2] + math.exp(min(float(theta[3]), 5.0))]),
        theta[5 : 5 + lags].copy(),
        math.exp(max(float(theta[4]), -12.0)),
    )


def _logit(p: float) -> float:
    return math.log(p / (1.0 - p))

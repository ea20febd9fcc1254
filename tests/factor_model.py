"""The factor model written out densely: the joint normal distribution of every cell, for checking the banded kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from barograph.models._kernels.dfm import DfmParams, DfmShape

Floats = NDArray[np.float64]
#: As the kernel states them: months before the panel, the start's variance, the quarterly weights.
PAD, START, WEIGHTS = 4, 10.0, (1 / 3, 2 / 3, 1.0, 2 / 3, 1 / 3)


def factor_covariance(ar: Floats, q: float, months: int) -> Floats:
    """Cov of an autoregression whose first months are N(0, START), by inverting its recursion."""
    recursion = np.eye(months)
    for t in range(ar.size, months):
        for k, a in enumerate(ar, 1):
            recursion[t, t - k] = -a
    variance = np.full(months, q)
    variance[: ar.size] = START
    inverse = np.linalg.inv(recursion)
    return inverse @ np.diag(variance) @ inverse.T


def cell_covariance(shape: DfmShape, params: DfmParams, months: int) -> Floats:
    """Cov of all cells of a (months, n) panel, row by row; quarterly columns mean something in third months only."""
    whole, n = months + PAD, shape.n
    factors = [factor_covariance(params.ar[f], float(params.q[f]), whole) for f in range(shape.factors)]
    monthly = np.eye(whole)[PAD:]
    quarterly = sum(w * np.eye(whole, k=-k) for k, w in enumerate(WEIGHTS))[PAD:]  # type: ignore[index]
    out = np.zeros((months * n, months * n))
    apart = np.abs(np.subtract.outer(np.arange(months), np.arange(months)))
    for i in range(n):
        left = monthly if i < shape.n_monthly else quarterly
        for j in range(n):
            right = monthly if j < shape.n_monthly else quarterly
            block = np.zeros((months, months))
            for f in range(shape.factors):
                both = shape.blocks[i, f] and shape.blocks[j, f]
                block += both * params.loadings[i, f] * params.loadings[j, f] * left @ factors[f] @ right.T
            if i == j:
                steps = apart if i < shape.n_monthly else apart // 3
                block += params.sigma2[i] / (1 - params.rho[i] ** 2) * params.rho[i] ** steps
            out[i::n, j::n] = block
    return out


def random_model(seed: int, n_monthly: int = 4, n_quarterly: int = 1, lags: int = 2) -> tuple[DfmShape, DfmParams]:
    """Two blocks, stationary factors, any signs."""
    rng = np.random.default_rng(seed)
    n = n_monthly + n_quarterly
    blocks = np.column_stack([np.ones(n, bool), np.arange(n) % 2 == 0])
    ar = np.column_stack([rng.uniform(-0.3, 0.6, 2)] + ([rng.uniform(-0.2, 0.2, 2)] if lags == 2 else []))
    params = DfmParams(
        rng.normal(size=(n, 2)) * blocks,
        ar,
        rng.uniform(0.3, 1.0, 2),
        rng.uniform(-0.6, 0.8, n),
        rng.uniform(0.3, 1.0, n),
    )
    return DfmShape(n_monthly, n_quarterly, blocks, lags), params


def random_panel(seed: int, shape: DfmShape, months: int, missing: float) -> Floats:
    """Noise with holes; quarterly columns have values in third months only."""
    rng = np.random.default_rng(seed)
    panel = rng.normal(size=(months, shape.n))
    panel[rng.random(panel.shape) < missing] = np.nan
    panel[np.arange(months) % 3 != 2, shape.n_monthly :] = np.nan
    return panel


def simulated(shape: DfmShape, params: DfmParams, months: int, seed: int) -> tuple[Floats, Floats]:
    """A draw from the model: the panel and its factors."""
    rng = np.random.default_rng(seed)
    factors = np.zeros((months + PAD, shape.factors))
    for t in range(2, months + PAD):
        past = sum(params.ar[:, k] * factors[t - 1 - k] for k in range(shape.lags))
        factors[t] = past + rng.normal(size=shape.factors) * np.sqrt(params.q)
    spread = np.sqrt(params.sigma2 / (1 - params.rho**2))
    parts = np.zeros((months, shape.n))
    parts[0] = rng.normal(size=shape.n) * spread
    for t in range(1, months):
        parts[t] = params.rho * parts[t - 1] + rng.normal(size=shape.n) * np.sqrt(params.sigma2)
    panel = np.full((months, shape.n), np.nan)
    monthly = shape.n_monthly
    panel[:, :monthly] = factors[PAD:] @ params.loadings[:monthly].T + parts[:, :monthly]
    mixed = sum(w * factors[PAD - k : months + PAD - k] for k, w in enumerate(WEIGHTS))
    for quarter, t in enumerate(range(2, months, 3)):
        panel[t, monthly:] = params.loadings[monthly:] @ mixed[t] + parts[quarter, monthly:]  # type: ignore[index]
    return panel, factors[PAD:]

"""Invented zero yields of par yields that walk."""

from __future__ import annotations

import numpy as np

from barograph.models._kernels.affine import LONGEST
from barograph.models._kernels.discount import zero_from_par

YEARS = np.array([0.25, 0.5, 1.0, 2.0, 5.0, 7.0, 10.0, 20.0, 30.0])


def invented(days: int, seed: int = 0) -> np.ndarray:
    """Zero yields (days, 120) of par yields that walk."""
    rng = np.random.default_rng(seed)
    x = np.zeros((days, 6))
    for t in range(1, days):
        x[t] = [0.999, 0.998, 0.997, 0.99, 0.98, 0.9] * x[t - 1] + rng.normal(0.0, [0.06, 0.04, 0.03, 0.03, 0.02, 0.02])
    n = np.log1p(YEARS)
    shape = np.stack([np.ones_like(n), -1 / (1 + n), n * np.exp(-n), np.cos(n), np.cos(2 * n), np.cos(3 * n)])
    par = 5.0 + x @ shape + rng.normal(0.0, 0.01, (days, YEARS.size))
    return zero_from_par(YEARS, par, np.arange(1, LONGEST + 1) / 12.0)

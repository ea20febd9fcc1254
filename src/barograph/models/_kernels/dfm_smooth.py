"""Smoothing given parameters: factors, their joint covariance, forecasts of any cell, and the log-likelihood."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve_banded, cholesky_banded

from barograph.models._kernels._banded import add_information, add_precision, squared_errors
from barograph.models._kernels.dfm_system import (
    MARIANO_MURASAWA,
    PAD,
    PERIOD,
    DfmParams,
    DfmShape,
    Equations,
    Floats,
    Pattern,
    equations,
    pattern_of,
    targets,
)


@dataclass(frozen=True)
class Solved:
    """The equations at one pattern and one set of parameters, factorised once and solved for many panels."""

    pattern: Pattern
    params: DfmParams
    made: tuple[Equations, ...]
    factor: Floats

    @classmethod
    def of(cls, pattern: Pattern, params: DfmParams) -> Solved:
        """Build and factorise."""
        made = equations(pattern, params)
        band = np.zeros((pattern.width + 1, pattern.size))
        for e in made:
            add_precision(band, e.index, e.coefficient, e.variance)
        return cls(pattern, params, made, cholesky_banded(band, overwrite_ab=True, lower=True, check_finite=False))

    def solve(self, right: Floats) -> Floats:
        """P^{-1} times columns: (size, c)."""
        return np.asarray(cho_solve_banded((self.factor, True), right, check_finite=False))

    def means(self, panel: Floats) -> Floats:
        """Smoothed unknowns (size, c) of one (T, n) or several (T, n, c) panels of this pattern."""
        right = np.zeros((self.pattern.size, panel.shape[2] if panel.ndim == 3 else 1))
        for e, r in zip(self.made, targets(self.pattern, self.params, panel), strict=False):
            add_information(right, e.index, e.coefficient, e.variance, r)
        return self.solve(right)

    def loglik(self, panel: Floats, mean: Floats) -> float:
        """log p(panel), with the unknowns integrated out, at their smoothed mean."""
        observed = targets(self.pattern, self.params, panel)
        zeros = np.zeros(self.pattern.months + PAD)
        quadratic, logs = 0.0, 2.0 * float(np.log(self.factor[0]).sum())
        for n, e in enumerate(self.made):
            r = observed[n][:, 0] if n < len(observed) else zeros
            quadratic += squared_errors(e.index, e.coefficient, e.variance, np.ascontiguousarray(r), mean)
            logs += float(np.log(e.variance).sum())
        return -0.5 * (self.pattern.series.size * math.log(2.0 * math.pi) + logs + quadratic)

    def functional(self, t: int, i: int) -> tuple[Floats, Floats, float]:
        """A cell as weights on the unknowns (size,), weights on the panel (T, n) flattened to its column (T,), and the
        variance of what neither determines."""
        shape, params, b = self.pattern.shape, self.params, self.pattern.shape.factors
        monthly = i < shape.n_monthly
        span, weights_in = (1, (1.0,)) if monthly else (PERIOD[1], MARIANO_MURASAWA)
        h, own = np.zeros(self.pattern.size), np.zeros(self.pattern.months)
        loads = np.flatnonzero(shape.blocks[i])

        def add(month: int, factor: float) -> None:
            for k, weight in enumerate(weights_in):
                h[(month + PAD - k) * b + loads] += factor * weight * params.loadings[i, loads]

        add(t, 1.0)
        months = self.pattern.month[self.pattern.series == i]
        rho, stationary = float(params.rho[i]), float(params.sigma2[i] / (1.0 - params.rho[i] ** 2))
        left, right = months[months <= t], months[months >= t]
        weights: list[tuple[int, float]] = []
        variance = stationary
        if left.size and right.size:
            a, c = (t - int(left[-1])) // span, (int(right[0]) - t) // span
            if a == 0:
                weights, variance = [(t, 1.0)], 0.0
            else:
                whole = 1.0 - rho ** (2 * (a + c))
                weights = [
                    (int(left[-1]), rho**a * (1.0 - rho ** (2 * c)) / whole),
                    (int(right[0]), rho**c * (1.0 - rho ** (2 * a)) / whole),
                ]
                variance = stationary * (1.0 - rho ** (2 * a)) * (1.0 - rho ** (2 * c)) / whole
        elif left.size or right.size:
            at = int(left[-1]) if left.size else int(right[0])
            carried = rho ** (abs(t - at) // span)
            weights, variance = [(at, carried)], stationary * (1.0 - carried * carried)
        for at, weight in weights:
            own[at] += weight
            add(at, -weight)
        return h, own, variance


@dataclass(frozen=True)
class Smoothed:
    """What a panel says of the unknowns. `factors` (T, b) is E[f_t | panel]; `loglik` that of the panel."""

    solved: Solved
    panel: Floats
    mean: Floats
    factors: Floats
    loglik: float

    def covariance(self, block: int, months: Sequence[int]) -> Floats:
        """Cov of one block's factor in several months given the panel, (k, k)."""
        at = [(t + PAD) * self.solved.pattern.shape.factors + block for t in months]
        right = np.zeros((self.solved.pattern.size, len(at)))
        right[at, range(len(at))] = 1.0
        return self.solved.solve(right)[at]

    def factors_of(self, panels: Floats) -> Floats:
        """E[f_t | panel] for several panels with values in the same cells: (T, n, c) gives (T, b, c)."""
        shape = self.solved.pattern.shape
        means = self.solved.means(panels)
        return means.reshape(-1, shape.factors, panels.shape[2])[PAD:]

    def cell(self, t: int, i: int) -> tuple[float, float]:
        """Mean and variance of a cell given the panel; an observed monthly cell is known, its variance 0."""
        h, own, variance = self.solved.functional(t, i)
        column = np.nan_to_num(self.panel[:, i])
        mean = float(h @ self.mean + own @ column)
        return mean, float(h @ self.solved.solve(h[:, None])[:, 0]) + variance


def smooth(panel: Floats, shape: DfmShape, params: DfmParams) -> Smoothed:
    """E[unknowns | panel] by one banded Cholesky factorisation.

    Parameters
    ----------
    panel : (T, n)
        Standardised, NaN where missing; append empty rows to forecast.
    """
    pattern = pattern_of(panel, shape)
    solved = Solved.of(pattern, params)
    mean = solved.means(panel)[:, 0]
    factors = mean.reshape(-1, shape.factors)[PAD:]
    return Smoothed(solved, panel, mean, factors, solved.loglik(panel, mean))

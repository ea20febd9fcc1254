"""Does a level return to its mean: AR(1) half-life, unit-root test, variance ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class HalfLife:
    """AR(1) slope corrected for Kendall's bias, and the half-life in steps with its interval.

    `steps`, `low` and `high` are None where the slope (or that end of its interval) is not between 0 and 1: no return
    to a mean at that value.
    """

    phi: float
    steps: float | None
    low: float | None
    high: float | None
    n: int


def half_life(levels: Floats, level: float = 0.90) -> HalfLife:
    """Half-life of deviations from the mean, -ln 2 / ln phi, of x_t = a + phi x_{t-1} + e_t.

    The least-squares slope is too small by (1 + 3 phi)/n on average (Kendall 1954, doi 10.2307/2332719) and is
    corrected; the interval is the corrected slope -+ z times its least-squares standard error, carried through the
    transform.

    Parameters
    ----------
    levels
        Levels, oldest first; shape (n + 1,) with n >= 20.
    level
        Probability of the interval.
    """
    x, y = levels[:-1] - levels[:-1].mean(), levels[1:] - levels[1:].mean()
    n, spread = x.size, float(x @ x)
    if n < 20 or not spread > 0.0:
        raise ValueError(f"half-life of {n} steps without spread")
    slope = float(x @ y) / spread
    rest = y - slope * x
    error = math.sqrt(float(rest @ rest) / (n - 2) / spread)
    phi = slope + (1.0 + 3.0 * slope) / n
    z = _NORMAL.inv_cdf(0.5 + level / 2.0)
    low, high = phi - z * error, phi + z * error
    return HalfLife(phi, _steps(phi), 0.0 if low <= 0.0 else _steps(low), _steps(high), n)


def _steps(phi: float) -> float | None:
    return -math.log(2.0) / math.log(phi) if 0.0 < phi < 1.0 else None


@dataclass(frozen=True, slots=True)
class UnitRoot:
    """Augmented Dickey-Fuller test with a constant: t statistic, its p value, critical values at 1, 5 and 10 %."""

    statistic: float
    p: float
    critical: tuple[float, float, float]
    lags: int
    n: int


#: Response surfaces of the critical values, constant, no trend: MacKinnon (2010), Queen's Economics Department
#: Working Paper 1227, table 2: b_inf + b_1/T + b_2/T^2 + b_3/T^3.
_CRITICAL = (
    (-3.43035, -6.5393, -16.786, -79.433),
    (-2.86154, -2.8903, -4.234, -40.040),
    (-2.56677, -1.5384, -2.809, 0.0),
)
#: p values, same case: MacKinnon (1994), doi 10.1080/07350015.1994.10510005: Phi of a polynomial in the statistic, one
#: for the lower tail (up to -1.61), one for the rest.
_P_LOWER, _P_UPPER = (2.1659, 1.4412, 0.038269), (1.7339, 0.93202, -0.12745, -0.010368)
_P_SPLIT, _P_FLOOR, _P_CEILING = -1.61, -18.83, 2.74


def unit_root(levels: Floats, lags: int) -> UnitRoot:
    """Test of a unit root in dx_t = a + b x_{t-1} + sum_{i<=lags} c_i dx_{t-i} + e_t; the statistic is b's t value.

    Dickey, Fuller (1979), doi 10.1080/01621459.1979.10482531; Said, Dickey (1984), doi 10.1093/biomet/71.3.599.
    """
    steps = np.diff(levels)
    n = steps.size - lags
    if n <= lags + 12:
        raise ValueError(f"{levels.size} levels are too few for {lags} lags")
    columns = [levels[lags:-1], np.ones(n), *(steps[lags - i : steps.size - i] for i in range(1, lags + 1))]
    design, target = np.column_stack(columns), steps[lags:]
    # Deviations from the mean keep the squares of a price of some thousands from eating the digits.
    design[:, 0] -= design[:, 0].mean()
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ (design.T @ target)
    rest = target - design @ beta
    variance = float(rest @ rest) / (n - design.shape[1])
    statistic = float(beta[0] / math.sqrt(variance * inverse[0, 0]))
    low, middle, high = (b[0] + b[1] / n + b[2] / n**2 + b[3] / n**3 for b in _CRITICAL)
    return UnitRoot(statistic, _p(statistic), (low, middle, high), lags, n)


def _p(statistic: float) -> float:
    if statistic > _P_CEILING:
        return 1.0
    if statistic < _P_FLOOR:
        return 0.0
    powers = _P_LOWER if statistic <= _P_SPLIT else _P_UPPER
    return _NORMAL.cdf(math.fsum(c * statistic**i for i, c in enumerate(powers)))


@dataclass(frozen=True, slots=True)
class VarianceRatio:
    """VR(q), its heteroskedasticity-robust z, and the interval ratio -+ z_level sqrt(theta); n one-step changes."""

    ratio: float
    z: float
    low: float
    high: float
    q: int
    n: int


def variance_ratio(levels: Floats, q: int, level: float = 0.95) -> VarianceRatio:
    """Variance of q-step changes over q times that of one-step changes: above 1 trend, below 1 return to the mean.

    VR = s2_q / s2_1, s2_1 = sum (dx - mu)^2/(n - 1), s2_q = sum (x_t - x_{t-q} - q mu)^2 / [q (n - q + 1)(1 - q/n)];
    z = (VR - 1)/sqrt(theta), theta = sum_j (2 (q - j)/q)^2 delta_j, delta_j = sum e_t^2 e_{t-j}^2 / (sum e_t^2)^2.
    Lo, MacKinlay (1988), doi 10.1093/rfs/1.1.41.

    Parameters
    ----------
    levels
        Log prices, or levels of a yield or spread, oldest first; shape (n + 1,).
    q
        Steps, at least 2 and at most n/2.
    level
        Probability of the interval.
    """
    e = np.diff(levels)
    n = e.size
    if not 2 <= q <= n // 2:
        raise ValueError(f"{q} steps among {n} changes")
    mu = float(levels[-1] - levels[0]) / n
    e = e - mu
    square = e * e
    total = float(square.sum())
    if not total > 0.0:
        raise ValueError("changes without spread")
    long = levels[q:] - levels[:-q] - q * mu
    ratio = float(long @ long) / (q * (n - q + 1) * (1.0 - q / n)) / (total / (n - 1))
    theta = math.fsum((2.0 * (q - j) / q) ** 2 * float(square[j:] @ square[:-j]) / total**2 for j in range(1, q))
    error = math.sqrt(theta)
    half = _NORMAL.inv_cdf(0.5 + level / 2.0) * error
    return VarianceRatio(ratio, (ratio - 1.0) / error, ratio - half, ratio + half, q, n)

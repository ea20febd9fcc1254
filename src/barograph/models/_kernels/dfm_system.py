"""The dynamic factor model as sparse Gaussian equations: what is unknown, what is observed, with which precision.

Only the factors are unknown. The idiosyncratic parts are eliminated: between two months in which a series is observed, k of its
periods apart, an AR(1) moves by rho^k and a normal of variance sigma2 (1 - rho^2k)/(1 - rho^2), so that each observed value
gives one equation in the factors of a few months. That is exact for any pattern of missing values, and the precision of all
factors together is banded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Weights of the monthly growth rates, newest first, in a quarter's growth of the mean level: Mariano and Murasawa (2003).
MARIANO_MURASAWA = (1.0 / 3.0, 2.0 / 3.0, 1.0, 2.0 / 3.0, 1.0 / 3.0)
#: Months before the panel in which factors and quarterly parts begin: a quarter's growth reaches back four.
PAD = 4
#: Variance of the factors' first months: wide against data of unit variance.
START = 10.0
#: Months of a period, for monthly and for quarterly columns.
PERIOD = (1, 3)


@dataclass(frozen=True, slots=True)
class DfmShape:
    """`n_monthly` columns, then `n_quarterly`; `blocks` bool (n, b): which block's factor a series loads on; `lags` 1 or 2."""

    n_monthly: int
    n_quarterly: int
    blocks: Bools
    lags: int

    def __post_init__(self) -> None:
        if self.blocks.shape[0] != self.n or not self.blocks.any(axis=1).all() or self.lags not in (1, 2):
            raise ValueError(f"{self.n} series, blocks {self.blocks.shape}, {self.lags} lags: not a factor model")

    @property
    def n(self) -> int:
        return self.n_monthly + self.n_quarterly

    @property
    def factors(self) -> int:
        return int(self.blocks.shape[1])


@dataclass(frozen=True, slots=True)
class DfmParams:
    """Loadings (n, b), factor autoregressions (b, p) with shock variances q (b,), idiosyncratic rho and sigma2 (n,)."""

    loadings: Floats
    ar: Floats
    q: Floats
    rho: Floats
    sigma2: Floats

    def to_json(self) -> dict[str, Any]:
        """Nested lists; the numbers come back bit for bit."""
        names = ("loadings", "ar", "q", "rho", "sigma2")
        return {name: getattr(self, name).tolist() for name in names}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> DfmParams:
        """What `to_json` wrote."""
        return cls(**{name: np.array(value, dtype=np.float64) for name, value in body.items()})


@dataclass(frozen=True)
class Group:
    """Values that reach over equally many months: their stretch in the pattern, and what they observe.

    `index` (m, 2 h) are the factors of a value and of the one before it, -1 where there is none: h for each, column c being of
    block c mod b. `weight` is what multiplies their loading.
    """

    rows: slice
    index: Ints
    weight: Floats


@dataclass(frozen=True)
class Pattern:
    """Where a (`months`, n) panel has values: per value its series, month, the month of the series' value before it (-1: none)
    and the distance in the series' own periods (0: none).

    Monthly values come first, `groups` holds them and the quarterly ones. `width` is the half-bandwidth of the precision.
    """

    shape: DfmShape
    months: int
    series: Ints
    month: Ints
    before: Ints
    gap: Ints
    groups: tuple[Group, ...]
    width: int

    @property
    def size(self) -> int:
        """How many unknowns: a factor per block and month, PAD months earlier than the panel."""
        return (self.months + PAD) * self.shape.factors


def pattern_of(panel: Floats, shape: DfmShape) -> Pattern:
    """The pattern of a (T, n) panel with NaN for what is missing; quarterly columns hold values three months apart.

    Raises
    ------
    ValueError
        Values of a quarterly column are not whole quarters apart.
    """
    series, month = np.nonzero(np.isfinite(panel).T)
    before = np.full(month.size, -1, dtype=np.int64)
    same = series[1:] == series[:-1]
    before[1:][same] = month[:-1][same]
    apart = np.where(before < 0, 0, month - before)
    quarterly = series >= shape.n_monthly
    if (apart[quarterly] % PERIOD[1]).any():
        raise ValueError("values of a quarterly column that are not whole quarters apart")
    gap = np.where(quarterly, apart // PERIOD[1], apart)
    reach = apart + np.where(quarterly, len(MARIANO_MURASAWA) - 1, 0)
    lags = max(shape.lags, int(reach.max(initial=0)))
    first = int(np.count_nonzero(~quarterly))
    groups = [_group(shape, series, month, before, slice(0, first), (1.0,))]
    if first < series.size:
        groups.append(_group(shape, series, month, before, slice(first, series.size), MARIANO_MURASAWA))
    return Pattern(shape, panel.shape[0], series, month, before, gap, tuple(groups), (lags + 1) * shape.factors - 1)


def _group(shape: DfmShape, series: Ints, month: Ints, before: Ints, rows: slice, shares: tuple[float, ...]) -> Group:
    b, lags = shape.factors, len(shares)
    series, month, before = series[rows], month[rows], before[rows]
    index = np.full((series.size, 2 * lags * b), -1, dtype=np.int64)
    weight = np.zeros(index.shape)
    for half, at in enumerate((month, before)):
        for k, share in enumerate(shares):
            for f in range(b):
                there = shape.blocks[series, f] & (at >= 0)
                column = (half * lags + k) * b + f
                index[there, column] = (at[there] + PAD - k) * b + f
                weight[there, column] = share
    return Group(rows, index, weight)


@dataclass(frozen=True)
class Equations:
    """h'x = r + N(0, v), equations of equally many terms: the groups of the pattern, then the factors' own dynamics."""

    index: Ints
    coefficient: Floats
    variance: Floats


def bridge(rho: Floats, gap: Ints) -> tuple[Floats, Floats]:
    """rho^k and (1 - rho^2k)/(1 - rho^2) of an AR(1) over a gap of k periods; 0 and 1/(1 - rho^2) for a first value."""
    rho_, gap_ = np.broadcast_arrays(rho, gap)
    carried = np.where(gap_ == 0, 0.0, rho_)
    # Nearly every gap is one period; a power costs as much as the rest of an iteration.
    far = gap_ > 1
    carried[far] = rho_[far] ** gap_[far]
    return carried, (1.0 - carried * carried) / (1.0 - rho * rho)


def changing(group: Group, carried: Floats) -> Floats:
    """The weights of x_t - rho^k x_{t-k} on the factors, without loadings; `carried` of the whole pattern."""
    half = group.weight.shape[1] // 2
    out = group.weight.copy()
    out[:, half:] *= -carried[group.rows, None]
    return out


def loaded(pattern: Pattern, group: Group, weight: Floats, loadings: Floats) -> Floats:
    """Weights times the loading of each value's series on each column's block."""
    blocks = np.arange(weight.shape[1]) % pattern.shape.factors
    return weight * loadings[pattern.series[group.rows]][:, blocks]


def equations(pattern: Pattern, params: DfmParams) -> tuple[Equations, ...]:
    """The model's equations at these parameters."""
    b = pattern.shape.factors
    carried, spread = bridge(params.rho[pattern.series], pattern.gap)
    variance = params.sigma2[pattern.series] * spread
    out = [
        Equations(g.index, loaded(pattern, g, changing(g, carried), params.loadings), variance[g.rows])
        for g in pattern.groups
    ]
    for f in range(b):
        column = np.arange(pattern.months + PAD) * b + f
        out.append(_dynamics(column, params.ar[f], float(params.q[f])))
    return tuple(out)


def _dynamics(column: Ints, ar: Floats, shock: float) -> Equations:
    """f_t - sum_k ar_k f_{t-k} = N(0, shock); the first months are N(0, START)."""
    p = ar.size
    index = np.full((column.size, p + 1), -1, dtype=np.int64)
    coefficient = np.zeros((column.size, p + 1))
    index[:, 0], coefficient[:, 0] = column, 1.0
    for k in range(1, p + 1):
        index[p:, k], coefficient[p:, k] = column[p - k : column.size - k], -ar[k - 1]
    variance = np.full(column.size, shock)
    variance[:p] = START
    return Equations(index, coefficient, variance)


def targets(pattern: Pattern, params: DfmParams, panel: Floats) -> tuple[Floats, ...]:
    """r of the pattern's groups for a panel of this pattern, or for several: (T, n) or (T, n, c) gives (m, c) each.

    The factors' own dynamics have r = 0.
    """
    cube = panel if panel.ndim == 3 else panel[:, :, None]
    carried, _ = bridge(params.rho[pattern.series], pattern.gap)
    now = cube[pattern.month, pattern.series]
    was = cube[np.maximum(pattern.before, 0), pattern.series]
    seen = now - carried[:, None] * np.where(pattern.gap[:, None] > 0, was, 0.0)
    return tuple(seen[g.rows] for g in pattern.groups)

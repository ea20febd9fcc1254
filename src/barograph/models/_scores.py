"""Scores of probabilities, forecasts and intervals, each with the uncertainty of its own estimate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def auroc(score: Floats, label: Bools) -> float:
    """P(a positive's score exceeds a negative's), ties counting half: Mann-Whitney's U over n1 n0.

    >>> auroc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75

    Raises
    ------
    ValueError
        One of the two classes is empty.
    """
    positive = int(label.sum())
    negative = label.size - positive
    if not positive or not negative:
        raise ValueError(f"{positive} positives and {negative} negatives: no ranking")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2.0
    total = float(ranks[inverse][label].sum())
    return (total - positive * (positive + 1) / 2.0) / (positive * negative)


def bootstrap_auroc(
    score: Floats, label: Bools, *, block: int = 12, draws: int = 2000, level: float = 0.90, seed: int = 20_240_331
) -> tuple[float, float]:
    """Percentile interval of the AUROC under a circular block bootstrap; draws without both classes are drawn again.

    Blocks keep the runs of a recession together: months are far from independent.
    Politis and Romano (1992); Kunsch (1989), doi 10.1214/aos/1176347265.

    Parameters
    ----------
    block
        Length of a block in observations.
    """
    rng = np.random.default_rng(seed)
    n = label.size
    pieces = math.ceil(n / block)
    out: list[float] = []
    while len(out) < draws:
        at = (rng.integers(0, n, pieces)[:, None] + np.arange(block)).ravel()[:n] % n
        if 0 < int(label[at].sum()) < n:
            out.append(auroc(score[at], label[at]))
    edge = (1.0 - level) / 2.0
    low, high = np.quantile(out, [edge, 1.0 - edge])
    return float(low), float(high)


def brier(probability: Floats, label: Bools) -> float:
    """Mean squared error of probabilities in 0..1. Brier (1950).

    >>> brier(np.array([0.9, 0.2]), np.array([True, False]))
    0.025
    """
    return round(float(np.mean((probability - label) ** 2)), 15)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Brier score = miscalibration - discrimination + uncertainty, after recalibration by isotonic regression; `steps` are
    (mean forecast, observed share, n) of its levels. Dimitriadis, Gneiting and Jordan (2021), doi 10.1073/pnas.2016191118."""

    miscalibration: float
    discrimination: float
    uncertainty: float
    steps: tuple[tuple[float, float, int], ...]


def calibration(probability: Floats, label: Bools) -> Calibration:
    """The CORP decomposition."""
    order = np.argsort(probability, kind="stable")
    p, y = probability[order], label[order].astype(float)
    # Equal forecasts are one block from the start.
    _, starts, counts = np.unique(p, return_index=True, return_counts=True)
    blocks = [
        [float(y[s : s + c].mean()), int(c), float(p[s : s + c].sum())] for s, c in zip(starts, counts, strict=True)
    ]
    merged: list[list[float]] = []
    for share, count, total in blocks:
        merged.append([share, count, total])
        while len(merged) > 1 and merged[-2][0] >= merged[-1][0]:
            last = merged.pop()
            n = merged[-1][1] + last[1]
            merged[-1] = [(merged[-1][0] * merged[-1][1] + last[0] * last[1]) / n, n, merged[-1][2] + last[2]]
    fitted = np.repeat([m[0] for m in merged], [int(m[1]) for m in merged])
    base = float(y.mean())
    score, best, constant = (float(np.mean((f - y) ** 2)) for f in (p, fitted, np.full(y.size, base)))
    steps = tuple((m[2] / m[1], m[0], int(m[1])) for m in merged)
    return Calibration(score - best, constant - best, constant, steps)


def diebold_mariano(first: Floats, second: Floats, horizon: int = 1) -> tuple[float, float]:
    """Statistic and two-sided p-value of equal squared error, with the small-sample correction.

    d = e1^2 - e2^2; DM = mean(d) / sqrt(V/n), V by the first horizon - 1 autocovariances; times
    sqrt((n + 1 - 2h + h(h-1)/n)/n), against Student's t with n - 1 degrees of freedom. Negative: the first is better.
    Diebold and Mariano (1995), doi 10.1080/07350015.1995.10524599; Harvey, Leybourne and Newbold (1997), doi
    10.1016/S0169-2070(96)00719-4.
    """
    from scipy.stats import t as student

    d = first**2 - second**2
    n = d.size
    if n < 2 * horizon + 2 or not d.std() > 0.0:
        return math.nan, math.nan
    centred = d - d.mean()
    variance = float(centred @ centred) / n
    products = [float(centred[k:] @ centred[:-k]) / n for k in range(1, horizon)]
    alone = variance
    variance += 2.0 * sum(products)
    if not variance > 0.0:  # the truncated sum of autocovariances need not be positive; with Bartlett's weights it is
        variance = alone + 2.0 * sum((1.0 - k / horizon) * c for k, c in enumerate(products, start=1))
    factor = math.sqrt((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n)
    statistic = factor * float(d.mean()) / math.sqrt(variance / n)
    return statistic, float(2.0 * student.sf(abs(statistic), n - 1))


def clopper_pearson(hits: float, n: int, level: float = 0.90) -> tuple[float, float]:
    """Exact interval of a binomial share, 0..1; hits need not be whole, as the mean of several counts.

    Clopper and Pearson (1934), doi 10.1093/biomet/26.4.404.

    >>> [round(v, 4) for v in clopper_pearson(0, 10, 0.95)]
    [0.0, 0.3085]
    """
    from scipy.stats import beta

    if not 0 <= hits <= n or n < 1:
        raise ValueError(f"{hits} of {n}")
    edge = (1.0 - level) / 2.0
    low = 0.0 if hits == 0 else float(beta.ppf(edge, hits, n - hits + 1))
    high = 1.0 if hits == n else float(beta.ppf(1.0 - edge, hits + 1, n - hits))
    return low, high


def mean_test(differences: Floats, lags: int) -> tuple[float, float]:
    """(statistic, two-sided p) of a mean of nought, standard error by Bartlett weights on `lags` autocovariances.

    On differences of two forecasts' scores: equal predictive ability, Giacomini and White (2006), doi
    10.1111/j.1468-0262.2006.00718.x, unconditional form. Newey and West (1987), doi 10.2307/1913610. NaN where they do not
    vary.
    """
    from statistics import NormalDist

    n = differences.size
    if n < 2 * lags + 2 or not differences.std() > 0.0:
        return math.nan, math.nan
    centred = differences - differences.mean()
    variance = float(centred @ centred) / n
    for k in range(1, lags + 1):
        variance += 2.0 * (1.0 - k / (lags + 1)) * float(centred[k:] @ centred[:-k]) / n
    if not variance > 0.0:
        return math.nan, math.nan
    statistic = float(differences.mean()) / math.sqrt(variance / n)
    return statistic, 2.0 * (1.0 - NormalDist().cdf(abs(statistic)))


def cosine_test(differences: Floats, overlap: int) -> tuple[float, float, float]:
    """(statistic, two-sided p, degrees of freedom) of a mean of nought where neighbours overlap.

    The long-run variance is the mean of squared weights on the first cosines, against Student's t with as many degrees of
    freedom: as many as 0.4 n^(2/3), but waves no shorter than four times the overlap. Under a Newey-West variance the test of
    overlapping outcomes rejects too often. Lazarus, Lewis, Stock and Watson (2018), doi 10.1080/07350015.2018.1506926. NaN
    where there are under two cosines or no variation.

    Parameters
    ----------
    overlap
        How many neighbours share part of their outcome, 1 where none do.
    """
    from scipy.special import stdtr

    n = differences.size
    count = int(min(0.4 * n ** (2.0 / 3.0), n / (2.0 * overlap)))
    if count < 2 or not differences.std() > 0.0:
        return math.nan, math.nan, math.nan
    waves = np.cos(np.pi * np.arange(1, count + 1)[:, None] * (np.arange(n) + 0.5) / n)
    variance = float(((waves @ differences) ** 2).mean()) * 2.0 / n
    if not variance > 0.0:
        return math.nan, math.nan, math.nan
    statistic = math.sqrt(n) * float(differences.mean()) / math.sqrt(variance)
    return statistic, 2.0 * float(stdtr(count, -abs(statistic))), float(count)


def pinball(errors: Floats, tau: float | Floats) -> Floats:
    """Loss of a quantile at level tau by outcome less quantile: u (tau - 1{u < 0}); one level, or one per column.

    >>> pinball(np.array([2.0, -2.0]), 0.25).tolist()
    [0.5, 1.5]
    """
    return np.asarray(errors * (tau - (errors < 0.0)), dtype=np.float64)


def kupiec(hits: float, n: int, level: float) -> tuple[float, float]:
    """Likelihood ratio and p-value of a coverage of `level`, given `hits` of `n` intervals that held: chi-squared, one degree.

    Kupiec (1995), doi 10.3905/jod.1995.407942.

    >>> kupiec(37, 1000, 0.05)[1] < 0.05 < kupiec(38, 1000, 0.05)[1]
    True
    """
    from scipy.stats import chi2

    if not 0 <= hits <= n or n < 1 or not 0.0 < level < 1.0:
        raise ValueError(f"{hits} of {n} at level {level}")
    statistic = max(0.0, 2.0 * (_bernoulli(hits, n, hits / n) - _bernoulli(hits, n, level)))
    return statistic, float(chi2.sf(statistic, 1))


def christoffersen(hit_sequence: Bools, level: float) -> tuple[float, float]:
    """Likelihood ratio and p-value of coverage `level` on every day whatever the day before was: chi-squared, two degrees.

    Against a Markov chain of hits and misses, given the first of them. Christoffersen (1998), doi 10.2307/2527341.
    """
    from scipy.stats import chi2

    hits = np.asarray(hit_sequence, dtype=bool)
    if hits.size < 2 or not 0.0 < level < 1.0:
        raise ValueError(f"{hits.size} days at level {level}")
    free = 0.0
    for before in (False, True):
        after = hits[1:][hits[:-1] == before]
        if after.size:
            free += _bernoulli(int(after.sum()), after.size, float(after.mean()))
    statistic = max(0.0, 2.0 * (free - _bernoulli(int(hits[1:].sum()), hits.size - 1, level)))
    return statistic, float(chi2.sf(statistic, 2))


def independence(hit_sequence: Bools, apart: int = 1) -> tuple[float, float]:
    """Likelihood ratio and p-value of hits being independent of the hit before: chi-squared, one degree; NaN without both kinds.

    Against a Markov chain of order one. With outcomes that overlap, the hit before is that `apart` rows back and the counts are
    those of the `apart` sequences without overlap on average. Christoffersen (1998), doi 10.2307/2527341.
    """
    from scipy.stats import chi2

    before, now = hit_sequence[:-apart], hit_sequence[apart:]
    count = np.array([[np.count_nonzero((before == a) & (now == b)) for b in (False, True)] for a in (False, True)])
    if not count.sum(axis=0).all() or not count.sum(axis=1).all():
        return math.nan, math.nan
    count = count / apart
    whole = _bernoulli(float(count[:, 1].sum()), float(count.sum()), float(count[:, 1].sum() / count.sum()))
    free = sum(_bernoulli(float(row[1]), float(row.sum()), float(row[1] / row.sum())) for row in count)
    statistic = max(0.0, 2.0 * (free - whole))
    return statistic, float(chi2.sf(statistic, 1))


def _bernoulli(hits: float, n: float, share: float) -> float:
    """Log likelihood of so many hits; nought times the logarithm of nought is nought."""
    first = hits * math.log(share) if hits else 0.0
    return first + ((n - hits) * math.log1p(-share) if n > hits else 0.0)

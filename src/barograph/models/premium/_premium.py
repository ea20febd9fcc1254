"""Equity premia over plain arrays: Damodaran's implied premium, Shiller's cyclically adjusted ratio and excess yield."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
#: Months of the mean of real earnings, and of the inflation that turns a nominal yield into a real one.
TEN_YEARS = 120
#: Premia between which the solver looks, per cent a year, and how often it halves the space between their logarithms.
_LOW, _HIGH, _HALVINGS = 1e-4, 1e3, 70


def implied_premium(level: ArrayLike, cash_flow: ArrayLike, growth: ArrayLike, risk_free: ArrayLike) -> Floats:
    """The premium at which the value of all cash flows is the index level, per cent a year.

    S = sum over t = 1..5 of C (1+g)^t / (1+r)^t + C (1+g)^5 (1+f) / ((r-f) (1+r)^5), premium r - f: five years at the
    expected growth, then at the risk-free rate for ever. Damodaran, Equity Risk Premiums (2005 and later),
    doi 10.2139/ssrn.3550293. Solved by halving: the value falls as the premium rises, from beyond every level to nought.

    Parameters
    ----------
    level, cash_flow
        Index level and the cash paid out over the last twelve months (dividends and buybacks), both in index points.
    growth, risk_free
        Expected growth of the cash over five years, and the long yield, per cent a year.

    Returns
    -------
    array
        Of the common shape; NaN where an input is none, where level or cash flow is not positive, or where no premium
        between 0.0001 and 1000 per cent gives the level.
    """
    s, c, g, f = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (level, cash_flow, growth, risk_free)))
    with np.errstate(invalid="ignore", over="ignore"):
        low, high = np.full(s.shape, np.log(_LOW)), np.full(s.shape, np.log(_HIGH))
        good = (s > 0.0) & (c > 0.0) & np.isfinite(g) & (f > -100.0)
        good &= (present_value(c, g, f, np.exp(low)) > s) & (present_value(c, g, f, np.exp(high)) < s)
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            worth_more = present_value(c, g, f, np.exp(middle)) > s
            low, high = np.where(worth_more, middle, low), np.where(worth_more, high, middle)
        return np.where(good, np.exp(0.5 * (low + high)), np.nan)


def present_value(cash_flow: ArrayLike, growth: ArrayLike, risk_free: ArrayLike, premium: ArrayLike) -> Floats:
    """What the cash flows are worth at a premium, in the unit of `cash_flow`; rates in per cent a year.

    >>> round(float(present_value(35.15, 8.5, 4.22, 3.6514)), 1)
    1211.9
    """
    c, g, f, p = (np.asarray(x, dtype=np.float64) for x in (cash_flow, growth, risk_free, premium))
    g, f, p = 1.0 + g / 100.0, 1.0 + f / 100.0, p / 100.0
    r = f + p
    years = np.sum([(g / r) ** t for t in range(1, 6)], axis=0)
    return np.asarray(c * (years + (g / r) ** 5 * f / p))


def mean_real_earnings(earnings: Floats, prices: Floats, newest: Indices, newest_price: Indices) -> Floats:
    """Mean earnings of the ten years up to a month, in prices of another month.

    Parameters
    ----------
    earnings, prices
        Earnings of twelve months and a price index, by month without a gap, shape (n,); NaN where there is none.
    newest, newest_price
        Per answer the position of the last month of earnings that counts, and of the price index in whose money the
        mean is told; negative: none. Shiller's own ratio of month t excludes the month: newest is t - 1.

    Returns
    -------
    array
        Shape of `newest`, NaN where any of the 120 months or the index is missing.
    """
    real = earnings / prices
    known = np.isfinite(real)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, real, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    end = np.where(newest >= TEN_YEARS - 1, newest + 1, TEN_YEARS)
    whole = (newest >= TEN_YEARS - 1) & (counts[end] - counts[end - TEN_YEARS] == TEN_YEARS) & (newest_price >= 0)
    return np.where(whole, prices[newest_price] * (sums[end] - sums[end - TEN_YEARS]) / TEN_YEARS, np.nan)


def bridged(prices: Floats) -> tuple[Floats, Indices]:
    """A price index in which a month that is missing between two known ones is their geometric mean; positions of those months.

    Shape (n,), months without a gap, NaN where there is none. Two missing in a row stay missing. Such a month is known when
    the one after it is.

    >>> [v.tolist() for v in bridged(np.array([100.0, np.nan, 121.0, np.nan, np.nan]))]
    [[100.0, 110.0, 121.0, nan, nan], [1]]
    """
    if prices.size < 3:
        return prices, np.zeros(0, dtype=np.intp)
    between = prices[:-2] * prices[2:]
    at = np.flatnonzero(np.isnan(prices[1:-1]) & np.isfinite(between)) + 1
    out = prices.copy()
    out[at] = np.sqrt(between[at - 1])
    return out, at


def ten_year_inflation(prices: Floats, newest: Indices) -> Floats:
    """Compound rate of the price index over the ten years up to a month, per cent a year; NaN where it is not known."""
    whole = newest >= TEN_YEARS
    ratio = prices[newest] / prices[np.where(whole, newest - TEN_YEARS, 0)]
    return np.where(whole, 100.0 * (ratio**0.1 - 1.0), np.nan)


def excess_yield(level: ArrayLike, earnings: ArrayLike, nominal: ArrayLike, inflation: ArrayLike) -> Floats:
    """Earnings over level, less the yield net of inflation, per cent: 100/CAPE - (nominal - inflation).

    Shiller, Black and Jivraj (2020), "CAPE and the COVID-19 pandemic effect", doi 10.2139/ssrn.3714737.

    >>> round(float(excess_yield(100.0, 3.0, 4.0, 2.5)), 12)
    1.5
    """
    e, s, y, i = (np.asarray(x, dtype=np.float64) for x in (earnings, level, nominal, inflation))
    return np.asarray(100.0 * e / s - (y - i))

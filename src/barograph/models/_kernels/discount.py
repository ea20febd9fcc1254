"""Zero yields from par yields: the smoothest discount curve that prices every par bond at its face.

The curve is d(t) = 1 + h(t) with the least integral of h''(t)^2 exp(a t), flat in the end, under the condition that each par bond
is worth 100: a kernel estimate without ridge (Filipovic, Pelger and Ye 2022, doi 10.2139/ssrn.4058150). It is unique, needs
no start and no search, and the curve of a day does not depend on other days.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Weight of far maturities in the integral, per year: the published one.
ALPHA = 0.05


def kernel(x: Floats, y: Floats, alpha: float = ALPHA) -> Floats:
    """Reproducing kernel (m, k) of the integral of h''(t)^2 exp(alpha t) over h with h(0) = 0, at x (m,) and y (k,) years."""
    low, high = np.minimum.outer(x, y), np.maximum.outer(x, y)
    near, far = np.exp(-alpha * low), np.exp(-alpha * high)
    return np.asarray(2.0 * (1.0 - near) / alpha**3 - low * (near + far) / alpha**2)


def zero_from_par(years: Floats, par: Floats, at: Floats, least: int = 6) -> Floats:
    """Continuously compounded zero yields (T, k), per cent, at maturities (k,) in years.

    Parameters
    ----------
    years : (m,)
        Maturities of the par yields: up to half a year (simple interest), or multiples of half a year (coupons twice a year).
    par : (T, m)
        Par yields in per cent; NaN where there is none.
    least
        A day with fewer values is NaN.
    """
    n = np.asarray(years, dtype=np.float64)
    halves = np.arange(1, round(2.0 * float(n.max())) + 1) / 2.0
    dates = np.unique(np.concatenate([n, halves]))
    ends = np.array([int(np.abs(dates - x).argmin()) for x in n])
    face = np.zeros((n.size, dates.size))
    face[np.arange(n.size), ends] = 1.0
    # What a bond pays per unit of half its yield: one every half year, or simple interest at its end.
    coupon = ((n[:, None] > 0.5) & np.isin(dates, halves)[None, :] & (dates <= n[:, None] + 1e-9)).astype(float)
    short = n <= 0.5
    coupon[short] = 2.0 * n[short, None] * face[short]
    between = kernel(dates, dates)
    cc, cf, ff = coupon @ between @ coupon.T, coupon @ between @ face.T, face @ between @ face.T
    towards = kernel(np.asarray(at, dtype=np.float64), dates)
    on_coupon, on_face = towards @ coupon.T, towards @ face.T
    out = np.full((par.shape[0], len(at)), np.nan)
    masks, group = np.unique(np.isfinite(par), axis=0, return_inverse=True)
    for g, mask in enumerate(masks):
        if mask.sum() < least:
            continue
        days, k = np.flatnonzero(group.ravel() == g), np.flatnonzero(mask)
        c = par[np.ix_(days, k)] / 200.0
        both = np.ix_(k, k)
        gram = (
            c[:, :, None] * c[:, None, :] * cc[both] + c[:, :, None] * cf[both] + c[:, None, :] * cf[both].T + ff[both]
        )
        left = -c * coupon[k].sum(axis=1)
        weights = np.linalg.solve(gram, left[:, :, None])[:, :, 0]
        discount = 1.0 + (weights * c) @ on_coupon[:, k].T + weights @ on_face[:, k].T
        out[days] = -100.0 * np.log(discount) / at
    return out

"""Announcement surprises split into a policy and an information shock, in closed form.

Jarocinski & Karadi (2020), American Economic Journal: Macroeconomics 12(2), doi 10.1257/mac.20180090; the median
rotation is the one their published series of Federal Reserve shocks is made with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rate_surprise(surprises: Floats) -> Floats:
    """First principal component of the rate surprises, on the scale of the last column.

    Missing values are set to zero, each column is divided by its sample standard deviation (zeros included), and
    nothing is centred: a surprise has no mean by definition. The component is rescaled to the sample standard deviation
    of the last column's own values, and signed so that its loadings add up to more than zero: positive is tighter.

    Parameters
    ----------
    surprises : float array, shape (events, contracts)
        Changes of futures-implied rates in the announcement window, per cent; NaN where a contract was not quoted.

    Returns
    -------
    float array, shape (events,)
        In the unit of the last column.
    """
    filled = np.where(np.isnan(surprises), 0.0, surprises)
    sd = filled.std(axis=0, ddof=1)
    if not np.all(sd > 0.0):
        raise ValueError(f"standard deviations of the surprises are {sd.tolist()}: a column does not move")
    scaled = filled / sd
    loading = np.linalg.svd(scaled, full_matrices=False)[2][0]
    score = scaled @ loading
    if loading.sum() < 0.0:
        score = -score
    return np.asarray(score * (np.nanstd(surprises[:, -1], ddof=1) / score.std(ddof=1)), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Split:
    """`policy` + `information` = the rate surprise, shape (events,) each; `angle` of the rotation in radians."""

    policy: Floats
    information: Floats
    angle: float


def median_split(rate: Floats, equity: Floats) -> Split:
    """The rotation in the middle of those that keep the signs: policy moves rate and equity apart, information together.

    M = [rate, equity] = Q R with a positive diagonal; P = [[cos a, sin a], [-sin a, cos a]];
    D = diag(R11 cos a, R11 sin a); U = Q P D. The admissible angles run from atan(R12/R22) (or 0) to pi/2 (or
    atan(-R22/R12)); a is their middle. The two shocks are orthogonal, uncentred.

    Parameters
    ----------
    rate, equity : float array, shape (events,)
        Surprises in the announcement window. An event in which either is missing (NaN) says nothing about the
        rotation; both its shocks are zero.
    """
    both = ~(np.isnan(rate) | np.isnan(equity))
    q, r = np.linalg.qr(np.where(both[:, None], np.column_stack([rate, equity]), 0.0))
    sign = np.sign(np.diag(r))
    if not np.all(sign):
        raise ValueError("the two surprises are collinear or do not move")
    q, r = q * sign, sign[:, None] * r
    if r[0, 1] > 0.0:
        angle = 0.5 * np.arctan(r[0, 1] / r[1, 1]) + 0.25 * np.pi
    else:
        # Uncorrelated surprises admit every angle of the quadrant.
        angle = 0.5 * (np.arctan(-r[1, 1] / r[0, 1]) if r[0, 1] < 0.0 else 0.5 * np.pi)
    c, s = np.cos(angle), np.sin(angle)
    shocks = q @ np.array([[c, s], [-s, c]]) @ np.diag([r[0, 0] * c, r[0, 0] * s])
    return Split(shocks[:, 0], shocks[:, 1], float(angle))


def poor_mans_split(rate: Floats, equity: Floats) -> tuple[Floats, Floats]:
    """The whole surprise to one shock: policy where rate and equity part, information where they move together.

    An event in which equity stood still goes to information; one in which either is missing (NaN) to neither.

    Parameters
    ----------
    rate, equity : float array, shape (events,)

    Returns
    -------
    policy, information : float array, shape (events,) each, in the unit of `rate`

    Examples
    --------
    >>> policy, information = poor_mans_split(np.array([5.0, 5.0]), np.array([-1.0, 0.5]))
    >>> policy.tolist(), information.tolist()
    ([5.0, 0.0], [0.0, 5.0])
    """
    product = rate * equity
    return np.where(product < 0.0, rate, 0.0), np.where(product >= 0.0, rate, 0.0)

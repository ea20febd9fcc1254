"""How a spread moved with rates, rate volatility and stocks of late: least squares with errors that know of each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barograph.models._kernels import newey_west

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Betas:
    """Slopes (k,), their standard errors (k,) and the share of variance explained."""

    slopes: Floats
    errors: Floats
    r2: float


def regress(x: Floats, y: Floats, lags: int) -> Betas | None:
    """Least squares with a constant; None where a regressor does not move or is a sum of others.

    Standard errors by Bartlett weights on `lags` autocovariances of the scores, with the factor n / (n - k - 1). Newey and West
    (1987), doi 10.2307/1913610.

    Parameters
    ----------
    x : (n, k)
    y : (n,)
    """
    made = newey_west.regress(y[:, None], x, lags)
    if not np.isfinite(made.slopes).all():
        return None
    r2 = float(made.r2[0])
    return Betas(made.slopes[:, 0], np.sqrt(np.diag(made.cov[0])), r2 if np.isfinite(r2) else 0.0)

"""A vector autoregression of order one, by least squares on the days that have a neighbour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Autoregression:
    """y_t = coefficients' [1, y_(t-1)] + u_t.

    `coefficients`, shape (1 + n, n); `covariance` of u, shape (n, n), with T - n - 1 degrees of freedom.
    """

    coefficients: Floats
    covariance: Floats

    @classmethod
    def estimate(cls, before: Floats, after: Floats) -> Autoregression:
        """Least squares.

        Parameters
        ----------
        before, after : float array, shape (T, n)
            Neighbouring days: row t of `after` follows row t of `before`.
        """
        regressors = np.column_stack([np.ones(len(before)), before])
        # In standard deviations, so that the units of the variables do not decide how well the system is conditioned.
        scale = np.concatenate([[1.0], before.std(axis=0)])
        if not np.all(scale > 0.0):
            raise ValueError("a variable does not move in the window")
        solved = np.linalg.lstsq(regressors / scale, after, rcond=None)[0]
        coefficients = solved / scale[:, None]
        rest = after - regressors @ coefficients
        freedom = len(before) - regressors.shape[1]
        return cls(coefficients, rest.T @ rest / freedom)


def expected(coefficients: Floats, before: Floats) -> Floats:
    """What follows each row of `before`, shape (T, n)."""
    return np.asarray(coefficients[0] + before @ coefficients[1:], dtype=np.float64)


def scale_and_root(covariance: Floats) -> tuple[Floats, Floats]:
    """Standard deviations D, shape (n,), and the symmetric root of the correlations C: S = D C^(1/2) C^(1/2) D.

    Raises
    ------
    ValueError
        The covariance is not positive definite: a variable is a sum of the others.
    """
    scale = np.sqrt(np.diag(covariance))
    if not np.all(scale > 0.0):
        raise ValueError("a variable has no variance")
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    # Correlations below the rounding of their own estimate are none.
    if values[0] < 1e-10:
        raise ValueError("the covariance is singular: a variable is a sum of the others")
    root = (vectors * np.sqrt(values)) @ vectors.T
    return scale, 0.5 * (root + root.T)

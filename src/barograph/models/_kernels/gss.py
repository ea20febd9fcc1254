"""Two factors of announcement surprises: the target of the policy rate, and the path that does not move it.

The first two principal components of the standardised surprises are turned so that the second has no effect on the surprise
of the current target. Target is scaled to move that surprise one for one; path to move the last contract as target does.
Gurkaynak, Sack and Swanson (2005), International Journal of Central Banking 1(1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TargetPath:
    """`target` and `path` of each event, (events,), in the unit of the surprises, orthogonal and of mean nought; `means` (2,)
    is what the two are at the mean surprises: with it added a factor is that of the surprise as it came. `shares` of variance
    that the two principal components hold, per cent of all; `loadings` of each contract on both, (2, contracts)."""

    target: Floats
    path: Floats
    shares: tuple[float, float]
    loadings: Floats
    means: tuple[float, float]


def target_and_path(surprises: Floats) -> TargetPath:
    """The two factors.

    Parameters
    ----------
    surprises : float array, shape (events, contracts)
        Changes in the announcement window; the first column is the surprise of the current target, the last the contract
        that reaches farthest. NaN where a contract was not quoted: it counts as no surprise.
    """
    filled = np.where(np.isnan(surprises), 0.0, surprises)
    sd = filled.std(axis=0, ddof=1)
    if filled.shape[0] <= filled.shape[1] or not np.all(sd > 0.0):
        raise ValueError(f"{filled.shape[0]} events, standard deviations {sd.tolist()}: no two factors")
    scaled = (filled - filled.mean(axis=0)) / sd
    left, size, right = np.linalg.svd(scaled, full_matrices=False)
    factors = left[:, :2]  # of length one and orthogonal
    middle = (filled.mean(axis=0) / sd) @ right[:2].T / size[:2]  # the same weights, of the mean surprises
    shares = 100.0 * size**2 / float((size**2).sum())
    centred = filled - filled.mean(axis=0)
    loads = factors.T @ centred  # by contract: least squares, since the factors are orthonormal
    along = loads[:, 0] / np.linalg.norm(loads[:, 0])
    turn = np.column_stack([along, [-along[1], along[0]]])
    turned = factors @ turn
    loads = turned.T @ centred
    far = loads[0, -1] / loads[0, 0]
    scale = np.array([loads[0, 0], loads[1, -1] / far])
    target, path = (turned * scale).T
    means = middle @ turn * scale
    loadings = np.stack([loads[0] / loads[0, 0], loads[1] * far / loads[1, -1]])
    return TargetPath(target, path, (float(shares[0]), float(shares[1])), loadings, (float(means[0]), float(means[1])))

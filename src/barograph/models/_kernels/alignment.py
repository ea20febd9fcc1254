"""Labels that survive a refit: states of two fits matched by their means, and how alike two labellings are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def align(old: Floats, new: Floats, scale: Floats, returns: int = 0) -> Ints:
    """Which old state each new state is: the one-to-one matching with the least total distance of means, (k,).

    Parameters
    ----------
    old, new : (k, p)
        Means in one unit.
    scale : (p,)
        The standard deviations by which the old fit standardised; distances are Euclidean in that scale.
    returns : int
        The column of the mean return. Among matchings of equal distance (to 1e-9 of the largest) the one is taken that
        keeps the states' order by it.

    Kuhn (1955), doi 10.1002/nav.3800020109.
    """
    away = (np.asarray(new)[:, None, :] - np.asarray(old)[None, :, :]) / np.asarray(scale)
    cost = np.sqrt((away**2).sum(axis=2))
    rank = [np.argsort(np.argsort(m[:, returns], kind="stable")) for m in (np.asarray(new), np.asarray(old))]
    k = cost.shape[0]
    tie = ((rank[0][:, None] - rank[1][None, :]) / k) ** 2
    _, labels = linear_sum_assignment(cost + 1e-9 * max(float(cost.max()), 1e-300) / k * tie)
    return np.asarray(labels, dtype=np.int64)


def renamed(
    params: Mapping[str, Any], matched: Ints, lists: Sequence[str], squares: Sequence[str] = ()
) -> dict[str, Any]:
    """Parameters whose states stand in the order of the old ones that they were matched to.

    Parameters
    ----------
    matched : (k,)
        Which old state each new one is, as `align` gives it.
    lists, squares
        Keys of what is given per state, and of matrices with a row and a column per state.
    """
    order = np.argsort(matched).tolist()
    out = dict(params)
    for key in (*lists, *squares):
        out[key] = [params[key][j] for j in order]
    for key in squares:
        out[key] = [[row[j] for j in order] for row in out[key]]
    return out


def adjusted_rand(a: NDArray[np.generic], b: NDArray[np.generic]) -> float:
    """Agreement of two labellings of the same days, corrected for chance: 1 is the same partition, 0 what chance gives.

    Two labellings without any pair to tell apart (all in one class, or each in its own, in both) agree: 1.

    Raises
    ------
    ValueError
        Different lengths, or none.

    Hubert and Arabie (1985), doi 10.1007/BF01908075.
    """
    if a.shape != b.shape or a.ndim != 1 or not a.size:
        raise ValueError(f"labels of shapes {a.shape} and {b.shape} cannot be compared")
    first, second = (np.unique(x, return_inverse=True)[1] for x in (a, b))
    table = np.zeros((int(first.max()) + 1, int(second.max()) + 1))
    np.add.at(table, (first, second), 1.0)
    both = _pairs(table)
    rows, columns, every = _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0)), _pairs(np.array([float(a.size)]))
    chance = rows * columns / every if every else 0.0
    most = 0.5 * (rows + columns)
    return 1.0 if most == chance else float((both - chance) / (most - chance))


def _pairs(counts: Floats) -> float:
    return float((counts * (counts - 1.0) / 2.0).sum())

"""The continuous jump model of two states: a day may lie between them, and moving has a price on the square of the way.

minimise sum_t (1 - s_t) l(x_t, 0) + s_t l(x_t, 1) + lambda sum_t (s_t - s_(t-1))^2 over s on a grid of 0..1 and the centroids, by
turns. lambda is that of the discrete model: a whole way costs one jump. (The distance of probability vectors (1 - s, s) in the L1
norm is 2 |ds|, so this is lambda / 4 times its square.)

Aydinhan, Kolm, Mulvey and Shu (2024), doi 10.1007/s10479-024-06035-z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from barograph.models._kernels.jump import Floats, Ints, fit, losses


@dataclass(frozen=True, slots=True)
class BetweenFit:
    """`centroids` (2, p), `shares` (T,) of the second state, `objective` and the turns that it took."""

    centroids: Floats
    shares: Floats
    objective: float
    turns: int


@njit(cache=True)
def _ahead(value: Floats, today: Floats, penalty: float, came: Ints) -> Floats:
    """Costs of the cheapest ways to each point of the grid a day on, and where each came from, into `came`."""
    points = value.size
    out = np.empty(points)
    for i in range(points):
        best, at = np.inf, 0
        for j in range(points):
            way = value[j] + penalty * ((i - j) / (points - 1)) ** 2
            if way < best:
                best, at = way, j
        came[i] = at
        share = i / (points - 1)
        out[i] = best + (1.0 - share) * today[0] + share * today[1]
    return out


@njit(cache=True)
def _first(today: Floats, steps: int) -> Floats:
    out = np.empty(steps + 1)
    for i in range(steps + 1):
        out[i] = (1.0 - i / steps) * today[0] + i / steps * today[1]
    return out


@njit(cache=True)
def shares_of(losses: Floats, penalty: float, steps: int) -> tuple[Floats, float]:
    """The cheapest way through the grid of `steps` + 1 points and its cost; losses (T, 2)."""
    length = losses.shape[0]
    came = np.zeros((length, steps + 1), dtype=np.int64)
    value = _first(losses[0], steps)
    for t in range(1, length):
        value = _ahead(value, losses[t], penalty, came[t])
    out = np.empty(length)
    last = int(value.argmin())
    cost = value[last]
    for t in range(length - 1, -1, -1):
        out[t] = last / steps
        last = came[t, last]
    return out, cost


@njit(cache=True)
def online_between(losses: Floats, penalty: float, steps: int) -> Floats:
    """The share of the second state by what is known up to each day: the end of the cheapest way so far, (T,)."""
    length = losses.shape[0]
    came = np.zeros(steps + 1, dtype=np.int64)
    value = _first(losses[0], steps)
    out = np.empty(length)
    out[0] = value.argmin() / steps
    for t in range(1, length):
        value = _ahead(value, losses[t], penalty, came)
        value -= value.min()
        out[t] = value.argmin() / steps
    return out


def fit_between(
    x: Floats, penalty: float, *, steps: int = 20, starts: int = 10, turns: int = 300, seed: int = 0
) -> BetweenFit:
    """The best of the discrete model's centroids and of `starts` random pairs of days; deterministic in `seed`.

    By turns until the cost falls no more. Without the mode loss that some forms of the model add.

    Parameters
    ----------
    x : (T, p)
        Standardised features, finite.
    """
    rng = np.random.default_rng(seed)
    first = [fit(x, 2, penalty, starts=starts, seed=seed).centroids]
    first += [x[rng.choice(x.shape[0], 2, replace=False)] for _ in range(starts)]
    return min((_descend(x, c, penalty, steps, turns) for c in first), key=lambda made: made.objective)


def _descend(x: Floats, centroids: Floats, penalty: float, steps: int, turns: int) -> BetweenFit:
    shares, cost = shares_of(losses(x, centroids), penalty, steps)
    turn = 0
    while turn < turns:
        turn += 1
        weight = np.column_stack([1.0 - shares, shares])
        total = weight.sum(axis=0)
        moved = np.where(total[:, None] > 0.0, weight.T @ x / np.maximum(total, 1e-300)[:, None], centroids)
        shares, lower = shares_of(losses(x, moved), penalty, steps)
        centroids, gain, cost = moved, cost - lower, lower
        if gain <= 1e-9 * abs(cost):
            break
    return BetweenFit(centroids, shares, float(cost), turn)

"""The statistical jump model: clusters of days with a price on changing the cluster.

minimise sum_t 1/2 |x_t - theta_{s_t}|^2 + lambda #{t : s_t != s_{t-1}}, by turns: centroids are means, states the exact optimum
by dynamic programming V_t(k) = l(x_t, k) + min_j (V_{t-1}(j) + lambda 1{j != k}).

Bemporad, Breschi, Piga and Boyd (2018), doi 10.1016/j.automatica.2018.06.040; Nystrup, Lindstrom and Madsen (2020), doi
10.1016/j.eswa.2020.113307; Shu, Yu and Mulvey (2024), doi 10.1057/s41260-024-00376-x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class JumpFit:
    """`centroids` (k, p), `states` (T,) int, `objective` the minimum found, `starts` how many starts reached it."""

    centroids: Floats
    states: Ints
    objective: float
    starts: int


@njit(cache=True)
def path(losses: Floats, penalty: float) -> tuple[Ints, float]:
    """The cheapest sequence of states and its cost.

    Parameters
    ----------
    losses : (T, k)
        l(x_t, k).
    """
    length, k = losses.shape
    came = np.zeros((length, k), dtype=np.int64)
    value = losses[0].copy()
    for t in range(1, length):
        best = 0
        for j in range(1, k):
            if value[j] < value[best]:
                best = j
        new = np.empty(k)
        for j in range(k):
            stay, jump = value[j], value[best] + penalty
            came[t, j] = j if stay <= jump else best
            new[j] = losses[t, j] + min(stay, jump)
        value = new
    states = np.empty(length, dtype=np.int64)
    last = 0
    for j in range(1, k):
        if value[j] < value[last]:
            last = j
    cost = value[last]
    states[-1] = last
    for t in range(length - 1, 0, -1):
        states[t - 1] = came[t, states[t]]
    return states, cost


@njit(cache=True)
def online(losses: Floats, penalty: float) -> Ints:
    """The state of each day by what is known up to it: the end of the cheapest path so far, shape (T,)."""
    length, k = losses.shape
    out = np.empty(length, dtype=np.int64)
    value = losses[0].copy()
    for t in range(length):
        if t > 0:
            best = value.min()
            for j in range(k):
                value[j] = losses[t, j] + min(value[j], best + penalty)
        out[t] = value.argmin()
    return out


def losses(x: Floats, centroids: Floats) -> Floats:
    """Half squared distances of days from centroids, (T, k)."""
    return np.asarray(0.5 * ((x[:, None, :] - centroids[None, :, :]) ** 2).sum(axis=2))


def descend(x: Floats, centroids: Floats, penalty: float, iterations: int = 1000) -> tuple[Floats, Ints, float]:
    """Centroids, states and cost from a start, by turns until no state changes."""
    states, cost = path(losses(x, centroids), penalty)
    for _ in range(iterations):
        k = centroids.shape[0]
        moved = np.array([x[states == j].mean(axis=0) if (states == j).any() else centroids[j] for j in range(k)])
        new, lower = path(losses(x, moved), penalty)
        done = bool((new == states).all())
        centroids, states, cost = moved, new, lower
        if done:
            break
    return centroids, states, float(cost)


def fit(x: Floats, k: int, penalty: float, *, starts: int = 10, iterations: int = 1000, seed: int = 0) -> JumpFit:
    """The best of several starts from k-means++ seeds; deterministic in `seed`.

    Parameters
    ----------
    x : (T, p)
        Standardised features, finite.

    Raises
    ------
    ValueError
        Fewer days than states, or a value that is none.
    """
    if x.shape[0] < k or not np.isfinite(x).all():
        raise ValueError(f"{x.shape[0]} days of finite features are needed for {k} states")
    rng = np.random.default_rng(seed)
    best: JumpFit | None = None
    reached = 0
    for _ in range(starts):
        centroids, states, cost = descend(x, _seeds(x, k, rng), penalty, iterations)
        if best is None or cost < best.objective - 1e-9 * abs(best.objective):
            best, reached = JumpFit(centroids, states, float(cost), 1), 1
        elif abs(cost - best.objective) <= 1e-9 * abs(best.objective):
            reached += 1
    assert best is not None
    return JumpFit(best.centroids, best.states, best.objective, reached)


def _seeds(x: Floats, k: int, rng: np.random.Generator) -> Floats:
    """k-means++: each further seed with probability in proportion to its squared distance from the nearest."""
    chosen = [int(rng.integers(x.shape[0]))]
    while len(chosen) < k:
        away = ((x[:, None, :] - x[chosen][None, :, :]) ** 2).sum(axis=2).min(axis=1)
        total = float(away.sum())
        share = away / total if total > 0.0 else np.full(x.shape[0], 1.0 / x.shape[0])
        chosen.append(int(rng.choice(x.shape[0], p=share)))
    return x[chosen].copy()

"""The sparse jump model: features are weighed by how much of their variance lies between the states, most of them by nought.

maximise over weights w and states the weighted between-state variance, |w|_2 = 1, |w|_1 <= kappa, by turns: a jump model on
features times sqrt(w); then w is the soft-thresholded between-state variance of each feature, scaled to length one.

Witten and Tibshirani (2010), doi 10.1198/jasa.2010.tm09415; Nystrup, Kolm and Lindstrom (2021), doi
10.1016/j.eswa.2021.115558.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from barograph.models._kernels.jump import Floats, Ints, descend, fit


@dataclass(frozen=True, slots=True)
class SparseFit:
    """`weights` (p,) on squared distances, of length one; `states` (T,); `centroids` (k, p) of the unweighted features."""

    weights: Floats
    states: Ints
    centroids: Floats
    turns: int


def fit_sparse(
    x: Floats,
    k: int,
    penalty: float,
    features: float,
    *,
    start: Ints | None = None,
    starts: int = 100,
    turns: int = 30,
    seed: int = 0,
) -> SparseFit:
    """Alternate until the weights move by less than 1e-4 of their sum.

    Parameters
    ----------
    x : (T, p)
        Standardised features, finite.
    penalty
        Of a jump, in units of the weighted loss: that of a discrete model on p features over sqrt(p) is like it.
    features
        kappa^2, about how many features may matter: from 1 to p.
    start : (T,)
        States to begin from; None: those of the discrete model with equal weights. The turns end in a local optimum: with ten
        starts a turn, as a discrete model needs, the published example ends elsewhere.

    Raises
    ------
    ValueError
        `features` outside of 1 to p, or what `jump.fit` refuses.
    """
    p = x.shape[1]
    if not 1.0 <= features <= p:
        raise ValueError(f"between 1 and {p} features can matter, not {features}")
    kappa = float(np.sqrt(features))
    weights = np.full(p, 1.0 / np.sqrt(p))
    states = fit(x * np.sqrt(weights), k, penalty, starts=starts, seed=seed).states if start is None else start
    turn = 0
    while turn < turns:
        turn += 1
        centroids = _means(x, states, k)
        between = _between(x, states, k)
        if not between.max() > 0.0:  # one state holds every day: nothing lies between, the weights stay
            break
        new = thresholded(between, kappa)
        moved = float(np.abs(new - weights).sum()) / float(np.abs(weights).sum())
        weights = new
        if moved < 1e-4:
            break
        root = np.sqrt(weights)
        _, states, cost = descend(x * root, centroids * root, penalty)
        anew = fit(x * root, k, penalty, starts=starts, seed=seed)
        states = anew.states if anew.objective < cost else states
    return SparseFit(weights, states, _means(x, states, k), turn)


def _means(x: Floats, states: Ints, k: int) -> Floats:
    """Mean of each state's days, of all days for a state without any, (k, p)."""
    return np.array([x[states == j].mean(axis=0) if (states == j).any() else x.mean(axis=0) for j in range(k)])


def _between(x: Floats, states: Ints, k: int) -> Floats:
    """Between-state sum of squares of each feature, (p,)."""
    whole = x.mean(axis=0)
    out = np.zeros(x.shape[1])
    for j in range(k):
        own = x[states == j]
        if own.size:
            out += own.shape[0] * (own.mean(axis=0) - whole) ** 2
    return out


def thresholded(values: Floats, kappa: float) -> Floats:
    """values less the threshold at which their L1 norm, at length one, is kappa (none where it is below it already), (p,)."""

    def at(threshold: float) -> Floats:
        cut = np.maximum(values - threshold, 0.0)
        length = float(np.sqrt((cut**2).sum()))
        return cut / length if length > 0.0 else cut

    if float(at(0.0).sum()) <= kappa:
        return at(0.0)
    low, high = 0.0, float(values.max())
    for _ in range(200):
        middle = 0.5 * (low + high)
        cut = at(middle)
        if cut.any() and float(cut.sum()) > kappa:
            low = middle
        else:
            high = middle
    return at(low)

"""Maximum likelihood of Gaussian hidden Markov models by EM, for all starts at once.

A log-density is linear in the monomials [1, x, x x'], so the densities of every state of every start are one matrix product,
and so are the sums that the M-step needs; only the forward and backward recursions go day by day, over the starts together.
x is standardised first, or the products would cancel.

Baum, Petrie, Soules and Weiss (1970), doi 10.1214/aoms/1177697196; Rabiner (1989), doi 10.1109/5.18626.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from barograph.models._kernels.hmm import Floats, factored

Ints = NDArray[np.int64]
#: A state with a smaller expected count of days holds none.
FEW = 1e-10


@njit(cache=True)
def _shift(density: Floats) -> Floats:
    """Subtract each day's and start's largest log-density of (T, S, k) in place; what was subtracted, summed over T, (S,)."""
    length, starts, k = density.shape
    total = np.zeros(starts)
    for t in range(length):
        for s in range(starts):
            top = density[t, s, 0]
            for j in range(1, k):
                top = max(top, density[t, s, j])
            total[s] += top
            for j in range(k):
                density[t, s, j] -= top
    return total


@njit(cache=True)
def forward_backward(density: Floats, startprob: Floats, transmat: Floats, gamma: Floats) -> tuple[Floats, Floats]:
    """Scaled recursions over the starts together: `gamma` (T, S, k) becomes the smoothed probabilities.

    Parameters
    ----------
    density : (T, S, k)
        Densities up to a factor per day and start; overwritten.

    Returns
    -------
    (log-likelihoods (S,) up to those factors, expected transitions (S, k, k))
    """
    length, starts, k = density.shape
    scales = np.empty((length, starts))
    loglik = np.zeros(starts)
    for t in range(length):
        for s in range(starts):
            total = 0.0
            for j in range(k):
                value = 0.0
                if t == 0:
                    value = startprob[s, j]
                else:
                    for i in range(k):
                        value += gamma[t - 1, s, i] * transmat[s, i, j]
                value *= density[t, s, j]
                gamma[t, s, j] = value
                total += value
            scales[t, s] = total
            inverse = 1.0 / total if total > 0.0 else 0.0
            for j in range(k):
                gamma[t, s, j] *= inverse
    for s in range(starts):
        product = 1.0
        for t in range(length):
            # One logarithm per few days: products of a handful of scales stay far from the smallest number.
            product *= scales[t, s]
            if product < 1e-100 or product > 1e100:
                loglik[s] += math.log(product) if product > 0.0 else -np.inf
                product = 1.0
        loglik[s] += math.log(product)
    pairs = np.zeros((starts, k, k))
    beta = np.ones((starts, k))
    ahead = np.empty(k)
    for t in range(length - 2, -1, -1):
        for s in range(starts):
            inverse = 1.0 / scales[t + 1, s] if scales[t + 1, s] > 0.0 else 0.0
            for j in range(k):
                ahead[j] = density[t + 1, s, j] * beta[s, j] * inverse
            for i in range(k):
                value = 0.0
                for j in range(k):
                    value += transmat[s, i, j] * ahead[j]
                    pairs[s, i, j] += gamma[t, s, i] * ahead[j]
                beta[s, i] = value
            for i in range(k):
                gamma[t, s, i] *= beta[s, i]
    return loglik, pairs * transmat


def monomials(x: Floats) -> Floats:
    """[1, x, x_a x_b for a <= b], (T, 1 + p + p (p + 1) / 2)."""
    p = x.shape[1]
    a, b = np.triu_indices(p)
    out = np.empty((x.shape[0], 1 + p + a.size))
    out[:, 0] = 1.0
    out[:, 1 : p + 1] = x
    for k in range(a.size):
        np.multiply(x[:, a[k]], x[:, b[k]], out=out[:, p + 1 + k])
    return out


def coefficients(means: Floats, whiten: Floats, logdet: Floats) -> Floats:
    """Log-densities as weights of the monomials, (n, 1 + p + p (p + 1) / 2), of n Gaussians."""
    p = means.shape[1]
    precision = np.einsum("nab,nac->nbc", whiten, whiten)
    linear = np.einsum("nab,nb->na", precision, means)
    constant = -0.5 * (logdet + p * math.log(2.0 * math.pi) + (linear * means).sum(axis=1))
    a, b = np.triu_indices(p)
    square = -precision[:, a, b] * np.where(a == b, 0.5, 1.0)
    return np.concatenate([constant[:, None], linear, square], axis=1)


@dataclass(slots=True)
class Batch:
    """Parameters of S starts in standardised units: (S, k), (S, k, k), (S, k, p), (S, k, p, p)."""

    startprob: Floats
    transmat: Floats
    means: Floats
    covars: Floats

    def some(self, chosen: Ints | NDArray[np.bool_]) -> Batch:
        """The chosen starts."""
        return Batch(self.startprob[chosen], self.transmat[chosen], self.means[chosen], self.covars[chosen])

    def put(self, chosen: Ints, other: Batch) -> None:
        """Write starts back."""
        self.startprob[chosen], self.transmat[chosen] = other.startprob, other.transmat
        self.means[chosen], self.covars[chosen] = other.means, other.covars


def expectation(basis: Floats, batch: Batch, prior: float) -> tuple[Floats, Floats, Floats, Floats]:
    """(log-likelihoods (S,), penalties (S,), smoothed (T, S, k), expected transitions (S, k, k))."""
    starts, k, p = batch.means.shape
    whiten, logdet, _ = factored(batch.covars.reshape(-1, p, p))
    weights = coefficients(batch.means.reshape(-1, p), whiten, logdet)
    density = np.ascontiguousarray(basis @ weights.T).reshape(-1, starts, k)
    total = _shift(density)
    np.exp(density, out=density)
    gamma = np.empty_like(density)
    loglik, pairs = forward_backward(density, batch.startprob, batch.transmat, gamma)
    penalty = 0.5 * prior * (whiten**2).reshape(starts, -1).sum(axis=1)
    return loglik + total, penalty, gamma, pairs


def maximisation(
    basis: Floats, batch: Batch, gamma: Floats, pairs: Floats, prior: float
) -> tuple[Batch, NDArray[np.bool_]]:
    """The parameters that the sums imply, and which starts still have positive definite covariances, (S,) bool.

    A state that holds no day keeps its parameters, a state that is never left its row of the transition matrix.
    """
    starts, k, p = batch.means.shape
    sums = (gamma.reshape(-1, starts * k).T @ basis).reshape(starts, k, -1)
    count = sums[:, :, 0]
    empty = count < FEW
    safe = np.where(empty, 1.0, count)
    means = np.where(empty[..., None], batch.means, sums[:, :, 1 : p + 1] / safe[..., None])
    a, b = np.triu_indices(p)
    square = np.empty((starts, k, p, p))
    square[:, :, a, b] = square[:, :, b, a] = sums[:, :, p + 1 :]
    spread = square - count[..., None, None] * means[..., :, None] * means[..., None, :] + prior * np.eye(p)
    covars = np.where(empty[..., None, None], batch.covars, spread / safe[..., None, None])
    left = pairs.sum(axis=2, keepdims=True)
    transmat = np.where(left < FEW, batch.transmat, pairs / np.where(left < FEW, 1.0, left))
    startprob = gamma[0] / gamma[0].sum(axis=1, keepdims=True)
    good = np.array([factored(covars[s])[2] for s in range(starts)]) & np.isfinite(means).all(axis=(1, 2))
    return Batch(startprob, transmat, means, covars), good


def em(
    z: Floats, batch: Batch, *, iterations: int, tolerance: float, prior: float
) -> tuple[Batch, Floats, Ints, NDArray[np.bool_], Floats]:
    """EM on standardised z (T, p) until each start gains less than `tolerance`; a start that has stopped costs nothing more.

    Returns
    -------
    (parameters, log-likelihoods (S,), steps (S,), converged (S,), path of what is maximised (iterations + 1, S))
    """
    basis = monomials(z)
    starts = batch.means.shape[0]
    every = batch.some(np.arange(starts))
    loglik = np.full(starts, -np.inf)
    steps = np.zeros(starts, dtype=np.int64)
    converged = np.zeros(starts, dtype=bool)
    path = np.full((iterations + 1, starts), np.nan)
    live = np.array([s for s in range(starts) if factored(every.covars[s])[2]], dtype=np.int64)
    for turn in range(iterations + 1):
        if not live.size:
            break
        now = every.some(live)
        value, penalty, gamma, pairs = expectation(basis, now, prior)
        loglik[live] = np.where(np.isfinite(value), value, -np.inf)
        steps[live] = turn
        path[turn, live] = value - penalty
        sound = np.isfinite(value)
        done = np.zeros(live.size, dtype=bool)
        if turn:
            done = sound & (path[turn, live] - path[turn - 1, live] < tolerance)
        converged[live[done]] = True
        if turn == iterations:
            break
        keep = sound & ~done
        if not keep.any():
            break
        if not keep.all():
            live, now, gamma, pairs = live[keep], now.some(keep), gamma[:, keep], pairs[keep]
        made, good = maximisation(basis, now, gamma, pairs, prior)
        loglik[live[~good]] = -np.inf
        live = live[good]
        every.put(live, made.some(good))
    return every, loglik, steps, converged, path

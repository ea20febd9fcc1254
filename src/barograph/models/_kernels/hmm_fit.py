"""Fitting a Gaussian hidden Markov model: starts, a warm start beside fresh challengers, the choice among them.

The covariances have a prior as hmmlearn has one: prior I is added to every state's sum of squares in standardised units, so
that no variance can fall below prior / days of the state. EM then maximises log-likelihood - prior / 2 sum_j tr(covars_j^-1).

Seeds: k-means++, Arthur and Vassilvitskii (2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from barograph.models._kernels.hmm import Floats, GaussianHmm
from barograph.models._kernels.hmm_estimate import Batch, Ints, em

#: Days of a block whose mean and spread seed every second start; the chance to stay in a state at a start.
BLOCK, STAY = 21, 0.95
#: Days' worth of the whole sample's covariance in that of a state at a start: a seed of one day has a covariance too.
SHRINK = 10.0


@dataclass(frozen=True, slots=True)
class HmmFit:
    """The best start's `model`, its `loglik` and `iterations`; per start `logliks`, `steps`, `converged`, `models`.

    `path` (iterations + 1, starts) holds what EM maximises at every step, nan after a start has stopped. A start whose
    covariance ceased to be positive definite has a log-likelihood of -inf.
    """

    model: GaussianHmm
    loglik: float
    iterations: int
    best: int
    logliks: Floats
    steps: Ints
    converged: NDArray[np.bool_]
    path: Floats
    models: tuple[GaussianHmm, ...]


def fit(
    x: Floats,
    k: int,
    *,
    start: GaussianHmm | None = None,
    fresh: int = 10,
    seed: int = 0,
    iterations: int = 200,
    tolerance: float = 1e-4,
    prior: float = 1e-2,
    short: int = 0,
) -> HmmFit:
    """The best of `fresh` starts and of `start` when given (it comes first); deterministic in `seed`.

    Parameters
    ----------
    x : (T, p)
        Finite; any units.
    tolerance : float
        Gain of the penalised log-likelihood of the whole sample below which a start stops.
    prior : float
        What is added to the diagonal of every state's sum of squares in standardised units; 0 switches it off.
    short : int
        After so many steps only the start that leads goes on; 0: all go on to the end.

    Raises
    ------
    ValueError
        Fewer than k (p + 1) days, values that are none, a constant column, no start, or no start with an estimate.
    """
    length, p = x.shape
    if length < k * (p + 1) or not np.isfinite(x).all():
        raise ValueError(f"{length} days of {p} finite features are too few for {k} states")
    centre, scale = x.mean(axis=0), x.std(axis=0)
    if not (scale > 1e-12 * np.abs(centre)).all():
        raise ValueError("a feature is constant")
    z = (x - centre) / scale
    rng = np.random.default_rng(seed)
    # Beside a warm start all challengers are seeded by blocks: a twentieth of the rows to look at.
    made = [seeded(z, k, rng, by_block=start is not None or bool(i % 2)) for i in range(fresh)]
    warm = [] if start is None else [standard(start, centre, scale)]
    starts = [*warm, *made]
    return fit_from(x, starts, centre, scale, iterations=iterations, tolerance=tolerance, prior=prior, short=short)


def fit_from(
    x: Floats,
    starts: Sequence[GaussianHmm],
    centre: Floats,
    scale: Floats,
    *,
    iterations: int,
    tolerance: float,
    prior: float,
    short: int = 0,
) -> HmmFit:
    """EM from given starts, which are in units of (x - centre) / scale; otherwise as `fit`."""
    if not starts:
        raise ValueError("no start is given")
    z = (x - centre) / scale
    batch = Batch(
        np.array([m.startprob for m in starts], dtype=np.float64),
        np.array([m.transmat for m in starts], dtype=np.float64),
        np.array([m.means for m in starts], dtype=np.float64),
        np.array([m.covars for m in starts], dtype=np.float64),
    )
    first = short if 0 < short < iterations and len(starts) > 1 else iterations
    done, loglik, steps, converged, path = em(z, batch, iterations=first, tolerance=tolerance, prior=prior)
    if first < iterations:
        lead = np.array([np.nanargmax(np.where(np.isfinite(loglik), np.nanmax(path, axis=0), -np.inf))])
        if np.isfinite(loglik[lead[0]]) and not converged[lead[0]]:
            rest = iterations - first
            one = em(z, done.some(lead), iterations=rest, tolerance=tolerance, prior=prior)
            done.put(lead, one[0])
            loglik[lead], converged[lead] = one[1], one[3]
            steps[lead] += one[2]
            path = np.concatenate([path, np.full((rest, len(starts)), np.nan)])
            path[first:, lead] = one[4]
    reached = np.array([path[n, s] if np.isfinite(loglik[s]) else -np.inf for s, n in enumerate(steps)])
    best = int(reached.argmax())
    if not np.isfinite(reached[best]):
        raise ValueError("no start led to an estimate")
    # Densities of x are those of z over the product of the scales.
    logliks = loglik - x.shape[0] * float(np.log(scale).sum())
    models = tuple(
        GaussianHmm(
            done.startprob[s],
            done.transmat[s],
            done.means[s] * scale + centre,
            done.covars[s] * scale[:, None] * scale[None, :],
        )
        for s in range(len(starts))
    )
    path = path[: int(steps.max()) + 1] - x.shape[0] * float(np.log(scale).sum())
    return HmmFit(models[best], float(logliks[best]), int(steps[best]), best, logliks, steps, converged, path, models)


def standard(model: GaussianHmm, centre: Floats, scale: Floats) -> GaussianHmm:
    """A model of x as one of (x - centre) / scale."""
    square = model.covars / scale[:, None] / scale[None, :]
    return GaussianHmm(model.startprob, model.transmat, (model.means - centre) / scale, square)


def seeded(z: Floats, k: int, rng: np.random.Generator, *, by_block: bool) -> GaussianHmm:
    """A start: days, or blocks of days by mean and log spread, go to the nearest of k k-means++ seeds.

    States of returns differ by spread more than by mean, which only blocks can see.
    """
    length, p = z.shape
    if by_block and length >= 2 * BLOCK * k:
        blocks = length // BLOCK
        cut = z[length - blocks * BLOCK :].reshape(blocks, BLOCK, p)
        seen = np.concatenate([cut.mean(axis=1), np.log(cut.std(axis=1) + 1e-8)], axis=1)
        spread = seen.std(axis=0)
        of_block = nearest((seen - seen.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0), k, rng)
        states = np.concatenate([np.repeat(of_block[:1], length - blocks * BLOCK), np.repeat(of_block, BLOCK)])
    else:
        states = nearest(z, k, rng)
    middle = z - z.mean(axis=0)
    whole = middle.T @ middle / length
    means, covars = np.empty((k, p)), np.empty((k, p, p))
    for j in range(k):
        own = z[states == j]
        means[j] = own.mean(axis=0) if own.size else z[int(rng.integers(length))]
        away = own - means[j]
        covars[j] = (away.T @ away + SHRINK * (whole + 1e-6 * np.eye(p))) / (own.shape[0] + SHRINK)
    transmat = np.full((k, k), (1.0 - STAY) / max(k - 1, 1))
    np.fill_diagonal(transmat, STAY if k > 1 else 1.0)
    return GaussianHmm(np.full(k, 1.0 / k), transmat, means, covars)


def nearest(z: Floats, k: int, rng: np.random.Generator) -> Ints:
    """The nearest of k seeds for every row, (T,); further seeds with probability in proportion to the squared distance."""
    away = np.empty((z.shape[0], k))
    index = int(rng.integers(z.shape[0]))
    for j in range(k):
        apart = z - z[index]
        away[:, j] = np.einsum("tp,tp->t", apart, apart)
        least = away[:, : j + 1].min(axis=1)
        total = float(least.sum())
        share = least / total if total > 0.0 else np.full(z.shape[0], 1.0 / z.shape[0])
        index = int(rng.choice(z.shape[0], p=share))
    return np.asarray(away.argmin(axis=1), dtype=np.int64)

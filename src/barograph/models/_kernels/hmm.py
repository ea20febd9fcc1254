"""Hidden Markov models with Gaussian densities and full covariances: densities, filtered probabilities, one day's step.

x_t | s_t = j is N(means_j, covars_j); P(s_t = j | s_{t-1} = i) = transmat_ij; P(s_1 = j) = startprob_j. Estimation is in
hmm_estimate.py. Daily readings use `filter` and `filter_step` only: a smoothed probability has seen the days after.

Rabiner (1989), doi 10.1109/5.18626; Hamilton (1989), doi 10.2307/1912559.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GaussianHmm:
    """`startprob` (k,), `transmat` (k, k) with rows that sum to one, `means` (k, p), `covars` (k, p, p), in units of x."""

    startprob: Floats
    transmat: Floats
    means: Floats
    covars: Floats

    def ordered(self, order: Any) -> GaussianHmm:
        """The same model with its states in another order: state i becomes what order[i] was."""
        index = np.asarray(order, dtype=np.int64)
        square = self.transmat[np.ix_(index, index)]
        return GaussianHmm(self.startprob[index], square, self.means[index], self.covars[index])


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model with its covariances factored, for day by day use: `whiten` (k, p, p) lower, `constant` (k,) log density."""

    startprob: Floats
    transmat: Floats
    means: Floats
    whiten: Floats
    constant: Floats


@njit(cache=True)
def factored(covars: Floats) -> tuple[Floats, Floats, bool]:
    """(inverses of the lower Cholesky factors, log determinants, whether all are positive definite) of (n, p, p)."""
    n, p = covars.shape[0], covars.shape[1]
    inverse = np.zeros((n, p, p))
    logdet = np.zeros(n)
    lower = np.zeros((p, p))
    for m in range(n):
        for i in range(p):
            for j in range(i + 1):
                value = covars[m, i, j]
                for q in range(j):
                    value -= lower[i, q] * lower[j, q]
                if i == j:
                    if not value > 1e-14 * covars[m, i, i]:
                        return inverse, logdet, False
                    lower[i, i] = math.sqrt(value)
                else:
                    lower[i, j] = value / lower[j, j]
        for i in range(p):
            logdet[m] += 2.0 * math.log(lower[i, i])
            inverse[m, i, i] = 1.0 / lower[i, i]
            for j in range(i):
                value = 0.0
                for q in range(j, i):
                    value -= lower[i, q] * inverse[m, q, j]
                inverse[m, i, j] = value / lower[i, i]
    return inverse, logdet, True


def prepare(model: GaussianHmm) -> Prepared:
    """Factor the covariances once.

    Raises
    ------
    ValueError
        A covariance is not positive definite.
    """
    covars = np.ascontiguousarray(model.covars, dtype=np.float64)
    whiten, logdet, good = factored(covars)
    if not good:
        raise ValueError("a covariance is not positive definite")
    constant = -0.5 * (logdet + covars.shape[1] * math.log(2.0 * math.pi))
    startprob, transmat, means = (
        np.ascontiguousarray(a, dtype=np.float64) for a in (model.startprob, model.transmat, model.means)
    )
    return Prepared(startprob, transmat, means, whiten, constant)


@njit(cache=True)
def log_densities(means: Floats, whiten: Floats, constant: Floats, x: Floats, out: Floats) -> None:
    """log N(x; means_j, covars_j) of one day, (k,), into `out`."""
    k, p = means.shape
    for j in range(k):
        distance = 0.0
        for a in range(p):
            z = 0.0
            for b in range(a + 1):
                z += whiten[j, a, b] * (x[b] - means[j, b])
            distance += z * z
        out[j] = constant[j] - 0.5 * distance


@njit(cache=True)
def update(predicted: Floats, density: Floats, out: Floats) -> float:
    """Bayes' rule for one day: `out` (k,) from what was expected and the log-densities (k,); the day's log-likelihood."""
    k = predicted.size
    top = density[0]
    for j in range(1, k):
        top = max(top, density[j])
    total = 0.0
    for j in range(k):
        out[j] = predicted[j] * math.exp(density[j] - top)
        total += out[j]
    if not total > 0.0:
        # No state could have made x, to the last bit, or x is no number: what was expected stands.
        for j in range(k):
            out[j] = predicted[j]
        return -np.inf
    for j in range(k):
        out[j] /= total
    return float(top + math.log(total))


@njit(cache=True)
def predict(previous: Floats, transmat: Floats, out: Floats) -> None:
    """One day ahead: previous' transmat, (k,), into `out`."""
    k = previous.shape[0]
    for j in range(k):
        value = 0.0
        for i in range(k):
            value += previous[i] * transmat[i, j]
        out[j] = value


@njit(cache=True)
def _filter(startprob: Floats, transmat: Floats, densities: Floats) -> tuple[Floats, float]:
    length, k = densities.shape
    out = np.empty((length, k))
    expected = startprob.copy()
    loglik = 0.0
    for t in range(length):
        if t > 0:
            predict(out[t - 1], transmat, expected)
        loglik += update(expected, densities[t], out[t])
    return out, loglik


def filter(model: GaussianHmm | Prepared, x: Floats) -> tuple[Floats, float]:
    """Filtered probabilities (T, k) of finite x (T, p), each from its day and those before; the log-likelihood."""
    m = model if isinstance(model, Prepared) else prepare(model)
    densities = np.empty((x.shape[0], m.startprob.size))
    for j in range(m.startprob.size):
        away = (x - m.means[j]) @ m.whiten[j].T
        densities[:, j] = m.constant[j] - 0.5 * np.einsum("tp,tp->t", away, away)
    made: tuple[Floats, float] = _filter(m.startprob, m.transmat, densities)
    return made


@njit(cache=True)
def _step(
    first: bool, previous: Floats, transmat: Floats, means: Floats, whiten: Floats, constant: Floats, x: Floats
) -> Floats:
    k = previous.size
    out, density, expected = np.empty(k), np.empty(k), previous.copy()
    if not first:
        predict(previous, transmat, expected)
    log_densities(means, whiten, constant, x, density)
    update(expected, density, out)
    return out


def filter_step(model: Prepared, previous: Floats | None, x: Floats) -> Floats:
    """Filtered probabilities (k,) of a new day x (p,) from those of the day before; None before the first day."""
    before = model.startprob if previous is None else previous
    made: Floats = _step(previous is None, before, model.transmat, model.means, model.whiten, model.constant, x)
    return made

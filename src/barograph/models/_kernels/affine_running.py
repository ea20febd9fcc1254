"""The affine model estimated anew each day: moments that run along instead of regressions over the whole sample.

All that the three regressions need are sums of products of yields of a month and of the month after. Those up to the last month
end stand for the whole month; today's row adds one product to each. The components are carried from day to day by subspace
iteration with a few spare columns, and everything after them works with matrices of the number of factors, for all days at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from barograph.models._kernels.affine import FIRST, HELD, LONGEST, MONTHLY, Floats

#: Columns carried beside the factors, sweeps a day at most, and the change of the factors' space at which they end.
SPARE, SWEEPS, SETTLED = 4, 60, 1e-9


def premia(
    months: Floats,
    days: Floats,
    closed: NDArray[np.int64],
    factors: int = 5,
    maturities: tuple[int, ...] = (24, 60, 120),
) -> Floats:
    """Term premium and expected rate (D, 2, k) in per cent, each day by an estimate on the month ends before it and itself.

    Parameters
    ----------
    months : (M, 120)
        Zero yields at month ends without a gap, per cent.
    days : (D, 120)
        Of the days, in order.
    closed : (D,)
        How many month ends lie before each day; it never falls.
    """
    m, y = months[:, :LONGEST] / MONTHLY, days[:, :LONGEST] / MONTHLY
    p = LONGEST - FIRST + 1
    made: list[tuple[Floats, ...]] = []
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(p, factors + SPARE)))[0]
    starts = np.flatnonzero(np.diff(closed, prepend=-1))
    level = m[: closed[0]].mean(axis=0)  # yields around it, so that no digits are lost in the differences of sums
    m, y = m - level, y - level
    n0 = int(closed[0])
    total, square = m[:n0].sum(axis=0), m[:n0].T @ m[:n0]
    lagged = m[: n0 - 1].T @ m[1:n0]
    for first, last in zip(starts, np.append(starts[1:], len(y)), strict=True):
        n = int(closed[first])
        for row in range(n0, n):
            total = total + m[row]
            square = square + np.outer(m[row], m[row])
            lagged = lagged + np.outer(m[row - 1], m[row])
        n0 = n
        block = y[first:last]
        weights = np.empty((last - first, p, factors))
        for d, row in enumerate(block):
            basis, weights[d] = _components(square, total, row, n + 1, basis, factors)
        made.append(_solve(square, lagged, total, m[0], m[n - 1], block, n, weights, level))
    mu, phi, lambda0, lambda1, *rest = (np.concatenate(part) for part in zip(*made, strict=True))
    fitted = _priced(mu - lambda0, phi - lambda1, *rest, maturities=maturities)
    expected = _priced(mu, phi, *rest, maturities=maturities)
    return np.stack([fitted - expected, expected], axis=1)


def _components(
    square: Floats, total: Floats, row: Floats, n: int, basis: Floats, factors: int
) -> tuple[Floats, Floats]:
    """Basis (p, K + SPARE) and weights (p, K) of unit variance of the sample with `row` added."""
    # The sample's products are those of the months, and today's with itself, less those of the mean.
    pair = np.column_stack([row[FIRST - 1 :], (total + row)[FIRST - 1 :] / n])
    signed = pair * np.array([1.0, -float(n)])
    whole = square[FIRST - 1 :, FIRST - 1 :]
    before = basis[:, :factors]
    for _ in range(SWEEPS):
        basis = np.linalg.qr(whole @ basis + signed @ (pair.T @ basis))[0]
        image = whole @ basis + signed @ (pair.T @ basis)
        values, turn = np.linalg.eigh(basis.T @ image)
        basis, values = basis @ turn[:, ::-1], values[::-1]
        found = basis[:, :factors]
        outside = before - found @ (found.T @ before)
        before = found
        if np.abs(outside).max() < SETTLED:
            break
    return basis, before / np.sqrt(values[:factors] / n)


def _solve(
    square: Floats, lagged: Floats, total: Floats, oldest: Floats, newest: Floats, today: Floats, n: int,
    weights: Floats, level: Floats,
) -> tuple[Floats, ...]:  # fmt: skip
    """The three regressions of each day of a month from the moments of its n pairs, and its states: mu, phi, lambda0, lambda1,
    sigma, variance, delta0, delta1, x."""
    d, _, k = weights.shape
    cut = slice(FIRST - 1, LONGEST)
    mean = (total + today)[:, cut] / (n + 1)
    held = np.array(HELD)
    # An excess return is linear in the yields of both months: (120, N) each.
    now, later = np.zeros((LONGEST, held.size)), np.zeros((LONGEST, held.size))
    now[held - 1, np.arange(held.size)] = held
    now[0] -= 1.0
    later[held - 2, np.arange(held.size)] = 1 - held
    constant = level @ (now + later)
    # Sums over the pairs: of the earlier month, of the later one, and of their products.
    s1 = total - np.zeros_like(today)
    s2 = total - oldest + today
    moment11 = square
    w = np.zeros((d, LONGEST, k))
    w[:, cut] = weights
    shift = np.einsum("dp,dpk->dk", mean, weights)  # X = w'y - shift
    a1, a2 = np.einsum("dp,dpk->dk", s1, w), np.einsum("dp,dpk->dk", s2, w)
    # Products with the weights and with the returns' coefficients, without forming a day's own 120 x 120 matrices.
    square_w = np.einsum("pq,dqk->dpk", moment11, w, optimize=True)
    lag_w = np.einsum("pq,dqk->dpk", lagged, w, optimize=True)
    lag_t_w = np.einsum("qp,dqk->dpk", lagged, w, optimize=True)
    tw, ow, nw = np.einsum("dp,dpk->dk", today, w), oldest @ w, newest @ w
    s22_w = square_w - oldest[None, :, None] * ow[:, None, :] + today[:, :, None] * tw[:, None, :]
    s12_w = lag_w + newest[None, :, None] * tw[:, None, :]  # sum y_t (y_{t+1}'w)
    s21_w = lag_t_w + today[:, :, None] * nw[:, None, :]  # sum y_{t+1} (y_t'w)
    x1x1 = _centred(np.einsum("dpk,dpl->dkl", w, square_w), a1, a1, shift, shift, n)
    x2x2 = _centred(np.einsum("dpk,dpl->dkl", w, s22_w), a2, a2, shift, shift, n)
    x1x2 = _centred(np.einsum("dpk,dpl->dkl", w, s12_w), a1, a2, shift, shift, n)
    zero = np.zeros((d, held.size))
    r1 = s1 @ now + s2 @ later  # sums of returns, without the constant
    rx1 = _centred(
        np.einsum("pn,dpk->dnk", now, square_w) + np.einsum("pn,dpk->dnk", later, s21_w), r1, a1, zero, shift, n
    )
    rx2 = _centred(
        np.einsum("pn,dpk->dnk", now, s12_w) + np.einsum("pn,dpk->dnk", later, s22_w), r1, a2, zero, shift, n
    )
    nn = np.einsum("pn,pq,qn->n", now, moment11, now, optimize=True)
    ll = np.einsum("pn,pq,qn->n", later, moment11, later, optimize=True) - (oldest @ later) ** 2 + (today @ later) ** 2
    nl = np.einsum("pn,pq,qn->n", now, lagged, later, optimize=True) + (newest @ now) * (today @ later)
    rr = nn + ll + 2.0 * nl
    m1, m2, mr = a1 / n - shift, a2 / n - shift, r1 / n
    c11, c22, c12 = (
        s - n * u[:, :, None] * v[:, None, :] for s, u, v in ((x1x1, m1, m1), (x2x2, m2, m2), (x1x2, m1, m2))
    )
    phi = np.linalg.solve(c11, c12).transpose(0, 2, 1)
    mu = m2 - np.einsum("dkl,dl->dk", phi, m1)
    cvv = c22 - np.einsum("dkl,dlm->dkm", phi, c12)
    sigma = cvv / n
    c_r1 = rx1 - n * mr[:, :, None] * m1[:, None, :]
    c_r2 = rx2 - n * mr[:, :, None] * m2[:, None, :]
    # On a constant, v and X: v has no mean and is orthogonal to X in the sample.
    c_rv = c_r2 - np.einsum("dnk,dlk->dnl", c_r1, phi)
    beta = np.linalg.solve(cvv, c_rv.transpose(0, 2, 1)).transpose(0, 2, 1)
    c = np.linalg.solve(c11, c_r1.transpose(0, 2, 1)).transpose(0, 2, 1)
    a = mr + constant - np.einsum("dnk,dk->dn", c, m1)
    left = rr - n * mr**2 - np.einsum("dnk,dnk->dn", beta, c_rv) - np.einsum("dnk,dnk->dn", c, c_r1)
    variance = np.maximum(left, 0.0).sum(axis=1) / (n * held.size)
    convexity = 0.5 * (np.einsum("dni,dij,dnj->dn", beta, sigma, beta, optimize=True) + variance[:, None])
    both = np.linalg.solve(
        np.einsum("dnk,dnl->dkl", beta, beta),
        np.einsum("dnk,dnl->dkl", beta, np.concatenate([(a + convexity)[:, :, None], c], axis=2)),
    )
    # The short rate on all states, the newest among them: they have mean nought and unit variance.
    r_all = (total[0] + today[:, 0]) / (n + 1)
    delta1 = (square_w[:, 0] + today[:, :1] * tw) / (n + 1) - r_all[:, None] * shift
    delta0 = level[0] + r_all
    return mu, phi, both[:, :, 0], both[:, :, 1:], sigma, variance, delta0, delta1, tw - shift


def _centred(products: Floats, a: Floats, b: Floats, shift_a: Floats, shift_b: Floats, n: int) -> Floats:
    """Sums of (u - shift_a)(v - shift_b)' from those of u v', u and v."""
    return np.asarray(
        products
        - a[:, :, None] * shift_b[:, None, :]
        - shift_a[:, :, None] * b[:, None, :]
        + n * shift_a[:, :, None] * shift_b[:, None, :]
    )


def _priced(
    drift: Floats, turn: Floats, sigma: Floats, variance: Floats, delta0: Floats, delta1: Floats, x: Floats,
    *, maturities: tuple[int, ...],
) -> Floats:  # fmt: skip
    """Yields (D, k) in per cent by the recursion of `affine.recursion`, for all days at once."""
    a, b = -delta0, -delta1
    out = np.empty((len(x), len(maturities)))
    for n in range(1, max(maturities) + 1):
        if n > 1:
            half = 0.5 * np.matmul(sigma, b[:, :, None])[:, :, 0]
            a = a + (b * (drift + half)).sum(axis=1) + 0.5 * variance - delta0
            b = np.matmul(b[:, None, :], turn)[:, 0] - delta1
        if n in maturities:
            out[:, maturities.index(n)] = -MONTHLY / n * (a + (b * x).sum(axis=1))
    return out

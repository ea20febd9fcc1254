"""Least squares over a rolling window, many assets on the same regressors.

Window sums are the end of one block of days plus the start of the next: nothing is ever subtracted, so a day that leaves the
window leaves no trace. Assets whose days with values are the same share one inverse per day; an asset with days missing
shares it on the days whose window has none of them.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from barograph.models._kernels._cholesky import SINGULAR, designed, inverse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
#: Assets worked on at once: long rows, whose window sums still lie in the cache (37 ms for 500 assets; 48 with half as many).
TILE = 500


@njit(cache=True)
def _counts(held: Bools, window: int) -> Ints:
    """Days with values in the window that ends on each day, shape (T,)."""
    out = np.zeros(held.size, dtype=np.int64)
    total = 0
    for t in range(held.size):
        total += held[t]
        if t >= window:
            total -= held[t - window]
        out[t] = total
    return out


@njit(cache=True)
def _moments(design: Floats, held: Bools, window: int) -> Floats:
    """Window sums of x x' over the days held, (T, k, k)."""
    length, k = design.shape
    out = np.empty((length, k, k))
    tail = np.zeros((window + 1, k, k))
    head = np.empty((k, k))
    for start in range(0, length, window):
        head[:] = 0.0
        stop = min(start + window, length)
        for t in range(start, stop):
            for i in range(k):
                for j in range(i + 1):
                    if held[t]:
                        head[i, j] += design[t, i] * design[t, j]
                    out[t, i, j] = head[i, j] + tail[t - start + 1, i, j]
                    out[t, j, i] = out[t, i, j]
        if stop - start == window:
            tail[window] = 0.0
            for o in range(window - 1, -1, -1):
                t = start + o
                for i in range(k):
                    for j in range(i + 1):
                        tail[o, i, j] = tail[o + 1, i, j] + (design[t, i] * design[t, j] if held[t] else 0.0)
    return out


@njit(cache=True)
def _inverses(moments: Floats, counts: Ints, least: int) -> tuple[Floats, Bools]:
    """Inverses of the window sums and the days on which there is one."""
    length, k = moments.shape[0], moments.shape[1]
    out, usable = np.empty((length, k, k)), np.zeros(length, dtype=np.bool_)
    work = np.empty((k, k))
    for t in range(length):
        if counts[t] >= least:
            work[:] = moments[t]
            usable[t] = inverse(work, out[t])
    return out, usable


@njit(cache=True)
def _sums(design: Floats, values: Floats, into: Floats, before: Floats, n: int) -> None:
    """before + x y for a tile's columns, into `into`, (k, tile)."""
    for i in range(design.size):
        x, own, was = design[i], into[i], before[i]
        for j in range(n):
            own[j] = was[j] + x * values[j]


@njit(cache=True)
def _squares(design: Floats, there: Floats, into: Floats, before: Floats, n: int) -> None:
    """before + x x' where there is a value, into `into`, (k (k + 1) / 2, tile)."""
    at = 0
    for i in range(design.size):
        for m in range(i + 1):
            x, own, was = design[i] * design[m], into[at], before[at]
            for j in range(n):
                own[j] = was[j] + x * there[j]
            at += 1


@njit(cache=True)
def _solved(a: Floats, b: Floats, whole: Floats, n: int) -> None:
    """The solutions of the tile's systems in place of `b`, (k, tile); `a` (k (k + 1) / 2, tile) is spent.

    A system that is not positive definite gives NaN.
    """
    k = b.shape[0]
    for i in range(k):
        row = i * (i + 1) // 2
        for m in range(i):
            below, other = a[row + m], m * (m + 1) // 2
            for o in range(m):
                one, two = a[row + o], a[other + o]
                for j in range(n):
                    below[j] -= one[j] * two[j]
            pivot = a[other + m]
            for j in range(n):
                below[j] *= pivot[j]
        diagonal = a[row + i]
        for j in range(n):
            whole[j] = SINGULAR * diagonal[j]
        for o in range(i):
            one = a[row + o]
            for j in range(n):
                diagonal[j] -= one[j] * one[j]
        for j in range(n):  # the pivots are kept as their inverses
            diagonal[j] = 1.0 / math.sqrt(diagonal[j]) if diagonal[j] > whole[j] else np.nan
    for i in range(k):
        row, own = i * (i + 1) // 2, b[i]
        for o in range(i):
            one, two = a[row + o], b[o]
            for j in range(n):
                own[j] -= one[j] * two[j]
        pivot = a[row + i]
        for j in range(n):
            own[j] *= pivot[j]
    for i in range(k - 1, -1, -1):
        own = b[i]
        for o in range(i + 1, k):
            one, two = a[o * (o + 1) // 2 + i], b[o]
            for j in range(n):
                own[j] -= one[j] * two[j]
        pivot = a[i * (i + 1) // 2 + i]
        for j in range(n):
            own[j] *= pivot[j]


@njit(cache=True)
def _product(inverse: Floats, sums: Floats, out: Floats, first: int, n: int) -> None:
    """One inverse times the tile's sums, two of their rows in one pass."""
    k = inverse.shape[0]
    for i in range(k):
        target = out[i, first : first + n]
        for m in range(0, k - 1, 2):
            left, right, one, two = inverse[i, m], inverse[i, m + 1], sums[m], sums[m + 1]
            if m == 0:
                for j in range(n):
                    target[j] = left * one[j] + right * two[j]
            else:
                for j in range(n):
                    target[j] += left * one[j] + right * two[j]
        if k % 2:
            left, one = inverse[i, k - 1], sums[k - 1]
            for j in range(n):
                target[j] = left * one[j] + (target[j] if k > 1 else 0.0)


@njit(cache=True)
def _betas(
    design: Floats, y: Floats, held: Floats, gaps: Bools, inverse: Floats, fine: Bools, whole: Ints, window: int, least: int,
    out: Floats,
) -> None:  # fmt: skip
    """Coefficients of all columns into `out`, (T, k, n); `gaps` says which columns lack a day that the regressors have."""
    length, k = design.shape
    columns, size = y.shape[1], k * (k + 1) // 2
    width = min(TILE, columns)
    rows = window + 1 if gaps.any() else 1
    tail, tail_squares = np.zeros((window + 1, k, width)), np.zeros((rows, size, width))
    head, head_squares = np.empty((k, width)), np.empty((size, width))
    sums, a, row, scratch = np.empty((k, width)), np.empty((size, width)), np.empty(width), np.empty(width)
    counts = np.empty(width)
    for first in range(0, columns, TILE):
        n = min(TILE, columns - first)
        own = gaps[first : first + n].any()
        tail[:] = 0.0
        counts[:] = 0.0
        if own:
            tail_squares[:] = 0.0
        for start in range(0, length, window):
            head[:] = 0.0
            head_squares[:] = 0.0
            stop = min(start + window, length)
            for t in range(start, stop):
                values, behind = y[t, first : first + n], tail[t - start + 1]
                for i in range(k):
                    x, one, two, three = design[t, i], head[i], behind[i], sums[i]
                    for j in range(n):
                        one[j] += x * values[j]
                        three[j] = one[j] + two[j]
                if own:
                    there = held[t, first : first + n]
                    _squares(design[t], there, head_squares, head_squares, n)
                    for j in range(n):
                        counts[j] += there[j]
                    if t >= window:
                        gone = held[t - window, first : first + n]
                        for j in range(n):
                            counts[j] -= gone[j]
                most = np.max(counts[:n]) if own else float(whole[t])
                if most < least:
                    out[t, :, first : first + n] = np.nan
                elif not own or np.min(counts[:n]) == whole[t]:
                    if fine[t]:
                        _product(inverse[t], sums, out[t], first, n)
                    else:
                        out[t, :, first : first + n] = np.nan
                else:
                    behind = tail_squares[t - start + 1]
                    for i in range(size):
                        one, two, three = a[i], head_squares[i], behind[i]
                        for j in range(n):
                            one[j] = two[j] + three[j]
                    _solved(a, sums, scratch, n)
                    for j in range(n):
                        row[j] = 1.0 if counts[j] >= least else np.nan
                    for i in range(k):
                        one, target = sums[i], out[t, i, first : first + n]
                        for j in range(n):
                            target[j] = one[j] * row[j]
            if stop - start == window:
                tail[window] = 0.0
                if own:
                    tail_squares[window] = 0.0
                for o in range(window - 1, -1, -1):
                    t = start + o
                    _sums(design[t], y[t, first : first + n], tail[o], tail[o + 1], n)
                    if own:
                        _squares(design[t], held[t, first : first + n], tail_squares[o], tail_squares[o + 1], n)


def rolling_ols(y: Floats, x: Floats, window: int, least: int | None = None, out: Floats | None = None) -> Floats:
    """Coefficients of y = a + x b + e over the `window` days that end on each day.

    Parameters
    ----------
    y : float array, shape (T, n)
        One column per asset; NaN where it has no value.
    x : float array, shape (T, k)
        Shared regressors; a day that lacks one is no day.
    least
        Days with values that a window must hold (default: all of them).
    out : float array, shape (T, k + 1, n), optional
        Where to write.

    Returns
    -------
    float array, shape (T, k + 1, n)
        The constant first; NaN where the window holds too few days or a regressor is a sum of the others.
    """
    least = window if least is None else least
    design, days = designed(x)
    length, k = design.shape
    y = np.ascontiguousarray(y)
    made = np.empty((length, k, y.shape[1])) if out is None else out
    held = np.isfinite(y) & days[:, None]
    whole = _counts(days, window)
    least = max(least, k)
    inverse, fine = _inverses(_moments(design, days, window), whole, least)
    gaps = held.sum(axis=0) < days.sum()
    # Assets with the same days missing stand beside each other, so that whole tiles have none.
    order = np.argsort(gaps, kind="stable")
    sorted_ = bool((order == np.arange(order.size)).all())
    filled = y if held.all() else np.where(held, y, 0.0)
    there = held.astype(np.float64) if gaps.any() else np.empty((1, 1))
    if sorted_:
        _betas(design, filled, there, gaps, inverse, fine, whole, window, least, made)
        return made
    part = np.empty_like(made)
    _betas(design, filled[:, order], there[:, order], gaps[order], inverse, fine, whole, window, least, part)
    made[:, :, order] = part
    return made

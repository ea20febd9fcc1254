"""Quantile regression against the exact linear program, solved by HiGHS in scipy; the vertex is the answer to 1e-9."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from barograph.models._kernels import quantile_regression as kernel

TAUS = (0.05, 0.25, 0.5, 0.75, 0.95)


def program(x: np.ndarray, y: np.ndarray, tau: float, penalty: float = 0.0) -> tuple[float, np.ndarray]:
    """The plain reference: min tau 1'u + (1 - tau) 1'v + penalty 1't, Xb + u - v = y, -t <= b <= t for slopes."""
    n, p = x.shape
    scale = np.concatenate([[1.0], x[:, 1:].std(axis=0)])
    cost = np.concatenate([np.zeros(p), np.full(n, tau), np.full(n, 1.0 - tau), np.full(p - 1, penalty)])
    equal = np.hstack([x / scale, np.eye(n), -np.eye(n), np.zeros((n, p - 1))])
    slopes = np.hstack([np.zeros((p - 1, 1)), np.eye(p - 1), np.zeros((p - 1, 2 * n))])
    bound = np.vstack([np.hstack([slopes, -np.eye(p - 1)]), np.hstack([-slopes, -np.eye(p - 1)])])
    found = linprog(
        cost, A_ub=bound, b_ub=np.zeros(2 * (p - 1)), A_eq=equal, b_eq=y,
        bounds=[(None, None)] * p + [(0, None)] * (2 * n + p - 1), method="highs",
    )  # fmt: skip
    return float(found.fun), found.x[:p] / scale


def weighted_program(x: np.ndarray, y: np.ndarray, tau: float, penalty: float) -> float:
    """The least value of the same with columns as they are."""
    n, p = x.shape
    cost = np.concatenate([np.zeros(p), np.full(n, tau), np.full(n, 1.0 - tau), np.full(p - 1, penalty)])
    equal = np.hstack([x, np.eye(n), -np.eye(n), np.zeros((n, p - 1))])
    slopes = np.hstack([np.zeros((p - 1, 1)), np.eye(p - 1), np.zeros((p - 1, 2 * n))])
    bound = np.vstack([np.hstack([slopes, -np.eye(p - 1)]), np.hstack([-slopes, -np.eye(p - 1)])])
    found = linprog(
        cost, A_ub=bound, b_ub=np.zeros(2 * (p - 1)), A_eq=equal, b_eq=y,
        bounds=[(None, None)] * p + [(0, None)] * (2 * n + p - 1), method="highs",
    )  # fmt: skip
    return float(found.fun)


def sample(n: int, p: int, seed: int, *, whole: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Regressors of very different scales, heavy tails whose width moves; `whole`: figures in whole basis points."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), rng.standard_normal((n, p - 1)) * rng.uniform(0.1, 50.0, p - 1)])
    y = 0.1 * (x @ rng.standard_normal(p)) + rng.standard_t(3, n) * (1.0 + np.abs(x[:, 1]))
    return (x, np.round(y)) if whole else (x, y)


def objective(x: np.ndarray, y: np.ndarray, b: np.ndarray, tau: float, penalty: float = 0.0) -> float:
    scale = x[:, 1:].std(axis=0)
    return kernel.loss(y - x @ b, tau) + penalty * float(np.abs(b[1:] * scale).sum())


@pytest.mark.parametrize("tau", TAUS)
@pytest.mark.parametrize(("n", "p", "whole"), [(60, 3, False), (150, 7, False), (200, 4, True)])
@pytest.mark.parametrize("penalty", [0.0, 4.0])
def test_the_exact_linear_program(n: int, p: int, whole: bool, penalty: float, tau: float) -> None:
    x, y = sample(n, p, seed=n + p, whole=whole)
    b = kernel.fit(x, y, [tau], [penalty])[0]
    best, vertex = program(x, y, tau, penalty)
    assert objective(x, y, b, tau, penalty) == pytest.approx(best, rel=1e-9, abs=1e-9)
    if not whole:  # with ties the solution need not be one
        assert np.abs(b - vertex).max() < 1e-9


def test_a_penalty_large_enough_leaves_the_plain_quantile() -> None:
    x, y = sample(101, 4, 3)
    b = kernel.fit(x, y, [0.5], [1e4])[0]
    assert np.all(b[1:] == 0.0) and b[0] == np.sort(y)[50]


@pytest.mark.parametrize("penalty", [0.0, 4.0, 60.0])
def test_rows_that_count_more_than_once_are_rows_repeated(penalty: float) -> None:
    x, y = sample(150, 5, 8)
    for seed in range(4):
        counts = np.bincount(np.random.default_rng(seed).integers(0, 150, 150), minlength=150)
        many, aims = np.repeat(x, counts, axis=0), np.repeat(y, counts)
        scale = np.concatenate([[1.0], x[:, 1:].std(axis=0)])
        for tau in TAUS:
            # The penalty falls as on the sample: the reference is scaled by the sample's deviations.
            b = kernel.fit(x, y, [tau], [penalty], counts)[0]
            loss = kernel.loss(aims - many @ b, tau) + penalty * float(np.abs((b * scale)[1:]).sum())
            best = weighted_program(many / scale, aims, tau, penalty)
            assert loss == pytest.approx(best, rel=1e-9, abs=1e-9)


def test_windows_that_grow_give_what_each_gives_alone() -> None:
    x, y = sample(400, 4, 5)
    ends = np.arange(150, 401)
    grown = kernel.expanding(x, y, TAUS, ends)
    alone = np.array([kernel.fit(x[:e], y[:e], TAUS) for e in ends[::25]])
    assert np.abs(grown[::25] - alone).max() < 1e-9


def test_many_rows_are_solved_by_way_of_those_near_the_start() -> None:
    x, y = sample(4000, 5, 6)
    for tau, b in zip(TAUS, kernel.fit(x, y, TAUS), strict=True):
        # A vertex through p rows whose subgradient is within its bounds is a solution: Koenker and Bassett (1978), 3.3.
        residual = y - x @ b
        through = np.argsort(np.abs(residual))[:5]
        assert np.abs(residual[through]).max() < 1e-9 * np.abs(y).max()
        rest = np.delete(np.arange(4000), through)
        weight = np.linalg.solve(x[through].T, -x[rest].T @ (tau - (residual[rest] < 0.0)))
        assert np.all(weight > tau - 1.0 - 1e-9) and np.all(weight < tau + 1e-9)


def test_a_slope_of_nought_along_an_edge_ends_the_search() -> None:
    # Rows of three and six in length: the slope is nought at a row up to the last digit, which the order of sums decides.
    x, y = sample(600, 5, 11)
    for seed in range(60):
        counts = np.bincount(np.random.default_rng(seed).integers(0, 600, 600), minlength=600)
        for tau in (0.25, 0.5, 0.75):
            b = kernel.fit(x, y, [tau], [400.0], counts)[0]
            assert np.isfinite(b).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), shift=st.floats(-50, 50), factor=st.floats(0.1, 20))
def test_laws_of_quantile_regression(seed: int, shift: float, factor: float) -> None:
    # Koenker and Bassett (1978), theorem 3.2: scale, shift by a plane, reflection.
    x, y = sample(80, 3, seed)
    b = kernel.fit(x, y, [0.25])[0]
    plane = np.array([shift, 0.3, -0.2])
    moved = kernel.fit(x, factor * y + x @ plane, [0.25])[0]
    size = 1.0 + float(np.abs(y).max()) * factor + abs(shift)
    assert np.abs(x @ (moved - factor * b - plane)).max() < 1e-8 * size
    assert np.abs(x @ (kernel.fit(x, -y, [0.75])[0] + b)).max() < 1e-8 * size


def test_quantiles_in_order_are_no_farther_from_the_truth() -> None:
    found, truth = np.array([[1.0, 3.0, 2.0]]), np.array([1.0, 2.0, 3.0])
    sorted_ = kernel.rearranged(found)
    assert np.all(np.diff(sorted_) >= 0.0)
    assert np.abs(sorted_ - truth).sum() <= np.abs(found - truth).sum()


def test_what_cannot_be_solved_is_refused() -> None:
    x, y = sample(50, 3, 1)
    with pytest.raises(ValueError, match="sum of others"):
        kernel.fit(np.column_stack([x, x[:, 1] + x[:, 2]]), y, [0.5])
    with pytest.raises(ValueError, match="does not move"):
        kernel.fit(np.column_stack([x, np.full(50, 2.0)]), y, [0.5])
    with pytest.raises(ValueError, match="windows"):
        kernel.fit(x[:2], y[:2], [0.5])
    with pytest.raises(ValueError, match="level"):
        kernel.fit(x, y, [1.0])

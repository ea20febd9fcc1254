"""The affine model: exact on a simulated economy, and beside the package pyacm 2.1 (MIT) on the same yields."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from barograph.models._kernels.affine import HELD, LONGEST, MONTHLY, Affine, fit, recursion

PHI = np.diag([0.985, 0.95, 0.9, 0.8, 0.7]) + 0.01 * np.eye(5, k=1)


def known(seed: int = 0, months: int = 240) -> tuple[Affine, np.ndarray, np.ndarray]:
    """Parameters, states (T, 5) and yields (T, 120) of an economy without pricing errors.

    The moments of its innovations are those of the sample, so that an estimate can meet them exactly.
    """
    rng = np.random.default_rng(seed)
    root = 0.3 * np.eye(5) + 0.05 * rng.normal(size=(5, 5))
    x = np.zeros((months, 5))
    for t in range(1, months):
        x[t] = PHI @ x[t - 1] + root @ rng.normal(size=5)
    design = np.column_stack([np.ones(months - 1), x[:-1]])
    var = np.linalg.lstsq(design, x[1:], rcond=None)[0]
    v = x[1:] - design @ var
    made = Affine(
        centre=np.zeros(118), weights=np.zeros((118, 5)), mu=var[0], phi=var[1:].T, sigma=v.T @ v / len(v),
        lambda0=0.02 * rng.normal(size=5), lambda1=0.02 * rng.normal(size=(5, 5)), delta0=0.003,
        delta1=3e-4 * np.array([1.0, -0.8, 0.5, 0.3, -0.2]), variance=0.0, n=months - 1,
    )  # fmt: skip
    a, b = made.loadings()
    return made, x, a + x @ b.T


def plain_recursion(m: Affine, risk_neutral: bool) -> tuple[np.ndarray, np.ndarray]:
    """The published recursion in its plainest form, maturity by maturity, with Kronecker products."""
    l0, l1 = (0 * m.lambda0, 0 * m.lambda1) if risk_neutral else (m.lambda0, m.lambda1)
    a, b = [0.0, -m.delta0], [0 * m.delta1, -m.delta1]
    for n in range(2, LONGEST + 1):
        convexity = np.kron(b[n - 1], b[n - 1]) @ m.sigma.ravel() + m.variance
        a.append(a[n - 1] + b[n - 1] @ (m.mu - l0) + 0.5 * convexity - m.delta0)
        b.append(b[n - 1] @ (m.phi - l1) - m.delta1)
    return np.array(a[1:]), np.array(b[1:])


@pytest.mark.parametrize("risk_neutral", [False, True])
def test_the_recursion_is_the_published_one(risk_neutral: bool) -> None:
    made = replace(known()[0], variance=1e-6)
    a, b = plain_recursion(made, risk_neutral)
    scale = -MONTHLY / np.arange(1, LONGEST + 1)
    ours = made.loadings(risk_neutral)
    np.testing.assert_allclose(ours[0], scale * a, rtol=0, atol=1e-10)
    np.testing.assert_allclose(ours[1], scale[:, None] * b, rtol=0, atol=1e-10)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_simulated_economy_is_met_exactly(seed: int) -> None:
    truth, x, yields = known(seed)
    made = fit(yields)
    states = made.states(yields)
    for risk_neutral in (False, True):
        (a, b), (ta, tb) = made.loadings(risk_neutral), truth.loadings(risk_neutral)
        np.testing.assert_allclose(a + states @ b.T, ta + x @ tb.T, rtol=0, atol=1e-8)
    assert made.variance < 1e-20
    # The rotation that takes the true states into the estimated ones takes the parameters with it.
    turn = np.linalg.lstsq(x - x.mean(axis=0), states - states.mean(axis=0), rcond=None)[0].T
    back = np.linalg.inv(turn)
    np.testing.assert_allclose(made.phi, turn @ truth.phi @ back, atol=1e-8)
    np.testing.assert_allclose(made.sigma, turn @ truth.sigma @ turn.T, atol=1e-8)
    np.testing.assert_allclose(made.lambda1, turn @ truth.lambda1 @ back, atol=1e-7)


def test_excess_returns_by_hand() -> None:
    # A bond of six months held for one: its log price of five months less that of six, less the rate of one month.
    yields = known()[2]
    made = fit(yields)
    y = yields / MONTHLY
    rx = np.array([-5 * y[1:, 4] + 6 * y[:-1, 5] - y[:-1, 0]])[0]
    x = made.states(yields)
    v = x[1:] - made.mu - x[:-1] @ made.phi.T
    design = np.column_stack([np.ones(len(v)), v, x[:-1]])
    b5 = -5 / MONTHLY * made.loadings()[1][4]
    assert HELD[0] == 6
    np.testing.assert_allclose(np.linalg.lstsq(design, rx, rcond=None)[0][1:6], b5, atol=1e-10)


def noisy(seed: int, months: int = 240) -> np.ndarray:
    yields = known(seed, months)[2]
    smooth = np.cumsum(np.random.default_rng(seed).normal(0.0, 1e-3, (months, LONGEST)), axis=1)
    return np.asarray(yields + smooth)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 5.0), st.floats(-3.0, 3.0))
def test_yields_are_expected_and_premium_and_scale_free(seed: int, scale: float, shift: float) -> None:
    yields = noisy(seed % 50)
    made = fit(yields)
    x = made.states(yields)
    (a, b), (an, bn) = made.loadings(), made.loadings(risk_neutral=True)
    fitted, expected = a + x @ b.T, an + x @ bn.T
    premium = (a - an) + x @ (b - bn).T
    np.testing.assert_allclose(expected + premium, fitted, atol=1e-9)
    # At one month there is nothing to be paid for.
    np.testing.assert_allclose(premium[:, 0], 0.0, atol=1e-12)
    # The states themselves do not matter: any others that span the same space say the same.
    turned = np.linalg.qr(np.random.default_rng(seed).normal(size=(5, 5)))[0] * scale
    other = _turned(made, turned, shift)
    xo = x @ turned.T + shift
    for risk_neutral in (False, True):
        (a, b), (c, d) = made.loadings(risk_neutral), other.loadings(risk_neutral)
        np.testing.assert_allclose(a + x @ b.T, c + xo @ d.T, atol=1e-8)


def _turned(m: Affine, turn: np.ndarray, shift: float) -> Affine:
    back = np.linalg.inv(turn)
    move = np.full(5, shift)
    phi, lambda1 = turn @ m.phi @ back, turn @ m.lambda1 @ back
    return replace(
        m, phi=phi, lambda1=lambda1, mu=turn @ m.mu + move - phi @ move, lambda0=turn @ m.lambda0 - lambda1 @ move,
        sigma=turn @ m.sigma @ turn.T, delta1=m.delta1 @ back, delta0=m.delta0 - m.delta1 @ back @ move,
    )  # fmt: skip


def test_months_that_do_not_follow_are_left_out() -> None:
    yields = noisy(3, 300)
    gap = np.ones(298, dtype=bool)
    gap[149] = False
    cut = np.delete(yields, 150, axis=0)
    assert fit(cut, gap).n == 297
    assert fit(cut).n == 298
    with pytest.raises(ValueError, match="20 pairs"):
        fit(yields[:21])
    with pytest.raises(ValueError, match="shape"):
        fit(yields[:, :60])


def test_beside_pyacm() -> None:
    """pyacm 2.1 takes the VAR's constant for nought after it has estimated with one, and divides sigma by T - 1.

    The first moves a constant between lambda0 and mu, so that fitted yields stay and expected rates shift; with both done to
    our parameters the two agree.
    """
    pyacm, pandas = pytest.importorskip("pyacm"), pytest.importorskip("pandas")
    yields = noisy(5, 300)
    index = pandas.date_range("1990-01-31", periods=300, freq="ME")
    frame = pandas.DataFrame(yields / 100.0, index=index, columns=range(1, LONGEST + 1))
    theirs = pyacm.NominalACM(frame, selected_maturities=list(HELD))  # month means of a row a month
    ours = fit(yields)
    larger = ours.sigma * ours.n / (ours.n - 1)
    x = ours.states(yields)
    v = x[1:] - ours.mu - x[:-1] @ ours.phi.T
    design = np.column_stack([np.ones(ours.n), v, x[:-1]])
    months = np.array(HELD)
    y = yields / MONTHLY
    rx = months * y[:-1][:, months - 1] - (months - 1) * y[1:][:, months - 2] - y[:-1, :1]
    beta = np.linalg.lstsq(design, rx, rcond=None)[0][1:6].T
    more = np.linalg.lstsq(beta, 0.5 * np.einsum("ni,ij,nj->n", beta, larger - ours.sigma, beta), rcond=None)[0]
    same = replace(ours, mu=np.zeros(5), lambda0=ours.lambda0 - ours.mu + more, sigma=larger)
    (a, b), (an, bn) = same.loadings(), same.loadings(risk_neutral=True)
    np.testing.assert_allclose(a + x @ b.T, 100.0 * theirs.miy.values, atol=1e-7)
    np.testing.assert_allclose(an + x @ bn.T, 100.0 * theirs.rny.values, atol=1e-7)
    np.testing.assert_allclose(ours.loadings()[0] + x @ ours.loadings()[1].T, 100.0 * theirs.miy.values, atol=2e-3)


def test_the_recursion_at_one_month() -> None:
    a, b = recursion(np.ones(2), np.eye(2), np.eye(2), 1.0, 0.01, np.array([0.1, 0.2]))
    assert a[0] == -0.01 and (b[0] == [-0.1, -0.2]).all()

"""Svensson's curve against published rows, plain formulas, exact recovery and a general optimiser."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import least_squares

from barograph.models._kernels import _svensson as compiled
from barograph.models._kernels import svensson

Floats = NDArray[np.float64]
#: Rows of the Board's feds200628.csv (Gurkaynak, Sack and Wright 2007) and what they mean, as printed in the file.
FIRST = [3.91760612208239, -1.2779552459795, -1.94939709504669, 0.0, 0.339217585301823, -999.99]
LATE = [0.00333568845488353, 4.07984987183707, -453.541782211023, 465.498100569302, 13.5322235142735, 13.7200141026744]
YEARS = np.array([1 / 12, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 30.0])


def plain_zero(p: Floats, n: float) -> float:
    """y(n) as the formula is printed."""
    x, z = n / p[4], n / p[5]
    s, h = (1 - math.exp(-x)) / x, (1 - math.exp(-z)) / z
    return float(p[0] + p[1] * s + p[2] * (s - math.exp(-x)) + p[3] * (h - math.exp(-z)))


def plain_par(p: Floats, n: float) -> float:
    """The coupon, paid twice a year, of a bond worth 100; up to half a year the simple interest of a bill."""

    def d(t: float) -> float:
        return math.exp(-plain_zero(p, t) * t / 100)

    if n <= 0.5:
        return 100 * (1 / d(n) - 1) / n
    return 200 * (1 - d(n)) / sum(d(i / 2) for i in range(1, round(2 * n) + 1))


def curves(count: int, seed: int) -> Floats:
    """Curves as they come: levels of 2 to 6, decays well apart."""
    g = np.random.default_rng(seed)
    bounds = ((2, 6), (-4, 2), (-4, 4), (-4, 4), (0.4, 2), (5, 15))
    return np.column_stack([g.uniform(a, b, count) for a, b in bounds])


def test_published_rows() -> None:
    zeros = svensson.zero_yields(np.array([FIRST]), np.array([1, 2, 3, 5, 7.0]))[0]
    assert zeros.round(4).tolist() == [2.9825, 3.3771, 3.5530, 3.6987, 3.7612]
    zeros = svensson.zero_yields(np.array([LATE]), np.array([1, 2, 5, 10, 20, 30.0]))[0]
    assert zeros.round(4).tolist() == [4.1434, 4.2112, 4.4417, 4.8348, 5.3667, 5.4657]
    ahead = svensson.forwards(np.array([LATE]), np.array([1, 5, 10, 30.0]))[0]
    assert ahead.round(4).tolist() == [4.2078, 4.8434, 5.5703, 5.2130]
    assert svensson.par_yields(np.array([LATE]), np.array([10.0]))[0, 0].round(4) == 4.8302


def test_nelson_siegel_rows_have_no_second_hump() -> None:
    without = [*FIRST[:3], 5.0, FIRST[4], -999.99]
    n = np.array([0.5, 2.0, 10.0])
    assert np.array_equal(svensson.zero_yields(np.array([without]), n), svensson.zero_yields(np.array([FIRST]), n))
    assert np.array_equal(svensson.forwards(np.array([without]), n), svensson.forwards(np.array([FIRST]), n))
    assert svensson.loadings(n, 1.0, -999.99)[:, 3].tolist() == [0.0, 0.0, 0.0]


def test_plain_formulas() -> None:
    for p in curves(20, 1):
        zeros, pars = (f(np.array([p]), YEARS)[0] for f in (svensson.zero_yields, svensson.par_yields))
        np.testing.assert_allclose(zeros, [plain_zero(p, n) for n in YEARS], rtol=0, atol=1e-12)
        np.testing.assert_allclose(pars, [plain_par(p, n) for n in YEARS], rtol=0, atol=1e-11)
        np.testing.assert_allclose(svensson.loadings(YEARS, p[4], p[5]) @ p[:4], zeros, rtol=0, atol=1e-12)


def test_forward_is_the_slope_of_maturity_times_yield() -> None:
    p, h = curves(5, 2), 1e-5
    n = np.array([0.3, 1.0, 4.0, 25.0])
    up, down = ((n + s * h) * svensson.zero_yields(p, n + s * h) for s in (1, -1))
    np.testing.assert_allclose(svensson.forwards(p, n), (up - down) / (2 * h), atol=1e-8)


@given(level=st.floats(0.05, 15.0))
@settings(max_examples=50, deadline=None)
def test_par_yields_of_a_flat_curve(level: float) -> None:
    """Flat at z, compounded continuously: par at 2 (exp(z/2) - 1) beyond half a year, simple interest up to it."""
    p = np.array([[level, 0.0, 0.0, 0.0, 1.0, 5.0]])
    z = level / 100
    want = [100 * (math.exp(z * n) - 1) / n if n <= 0.5 else 200 * (math.exp(z / 2) - 1) for n in YEARS]
    np.testing.assert_allclose(svensson.par_yields(p, YEARS)[0], want, rtol=1e-12, atol=1e-11)
    fits = svensson.fit_par(YEARS, np.array([want]))
    assert fits.rmse[0] < 1e-6
    np.testing.assert_allclose(svensson.zero_yields(fits.params, YEARS), level, atol=1e-6)


@pytest.mark.parametrize("par", [False, True])
def test_simulated_curves_are_recovered(par: bool) -> None:
    """Without noise the curve comes back exactly on most days; the sum of squares has several lows, and a day that ends in
    another of them is a bp off at worst."""
    true = curves(300, 3)
    seen = svensson.par_yields(true, YEARS) if par else svensson.zero_yields(true, YEARS)
    fits = (svensson.fit_par if par else svensson.fit_zero)(YEARS, seen, steps=100)
    exact = fits.rmse < 1e-5
    assert exact.mean() > 0.7
    zeros = (svensson.zero_yields(p[exact], YEARS) for p in (fits.params, true))
    np.testing.assert_allclose(*zeros, atol=1e-5)
    assert np.median(fits.rmse) < 1e-7
    assert fits.rmse.max() < 1.5


def test_a_hump_of_no_weight_does_not_hold_up_the_other_decay() -> None:
    """With b2 near nought the sum of squares hardly knows t1. Damped in proportion to its own curvature, t1 is told to go
    a hundred times too far, the step is cut to its size, and t2 stands still with it, whatever the damping."""
    here = np.array([2.4, 1.6, -0.005, 8.3, 1.04, 16.99])
    hess, grad = np.diag([1e-7, 0.09]), np.array([1e-5, -0.006])
    for damping in (1e-3, 1e-1):
        shift = np.zeros(2)
        compiled.move(here, grad, hess, damping, math.log(0.25), math.log(20.0), math.log(svensson.RATIO), shift)
        assert shift[1] == pytest.approx(-0.006 / (0.09 * (1.0 + damping)), rel=1e-3)
        assert abs(shift[0]) < 0.15


def test_par_fit_prices_what_a_zero_fit_misreads() -> None:
    """On a steep curve par yields read as zero yields are wrong by much more than the fit leaves."""
    steep = np.array([[6.0, -5.0, 0.0, 0.0, 2.0, 8.0]])
    seen = svensson.par_yields(steep, YEARS)
    priced, misread = svensson.fit_par(YEARS, seen), svensson.fit_zero(YEARS, seen)
    ten = np.array([10.0])
    truth = svensson.zero_yields(steep, ten)[0, 0]
    assert abs(svensson.zero_yields(priced.params, ten)[0, 0] - truth) < 1e-3
    assert abs(svensson.zero_yields(misread.params, ten)[0, 0] - truth) > 0.05


def test_not_behind_a_general_optimiser() -> None:
    """Noisy days: the sum of squares is that of scipy's least squares started at our own decays, or less."""
    g = np.random.default_rng(4)
    seen = svensson.zero_yields(curves(30, 5), YEARS) + g.normal(0, 0.03, (30, YEARS.size))
    fits = svensson.fit_zero(YEARS, seen)

    def rest(logs: Floats, y: Floats) -> Floats:
        loads = svensson.loadings(YEARS, *np.exp(logs))
        return y - loads @ np.linalg.lstsq(loads, y, rcond=None)[0]

    bounds = tuple(np.log(b) for b in svensson.BOUNDS)
    gaps = []
    for y, p, rmse in zip(seen, fits.params, fits.rmse, strict=True):
        assert 100 * np.sqrt(np.mean(rest(np.log(p[4:]), y) ** 2)) == pytest.approx(rmse, rel=1e-6)
        best = min(
            100 * math.sqrt(2 * least_squares(rest, np.log(start), args=(y,), bounds=bounds).cost / y.size)
            for start in (p[4:], (1.0, 5.0))
        )
        assert rmse < best + 0.15
        gaps.append(rmse - best)
    assert np.median(gaps) < 1e-4


def test_near_equal_decays_are_kept_apart() -> None:
    seen = svensson.zero_yields(np.array([LATE]), YEARS)
    fits = svensson.fit_zero(YEARS, seen)
    ratio = max(fits.params[0, 4:]) / min(fits.params[0, 4:])
    assert ratio >= svensson.RATIO * (1 - 1e-9)
    assert fits.rmse[0] < 0.2
    assert np.abs(fits.params).max() < 400.0


def test_missing_maturities_and_days() -> None:
    true = curves(6, 6)
    seen = svensson.par_yields(true, YEARS)
    seen[1, 3] = np.nan
    seen[2, :6] = np.nan  # five left
    fits = svensson.fit_par(YEARS, seen)
    assert np.isnan(fits.params[2]).all() and np.isnan(fits.rmse[2])
    alone = svensson.fit_par(np.delete(YEARS, 3), np.delete(seen[1:2], 3, axis=1))
    np.testing.assert_allclose(fits.params[1], alone.params[0])


def test_a_day_is_fitted_alone() -> None:
    """To the last digit: what a day's curve is does not depend on the days beside it."""
    seen = svensson.par_yields(curves(40, 7), YEARS) + np.random.default_rng(8).normal(0, 0.03, (40, YEARS.size))
    for fit in (svensson.fit_par, svensson.fit_zero):
        together = fit(YEARS, seen)
        assert np.array_equal(together.params[17], fit(YEARS, seen[17:18]).params[0])


def test_fixed_decay() -> None:
    """At the fixed decay the curve is its own level, slope and curvature; the loadings are Diebold and Li's."""
    tau = 1 / (12 * 0.0609)
    n = np.array([0.25, 0.5, 1, 2, 3, 5, 7, 10.0])
    p = np.array([[7.58, -2.10, -0.16, 0.0, tau, -999.99]])
    np.testing.assert_allclose(svensson.nelson_siegel_fixed(n, svensson.zero_yields(p, n)), [[7.58, 2.10, -0.16]])
    months = 30 * 0.0609
    assert svensson.loadings(np.array([2.5]), tau, -1.0)[0, 1] == pytest.approx((1 - math.exp(-months)) / months)


def test_bad_maturities() -> None:
    with pytest.raises(ValueError, match="multiples of half a year"):
        svensson.par_yields(np.array([LATE]), np.array([0.7, 1.0]))
    with pytest.raises(ValueError, match="rise"):
        svensson.fit_par(np.array([2.0, 1.0]), np.ones((1, 2)))

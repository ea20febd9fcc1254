"""The fitted curve as a model: forwards against their definitions, factors, components, what is missing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.core.time import sessions
from barograph.models._kernels import svensson
from barograph.models.history import SessionView
from barograph.models.rates._curve_days import IDS, YEARS, forward, forward_of_two_pars, left_out
from barograph.models.rates._curve_parts import Components, components_of
from barograph.models.rates.curve_fit import CurveFit
from models_view import NOW, FakeView, Rows, catalog, close_of, fitted, rows_of

FIVE, TEN = np.array([1.4]), np.array([1.9])


def par_view(days: int = 600, *, gone: tuple[str, ...] = (), seed: int = 0) -> FakeView:
    """Par yields of a Svensson curve whose level and slope wander, to the session of NOW."""
    rng = np.random.default_rng(seed)
    calendar = sessions("SIFMA", date(2022, 1, 3), NOW.date())[-days:]
    level = 4.0 + 0.05 * np.cumsum(rng.standard_normal(days))
    slope = -1.0 + 0.03 * np.cumsum(rng.standard_normal(days))
    hump = 1.0 + 0.02 * np.cumsum(rng.standard_normal(days))
    params = np.column_stack([level, slope, hump, np.ones(days), np.full(days, 1.2), np.full(days, 8.0)])
    yields = svensson.par_yields(params, YEARS)
    rows = {}
    for column, id_ in enumerate(IDS):
        if id_ not in gone:
            values = dict(zip(calendar, yields[:, column].tolist(), strict=True))
            rows[id_] = rows_of(catalog()[id_], values)
    for id_, at in (("us.rates.real_5y", 1.4), ("us.rates.real_10y", 1.9)):
        if id_ not in gone:
            rows[id_] = rows_of(catalog()[id_], dict.fromkeys(calendar, at))
    return FakeView(rows, NOW)


def said(view: FakeView) -> dict[str, Quantity]:
    model = CurveFit()
    return {q.id: q for q in model.step(fitted(model, view), view)[1].quantities}  # type: ignore[arg-type]


def test_forward_is_what_two_zero_bonds_lock_in() -> None:
    params = np.array([[4.0, -1.0, 1.0, 0.5, 1.2, 8.0]])
    zeros = svensson.zero_yields(params, np.array([5.0, 10.0]))[0]
    assert forward(params, 5.0, 5.0)[0] == pytest.approx((10 * zeros[1] - 5 * zeros[0]) / 5)
    # The mean of the instantaneous forward rates between.
    grid = np.linspace(5.0, 10.0, 20001)
    assert forward(params, 5.0, 5.0)[0] == pytest.approx(svensson.forwards(params, grid)[0].mean(), abs=1e-4)


def test_real_forward_reprices_both_bonds() -> None:
    """A discount curve that has the forward rate over the second five years, and par yields level and then straight, prices
    the bonds of 5 and of 10 years at 100; a level real curve has its own forward."""
    flat = forward_of_two_pars(np.array([2.0]), np.array([2.0]))[0]
    assert flat == pytest.approx(200 * np.log(1.01))
    ahead = forward_of_two_pars(FIVE, TEN)[0]
    coupons = [FIVE[0] + (TEN[0] - FIVE[0]) * max(h - 10, 0) / 10 for h in range(1, 21)]
    # Each bond is 100 at its own coupon: twenty equations in twenty discount factors, solved at once.
    table = np.array([[c / 200 * (k <= h) + (k == h) for k in range(20)] for h, c in enumerate(coupons)])
    d = np.linalg.solve(table, np.ones(20))
    for years, par in ((5, FIVE[0]), (10, TEN[0])):
        paid = d[: 2 * years]
        assert par / 2 * paid.sum() + 100 * paid[-1] == pytest.approx(100.0, abs=1e-9)
    # The ten-year bond once more, its last discount factor made from the five-year one and the forward.
    last = d[9] * np.exp(-5 * ahead / 100)
    assert TEN[0] / 2 * (d[:19].sum() + last) + 100 * last == pytest.approx(100.0, abs=1e-9)
    assert 2 * TEN[0] - FIVE[0] < ahead < 2 * TEN[0] - FIVE[0] + 0.1


def test_what_a_known_curve_says() -> None:
    view = par_view()
    found = said(view)
    assert all(q.value is not None for q in found.values()), [q for q in found.values() if q.value is None]
    assert found["curve.us.fit.rmse"].value < 0.05  # type: ignore[operator]
    assert found["curve.us.fit.rmse"].n == 11
    truth = np.array([view.series(i).values[-1] for i in IDS])
    fits = svensson.fit_par(YEARS, truth[None, :], bounds=CurveFit().bounds)
    assert found["curve.us.forward.5y5y"].value == pytest.approx(forward(fits.params, 5.0, 5.0)[0])
    for q in found.values():
        if q.low is not None and q.high is not None:
            assert q.low <= q.value <= q.high  # type: ignore[operator]
    wedge = found["curve.us.forward.5y5y"].value - found["curve.us.forward.real_5y5y"].value  # type: ignore[operator]
    assert found["curve.us.forward.breakeven_5y5y"].value == pytest.approx(wedge)
    assert found["curve.us.forward.real_5y5y.change_20d"].value == pytest.approx(0.0)
    assert "2023" in str(found["curve.us.level.percentile_5y"].window)
    assert found["curve.us.level.percentile_5y"].state == "degraded"  # 600 days are no five years


def test_changes_are_those_of_the_state_and_of_a_fresh_look() -> None:
    """The past that the month's state keeps and the days added since make the same changes as one look at everything."""
    view = par_view(seed=1)
    model = CurveFit()
    monthly = {q.id: q.value for q in model.step(fitted(model, view), view)[1].quantities}  # type: ignore[arg-type]
    fresh = {q.id: q.value for q in model.step(model.fit(view), view)[1].quantities}  # type: ignore[arg-type]
    for id_, value in monthly.items():
        if "pca" not in id_:
            assert value == pytest.approx(fresh[id_], abs=1e-9), id_


def test_a_missing_maturity_and_a_missing_end() -> None:
    found = said(par_view(gone=("us.rates.par_3y",)))
    assert found["curve.us.fit.rmse"].n == 10 and found["curve.us.level"].state == "ok"
    found = said(par_view(gone=("us.rates.par_20y", "us.rates.par_30y")))
    assert found["curve.us.level"].state == "insufficient"
    assert "one of at most 1 and one of 20 years or more" in str(found["curve.us.forward.5y5y"].reason)
    found = said(par_view(gone=("us.rates.real_10y",)))
    assert found["curve.us.forward.5y5y"].value is not None
    assert found["curve.us.forward.breakeven_5y5y"].reason == "no value of us.rates.real_10y for 2025-11-05 known"
    assert said(FakeView({}, NOW))["curve.us.level"].reason == "no par yields for 2025-11-05 known"


def test_without_a_maturity_to_spare_there_is_no_range() -> None:
    """Seven maturities are a curve, and six are none: a range of no width would call it exact."""
    found = said(par_view(gone=tuple(f"us.rates.par_{k}" for k in ("3m", "6m", "3y", "30y"))))
    for id_ in ("curve.us.level", "curve.us.zero.10y", "curve.us.forward.5y5y"):
        q = found[id_]
        assert q.value is not None and q.low is None and q.high is None and q.state == "degraded"
        assert q.reason == "no maturity can be left out, so there is no range" and "range" not in str(q.window)


def test_leaving_out_keeps_the_ends() -> None:
    row = np.array([view.values[-1] for view in (par_view().series(i) for i in IDS)])
    assert len(left_out(row, (0.25, 20.0), 7)) == 12
    row[:2] = np.nan  # six months and one year are the short end; one of them may go
    row[-1] = np.nan
    assert len(left_out(row, (0.25, 20.0), 7)) == 1 + 8 - 1


def test_components_are_those_of_the_covariance() -> None:
    view = par_view(seed=2)
    seen = SessionView(view)  # type: ignore[arg-type]
    made = components_of(seen, 500, 250)
    assert isinstance(made, Components) and made.n == 500
    levels = np.column_stack([view.series(i).values[-501:] for i in made.ids])
    changes = 100 * np.diff(levels, axis=0)
    values = np.linalg.svd(changes - changes.mean(axis=0), compute_uv=False) ** 2 / 499
    np.testing.assert_allclose(made.sd**2, values[:3], rtol=1e-8)
    np.testing.assert_allclose(made.share, 100 * values[:3] / values.sum(), rtol=1e-8)
    np.testing.assert_allclose(made.loadings @ made.loadings.T, np.eye(3), atol=1e-10)
    assert made.loadings[0].sum() > 0 and made.loadings[1, -1] > made.loadings[1, 0]
    scores = (changes - made.mean) @ made.loadings.T / made.sd
    np.testing.assert_allclose(scores.std(axis=0, ddof=1), 1.0, rtol=1e-8)
    assert Components.from_json(made.to_json()).to_json() == made.to_json()


def test_components_need_their_window() -> None:
    found = said(par_view(days=200))
    assert found["curve.us.pca.level.share"].state == "insufficient"
    assert "where 250" in str(found["curve.us.pca.level.share"].reason)


def test_what_comes_later_changes_nothing() -> None:
    """A view of a day says the same whether the rows behind it end there, go on, or were poisoned after it."""
    whole = par_view(seed=3)
    day = sessions("SIFMA", date(2025, 9, 1), date(2025, 10, 8))[-1]
    at = close_of(day)
    want = list(CurveFit().step(fitted(CurveFit(), whole.at(at)), whole.at(at))[1].quantities)  # type: ignore[arg-type]
    cut = whole.mapped(lambda i, r: replace_rows(r, r.known_at <= np.datetime64(at.replace(tzinfo=None))))
    bad = whole.mapped(lambda i, r: poisoned(r, np.datetime64(at.replace(tzinfo=None))))
    for view in (cut.at(at), bad.at(at)):
        assert [q.value for q in CurveFit().step(fitted(CurveFit(), view), view)[1].quantities] == [
            q.value for q in want
        ]  # type: ignore[arg-type]


def replace_rows(rows: Rows, kept: np.ndarray) -> Rows:
    return Rows(rows.periods[kept], rows.values[kept], rows.known_at[kept], rows.basis)


def poisoned(rows: Rows, at: np.datetime64) -> Rows:
    return Rows(rows.periods, np.where(rows.known_at > at, 1e6, rows.values), rows.known_at, rows.basis)

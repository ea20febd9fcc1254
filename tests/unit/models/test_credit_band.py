"""Bands of spreads: what must hold whatever the data, by hand arithmetic, statsmodels and simulation."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from statistics import NormalDist

import numpy as np
import pytest
import statsmodels.api as sm

from barograph.core.estimate import Quantity
from barograph.models._kernels.quantile_regression import fit
from barograph.models.credit import _estimates as estimates
from barograph.models.credit import _reading as reading
from barograph.models.credit._betas import regress
from barograph.models.credit._ids import ids_of
from barograph.models.credit._panel import CHANGE, ranks
from barograph.models.credit.credit_band import CreditBand
from models_view import FakeView, Rows, catalog, close_of, fitted, invented, rows_of, small_view
from spread_panel import simulated

P = "credit.us.ig"
MODEL = CreditBand()


def view_of(years: int = 14) -> FakeView:
    view = small_view(2, years)
    start = date(2025 - years, 11, 5)
    move = invented("us.vol.move", start, date(2025, 11, 5), 77, level=80.0, step=0.03)
    return replace(view, rows={**view.rows, "us.vol.move": rows_of(catalog()["us.vol.move"], move)})


def quantities(view: FakeView) -> dict[str, Quantity]:
    return {q.id: q for q in MODEL.step(fitted(MODEL, view), view)[1].quantities}


@pytest.fixture(scope="module")
def long() -> FakeView:
    return view_of()


@pytest.fixture(scope="module")
def found(long: FakeView) -> dict[str, Quantity]:
    return quantities(long)


def test_quantiles_do_not_cross_and_say_on_what_they_rest(found: dict[str, Quantity]) -> None:
    for grade in ("ig", "hy"):
        for h in (5, 21, 63):
            for kind in ("band", "usual"):
                made = [found[f"credit.us.{grade}.{kind}_{h}d.{w}"] for w in reading.WORDS]
                values = [q.value for q in made]
                assert values == sorted(values)
                assert {q.state for q in made} == {"ok"}
                assert all(q.n and q.window and q.inputs for q in made)
    # Whole horizons, not overlapping days: 14 years less the first percentile and the newest outcomes.
    n5, n63 = (found[f"{P}.band_{h}d.q50"].n or 0 for h in (5, 63))
    assert abs(n5 / 12.6 - n63) < 2.0 and 40 < n63 < 56


def test_drivers_and_the_rest_make_the_tilt(found: dict[str, Quantity]) -> None:
    for word in ("q50", "q95"):
        tilt = found[f"{P}.tilt_21d.{word}"].value
        assert tilt == pytest.approx(
            found[f"{P}.band_21d.{word}"].value - found[f"{P}.usual_21d.{word}"].value, abs=1e-9
        )
        parts = [q.value for i, q in found.items() if i.startswith(f"{P}.driver_21d.{word}.")]
        assert len(parts) == 7 and sum(parts) == pytest.approx(tilt, abs=1e-9)


def test_changes_are_explained_to_the_last_digit(long: FakeView) -> None:
    days = (date(2025, 11, 4), date(2025, 11, 5))
    before, after = (MODEL.step(fitted(MODEL, v), v)[1] for v in (long.at(close_of(d)) for d in days))
    rows = {r.quantity: r for r in MODEL.explain(before, after)}
    assert all(abs(r.gap()) < 1e-9 for r in rows.values())
    split = rows[f"{P}.band_21d.q95"]
    assert {"usual", "level", "move", "rest", "residual"} <= {n for n, _ in split.rows}
    assert abs(dict(split.rows)["residual"]) < 1e-9


def test_breakeven_by_hand_and_its_probability(found: dict[str, Quantity]) -> None:
    level, edge = found[f"{P}.fair_gap"].value + found[f"{P}.fair_value"].value, found[f"{P}.carry_breakeven_21d"]
    # 21/252 of a year of carry against a duration that is by then so much shorter.
    assert edge.value == pytest.approx(level / 12.0 / (7.0 - 1.0 / 12.0), rel=1e-12)
    assert "7 years" in (edge.window or "")
    chance = found[f"{P}.carry_breakeven_21d.p_exceed"]
    assert 5.0 <= chance.low <= chance.value <= chance.high <= 95.0
    line = np.array([-8.0, -3.0, 0.0, 4.0, 12.0])
    assert float(reading.exceeds(line, 2.0)) == pytest.approx(37.5)
    assert float(reading.exceeds(line, 100.0)) == pytest.approx(5.0)


def test_three_years_are_degraded_with_their_real_window() -> None:
    short = quantities(view_of(3))
    band = short[f"{P}.band_21d.q95"]
    assert band.state == "degraded" and "shorter than 10 years" in (band.reason or "")
    assert band.window and band.window.startswith("2023-1")
    lost = short[f"{P}.band_63d.q95"]
    assert lost.state == "insufficient" and lost.reason
    assert short[f"{P}.record_21d.verdict"].value is None and short[f"{P}.fifth_21d"].value is None


def test_without_a_spread_every_number_has_its_reason() -> None:
    bare = view_of(3).mapped(lambda i, r: None if i == "us.credit.ig_oas" else r)
    made = [q for q in quantities(bare).values() if q.id.startswith(P)]
    assert len(made) == 91 and all(q.value is None and q.reason for q in made)


def test_a_regressor_that_is_late_is_carried_on_and_said(long: FakeView) -> None:
    def cut(id_: str, rows: Rows) -> Rows:
        keep = rows.periods < np.datetime64("2025-11-05")
        if id_ != "us.vol.vix":
            return rows
        return replace(rows, periods=rows.periods[keep], values=rows.values[keep], known_at=rows.known_at[keep])

    band = quantities(long.mapped(cut))[f"{P}.band_21d.q50"]
    assert band.state == "degraded" and band.reason == "us.vol.vix is of 2025-11-04"


def test_a_state_is_json_and_the_ids_are_those_promised(long: FakeView, found: dict[str, Quantity]) -> None:
    params = dict(fitted(MODEL, long).params)
    assert json.loads(json.dumps(params, allow_nan=False)) == params
    from barograph.models.assets import spreads_of

    promised = [i for a in spreads_of(long.catalog) for i, _ in ids_of(a)]
    assert list(found) == [*promised, "credit.us.ebp.level"]


def test_what_is_kept_of_an_estimation_depends_on_a_users_spreads_too(long: FakeView) -> None:
    own = replace(catalog()["us.credit.ig_oas"], id="user.cdx_ig", readers=("credit",))
    from barograph.catalog.catalog import Catalog

    more = Catalog({**{s.id: s for s in catalog()}, own.id: own}, ())
    assert "user.cdx_ig" in MODEL.reads(more) and set(MODEL.needs()) <= set(MODEL.reads(more))


def test_ranks_count_what_was_known_and_no_more() -> None:
    made = ranks(np.array([3.0, 1.0, 2.0, 2.0, 9.0]), 3)
    assert np.isnan(made[:2]).all()
    assert made[2:].tolist() == pytest.approx([50.0, 50.0, 90.0])


def test_a_simulated_band_is_recovered_under_its_own_penalty() -> None:
    # Q_tau = 3 x z_tau with z the normal quantile: the slope of the 95 per cent quantile is 4.93.
    for seed in range(10):
        made, _, _ = estimates.band(simulated(3000, seed), 5, MODEL.factor, MODEL.alpha)
        slope = np.array(made["coefficients"])[:, 1]
        assert slope[4] == pytest.approx(4.93, abs=1.2) and slope[0] == pytest.approx(-4.93, abs=1.2)
        assert abs(slope[2]) < 0.6


def drawn_from(seed: int, n: int = 1000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows with five persistent regressors, outcomes that overlap over five rows, and the true coefficients (5, 6)."""
    rng = np.random.default_rng(seed)
    u = np.empty((n + 300, 5))
    u[0] = rng.standard_normal(5)
    for t in range(1, n + 300):
        u[t] = 0.97 * u[t - 1] + np.sqrt(1.0 - 0.97**2) * rng.standard_normal(5)
    x = np.column_stack([np.ones(n), np.exp(0.5 * u[300:])])
    error = np.convolve(rng.standard_normal(n + 4), np.ones(5) / np.sqrt(5.0), "valid")
    up, down = np.array([4.0, 3.0, 0.0, 2.0, 0.0, 0.0]), np.array([3.0, 2.0, 0.0, 4.0, 0.0, 0.0])
    y = np.where(error > 0.0, x @ up, x @ down) * error
    z = np.array([NormalDist().inv_cdf(t) for t in estimates.TAUS])
    return x, y, np.where(z[:, None] > 0.0, up, down) * z[:, None]


def test_intervals_of_the_asymmetry_cover_under_the_penalty_that_is_used() -> None:
    held, shrunk, moved = [], [], 0
    for seed in range(20):
        x, y, true = drawn_from(seed)
        penalty = estimates.penalties(y.size, 5, 21, MODEL.factor, MODEL.alpha)
        drawn = estimates.draws(x, y, penalty, 16, 50, seed)
        found, pulled = estimates.refitted(x, y, penalty), fit(x, y, estimates.TAUS, penalty)
        moved += bool(np.any(drawn[:, found == 0.0] != 0.0))
        for at in x[[200, 500, 800], 1:]:
            truth = float(reading.asymmetry(reading.quantiles(true, at)))
            low, high = reading.interval(reading.asymmetry(reading.quantiles(drawn, at))) or (np.nan, np.nan)
            held.append(low <= truth <= high)
            # The planted bug: draws around what the penalty shrank, slopes at nought standing still.
            still = np.where(pulled == 0.0, 0.0, drawn - found + pulled)
            quantile = np.sort(reading.quantiles(still, at)[:, 4])
            shrunk.append(quantile[2] <= float(reading.quantiles(true, at)[4]) <= quantile[47])
    # 60 cases in 20 samples, 90 asked: under 75 would be beyond chance for 20 independent ones at 90 (p under 0.05).
    assert np.mean(held) >= 0.75 and moved >= 18
    assert np.mean(shrunk) < 0.6


def test_draws_in_which_a_regressor_stands_still_are_left_out() -> None:
    x, y, _ = drawn_from(3)
    x[4:, 2] = 1.0  # about three draws in ten hold none of the rows in which it moves
    penalty = estimates.penalties(y.size, 5, 21, MODEL.factor, MODEL.alpha)
    made = estimates.draws(x, y, penalty, 16, 40, 1)
    assert 0 < len(made) < 40 and np.isfinite(made).all()


def test_fifths_by_hand() -> None:
    levels = np.concatenate([np.arange(100.0, 0.0, -1.0), np.arange(1.0, 41.0)])
    made = estimates.fifths(levels, 1, 50)
    assert sum(int(f[3]) for f in made if f) == levels.size - 1 - 49
    assert made[0][1] == -1.0  # falling all the way, the level is in its tightest fifth


@pytest.mark.parametrize("lags", [0, 5])
def test_betas_are_those_of_statsmodels(lags: int) -> None:
    rng = np.random.default_rng(4)
    x = rng.standard_normal((252, 3)) * np.array([5.0, 3.0, 1.0])
    y = x @ np.array([0.1, -0.2, 2.0]) + np.convolve(rng.standard_normal(260), np.ones(4), "valid")[:252]
    theirs = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    ours = regress(x, y, lags)
    assert ours is not None
    assert ours.slopes == pytest.approx(theirs.params[1:], rel=1e-9)
    assert ours.errors == pytest.approx(theirs.bse[1:], rel=1e-9)
    assert ours.r2 == pytest.approx(theirs.rsquared, rel=1e-9)
    assert regress(np.column_stack([x[:, 0], 2.0 * x[:, 0]]), y, lags) is None


def test_a_spread_that_stood_still_for_years_has_a_page(long: FakeView) -> None:
    """A level that did not move has a percentile that does not: no year before it moved can be tried."""

    def still(id_: str, rows: Rows) -> Rows:
        if id_ != "us.credit.ig_oas":
            return rows
        values = rows.values.copy()
        values[:2600] = values[0]
        return replace(rows, values=values)

    made = quantities(long.mapped(still))
    assert made[f"{P}.band_21d.q95"].value is not None and made["credit.us.hy.record_21d.verdict"].value is not None
    record = made[f"{P}.record_21d.gain"]
    assert record.value is None or "2022-" <= (record.window or "") < "2026"
    stuck = quantities(
        long.mapped(lambda i, r: replace(r, values=0.0 * r.values + 80.0) if i.endswith("ig_oas") else r)
    )
    reasons = {stuck[f"{P}.{k}"].reason for k in ("band_21d.q50", "record_21d.verdict", "fair_value", "asymmetry_21d")}
    assert reasons == {"a column does not move"}


def test_what_has_no_number_says_its_own_reason() -> None:
    short = quantities(view_of(3))
    assert "whole horizons where 10 are needed" in (short[f"{P}.band_63d.q50"].reason or "")
    assert short[f"{P}.record_21d.gain"].reason == "under two years could be tried"
    assert "1250 levels" in (short[f"{P}.fifth_21d"].reason or "")
    view = view_of()
    state = fitted(MODEL, view)
    ig = {**state.params["spreads"]["ig"], "fifths": [[-3.0, 0.0, 3.0, 12.0]] * 5}
    few = replace(state, params={"spreads": {**state.params["spreads"], "ig": ig}})
    reason = next(q.reason for q in MODEL.step(few, view)[1].quantities if q.id == f"{P}.fifth_21d") or ""
    assert reason.startswith("12 changes from levels in fifth ") and reason.endswith("where 210 are needed")


def test_both_chances_are_read_off_the_same_five_levels(found: dict[str, Quantity]) -> None:
    for grade in ("ig", "hy"):
        head = f"credit.us.{grade}"
        edge = found[f"{head}.carry_breakeven_21d"].value
        for word, kind in (("p_exceed", "band"), ("p_exceed_base", "usual")):
            knots = [found[f"{head}.{kind}_21d.{w}"].value for w in reading.WORDS]
            wanted = 100.0 * (1.0 - float(np.interp(edge, knots, estimates.TAUS)))
            assert found[f"{head}.carry_breakeven_21d.{word}"].value == pytest.approx(wanted, abs=1e-9)
    line = np.array([-8.0, -3.0, 0.0, 4.0, 12.0])
    assert [reading.bound_of(float(reading.exceeds(line, t))) for t in (20.0, 2.0, -9.0)] == ["at most", "", "at least"]


def test_a_change_over_two_sessions_is_no_change_of_one_day(long: FakeView, found: dict[str, Quantity]) -> None:
    """A day without the yield leaves out the change up to it and the one from it; nothing spans it."""
    gone = np.datetime64("2025-06-11")

    def hole(id_: str, rows: Rows) -> Rows:
        kept = rows.periods != gone
        if id_ != "us.rates.par_10y":
            # A jump on the missing day: a change across it would carry it into the betas.
            jump = np.where(rows.periods >= gone, 500.0, 0.0) if id_ == "us.credit.ig_oas" else 0.0
            return replace(rows, values=rows.values + jump)
        return Rows(rows.periods[kept], rows.values[kept], rows.known_at[kept], rows.basis)

    made = quantities(long.mapped(hole))[f"{P}.beta_252d.rates"]
    assert made.n == 252 and made.value == pytest.approx(found[f"{P}.beta_252d.rates"].value, abs=0.15)


def test_the_change_among_the_regressors_has_its_length() -> None:
    assert CHANGE == 21

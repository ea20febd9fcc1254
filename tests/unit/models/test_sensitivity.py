"""Sensitivities on invented views: betas put in are found, words follow intervals, what is missing says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.models._fitting import refit_at
from barograph.models.history import SessionView
from barograph.models.sensitivity._estimates import discoveries, evening_before, residual_volatility, walked
from barograph.models.sensitivity._sample import covered, event_days, sample_of
from barograph.models.sensitivity.sensitivity import Sensitivity
from models_view import NOW, FakeView, Rows, catalog, close_of, rows_of, small_view

FACTORS = ("real10y", "breakeven10y", "slope")
ESTIMATORS = ("rolling", "ridge", "kalman")


def said(view: FakeView) -> dict[str, Quantity]:
    model = Sensitivity()
    state = model.fit(view.at(refit_at(view.known_at)))  # type: ignore[arg-type]
    return {q.id: q for q in model.step(state, view)[1].quantities}  # type: ignore[arg-type]


def moves(view: FakeView) -> tuple[list[date], np.ndarray]:
    """Sessions of the S&P 500's record on which all yields have a value, and their moves in 10 bp, from the session before."""
    legs = [view.series(f"us.rates.{i}") for i in ("real_10y", "par_10y", "par_2y")]
    days = [d for d in view.series("us.equity.spx").periods.tolist() if all(p.value_on(d) is not None for p in legs)]
    real, ten, two = (np.array([p.value_on(d) for d in days]) for p in legs)
    return days, np.vstack([np.zeros(3), np.diff(np.column_stack([real, ten - real, ten - two]), axis=0) * 10.0])


def driven(betas: tuple[float, float, float], seed: int = 1, noise: float = 0.3, flip: date | None = None) -> FakeView:
    """A view whose S&P 500 is driven by yields; its real-yield beta changes sign on `flip`."""
    view = small_view(seed)
    days, x = moves(view)
    rng = np.random.default_rng(seed)
    sign = np.array([-1.0 if flip and d >= flip else 1.0 for d in days])
    made = x @ np.array([0.0, *betas[1:]]) + sign * x[:, 0] * betas[0] + noise * rng.standard_normal(len(days))
    prices = dict(zip(days, (3000.0 * np.cumprod(1.0 + made / 100.0)).tolist(), strict=True))
    return replace(view, rows={**view.rows, "us.equity.spx": rows_of(catalog()["us.equity.spx"], prices)})


@pytest.fixture(scope="module")
def found() -> dict[str, Quantity]:
    return said(driven((0.9, 1.4, -0.3)))


def test_betas_that_were_put_in_are_found_by_all_three(found: dict[str, Quantity]) -> None:
    for factor, truth in zip(FACTORS, (0.9, 1.4, -0.3), strict=True):
        for estimator in ESTIMATORS:
            beta = found[f"sensitivity.spx.{factor}.{estimator}.beta"]
            low, high = (found[f"sensitivity.spx.{factor}.{estimator}.{k}"] for k in ("low", "high"))
            assert (beta.low, beta.high) == (low.value, high.value)
            assert beta.low < beta.value < beta.high and beta.unit == "percent"
            # Three times the half-width: nine quantities at 90 % would miss one.
            assert abs(beta.value - truth) < 1.5 * (beta.high - beta.low)
            assert beta.inputs and beta.n > 100
    assert found["sensitivity.spx.state"].value == "help"
    assert found["sensitivity.spx.discovery"].value == "yes"
    assert found["sensitivity.rsp.state"].value in ("no_link", "help", "hurt")


def test_what_moved_today_adds_up_to_the_return(found: dict[str, Quantity]) -> None:
    view = driven((0.9, 1.4, -0.3))
    points = view.series("us.equity.spx")
    change = 100.0 * (points.values[-1] / points.values[-2] - 1.0)
    parts = [found[f"sensitivity.spx.impact.{f}"].value for f in FACTORS]
    assert sum(parts) == pytest.approx(found["sensitivity.spx.impact.total"].value, abs=1e-12)
    total, rest = (found[f"sensitivity.spx.impact.{k}"].value for k in ("total", "residual"))
    assert total + rest == pytest.approx(change, abs=1e-9)
    assert abs(rest) < 1.5  # the noise that was put in, 0.3, and not the move of yields


def test_the_fan_is_the_beta_times_the_move_with_room_on_both_sides(found: dict[str, Quantity]) -> None:
    up, down = found["sensitivity.spx.fan.up25"], found["sensitivity.spx.fan.down25"]
    assert up.value == pytest.approx(2.5 * found["sensitivity.spx.real10y.kalman.beta"].value, abs=1e-12)
    assert down.value == pytest.approx(-up.value) and down.low == pytest.approx(-up.high)
    width = found["sensitivity.spx.fan.width"]
    assert up.high - up.low == pytest.approx(width.value)
    assert 0.0 < found["sensitivity.spx.fan.percentile_5y"].value < 100.0 and width.n > 1000
    assert 2.0 * 1.645 * 0.3 < width.value < 3.0  # wider than the residual alone


def test_a_sign_that_flips_is_a_break_with_its_day() -> None:
    flip = date(2023, 6, 1)
    quantities = said(driven((0.8, 1.0, 0.0), seed=2, flip=flip))
    broken = quantities["sensitivity.spx.break.statistic"]
    assert quantities["sensitivity.spx.break.flag"].value == "break"
    assert abs((broken.period - flip).days) < 30 and broken.value > 50.0
    assert quantities["sensitivity.spx.break.before"].value == pytest.approx(0.8, abs=0.2)
    assert quantities["sensitivity.spx.break.after"].value == pytest.approx(-0.8, abs=0.2)
    assert quantities["sensitivity.spx.state"].value == "hurt"
    assert quantities["sensitivity.spx.real10y.kalman.beta"].value < 0.0
    assert quantities["sensitivity.us.breaks"].value >= 1.0


def test_betas_on_days_of_releases_have_their_n(found: dict[str, Quantity]) -> None:
    every, cpi = found["sensitivity.spx.event.all.beta"], found["sensitivity.spx.event.cpi.beta"]
    assert every.n > cpi.n >= 50
    assert every.low < 0.9 < every.high or abs(every.value - 0.9) < 0.5


def test_days_of_releases_are_those_known_then() -> None:
    view = small_view(1)
    days = event_days(view, date(2024, 1, 1), date(2025, 11, 5))  # type: ignore[arg-type]
    assert date(2025, 9, 5) in days["payrolls"] and date(2025, 10, 29) in days["fomc"]
    # The closure: no payrolls in October, consumer prices on the day that was announced.
    assert not [d for d in days["payrolls"] if d >= date(2025, 10, 1)]
    assert date(2025, 10, 24) in days["cpi"] and date(2025, 10, 15) not in days["cpi"]
    early = view.at(datetime.combine(date(2025, 10, 20), NOW.timetz()))
    assert date(2025, 10, 24) not in event_days(early, date(2024, 1, 1), date(2025, 10, 20))["cpi"]  # type: ignore[arg-type]
    assert all(len(ds) == len(set(ds)) for ds in days.values())


def test_without_yields_every_quantity_says_so() -> None:
    view = small_view(1)
    rows = {i: r for i, r in view.rows.items() if i != "us.rates.real_10y"}
    quantities = said(replace(view, rows=rows))
    assert {q.state for q in quantities.values()} == {"insufficient"}
    assert all("us.rates.real_10y" in (q.reason or "") for q in quantities.values())


def test_too_little_history_leaves_the_rolling_regression_alone() -> None:
    view = small_view(1)
    points = view.series("us.commodity.gld")
    young = {d: v for d, v in zip(points.periods.tolist(), points.values.tolist(), strict=True) if d > date(2025, 4, 1)}
    rows = {**view.rows, "us.commodity.gld": rows_of(catalog()["us.commodity.gld"], young)}
    quantities = said(replace(view, rows=rows))
    assert quantities["sensitivity.gold.real10y.rolling.beta"].value is not None
    for what in ("real10y.kalman.beta", "real10y.ridge.low", "state", "break.flag", "fan.up25", "event.cpi.beta"):
        quantity = quantities[f"sensitivity.gold.{what}"]
        assert quantity.state == "insufficient" and quantity.reason


def test_a_late_asset_is_degraded_and_a_lost_one_says_nothing() -> None:
    view = small_view(1)
    points = view.series("us.equity.rsp")
    pairs = list(zip(points.periods.tolist(), points.values.tolist(), strict=True))
    for lag, state in ((3, "degraded"), (30, "insufficient")):
        rows = {**view.rows, "us.equity.rsp": rows_of(catalog()["us.equity.rsp"], dict(pairs[:-lag]))}
        quantities = said(replace(view, rows=rows))
        beta = quantities["sensitivity.rsp.real10y.kalman.beta"]
        assert beta.state == state and str(pairs[-lag - 1][0]) in (beta.reason or "")
        assert quantities["sensitivity.rsp.impact.total"].state == "insufficient"


def test_a_day_on_which_bonds_did_not_trade_is_no_pair() -> None:
    view = small_view(1)
    seen = SessionView(view)  # type: ignore[arg-type]
    assets = tuple(a for a in covered(view.catalog) if a.slug == "spx")
    sample = sample_of(seen, assets, 400)
    assert not isinstance(sample, str)
    columbus = np.datetime64("2024-10-14")  # stocks traded
    at = int(np.flatnonzero(sample.days == columbus)[0])
    assert np.isfinite(sample.returns[at, 0]) and not sample.paired[at, 0] and not sample.paired[at + 1, 0]
    assert sample.paired[at - 1, 0] and sample.paired[at + 2, 0]


def test_the_path_ends_with_todays_beta() -> None:
    view = driven((0.9, 1.4, -0.3))
    model = Sensitivity()
    state = model.fit(view.at(refit_at(view.known_at)))  # type: ignore[arg-type]
    history = model.history(state, view)  # type: ignore[arg-type]
    today = said(view)["sensitivity.spx.real10y.kalman.beta"]
    ends = {part: history[f"sensitivity.spx.real10y.kalman.{part}"] for part in ("beta", "low", "high")}
    assert {part: points[-1][0] for part, points in ends.items()} == dict.fromkeys(ends, today.period)
    assert [ends[part][-1][1] for part in ends] == pytest.approx([today.value, today.low, today.high])
    days = [d for d, _ in ends["beta"]]
    assert len(days) > 80 and days == sorted(set(days)) and days[0] > view.known_at.date() - timedelta(5 * 366)
    assert model.history(replace(state, params={}), view) == {}  # type: ignore[arg-type]


def test_benjamini_hochberg_by_hand() -> None:
    p = [0.01, 0.04, 0.03, 0.005, float("nan"), 0.5]
    assert discoveries(p, 0.10) == [True, True, True, True, False, False]
    assert discoveries(p, 0.05) == [True, True, True, True, False, False]
    assert discoveries(p, 0.03) == [True, False, False, True, False, False]
    assert not any(discoveries(p, 0.02))
    assert discoveries([float("nan")], 0.1) == [False] and discoveries([], 0.1) == []


def test_the_residuals_volatility_knows_its_own_day_and_the_evening_before_does_not() -> None:
    errors = np.random.default_rng(0).standard_normal((300, 2))
    plain = residual_volatility(errors, 63, 126)
    errors[250] = 100.0
    shocked = residual_volatility(errors, 63, 126)
    assert np.array_equal(plain[:250], shocked[:250], equal_nan=True) and (shocked[250] > 5.0 * plain[250]).all()
    assert np.isnan(plain[:125]).all() and np.isfinite(plain[125:]).all()
    before, after = evening_before(plain), evening_before(shocked)
    assert np.array_equal(before[:251], after[:251], equal_nan=True) and (after[251] > before[251]).all()


def shocked(view: FakeView, size: float) -> FakeView:
    """The S&P 500's newest close alone is another one."""
    rows = view.rows["us.equity.spx"]
    at = int(np.searchsorted(rows.periods, np.datetime64(view.known_at.date())))
    values = rows.values.copy()
    values[at] *= 1.0 + size
    return replace(view, rows={**view.rows, "us.equity.spx": replace(rows, values=values)})


def test_a_shock_on_the_last_day_widens_the_fan(found: dict[str, Quantity]) -> None:
    after = said(shocked(driven((0.9, 1.4, -0.3)), 0.10))
    plain, wide = (q["sensitivity.spx.fan.width"].value for q in (found, after))
    assert wide > 3.0 * plain
    assert after["sensitivity.spx.fan.percentile_5y"].value > 99.0


@pytest.mark.parametrize("day", [NOW.date(), date(2025, 11, 3)])  # the 3rd was the month's first session
def test_the_last_return_alone_moves_nothing_of_the_impact(day: date) -> None:
    view = driven((0.9, 1.4, -0.3)).at(close_of(day))
    plain, after = said(view), said(shocked(view, 0.10))
    for what in ("real10y", "breakeven10y", "slope", "total"):
        was, now = (q[f"sensitivity.spx.impact.{what}"] for q in (plain, after))
        assert (now.value, now.low, now.high) == (was.value, was.low, was.high)
    rest = after["sensitivity.spx.impact.residual"].value - plain["sensitivity.spx.impact.residual"].value
    assert rest == pytest.approx(10.0, abs=1.0)


def test_what_is_estimated_ends_with_the_close_before() -> None:
    view = small_view(1).at(close_of(date(2025, 11, 3)))
    state = Sensitivity().fit(view)  # type: ignore[arg-type]
    assert state.params["days"][1] == "2025-10-31"
    assert Sensitivity().fit(shocked(view, 0.10)).params == state.params  # type: ignore[arg-type]


def test_the_impacts_interval_is_that_of_the_regression_when_betas_stand_still() -> None:
    """Where q is as good as nought, the filter is least squares: the error of the fit is s sqrt(x'(X'X)^-1 x)."""
    view = driven((0.9, 1.4, -0.3))
    seen = SessionView(view)  # type: ignore[arg-type]
    assets = tuple(a for a in covered(view.catalog) if a.slug == "spx")
    sample = sample_of(seen, assets, 600)
    assert not isinstance(sample, str)
    r = np.array([0.09])
    made = walked(sample, Sensitivity(), np.array([1e-12]), r, np.ones(3))
    keep = sample.paired[:-1, 0]
    design = np.column_stack([np.ones(keep.sum()), sample.moves[:-1][keep]])
    x = np.concatenate([[1.0], sample.moves[-1]])
    exact = float(np.sqrt(r[0] * x @ np.linalg.inv(design.T @ design) @ x))
    assert made.fit_errors[-1, 0] == pytest.approx(exact, rel=1e-3)


def test_what_becomes_known_later_changes_nothing() -> None:
    view, then = small_view(4), close_of(date(2025, 9, 17))

    def cut(_: str, rows: Rows) -> Rows:
        keep = rows.known_at <= np.datetime64(then.replace(tzinfo=None), "us")
        return Rows(rows.periods[keep], rows.values[keep], rows.known_at[keep], rows.basis)

    def poisoned(_: str, rows: Rows) -> Rows:
        late = rows.known_at > np.datetime64(then.replace(tzinfo=None), "us")
        return Rows(rows.periods, np.where(late, 1e9, rows.values), rows.known_at, rows.basis)

    plain = {i: (q.value, q.low, q.high, q.state, q.period) for i, q in said(view.at(then)).items()}
    for other in (view.mapped(cut), view.mapped(poisoned)):
        assert {i: (q.value, q.low, q.high, q.state, q.period) for i, q in said(other.at(then)).items()} == plain

"""The term premium as a model: parts that add up, changes with one set of parameters, re-estimations told apart, sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from barograph.core.estimate import Estimate
from barograph.core.time import sessions
from barograph.models._kernels.affine import fit
from barograph.models.rates._zero_curves import BOARD, PAR, Curves
from barograph.models.rates.term_premium import MATURITIES, PARTS, TermPremium, read
from models_view import FakeView, Rows, catalog, close_of, fitted, rows_of

YEARS = np.array([y for _, y in PAR])
DAYS = sessions("SIFMA", date(2008, 1, 2), date(2025, 11, 5))


@cache
def view() -> FakeView:
    """Eighteen years of invented par yields, rounded as published."""
    rng = np.random.default_rng(0)
    x = np.zeros((len(DAYS), 6))
    scale = [0.05, 0.035, 0.03, 0.02, 0.015, 0.015]
    for t in range(1, len(DAYS)):
        x[t] = [0.999, 0.998, 0.997, 0.99, 0.98, 0.95] * x[t - 1] + rng.normal(0.0, scale)
    n = np.log1p(YEARS)
    shape = np.stack([np.ones_like(n), -1 / (1 + n), n * np.exp(-n), np.cos(n), np.cos(2 * n), np.cos(3 * n)])
    par = np.round(5.0 + x @ shape, 2)
    rows = {}
    for k, (slug, _) in enumerate(PAR):
        series_id = f"us.rates.par_{slug}"
        rows[series_id] = rows_of(catalog()[series_id], dict(zip(DAYS, par[:, k].tolist(), strict=True)))
    return FakeView(rows, close_of(date(2025, 11, 5)))


def at(day: date) -> Estimate:
    model, here = TermPremium(), view().at(close_of(day))
    return model.step(fitted(model, here), here)[1]  # type: ignore[arg-type]


def value(estimate: Estimate, id_: str) -> float:
    quantity = estimate.get(id_)
    assert quantity is not None and isinstance(quantity.value, float), id_
    return quantity.value


def test_the_parts_add_up_and_the_windows_make_the_range() -> None:
    estimate = at(date(2025, 11, 5))
    for slug, _ in MATURITIES:
        p = f"curve.us.{slug}"
        whole = value(estimate, f"{p}.term_premium") + value(estimate, f"{p}.expected_rate")
        assert value(estimate, f"{p}.model_yield") == pytest.approx(whole, abs=1e-12)
        for part in PARTS:
            quantity = estimate.get(f"{p}.{part}")
            assert quantity.low <= quantity.value <= quantity.high
            assert "from par yields" in quantity.window
            # Eighteen years, where thirty are asked.
            assert quantity.state == "degraded" and "17 years" in quantity.reason
            assert quantity.period == date(2025, 11, 5) and quantity.n == 213


def test_it_is_the_kernel_on_month_ends_of_closed_months() -> None:
    here = view().at(close_of(date(2025, 11, 5)))
    curves = Curves(here)  # type: ignore[arg-type]
    days, yields = curves.month_ends()
    assert days[-1].item() == date(2025, 10, 31) and days[0].item() == date(2008, 1, 31)
    made = fit(yields)
    today = curves.on(date(2025, 11, 5))
    assert today is not None
    (a, b), (c, d) = made.loadings(), made.loadings(risk_neutral=True)
    x = made.states(today[1][None, :])
    estimate = at(date(2025, 11, 5))
    for slug, months in MATURITIES:
        expected = c[months - 1] + float(x[0] @ d[months - 1])
        whole = a[months - 1] + float(x[0] @ b[months - 1])
        assert value(estimate, f"curve.us.{slug}.expected_rate") == pytest.approx(expected, abs=1e-9)
        assert value(estimate, f"curve.us.{slug}.model_yield") == pytest.approx(whole, abs=1e-9)


@pytest.mark.parametrize("day", [date(2025, 11, 5), date(2025, 11, 3), date(2025, 10, 1)])
@pytest.mark.parametrize("h", [1, 20])
def test_a_change_is_yields_and_refit(day: date, h: int) -> None:
    """The trap: what was said on two days of two months differs by the parameters, too."""
    model, after = TermPremium(), at(day)
    base = sessions("SIFMA", day - timedelta(60), day - timedelta(1))[-h]
    before = at(base)
    rows = {r.quantity: r for r in model.explain(before, after)}
    told = False
    for slug, _ in MATURITIES:
        for part in PARTS:
            id_ = f"curve.us.{slug}.{part}"
            row = rows[id_]
            parts = dict(row.rows)
            assert row.total == pytest.approx(value(after, id_) - value(before, id_), abs=1e-12)
            assert abs(row.gap()) < 1e-9
            assert abs(parts["residual"]) < 1e-9, (day, h, id_)
            assert parts["yields"] == pytest.approx(value(after, f"{id_}.change_{h}d") / 100.0, abs=1e-9)
            told |= abs(parts["refit"]) > 1e-6
    # Another month's parameters stood at the base, but from the 3rd to the 5th.
    assert told == (base.month != day.month or base < date(2025, 11, 3) <= day)


def test_a_change_across_months_that_is_neither_is_not_told_apart() -> None:
    rows = {r.quantity: r for r in TermPremium().explain(at(date(2025, 9, 12)), at(date(2025, 11, 5)))}
    row = rows["curve.us.10y.term_premium"]
    assert [name for name, _ in row.rows] == ["residual"] and abs(row.gap()) < 1e-12


@pytest.mark.parametrize("h", [1, 20])
def test_a_change_counts_from_its_session_or_is_none(h: int) -> None:
    """Without the curve of that session an older one is no stand-in: a change over 1 session would be one over 2."""
    day = date(2025, 11, 5)
    base = sessions("SIFMA", day - timedelta(60), day - timedelta(1))[-h]
    model, at_day = TermPremium(), np.datetime64(base)
    here = view().mapped(
        lambda i, r: Rows(r.periods[k], r.values[k], r.known_at[k]) if len(k := r.periods != at_day) else r
    )
    made = model.step(fitted(model, here), here)[1]  # type: ignore[arg-type]
    for kind in ("change", "refit"):
        quantity = made.get(f"curve.us.10y.term_premium.{kind}_{h}d")
        assert quantity is not None and quantity.state == "insufficient"
        assert quantity.reason == f"no curve of {base}, {h} sessions before"
    other = made.get(f"curve.us.10y.term_premium.change_{21 - h}d")
    assert other is not None and other.value is not None
    whole = at(day).get(f"curve.us.10y.term_premium.change_{h}d")
    assert whole is not None and whole.window == f"since {base}"


def test_over_a_holiday_of_bonds_a_change_counts_from_the_session_before_it() -> None:
    """Stocks traded on 2025-10-13 and bonds did not."""
    day = date(2025, 10, 14)
    change = at(day).get("curve.us.10y.term_premium.change_1d")
    assert change is not None and change.value is not None and change.window == "since 2025-10-10"
    curves = Curves(view().at(close_of(day)))  # type: ignore[arg-type]
    found = curves.on(date(2025, 10, 13))
    assert found is not None and found[0] == date(2025, 10, 10)
    assert curves.on(date(2025, 10, 15)) is None  # not there yet, and the market was open


def test_a_state_lives_as_json() -> None:
    import json

    model, here = TermPremium(), view().at(close_of(date(2025, 11, 5)))
    state = fitted(model, here)
    again = type(state).from_json(json.loads(json.dumps(state.to_json())))
    assert model.step(again, here)[1] == model.step(state, here)[1]  # type: ignore[arg-type]


def test_without_curves_it_says_why() -> None:
    model = TermPremium()
    for here, why in (
        (view().at(close_of(date(2014, 3, 5))), "month ends have a curve, 96 are asked"),
        (view().mapped(lambda i, r: None if i.endswith("3m") else r), "0 month ends"),
        (view().at(close_of(date(2025, 10, 13))), "no curve of 2025-10-13"),  # stocks traded, bonds did not
    ):
        made = model.step(fitted(model, here), here)[1]  # type: ignore[arg-type]
        assert {q.state for q in made.quantities} == {"insufficient"}
        assert all(why in q.reason for q in made.quantities), made.quantities[0].reason


def with_board(end: date) -> FakeView:
    """The view with a Board's curve up to a day: flat but for one hump, whose level walks."""
    from barograph.catalog.catalog import Catalog
    from barograph.sources.files import map_of

    table = [
        {
            "id": i,
            "column": i,
            "title": i,
            "unit": "percent",
            "frequency": "D",
            "rights": "public",
            "release": "day 18:00",
        }
        for i in BOARD
    ]
    rows = {s.id: s for s in catalog()} | {s.id: s for s in map_of({"date": "Date", "series": table}, "test").series}
    known = Catalog(rows, ())
    rng = np.random.default_rng(1)
    days = np.array([d for d in DAYS if d <= end], "datetime64[D]")
    walk = np.cumsum(rng.normal(0.0, [0.05, 0.05, 0.08, 0.05, 0.01, 0.02], (days.size, 6)), axis=0)
    center = np.array([5.0, -2.0, -1.0, 0.5, 1.5, 8.0])
    params = center + np.tanh(walk / 3.0) * [2.0, 2.0, 2.0, 1.0, 0.5, 2.0]
    board = {i: Rows(days, params[:, k], days.astype("datetime64[us]")) for k, i in enumerate(BOARD)}
    return replace(view(), rows={**view().rows, **board}, catalog=known)


def test_an_imported_curve_is_used_and_named() -> None:
    model, here = TermPremium(), with_board(date(2025, 11, 5))
    estimate = model.step(fitted(model, here), here)[1]  # type: ignore[arg-type]
    quantity = estimate.get("curve.us.10y.term_premium")
    assert quantity is not None and "the Board's zero yields" in quantity.window
    assert {i.series_id for i in quantity.inputs} >= set(BOARD)
    assert quantity.value != at(date(2025, 11, 5)).get("curve.us.10y.term_premium").value


def test_an_imported_curve_that_lags_is_carried_on_by_par_yields() -> None:
    here, last = with_board(date(2025, 10, 28)), date(2025, 10, 28)
    curves, plain = Curves(here), Curves(view())  # type: ignore[arg-type]
    assert curves.board and not plain.board
    now, then = curves.on(date(2025, 11, 5)), curves.on(last)
    par = plain.on(date(2025, 11, 5)), plain.on(last)
    np.testing.assert_allclose(now[1] - then[1], par[0][1] - par[1][1], atol=1e-12)
    # Two months behind it is used no more.
    assert not Curves(with_board(date(2025, 9, 1))).board  # type: ignore[arg-type]


def test_a_score_names_a_curve_whose_knowledge_is_assumed() -> None:
    """A file of today with the rule's times holds what nobody had read then."""
    from barograph.run.score_rates import zero_yields

    here = with_board(date(2025, 11, 5))
    assumed = here.mapped(lambda i, r: replace(r, basis="assumed") if i in BOARD else r)
    for seen, said in (
        (here, "the Board's"),
        (assumed, "the Board's, known when the rule assumes: values of today"),
        (view(), "from par yields"),
    ):
        assert zero_yields(Curves(seen)) == said  # type: ignore[arg-type]


def changed_board(series_id: str, change: dict[date, float | None]) -> FakeView:
    """The view with a Board's curve to 2025-11-05 of which a few values of one parameter are others, or none."""
    here = with_board(date(2025, 11, 5))
    rows = here.rows[series_id]
    values = rows.values.copy()
    kept = np.ones(values.size, dtype=bool)
    for day, value in change.items():
        at = rows.periods == np.datetime64(day)
        if value is None:
            kept &= ~at
        else:
            values[at] = value
    cut = Rows(rows.periods[kept], values[kept], rows.known_at[kept])
    return replace(here, rows={**here.rows, series_id: cut})


def test_a_board_without_its_decay_is_none() -> None:
    """Without tau1 there is no curve at all, and the par-derived ones stand."""
    here = with_board(date(2025, 11, 5))
    rows = {i: r for i, r in here.rows.items() if i != "user.gsw.tau1"}
    curves = Curves(replace(here, rows=rows))  # type: ignore[arg-type]
    assert not curves.board and curves.on(date(2025, 11, 5)) is not None


def test_a_hump_without_its_decay_is_no_curve() -> None:
    """beta3 with no tau2, as not known or as the file's -999.99: the day is left out, not read without its hump."""
    day = date(2025, 11, 4)
    for change in ({day: None}, {day: -999.99}):
        assert np.datetime64(day) not in Curves(changed_board("user.gsw.tau2", change))._board_days  # type: ignore[arg-type]
    assert np.datetime64(day) not in Curves(changed_board("user.gsw.beta3", {day: None}))._board_days  # type: ignore[arg-type]
    flat = changed_board("user.gsw.tau2", {day: None})
    nought = np.where(
        flat.rows["user.gsw.beta3"].periods == np.datetime64(day), 0.0, flat.rows["user.gsw.beta3"].values
    )
    rows = {**flat.rows, "user.gsw.beta3": replace(flat.rows["user.gsw.beta3"], values=nought)}
    assert np.datetime64(day) in Curves(replace(flat, rows=rows))._board_days  # type: ignore[arg-type]


def test_the_boards_formula_on_its_own_rows() -> None:
    """Rows of the Board's file as its paper's formula gives them, 1961-06-14 (no second hump) and 2026-07-31."""
    from barograph.models.rates._zero_curves import _from_parameters

    params = np.array(
        [
            [3.91760612208239, -1.2779552459795, -1.94939709504669, 0.0, 0.339217585301823, -999.99],
            [0.00333568845488353, 4.07984987183707, -453.541782211023, 465.498100569302, 13.5322235142735, 13.7200141026744],
        ]
    )  # fmt: skip
    made = _from_parameters(params)
    np.testing.assert_allclose(made[0, [11, 23, 35, 59, 83]], [2.9825, 3.3771, 3.5530, 3.6987, 3.7612], atol=5e-5)
    np.testing.assert_allclose(made[1, [11, 23, 59, 119]], [4.1434, 4.2112, 4.4417, 4.8348], atol=5e-5)


def test_a_window_that_misses_its_yields_is_left_out() -> None:
    model = replace(TermPremium(), limit_bp=1e-6)
    here = view()
    made = model.step(fitted(model, here), here)[1]  # type: ignore[arg-type]
    assert all(q.state == "insufficient" and "reproduces" in q.reason for q in made.quantities)


def test_one_window_has_no_range() -> None:
    model = replace(TermPremium(), years=(0,))
    here = view()
    quantity = model.step(fitted(model, here), here)[1].get("curve.us.10y.term_premium")  # type: ignore[arg-type]
    assert quantity is not None and quantity.value is not None
    assert quantity.low is None and quantity.high is None and "range" not in str(quantity.window)


def test_reading_many_curves_is_reading_each() -> None:
    here = view()
    params = fitted(TermPremium(), here).params["windows"][0]
    _, yields = Curves(here).month_ends()  # type: ignore[arg-type]
    made = read(params, yields[:5])
    np.testing.assert_allclose(made, [read(params, y) for y in yields[:5]], atol=1e-12)

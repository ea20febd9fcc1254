"""Levels, changes, surprise and percentile: against other programs, and against the ways in which a value is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.models.markets.levels import Levels
from models_view import NOW, FakeView, Rows, catalog, close_of, invented, rows_of, small_view


def quantities(view: FakeView) -> dict[str, Quantity]:
    model = Levels()
    estimate = model.step(model.fit(view), view)[1]  # type: ignore[arg-type]
    assert [f.id for f in model.facts(estimate)] == [q.id for q in estimate.quantities]
    return {q.id: q for q in estimate.quantities}


def without(view: FakeView, series_id: str, *days: date) -> FakeView:
    def cut(found: str, rows: Rows) -> Rows:
        if found != series_id:
            return rows
        keep = ~np.isin(rows.periods, np.array(days, "datetime64[D]"))
        return Rows(rows.periods[keep], rows.values[keep], rows.known_at[keep], rows.basis)

    return view.mapped(cut)


@pytest.fixture(scope="module")
def view() -> FakeView:
    return small_view()


@pytest.fixture(scope="module")
def found(view: FakeView) -> dict[str, Quantity]:
    return quantities(view)


def test_numbers_of_a_price(view: FakeView, found: dict[str, Quantity]) -> None:
    values = view.series("us.equity.spx").values
    p = "equity.us.spx"
    assert found[f"{p}.level"].value == values[-1]
    for h in (1, 5, 20):
        assert found[f"{p}.return_{h}d"].value == pytest.approx(100 * (values[-1] / values[-1 - h] - 1), abs=1e-12)
    returns = 100 * (values[1:] / values[:-1] - 1)
    history, today = returns[-253:-1], returns[-1]
    assert found[f"{p}.z_1d"].value == pytest.approx((today - history.mean()) / history.std(ddof=1), abs=1e-12)
    assert found[f"{p}.sd_1d"].value == pytest.approx(history.std(ddof=1), abs=1e-12)
    assert found[f"{p}.rarity_1d"].value == pytest.approx(100 * np.mean(abs(history) >= abs(today)), abs=1e-12)
    assert (found[f"{p}.z_1d"].n, found[f"{p}.z_1d"].window, found[f"{p}.z_1d"].state) == (252, "252 sessions", "ok")


def test_percentile_is_scipys_over_the_calendar_years(view: FakeView, found: dict[str, Quantity]) -> None:
    stats = pytest.importorskip("scipy.stats")
    points = view.series("us.rates.par_10y")
    window = points.values[points.periods > np.datetime64("2020-11-05")]
    ours = found["curve.us.10y.percentile_5y"]
    assert ours.value == pytest.approx(stats.percentileofscore(window, window[-1], kind="mean"), abs=1e-10)
    assert ours.window == "2020-11-06 to 2025-11-05"
    assert ours.n == window.size


def test_units_and_derived_pairs(view: FakeView, found: dict[str, Quantity]) -> None:
    two, ten, real = (view.series(f"us.rates.{k}").values for k in ("par_2y", "par_10y", "real_10y"))
    assert found["curve.us.2s10s.level"].value == pytest.approx(100 * (ten[-1] - two[-1]), abs=1e-9)
    assert found["curve.us.2s10s.level"].unit == "bp"
    assert found["curve.us.breakeven10y.level"].value == pytest.approx(ten[-1] - real[-1], abs=1e-9)
    change = 100 * ((ten[-1] - real[-1]) - (ten[-2] - real[-2]))
    assert found["curve.us.breakeven10y.change_1d"].value == pytest.approx(change, abs=1e-9)
    assert found["curve.us.10y.change_5d"].unit == "bp"
    assert found["credit.us.hy.oas.change_1d"].unit == "bp"
    assert found["vol.us.vix.change_1d"].unit == "points"
    assert {i.series_id for i in found["curve.us.2s10s.z_1d"].inputs} == {"us.rates.par_2y", "us.rates.par_10y"}


def test_equal_moves_count_as_equal() -> None:
    # Yields of two decimals leave noise in the fifteenth digit: every change here is 7 bp up or down.
    days = invented("us.rates.par_10y", date(2024, 6, 3), date(2025, 11, 5), 1)
    values = {d: round(4.0 + 0.07 * (i % 2), 2) for i, d in enumerate(sorted(days))}
    found = quantities(FakeView({"us.rates.par_10y": rows_of(catalog()["us.rates.par_10y"], values)}, NOW))
    assert found["curve.us.10y.rarity_1d"].value == 100.0


def test_lineage_covers_what_a_number_rests_on(view: FakeView, found: dict[str, Quantity]) -> None:
    days = view.series("us.equity.spx").periods.tolist()
    (level,), (five,), (z,) = (found[f"equity.us.spx.{k}"].inputs for k in ("level", "return_5d", "z_1d"))
    assert (level.first, level.n) == (days[-1], 1)
    assert (five.first, five.last) == (days[-6], days[-1])
    # 252 changes before today's rest on 253 levels, and today's on one more.
    assert (z.first, z.n) == (days[-254], 254)


def test_a_missing_session_is_not_papered_over(view: FakeView) -> None:
    found = quantities(without(view, "us.rates.par_10y", date(2025, 11, 5)))
    level = found["curve.us.10y.level"]
    assert (level.value, level.state) == (None, "insufficient")
    assert level.reason is not None and "2025-11-05" in level.reason and "2025-11-04" in level.reason
    assert found["curve.us.10y.last"].period == date(2025, 11, 4)
    for name in ("change_1d", "change_5d", "change_20d", "z_1d", "sd_1d", "rarity_1d", "percentile_5y"):
        assert found[f"curve.us.10y.{name}"].state == "insufficient", name
    assert found["curve.us.2s10s.level"].state == "insufficient"
    assert found["curve.us.2y.change_1d"].state == "ok"


def test_yesterday_is_the_previous_session_or_nothing(view: FakeView) -> None:
    found = quantities(without(view, "us.equity.spx", date(2025, 11, 4)))
    assert found["equity.us.spx.level"].state == "ok"
    missing = found["equity.us.spx.return_1d"]
    assert missing.value is None and missing.reason == "no value for 2025-11-04, 1 session before 2025-11-05"
    assert found["equity.us.spx.z_1d"].value is None
    assert found["equity.us.spx.return_5d"].state == "ok"


def test_a_gap_is_not_taken_for_one_session(view: FakeView) -> None:
    # A jump over a missing session is no one-session change and must not enter the window.
    day = date(2025, 8, 13)
    full, cut = (quantities(v)["equity.us.spx.z_1d"] for v in (view, without(view, "us.equity.spx", day)))
    assert (full.n, cut.n) == (252, 250)


def test_a_bond_holiday_shows_no_second_hand_change() -> None:
    seen = small_view(known_at=close_of(date(2025, 11, 11)))
    found = quantities(seen)
    assert found["equity.us.spx.level"].period == date(2025, 11, 11)
    assert found["curve.us.10y.level"].state == "insufficient"
    assert found["curve.us.10y.last"].period == date(2025, 11, 10)
    after = quantities(small_view(known_at=close_of(date(2025, 11, 12))))
    assert after["curve.us.10y.change_1d"].window == "since 2025-11-10"


def test_short_history_says_its_real_window() -> None:
    found = quantities(small_view(years=3))
    short = found["curve.us.10y.percentile_5y"]
    assert short.state == "degraded"
    assert short.window == "2022-11-07 to 2025-11-05, shorter than 5 years"
    assert found["curve.us.10y.z_1d"].state == "ok"


def test_under_sixty_changes_there_is_no_z(view: FakeView) -> None:
    def newest(_: str, rows: Rows) -> Rows:
        return Rows(rows.periods[-60:], rows.values[-60:], rows.known_at[-60:], rows.basis)

    z = quantities(view.mapped(newest))["equity.us.spx.z_1d"]
    assert z.state == "insufficient" and z.reason == "58 changes where 60 are needed"


def test_coverage_and_eligibility_are_named(view: FakeView) -> None:
    empty = quantities(view)["equity.us.nasdaq.level"]
    assert empty.reason == "us.equity.nasdaq has never been looked at"
    ended = replace(without(view, "us.equity.spx", date(2025, 11, 5)), looked_through=date(2025, 11, 4))
    reason = quantities(ended)["equity.us.spx.level"].reason
    assert reason == "us.equity.spx has been looked at through 2025-11-04 only"
    early = close_of(date(2022, 6, 1))
    shares = rows_of(catalog()["us.equity.nvda"], invented("us.equity.nvda", date(2020, 1, 2), date(2022, 6, 1), 3))
    assert quantities(FakeView({"us.equity.nvda": shares}, early))["equity.us.nvda.level"].reason == (
        "us.equity.nvda may be used from 2023-01-01 on"
    )


def test_a_series_with_its_own_lag_is_fresh() -> None:
    values = invented("us.fx.broad_dollar", date(2019, 1, 2), date(2025, 11, 5), 4)
    found = quantities(FakeView({"us.fx.broad_dollar": rows_of(catalog()["us.fx.broad_dollar"], values)}, NOW))
    level = found["fx.us.broad_dollar.level"]
    assert (level.state, level.period) == ("ok", date(2025, 10, 31))


def test_a_negative_price_has_a_level_and_no_return(view: FakeView) -> None:
    days = sorted(invented("us.commodity.wti", date(2024, 1, 2), date(2025, 11, 3), 5))
    values = dict.fromkeys(days, 60.0) | {days[-1]: -37.0}
    rows = rows_of(catalog()["us.commodity.wti"], values)
    found = quantities(FakeView({"us.commodity.wti": rows}, NOW))
    assert found["commodity.wti.level"].value == -37.0
    assert found["commodity.wti.return_1d"].state == "insufficient"
    assert found["commodity.wti.percentile_5y"].state == "insufficient"


def test_a_split_is_no_return(view: FakeView) -> None:
    def split(found: str, rows: Rows) -> Rows:
        if found != "us.commodity.gld":
            return rows
        values = np.where(rows.periods >= np.datetime64("2025-11-05"), rows.values / 2.0, rows.values)
        return replace(rows, values=values)

    day = np.array(["2025-11-05"], "datetime64[D]")
    action = Rows(day, np.array([2.0]), np.array(["2025-11-05T21:00"], "datetime64[us]"))
    halved = view.mapped(split)
    halved = replace(halved, rows={**halved.rows, "us.commodity.gld[split]": action})
    before, after = quantities(view), quantities(halved)
    for name in ("return_1d", "return_20d", "z_1d", "percentile_5y"):
        one, two = (q[f"commodity.gold.{name}"] for q in (before, after))
        assert two.value == pytest.approx(one.value, abs=1e-9)
    assert after["commodity.gold.level"].value == pytest.approx(before["commodity.gold.level"].value / 2.0)
    assert "us.commodity.gld[split]" in {i.series_id for i in after["commodity.gold.return_1d"].inputs}


def test_withdrawn_values_stay_withdrawn(view: FakeView) -> None:
    def withdraw(found: str, rows: Rows) -> Rows:
        if found != "us.vol.vix":
            return rows
        known = np.datetime64(NOW.replace(tzinfo=None) - timedelta(minutes=1), "us")
        last = rows.periods[-1:]
        return Rows(np.append(rows.periods, last), np.append(rows.values, np.nan), np.append(rows.known_at, known))

    assert quantities(view.mapped(withdraw))["vol.us.vix.level"].state == "insufficient"


def test_explain_adds_up(view: FakeView) -> None:
    model, earlier = Levels(), small_view(known_at=NOW).at(close_of(date(2025, 11, 4)))
    before, after = (model.step(model.fit(v), v)[1] for v in (earlier, view))  # type: ignore[arg-type]
    rows = model.explain(before, after)
    assert len(rows) > 40
    assert max(abs(a.gap()) for a in rows) <= 1e-9
    assert all(a.rows[-1][0] == "residual" for a in rows)

"""The three premia: published examples, laws, an invented market by hand, what is known when, what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from barograph.core.estimate import Estimate
from barograph.models.premium._premium import implied_premium, mean_real_earnings, present_value, ten_year_inflation
from barograph.models.premium._valuation import Valuation
from barograph.models.premium.equity_premium import METHODS, EquityPremium
from models_view import NOW, FakeView, Rows, close_of, fitted
from valuation_view import earnings, months, own_view, prices, valued_view

MODEL = EquityPremium()
SESSION = date(2025, 11, 5)


def said(view: FakeView) -> Estimate:
    return MODEL.step(fitted(MODEL, view), view)[1]


def value(estimate: Estimate, id_: str) -> float:
    found = estimate.get(f"erp.us.{id_}")
    assert found is not None and isinstance(found.value, float), (id_, found)
    return found.value


# ---------------------------------------------------------------- the implied premium


@pytest.mark.parametrize(
    ("level", "cash", "growth", "risk_free", "premium"),
    [
        (1211.92, 35.15, 8.5, 4.22, 3.65),  # 1 January 2005
        (1248.29, 1248.29 * 0.0334, 8.0, 4.39, 4.08),  # 2006
        (1468.36, 59.03, 5.0, 4.02, 4.37),  # 2008
    ],
)
def test_damodarans_own_examples(level: float, cash: float, growth: float, risk_free: float, premium: float) -> None:
    """Damodaran, Equity Risk Premiums, to the two decimals that he prints."""
    assert round(float(implied_premium(level, cash, growth, risk_free)), 2) == premium


rates = st.floats(0.0, 12.0)


@given(st.floats(50.0, 10_000.0), st.floats(0.5, 12.0), st.floats(-5.0, 20.0), rates)
@settings(max_examples=200, deadline=None)
def test_the_premium_prices_back_and_does_not_depend_on_the_unit(
    level: float, paid: float, growth: float, f: float
) -> None:
    cash = level * paid / 100.0
    premium = float(implied_premium(level, cash, growth, f))
    assert float(present_value(cash, growth, f, premium)) == pytest.approx(level, rel=1e-9)
    assert float(implied_premium(10.0 * level, 10.0 * cash, growth, f)) == pytest.approx(premium, rel=1e-9)
    assert (
        float(implied_premium(1.01 * level, cash, growth, f))
        < premium
        < float(implied_premium(level, cash, growth + 1.0, f))
    )


def test_no_premium_is_no_number() -> None:
    bad = [
        (-1.0, 1.0, 5.0, 4.0),
        (100.0, 0.0, 5.0, 4.0),
        (np.nan, 1.0, 5.0, 4.0),
        (100.0, 3.0, np.nan, 4.0),
        (1e-9, 3.0, 5.0, 4.0),
    ]
    assert np.isnan(implied_premium(*np.array(bad).T)).all()
    assert implied_premium(np.full((2, 3), 1211.92), 35.15, 8.5, 4.22).shape == (2, 3)


# ---------------------------------------------------------------- ten years


def test_the_mean_is_that_of_the_120_months_and_of_no_other() -> None:
    rng = np.random.default_rng(3)
    e, p = rng.uniform(1, 2, 300), np.cumprod(1 + rng.normal(0.002, 0.004, 300))
    e[40] = np.nan
    newest, money = np.array([118, 119, 150, 160, 161, 299, -1]), np.array([299, 299, 150, 299, 299, 10, 5])
    made = mean_real_earnings(e, p, newest, money)
    for k, (n, m) in enumerate(zip(newest, money, strict=True)):
        window = (e / p)[max(n - 119, 0) : n + 1]
        wanted = p[m] * window.mean() if window.size == 120 else np.nan
        assert made[k] == pytest.approx(wanted, rel=1e-12, nan_ok=True)
    assert np.isnan(made[[0, 1, 2, 6]]).all() and np.isfinite(made[[4, 5]]).all()
    assert ten_year_inflation(p, np.array([119, 120])) == pytest.approx(
        [np.nan, 100 * ((p[120] / p[0]) ** 0.1 - 1)], nan_ok=True
    )


# ---------------------------------------------------------------- a day by hand


def test_a_day_by_hand() -> None:
    """Of 2025-11-05: earnings to June (a quarter counts 90 days after its end), prices to September (out in the closure on
    24 October), the day's close and yields."""
    view = valued_view()
    made = said(view)
    level = float(view.series("us.equity.spx").value_on(SESSION))
    nominal = float(view.series("us.rates.par_10y").value_on(SESSION))
    real = float(view.series("us.rates.real_10y").value_on(SESSION))
    window = months(date(2015, 7, 1), date(2025, 6, 1))
    money = date(2025, 9, 1)
    mean = prices(money) * np.mean([earnings(m) / prices(m) for m in window])
    inflation = 100.0 * ((prices(money) / prices(date(2015, 9, 1))) ** 0.1 - 1.0)
    assert len(window) == 120
    assert value(made, "cape") == pytest.approx(level / mean, rel=1e-12)
    assert value(made, "excess_cape_yield") == pytest.approx(100.0 * mean / level - (nominal - inflation), abs=1e-10)
    assert value(made, "real_yield_gap") == pytest.approx(100.0 * earnings(date(2025, 6, 1)) / level - real, abs=1e-10)
    assert value(made, "dividend_yield") == pytest.approx(40.0 * earnings(date(2025, 6, 1)) / level, abs=1e-10)
    for id_, period in (("earnings", date(2025, 6, 1)), ("inflation", money)):
        part = made.get(f"erp.us.excess_cape_yield.{id_}")
        assert part is not None and part.period == period
    basis = made.get("erp.us.real_yield_gap.basis")
    assert basis is not None and basis.value == "trailing"
    assert value(made, "dispersion") == pytest.approx(
        abs(value(made, "excess_cape_yield") - value(made, "real_yield_gap")), abs=1e-12
    )


def test_a_users_own_figures_bring_the_third_method_and_the_other_basis() -> None:
    view = own_view()
    made = said(view)
    level, nominal = (float(view.series(i).value_on(SESSION)) for i in ("us.equity.spx", "us.rates.par_10y"))
    growth = float(view.series("us.equity.spx_growth").values[-1])
    wanted = implied_premium(level, 0.9 * earnings(date(2025, 4, 1)), growth, nominal)
    assert value(made, "damodaran") == pytest.approx(float(wanted), abs=1e-12)
    basis, spread = made.get("erp.us.real_yield_gap.basis"), made.get("erp.us.dispersion")
    assert basis is not None and basis.value == "forward" and spread is not None and spread.n == 3
    three = [value(made, m) for m in METHODS]
    assert spread.value == pytest.approx(max(three) - min(three), abs=1e-12)


def test_the_past_is_what_was_said_then() -> None:
    """A reading of the history is the headline of a view at that day, to the last digit: nothing known later is in it."""
    view = own_view()
    seen = Valuation(view)
    days = seen.month_ends(date(2012, 1, 1))
    measures = seen.measures(days)
    for k in (3, 40, 100, 150):
        then = said(view.at(close_of(days[k].item())))
        assert float(measures.excess_cape_yield[k]) == value(then, "excess_cape_yield")
        assert float(measures.damodaran[k]) == value(then, "damodaran")
        assert float(measures.real_yield_gap("forward")[k]) == value(then, "real_yield_gap")


def test_changes_and_their_parts() -> None:
    view = own_view()
    made, days = said(view), view.series("us.equity.spx").periods
    for method in METHODS:
        for name, h in (("1d", 1), ("20d", 20), ("1y", 252)):
            then = said(view.at(close_of(days[-1 - h].item())))
            wanted = 100.0 * (value(made, method) - value(then, method))
            assert value(made, f"{method}.change_{name}") == pytest.approx(wanted, abs=1e-9)
        parts = [
            q
            for q in made.quantities
            if q.id.startswith(f"erp.us.{method}.") and q.id.endswith("_1y") and "change" not in q.id
        ]
        assert len(parts) in (3, 4)
        assert sum(float(q.value) for q in parts) == pytest.approx(value(made, f"{method}.change_1y"), abs=1e-9)  # type: ignore[arg-type]


def test_explanations_add_up_and_name_price_earnings_and_rate() -> None:
    view = own_view()
    before, after = said(view.at(close_of(date(2025, 3, 20)))), said(view)
    rows = {a.quantity: a for a in MODEL.explain(before, after)}
    assert all(abs(a.gap()) <= 1e-9 for a in rows.values())
    names = [n for n, _ in rows["erp.us.excess_cape_yield"].rows]
    assert names == ["price", "earnings", "rate", "inflation", "residual"]
    assert [n for n, _ in rows["erp.us.damodaran"].rows] == ["price", "cash_flow", "growth", "rate", "residual"]
    for method in METHODS:
        residual = rows[f"erp.us.{method}"].rows[-1][1]
        assert abs(residual) <= 1e-9
    yields = after.get("erp.us.nominal_10y"), before.get("erp.us.nominal_10y")
    assert dict(rows["erp.us.excess_cape_yield"].rows)["rate"] == pytest.approx(
        yields[1].value - yields[0].value, abs=1e-9
    )  # type: ignore[union-attr, operator]


# ---------------------------------------------------------------- what is known when, what is missing


def poisoned(view: FakeView, at: np.datetime64) -> FakeView:
    """All that became known after an instant is absurd."""

    def change(_: str, rows: Rows) -> Rows:
        return replace(rows, values=np.where(rows.known_at > at, 1e9, rows.values))

    return view.mapped(change)


@pytest.mark.parametrize("day", [date(2025, 11, 5), date(2025, 9, 26), date(2019, 4, 1), date(2010, 2, 12)])
def test_nothing_known_later_changes_what_is_said(day: date) -> None:
    view = own_view().at(close_of(day))
    at = np.datetime64(view.known_at.replace(tzinfo=None), "us")
    assert said(poisoned(view, at)) == said(view)


def test_earnings_of_a_quarter_count_from_ninety_days_after_its_end() -> None:
    periods = {}
    for day in (date(2025, 9, 26), date(2025, 9, 29), date(2025, 9, 30)):
        part = said(valued_view().at(close_of(day))).get("erp.us.real_yield_gap.earnings")
        assert part is not None
        periods[day] = part.period
    assert periods == {
        date(2025, 9, 26): date(2025, 3, 1),
        date(2025, 9, 29): date(2025, 6, 1),
        date(2025, 9, 30): date(2025, 6, 1),
    }


def without(view: FakeView, *ids: str) -> FakeView:
    return view.mapped(lambda i, r: None if i in ids else r)


def cut(view: FakeView, series_id: str, last: date) -> FakeView:
    """A series that ends early."""

    def change(i: str, r: Rows) -> Rows:
        kept = r.periods <= np.datetime64(last)
        return r if i != series_id else Rows(r.periods[kept], r.values[kept], r.known_at[kept], r.basis)

    return view.mapped(change)


def test_what_is_missing_is_named() -> None:
    made = said(without(valued_view(), "us.equity.shiller_earnings"))
    for id_ in ("excess_cape_yield", "real_yield_gap", "cape", "dispersion", "excess_cape_yield.r2_1m"):
        found = made.get(f"erp.us.{id_}")
        assert found is not None and found.value is None and found.reason, id_
    head = made.get("erp.us.excess_cape_yield")
    assert (
        head is not None and "us.equity.shiller_earnings" in str(head.reason) and "import-valuation" in str(head.reason)
    )
    implied = said(valued_view()).get("erp.us.damodaran")
    assert implied is not None and "spx_cash_flow" in str(implied.reason) and "spx_growth" in str(implied.reason)


@pytest.mark.parametrize(
    "gone",
    ["us.equity.spx", "us.rates.par_10y", "us.equity.shiller_cpi", "us.rates.real_10y", "us.rates.bill_3m_month"],
)
def test_one_input_less_is_no_crash(gone: str) -> None:
    for day in (SESSION, date(1995, 3, 1), date(1985, 2, 1)):
        made = said(without(own_view(), gone).at(close_of(day)))
        assert all(
            (q.value is None) == (q.state == "insufficient") and (q.reason or q.state != "insufficient")
            for q in made.quantities
        )


def test_old_earnings_degrade_and_very_old_ones_say_nothing() -> None:
    states = {}
    for last in (date(2025, 3, 1), date(2024, 12, 1), date(2023, 6, 1), date(2023, 3, 1)):
        head = said(cut(valued_view(), "us.equity.shiller_earnings", last)).get("erp.us.excess_cape_yield")
        assert head is not None
        states[last] = head.state
        assert head.state == "ok" or f"ends with {last:%Y-%m}" in str(head.reason)
    assert list(states.values()) == ["ok", "degraded", "degraded", "insufficient"]


def test_a_close_of_another_day_is_no_close_of_the_session() -> None:
    head = said(cut(valued_view(), "us.equity.spx", date(2025, 11, 4))).get("erp.us.excess_cape_yield")
    assert head is not None and head.value is None


def test_a_bond_holiday_leaves_the_last_yield() -> None:
    view = cut(valued_view(), "us.rates.par_10y", date(2025, 11, 4))
    assert value(said(view), "nominal_10y") == float(view.series("us.rates.par_10y").value_on(date(2025, 11, 4)))
    old = said(cut(valued_view(), "us.rates.par_10y", date(2025, 10, 20))).get("erp.us.excess_cape_yield")
    assert old is not None and old.value is None


def test_a_second_edition_counts_in_the_past_from_its_rule() -> None:
    """Figures revised by a later import were seen on that day only; the history reads the new ones from their rule's day."""
    view = valued_view()

    def restated(i: str, r: Rows) -> Rows:
        if i != "us.equity.shiller_earnings":
            return r
        return replace(
            r,
            known_at=np.where(r.periods > np.datetime64("2020-01-01"), np.datetime64("2025-11-01", "us"), r.known_at),
            basis="fetch",
        )

    seen, again = Valuation(view), Valuation(view.mapped(restated))
    days = seen.month_ends(date(2018, 1, 1))
    ours, theirs = seen.measures(days).trailing, again.measures(days).trailing
    upto = days < np.datetime64("2025-09-30")
    assert np.array_equal(ours[upto], theirs[upto])


def test_short_history_says_so() -> None:
    made = said(valued_view().at(close_of(date(2006, 6, 15))))
    rank = made.get("erp.us.real_yield_gap.percentile_20y")
    assert rank is not None and rank.value is None  # the real yield begins in 2003
    later = said(valued_view().at(close_of(date(2012, 6, 15)))).get("erp.us.real_yield_gap.percentile_20y")
    assert later is not None and later.state == "degraded" and "shorter than 20 years" in str(later.window)


def test_an_unchanged_view_says_the_same_and_the_record_has_its_window() -> None:
    assert said(own_view()) == said(own_view())
    judged = said(own_view()).get("erp.us.excess_cape_yield.r2_12m")
    assert judged is not None and judged.n is not None and "estimated from" in str(judged.window)
    assert judged.period == date(2025, 11, 3)
    short = said(valued_view().at(close_of(date(2003, 6, 16)))).get("erp.us.excess_cape_yield.skill_1m")
    assert short is not None and short.value is None and "forecasts where 60 are needed" in str(short.reason)


def test_the_state_is_one_of_json() -> None:
    import json

    state = MODEL.fit(own_view())
    assert json.loads(json.dumps(dict(state.params))) == dict(state.params)
    assert state.fitted_as_of == NOW

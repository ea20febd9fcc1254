"""What the premia make of figures that are old, missing or in another unit, and of a first month of expected earnings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from barograph.core.estimate import Estimate
from barograph.models.premium._valuation import Valuation
from barograph.models.premium.equity_premium import EquityPremium
from barograph.run.score_equity_premium import score_equity_premium
from models_view import FakeView, Rows, fitted
from valuation_view import earnings, months, own_view, prices, valued_view

MODEL = EquityPremium()
SESSION = date(2025, 11, 5)


def said(view: FakeView) -> Estimate:
    return MODEL.step(fitted(MODEL, view), view)[1]


def value(estimate: Estimate, id_: str) -> float:
    found = estimate.get(f"erp.us.{id_}")
    assert found is not None and isinstance(found.value, float), (id_, found)
    return found.value


def kept(view: FakeView, series_id: str, keep) -> FakeView:  # type: ignore[no-untyped-def]
    """A series without the periods that a rule of theirs leaves out."""

    def change(i: str, r: Rows) -> Rows:
        held = keep(r.periods.astype("datetime64[M]")) if i == series_id else np.ones(r.periods.size, dtype=bool)
        return Rows(r.periods[held], r.values[held], r.known_at[held], r.basis)

    return view.mapped(change)


def test_old_figures_count_as_none_on_past_days_too() -> None:
    """Earnings with a hole of years: no reading of the hole's later days is made of what came before it."""

    def hole(m: np.ndarray) -> np.ndarray:
        return (m <= np.datetime64("2008-12")) | (m >= np.datetime64("2025-01"))

    view = kept(valued_view(), "us.equity.shiller_earnings", hole)
    seen = Valuation(view)
    days = seen.month_ends(date(2007, 1, 1))
    trailing = seen.measures(days).trailing
    # Earnings to December 2008 are out on 31 March 2009; the quarter two years on makes them 24 months behind: the last day
    # that counts them is before those of March 2011 are out, 90 days after that quarter's end.
    counted = days[np.isfinite(trailing)]
    assert counted[counted < np.datetime64("2020")].max() == np.datetime64("2011-05-31")
    assert counted[counted > np.datetime64("2012")].min() >= np.datetime64("2025-06-30")
    gap = said(view).get("erp.us.real_yield_gap.change_1y")
    assert gap is not None and gap.value is None and "no reading 252 sessions before" in str(gap.reason)
    # Expected earnings are given up after three months: those of December once those of April are due.
    late = kept(
        own_view(),
        "us.equity.spx_forward_eps",
        lambda m: (m < np.datetime64("2020-01")) | (m > np.datetime64("2021-01")),
    )
    forward = Valuation(late).measures(days).forward
    lost = days[np.isnan(forward)]
    assert lost.min() == np.datetime64("2020-05-29") and lost.max() == np.datetime64("2021-02-26")


def test_a_first_month_of_expected_earnings_leaves_the_history_of_the_gap() -> None:
    young = kept(own_view(), "us.equity.spx_forward_eps", lambda m: m >= np.datetime64("2025-09"))
    made, before = said(young), said(valued_view())
    basis = made.get("erp.us.real_yield_gap.basis")
    assert basis is not None and basis.value == "trailing"
    for part in ("", ".percentile_20y", ".median_20y", ".change_1y", ".r2_1m"):
        assert value(made, f"real_yield_gap{part}") == value(before, f"real_yield_gap{part}")
    level, real = (float(young.series(i).value_on(SESSION)) for i in ("us.equity.spx", "us.rates.real_10y"))
    wanted = 100.0 * 1.12 * earnings(date(2025, 10, 1)) / level - real
    assert value(made, "real_yield_gap.expected") == pytest.approx(wanted, abs=1e-10)
    absent = before.get("erp.us.real_yield_gap.expected")
    assert absent is not None and absent.value is None and "are not known" in str(absent.reason)
    # Sixty month ends, the session among them, and the basis is theirs.
    for first, said_ in (("2020-12", "trailing"), ("2020-10", "forward")):
        view = kept(own_view(), "us.equity.spx_forward_eps", lambda m, first=first: m >= np.datetime64(first))
        basis = said(view).get("erp.us.real_yield_gap.basis")
        assert basis is not None and basis.value == said_, first


def test_one_missing_month_of_prices_is_bridged_and_said() -> None:
    whole = said(valued_view())
    lost = np.datetime64("2023-10")
    made = said(kept(valued_view(), "us.equity.shiller_cpi", lambda m: m != lost))
    for id_ in ("excess_cape_yield", "cape", "excess_cape_yield.earnings", "excess_cape_yield.percentile_20y"):
        found = made.get(f"erp.us.{id_}")
        assert (
            found is not None
            and found.state == "degraded"
            and "has no figure of 2023-10; the geometric" in str(found.reason)
        )
        # The index is smooth: one month in 120 hardly moves.
        assert value(made, id_) == pytest.approx(value(whole, id_), rel=2e-3)
    month = [date(2023, 9, 1), date(2023, 11, 1)]
    bridge = np.sqrt(prices(month[0]) * prices(month[1]))
    window = months(date(2015, 7, 1), date(2025, 6, 1))
    mean = prices(date(2025, 9, 1)) * np.mean(
        [earnings(m) / (bridge if m == date(2023, 10, 1) else prices(m)) for m in window]
    )
    assert value(made, "excess_cape_yield.earnings") == pytest.approx(mean, rel=1e-12)


def test_two_missing_months_are_named_and_not_bridged() -> None:
    lost = np.array(["2023-10", "2023-11"], dtype="datetime64[M]")
    made = said(kept(valued_view(), "us.equity.shiller_cpi", lambda m: ~np.isin(m, lost)))
    for id_ in ("excess_cape_yield", "cape", "excess_cape_yield.earnings"):
        found = made.get(f"erp.us.{id_}")
        assert found is not None and found.value is None
        assert "us.equity.shiller_cpi has no figure of 2023-10, 2023-11" in str(found.reason), id_
    gap = made.get("erp.us.real_yield_gap")
    assert gap is not None and gap.state == "ok"
    hole = said(kept(valued_view(), "us.equity.shiller_earnings", lambda m: m != np.datetime64("2020-02")))
    head = hole.get("erp.us.excess_cape_yield")
    assert head is not None and "us.equity.shiller_earnings has no figure of 2020-02" in str(head.reason)


def test_a_bridge_is_known_with_the_month_after_it() -> None:
    """Where earnings were known before the price index of the month after, the bridged month is not there yet."""
    lost = np.datetime64("2023-06")
    view = kept(valued_view(), "us.equity.shiller_cpi", lambda m: m != lost)

    def late(i: str, r: Rows) -> Rows:
        held = r.periods.astype("datetime64[M]") >= np.datetime64("2023-07")
        at = np.where(held & (i == "us.equity.shiller_cpi"), np.datetime64("2023-10-20", "us"), r.known_at)
        return replace(r, known_at=np.maximum(at, r.known_at))

    seen = Valuation(view.mapped(late))
    days = np.array(["2023-09-29", "2023-10-31"], dtype="datetime64[D]")
    assert np.isfinite(seen.measures(days).cyclical).tolist() == [False, True]


@pytest.mark.parametrize(
    ("series_id", "factor", "question"),
    [
        ("cash_flow", 0.01, "is it in index points?"),
        ("cash_flow", 50.0, "is it in index points?"),
        ("growth", 20.0, "is it in per cent?"),
    ],
)
def test_figures_in_another_unit_say_nothing_and_ask(series_id: str, factor: float, question: str) -> None:
    def change(i: str, r: Rows) -> Rows:
        return replace(r, values=factor * r.values) if i == f"us.equity.spx_{series_id}" else r

    made = said(own_view().mapped(change)).get("erp.us.damodaran")
    assert made is not None and made.value is None and question in str(made.reason)


def test_ten_years_are_described_on_the_months_asked_for() -> None:
    record = SimpleNamespace(as_of=lambda _: valued_view())
    whole, later = (score_equity_premium(record, date(y, 1, 1), SESSION) for y in (1985, 1999))  # type: ignore[arg-type]
    n = [made["excess_cape_yield"]["ten_years"]["n"] for made in (whole, later)]
    # Readings with ten years after them end in October 2015; from 1999 on there are under the 240 that a description needs.
    assert n[0] > 240 > n[1] > 180 and "r2_in_sample" not in later["excess_cape_yield"]["ten_years"]

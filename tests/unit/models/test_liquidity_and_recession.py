"""Liquidity and recession readings against definitions, published coefficients and the Board's own probabilities."""

from __future__ import annotations

import csv
import math
from datetime import UTC, date, datetime, timedelta
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import recorded
from barograph.catalog.nber import announced, in_recession, recessions
from barograph.core.estimate import Quantity
from barograph.models.macro._weekly import trailing_z, weekly
from barograph.models.macro.liquidity import ACCOUNT, ASSETS, GDP, LOANS, REPO, Liquidity, p_rise, zone
from barograph.models.macro.recession import BILL, EBP, TEN, Recession, bond_equivalent
from models_view import FakeView, Rows, catalog, rows_of

NOW = datetime(2024, 6, 28, 22, tzinfo=UTC)
WEDNESDAY = date(2024, 6, 26)


def weeks(count: int, value: Any, last: date = WEDNESDAY) -> dict[date, float]:
    """`value(k)` k weeks before the last day."""
    return {last - timedelta(7 * k): float(value(k)) for k in reversed(range(count))}


def view(**rows: dict[date, float]) -> FakeView:
    names = {"assets": ASSETS, "account": ACCOUNT, "repo": REPO, "loans": LOANS, "gdp": GDP}
    names |= {"ten": TEN, "bill": BILL, "ebp": EBP}
    return FakeView({names[k]: rows_of(catalog()[names[k]], v, "assumed") for k, v in rows.items()}, NOW)


def run(model: Any, seen: FakeView) -> dict[str, Quantity]:
    return {q.id: q for q in model.step(model.fit(seen), seen)[1].quantities}


def test_net_liquidity_is_assets_less_account_less_repo() -> None:
    """By hand: assets fall 5 a week, the account rises 2, repo falls 3: 13 weeks change it by -65 - 26 + 39."""
    seen = view(
        assets=weeks(300, lambda k: 7000 + 5 * k),
        account=weeks(300, lambda k: 700 - 2 * k),
        repo=weeks(300, lambda k: 400 + 3 * k),
    )
    found = run(Liquidity(), seen)
    assert found["liquidity.us.net.change_13w"].value == pytest.approx(-65.0 - 26.0 + 39.0)
    parts = [found[f"liquidity.us.net.{p}_13w"].value for p in ("fed_assets", "treasury_account", "reverse_repo")]
    assert parts == pytest.approx([-65.0, -26.0, 39.0])
    assert found["liquidity.us.net.change_4w"].value == pytest.approx(-52.0 * 4 / 13)
    assert found["liquidity.us.net.change_13w"].unit == "usd_bn"


def test_daily_parts_are_read_on_the_balance_sheets_wednesdays() -> None:
    """Reverse repo is known to Friday and jumps after Wednesday: the change over 13 weeks is of Wednesdays all the same."""
    days = [WEDNESDAY + timedelta(2 - k) for k in range(2000)]
    daily = {d: 400.0 + (500.0 if d > WEDNESDAY else 0.0) + (50.0 if d.weekday() == 4 else 0.0) for d in sorted(days)}
    seen = view(assets=weeks(300, lambda k: 7000), account=weeks(300, lambda k: 700), repo=daily)
    found = run(Liquidity(), seen.at(datetime(2024, 6, 28, 23, tzinfo=UTC)))
    assert found["liquidity.us.net.reverse_repo_13w"].value == pytest.approx(0.0)
    assert found["liquidity.us.net.change_13w"].period == WEDNESDAY


def test_the_quarterly_impulse_is_of_quarter_ends() -> None:
    """Stocks of the last Wednesdays of 2024 Q1, 2023 Q1 and 2022 Q1 by hand; the unfinished quarter does not enter."""
    stock = weeks(300, lambda k: 12_000 + 0.1 * k * k)
    gdp = {date(2023, 10, 1): 27_000.0, date(2024, 1, 1): 28_000.0}
    seen = view(loans={d: v for d, v in stock.items() if d <= date(2024, 6, 19)}, gdp=gdp)
    found = run(Liquidity(), seen)["liquidity.us.credit_impulse_quarterly"]
    a, b, c = (stock[d] for d in (date(2024, 3, 27), date(2023, 3, 29), date(2022, 3, 30)))
    assert found.value == pytest.approx(100.0 * ((a - b) - (b - c)) / 28_000.0) and found.period == date(2024, 3, 31)


def test_old_figures_are_said_to_be_old() -> None:
    rows: dict[str, Any] = {"assets": weeks(300, lambda k: 7000), "account": weeks(300, lambda k: 700)}
    repo = weeks(300, lambda k: 400)
    fresh = run(Liquidity(), view(**rows, repo=repo))["liquidity.us.net.change_13w"]
    assert fresh.state == "ok" and fresh.reason is None
    seen = FakeView(view(**rows, repo=repo).rows, NOW + timedelta(40))
    old = run(Liquidity(), seen)["liquidity.us.net.change_13w"]
    assert old.state == "degraded" and ASSETS in (old.reason or "") and "2024-06-26" in (old.reason or "")


def test_a_balance_sheet_is_unknown_before_its_thursday() -> None:
    """H.4.1 of Wednesday comes out on Thursday at 16:30 New York."""
    seen = view(assets=weeks(300, lambda k: 7000), account=weeks(300, lambda k: 700), repo=weeks(300, lambda k: 400))
    before = seen.at(datetime(2024, 6, 27, 20, 29, tzinfo=UTC))
    after = seen.at(datetime(2024, 6, 27, 20, 30, tzinfo=UTC))
    assert run(Liquidity(), before)["liquidity.us.net.change_13w"].period == WEDNESDAY - timedelta(7)
    assert run(Liquidity(), after)["liquidity.us.net.change_13w"].period == WEDNESDAY


def test_credit_impulse_of_a_constant_flow_is_nought_and_of_slower_deleveraging_positive() -> None:
    """Biggs, Mayer and Pick (2010): it is the change of the flow that counts."""
    gdp = {date(2023, 1, 1): 27_000.0, date(2024, 1, 1): 28_000.0}
    steady = run(Liquidity(), view(loans=weeks(300, lambda k: 12_000 - 10 * k), gdp=gdp))
    assert steady["liquidity.us.credit_impulse"].value == pytest.approx(0.0, abs=1e-9)
    assert steady["liquidity.us.credit_impulse_quarterly"].value == pytest.approx(0.0, abs=1e-9)
    # The stock falls ever more slowly: 12,000 + 0.1 k^2.
    slower = run(Liquidity(), view(loans=weeks(300, lambda k: 12_000 + 0.1 * k * k), gdp=gdp))
    value = slower["liquidity.us.credit_impulse"].value
    flow = lambda k: 0.1 * (k * k - (k + 52) ** 2)  # noqa: E731
    assert value == pytest.approx(100.0 * (flow(0) - flow(26)) / 28_000.0) and isinstance(value, float) and value > 0


def test_missing_series_are_named() -> None:
    found = run(Liquidity(), view(assets=weeks(300, lambda k: 7000)))
    net = found["liquidity.us.net.change_13w"]
    assert net.state == "insufficient" and ACCOUNT in (net.reason or "") and REPO in (net.reason or "")
    assert found["regime.us.liquidity.level"].state == "insufficient"
    assert all(q.reason for q in found.values() if q.value is None)


def test_weeks_back_and_their_z() -> None:
    points = view(assets=weeks(20, lambda k: k)).series(ASSETS)
    assert weekly(points, 5).tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert np.isnan(weekly(points, 40)[39])
    z = trailing_z(np.arange(10.0), 6, 5)
    assert z.size == 6 and z.mean() == pytest.approx(0.0) and z.std(ddof=1) == pytest.approx(1.0)
    assert trailing_z(np.arange(4.0), 6, 5).size == 0 and trailing_z(np.ones(9), 6, 5).size == 0


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=8))
def test_the_probability_of_a_rise_turns_with_the_sign(changes: list[float]) -> None:
    up, down = p_rise(changes), p_rise([-c for c in changes])
    assert up + down == pytest.approx(100.0) and 0.0 <= up <= 100.0


def test_zones() -> None:
    assert zone(math.nan, math.nan) == "undecided"


def test_the_curve_by_published_coefficients() -> None:
    """Estrella and Trubin (2006): 10 % at a spread of about +1.18, 29.7 % at nought."""
    bill = 4.0
    for spread, chance in ((1.18, 10.0), (0.0, 29.7)):
        ten = float(bond_equivalent(np.array([bill]))[0]) + spread
        found = run(Recession(), view(ten={date(2024, 5, 1): ten}, bill={date(2024, 5, 1): bill}))
        assert found["recession.us.curve"].value == pytest.approx(chance, abs=0.05)
    assert found["recession.us.curve"].period == date(2024, 5, 1)


def test_bond_equivalent_by_hand() -> None:
    """A bill at 5 % discount costs 100 (1 - 0.05 91/360); its return over 91 days at a simple annual rate."""
    price = 100.0 * (1.0 - 0.05 * 91 / 360)
    assert bond_equivalent(np.array([5.0]))[0] == pytest.approx((100.0 / price - 1.0) * 365 / 91 * 100.0)


@pytest.mark.skipif(recorded.folder() is None, reason=recorded.ABSENT)
def test_the_premium_gives_the_boards_own_probabilities() -> None:
    """The Board's file of April 2019: est_prob to 1e-4 in probit units, all 556 months."""
    home = recorded.folder()
    assert home is not None
    path = next(p for base in (home, home.parent) for p in [base / "reference" / "ebp_2019-04.csv"] if p.exists())
    model, normal = Recession(), NormalDist()
    with path.open() as file:
        rows = [(float(r["ebp"]), float(r["est_prob"])) for r in csv.DictReader(file) if r["est_prob"]]
    assert len(rows) == 556
    worst = max(abs(model.ebp_constant + model.ebp_slope * e - normal.inv_cdf(p)) for e, p in rows)
    assert worst < 1e-4


def test_readings_stand_side_by_side() -> None:
    both = run(
        Recession(), view(ten={date(2024, 5, 1): 4.5}, bill={date(2024, 5, 1): 5.2}, ebp={date(2024, 4, 1): 0.1})
    )
    head = both["recession.us.probability"]
    values = sorted(float(both[f"recession.us.{k}"].value) for k in ("curve", "ebp"))  # type: ignore[arg-type]
    assert (head.low, head.high) == (values[0], values[1]) and head.value == pytest.approx(sum(values) / 2)
    assert head.state == "ok" and head.period == date(2024, 4, 1)
    alone = run(Recession(), view(ebp={date(2023, 4, 1): 0.1}))
    assert alone["recession.us.curve"].state == "insufficient" and alone["recession.us.probability"].state == "degraded"
    none = run(Recession(), FakeView({}, NOW))
    assert all(q.state == "insufficient" and q.reason for q in none.values())


def test_recessions_are_known_from_their_announcement() -> None:
    assert announced(date(2008, 11, 30))[-1] == (date(2001, 3, 1), date(2001, 11, 1))
    assert announced(date(2008, 12, 1))[-1] == (date(2007, 12, 1), None)
    assert announced(date(2010, 9, 20))[-1] == (date(2007, 12, 1), date(2009, 6, 1))
    assert not in_recession(date(2007, 12, 31)) and in_recession(date(2008, 1, 1)) and in_recession(date(2009, 6, 30))
    assert all(r.peak < r.trough and r.peak_announced >= r.peak for r in recessions())


def test_poison_and_no_news() -> None:
    seen = view(
        assets=weeks(300, lambda k: 7000 + 5 * k),
        account=weeks(300, lambda k: 700 + k % 7),
        repo=weeks(300, lambda k: 400 + k % 5),
        ten={date(2024, 5, 1): 4.5},
        bill={date(2024, 5, 1): 5.2},
    )

    def spoil(_: str, rows: Rows) -> Rows:
        late = np.datetime64(NOW.replace(tzinfo=None), "us") + np.timedelta64(1, "s")
        return Rows(
            np.append(rows.periods, rows.periods[-1]),
            np.append(rows.values, 1e9),
            np.append(rows.known_at, late),
            rows.basis,
        )

    for model in (Liquidity(), Recession()):
        assert run(model, seen) == run(model, seen.mapped(spoil))

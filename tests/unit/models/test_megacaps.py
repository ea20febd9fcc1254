"""The seven: weights carried by prices, momentum, decomposition that adds up, hindsight kept out, users' own series."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest

from barograph.catalog.catalog import Catalog
from barograph.core.estimate import Quantity
from barograph.core.observation import Announcement, CalendarItem, Untrusted
from barograph.core.time import sessions
from barograph.models.equities._concentration import GROUP, TICKERS
from barograph.models.equities._megacap_results import results_of
from barograph.models.equities.megacaps import MegaCaps
from models_view import NOW, FakeView, Rows, catalog, close_of, invented, rows_of

SESSION, BEFORE = NOW.date(), date(2025, 11, 4)
P = "megacap.us"
RATES = {"us.rates.par_10y": (4.0, 0.05), "us.rates.real_10y": (1.5, 0.04)}


def view_of(seed: int = 0, filed: tuple[date, ...] = (BEFORE,), end: date = SESSION) -> FakeView:
    """Seven shares, an index, yields and the dollar over three years, and holdings of eight tickers and ten others."""
    start, rows = date(end.year - 4, 9, 1), {}
    for k, id_ in enumerate([*(f"us.equity.{g}" for g in GROUP), "us.equity.spx", "us.fx.uup"]):
        rows[id_] = rows_of(catalog()[id_], invented(id_, start, end, 40 * seed + k, level=100.0, step=0.01))
    for k, (id_, (level, step)) in enumerate(RATES.items()):
        rows[id_] = rows_of(catalog()[id_], invented(id_, start, end, 40 * seed + 20 + k, level=level, step=step))
    tickers = [t for names in TICKERS.values() for t in names if t != "FB"] + [f"X{i}" for i in range(10)]
    rng = np.random.default_rng(seed)
    for ticker in tickers:
        values = {"weight": rng.uniform(1.0, 9.0), "sector": 45.0, "close": rng.uniform(50.0, 400.0)}
        for kind, v in values.items():
            id_ = f"us.equity.member.{kind}[{ticker}]"
            rows[id_] = rows_of(catalog()[id_], dict.fromkeys(filed, float(v)))
    return FakeView(rows, close_of(end))


def run(view: FakeView, **settings: Any) -> dict[str, Quantity]:
    model = MegaCaps(**settings)
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}


def value(found: dict[str, Quantity], id_: str) -> float:
    made = found[f"{P}.{id_}"].value
    assert isinstance(made, float), found[f"{P}.{id_}"].reason
    return made


def shares_of(view: FakeView) -> dict[str, float]:
    held = {i: r.values[0] for i, r in view.rows.items() if ".member.weight[" in i}
    return {i.partition("[")[2][:-1]: float(v / sum(held.values())) for i, v in held.items()}


def test_weights_on_a_day_with_a_file() -> None:
    view = view_of(1, (BEFORE, SESSION)).mapped(
        lambda i, r: replace(r, known_at=np.minimum(r.known_at, np.datetime64(NOW.replace(tzinfo=None), "us")))
    )
    found, shares = run(view), shares_of(view)
    seven = [t for names in TICKERS.values() for t in names if t in shares]
    assert value(found, "top7_weight") == pytest.approx(100.0 * sum(shares[t] for t in seven), abs=1e-9)
    assert value(found, "effective_n") == pytest.approx(1.0 / sum(v * v for v in shares.values()), abs=1e-9)
    # Both classes of Alphabet count.
    assert value(found, "googl.weight") == pytest.approx(100.0 * (shares["GOOGL"] + shares["GOOG"]), abs=1e-9)


def test_equal_members_count_as_many_as_they_are() -> None:
    def equal(id_: str, rows: Rows) -> Rows:
        if ".weight[" in id_:
            return replace(rows, values=np.full(rows.values.size, 5.0))
        return replace(rows, values=np.full(rows.values.size, 100.0)) if id_.startswith("us.equity") else rows

    found = run(view_of(2).mapped(equal))
    assert value(found, "effective_n") == pytest.approx(18.0, abs=1e-9)
    assert value(found, "dispersion_1d") == pytest.approx(0.0, abs=1e-9)


def test_a_weight_is_carried_by_the_price_against_the_index() -> None:
    view = view_of(3)
    found, shares = run(view), shares_of(view)
    index, share = (view.series(i).values[-2:] for i in ("us.equity.spx", "us.equity.nvda"))
    top = sum(
        shares[t] * (p[1] / p[0]) / (index[1] / index[0])
        for g, names in TICKERS.items()
        for p in [view.series(f"us.equity.{g}").values[-2:]]
        for t in names
        if t in shares
    )
    assert value(found, "top7_weight") == pytest.approx(100.0 * top, abs=1e-9)
    assert value(found, "nvda.weight") == pytest.approx(100.0 * shares["NVDA"], abs=1e-9)
    part = shares["NVDA"] * 100.0 * (share[1] / share[0] - 1.0)
    assert value(found, "nvda.contribution_1d") == pytest.approx(part, abs=1e-9)
    total = value(found, "contribution_1d")
    assert sum(value(found, f"{g}.contribution_1d") for g in GROUP) == pytest.approx(total, abs=1e-12)
    whole = 100.0 * (index[1] / index[0] - 1.0)
    assert total + value(found, "rest_contribution_1d") == pytest.approx(whole, abs=1e-9)


@pytest.mark.parametrize("slug", GROUP)
def test_the_parts_of_a_return_add_up(slug: str) -> None:
    view = view_of(4)
    found = run(view)
    parts = [value(found, f"{slug}.{f}_1d") for f in ("market", "real10y", "breakeven10y", "usd", "own")]
    price = view.series(f"us.equity.{slug}").values
    assert sum(parts) == pytest.approx(100.0 * (price[-1] / price[-2] - 1.0), abs=1e-9)
    semis = found[f"{P}.{slug}.semis_beta"]
    assert semis.state == "insufficient" and semis.reason == "dropped: semis (no series)"
    beta = found[f"{P}.{slug}.real10y.beta"]
    assert beta.window is not None and "without semis (no series)" in beta.window
    assert (
        beta.low is not None and beta.high is not None and beta.low < value(found, f"{slug}.real10y.beta") < beta.high
    )


def test_a_planted_sensitivity_comes_back() -> None:
    view = view_of(5)
    spx = view.rows["us.equity.spx"]
    twice = 100.0 * np.cumprod(np.concatenate([[1.0], 1.0 + 2.0 * np.diff(spx.values) / spx.values[:-1]]))
    found = run(replace(view, rows={**view.rows, "us.equity.nvda": replace(spx, values=twice)}), penalty=1e-9)
    assert value(found, "nvda.market_beta") == pytest.approx(2.0, abs=1e-3)
    assert value(found, "nvda.systematic_share") > 99.9


def test_relative_momentum_in_a_random_walks_deviations() -> None:
    view = view_of(6)
    found = run(view)
    ratio = np.log(view.series("us.equity.msft").values / view.series("us.equity.spx").values)
    moves = np.diff(ratio)
    sd = moves[-253:-1].std(ddof=1)
    for h in (21, 63, 252):
        total = moves[-h:].sum()
        assert value(found, f"msft.relative_{h}d") == pytest.approx(100.0 * np.expm1(total), abs=1e-9)
        assert value(found, f"msft.relative_z_{h}d") == pytest.approx(total / (sd * np.sqrt(h)), abs=1e-9)


def test_dividends_of_a_share_are_no_momentum_over_a_price_index() -> None:
    """The planted bug: four dividends of 1 turned -3.0 % over the year into +0.7 %. A split is still no fall."""
    view = view_of(6)
    plain = run(view)
    id_, days = "us.equity.msft", (date(2025, 1, 15), date(2025, 4, 15), date(2025, 7, 15), date(2025, 10, 15))
    paid = rows_of(catalog()[f"{id_}[dividend]"], dict.fromkeys(days, 1.0))
    found = run(replace(view, rows={**view.rows, f"{id_}[dividend]": paid}))
    for h in (21, 63, 252):
        for what in (f"relative_{h}d", f"relative_z_{h}d"):
            assert value(found, f"msft.{what}") == pytest.approx(value(plain, f"msft.{what}"), abs=1e-9)
    held = view.rows[id_]
    halved = replace(held, values=np.where(held.periods >= np.datetime64("2025-10-15"), held.values / 2.0, held.values))
    split = rows_of(catalog()[f"{id_}[split]"], {date(2025, 10, 15): 2.0})
    after = run(replace(view, rows={**view.rows, id_: halved, f"{id_}[split]": split}))
    assert value(after, "msft.relative_63d") == pytest.approx(value(plain, "msft.relative_63d"), abs=1e-9)


def test_a_share_of_next_to_nothing_is_not_given() -> None:
    view = view_of(3)
    found = run(view)
    total, whole = (
        value(found, "contribution_1d"),
        value(found, "rest_contribution_1d") + value(found, "contribution_1d"),
    )
    assert abs(total) > 0.05 and value(found, "contribution_share") == pytest.approx(100.0 * total / whole)
    small = run(view, share_least=abs(total) + 0.01)[f"{P}.contribution_share"]
    assert small.state == "insufficient" and "they gave less than" in (small.reason or "")


def test_there_was_no_such_group_before_2023() -> None:
    found = run(view_of(0, (date(2022, 11, 3),), date(2022, 11, 4)))
    assert {q.state for q in found.values()} == {"insufficient"}
    assert all(q.reason and "hindsight" in q.reason for q in found.values())
    # The first sessions of 2023 have betas and momentum, and no history of the group.
    young = run(view_of(0, (date(2023, 2, 1),), date(2023, 2, 2)))
    assert young[f"{P}.nvda.market_beta"].value is not None
    assert young[f"{P}.correlation_63d"].state == "insufficient"


def test_without_holdings_the_correlation_takes_equal_weights() -> None:
    found = run(view_of(7).mapped(lambda i, r: None if ".member." in i else r))
    rho = found[f"{P}.correlation_63d"]
    assert rho.state == "degraded" and rho.reason == "equal weights: no holdings in reach"
    assert found[f"{P}.top7_weight"].state == "insufficient" and found[f"{P}.nvda.weight"].reason


def calendar(day: date, at: time | None, ticker: str) -> Announcement:
    item = CalendarItem("user.results", f"{ticker}{day}", day, at, Untrusted("Results"), "earnings", ticker)
    return Announcement(item, datetime(2025, 1, 2, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC), "b")


class Told(FakeView):
    """A view whose calendar names results of Nvidia."""

    def announcements(self, at: datetime | None = None) -> list[Announcement]:
        return [calendar(date(2025, 8, 27), time(16, 20), "NVDA"), calendar(date(2025, 11, 5), time(8, 0), "NVDA")]


def test_sessions_of_results_are_left_out_and_named() -> None:
    view = view_of(8)
    told = Told(view.rows, view.known_at, view.catalog)
    assert results_of(told, ("NVDA",)) == (frozenset({date(2025, 8, 28), date(2025, 11, 5)}), True)
    found = run(told)
    assert value(found, "nvda.results_left_out") == 1.0 and value(found, "aapl.results_left_out") == 0.0
    assert found[f"{P}.nvda.market_beta"].state == "degraded"
    assert found[f"{P}.nvda.own_1d"].reason == "results could move the session"

    def jump(id_: str, rows: Rows) -> Rows:
        if id_ != "us.equity.nvda":
            return rows
        values = rows.values.copy()
        values[rows.periods >= np.datetime64("2025-08-28")] *= 1.4
        return replace(rows, values=values)

    spoilt = run(Told(view.mapped(jump).rows, view.known_at, view.catalog))
    assert value(spoilt, "nvda.market_beta") == pytest.approx(value(found, "nvda.market_beta"), abs=1e-9)
    bare = run(view)[f"{P}.nvda.results_left_out"]
    assert bare.state == "insufficient" and bare.reason is not None and "import one" in bare.reason


def with_series(view: FakeView, tags: dict[str, float]) -> FakeView:
    """Users' daily series, one per tag, that move a little around the value given."""
    rows, known = dict(view.rows), {s.id: s for s in view.catalog}
    days = sessions("NYSE", date(2024, 1, 2), SESSION)
    for k, (tag, level) in enumerate(tags.items()):
        row = replace(catalog()["us.vol.vix"], id=f"user.s{k}", tags=(tag,), providers=())
        known[row.id] = row
        moves = np.random.default_rng(k).normal(0.0, 0.01, len(days))
        rows[row.id] = rows_of(row, dict(zip(days, (level * np.exp(moves)).tolist(), strict=True)))
    return FakeView(rows, view.known_at, Catalog(known, view.catalog.closures))


def test_a_premium_needs_the_users_valuations() -> None:
    view = view_of(9)
    bare = run(view)[f"{P}.nvda.premium_index_z"]
    assert bare.state == "insufficient" and bare.reason is not None and "forward_pe:nvda" in bare.reason
    given = with_series(view, {"forward_pe:nvda": 30.0, "forward_pe:spx": 20.0})
    found = run(given)
    pe = np.log(given.series("user.s0").values / given.series("user.s1").values)
    z = (pe[-1] - pe[:-1].mean()) / pe[:-1].std(ddof=1)
    assert value(found, "nvda.premium_index_z") == pytest.approx(z, abs=1e-9)
    assert found[f"{P}.nvda.premium_10y_z"].value is not None


def test_option_volatilities_of_an_equicorrelated_basket_imply_its_correlation() -> None:
    view = view_of(10)
    w = np.array([value(run(view), f"{g}.weight") for g in GROUP])
    prices = [view.series(f"us.equity.{g}").values[-2:] for g in GROUP]
    w = np.array([a * p[1] / p[0] for a, p in zip(w, prices, strict=True)])
    w, s, rho = w / w.sum(), np.arange(20.0, 55.0, 5.0), 0.4
    basket = float(np.sqrt((w * s) @ (np.full((7, 7), rho) + (1.0 - rho) * np.eye(7)) @ (w * s)))
    given = with_series(
        view, {f"implied_vol:{g}": v for g, v in zip(GROUP, s, strict=True)} | {"implied_vol:basket": basket}
    )

    def exact(id_: str, rows: Rows) -> Rows:
        if not id_.startswith("user."):
            return rows
        level = [*s, basket][int(id_.removeprefix("user.s"))]
        return replace(rows, values=np.full(rows.values.size, level))

    assert value(run(given.mapped(exact)), "implied_correlation") == pytest.approx(rho, abs=1e-9)
    assert f"{P}.implied_correlation" not in run(view)


@pytest.mark.parametrize("day", [date(2025, 11, 4), date(2025, 10, 3), date(2025, 2, 28)])
def test_what_became_known_later_changes_nothing(day: date) -> None:
    """Absurd values of every period known a minute later, and all that came later cut off: the same estimate."""
    view, at = view_of(11, (date(2025, 2, 27), date(2025, 10, 2), date(2025, 11, 3))), close_of(day)
    late = np.datetime64((at + timedelta(minutes=1)).replace(tzinfo=None), "us")
    limit = np.datetime64(at.replace(tzinfo=None), "us")

    def poison(_: str, r: Rows) -> Rows:
        known = np.append(r.known_at, np.full(r.periods.size, late))
        return Rows(np.append(r.periods, r.periods), np.append(r.values, r.values * -1e6), known, r.basis)

    def cut(_: str, r: Rows) -> Rows:
        keep = r.known_at <= limit
        return Rows(r.periods[keep], r.values[keep], r.known_at[keep], r.basis)

    clean = run(view.at(at))
    assert value(clean, "nvda.market_beta") and value(clean, "top7_weight")
    assert run(view.mapped(poison).at(at)) == clean
    assert run(view.mapped(cut).at(at)) == clean

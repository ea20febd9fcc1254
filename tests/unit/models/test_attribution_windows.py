"""The index over several sessions: what adds up, whose weights are used, what is carried and what it is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.core.time import sessions
from barograph.core.units import SECTORS
from barograph.models._spans import sessions_of
from barograph.models.equities.attribution import AttributionModel
from barograph.models.equities.attribution_windows import AttributionWindows
from models_view import NOW, FakeView, catalog, close_of, invented, rows_of

SESSION = NOW.date()
DAYS = sessions("NYSE", date(2025, 9, 2), SESSION)
TICKERS = tuple(f"T{i:02d}" for i in range(33))
SPANS = ("5d", "mtd", "qtd")
P = "equity.us"


def view_of(seed: int = 0, filed: tuple[date, ...] | None = None, noise: float = 0.0001) -> FakeView:
    """33 members in 11 sectors whose files give true weights on the days `filed` (None: all), funds that are their
    sectors, an index that is their whole plus noise, and an equal-weight fund."""
    rng = np.random.default_rng(seed)
    codes = sorted(SECTORS)
    moves = rng.normal(0.0, 0.012, (len(DAYS), len(TICKERS)))
    caps = rng.uniform(0.5, 6.0, len(TICKERS)) * np.cumprod(1.0 + moves, axis=0)
    closes = 50.0 * np.cumprod(1.0 + moves, axis=0)
    shares = caps / caps.sum(axis=1, keepdims=True)
    chosen = set(DAYS if filed is None else filed)
    rows = {}
    for i, ticker in enumerate(TICKERS):
        held = {d: 100.0 * float(shares[t, i]) for t, d in enumerate(DAYS) if d in chosen}
        table = {"weight": held, "sector": dict.fromkeys(held, float(codes[i % 11]))}
        table["close"] = {d: float(closes[t, i]) for t, d in enumerate(DAYS) if d in chosen}
        for kind, values in table.items():
            id_ = f"us.equity.member.{kind}[{ticker}]"
            rows[id_] = rows_of(catalog()[id_], values)
    index = 100.0 * caps.sum(axis=1) / caps[0].sum() * np.cumprod(1.0 + noise * rng.standard_normal(len(DAYS)))
    rows["us.equity.spx"] = rows_of(catalog()["us.equity.spx"], dict(zip(DAYS, index.tolist(), strict=True)))
    for k, code in enumerate(codes):
        of = caps[:, [i for i in range(33) if i % 11 == k]].sum(axis=1)
        id_ = f"us.equity.sector_{SECTORS[code]}"
        rows[id_] = rows_of(catalog()[id_], dict(zip(DAYS, (of / of[0]).tolist(), strict=True)))
    equal = np.cumprod(1.0 + np.concatenate([[0.0], moves[1:].mean(axis=1)]))
    rows["us.equity.rsp"] = rows_of(catalog()["us.equity.rsp"], dict(zip(DAYS, equal.tolist(), strict=True)))
    return FakeView(rows, NOW)


def run(view: FakeView, **settings: Any) -> dict[str, Quantity]:
    model = AttributionWindows(**settings)
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}


def value(found: dict[str, Quantity], id_: str) -> float:
    made = found[f"{P}.{id_}"].value
    assert isinstance(made, float), found[f"{P}.{id_}"].reason
    return made


def test_spans_count_from_the_right_close() -> None:
    # 2025-11-03 was a Monday and the first session of the month; 2026-01-02 that of a year.
    assert [str(sessions_of(s, SESSION)[0]) for s in ("1d", *SPANS)] == [
        "2025-11-04",
        "2025-10-29",
        "2025-10-31",
        "2025-09-30",
    ]
    assert [str(sessions_of(s, date(2026, 1, 2))[0]) for s in ("mtd", "qtd")] == ["2025-12-31", "2025-12-31"]


@pytest.mark.parametrize("filed", [None, (date(2025, 10, 15),), (date(2025, 11, 3), date(2025, 11, 4), SESSION)])
@pytest.mark.parametrize("seed", range(3))
def test_contributions_and_residual_are_the_index_return(seed: int, filed: tuple[date, ...] | None) -> None:
    view = view_of(seed, filed)
    found, spx = run(view), view.series("us.equity.spx")
    for span in SPANS:
        parts = [value(found, f"sector.{s}.contribution_{span}") for s in SECTORS.values()]
        base = spx.value_on(sessions_of(span, SESSION)[0].item())
        assert base is not None
        index = 100.0 * (spx.values[-1] / base - 1.0)
        assert value(found, f"attribution.index_{span}") == pytest.approx(index, abs=1e-9)
        assert sum(parts) + value(found, f"attribution.residual_{span}") == pytest.approx(index, abs=1e-9)
        assert value(found, f"attribution.total_{span}") == pytest.approx(sum(parts), abs=1e-9)


def test_weights_carried_by_prices_are_the_true_ones() -> None:
    """Nothing but prices moves these caps: from one file in October, forth and back, every session's weights come out."""
    true, carried = run(view_of(1, noise=0.0)), run(view_of(1, (date(2025, 10, 15),), noise=0.0))
    for span in SPANS:
        for slug in SECTORS.values():
            id_ = f"sector.{slug}.contribution_{span}"
            assert value(carried, id_) == pytest.approx(value(true, id_), abs=1e-9)
        assert abs(value(carried, f"attribution.residual_{span}")) < 1e-9
    assert value(carried, "attribution.proxied_qtd") == 26.0 and value(true, "attribution.proxied_qtd") == 0.0
    found = carried[f"{P}.sector.energy.contribution_qtd"]
    assert found.state == "degraded" and found.reason is not None and "carried back from 2025-10-15" in found.reason
    assert true[f"{P}.sector.energy.contribution_qtd"].state == "ok"


@pytest.mark.parametrize("filed", [None, (date(2025, 10, 15),)])
def test_effects_add_up_to_the_active_return(filed: tuple[date, ...] | None) -> None:
    found = run(view_of(2, filed))
    for span in ("1d", *SPANS):
        active = value(found, f"brinson.active_{span}")
        within = value(found, f"brinson.within_{span}")
        assert value(found, f"brinson.allocation_{span}") + within == pytest.approx(active, abs=1e-9)
        if filed is None:
            split = value(found, f"brinson.selection_{span}") + value(found, f"brinson.interaction_{span}")
            assert split == pytest.approx(within, abs=1e-9)
        else:
            assert found[f"{P}.brinson.selection_{span}"].state == "insufficient"


def test_equal_members_in_equal_sectors_have_no_active_return() -> None:
    def same(id_: str, rows: Any) -> Any:
        return replace(rows, values=np.full(rows.values.size, 3.0)) if ".weight[" in id_ else rows

    found = run(view_of(3).mapped(same))
    for effect in ("allocation", "selection", "interaction", "active"):
        assert value(found, f"brinson.{effect}_1d") == pytest.approx(0.0, abs=1e-9)


def test_old_weights_degrade_and_lapse() -> None:
    view = view_of(0, (date(2025, 9, 3),))
    found = run(view)
    age = found[f"{P}.weights.age"]
    assert (age.value, age.state, age.period) == (44.0, "degraded", date(2025, 9, 3))
    lapsed = run(view, last_sessions=30)[f"{P}.attribution.total_5d"]
    assert lapsed.state == "insufficient" and lapsed.reason is not None and "within 30 sessions" in lapsed.reason


def acted(view: FakeView, id_: str, *, split: float = 1.0, paid: float = 0.0, ex: date = SESSION) -> FakeView:
    """The fund splits and goes ex on a day: its closes from then on are lower by both, and the actions are on record."""
    rows = dict(view.rows)
    held = rows[id_]
    later = held.periods >= np.datetime64(ex)
    before = float(held.values[~later][-1])
    # D per share of the day: P(1 + r) = r-adjusted close before; the fall is by D r / P of every later close.
    factor = (1.0 - paid * split / before) / split
    rows[id_] = replace(held, values=np.where(later, held.values * factor, held.values))
    if split != 1.0:
        rows[f"{id_}[split]"] = rows_of(catalog()[f"{id_}[split]"], {ex: split})
    if paid:
        rows[f"{id_}[dividend]"] = rows_of(catalog()[f"{id_}[dividend]"], {ex: paid})
    return replace(view, rows=rows)


@pytest.mark.parametrize("what", [{"split": 2.0}, {"paid": 0.05}, {"split": 2.0, "paid": 0.02}])
def test_a_split_or_a_dividend_of_a_fund_is_no_return(what: dict[str, float]) -> None:
    """The fund falls by what it splits or pays, and the recorded action puts it back: no sector's account knows of it."""
    view = view_of(4, (date(2025, 10, 15),), noise=0.0)
    plain = run(view)
    for ex in (SESSION, date(2025, 11, 3), date(2025, 10, 7)):
        after = run(acted(view, "us.equity.sector_energy", ex=ex, **what))
        bare = acted(view, "us.equity.sector_energy", ex=ex, **what)
        bare = replace(bare, rows={i: r for i, r in bare.rows.items() if not i.endswith(("[split]", "[dividend]"))})
        for span in SPANS:
            id_ = f"sector.energy.contribution_{span}"
            assert value(after, id_) == pytest.approx(value(plain, id_), abs=1e-9)
            if sessions_of(span, SESSION)[0] < np.datetime64(ex):
                assert abs(value(run(bare), id_) - value(plain, id_)) > 0.01  # the fall is there to be found


def test_ex_days_of_all_funds_open_no_residual() -> None:
    """A quarter's 0.4 % out of every fund and of the equal-weight fund on one day; the index lost it on other days."""
    view = view_of(4, (date(2025, 10, 15),), noise=0.0)
    for id_ in (*(f"us.equity.sector_{s}" for s in SECTORS.values()), "us.equity.rsp"):
        held = view.rows[id_]
        before = float(held.values[held.periods < np.datetime64(SESSION)][-1])
        view = acted(view, id_, paid=0.004 * before)
    found = run(view)
    for span in SPANS:
        assert abs(value(found, f"attribution.residual_{span}")) < 1e-9
    model = AttributionModel()
    today = {q.id: q.value for q in model.step(model.fit(view), view)[1].quantities}
    # One session by both models: the same funds, the same weights, the same account.
    assert today[f"{P}.attribution.method"] == "sector_etfs"
    active = today[f"{P}.equal_minus_cap"] + today[f"{P}.attribution.residual"]  # type: ignore[operator]
    assert value(found, "brinson.active_1d") == pytest.approx(active, abs=1e-9)


def test_a_residual_of_some_member_degrades_the_effects_too() -> None:
    """A spin-off takes a tenth off a member: no ratio tells it, the account that does not close does."""
    view = view_of(5, noise=0.0)
    held = view.rows["us.equity.member.close[T04]"]
    spun = np.where(held.periods >= np.datetime64(SESSION), held.values * 0.9, held.values)
    found = run(replace(view, rows={**view.rows, "us.equity.member.close[T04]": replace(held, values=spun)}))
    assert run(view)[f"{P}.brinson.active_1d"].state == "ok"
    for id_ in ("brinson.active_1d", "brinson.selection_5d", "sector.energy.contribution_5d"):
        quantity = found[f"{P}.{id_}"]
        assert quantity.state == "degraded" and "the residual is larger than" in (quantity.reason or "")


@pytest.mark.parametrize("ratio", [1.25, 4.0 / 3.0, 1.5, 2.5])
def test_a_members_split_that_is_no_whole_ratio_is_no_return(ratio: float) -> None:
    view = view_of(5, noise=0.0)
    held = view.rows["us.equity.member.close[T04]"]
    cut = np.where(held.periods >= np.datetime64(SESSION), held.values / ratio, held.values)
    found = run(
        replace(view, rows={**view.rows, "us.equity.member.close[T04]": replace(held, values=cut)}), least_weight=0.5
    )
    plain, active = value(run(view), "brinson.active_1d"), value(found, "brinson.active_1d")
    assert (
        abs(active - plain) < 0.1
    )  # one member of 33 less; its fall by a fifth to three fifths would be 0.6 pp or more
    assert found[f"{P}.brinson.active_1d"].state == "degraded"


def test_nothing_without_holdings_or_before_a_close() -> None:
    bare = run(view_of(0, ()))
    assert {q.state for q in bare.values()} == {"insufficient"} and all(q.reason for q in bare.values())
    early = run(view_of(0).at(close_of(date(2025, 9, 10))))
    assert early[f"{P}.attribution.total_qtd"].state == "insufficient"


def test_a_young_fund_is_not_used_before_its_day() -> None:
    row = catalog()["us.equity.sector_communication_services"]
    assert row.eligible_from == date(2018, 6, 19)
    from barograph.models._price_path import price_path
    from barograph.models.history import SessionView

    values = invented(row.id, date(2018, 6, 1), date(2018, 6, 29), 1)
    view = FakeView({row.id: rows_of(row, values)}, close_of(date(2018, 6, 29)))
    days = np.array(sorted(values), dtype="datetime64[D]")
    path = price_path(SessionView(view), row.id, days)
    assert (
        np.isnan(path[days < np.datetime64("2018-06-19")]).all()
        and np.isfinite(path[days >= np.datetime64("2018-06-19")]).all()
    )


@pytest.mark.parametrize("day", [date(2025, 11, 4), date(2025, 10, 22)])
def test_what_became_known_later_changes_nothing(day: date) -> None:
    """A file of a later day carries weights back only once it is known."""
    view, at = view_of(6, (date(2025, 10, 15), date(2025, 11, 3))), close_of(day)
    limit = np.datetime64(at.replace(tzinfo=None), "us")

    def cut(_: str, r: Any) -> Any:
        keep = r.known_at <= limit
        return replace(r, periods=r.periods[keep], values=r.values[keep], known_at=r.known_at[keep])

    clean = run(view.at(at))
    assert value(clean, "attribution.total_qtd")
    assert run(view.mapped(cut).at(at)) == clean

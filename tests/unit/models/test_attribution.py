"""Contributions that close, with the residual; members without a close, splits, and the fund proxy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from barograph.core.estimate import Quantity
from barograph.core.units import SECTORS
from barograph.models.equities.attribution import AttributionModel
from barograph.models.equities.constituents import is_split
from models_view import NOW, FakeView, catalog, close_of, invented, rows_of

DAYS = (date(2025, 11, 3), date(2025, 11, 4), date(2025, 11, 5))
TICKERS = tuple(f"T{i:02d}" for i in range(33))
P = "equity.us"


def view_of(seed: int = 0, noise: float = 0.0, *, members: bool = True, weights_on: date = DAYS[1]) -> FakeView:
    """33 invented members in 11 sectors, and an index that is their weighted sum plus `noise` per cent."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.5, 6.0, len(TICKERS))
    returns = rng.normal(0.0, 0.015, len(TICKERS))
    index = float(weights @ returns / weights.sum()) + noise / 100.0
    codes = sorted(SECTORS)
    rows = {}
    for i, ticker in enumerate(TICKERS):
        closes = {DAYS[0]: 50.0 + i, DAYS[1]: 51.0 + i, DAYS[2]: (51.0 + i) * (1.0 + returns[i])}
        held = {"weight": {weights_on: weights[i]}, "sector": {weights_on: float(codes[i % 11])}, "close": closes}
        for kind, values in held.items():
            if members or kind != "close":
                id_ = f"us.equity.member.{kind}[{ticker}]"
                rows[id_] = rows_of(catalog()[id_], values)
    spx = invented("us.equity.spx", date(2024, 1, 2), DAYS[1], 1, level=5000.0)
    spx[DAYS[2]] = spx[DAYS[1]] * (1.0 + index)
    rows["us.equity.spx"] = rows_of(catalog()["us.equity.spx"], spx)
    for i, slug in enumerate(sorted(SECTORS.values())):
        row = catalog()[f"us.equity.sector_{slug}"]
        rows[row.id] = rows_of(row, invented(row.id, date(2024, 1, 2), DAYS[2], 50 + i))
    rsp = catalog()["us.equity.rsp"]
    rows[rsp.id] = rows_of(rsp, invented(rsp.id, date(2024, 1, 2), DAYS[2], 49))
    return FakeView(rows, NOW)


def run(view: FakeView, **settings: float) -> dict[str, Quantity]:
    model = AttributionModel(**settings)  # type: ignore[arg-type]
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}  # type: ignore[arg-type]


def contributions(found: dict[str, Quantity]) -> list[float]:
    return [q.value for i, q in found.items() if ".sector." in i and i.endswith("contribution_1d")]  # type: ignore[misc]


@pytest.mark.parametrize("seed", range(5))
def test_contributions_and_residual_are_the_index_return(seed: int) -> None:
    view = view_of(seed, noise=0.013)
    found, spx = run(view), view.series("us.equity.spx").values
    total = sum(contributions(found))
    index = 100.0 * (spx[-1] / spx[-2] - 1.0)
    assert total == pytest.approx(found[f"{P}.attribution.total"].value, abs=1e-12)
    assert total + found[f"{P}.attribution.residual"].value == pytest.approx(index, abs=1e-9)
    assert found[f"{P}.attribution.residual"].value == pytest.approx(0.013, abs=1e-9)
    assert found[f"{P}.attribution.method"].value == "constituents"
    assert sum(found[f"{P}.sector.{s}.weight"].value for s in SECTORS.values()) == pytest.approx(100.0, abs=1e-9)
    for slug in SECTORS.values():
        row = [found[f"{P}.sector.{slug}.{k}"].value for k in ("weight", "return_1d", "contribution_1d")]
        assert row[0] * row[1] / 100.0 == pytest.approx(row[2], abs=1e-12)


def test_weights_are_those_of_the_close_before() -> None:
    # The planted bug: weights after the session overstate what rose. c_i = w_i(t-1) r_i leaves no residual here.
    view = view_of(2)
    closes = {t: view.series(f"us.equity.member.close[{t}]").values for t in TICKERS}
    weights = {t: view.series(f"us.equity.member.weight[{t}]").values[0] for t in TICKERS}
    after = {t: weights[t] * closes[t][2] / closes[t][1] for t in TICKERS}
    planted = sum(after[t] * (closes[t][2] / closes[t][1] - 1.0) for t in TICKERS) / sum(after.values()) * 100.0
    found = run(view)
    assert abs(found[f"{P}.attribution.residual"].value) < 1e-9
    assert abs(planted - found[f"{P}.attribution.total"].value) > 1e-3


def test_active_return_splits_into_allocation_selection_and_interaction() -> None:
    """Brinson, Fachler (1985): the sectors of the cap-weighted and of the equal-weighted basket account for the gap."""
    view = view_of(3)
    found = run(view)
    returns = {
        t: 100.0 * (v[2] / v[1] - 1.0) for t in TICKERS for v in [view.series(f"us.equity.member.close[{t}]").values]
    }
    bench = found[f"{P}.attribution.total"].value
    effects = 0.0
    for code, slug in SECTORS.items():
        mine = [t for i, t in enumerate(TICKERS) if sorted(SECTORS)[i % 11] == code]
        wp, rp = len(mine) / len(TICKERS), float(np.mean([returns[t] for t in mine]))
        wb, rb = (found[f"{P}.sector.{slug}.{k}"].value for k in ("weight", "return_1d"))
        wb /= 100.0
        effects += (wp - wb) * (rb - bench) + wb * (rp - rb) + (wp - wb) * (rp - rb)
    assert effects == pytest.approx(found[f"{P}.equal_weight.return_1d"].value - bench, abs=1e-9)
    assert effects == pytest.approx(found[f"{P}.equal_minus_cap"].value, abs=1e-9)


def test_breadth_is_not_the_sectors_return() -> None:
    view = view_of(4)
    found = run(view)
    ups = sum(v[2] > v[1] for t in TICKERS for v in [view.series(f"us.equity.member.close[{t}]").values])
    assert found[f"{P}.breadth.advancing"].value == pytest.approx(100.0 * ups / 33)
    assert found[f"{P}.breadth.members"].value == 33.0


def test_all_returns_equal_means_no_dispersion() -> None:
    def same(found: str, rows: object) -> object:
        if ".close[" not in found:
            return rows
        values = rows.values.copy()  # type: ignore[attr-defined]
        values[2] = values[1] * 1.01
        return replace(rows, values=values)  # type: ignore[type-var]

    found = run(view_of(0).mapped(same))  # type: ignore[arg-type]
    assert found[f"{P}.dispersion"].value == pytest.approx(0.0, abs=1e-9)
    assert found[f"{P}.equal_weight.return_1d"].value == pytest.approx(1.0, abs=1e-9)


def drop(view: FakeView, *ids: str) -> FakeView:
    return view.mapped(lambda i, r: None if i in ids else r)


def test_a_member_without_a_close_goes_to_the_residual() -> None:
    view = view_of(5)
    light = min(TICKERS, key=lambda t: view.series(f"us.equity.member.weight[{t}]").values[0])
    found = run(drop(view, f"us.equity.member.close[{light}]"), full_weight=0.999)
    residual = found[f"{P}.attribution.residual"]
    values = view.series(f"us.equity.member.close[{light}]").values
    total = sum(view.series(f"us.equity.member.weight[{t}]").values[0] for t in TICKERS)
    share = view.series(f"us.equity.member.weight[{light}]").values[0] / total
    assert residual.value == pytest.approx(share * 100.0 * (values[2] / values[1] - 1.0), abs=1e-9)
    assert (
        residual.state == "degraded" and residual.reason is not None and "1 members have no return" in residual.reason
    )
    assert found[f"{P}.breadth.members"].value == 32.0


def test_a_split_is_left_out_and_named() -> None:
    def split(found: str, rows: object) -> object:
        if found != "us.equity.member.close[T07]":
            return rows
        values = rows.values.copy()  # type: ignore[attr-defined]
        values[2] /= 10.0
        return replace(rows, values=values)  # type: ignore[type-var]

    found = run(view_of(6).mapped(split), least_weight=0.5)  # type: ignore[arg-type]
    total = found[f"{P}.attribution.total"]
    assert total.state == "degraded" and total.reason is not None and "look like a split: T07" in total.reason
    assert abs(found[f"{P}.attribution.residual"].value) < 0.5  # a fall by 90 % of 3 % weight would be 2.7 pp


def with_close(view: FakeView, ticker: str, factor: float) -> FakeView:
    """A member's newest close is another one."""

    def cut(found: str, rows: object) -> object:
        if found != f"us.equity.member.close[{ticker}]":
            return rows
        values = rows.values.copy()  # type: ignore[attr-defined]
        values[2] *= factor
        return replace(rows, values=values)  # type: ignore[type-var]

    return view.mapped(cut)  # type: ignore[arg-type]


@pytest.mark.parametrize("ratio", [1.25, 4.0 / 3.0, 1.5, 2.5, 1.0 / 1.5])
def test_a_split_that_is_no_whole_ratio_is_left_out_and_named(ratio: float) -> None:
    """The planted bug: a three for two was a fall by a third that the residual had to hold."""
    view = view_of(6)
    change = float(np.divide(*view.series("us.equity.member.close[T07]").values[[2, 1]]))
    found = run(with_close(view, "T07", 1.0 / ratio / change), least_weight=0.5)
    total = found[f"{P}.attribution.total"]
    assert total.state == "degraded" and "look like a split: T07" in (total.reason or "")
    assert found[f"{P}.breadth.members"].value == 32.0


def test_a_fall_by_a_fifth_that_the_index_has_too_is_a_return() -> None:
    view = view_of(6)
    change = float(np.divide(*view.series("us.equity.member.close[T07]").values[[2, 1]]))
    total = sum(view.series(f"us.equity.member.weight[{t}]").values[0] for t in TICKERS)
    share = float(view.series("us.equity.member.weight[T07]").values[0] / total)

    def index(found: str, rows: object) -> object:
        if found != "us.equity.spx":
            return rows
        values = rows.values.copy()  # type: ignore[attr-defined]
        values[-1] += values[-2] * share * (0.8 - change)
        return replace(rows, values=values)  # type: ignore[type-var]

    found = run(with_close(view, "T07", 0.8 / change).mapped(index), least_weight=0.5)  # type: ignore[arg-type]
    assert found[f"{P}.attribution.total"].state == "ok" and found[f"{P}.breadth.members"].value == 33.0
    assert abs(found[f"{P}.attribution.residual"].value) < 1e-9


def test_a_residual_that_is_too_large_degrades_all_that_rests_on_the_members() -> None:
    """A spin-off takes a tenth off a member: no ratio, and nobody else's return is surer than its own."""
    view = view_of(6)
    plain, found = run(view), run(with_close(view, "T07", 0.9))
    ids = [f"{P}.breadth.advancing", f"{P}.equal_weight.return_1d", f"{P}.equal_minus_cap", f"{P}.dispersion"]
    ids += [i for i in found if ".member." in i]
    assert len(ids) == 14
    for id_ in ids:
        assert found[id_].state == "degraded" and found[id_].reason == "the residual is larger than 2 bp"
        assert id_ not in plain or plain[id_].state == "ok"


@pytest.mark.parametrize(("ratio", "split"), [(0.5, True), (0.1, True), (2.05, True), (0.56, False), (0.7, False)])
def test_what_looks_like_a_split(ratio: float, split: bool) -> None:
    assert is_split(ratio, 0.6, 0.1) is split


def test_a_large_residual_degrades() -> None:
    found = run(view_of(1, noise=0.021))
    assert found[f"{P}.attribution.residual"].state == "degraded"
    assert found[f"{P}.attribution.residual"].reason == "the residual is larger than 2 bp"
    assert run(view_of(1, noise=0.019))[f"{P}.attribution.residual"].state == "ok"


def test_funds_stand_in_with_drifted_weights() -> None:
    view = view_of(7, weights_on=DAYS[0], members=False)
    found = run(view)
    assert found[f"{P}.attribution.method"].value == "sector_etfs"
    base = dict.fromkeys(SECTORS.values(), 0.0)
    for i, t in enumerate(TICKERS):
        base[SECTORS[sorted(SECTORS)[i % 11]]] += view.series(f"us.equity.member.weight[{t}]").values[0]
    funds = {s: view.series(f"us.equity.sector_{s}").values[-3:] for s in base}
    drifted = {s: w * funds[s][1] / funds[s][0] for s, w in base.items()}
    for slug, weight in drifted.items():
        assert found[f"{P}.sector.{slug}.weight"].value == pytest.approx(
            100.0 * weight / sum(drifted.values()), abs=1e-9
        )
        ours = found[f"{P}.sector.{slug}.return_1d"].value
        assert ours == pytest.approx(100.0 * (funds[slug][2] / funds[slug][1] - 1.0), abs=1e-10)
    assert found[f"{P}.attribution.total"].window == "weights of 2025-11-03, carried forward by the sector funds"
    assert found[f"{P}.breadth.advancing"].state == "insufficient"
    equal = found[f"{P}.equal_weight.return_1d"]
    assert (equal.state, equal.reason) == ("degraded", "return of the equal-weight fund")


def test_old_weights_degrade_and_then_end() -> None:
    old = run(view_of(7, weights_on=date(2025, 9, 2), members=False))[f"{P}.attribution.total"]
    assert old.state == "degraded" and old.reason is not None and "the weights are of 2025-09-02" in old.reason
    gone = run(view_of(7, weights_on=date(2024, 9, 3), members=False))[f"{P}.attribution.total"]
    assert gone.reason == "no holdings of 2025-11-04 on record; the last holdings on record are of 2024-09-03"


def test_without_weights_there_is_nothing() -> None:
    view = view_of(0).mapped(lambda i, r: None if ".member." in i else r)
    found = run(view)
    assert {q.state for i, q in found.items() if "spx.level" not in i} == {"insufficient"}
    assert found[f"{P}.attribution.total"].reason == "no holdings of 2025-11-04 on record"
    assert len(found) == 11 * 3 + 3 + 5 + 2


def test_top_and_bottom_members_in_order() -> None:
    found = run(view_of(9))
    named = [q.value for i, q in found.items() if ".member." in i]
    assert len(named) == 10
    assert named[:5] == sorted(named[:5], reverse=True)  # type: ignore[type-var]
    assert named[5:] == sorted(named[5:])  # type: ignore[type-var]
    assert min(named[:5]) >= max(named[5:])  # type: ignore[type-var]


def test_explain_gives_sectors_and_adds_up() -> None:
    model, view = AttributionModel(), view_of(3, noise=0.01)
    estimates = [model.step(model.fit(v), v)[1] for v in (view.at(close_of(DAYS[0])), view.at(close_of(DAYS[1])), view)]  # type: ignore[arg-type]
    (row,) = model.explain(estimates[1], estimates[2])
    assert row.unit == "pp" and len(row.rows) == 12
    assert abs(row.gap()) <= 1e-9
    assert row.rows[-1] == ("residual", pytest.approx(0.01, abs=1e-9))
    # Over two sessions the contributions of one are no explanation: the residual says so.
    (row,) = model.explain(estimates[0], estimates[2])
    assert abs(row.gap()) <= 1e-9 and row.rows[-1][1] == pytest.approx(row.total)
    (row,) = model.explain(estimates[2], estimates[2])
    assert row.total == 0.0 and {v for _, v in row.rows} == {0.0}


def test_lineage_names_families_once() -> None:
    found = run(view_of(0))
    inputs = found[f"{P}.sector.energy.contribution_1d"].inputs
    assert [i.series_id for i in inputs] == [f"us.equity.member.{k}" for k in ("close", "sector", "weight")]
    assert [i.n for i in inputs] == [6, 3, 3]
    assert all(i.batches for i in inputs)

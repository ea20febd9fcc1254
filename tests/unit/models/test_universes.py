"""A user's universe: contributions add up, weights drift between their dates, groups, an index with its residual; and what is
wrong with rows, weights and closes is said and not papered over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from barograph.catalog.catalog import Catalog
from barograph.core.estimate import Quantity
from barograph.core.time import sessions
from barograph.models._spans import SPANS, sessions_of
from barograph.models.equities.universes import Universes
from models_view import NOW, FakeView, catalog, rows_of

SESSION = NOW.date()
DAYS = sessions("NYSE", date(2025, 9, 2), SESSION)
NAMES = ("alpha", "beta", "gamma", "delta")
P = "equity.user.mine"


def view_of(
    weights: dict[date, tuple[float, ...]], groups: tuple[str, ...] = ("x", "x", "y", "y"), index: bool = False
) -> FakeView:
    rows, known = {}, {s.id: s for s in catalog()}
    rng = np.random.default_rng(5)
    for k, name in enumerate(NAMES):
        price = replace(catalog()["us.equity.nvda"], id=f"user.{name}", eligible_from=None, tags=())
        tags = ("universe:mine", f"price:user.{name}", *((f"group:{groups[k]}",) if groups else ()))
        weight = replace(catalog()["us.vol.vix"], id=f"user.{name}_weight", unit="percent", tags=tags)
        known |= {price.id: price, weight.id: weight}
        path = 50.0 * np.exp(0.01 * np.cumsum(rng.standard_normal(len(DAYS))))
        rows[price.id] = rows_of(price, dict(zip(DAYS, path.tolist(), strict=True)))
        held = {d: w[k] for d, w in weights.items() if w[k] > 0.0}
        if held:
            rows[weight.id] = rows_of(weight, held)
    if index:
        row = replace(catalog()["us.equity.spx"], id="user.bench", tags=("index_of:mine",))
        known[row.id] = row
        path = 50.0 * np.exp(0.01 * np.cumsum(rng.standard_normal(len(DAYS))))
        rows[row.id] = rows_of(row, dict(zip(DAYS, path.tolist(), strict=True)))
    return FakeView(rows, NOW, Catalog(known, catalog().closures))


def run(view: FakeView, **settings: Any) -> dict[str, Quantity]:
    model = Universes(**settings)
    return {q.id: q for q in model.step(model.fit(view), view)[1].quantities}


def value(found: dict[str, Quantity], id_: str) -> float:
    made = found[f"{P}.{id_}"].value
    assert isinstance(made, float), found[f"{P}.{id_}"].reason
    return made


ONCE = {date(2025, 9, 30): (40.0, 30.0, 20.0, 10.0)}


@pytest.mark.parametrize("span", SPANS)
def test_members_groups_and_effects_add_up(span: str) -> None:
    found = run(view_of({date(2025, 9, 30): (40.0, 30.0, 20.0, 10.0), date(2025, 10, 31): (10.0, 20.0, 30.0, 40.0)}))
    whole = value(found, f"return_{span}")
    assert sum(value(found, f"member.{n}.contribution_{span}") for n in NAMES) == pytest.approx(whole, abs=1e-9)
    assert sum(value(found, f"group.{g}.contribution_{span}") for g in "xy") == pytest.approx(whole, abs=1e-9)
    effects = [value(found, f"brinson.{e}_{span}") for e in ("allocation", "selection", "interaction")]
    assert sum(effects) == pytest.approx(value(found, f"brinson.active_{span}"), abs=1e-9)


def test_weights_bought_once_give_the_return_of_what_was_bought() -> None:
    """Weights that drift are shares held: the quarter's return is that of 40, 30, 20 and 10 dollars laid out at its start."""
    view = view_of(ONCE)
    base = sessions_of("qtd", SESSION)[0].item()
    assert base == date(2025, 9, 30)
    worth = sum(
        w * view.series(f"user.{n}").values[-1] / (view.series(f"user.{n}").value_on(base) or np.nan)
        for n, w in zip(NAMES, ONCE[base], strict=True)
    )
    found = run(view)
    assert value(found, "return_qtd") == pytest.approx(worth - 100.0, abs=1e-9)
    assert found[f"{P}.return_qtd"].state == "degraded"  # the weights are 25 sessions old
    assert value(found, "weights.age") == 25.0


def test_an_index_leaves_a_residual() -> None:
    found = run(view_of(ONCE, index=True))
    for span in SPANS:
        parts = sum(value(found, f"member.{n}.contribution_{span}") for n in NAMES)
        index, residual = value(found, f"index_{span}"), value(found, f"residual_{span}")
        assert parts + residual == pytest.approx(index, abs=1e-9)


def test_a_member_without_weight_is_not_held_and_the_unnamed_are_one_row() -> None:
    found = run(view_of({date(2025, 9, 30): (50.0, 30.0, 20.0, 0.0)}), named=2)
    assert value(found, "members") == 3.0
    assert f"{P}.member.gamma.weight" not in found
    named = sum(value(found, f"member.{n}.contribution_1d") for n in ("alpha", "beta"))
    assert named + value(found, "rest.contribution_1d") == pytest.approx(value(found, "return_1d"), abs=1e-9)


def test_nothing_is_carried_back_and_prices_may_not_be_missing() -> None:
    found = run(view_of({date(2025, 11, 3): (40.0, 30.0, 20.0, 10.0)}))
    assert value(found, "return_1d") and found[f"{P}.return_qtd"].state == "insufficient"
    view = view_of(ONCE)
    bare = run(view.mapped(lambda i, r: None if i == "user.alpha" else r))
    assert bare[f"{P}.return_1d"].state == "insufficient"
    assert "prices of 60 % of the weight only: no close of alpha on 2025-11-05" in (bare[f"{P}.return_1d"].reason or "")
    assert run(FakeView({}, NOW)) == {}


def test_without_groups_there_are_no_effects() -> None:
    found = run(view_of(ONCE, ()))
    assert not [i for i in found if ".group." in i or ".brinson." in i]


def changed(view: FakeView, id_: str, values: dict[date, float | None]) -> FakeView:
    """Some values of a series replaced, or left out where None."""
    rows = view.rows[id_]
    table = dict(zip(rows.periods.tolist(), rows.values.tolist(), strict=True)) | values
    kept = {d: v for d, v in sorted(table.items()) if v is not None}
    return replace(view, rows={**view.rows, id_: rows_of(view.catalog[id_], kept)})


def with_row(view: FakeView, id_: str, **fields: Any) -> FakeView:
    """A catalogue row replaced; a new id takes rows and values from `user.alpha`."""
    known = {s.id: s for s in view.catalog}
    known[id_] = replace(known.get(id_, known["user.alpha"]), id=id_, **fields)
    return replace(view, catalog=Catalog(known, view.catalog.closures))


def test_a_short_position_is_no_universe() -> None:
    """The planted bug: 130 long and 30 short counted as 130 of 100, the short gone and the longs brought to 100."""
    view = view_of({date(2025, 9, 30): (80.0, 30.0, 20.0, 10.0)})
    view = changed(view, "user.delta_weight", {date(2025, 9, 30): -30.0})
    found = run(view)
    assert {found[f"{P}.return_{s}"].state for s in SPANS} == {"insufficient"}
    assert found[f"{P}.return_1d"].reason == "negative weights of delta on 2025-09-30: long only"
    # Weights that were long before are accounted for until the short begins.
    later = changed(
        view_of(ONCE | {date(2025, 11, 4): (40.0, 30.0, 20.0, 10.0)}), "user.delta_weight", {date(2025, 11, 4): -1.0}
    )
    assert run(later)[f"{P}.return_1d"].state == "insufficient"


def test_monthly_weights_are_refused() -> None:
    """A row dated 31 October is of the period 1 October: it would be held a month before anyone had set it."""
    from barograph.core.release import ReleaseRule

    view = view_of(ONCE)
    for name in NAMES:
        monthly = {"frequency": "M", "stamp": "month_start", "release": ReleaseRule.parse("month_end+1 18:00")}
        view = with_row(view, f"user.{name}_weight", **monthly)
        rows = view.rows[f"user.{name}_weight"]
        first, known = np.array(["2025-10-01"], "datetime64[D]"), np.array(["2025-11-01T22:00"], "datetime64[us]")
        rows = replace(rows, periods=first, known_at=known)
        view = replace(view, rows={**view.rows, f"user.{name}_weight": rows})
    found = run(view)
    assert set(found) == {f"{P}.return_{s}" for s in SPANS}
    assert "user.alpha_weight has weights of frequency M" in (found[f"{P}.return_mtd"].reason or "")


def test_weights_that_became_known_later_degrade() -> None:
    view = view_of({date(2025, 11, 3): (40.0, 30.0, 20.0, 10.0)})
    rows = view.rows["user.beta_weight"]
    on_time, late = (
        replace(rows, known_at=np.array([t], dtype="datetime64[us]")) for t in ("2025-11-03T23:00", "2025-11-05T15:00")
    )
    for given, words in ((on_time, None), (late, "weights known later: those of 2025-11-03")):
        made = run(replace(view, rows={**view.rows, "user.beta_weight": given}))[f"{P}.return_1d"]
        # Known by the evening of the 4th, the session of the 5th may use them; known on the 5th itself, not.
        assert (made.state, made.reason) == (("degraded", words) if words else ("ok", None))
        assert made.value is not None


def test_a_missing_close_moves_its_return_to_the_session_on_which_it_is_known() -> None:
    """Without the close of the 3rd, alpha's move of two sessions is of the 4th, and the quarter is what it was."""
    view = view_of(ONCE)
    gone = run(changed(view, "user.alpha", {date(2025, 11, 3): None}))
    for member in NAMES:
        id_ = f"member.{member}.contribution_qtd"
        assert value(gone, id_) == pytest.approx(value(run(view), id_), abs=0.02)
    assert value(gone, "return_qtd") == pytest.approx(value(run(view), "return_qtd"), abs=1e-9)
    assert value(gone, "return_1d") == pytest.approx(value(run(view), "return_1d"), abs=1e-9)
    month = gone[f"{P}.return_mtd"]
    assert month.state == "degraded" and "carried closes of 1 member: alpha on 2025-11-03" in (month.reason or "")
    assert gone[f"{P}.return_1d"].reason is None or "carried" not in gone[f"{P}.return_1d"].reason
    # Without one on the newest session nothing is known of its move yet: it is nought and said to be.
    last = run(changed(view, "user.alpha", {SESSION: None}))
    assert value(last, "member.alpha.contribution_1d") == 0.0
    assert "carried closes of 1 member: alpha on 2025-11-05" in (last[f"{P}.return_1d"].reason or "")
    before = run(changed(view, "user.alpha", {date(2025, 11, 4): None}))[f"{P}.return_1d"]
    assert before.state == "degraded" and "alpha on 2025-11-04" in (before.reason or "")
    # Beyond the setting nothing is carried.
    six = dict.fromkeys([d for d in DAYS if date(2025, 10, 27) <= d <= date(2025, 11, 3)])
    lost = run(changed(view, "user.alpha", six))[f"{P}.return_5d"]
    assert lost.state == "insufficient" and "no close of alpha on 2025-11-03" in (lost.reason or "")
    assert run(changed(view, "user.alpha", six), carry_sessions=6)[f"{P}.return_5d"].value is not None


def test_a_date_that_names_some_members_only_degrades() -> None:
    both = ONCE | {date(2025, 11, 3): (40.0, 30.0, 20.0, 10.0)}
    view = view_of(both)
    partial = changed(view, "user.gamma_weight", {date(2025, 11, 3): None})
    made = run(partial)
    assert made[f"{P}.return_1d"].state == "degraded" and "gamma on 2025-11-03" in (made[f"{P}.return_1d"].reason or "")
    assert value(made, "members") == 3.0
    # A member that is said to have none was sold, and nothing is wrong.
    sold = run(changed(view, "user.gamma_weight", {date(2025, 11, 3): 0.0}))
    assert (sold[f"{P}.return_1d"].state, value(sold, "members")) == ("ok", 3.0)


def test_members_that_end_in_the_same_word_are_two() -> None:
    view = view_of(ONCE)
    view = with_row(view, "user.eu.alpha")
    view = with_row(view, "user.beta_weight", tags=("universe:mine", "price:user.eu.alpha", "group:x"))
    view = replace(view, rows={**view.rows, "user.eu.alpha": view.rows["user.beta"]})
    found = run(view)
    names = [i.split(".")[4] for i in found if ".member." in i and i.endswith(".weight")]
    assert names == ["delta", "gamma", "user_alpha", "user_eu_alpha"]
    whole = sum(value(found, f"member.{n}.contribution_1d") for n in names)
    assert whole == pytest.approx(value(run(view_of(ONCE)), "return_1d"), abs=1e-9)


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        (("universe:mine", "group:x"), "no tag price:"),
        (("universe:mine", "price:user.nobody", "group:x"), "a series that nobody knows"),
        (("universe:mine", "price:us.rates.par_10y", "group:x"), "which is no price"),
        (("universe:mine", "price:us.growth.payrolls", "group:x"), "a series that nobody knows"),
        (("universe:mine", "price:user.beta", "group:x"), "which user.alpha_weight has in the same universe"),
        (("universe:Mine!", "price:user.alpha", "group:x"), "in fact ids the same as"),
    ],
)
def test_a_broken_row_breaks_its_universe_aloud(tags: tuple[str, ...], words: str) -> None:
    found = run(with_row(view_of(ONCE), "user.alpha_weight", tags=tags))
    assert set(found) == {f"{P}.return_{s}" for s in SPANS}
    assert all(q.state == "insufficient" and words in (q.reason or "") for q in found.values())


def test_a_name_without_latin_letters_is_a_universe_with_a_reason() -> None:
    view = view_of(ONCE)
    for name in NAMES:
        view = with_row(view, f"user.{name}_weight", tags=("universe:日本", f"price:user.{name}"))
    found = run(view)
    assert "nothing can stand in a fact's id" in (found["equity.user.unnamed.return_1d"].reason or "")


def test_weights_of_a_weekend_that_is_the_oldest_date_stand_on_the_friday() -> None:
    """1 November was a Saturday: its weights count on the 4th, carried from Friday's close over Monday's."""
    view = view_of({date(2025, 11, 1): (40.0, 30.0, 20.0, 10.0)})
    view = changed(view, "user.alpha", {d: None for d in DAYS if d < date(2025, 10, 31)})
    prices = {n: view.series(f"user.{n}") for n in NAMES}

    def price(name: str, day: int, month: int = 11) -> float:
        return prices[name].value_on(date(2025, month, day)) or np.nan

    worth = {n: w * price(n, 4) / price(n, 31, 10) for n, w in zip(NAMES, (40.0, 30.0, 20.0, 10.0), strict=True)}
    found = run(view)
    for name in NAMES:
        assert value(found, f"member.{name}.weight") == pytest.approx(
            100.0 * worth[name] / sum(worth.values()), abs=1e-9
        )
    assert value(found, "weights.age") == 2.0


def test_weights_of_a_holiday_before_every_other_date() -> None:
    """The path itself begins after the only date of weights, which is no session."""
    view = view_of({date(2025, 9, 28): (40.0, 30.0, 20.0, 10.0)})
    friday, base = date(2025, 9, 26), date(2025, 9, 30)
    worth = {
        n: w
        * (view.series(f"user.{n}").value_on(base) or np.nan)
        / (view.series(f"user.{n}").value_on(friday) or np.nan)
        for n, w in zip(NAMES, (40.0, 30.0, 20.0, 10.0), strict=True)
    }
    ends = {n: view.series(f"user.{n}").values[-1] / (view.series(f"user.{n}").value_on(base) or np.nan) for n in NAMES}
    whole = sum(worth[n] * ends[n] for n in NAMES) / sum(worth.values())
    assert value(run(view), "return_qtd") == pytest.approx(100.0 * (whole - 1.0), abs=1e-9)

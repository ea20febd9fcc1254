"""A user's universe: contributions add up, weights drift between their dates, groups, an index with its residual."""

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
    assert bare[f"{P}.return_1d"].state == "insufficient" and "% of the weight" in (bare[f"{P}.return_1d"].reason or "")
    assert run(FakeView({}, NOW)) == {}


def test_without_groups_there_are_no_effects() -> None:
    found = run(view_of(ONCE, ()))
    assert not [i for i in found if ".group." in i or ".brinson." in i]

"""Which series the sensitivities cover, what they are called, and what is left out."""

from __future__ import annotations

from dataclasses import replace

from barograph.core.estimate import Quantity
from barograph.models._fitting import refit_at
from barograph.models.assets import ASSETS
from barograph.models.sensitivity._sample import covered, left_out
from barograph.models.sensitivity.sensitivity import Sensitivity
from models_view import FakeView, catalog, small_view


def said(view: FakeView) -> dict[str, Quantity]:
    model = Sensitivity()
    state = model.fit(view.at(refit_at(view.known_at)))  # type: ignore[arg-type]
    return {q.id: q for q in model.step(state, view)[1].quantities}  # type: ignore[arg-type]


def test_tickers_of_a_users_catalogue_are_covered() -> None:
    row = catalog()["us.equity.rsp"]
    mine = {f"user.t{n}": replace(row, id=f"user.t{n}", readers=("sensitivity",), providers=()) for n in range(3)}
    mine["user.other"] = replace(row, id="user.other", readers=("sources",), providers=())
    wider = type(catalog())({**{r.id: r for r in catalog()}, **mine}, catalog().closures)
    slugs = [a.slug for a in covered(wider)]
    assert slugs[-3:] == ["t0", "t1", "t2"] and "other" not in slugs
    assert set(slugs[:-3]) == {a.slug for a in ASSETS if a.kind == "price"}
    assert set(Sensitivity().reads(wider)) - set(Sensitivity().needs()) == {"user.t0", "user.t1", "user.t2"}
    view = small_view(1)
    view = replace(view, catalog=wider, rows={**view.rows, "user.t1": view.rows["us.equity.rsp"]})
    quantities = said(view)
    for what in ("real10y.kalman.beta", "state", "fan.width"):
        assert quantities[f"sensitivity.t1.{what}"].value == quantities[f"sensitivity.rsp.{what}"].value
    assert quantities["sensitivity.t0.state"].state == "insufficient"


def test_names_that_are_taken_and_rows_that_are_no_prices() -> None:
    """The planted bugs: `user.gold` was shadowed by the gold fund, of two `.acme` one was not there, a yield had returns."""
    row = catalog()["us.equity.rsp"]
    ids = ("user.gold", "user.acme", "user.eu.acme", "user.plain", "user.us2y")
    mine = {i: replace(row, id=i, readers=("sensitivity",), providers=()) for i in ids}
    rate = catalog()["us.rates.par_10y"]
    mine["user.bund"] = replace(rate, id="user.bund", readers=("sensitivity",), providers=())
    mine["user.sales"] = replace(row, id="user.sales", frequency="M", readers=("sensitivity",), providers=())
    wider = type(catalog())({**{r.id: r for r in catalog()}, **mine}, catalog().closures)
    added = {a.slug: a.series[0] for a in covered(wider) if a.series[0].startswith("user.")}
    assert added == {
        "plain": "user.plain",
        "user_acme": "user.acme",
        "user_eu_acme": "user.eu.acme",
        "user_gold": "user.gold",
        "user_us2y": "user.us2y",
    }
    assert len({a.slug for a in covered(wider)}) == len(covered(wider))
    assert left_out(wider) == [("user.bund", "in percent, which is no price"), ("user.sales", "no daily series")]
    assert left_out(catalog()) == []
    barrick = replace(row, id="us.equity.gold", providers=())
    shares = type(catalog())({**{r.id: r for r in catalog()}, barrick.id: barrick}, catalog().closures)
    found = {a.slug: a.series[0] for a in covered(shares)}
    assert (found["gold"], found["us_equity_gold"]) == ("us.commodity.gld", "us.equity.gold")

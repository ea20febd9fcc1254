"""A coherent page raises nothing; each planted contradiction is found, and named by the fact it sits in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

import invented_page
from barograph.core.estimate import Fact, Finding, Problem
from barograph.core.release import Closure
from barograph.findings import Context, rules
from barograph.findings._identities import identities
from barograph.findings.freshness import freshness_facts, predating

PAGE = invented_page.page(invented_page.seeded(1))
SESSION = invented_page.SESSION
CATALOGUE = invented_page.Catalogue(
    rows={
        "us.equity.spx": invented_page.series("us.equity.spx"),
        "us.rates.par_10y": invented_page.series("us.rates.par_10y", "day 17:30"),
        "us.labour.payrolls": invented_page.series("us.labour.payrolls", "payroll 08:30", agency="bls"),
    },
    closures=(Closure(date(2025, 10, 1), date(2025, 11, 12), date(2025, 11, 20), ("bls",), "US government closed"),),
)


def problems(
    facts: dict[str, Fact], previous: dict[str, Fact] | None = None, context: Context | None = None
) -> list[Problem]:
    out = rules()["contradictions"].apply(facts, previous or {}, context or invented_page.context())
    assert all(isinstance(o, Problem) for o in out)
    return out  # type: ignore[return-value]


def planted(id_: str, **new: object) -> dict[str, Fact]:
    return PAGE | {id_: replace(PAGE[id_], **new)}  # type: ignore[arg-type]


def test_coherent_pages_raise_nothing() -> None:
    for seed in range(50):
        facts = invented_page.page(invented_page.seeded(seed))
        before = invented_page.page(invented_page.seeded(seed + 1000))
        steady = {i: replace(f, value=facts[i].value) for i, f in before.items()}
        assert problems(facts, steady) == []


def test_every_identity_of_a_full_page_is_looked_at() -> None:
    looked = [i for i in identities(PAGE) if all(f in PAGE for f in i.ids())]
    assert len(looked) >= 30


BROKEN = sorted({i.left[0][1] for i in identities(PAGE) if all(f in PAGE for f in i.ids())})


@pytest.mark.parametrize("id_", BROKEN)
def test_an_identity_that_is_off_by_a_millionth_is_found(id_: str) -> None:
    found = problems(planted(id_, value=PAGE[id_].number + 1e-6))
    assert found and all(p.severity == "error" and p.step for p in found)
    assert any(id_ in (p.subject, *p.message.split()) or id_.split(".")[2] in p.message for p in found)


def test_one_wrong_contribution_opens_the_attribution() -> None:
    id_ = "equity.us.sector.energy.contribution_1d"
    assert [p.subject for p in problems(planted(id_, value=PAGE[id_].number + 0.01))] == ["equity.us.spx.return_1d"]


def test_two_accounts_of_equal_weight_that_disagree_are_found() -> None:
    """A fund that goes ex by 0.40 made equal less cap weight -0.07 and the active return of the effects -0.47 on one page."""
    p = "equity.us"
    values = {f"{p}.spx.return_1d": 0.33, f"{p}.attribution.residual": 0.01, f"{p}.equal_weight.return_1d": 0.26}
    values |= {f"{p}.equal_minus_cap": -0.07, f"{p}.brinson.active_1d": -0.06}
    facts = {i: Fact(i, v, "pp" if "return" not in i else "percent", period=SESSION) for i, v in values.items()}

    def found(active: float) -> list[str]:
        id_ = f"{p}.brinson.active_1d"
        return [q.subject for q in problems(facts | {id_: replace(facts[id_], value=active)}) if "active" in q.message]

    assert found(-0.06) == [] and found(-0.06 - 0.02) == []
    assert found(-0.47) == [f"{p}.brinson.active_1d"]


def test_legs_of_different_days_are_not_compared() -> None:
    stale = planted("curve.us.2y.level", value=1.0, period=date(2025, 11, 3))
    assert [p for p in problems(stale) if "2s10s" in p.subject] == []


def test_one_quantity_with_two_values_is_found() -> None:
    lineage = (invented_page.piece("us.equity.spx", SESSION),)
    facts = {
        i: Fact(i, v, "percent", period=SESSION, lineage=lineage)
        for i, v in (("equity.us.spx.return_1d", 0.37), ("equity.us.index.return_1d", 0.36))
    }
    (problem,) = problems(facts)
    assert "one quantity with two values" in problem.message
    assert problems({i: replace(f, value=0.37) for i, f in facts.items()}) == []
    other_day = facts | {
        "equity.us.index.return_1d": replace(facts["equity.us.index.return_1d"], period=date(2025, 11, 4))
    }
    assert problems(other_day) == []


# --------------------------------------------------------------------------------------------------- dates and age


def dated(last: date, period: date | None = None, id_: str = "equity.us.spx.level") -> dict[str, Fact]:
    piece = invented_page.piece("us.equity.spx", last)
    return {id_: Fact(id_, 6796.3, "index", period=period or last, known_at=piece.known_at, lineage=(piece,))}


def test_a_stale_figure_under_a_new_date_is_found() -> None:
    context = invented_page.context(catalog=CATALOGUE)
    assert problems(dated(SESSION), context=context) == []
    found = problems(dated(date(2025, 11, 4)), context=context)
    assert [p.subject for p in found] == ["us.equity.spx", "equity.us.spx.level"]
    assert "2025-11-05 was due" in found[1].message
    assert [p.subject for p in problems(dated(date(2025, 11, 4), id_="equity.us.spx.last"), context=context)] == [
        "us.equity.spx"
    ]


def test_a_figure_from_after_the_session_is_look_ahead() -> None:
    ahead = dated(SESSION, period=date(2025, 11, 6))
    late = {i: replace(f, known_at=datetime(2025, 11, 6, tzinfo=UTC)) for i, f in dated(SESSION).items()}
    for facts in (ahead, late):
        (problem,) = problems(facts)
        assert "look-ahead" in problem.step and problem.severity == "error"


def test_a_nowcast_of_a_quarter_to_come_is_none_unless_it_was_known_later() -> None:
    ahead = dated(SESSION, period=date(2026, 1, 1), id_="nowcast.us.gdp.next.point")
    assert problems(ahead) == []
    late = {i: replace(f, known_at=datetime(2025, 11, 6, tzinfo=UTC)) for i, f in ahead.items()}
    assert "look-ahead" in problems(late)[0].step


def test_a_release_suspended_by_a_closure_is_not_overdue() -> None:
    def payrolls(last: date) -> dict[str, Fact]:
        piece = invented_page.piece("us.labour.payrolls", last)
        return {"x": Fact("macro.us.payrolls.latest", 1.0, "thousands", period=last, lineage=(piece,))}

    context = invented_page.context(catalog=CATALOGUE)
    assert problems(payrolls(date(2025, 8, 1)), context=context) == []
    assert [p.subject for p in problems(payrolls(date(2025, 7, 1)), context=context)] == ["us.labour.payrolls"]
    open_ = invented_page.context(catalog=replace(CATALOGUE, closures=()))
    assert [p.subject for p in problems(payrolls(date(2025, 8, 1)), context=open_)] == ["us.labour.payrolls"]


# --------------------------------------------------------------------------------------------------- silent changes


def test_a_silent_change_of_unit_window_or_scale_is_found() -> None:
    index = Fact("equity.us.spx.level", 6796.3, "index", window="252 sessions")
    for new, word in (
        (replace(index, unit="usd"), "unit"),
        (replace(index, window="250 sessions"), "window"),
        (replace(index, value=679.63), "scale"),
    ):
        (problem,) = problems({index.id: new}, {index.id: index})
        assert word in problem.message
    assert problems({index.id: replace(index, value=6100.0)}, {index.id: index}) == []


def test_a_window_that_moves_with_the_day_has_not_changed() -> None:
    fact = Fact("a.b.percentile_5y", 10.0, "percent", window="2020-11-05 to 2025-11-05, 1255 sessions")
    before = replace(fact, window="2020-11-04 to 2025-11-04, 1256 sessions")
    assert problems({fact.id: fact}, {fact.id: before}) == []
    month = replace(fact, window="2025-10-01 to 2025-11-05, constituents on 4 of 26 sessions")
    rolled = replace(fact, window="2025-10-01 to 2025-11-04, constituents on 3 of 25 sessions")
    other = replace(fact, window="2025-10-01 to 2025-11-04, sector funds on 3 of 25 sessions")
    assert problems({fact.id: month}, {fact.id: rolled}) == []
    assert len(problems({fact.id: month}, {fact.id: other})) == 1
    counted = replace(fact, window="5 of 7 sessions")
    assert len(problems({fact.id: counted}, {fact.id: replace(fact, window="6 of 7 sessions")})) == 1
    shorter = replace(fact, window="2020-11-05 to 2025-11-05, weekly, 260 values")
    assert len(problems({fact.id: shorter}, {fact.id: before})) == 1


# --------------------------------------------------------------------------------------------------- freshness


def inputs() -> dict[str, Fact]:
    facts = dated(SESSION)
    old = invented_page.piece("us.rates.par_10y", date(2025, 11, 4))
    month = invented_page.piece("us.labour.payrolls", date(2025, 8, 1))
    facts["curve.us.10y.level"] = Fact("curve.us.10y.level", 4.1, "percent", period=old.last, lineage=(old,))
    facts["macro.us.payrolls.latest"] = Fact(
        "macro.us.payrolls.latest", 1.0, "thousands", period=month.last, lineage=(month,)
    )
    return facts


def test_daily_inputs_that_predate_the_session_are_counted() -> None:
    context = invented_page.context(catalog=CATALOGUE)
    assert predating(inputs(), context) == (["us.rates.par_10y"], ["us.equity.spx", "us.rates.par_10y"])
    assert [f.value for f in freshness_facts(inputs(), context)] == [1.0, 2.0]


def test_a_closure_is_named_with_the_last_prints_known() -> None:
    found = rules()["freshness"].apply(inputs(), {}, invented_page.context(catalog=CATALOGUE))
    counted, closed = found
    assert isinstance(counted, Finding) and counted.tags == ("freshness", "us.rates.par_10y")
    assert isinstance(closed, Finding) and closed.tags == ("closure", "bls")
    assert closed.text == "US government closed: last payrolls known: {macro.us.payrolls.latest|period}"
    after = invented_page.context(date(2025, 11, 13), catalog=CATALOGUE)
    assert [f.id for f in rules()["freshness"].apply(inputs(), {}, after) if isinstance(f, Finding)] == [
        "freshness.inputs"
    ]

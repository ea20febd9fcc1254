"""Templates: the verb for a move, lengths, order, and what stands there when a fact is missing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

import invented_page
from barograph.core.estimate import Fact, Finding
from barograph.report.blocks import Ref, Text
from barograph.report.narrative.checker import check
from barograph.report.narrative.in_section import compose
from barograph.report.narrative.runs import capital, finding_text, join, tidy, word_count
from barograph.report.narrative.sentences import Narrator
from barograph.report.narrative.setting import formatter, short_day

GOLDEN = invented_page.golden()
SETTING = invented_page.setting(previous=invented_page.page(invented_page.seeded(4)))
SECTIONS = ("curve", "credit", "attribution", "momentum", "regime")


def changed(*new: tuple[str, float | str | None]) -> dict[str, Fact]:
    facts = dict(GOLDEN)
    for id_, value in new:
        facts[id_] = replace(facts[id_], value=value, state="insufficient" if value is None else "ok")
    return facts


def said(text: Text, facts: dict[str, Fact] | None = None) -> str:
    return compose(text, facts or GOLDEN, SETTING, formatter())[0].replace("\u202f", " ")


@pytest.mark.parametrize(
    ("prefix", "change", "z", "verb"),
    [
        ("curve.us.10y", 3.0, 0.5, "edged up"),
        ("curve.us.10y", -3.0, -0.5, "edged down"),
        ("curve.us.10y", 7.0, 1.0, "rose"),
        ("curve.us.10y", -7.0, -1.99, "fell"),
        ("curve.us.10y", 12.0, 2.0, "rose sharply"),
        ("curve.us.10y", -12.0, -2.5, "fell sharply"),
        ("curve.us.10y", 0.0, 0.1, "unchanged"),
        ("curve.us.10y", 0.04, 2.5, "unchanged"),
        ("curve.us.10y", 7.0, None, "rose"),
        ("curve.us.10y", 7.0, -1.2, "rose"),
        ("credit.us.ig.oas", 3.0, 0.5, "edged wider"),
        ("credit.us.ig.oas", -3.0, -1.5, "tightened"),
        ("credit.us.ig.oas", 30.0, 5.0, "widened sharply"),
        ("credit.us.ig.oas", 0.4, 1.5, "unchanged"),
        ("curve.us.2s10s", 3.0, 1.5, "steepened"),
        ("curve.us.2s10s", -3.0, -0.2, "edged flatter"),
    ],
)
def test_the_verb_follows_sign_and_z(prefix: str, change: float, z: float | None, verb: str) -> None:
    facts = changed((f"{prefix}.change_1d", change), (f"{prefix}.z_1d", z))
    n = Narrator(facts, SETTING)
    assert n.verb(prefix) == verb
    for text in (n.moved(prefix), n.moved(prefix, to=False), n.moved(prefix, z=True)):
        assert check(said(text, facts) + ".", facts, SETTING) == [], said(text, facts)


def test_without_a_change_the_level_without_a_level_the_last_value_with_its_day() -> None:
    ten = "curve.us.10y"
    facts = changed((f"{ten}.change_1d", None))
    assert said(Narrator(facts, SETTING).moved(ten), facts) == "10-year yield 4.17%"
    facts = changed((f"{ten}.change_1d", None), (f"{ten}.level", None))
    assert said(Narrator(facts, SETTING).moved(ten), facts) == "10-year yield: no value for the session"
    facts[f"{ten}.last"] = Fact(f"{ten}.last", 4.1, "percent", period=date(2025, 11, 3))
    text = said(Narrator(facts, SETTING).moved(ten), facts)
    assert text == "10-year yield last 4.10% (Mon 3 Nov 2025)"
    assert check(text + ".", facts, SETTING) == []
    assert check(text.replace("3 Nov", "4 Nov").replace("Mon", "Tue") + ".", facts, SETTING) != []


def test_the_golden_day_in_words() -> None:
    n = Narrator(GOLDEN, SETTING)
    assert said(n.headline()) == "Shapeless rise in yields, 10-year yield +8 bp; S&P 500 edged up (+0.37%)"
    assert said(n.deck()).startswith(
        "S&P 500 edged up to 6,796 (+0.37%, +0.4σ). 10-year yield rose to 4.17% (+8 bp, +1.3σ). "
        "IG OAS tightened to 53 bp (−1 bp), below its 5-year average."
    )
    assert said(n.since("attribution")) == (
        "Since 4 Nov: S&P 500 edged up (+0.37%); sector contributions led by communication services (+0.16 pp) and "
        "consumer discretionary (+0.09 pp); laggards information technology (−0.02 pp) and consumer staples "
        "(−0.02 pp); breadth 56%."
    )
    assert said(n.title("curve")) == "Shapeless rise in yields: 10-year yield +8 bp, 2-year yield +5 bp"
    assert said(n.title("ig")) == "IG OAS 53 bp, in the lower third of its range"


def test_since_lines_fit_two_lines_and_name_the_session_before() -> None:
    monday = invented_page.setting(date(2025, 11, 10))
    for seed in range(30):
        facts = invented_page.page(invented_page.seeded(seed), monday.session)
        for section in SECTIONS:
            text = compose(Narrator(facts, monday).since(section), facts, monday, formatter())[0]
            assert text.startswith("Since 7\u202fNov: ") and text.endswith(".")
            assert len(text) <= 260, text


def test_an_empty_page_says_so_in_every_place() -> None:
    n = Narrator({}, SETTING)
    assert said(n.headline(), {}) == "No verdict: the inputs of the session are missing"
    assert said(n.deck(), {}).count("no value for the session.") == 3
    for section in SECTIONS:
        assert said(n.since(section), {}) == "Since 4 Nov: no value for the session."
    assert [n.title(t) for t in ("curve", "ig", "hy", "attribution", "momentum", "assets", "nothing")] == [()] * 7
    assert n.moved_most() == n.ordinary() == ()


def test_a_title_that_the_facts_do_not_bear_is_none() -> None:
    facts = changed(("credit.us.ig.oas.wide_5y", None))
    assert said(Narrator(facts, SETTING).title("ig"), facts) == "IG OAS 53 bp, below its 5-year average"
    facts = changed(("credit.us.ig.oas.wide_5y", None), ("credit.us.ig.oas.avg_5y", None))
    assert Narrator(facts, SETTING).title("ig") == ()


def test_on_a_day_when_all_fell_nobody_led() -> None:
    facts = dict(GOLDEN)
    for id_, fact in GOLDEN.items():
        if id_.endswith(".contribution_1d"):
            facts[id_] = replace(fact, value=fact.number - 1.0)
    text = said(Narrator(facts, SETTING).since("attribution"), facts)
    assert "led by" not in text and "sector contributions leaders communication services" in text
    assert check(text, facts, SETTING) == []


def test_new_prints_are_named_and_old_ones_are_not() -> None:
    facts = dict(GOLDEN)
    same = invented_page.setting(previous=facts)
    assert said(Narrator(facts, same).since("regime"), facts) == "Since 4 Nov: no new print."
    before = dict(facts)
    claims = "macro.us.initial_claims.latest"
    before[claims] = replace(facts[claims], period=date(2025, 9, 13))
    fresh = invented_page.setting(previous=before)
    text = said(Narrator(facts, fresh).since("regime"), facts)
    assert re.fullmatch(r"Since 4 Nov: new: initial claims \d+ thousand \(\w{3} \d+ \w{3} 2025\)\.", text), text
    assert check(text, facts, fresh) == []
    assert [f.token for f in check("Since 4 Nov: no new print.", facts, fresh)] == ["no new print"]


def test_runs_join_tidy_and_count() -> None:
    assert join([("a",), ("b",), (Ref("x"),)]) == ("a, b and ", Ref("x"))
    assert tidy(("", "a", "b", Ref("x"), "")) == ("ab", Ref("x"))
    assert capital(("gold ", Ref("x"))) == ("Gold ", Ref("x"))
    assert word_count(("10-year yield rose ", Ref("x"), " (", Ref("y"), "), a – b; 4\u202fNov.")) == 8


def test_a_findings_placeholders_become_refs() -> None:
    finding = Finding("r", "i", "gold {a.b} ({a.b|period})", ("a.b",))
    assert finding_text(finding) == ("Gold ", Ref("a.b"), " (", Ref("a.b", "period"), ")")


def test_a_far_day_carries_its_year() -> None:
    assert short_day(date(2024, 11, 4), date(2025, 11, 5)).endswith("2024")
    assert "2025" not in short_day(date(2025, 11, 4), date(2025, 11, 5))


@pytest.mark.parametrize(
    ("state", "words"),
    [("bull", "a rise"), ("bear", "a fall"), ("correction", "a pullback in a rise"), ("rebound", "a bounce in a fall")],
)
def test_a_yield_rises_or_falls_and_is_never_bull_or_bear(state: str, words: str) -> None:
    ten = "momentum.us10y.state"
    facts = changed((ten, state), ("momentum.spx.state", state))
    text = said(Narrator(facts, SETTING).since("momentum"), facts)
    assert f"10-year yield in {words}" in text and f"S&P 500 in a {state} state" in text
    assert check(text, facts, SETTING) == []
    others = {"bull": "a fall", "bear": "a rise", "correction": "a bounce in a fall", "rebound": "a pullback in a rise"}
    assert check(f"10-year yield in {others[state]}.", facts, SETTING) != []
    assert check(f"10-year yield in a {state} state.", facts, SETTING) != []
    assert formatter()(facts[ten], "value", SETTING.session) not in ("bull", "bear", "correction", "rebound")

"""Conditions that would prove a claim wrong, and statements about the next session, on invented pages."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest

import invented_page
from barograph.core.estimate import Fact, Finding, Statement
from barograph.findings import rules
from barograph.findings._claims import BAND_EDGE, claim_of
from barograph.findings._thresholds import LABEL_ABOVE
from barograph.findings.condition import parse
from barograph.findings.invalidations import RULES, chance_of, condition_of, edge_facts
from barograph.report.format import printed
from invented_findings import CONTEXT, GOLDEN, changed, run


def test_conditions_parse_and_have_not_fired_when_written() -> None:
    for seed in range(40):
        facts = invented_page.page(invented_page.seeded(seed))
        for finding in run("invalidations", facts):
            assert str(parse(finding.wrong_if)) == finding.wrong_if
            assert finding.tags[0] == "watch"
            if finding.rank > 0:  # beyond the threshold on the day it is written
                raise AssertionError(finding)
    net = Fact("liquidity.us.net.change_13w", -424.0, "usd_bn")
    rank = Fact("megacap.us.correlation_63d.percentile_3y", 14.0, "percent")
    beta = Fact("sensitivity.spx.real10y.kalman.beta", -0.3, "percent")
    premium = {
        f"erp.us.excess_cape_yield{tail}": Fact(f"erp.us.excess_cape_yield{tail}", value, unit)
        for tail, value, unit in (("", 1.48, "percent"), (".median_20y", 3.18, "percent"), (".sd_20d", 24.2, "bp"))
    }
    written = run("invalidations", dict(GOLDEN) | {f.id: f for f in (net, rank, beta)} | premium)
    assert {f.tags[1] for f in written} == set(RULES)
    assert "liquidity.us.net.change_13w > 0 usd_bn on close" in {f.wrong_if for f in written}
    # Two deviations of the 20-session changes are nearer than the median.
    assert "erp.us.excess_cape_yield > 1.97 percent on close" in {f.wrong_if for f in written}
    near = dict(premium) | {
        "erp.us.excess_cape_yield.median_20y": Fact("erp.us.excess_cape_yield.median_20y", 1.6, "percent")
    }
    [alone] = run("invalidations", near)
    assert alone.wrong_if == "erp.us.excess_cape_yield > 1.6 percent on close" and "excess CAPE yield" in str(
        alone.text
    )
    assert "sensitivity.spx.real10y.kalman.beta > 0 percent on close" in {f.wrong_if for f in written}


def test_the_threshold_comes_from_the_frozen_rule() -> None:
    assert str(condition_of("credit", GOLDEN)) == "credit.us.ig.oas.level > 62 bp on close"
    near = dict(GOLDEN) | {"credit.us.ig.oas.sd_20d": Fact("credit.us.ig.oas.sd_20d", 3.0, "bp")}
    assert str(condition_of("credit", near)) == "credit.us.ig.oas.level > 59 bp on close"
    above = changed("credit.us.ig.oas.level", 70.0)
    assert str(condition_of("credit", above)) == "credit.us.ig.oas.level < 61 bp on close"
    low, high = GOLDEN["range.spx.low"].number, GOLDEN["range.spx.high"].number
    inside = condition_of("summary", GOLDEN)
    assert inside is not None and inside.op == "outside" and inside.upper is not None
    assert 0 <= low - inside.threshold < 1 and 0 <= inside.upper - high < 1
    assert str(condition_of("attribution", GOLDEN)) == "equity.us.breadth.advancing < 50 percent on close"
    assert condition_of("credit", changed("credit.us.ig.oas.avg_5y", None)) is None
    assert condition_of("no such section", GOLDEN) is None


def test_the_spread_is_held_against_the_band_that_the_model_gives() -> None:
    band = dict(GOLDEN) | {BAND_EDGE: Fact(BAND_EDGE, 7.3, "bp")}
    level = GOLDEN["credit.us.ig.oas.level"].number
    condition = condition_of("credit", band)
    assert condition is not None and (condition.op, condition.threshold) == (">", math.ceil(level + 7.3))
    assert chance_of("credit", band) == (5.0, "5 sessions") and chance_of("credit", GOLDEN) is None
    assert chance_of("curve", GOLDEN) == (pytest.approx(20.0), "1 session") and chance_of("momentum", GOLDEN) is None


@pytest.mark.parametrize(
    ("label", "p_up", "line", "claim"),
    [
        ("growth_down_inflation_up", 51.0, "regime.us.growth.p_up > 60 percent on close", "growth is going down"),
        ("growth_down_inflation_up", 30.0, "regime.us.growth.p_up > 60 percent on close", "growth is going down"),
        ("growth_up_inflation_down", 49.0, "regime.us.growth.p_up < 40 percent on close", "growth is going up"),
        ("undecided", 51.0, "regime.us.growth.p_up < 50 percent on close", "growth is going up"),
    ],
)
def test_what_would_confirm_the_label_is_not_what_would_prove_it_wrong(
    label: str, p_up: float, line: str, claim: str
) -> None:
    facts = {
        "regime.us.label": Fact("regime.us.label", label, "label"),
        "regime.us.growth.p_up": Fact("regime.us.growth.p_up", p_up, "percent"),
    }
    [found] = run("invalidations", facts)
    assert found.wrong_if == line and claim_of("regime", parse(line), facts) == claim


def test_the_label_s_bar_is_the_setting_of_its_model() -> None:
    settings = tomllib.loads(files("barograph.models").joinpath("registry.toml").read_text("utf-8"))
    assert settings["regime"]["above"] == LABEL_ABOVE


def test_the_parts_of_a_condition_are_facts_and_a_dead_claim_is_named() -> None:
    """The claim of a day on which members fell is dead once they rose; the two rows do not say the same."""
    fell = changed("equity.us.breadth.advancing", 40.0)
    found = {f.id: f for f in run("invalidations", GOLDEN, fell)}
    dead, now = found["invalidation.attribution.previous"], found["invalidation.attribution"]
    claims = [claim_of("attribution", parse(f.wrong_if), facts) for f, facts in ((dead, fell), (now, GOLDEN))]
    assert dead.tags[0] == "fired" and claims == ["more members fall than rise", "more members rise than fall"]
    made = {f.id: f for f in edge_facts(found["invalidation.summary"], GOLDEN, (20.0, "1 session"))}
    edge = made["invalidation.summary.edge.equity.us.spx.level"]
    level = GOLDEN["equity.us.spx.level"].number
    assert edge.low is not None and edge.high is not None and edge.low < level < edge.high
    assert abs(edge.number - level) == pytest.approx(min(level - edge.low, edge.high - level))
    assert printed(edge, "low") == printed(replace(GOLDEN["equity.us.spx.level"], value=edge.low))
    assert printed(made["invalidation.summary.probability"]) == "20%"


def test_yesterdays_condition_is_judged_today_by_the_same_rule() -> None:
    def credit(level: float | None) -> Finding:
        facts = changed("credit.us.ig.oas.level", level)
        facts |= {"credit.us.ig.oas.sd_1d": Fact("credit.us.ig.oas.sd_1d", 2.0, "bp")}
        found = [f for f in run("invalidations", facts, GOLDEN) if f.id == "invalidation.credit.previous"]
        assert [f.wrong_if for f in found] == ["credit.us.ig.oas.level > 62 bp on close"]
        return found[0]

    held, fired, unknown = credit(60.0), credit(66.0), credit(None)
    assert held.tags == ("held", "credit") and held.rank == -1.0
    assert fired.tags == ("fired", "credit") and fired.rank == 2.0
    assert unknown.tags == ("undecided", "credit", "no_sd")


def test_the_distance_is_in_deviations_of_the_level() -> None:
    facts = dict(GOLDEN) | {"equity.us.spx.sd_1d": Fact("equity.us.spx.sd_1d", 1.0, "percent")}
    condition = condition_of("summary", facts)
    found = next(f for f in run("invalidations", facts) if f.id == "invalidation.summary")
    level = facts["equity.us.spx.level"].number
    assert condition is not None and found.rank == pytest.approx(-(level - condition.threshold) / (0.01 * level))


# ------------------------------------------------------------------------------------------------------- statements


def test_a_statement_per_range_due_on_the_next_session() -> None:
    out = rules()["statements"].apply(GOLDEN, {}, CONTEXT)
    assert [type(o) for o in out] == [Statement, Statement]
    spx = out[0]
    assert isinstance(spx, Statement)
    assert (spx.id, spx.made_on, spx.due) == ("range.spx/2025-11-05", date(2025, 11, 5), date(2025, 11, 6))
    assert (spx.fact_id, spx.unit, spx.level) == ("equity.us.spx.level", "index", 0.8)
    assert (spx.low, spx.high) == (GOLDEN["range.spx.low"].value, GOLDEN["range.spx.high"].value)
    friday = invented_page.context(date(2025, 11, 7))
    over = rules()["statements"].apply(GOLDEN, {}, friday)
    assert [o.due for o in over if isinstance(o, Statement)] == [date(2025, 11, 10)] * 2


def test_no_statement_from_half_a_range_or_a_crossed_one() -> None:
    for facts in (changed("range.spx.high", None), changed("range.spx.high", 1.0)):
        out = rules()["statements"].apply(facts, {}, CONTEXT)
        assert [o.fact_id for o in out if isinstance(o, Statement)] == ["curve.us.10y.level"]


def test_statements_name_no_figure_outside_their_fields() -> None:
    for out in rules()["statements"].apply(GOLDEN, {}, CONTEXT):
        assert isinstance(out, Statement)
        assert str(round(out.low)) not in out.text and "2025" not in out.text


def test_a_session_later_nothing_of_a_statement_has_moved() -> None:
    again = rules()["statements"].apply(dict(reversed(GOLDEN.items())), {}, CONTEXT)
    assert again == rules()["statements"].apply(GOLDEN, {}, CONTEXT)
    assert CONTEXT.next_session - CONTEXT.session == timedelta(1)

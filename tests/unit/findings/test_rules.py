"""Each rule on invented pages: what it says, in which order, and what it must not say."""

from __future__ import annotations

import importlib
import math
import pkgutil
import sys
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

import invented_page
from barograph import findings
from barograph.core.errors import CatalogError
from barograph.core.estimate import Fact, Finding, Statement
from barograph.findings import apply_rules, rules
from barograph.findings._claims import BAND_EDGE, claim_of
from barograph.findings._names import asset_prefix, family_of, name_of
from barograph.findings._thresholds import LABEL_ABOVE, band_claims, band_words, move_size
from barograph.findings.condition import parse
from barograph.findings.credit_position import average_word, position
from barograph.findings.curve_move import leg_words, move_words, split_words
from barograph.findings.invalidations import RULES, chance_of, condition_of, edge_facts
from barograph.findings.moves import moved_most, ordinary
from barograph.findings.sector_leaders import ends
from barograph.report.format import printed

GOLDEN = invented_page.golden()
CONTEXT = invented_page.context()


def run(name: str, facts: dict[str, Fact], previous: dict[str, Fact] | None = None) -> list[Finding]:
    out = rules()[name].apply(facts, previous or {}, CONTEXT)
    assert all(isinstance(o, Finding) for o in out)
    return out  # type: ignore[return-value]


def changed(id_: str, value: float | str | None, facts: dict[str, Fact] = GOLDEN) -> dict[str, Fact]:
    state = "insufficient" if value is None else "ok"
    return facts | {id_: replace(facts[id_], value=value, state=state)}


# ------------------------------------------------------------------------------------------------------- listing


def test_every_module_is_one_rule() -> None:
    found = [m.name for m in pkgutil.iter_modules(findings.__path__) if not m.name.startswith("_")]
    named = set(found) - findings.NOT_RULES
    assert len(rules()) == len(named) >= 9
    for name in named:
        module = importlib.import_module(f"barograph.findings.{name}")
        own = [v for k, v in vars(module).items() if hasattr(v, "apply") and not isinstance(v, type)]
        assert own == [module.RULE]


def test_a_module_without_a_rule_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "planted.py").write_text("NOTHING = 1\n")
    monkeypatch.setattr(findings, "__path__", [*findings.__path__, str(tmp_path)])
    with pytest.raises(CatalogError, match=r"findings/planted\.py"):
        rules()
    sys.modules.pop("barograph.findings.planted")


def test_a_new_file_is_a_new_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fresh.py").write_text(
        "class R:\n    name = 'fresh'\n    def apply(self, facts, previous, context):\n        return []\nRULE = R()\n"
    )
    monkeypatch.setattr(findings, "__path__", [*findings.__path__, str(tmp_path)])
    assert "fresh" in rules()
    sys.modules.pop("barograph.findings.fresh")


def test_equal_facts_give_equal_outcomes_whatever_their_order() -> None:
    previous = invented_page.page(invented_page.seeded(3))
    backwards = dict(reversed(GOLDEN.items()))
    assert apply_rules(GOLDEN, previous, CONTEXT) == apply_rules(backwards, previous, CONTEXT)
    ranks = [f.rank for f in apply_rules(GOLDEN, previous, CONTEXT)[0]]
    assert ranks == sorted(ranks, reverse=True)


def test_no_facts_is_a_normal_day() -> None:
    assert apply_rules({}, {}, CONTEXT) == ((), (), ())


def test_findings_rest_on_facts_that_are_there_and_hold_a_value() -> None:
    counted = invented_page.page(invented_page.seeded(11))
    for k, id_ in enumerate(sorted(counted)):
        if k % 3 == 0:
            counted = changed(id_, None, counted)
    found, _, _ = apply_rules(counted, GOLDEN, CONTEXT)
    for finding in found:
        assert all(counted[i].value is not None for i in finding.facts), finding


# ------------------------------------------------------------------------------------------------------- names


def test_names_agree_with_the_models_table_of_assets() -> None:
    from barograph.models.assets import ASSETS

    for asset in ASSETS:
        assert asset_prefix(asset.slug) == asset.prefix
        family = None if asset.family in ("sectors", "mega_caps") else asset.family
        assert family_of(asset.prefix) == family, asset
        plain = asset.label.partition(" (")[0].partition(",")[0]
        assert name_of(asset.prefix) == plain, asset


# ------------------------------------------------------------------------------------------------------- moves


def test_the_five_that_moved_most_are_one_per_family_by_size_of_z() -> None:
    facts = invented_page.page(invented_page.seeded(2))
    most = moved_most(facts)
    z = [abs(facts[f"{p}.z_1d"].number) for p in most]
    assert len(most) == 5 and z == sorted(z, reverse=True)
    assert len({family_of(p) for p in most}) == 5
    for id_, fact in facts.items():
        family = family_of(id_.removesuffix(".z_1d"))
        if id_.endswith(".z_1d") and family in {family_of(p) for p in most}:
            own = next(p for p in most if family_of(p) == family)
            assert abs(fact.number) <= abs(facts[f"{own}.z_1d"].number)
    assert [f.id for f in run("moves", facts) if "moved" in f.tags] == [f"moved.{p}" for p in most]


def test_surprise_counts_and_not_size() -> None:
    facts = changed("crypto.btc.return_1d", 9.0) | changed("crypto.btc.z_1d", 0.3)
    facts = facts | {"crypto.btc.return_1d": replace(GOLDEN["crypto.btc.return_1d"], value=9.0)}
    assert "crypto.btc" not in moved_most(facts, 3)


def test_a_single_share_does_not_speak_for_its_family() -> None:
    facts = dict(GOLDEN) | {"equity.us.nvda.z_1d": Fact("equity.us.nvda.z_1d", 40.0, "sigma")}
    assert "equity.us.nvda" not in moved_most(facts)


def test_ordinary_is_under_one_and_not_shown_above() -> None:
    facts = invented_page.page(invented_page.seeded(2))
    quiet = ordinary(facts)
    assert quiet and not set(quiet) & set(moved_most(facts))
    assert all(abs(facts[f"{p}.z_1d"].number) < 1.0 for p in quiet)
    assert "equity.us.spx" not in ordinary(changed("equity.us.spx.z_1d", -1.0, facts))


def test_sizes_have_frozen_thresholds() -> None:
    sizes = [move_size(z) for z in (0.0, 0.999, -0.999, 1.0, -1.999, 2.0, -7.0)]
    assert sizes == ["edged", "edged", "edged", "plain", "plain", "sharply", "sharply"]


# ------------------------------------------------------------------------------------------------------- extremes


@pytest.mark.parametrize(("value", "side"), [(5.0, "low"), (5.1, None), (94.9, None), (95.0, "high")])
def test_extremes_at_five_and_ninety_five(value: float, side: str | None) -> None:
    found = run("extremes", {"a.b.percentile_5y": Fact("a.b.percentile_5y", value, "percent")})
    assert [f.tags[0] for f in found] == ([side] if side else [])


def test_an_extreme_that_was_one_before_is_not_new() -> None:
    facts = {"a.b.percentile_5y": Fact("a.b.percentile_5y", 99.0, "percent")}
    before = {"a.b.percentile_5y": Fact("a.b.percentile_5y", 60.0, "percent")}
    assert run("extremes", facts, before)[0].tags == ("high", "new")
    assert run("extremes", facts, facts)[0].tags == ("high",)
    low = {"a.b.percentile_5y": Fact("a.b.percentile_5y", 1.0, "percent")}
    assert run("extremes", facts, low)[0].tags == ("high", "new")


def test_the_three_year_window_speaks_only_without_the_five_year_one() -> None:
    three, five = Fact("a.b.percentile_3y", 99.0, "percent"), Fact("a.b.percentile_5y", 50.0, "percent")
    assert run("extremes", {three.id: three, five.id: five}) == []
    gone = replace(five, value=None, state="insufficient")
    assert [f.facts for f in run("extremes", {three.id: three, five.id: gone})] == [(three.id,)]


# ------------------------------------------------------------------------------------------------------- curve


def test_curve_words() -> None:
    # A shape has a name only where the slope's change is unusual.
    assert move_words(GOLDEN) == "shapeless rise in yields"
    both = changed("curve.us.move_1d.leg", "both")
    assert move_words(both) == "almost parallel rise in yields"
    fell = both | changed("curve.us.move_1d", "bull_flattener") | {"curve.us.move_1d.leg": both["curve.us.move_1d.leg"]}
    assert move_words(fell) == "almost parallel fall in yields"
    assert move_words(changed("curve.us.move_1d", "twist_steepener")) == "shapeless move in yields"
    assert move_words(changed("curve.us.move_1d.modest", "no")) == "bear steepener"
    assert move_words(changed("curve.us.move_1d", "bull_parallel")) == "bull parallel move"
    assert move_words(changed("curve.us.move_1d", "unchanged")) == "unchanged curve"
    assert move_words(changed("curve.us.move_1d", None)) is None
    assert leg_words(GOLDEN) == "long end led"
    assert leg_words(changed("curve.us.move_1d", "unchanged")) is None


@pytest.mark.parametrize(("band", "words"), [(3.0, True), (9.0, False), (None, True)])
def test_a_long_move_inside_the_dead_band_is_none(band: float | None, words: bool) -> None:
    facts = changed("curve.us.move_20d", "bear_parallel")
    for id_, value in (
        ("curve.us.2y.change_20d", 4.0),
        ("curve.us.10y.change_20d", 5.0),
        ("curve.us.dead_band_20d", band),
    ):
        facts[id_] = Fact(id_, value, "bp", state="ok" if value else "insufficient")
    assert move_words(facts, "20d") == ("bear parallel move" if words else "no clear move")
    assert (leg_words(facts, "20d") is None) is not words
    # One session has a floor of its own.
    assert move_words(facts | {"curve.us.dead_band_1d": Fact("curve.us.dead_band_1d", 99.0, "bp")}) is not None
    assert "no clear" not in (
        move_words(facts | {"curve.us.dead_band_1d": Fact("curve.us.dead_band_1d", 99.0, "bp")}) or ""
    )


@pytest.mark.parametrize(
    ("real", "breakeven", "part"),
    [(5.0, 3.0, "real"), (3.0, 5.0, "breakeven"), (4.0, 4.0, None), (12.0, -4.0, None), (-4.0, 12.0, None)],
)
def test_which_part_made_up_most_of_the_move(real: float, breakeven: float, part: str | None) -> None:
    facts = changed("curve.us.10y.split_real_1d", real) | {
        "curve.us.10y.split_breakeven_1d": replace(GOLDEN["curve.us.10y.split_breakeven_1d"], value=breakeven)
    }
    assert split_words(facts) == part


# ------------------------------------------------------------------------------------------------------- credit


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (0.0, "near the tight end"),
        (0.10, "near the tight end"),
        (0.2, "in the lower third"),
        (0.35, "in the lower half"),
        (0.45, "just below the middle"),
        (0.5, "at the middle"),
        (0.56, "just above the middle"),
        (0.62, "in the upper half"),
        (0.8, "in the upper third"),
        (0.9, "near the wide end"),
        (1.0, "near the wide end"),
    ],
)
def test_place_in_words(place: float, words: str) -> None:
    assert band_words(place) == words
    assert words in band_claims(place)


def test_the_published_page_was_wrong_about_its_band() -> None:
    # 52.8 between 50 and 55 was called the lower half.
    place = (52.8 - 50.0) / (55.0 - 50.0)
    assert band_words(place) == "just above the middle"
    assert "in the lower half" not in band_claims(place)
    assert "in the upper half" in band_claims(place)


def test_position_needs_both_ends() -> None:
    prefix = "credit.us.ig.oas"
    assert position(GOLDEN, prefix) == pytest.approx((52.8 - 46.1) / (111.2 - 46.1))
    assert average_word(GOLDEN, prefix) == "below"
    assert position(changed(f"{prefix}.wide_5y", None), prefix) is None
    assert position(changed(f"{prefix}.wide_5y", 46.1), prefix) is None
    assert [f.id for f in run("credit_position", changed(f"{prefix}.avg_5y", None))] == ["position.credit.us.hy.oas"]


# ------------------------------------------------------------------------------------------------------- sectors


def test_leaders_from_the_top_and_laggards_from_the_bottom() -> None:
    leaders, laggards = ends(GOLDEN, "return_1d")
    assert [p.rpartition(".")[2] for p in leaders] == [
        "communication_services",
        "consumer_discretionary",
        "industrials",
    ]
    assert [p.rpartition(".")[2] for p in laggards] == ["consumer_staples", "real_estate", "information_technology"]
    few = {i: f for i, f in GOLDEN.items() if ".sector." not in i or "energy" in i or "utilities" in i}
    assert [len(side) for side in ends(few, "return_1d")] == [1, 1]
    assert ends({}, "return_1d") == ([], [])


# ------------------------------------------------------------------------------------------------------- invalidations


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

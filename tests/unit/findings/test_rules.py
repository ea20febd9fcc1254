"""Each rule on invented pages: what it says, in which order, and what it must not say."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import invented_page
from barograph import findings
from barograph.core.errors import CatalogError
from barograph.core.estimate import Fact
from barograph.findings import apply_rules, rules
from barograph.findings._names import asset_prefix, family_of, name_of
from barograph.findings._thresholds import band_claims, band_words, move_size
from barograph.findings.credit_position import average_word, position
from barograph.findings.curve_move import leg_words, move_words, split_words
from barograph.findings.moves import moved_most, ordinary
from barograph.findings.sector_leaders import ends
from invented_findings import CONTEXT, GOLDEN, changed, run

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

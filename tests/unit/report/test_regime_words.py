"""An axis near one half says nothing, and the label is then its rule's; what an axis' table names adds up as printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

import invented_page
from barograph.core.estimate import Fact
from barograph.report.blocks import Mini, Ref, Section
from barograph.report.charts.mini import draw, extent
from barograph.report.format import rounded
from barograph.report.narrative.checker import check
from barograph.report.narrative.in_section import check_section, compose
from barograph.report.narrative.setting import formatter
from barograph.report.page_facts import NAMED, _others, named_inputs
from barograph.report.sections._regime_readings import CURVE, MEAN, PREMIUM, recession_table
from barograph.report.sections._regime_tables import label_line, nowcasts_table, unsaid

SETTING = invented_page.setting()


def axis(up: float) -> dict[str, Fact]:
    return {"regime.us.growth.p_up": Fact("regime.us.growth.p_up", up, "percent", low=up - 9.0, high=up + 7.0)}


def day(facts: dict[str, Fact]) -> Any:
    return SimpleNamespace(facts=facts, has=lambda i: i in facts and facts[i].value is not None)


@pytest.mark.parametrize(("up", "open_"), [(39.9, False), (40.0, True), (51.0, True), (60.0, True), (60.1, False)])
def test_an_axis_between_the_thresholds_says_nothing(up: float, open_: bool) -> None:
    said = unsaid(day(axis(up)))
    assert bool(said) is open_ and (not said or said[0] == "Growth: cannot say (")
    found = check("Growth: cannot say.", axis(up), SETTING)
    assert ([f for f in found if "cannot" in f.token] == []) is open_, found


def test_a_negation_inside_a_claim_is_part_of_it_and_beside_one_is_refused() -> None:
    assert check("Growth: cannot say.", axis(51.0), SETTING) == []
    assert check("10-year yield never rose.", invented_page.golden(), SETTING) != []
    assert check("Inflation: cannot say.", axis(51.0), SETTING) != []


def inputs(count: int, each: float, total: float) -> dict[str, Fact]:
    a = "regime.us.growth"
    facts = {f"{a}.change_3m": Fact(f"{a}.change_3m", total, "sigma"), f"{a}.level": Fact(f"{a}.level", total, "sigma")}
    for k in range(count):
        for kind in ("contribution_3m", "contribution"):
            facts[f"{a}.{kind}.x{k}"] = Fact(f"{a}.{kind}.x{k}", each + 0.01 * k, "sigma")
    return facts


@pytest.mark.parametrize(("count", "each"), [(12, 0.014), (NAMED, 0.0149), (3, -0.005)])
def test_what_is_not_named_and_rounding_make_the_printed_rows_add_up(count: int, each: float) -> None:
    facts = inputs(count, each, 0.337)
    made = {f.id: f for f in _others(facts)}
    named = named_inputs(facts, "growth")
    assert len(named) == min(count, NAMED)
    for kind, end, total in (("contribution_3m", "_3m", "change_3m"), ("contribution", "", "level")):
        rows = [facts[f"regime.us.growth.{kind}.{slug}"] for slug in named] + [
            made[f"regime.us.growth.others_printed{end}"]
        ]
        assert sum(rounded(f) for f in rows) == rounded(facts[f"regime.us.growth.{total}"])


def test_bars_on_a_shared_scale_keep_both_sides_and_what_is_small_is_a_tick() -> None:
    large, small = Mini("bar", (0.25, 0.5, 0.05)), Mini("bar", (-0.04, 0.5, 0.05))
    assert extent([large, small]) == (-1.0, 1.0)
    assert 'class="pos" x="50%" y="3" width="25%"' in draw(large, (-1.0, 1.0))
    assert "tick" in draw(small, (-1.0, 1.0)) and "neg" not in draw(small, (-1.0, 1.0))
    assert extent([replace(large, values=(0.25, 0.5))]) == (0.0, 0.5)


@pytest.mark.parametrize(("month", "mean"), [(date(2025, 7, 1), True), (date(2025, 6, 1), False), (None, True)])
def test_a_mean_stands_only_over_readings_of_like_dates(month: date | None, mean: bool) -> None:
    facts = {i: Fact(i, 20.0, "percent", period=date(2025, 10, 1)) for i in (MEAN, CURVE)}
    if month is not None:
        facts[PREMIUM] = Fact(PREMIUM, 30.0, "percent", period=month)
    made = recession_table(day(facts))
    assert made is not None
    assert any(Ref(MEAN) in row[1].text for row in made.rows) is mean
    assert bool(made.note) is not mean


def test_a_label_that_is_challenged_says_by_what() -> None:
    values = {"label": "growth_down_inflation_up", "challenger": "growth_up_inflation_up"}
    facts = {f"regime.us.{k}": Fact(f"regime.us.{k}", v, "label") for k, v in values.items()}
    for name, n in (("label_sessions", 36.0), ("challenger_sessions", 3.0)):
        facts[f"regime.us.{name}"] = Fact(f"regime.us.{name}", n, "sessions", n=7)
    line = label_line(day(facts))
    assert line is not None
    section = Section(3, "regime", "Regime", "ok", "", 1, 1, (), (line,), "")
    assert check_section(section, facts, SETTING) == []
    words, _ = compose(line.text, facts, SETTING, formatter())
    assert words.endswith("Challenged by growth up inflation up, on 3\u202fsessions of the newest 7.")
    own = "regime.us.quadrant.gd_iu"
    for held, kept in ((60.1, False), (60.0, True), (25.0, True)):
        more = facts | {own: Fact(own, held, "percent")}
        line = label_line(day(more))
        assert line is not None and check_section(replace(section, blocks=(line,)), more, SETTING) == []
        words, _ = compose(line.text, more, SETTING, formatter())
        assert (
            words.startswith("Label kept by its rule: " if kept else "Label: ") and (" today), for " in words) is kept
        )
    alone = label_line(day({i: f for i, f in facts.items() if "challenger" not in i}))
    assert alone is not None and "Challenged" not in "".join(r for r in alone.text if isinstance(r, str))


def test_a_nowcast_that_is_missing_says_why() -> None:
    facts = {
        "nowcast.us.gdp.point": Fact("nowcast.us.gdp.point", 2.7, "percent", n=40, period=date(2018, 10, 1)),
        "nowcast.us.cpi.point": Fact(
            "nowcast.us.cpi.point", None, "percent", state="insufficient", reason="no gasoline"
        ),
    }
    made = day(facts)
    made.ref = lambda i: (Ref(i),) if made.has(i) else ("–",)
    table = nowcasts_table(made)
    assert table is not None and [row[0].below for row in table.rows] == [(), ("no gasoline",)]

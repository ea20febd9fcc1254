"""The bar of the four regimes, and the new charts as JSON, Markdown and HTML."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import regime_page as rp
import report_fixture as fx
from barograph.report import schema, stored
from barograph.report.blocks import Paragraph, PathChart, RegimeBar, RegimeShare, Section, ShareChart, StepChart
from barograph.report.charts import bars
from barograph.report.check import WITHHELD, checked
from barograph.report.narrative.in_section import check_section
from barograph.report.narrative.setting import Setting
from barograph.report.render import html, markdown
from barograph.report.render import json as page_json

RECT = re.compile(r'<rect class="([^"]+)" x="([\d.]+)%"(?: y="\d+")? width="([\d.]+)%"')


def bar_of(*rows: tuple[float | None, float | None]) -> RegimeBar:
    return RegimeBar(
        tuple(RegimeShare(q, rp.NAMES[q], (), share, (), up) for q, (share, up) in zip(rp.NAMES, rows, strict=True))
    )


def pieces(bar: RegimeBar, cls: str) -> list[tuple[float, float]]:
    svg = bars.draw(bar, ["x"] * 4)
    return [(float(x), float(w)) for c, x, w in RECT.findall(svg) if cls in c.split()]


def test_pieces_are_as_wide_as_their_probabilities_and_close_the_bar() -> None:
    found = pieces(rp.bar(), "piece")
    assert [w for _, w in found] == pytest.approx(list(rp.TODAY.values()), abs=0.06)
    left = 0.0
    for x, width in found:
        assert x == pytest.approx(left, abs=0.11)
        left += width
    assert left == pytest.approx(100.0, abs=0.11)


def test_the_lower_bar_splits_each_piece_by_liquidity() -> None:
    bar = bar_of((40.0, 10.0), (30.0, 30.0), (20.0, 0.0), (10.0, 5.0))
    assert pieces(bar, "liq") == [(0.0, 10.0), (40.0, 30.0), (70.0, 0.0), (90.0, 5.0)]
    assert pieces(bar, "ebb") == [(10.0, 30.0), (70.0, 0.0), (70.0, 20.0), (95.0, 5.0)]
    assert 'height="45"' in bars.draw(bar, ["x"] * 4)
    for unknown in (None, 41.0, -1.0):
        without = bar_of((40.0, unknown), (30.0, 30.0), (20.0, 0.0), (10.0, 5.0))
        assert pieces(without, "liq") == pieces(without, "ebb") == []
        assert 'height="34"' in bars.draw(without, ["x"] * 4)


@pytest.mark.parametrize("rows", [
    [(None, None)] * 4, [(50.0, 1.0)] * 4, [(-10.0, 1.0), (60.0, 1.0), (25.0, 1.0), (25.0, 1.0)],
    [(float("nan"), 1.0), (60.0, 1.0), (20.0, 1.0), (20.0, 1.0)], [(0.0, 0.0)] * 4,
])  # fmt: skip
def test_what_is_no_whole_is_an_empty_track(rows: list[tuple[float | None, float | None]]) -> None:
    svg = bars.draw(bar_of(*rows), ["–"] * 4)
    assert 'class="track"' in svg and "piece" not in svg and "<text" not in svg


@given(st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4), st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4))
def test_any_bar_stays_inside_and_is_painted_by_class(parts: list[float], up: list[float]) -> None:
    total = sum(parts)
    if total < 1e-9:
        return
    bar = bar_of(*((100 * p / total, 100 * u * p / total) for p, u in zip(parts, up, strict=True)))
    svg = bars.draw(bar, ["1"] * 4)
    assert not re.search(r'(fill|stroke|style)="', svg) and "nan" not in svg
    for _, x, width in RECT.findall(svg):
        assert 0.0 <= float(x) <= 100.0 and float(x) + float(width) <= 100.11
    assert svg.count("<text") == sum(100 * p / total >= bars.LABELLED for p in parts)


def test_the_four_probabilities_are_facts_in_a_table() -> None:
    page = html.render(rp.report())
    block = page[page.index('<div class="regime">') :]
    block = block[: block.index("</div>")]
    for q in rp.NAMES:
        assert f'data-fact="regime.us.quadrant.p_{q}"' in block
        assert f'data-fact="regime.us.quadrant.p_{q}.change_1d"' in block
    assert block.count('scope="row"') == 4 and 'aria-hidden="true"' in block and "<caption" in block
    assert "Lower bar: liquidity rising, solid, " in block and 'data-fact="regime.us.liquidity.p_up"' in block
    assert re.search(r'<text class="on-gu_id b"[^>]*>85%</text>', block)


def test_markdown_has_the_same_strings() -> None:
    text = markdown.render(rp.report())
    for row in (
        "| Growth up, inflation down | 85% | −0.1\u202fpp |",
        "| Growth down, inflation up | 1% | 0.0\u202fpp |",
    ):
        assert row in text
    assert "Liquidity rising: 34%." in text
    assert "Chart: Stacked areas; probability of four regimes; latest 85%." in text


def test_words_in_a_bar_stay_words() -> None:
    bad = "</table><script>x</script>|*"
    bar = RegimeBar((RegimeShare("gu_id", bad, (bad,), 100.0, (bad,)),), (bad,))
    section = Section(3, "regime", "R", "ok", "", 1, 1, (), (bar,), "")
    page = fx.report(sections=(section,))
    assert "<script>x" not in html.render(page)
    assert f"| {bad} |" not in markdown.render(page)


def test_a_figure_typed_into_the_bar_is_found_and_withheld() -> None:
    setting = Setting(fx.SESSION, fx.PREVIOUS, fx.SESSION + timedelta(1))
    typed = replace(rp.bar(), shares=(replace(rp.bar().shares[0], value=("86%",)), *rp.bar().shares[1:]))
    section = Section(3, "regime", "R", "ok", "", 1, 1, (), (typed,), "")
    page = replace(rp.report(), sections=(section,))
    facts = {f.id: f for f in page.facts}
    assert [f.token for f in check_section(section, facts, setting)] == ["86%"]
    (block,) = checked(page, setting).sections[0].blocks
    assert isinstance(block, RegimeBar) and block.shares[0].value == ("–",)
    assert block.shares[1] == rp.bar().shares[1]
    clean = replace(section, blocks=(rp.bar(),))
    assert check_section(clean, facts, setting) == []
    assert not isinstance(block, Paragraph) and WITHHELD not in str(block)


FULL = jsonschema.Draft202012Validator(schema.schema())


def test_the_page_is_valid_and_read_back_without_loss() -> None:
    page = rp.report()
    text = page_json.render(page)
    document = json.loads(text)
    assert schema.check(document) == []
    FULL.validate(document)
    assert stored.read(text) == page
    assert page_json.render(stored.read(text)) == text
    kinds = {b["chart"]["kind"] for s in document["sections"] for b in s["blocks"] if b["kind"] == "figure"}
    assert {"shares", "path", "steps"} <= kinds
    bare = (ShareChart((), (), "x", 0, None, ()), PathChart(()), StepChart((), (), (), (), "percent", "x", "band"))
    figures = tuple(replace(rp.figures()[0], chart=c) for c in bare)
    empty = replace(page, sections=(Section(3, "regime", "R", "ok", "", 1, 1, (), (RegimeBar(()), *figures), ""),))
    assert stored.read(page_json.render(empty)) == empty
    html.render(empty)
    markdown.render(empty)


SPOILED: tuple[tuple[str, tuple[Any, ...], Any], ...] = (
    ("shares", ("shares", 0, 0), "gu"), ("shares", ("shares", 0, 2, 0), "85"), ("shares", ("boundary",), -1),
    ("shares", ("strip",), "weak"), ("shares", ("bands", 0), ["2007-12-01"]), ("shares", ("dates", 0), "2007"),
    ("path", ("covariance",), [1.0, 2.0]), ("path", ("limit",), 0), ("path", ("points", 0), ["2031-03-12", 1.0]),
    ("steps", ("releases", 0, "tone"), "liquidity"), ("steps", ("final",), 2.9), ("steps", ("decimals",), -1),
    ("regimes", ("shares", 0, "slug"), "r1"), ("regimes", ("shares", 0, "share"), "85%"), ("regimes", ("liquidity",), "34%"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "place", "value"), SPOILED)
def test_a_spoiled_page_is_refused_by_both_checkers(kind: str, place: tuple[Any, ...], value: Any) -> None:
    document = json.loads(page_json.render(rp.report()))
    blocks = [b for s in document["sections"] for b in s["blocks"]]
    blocks += [inner for b in blocks if b["kind"] == "card" for inner in b["blocks"]]
    parent: Any = next(
        c for c in [*blocks, *(b["chart"] for b in blocks if b["kind"] == "figure")] if c["kind"] == kind
    )
    for step in place[:-1]:
        parent = parent[step]
    parent[place[-1]] = value
    assert schema.check(document) != []
    assert not FULL.is_valid(document)


def test_narrow_form_alone_where_a_chart_has_but_one() -> None:
    page = html.render(rp.report())
    for figure in re.findall(r'<figure class="fig [^"]*".*?</figure>', page, re.DOTALL):
        drawn = re.findall(r'<svg class="plot (\w+)" width="(\d+)"', figure)
        assert drawn in ([("only", "344")], [("w", "704"), ("n", "344")])
    path = page[page.index("Far out") :]
    assert 'class="plot only"' in path[: path.index("</figure>")]


def test_the_readouts_of_time_charts_are_on_the_page() -> None:
    page = html.render(rp.report())
    said = re.findall(r'data-say="([^"]*)"', page)
    assert sum("growth up, inflation down 85%" in s or "growth up, inflation down" in s for s in said) == 2
    assert sum("70% band" in s for s in said) == 2
    assert all(len(s.split("|")) <= 120 for s in said)

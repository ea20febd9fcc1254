"""The page's frame: nothing from outside, nothing that could run, the parts in their places, the budget."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

import report_fixture as fx
import report_sections
from barograph.core.errors import InputError
from barograph.report.blocks import Card, Cell, Column, FactList, Figure, Paragraph, Section, Table
from barograph.report.render import _layout, _meta, format_named, formats, html, markdown
from barograph.report.render._embedded import embedded
from barograph.report.words import words

VOID = {"meta", "link", "br", "input", "img", "path", "circle", "rect", "line", "use"}


class Tree(HTMLParser):
    """Elements in order with their attributes and text; fails on a tag that is closed out of turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.found if t == tag]


@pytest.fixture(scope="module")
def page() -> str:
    return html.render(fx.report())


@pytest.fixture(scope="module")
def tree(page: str) -> Tree:
    return Tree(page)


def test_formats_are_found_by_listing_and_each_is_whole() -> None:
    assert formats() == ("html", "json", "markdown")
    for name in formats():
        module = format_named(name)
        assert module.SUFFIX.startswith(".")
        assert module.render(fx.report()).endswith("\n")
    with pytest.raises(InputError, match="html, json, markdown"):
        format_named("docx")


def test_nothing_comes_from_outside(page: str, tree: Tree) -> None:
    loads = ("src", "href", "action", "srcset", "xlink:href")
    addresses = [v for t, attrs in tree.found if t != "a" for k, v in attrs.items() if k in loads]
    assert [a for a in addresses if a and not a.startswith("#")] == ["data:,"]
    # A reader may follow a headline to its publisher; that is no part of showing the page.
    out = [a for a in tree.all("a") if not (a["href"] or "").startswith("#")]
    assert [a["href"] for a in out] == ["https://www.example.org/a.htm", "https://www.example.org/b.htm?x=1"]
    assert all(a["rel"] == "noopener nofollow" and a.keys() == {"href", "rel"} for a in out)
    without = re.sub(r'<a href="https[^"]+" rel="noopener nofollow">', "", page)
    assert not re.search(r"url\((?!#)|@import|https?://(?!www\.w3\.org/2000/svg)", without)


def test_the_policy_allows_the_style_and_the_script_by_hash_and_nothing_else(page: str, tree: Tree) -> None:
    policy = next(a["content"] for a in tree.all("meta") if a.get("http-equiv") == "Content-Security-Policy") or ""
    for tag, body in (("style", r"<style>(.*?)</style>"), ("script", r"<script>(.*?)</script>")):
        found = re.findall(body, page, re.DOTALL)
        assert len(found) == 1
        assert f"{tag}-src 'sha256-{base64.b64encode(hashlib.sha256(found[0].encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert not [a for _, a in tree.found if "style" in a or any(k.startswith("on") for k in a)]


def test_the_script_is_about_a_kilobyte(page: str) -> None:
    assert len(re.findall(r"<script>(.*?)</script>", page, re.DOTALL)[0]) < 1300


def test_structure(page: str, tree: Tree) -> None:
    ids = [a["id"] for _, a in tree.found if "id" in a]
    assert len(ids) == len(set(ids))
    assert len(tree.all("h1")) == 1
    assert not [t for t, _ in tree.found if t in ("h3", "h4")]
    assert [len(tree.all(t)) for t in ("header", "main", "nav", "footer")] == [1, 1, 1, 1]
    targets = [a["href"] for a in tree.all("a") if "rel" not in a]
    assert targets[0] == "#main"
    assert {(t or "")[1:] for t in targets} <= set(ids)
    labels = {(a.get("aria-labelledby") or "") for _, a in tree.found} - {""}
    assert labels <= set(ids)
    assert all(a.get("scope") in ("col", "row") for a in tree.all("th"))
    assert len(tree.all("caption")) == len(tree.all("table"))
    assert page.count(html._meta.TERMS) == 1


def test_every_table_row_has_its_columns(page: str) -> None:
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        counts = {len(re.findall(r"<t[hd][ >]", row)) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)}
        assert len(counts) == 1


def test_figures_are_drawn_twice_beside_text_once(page: str) -> None:
    figures = re.findall(r'<figure class="fig (\w+)".*?</figure>', page, re.DOTALL)
    bodies = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    for place, body in zip(figures, bodies, strict=True):
        widths = re.findall(r'class="plot \w+" width="(\d+)"', body)
        assert widths == (["704", "344"] if place == "main" else ["344"])


def test_alt_texts_are_bound_and_short() -> None:
    for section in report_sections.all_sections():
        for block in section.blocks:
            if isinstance(block, Figure):
                assert 20 < len(words(block.alt, fx.facts(), fx.SESSION)) <= 350


def test_the_session_and_the_clock_are_in_the_masthead(page: str) -> None:
    head = page[page.index("<header") : page.index("</header>")]
    assert "Wednesday 12\u202fMarch\u202f2031" in head
    assert "as known at 2031-03-12 22:00 UTC (18:00 ET)" in head


def test_banners_stand_only_where_there_is_a_reason() -> None:
    quiet = html.render(fx.report(notice=""))
    assert 'class="notice"' not in quiet
    assert 'class="banner"' not in quiet
    loud = html.render(fx.report(sample=True, note="8 March is no trading session"))
    assert loud.count('class="banner"') == 2


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


def hostile_report() -> Any:
    section = Section(
        1, "news", HOSTILE, "degraded", HOSTILE, 1, 2, (), (
            Paragraph((HOSTILE,), "since"),
            Table(HOSTILE, (Column(HOSTILE, "left"), Column("b")), ((Cell((HOSTILE,)), Cell((HOSTILE,), below=(HOSTILE,))),),
                  title=(HOSTILE,), subtitle=HOSTILE, note=(HOSTILE,)),
            FactList(((HOSTILE, (HOSTILE,), (HOSTILE,)),)),
            Card(HOSTILE, (Paragraph((HOSTILE,)),), (1, 12), HOSTILE),
        ), HOSTILE, (), HOSTILE,
    )  # fmt: skip
    base = fx.report(sections=(*report_sections.all_sections(), section), notice=HOSTILE, note=HOSTILE)
    facts = (*base.facts, replace(fx.facts()["curve.us.move_1d"], id="news.title", value=HOSTILE))
    problems = tuple(replace(p, message=HOSTILE, subject=HOSTILE, step=HOSTILE, source=HOSTILE) for p in base.problems)
    return replace(
        base, facts=facts, problems=problems, head=HOSTILE, version=HOSTILE, environment=((HOSTILE, HOSTILE),)
    )


def test_hostile_words_make_no_element() -> None:
    clean, dirty = (
        Tree(html.render(fx.report(sections=report_sections.all_sections()))),
        Tree(html.render(hostile_report())),
    )
    assert len(dirty.all("script")) == len(clean.all("script")) == 2
    assert dirty.all("img") == []
    assert "alert(1)" in "".join(dirty.texts)
    # In Markdown only a code span may hold a bare "<": nothing in it is markup.
    plain = re.sub(r"`[^`\n]*`", "", markdown.render(hostile_report()))
    assert not re.search(r"(?<!\\)<", plain)


@pytest.mark.parametrize("text", ["</script>", "</SCRIPT >", "<!--<script>", "]]>", "\u2028", "&lt;/script>"])
def test_embedded_json_cannot_end_its_element(text: str) -> None:
    out = embedded({text: [text]})
    assert not set("<>&\u2028\u2029") & set(out)
    assert json.loads(out) == {text: [text]}
    assert "</script>" in json.dumps("</script>")  # the standard library alone does not do it


def test_the_budget_holds_for_a_page_of_900_facts() -> None:
    """450 kB, 110 kB packed; the fixture's facts thrice over and every section twice."""
    base = fx.report()
    more = tuple(replace(f, id=f"{f.id}.{k}") for k in (1, 2) for f in base.facts)
    twice = tuple(replace(s, number=s.number + 20, slug=s.slug + "2") for s in base.sections if s.number)
    full = html.render(replace(base, facts=(*base.facts, *more), sections=(*base.sections, *twice)))
    size, packed = len(full.encode()), len(gzip.compress(full.encode(), 9))
    assert len(base.facts) * 3 > 850
    assert (size <= 450_000, packed <= 110_000) == (True, True), (size, packed)


def test_blocks_find_their_places() -> None:
    figure = report_sections.curve().blocks[1]
    side = report_sections.curve().blocks[2]
    note = Paragraph(("words",))
    assert [r.kind for r in _layout.rows((note, figure, side, note, figure))] == ["text", "pair", "text", "half"]
    assert [r.kind for r in _layout.rows((side,))] == ["full"]
    spans = [(1, 8), (9, 12), (1, 5), (6, 12), (1, 4), (5, 8), (9, 12)]
    placed = _layout.places([Card("t", (), s) for s in spans])
    assert [p.tablet for p in placed] == [7, 5, 12, 12, 6, 6, 12]
    assert _layout.places([note, Card("t", (), (9, 12))])[0].css == "g1-8 t7"


def test_the_condition_stands_in_words_with_its_bounds_printed_as_what_they_bound() -> None:
    section = report_sections.all_sections()[0]
    for line, said in (
        ("curve.us.10y.level outside 4.1 to 4.24 percent on close", "10-year yield outside 4.10% to 4.24% on close"),
        ("equity.us.spx.level < 6721 index on close", "S&P 500 below 6,721 on close"),
        ("equity.us.breadth.advancing < 50 percent on close", "breadth below 50% on close"),
        ("no condition: the inputs it needs are missing or old", ""),
    ):
        assert _meta.wrong_words(replace(section, wrong_if=line)) == said

"""Contract 7: the formats agree. Facts parsed from HTML and from Markdown equal those of the JSON.

The parsers here know the formats only, not the renderers. A planted fault in any format must be found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

import report_fixture as fx
import report_sections
from barograph.report.blocks import Paragraph, Ref, Section
from barograph.report.render import html, markdown
from barograph.report.render import json as page_json
from barograph.report.words import unescape_markdown

FIELDS = ("id", "printed", "value", "unit", "state", "period", "known_at", "known_basis")
Facts = dict[str, dict[str, Any]]


class PageParser(HTMLParser):
    """Facts of a page: the embedded table, and every number as it stands in the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[tuple[str, str, str]] = []  # id, part, printed
        self.table: dict[str, Any] = {}
        self._data: tuple[str, str] | None = None
        self._json = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        if "data-fact" in a:
            self._data = (a["data-fact"] or "", a.get("data-part") or "value")
        self._json = tag == "script" and a.get("id") == "facts"

    def handle_data(self, data: str) -> None:
        if self._data:
            self.inline.append((*self._data, data))
            self._data = None
        elif self._json:
            self.table = json.loads(data)
            self._json = False


def from_html(text: str) -> Facts:
    """The embedded table, after every number in the text has been held against it."""
    parser = PageParser(text)
    facts = {f"{row['of']}.{row['name']}": row for row in written_out(parser.table["facts"])}
    for id_, part, printed in parser.inline:
        fact = facts[id_]
        if part == "value":
            assert printed == fact["printed"], id_
        if part in ("value", "low", "high", "n"):
            assert near(printed, fact[part]), (id_, part)
    return {id_: {"id": id_, **{k: fact[k] for k in FIELDS[1:]}} for id_, fact in facts.items()}


def written_out(table: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of an embedded table, as docs/reference/formats.md says to read them."""
    columns, lists = table["columns"], table["lists"]
    out = []
    for row in table["rows"]:
        full = dict(zip(columns, row + [None] * (len(columns) - len(row)), strict=True))
        out.append({c: lists[c][v] if c in lists and v is not None else v for c, v in full.items()})
    return out


def near(printed: str, held: Any) -> bool:
    """Whether a printed number is the held one but for its rounding; words and bounds (`<1%`) are taken as they are."""
    found = re.fullmatch(r"([+\u2212]?)\$?([\d,]+(?:\.(\d+))?(?:E\+\d+)?)(?!\d).*", printed)
    if found is None or not isinstance(held, int | float):
        return (printed == "–") == (held is None)
    value = float(found[2].replace(",", "")) * (-1 if found[1] == "\u2212" else 1)
    # Twelve digits are what the formatter reads.
    return abs(value - held) <= 0.5 * 10.0 ** -len(found[3] or "") + 1e-11 * max(1.0, abs(held))


def from_markdown(text: str) -> Facts:
    """The table at the end, its values typed by their unit."""
    lines = text[text.index("## All facts") :].splitlines()
    rows = [re.split(r"(?<!\\) \| ", line[2:-2]) for line in lines if line.startswith("| `")]
    out: Facts = {}
    for id_, printed, value, unit, state, period, known_at, basis in rows:
        full: Any = unescape_markdown(value)
        if not full:
            full = None
        elif unescape_markdown(unit) != "label":
            full = float(full)
        name = id_.strip("`")
        out[name] = {
            "id": name, "printed": unescape_markdown(printed), "value": full, "unit": unescape_markdown(unit),
            "state": state, "period": period or None, "known_at": known_at or None, "known_basis": basis or None,
        }  # fmt: skip
    return out


def from_json(text: str) -> Facts:
    return {f["id"]: {k: f[k] for k in FIELDS} for f in json.loads(text)["facts"]}


def shown_in(text: str) -> set[str]:
    return {i for i, part, _ in PageParser(text).inline if part == "value"}


@pytest.fixture(scope="module")
def report() -> Any:
    return fx.report()


def test_the_formats_hold_the_same_facts(report: Any) -> None:
    truth = from_json(page_json.render(report))
    assert len(truth) == len(report.facts) > 250
    assert from_html(html.render(report)) == truth
    assert from_markdown(markdown.render(report)) == truth


def test_lineage_reaches_from_the_page_to_the_batch(report: Any) -> None:
    """Numbers of inputs in the embedded table lead to the same stretches as the JSON's lineage."""
    embedded = PageParser(html.render(report)).table
    inputs = written_out(embedded["inputs"])
    at = {f"{row['of']}.{row['name']}": row["inputs"] for row in written_out(embedded["facts"])}
    for fact in json.loads(page_json.render(report))["facts"]:
        for number, piece in zip(at[fact["id"]], fact["lineage"], strict=True):
            got = inputs[number]
            assert [got[k] for k in ("series", "first", "last", "n", "known_at")] == [
                piece[k] for k in ("series", "first", "last", "n", "known_at")
            ]
            assert got["newest_batch"] == f"{piece['batches'][-1]['id']}:{piece['batches'][-1]['sha256'][:16]}"


def test_every_number_of_the_blocks_is_in_the_text_of_all_formats(report: Any) -> None:
    """Each reference stands, as printed, in HTML, in Markdown and in the JSON's parts."""
    wanted: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if set(value) == {"fact", "part", "printed"} and value["part"] == "value":
                wanted.add(value["fact"])
            for v in value.values():
                walk(v)
        elif isinstance(value, list):
            for v in value:
                walk(v)

    document = json.loads(page_json.render(report))
    # An alt text holds plain words, no elements.
    for section in document["sections"]:
        for block in section["blocks"]:
            block.pop("alt", None)
    walk(document["sections"])
    text = html.render(report)
    body = markdown.render(report).partition("## All facts")[0]
    assert wanted == shown_in(text)
    printed = {f["id"]: f["printed"] for f in document["facts"]}
    plain = unescape_markdown(body)
    assert [i for i in wanted if printed[i] not in plain] == []


def test_one_fact_has_one_printed_string_on_the_page(report: Any) -> None:
    seen: dict[str, set[str]] = {}
    for id_, part, printed in PageParser(html.render(report)).inline:
        if part == "value":
            seen.setdefault(id_, set()).add(printed)
    assert {len(v) for v in seen.values()} == {1}
    assert len(seen) > 150


def _change(pattern: str, to: str) -> Callable[[str], str]:
    def apply(text: str) -> str:
        out, n = re.subn(pattern, to, text, count=1)
        assert n == 1, pattern
        return out

    return apply


def _table(change: Callable[[dict[str, Any], int], None]) -> Callable[[str], str]:
    """A change of the row of the 10-year yield in the embedded table."""

    def apply(text: str) -> str:
        start, end = text.index('<script type="application/json" id="facts">') + 43, text.rindex("</script>\n<script>")
        table = json.loads(text[start:end])
        facts = table["facts"]
        of, name = facts["lists"]["of"].index("curve.us.10y"), facts["lists"]["name"].index("level")
        (at,) = [i for i, row in enumerate(facts["rows"]) if row[:2] == [of, name]]
        change(facts, at)
        return text[:start] + json.dumps(table) + text[end:]

    return apply


def _value(facts: dict[str, Any], at: int) -> None:
    facts["rows"][at][2] = 4.271


def _unit(facts: dict[str, Any], at: int) -> None:
    facts["rows"][at][facts["columns"].index("unit")] += 1


def _out(facts: dict[str, Any], at: int) -> None:
    del facts["rows"][at]


HTML_FAULTS = {
    "a printed figure changed": _change(r'(data-fact="curve\.us\.10y\.level">)4\.27%', r"\g<1>4.28%"),
    "an end of an interval changed": _change(r'(data-part="high">[^<]*\d)([^\d<]*<)', r"\g<1>5\g<2>"),
    "another fact's figure": _change(r'data-fact="curve\.us\.10y\.level"', 'data-fact="curve.us.2y.level"'),
    "the table's value changed": _table(_value),
    "another unit in the table": _table(_unit),
    "a fact left out": _table(_out),
}
MARKDOWN_FAULTS = {
    "a printed figure changed": _change(r"(\| `curve\.us\.10y\.level` \| )4\.27%", r"\g<1>4.28%"),
    "a sign lost": _change(r"(\| `curve\.us\.10y\.change_1d` \| )\\?\+7", r"\g<1>7"),
    "a full value changed": _change(r"(\| `curve\.us\.10y\.level` \| 4\.27% \| )4\.27", r"\g<1>4.2699"),
    "a fact left out": _change(r"\| `curve\.us\.7y\.level`[^\n]*\n", ""),
    "a state changed": _change(r"\| insufficient \|", "| ok |"),
}


@pytest.mark.parametrize("name", HTML_FAULTS)
def test_a_planted_fault_in_html_is_found(report: Any, name: str) -> None:
    truth, broken = from_json(page_json.render(report)), HTML_FAULTS[name](html.render(report))
    try:
        agrees = from_html(broken) == truth
    except (AssertionError, KeyError):
        agrees = False
    assert not agrees


@pytest.mark.parametrize("name", MARKDOWN_FAULTS)
def test_a_planted_fault_in_markdown_is_found(report: Any, name: str) -> None:
    broken = MARKDOWN_FAULTS[name](markdown.render(report))
    assert from_markdown(broken) != from_json(page_json.render(report))


def test_awkward_facts_survive_every_format() -> None:
    """Labels with markup in them, values at the ends of what a double holds, facts without period or basis."""
    base = fx.facts()["curve.us.move_1d"]
    number = fx.facts()["curve.us.10y.level"]
    odd = (
        replace(base, id="odd.label", value="a|b <i> \\ *c* `d` & \"e\" 'f'"),
        replace(number, id="odd.tiny.level", value=5e-324),
        replace(number, id="odd.large.level", value=1.7976931348623157e308, unit="index"),
        replace(number, id="odd.third.level", value=1 / 3),
        replace(number, id="odd.minus_zero.change_1d", value=-0.0, unit="bp"),
        replace(number, id="odd.bare.level", period=None, known_at=None, known_basis=None, lineage=()),
    )
    text = Paragraph(tuple(run for f in odd for run in (" and ", Ref(f.id))))
    section = Section(1, "odd", "Odd", "ok", "", 6, 6, (), (text,), "", tuple(f.id for f in odd))
    page = replace(fx.report(sections=(*report_sections.all_sections(), section)), facts=(*fx.report().facts, *odd))
    truth = from_json(page_json.render(page))
    assert from_html(html.render(page)) == truth
    assert from_markdown(markdown.render(page)) == truth

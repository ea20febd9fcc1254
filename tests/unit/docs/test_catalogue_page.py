"""docs/reference/catalogue.md is the catalogue; GLOSSARY.md defines words that are used, each in one sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from barograph.catalog.catalog import Catalog
from barograph.catalog.load import load
from barograph.catalog.reference import reference

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "catalogue.md"
ENTRY = re.compile(r"- \*\*(?P<term>[^*]+)\*\*: (?P<text>.+)")


def test_the_catalogue_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == reference(), "the catalogue changed: run `make docs`"


def test_every_series_unit_and_rule_form_is_on_the_page() -> None:
    text = reference()
    for series in load(sample=True):
        assert f"| `{series.id}` |" in text
        assert series.citation  # printed with the figures, not here
    for form in ("close@NYSE", "weekday:WED+1 13:00", "utc_day_end", "payroll 08:30"):
        assert f"\n{form}" in text
    assert "known_from" in text and "`usd_bn_2017`" in text


def test_a_changed_row_changes_the_page() -> None:
    catalog = load()
    rows = {s.id: s for s in catalog}
    rows["us.vol.vix"] = replace(rows["us.vol.vix"], title="Something else | with a bar")
    changed = reference(Catalog(rows, catalog.closures))
    assert changed != reference() and "Something else \\| with a bar" in changed


def entries() -> list[tuple[str, str]]:
    lines = [x for x in (ROOT / "GLOSSARY.md").read_text("utf-8").splitlines() if x.startswith("- ")]
    found = [ENTRY.fullmatch(x) for x in lines]
    assert all(found), [x for x, f in zip(lines, found, strict=True) if not f]
    return [(f["term"], f["text"]) for f in found if f]


def test_terms_are_in_order_and_defined_in_one_sentence() -> None:
    terms = [t for t, _ in entries()]
    assert terms == sorted(set(terms), key=str.casefold) and len(terms) > 50
    for term, text in entries():
        assert text[0].isupper() and text.endswith(".") and ". " not in text, term


@pytest.fixture(scope="module")
def written() -> str:
    """All text of the program and its documentation, the glossary left aside."""
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.toml"), *(ROOT / "docs").rglob("*.md")]
    return " ".join(re.sub(r"\s+", " ", f.read_text("utf-8")).casefold() for f in [*files, ROOT / "README.md"])


@pytest.mark.parametrize("term", [t for t, _ in entries()])
def test_every_term_is_used(term: str, written: str) -> None:
    words = [term.casefold(), term.casefold().replace(" ", "_"), term.casefold().replace("-", " ")]
    short = {"percentage point": "pp", "basis point": "bp", "tight and wide": "tight", "z-score": "zscore"}
    words.append(short.get(term, words[0]))
    assert any(re.search(rf"(?<![a-z]){re.escape(w)}", written) for w in words), f"{term}: defined, never used"

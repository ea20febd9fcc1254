"""The JSON of a page: valid, read back without loss, and our small checker agrees with a full one."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import jsonschema
import pytest

import report_fixture as fx
from barograph.core.errors import InputError
from barograph.report import schema, stored
from barograph.report.render import json as page_json

FULL = jsonschema.Draft202012Validator(schema.schema())


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(page_json.render(fx.report()))


def test_the_page_is_valid(document: dict[str, Any]) -> None:
    assert schema.check(document) == []
    FULL.validate(document)
    jsonschema.Draft202012Validator.check_schema(schema.schema())


def test_a_stored_page_is_the_same_page() -> None:
    report = fx.report(sample=True, note="a note")
    text = page_json.render(report)
    again = stored.read(text)
    assert again == report
    assert page_json.render(again) == text


def test_equal_reports_give_equal_bytes() -> None:
    assert page_json.render(fx.report()) == page_json.render(fx.report())


def test_what_is_no_page_is_refused_in_four_parts() -> None:
    for text in ("{", "[]", '{"format": "other"}'):
        with pytest.raises(InputError, match="Build the page again"):
            stored.read(text)


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    out = [at] if at else []
    if isinstance(value, dict):
        for k, v in value.items():
            out += _places(v, (*at, k))
    elif isinstance(value, list):
        for i, v in enumerate(value[:3]):
            out += _places(v, (*at, i))
    return out


def _spoil(document: dict[str, Any], place: tuple[Any, ...], rng: random.Random) -> dict[str, Any]:
    out = copy.deepcopy(document)
    parent: Any = out
    for step in place[:-1]:
        parent = parent[step]
    if rng.random() < 0.3:
        del parent[place[-1]]
    elif isinstance(parent, dict) and rng.random() < 0.2:
        parent["surprise"] = 1
    else:
        parent[place[-1]] = rng.choice([None, 3, -2.5, "text", [], {}, True, "2031-03-12", [1, "a"]])
    return out


def test_the_small_checker_gives_the_verdict_of_a_full_one(document: dict[str, Any]) -> None:
    """120 spoiled pages, small ones so that the full validator is quick."""
    rng = random.Random(5)
    small = {**document, "facts": document["facts"][:1], "sections": document["sections"][:2]}
    for section in small["sections"]:
        section["blocks"] = section["blocks"][:3]
    places = _places(small)
    verdicts = []
    for _ in range(120):
        spoiled = _spoil(small, rng.choice(places), rng)
        ours, full = not schema.check(spoiled), FULL.is_valid(spoiled)
        assert ours == full, (schema.check(spoiled)[:3], [e.message for e in FULL.iter_errors(spoiled)][:3])
        verdicts.append(full)
    assert verdicts.count(False) > 60
    assert verdicts.count(True) > 1


def test_a_rule_the_checker_does_not_know_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "schema", lambda: {"type": "object", "maxProperties": 0})
    with pytest.raises(ValueError, match="maxProperties"):
        schema.check({"a": 1})

"""The canonical form of a page: its parts and facts, nothing left out, each number also as it is printed."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from barograph.core.estimate import Fact
from barograph.report.blocks import (
    Agenda,
    BandChart,
    Card,
    CurveChart,
    FactList,
    FanChart,
    Figure,
    Headlines,
    LineChart,
    Paragraph,
    PathChart,
    Ref,
    RegimeBar,
    Report,
    RevisionChart,
    ShareChart,
    StepChart,
    Table,
)
from barograph.report.dates import Style
from barograph.report.format import printed
from barograph.report.words import Facts, fact_for

SUFFIX = ".json"
MEDIA_TYPE = "application/json"
#: Raised when a reader of the old form could misread the new one.
VERSION = 1
KINDS: dict[type, str] = {
    Paragraph: "paragraph",
    Table: "table",
    FactList: "facts",
    Figure: "figure",
    Card: "card",
    Headlines: "headlines",
    Agenda: "agenda",
    CurveChart: "curve",
    LineChart: "line",
    RevisionChart: "revisions",
    ShareChart: "shares",
    PathChart: "path",
    StepChart: "steps",
    FanChart: "fan",
    BandChart: "band",
    RegimeBar: "regimes",
}


def render(report: Report) -> str:
    """The page as JSON text; equal reports give equal bytes."""
    return json.dumps(document(report), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The page as plain dicts and lists, valid against report/schema.json."""
    facts = {f.id: f for f in report.facts}
    out: dict[str, Any] = {"format": "barograph.report", "format_version": VERSION}
    for field in fields(report):
        value = getattr(report, field.name)
        if field.name == "facts":
            out["facts"] = [{**f.to_json(), "printed": printed(f)} for f in value]
        else:
            out[field.name] = _plain(value, facts, report.session, "prose")
    return out


def _plain(value: Any, facts: Facts, session: date, style: Style) -> Any:
    if isinstance(value, Ref):
        fact: Fact = fact_for(value, facts)
        return {
            "fact": value.fact,
            "part": value.part,
            "printed": printed(fact, value.part, session=session, style=style),
        }
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [_plain(v, facts, session, style) for v in value]
    if isinstance(value, dict):
        return {str(k): _plain(v, facts, session, style) for k, v in value.items()}
    if is_dataclass(value):
        inner: Style = "table" if isinstance(value, Table) else style
        out: dict[str, Any] = {"kind": KINDS[type(value)]} if type(value) in KINDS else {}
        for field in fields(value):
            out[field.name] = _plain(getattr(value, field.name), facts, session, inner)
        return out
    return value

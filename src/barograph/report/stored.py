"""Read a page back from its JSON: the parts equal those that were written, so any format can be made from the file."""

from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from barograph.core.errors import InputError
from barograph.core.estimate import Fact, Input
from barograph.core.observation import Untrusted
from barograph.report import blocks
from barograph.report.blocks import Ref, Report
from barograph.report.render.json import KINDS
from barograph.report.schema import check

_TYPES = {kind: type_ for type_, kind in KINDS.items()}


def read(text: str) -> Report:
    """The report of a JSON text.

    Raises
    ------
    InputError
        Not JSON, or not valid against report/schema.json; the first five faults are named.
    """
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise InputError("a stored page", f"no JSON: {error}", "", "Build the page again.") from None
    faults = check(raw)
    if faults:
        raise InputError("a stored page", "; ".join(faults[:5]), "", "Build the page again.")
    return report_of(raw)


def report_of(raw: dict[str, Any]) -> Report:
    """The report of a checked document."""
    values = {f.name: _value(raw[f.name], _hints(Report)[f.name]) for f in fields(Report) if f.name != "facts"}
    return Report(**values, facts=tuple(fact_of_json(f) for f in raw["facts"]))


def fact_of_json(raw: dict[str, Any]) -> Fact:
    """The fact of `Fact.to_json`."""
    return Fact(
        id=raw["id"],
        value=raw["value"],
        unit=raw["unit"],
        low=raw["low"],
        high=raw["high"],
        n=raw["n"],
        state=raw["state"],
        period=date.fromisoformat(raw["period"]) if raw["period"] else None,
        known_at=datetime.fromisoformat(raw["known_at"]) if raw["known_at"] else None,
        known_basis=raw["known_basis"],
        window=raw["window"],
        lineage=tuple(_input(i) for i in raw["lineage"]),
        reason=raw["reason"],
    )


def _input(raw: dict[str, Any]) -> Input:
    return Input(
        series_id=raw["series"],
        first=date.fromisoformat(raw["first"]),
        last=date.fromisoformat(raw["last"]),
        n=raw["n"],
        known_at=datetime.fromisoformat(raw["known_at"]),
        bases=tuple(raw["known_basis"]),
        batches=tuple((b["id"], b["sha256"]) for b in raw["batches"]),
    )


@cache
def _hints(type_: type) -> dict[str, Any]:
    return get_type_hints(type_, localns=vars(blocks) | {"date": date, "datetime": datetime})


def _value(raw: Any, hint: Any) -> Any:
    """`raw` as the type that a field of a block announces."""
    if raw is None or hint is Any:
        return raw
    if isinstance(raw, dict) and set(raw) == {"fact", "part", "printed"}:
        return Ref(raw["fact"], raw["part"])
    if isinstance(raw, dict) and "kind" in raw and raw["kind"] in _TYPES:
        return _built(raw, _TYPES[raw["kind"]])
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        kinds = [a for a in get_args(hint) if a is not type(None)]
        return _value(raw, kinds[0]) if len(kinds) == 1 else raw
    if origin is Literal:
        return raw
    if origin is tuple:
        inner = get_args(hint)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_value(v, inner[0]) for v in raw)
        return tuple(_value(v, h) for v, h in zip(raw, inner, strict=True))
    if origin is dict or hint is dict:
        return raw
    if hint in (date, datetime):
        return hint.fromisoformat(raw)
    if hint is Untrusted:
        return Untrusted(raw)
    if is_dataclass(hint):
        return _built(raw, cast(type, hint))
    return raw


def _built(raw: dict[str, Any], type_: type) -> Any:
    hints = _hints(type_)
    return type_(**{f.name: _value(raw[f.name], hints[f.name]) for f in fields(type_)})

"""`barograph explain`: a number walked back to the raw bytes it came from."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from barograph.core.errors import InputError

if TYPE_CHECKING:
    from barograph.core.estimate import Fact, Input
    from barograph.run.api import Record
    from barograph.run.settings import Settings


def explain_fact(settings: Settings, fact_id: str, as_of: str | None, stored_as_of: str | None, as_json: bool) -> str:
    """The fact, the stretches of series it rests on, their newest observations, batches, requests and payloads."""
    from barograph.run.api import Record

    record = Record(settings=settings)
    facts = {f.id: f for f in record.facts(settings.clock.today if as_of is None else as_of, stored_as_of)}
    if fact_id not in facts:
        near = get_close_matches(fact_id, facts, 3, cutoff=0.5)
        raise InputError(
            f"fact {fact_id}", "no model makes a fact of this id on this day", ", ".join(near), "See `barograph facts`."
        )
    tree = trace(record, facts[fact_id], as_of or settings.clock.today.isoformat(), stored_as_of)
    return json.dumps(tree, ensure_ascii=False, indent=1) if as_json else "\n".join(_lines(tree))


def trace(record: Record, fact: Fact, as_of: str, stored_as_of: str | None) -> dict[str, Any]:
    """The walk as plain data. `intact` says whether the raw bytes on disk still have the sha256 they came with."""
    view = record.as_of(as_of, stored_as_of)
    return {"fact": fact.to_json(), "inputs": [_input(record, view, piece) for piece in fact.lineage]}


def _input(record: Record, view: Any, piece: Input) -> dict[str, Any]:
    series = record.catalog[piece.series_id]
    points = view.series(piece.series_id, start=piece.first, end=piece.last)
    newest = None
    if len(points):
        period, value = points.last
        newest = {
            "period": str(period),
            "value": value,
            "unit": points.unit,
            "known_at": str(points.known_at[-1])[:19] + "Z",
        }
    return {
        "series": piece.series_id,
        "title": series.title,
        "rights": series.rights,
        "first": piece.first.isoformat(),
        "last": piece.last.isoformat(),
        "n": piece.n,
        "known_at": piece.known_at.isoformat(),
        "known_basis": list(piece.bases),
        "newest": newest,
        "batches": [_batch(record, batch_id) for batch_id, _ in piece.batches],
    }


def _batch(record: Record, batch_id: str) -> dict[str, Any]:
    import hashlib

    from barograph.core.errors import DamageError

    batch = record.archive.batch(batch_id)
    try:
        body = record.archive.raw(batch.sha256)
    except DamageError:
        body = b""
    return {
        "id": batch.batch_id,
        "source": batch.source,
        "request": batch.request,
        "stored_at": batch.stored_at.isoformat(),
        "sha256": batch.sha256,
        "bytes": len(body),
        "intact": hashlib.sha256(body).hexdigest() == batch.sha256,
    }


def _lines(tree: dict[str, Any]) -> list[str]:
    fact = tree["fact"]
    value = "no value" if fact["value"] is None else f"{fact['value']} {fact['unit']}"
    about = f", about {fact['period']}" if fact["period"] else ""
    known = f", known at {fact['known_at']}" if fact["known_at"] else ""
    lines = [f"{fact['id']} = {value}  ({fact['state']}{about}{known})"]
    if fact["window"]:
        lines.append(f"  window: {fact['window']}")
    if fact["reason"]:
        lines.append(f"  reason: {fact['reason']}")
    for piece in tree["inputs"]:
        span = piece["first"] if piece["first"] == piece["last"] else f"{piece['first']} to {piece['last']}"
        lines.append(f"  from {piece['series']} ({piece['title']}): {piece['n']} values, {span}")
        if piece["newest"]:
            n = piece["newest"]
            lines.append(f"    newest {n['period']} = {n['value']} {n['unit']}, known at {n['known_at']}")
        lines.append(f"    known_basis {', '.join(piece['known_basis'])}; rights {piece['rights']}")
        for b in piece["batches"]:
            lines.append(f"    batch {b['id']}, {b['source']}, stored {b['stored_at'][:19]}Z: {b['request']}")
            lines.append(f"      raw {b['sha256']} ({b['bytes']:,} bytes, {'intact' if b['intact'] else 'DAMAGED'})")
    return lines

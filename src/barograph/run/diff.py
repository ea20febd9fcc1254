"""`barograph diff`: what became known between two days, as values and as facts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from barograph.core.errors import CoverageError, InputError

if TYPE_CHECKING:
    import polars as pl

    from barograph.archive.view import AsOf
    from barograph.core.series import Series
    from barograph.run.api import Record, When

KINDS = ("new", "revised", "withdrawn", "rebased")


def diff(record: Record, a: When, b: When, match: str = "", stored_as_of: When | None = None) -> dict[str, Any]:
    """What is known at `b` and was not, or otherwise, at `a`, as plain data.

    Parameters
    ----------
    a, b
        Dates (18:00 New York) or timestamps with an offset, the earlier first.
    match
        Only ids of series and facts that begin so.
    stored_as_of
        Both views show only what the archive held then.

    Returns
    -------
    `a`, `b`: the two instants; `series`: a list of changed series with id, title, unit, surprise (robust z, None where
    the series has no usual size) and the lists new, revised, withdrawn, rebased; `facts`: id, unit, a, b, difference
    (None unless both are numbers), state_a, state_b, and both as they are printed. The most surprising first, then by id.

    Raises
    ------
    InputError
        No date, in the future, before the first session, or `b` before `a`.
    CoverageError
        Nothing was known at `a`.
    """
    earlier, later = record.as_of(a, stored_as_of), record.as_of(b, stored_as_of)
    if later.known_at < earlier.known_at:
        raise InputError(
            f"what changed from {a} to {b}", "the second lies before the first", f"barograph diff {b} {a}", "Swap them."
        )
    _known_at_all(earlier, a)
    series = _series(later.differences(earlier), earlier, later, match)
    surprise = {s["id"]: s["surprise"] for s in series}
    return {
        "a": earlier.known_at.isoformat(),
        "b": later.known_at.isoformat(),
        "stored_as_of": earlier.stored_at.isoformat() if earlier.stored_at else None,
        "series": series,
        "facts": _facts(record, a, b, match, stored_as_of, surprise) if earlier.known_at < later.known_at else [],
    }


def _known_at_all(view: AsOf, asked: When) -> None:
    begins = view.begins
    if begins is None or begins > view.known_at:
        raise CoverageError(
            f"what was known at {asked}",
            "the archive holds nothing that was known then" if begins else "the archive holds nothing",
            f"its first value was known at {begins.isoformat()}" if begins else "",
            "Ask for a later day." if begins else "Run `barograph update`.",
        )


def _series(frame: pl.DataFrame, earlier: AsOf, later: AsOf, match: str) -> list[dict[str, Any]]:
    out = []
    for (series_id,), rows in frame.group_by(["series_id"], maintain_order=True):
        if str(series_id).startswith(match):
            out.append(_one(earlier.catalog[str(series_id)], rows, earlier, later))
    return sorted(out, key=lambda s: (s["surprise"] is None, -abs(s["surprise"] or 0.0), s["id"]))


def _one(series: Series, rows: pl.DataFrame, earlier: AsOf, later: AsOf) -> dict[str, Any]:
    """One series: its changes by kind, and the largest z among them."""
    from barograph.models.macro.surprise import usual

    known = usual(series, earlier)
    points = later.series(series.id)
    lists: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    largest = 0.0 if known else None
    for row in rows.iter_rows(named=True):
        entry: dict[str, Any] = {"period": row["period"].isoformat(), "known_at": row["known_at"].isoformat()}
        kind, old, new = row["kind"], row["old"], row["new"]
        z = None
        if kind == "new":
            entry |= {"value": new, "unit": row["new_unit"], "before": _value_before(series, points, row["period"], 1)}
            base = _value_before(series, points, row["period"], known.step.back) if known else None
            if known and base is not None and (base or not known.step.growth):
                z = known.of_change(new, base)
        elif kind == "revised":
            entry |= {"old": old, "new": new, "change": round(new - old, 10), "unit": row["new_unit"]}
            if known and (old or not known.step.growth):
                z = known.of_revision(new, old)
        elif kind == "withdrawn":
            entry |= {"old": old, "unit": row["old_unit"]}
        else:
            entry |= {"old": old, "old_unit": row["old_unit"], "new": new, "new_unit": row["new_unit"]}
        if z is not None and largest is not None and abs(z) > abs(largest):
            largest = z
        lists[kind].append(entry)
    largest = round(largest, 4) if largest is not None and any(lists[k] for k in ("new", "revised")) else None
    return {
        "id": series.id,
        "title": series.title,
        "unit": points.unit,
        "frequency": series.frequency,
        "surprise": largest,
        **lists,
    }


def _value_before(series: Series, points: Any, period: date, back: int) -> float | None:
    from barograph.models.macro.prints import index_before

    upto = points.upto(period)
    at = index_before(series, upto, back) if len(upto) else None
    return None if at is None else float(upto.values[at])


def _facts(
    record: Record, a: When, b: When, match: str, stored: When | None, surprise: dict[str, float | None]
) -> list[dict[str, Any]]:
    """Facts whose value or state differs; one that rests on a single series takes that series' surprise."""
    from barograph.report.format import printed

    one, two = ({f.id: f for f in record.facts(day, stored)} for day in (a, b))
    out = []
    for id_ in sorted(one.keys() | two.keys()):
        old, new = one.get(id_), two.get(id_)
        was, now = (f.value if f else None for f in (old, new))
        states = tuple(f.state if f else "absent" for f in (old, new))
        if not id_.startswith(match) or (was == now and states[0] == states[1]):
            continue
        there = new or old
        assert there is not None
        ids = {p.series_id for p in there.lineage}
        z = surprise.get(next(iter(ids))) if len(ids) == 1 else None
        gap = (
            round(float(now) - float(was), 10)
            if isinstance(was, (int, float)) and isinstance(now, (int, float))
            else None
        )
        out.append(
            {
                "id": id_,
                "unit": there.unit,
                "a": was,
                "b": now,
                "difference": gap,
                "printed_a": printed(old) if old else None,
                "printed_b": printed(new) if new else None,
                "state_a": states[0],
                "state_b": states[1],
                "period": there.period.isoformat() if there.period else None,
                "surprise": z,
            }
        )
    return sorted(out, key=lambda f: (f["surprise"] is None, -abs(f["surprise"] or 0.0), f["id"]))

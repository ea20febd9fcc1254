"""What the reading commands print: series, values as they could be known, vintages, facts."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from barograph.core.errors import CoverageError, InputError
from barograph.core.observation import BASES

if TYPE_CHECKING:
    from barograph.core.series import Series
    from barograph.run.settings import Settings

_BLOCKS = "▁▂▃▄▅▆▇█"


def _record(settings: Settings) -> Any:
    from barograph.run.api import Record

    return Record(settings=settings)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def span_of(text: str, series: Series) -> tuple[date, date]:
    """First and last day of a period given as 2008, 2008-09, 2008-09-30 or 2008-Q3.

    Raises
    ------
    InputError
        None of these.
    """
    try:
        if found := re.fullmatch(r"(\d{4})(?:-?Q([1-4])|-(\d\d))?", text):
            year, quarter, month = int(found[1]), found[2], found[3]
            start = date(year, int(month) if month else 3 * int(quarter) - 2 if quarter else 1, 1)
            months = 1 if month else 3 if quarter else 12
            after = start.year * 12 + start.month - 1 + months
            return start, date(after // 12, after % 12 + 1, 1) - timedelta(1)
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"period {text!r} of {series.id}", "not a period", "2008, 2008-09, 2008-09-30 or 2008-Q3", "Correct it."
        ) from None
    return day, day


def sparkline(values: list[float], width: int = 40) -> str:
    """The last `width` values as a row of blocks."""
    shown = values[-width:]
    low, high = min(shown), max(shown)
    return "".join(_BLOCKS[int(7 * (v - low) / (high - low))] if high > low else _BLOCKS[3] for v in shown)


def show_series(settings: Settings, series_id: str | None, as_of: str | None, stored: str | None, as_json: bool) -> str:
    """`barograph series`: the catalogue's rows, or one of them with what the archive holds."""
    from barograph.run.api import load_catalog

    if series_id is None:
        catalog = load_catalog(settings, settings.archive)
        if as_json:
            return _json([_row(s) for s in catalog])
        width = max(len(s.id) for s in catalog)
        return "\n".join(f"{s.id:<{width}}  {s.frequency}  {s.unit:<14} {s.title}" for s in catalog)
    catalog = load_catalog(settings, settings.archive)
    series = catalog[catalog.resolve(series_id)]
    if as_of is None and not (settings.archive / "journal.db").is_file():
        row = _row(series)
        return _json(row) if as_json else "\n".join([*_lines(row), f"no archive in {settings.archive} yet"])
    record = _record(settings)
    view = record.as_of(settings.clock.today if as_of is None else as_of, stored)
    points, coverage = view.series(series.id), view.coverage(series.id)
    row = _row(series)
    row["coverage"] = [coverage.start.isoformat(), coverage.end.isoformat()] if coverage else None
    row["values"] = len(points)
    row["last"] = None
    if len(points):
        period, value = points.last
        row["last"] = {"period": str(period), "value": value, "known_at": _instant(points.known_at[-1])}
    if as_json:
        return _json(row)
    lines = _lines(row)
    if len(points) > 1:
        lines.append(sparkline([float(v) for v in points.values]))
    return "\n".join(lines)


def _lines(row: dict[str, Any]) -> list[str]:
    return [f"{k + ':':<12}{v}" for k, v in row.items() if v not in (None, "", [])]


def _row(s: Series) -> dict[str, Any]:
    return {
        "id": s.id,
        "title": s.title,
        "unit": s.unit,
        "frequency": s.frequency,
        "release": s.release.text,
        "revises": s.revises,
        "providers": [f"{p.source}:{p.code}" for p in s.providers],
        "rights": s.rights,
        "citation": s.citation,
        "readers": list(s.readers),
    }


def _instant(value: Any) -> str:
    return str(value)[:19] + "+00:00"


def show_asof(
    settings: Settings,
    series_id: str,
    as_of: str | None,
    stored: str | None,
    start: str | None,
    end: str | None,
    as_json: bool,
) -> str:
    """`barograph asof`: period, value, knowledge time and basis of a series at a day."""
    record = _record(settings)
    series = record.catalog[record.catalog.resolve(series_id)]
    first = span_of(start, series)[0] if start else None
    last = span_of(end, series)[1] if end else None
    if first and last and last < first:
        raise InputError(
            f"{series.id} from {start} to {end}",
            "the end lies before the start",
            f"--from {end} --to {start}",
            "Swap them.",
        )
    view = record.as_of(settings.clock.today if as_of is None else as_of, stored)
    looked = view.coverage(series.id)
    if looked is None and stored is None:
        raise _nothing_known(record, series, as_of, stored)
    # What lies after the day of the view is not there to be looked at: `--to 2025` in the middle of 2025 is no fault.
    points = view.series(series.id, start=first, end=last, need=min(last, view.day) if last else None)
    if not len(points) and not (first or last):
        raise _nothing_known(record, series, as_of, stored)
    rows = [
        {"period": str(p), "value": float(v), "known_at": _instant(k), "known_basis": BASES[b]}
        for p, v, k, b in zip(points.periods, points.values, points.known_at, points.basis, strict=True)
    ]
    if as_json:
        through = looked.end.isoformat() if looked else None
        return _json({"series": series.id, "unit": points.unit, "looked_through": through, "values": rows})
    if not rows:
        return f"{series.id}: no value from {start or 'the beginning'} to {end or 'the end'} is known at this as-of"
    head = f"{series.id}, {points.unit}"
    if looked and looked.end < view.day and last is None:
        head += f"; looked at through {looked.end}, not yet through {view.day}"
    return "\n".join(
        [head, *(f"{r['period']}  {r['value']:>14,.6g}  {r['known_at']}  {r['known_basis']}" for r in rows)]
    )


def _nothing_known(record: Any, series: Series, as_of: str | None, stored: str | None) -> CoverageError:
    """Why a series has no value at an as-of, and from when on it has one."""
    held = record.archive.vintages(series.id)
    if stored is not None and len(held):
        return CoverageError(
            f"{series.id} as of {as_of or record.settings.clock.today}, stored as of {stored}",
            "nothing of it was known then and stored by then",
            f"it was first stored at {_instant(held['stored_at'].min())}",
            "Ask for a later --stored-as-of, or leave it out.",
        )
    return CoverageError(
        f"{series.id} as of {as_of or record.settings.clock.today}",
        "nothing was known of it then" if len(held) else "the archive holds nothing of it",
        f"its first value was known at {_instant(held['known_at'].min())}" if len(held) else "",
        "Ask for a later day." if len(held) else "Run `barograph update`.",
    )


def show_vintages(settings: Settings, series_id: str, period: str | None, stored: str | None, as_json: bool) -> str:
    """`barograph vintages`: every value ever held for a series' periods, first print first."""
    from barograph.run.api import resolve_stored

    record = _record(settings)
    series = record.catalog[record.catalog.resolve(series_id)]
    frame = record.archive.vintages(series.id, None, resolve_stored(stored, settings))
    if period is not None:
        begin, end = span_of(period, series)
        frame = frame.filter((frame["period"] >= begin) & (frame["period"] <= end))
    rows = [
        {
            "period": r["period"].isoformat(),
            "known_at": r["known_at"].isoformat(),
            "value": r["value"],
            "unit": series.unit_of(r["known_at"], r["known_basis"], r["stored_at"]),
            "known_basis": r["known_basis"],
            "batch": r["batch_id"],
            "stored_at": r["stored_at"].isoformat(),
        }
        for r in frame.iter_rows(named=True)
    ]
    if as_json:
        return _json({"series": series.id, "unit": series.unit, "vintages": rows})
    if not rows:
        return f"{series.id}: nothing held" + (f" for {period}" if period else "")
    many = len({r["unit"] for r in rows}) > 1
    lines = [
        f"{series.id}, {'unit by vintage' if many else rows[0]['unit']}: {len(rows)} vintage{'' if len(rows) == 1 else 's'}"
    ]
    for r in rows:
        value = "withdrawn" if r["value"] is None else f"{r['value']:,.6g}"
        day = r["known_at"][:16].replace("T", " ")
        lines.append(
            f"{r['period']}  known {day} UTC  {value:>14}  {r['known_basis']:<9} {r['batch']}{'  ' + r['unit'] if many else ''}"
        )
    return "\n".join(lines)


def show_facts(settings: Settings, as_of: str | None, stored: str | None, match: str, as_json: bool) -> str:
    """`barograph facts`: every fact of a day."""
    record = _record(settings)
    made = [f for f in record.facts(settings.clock.today if as_of is None else as_of, stored) if f.id.startswith(match)]
    made.sort(key=lambda f: f.id)
    if as_json:
        return _json({"facts": [f.to_json() for f in made]})
    from barograph.report.format import printed

    if not made:
        return f"no fact of this day has an id that begins with {match!r}"
    width = max(len(f.id) for f in made)
    return "\n".join(
        f"{f.id:<{width}}  {printed(f):>16}  {f.state:<12} {f.period or '':}  {f.window or f.reason or ''}"
        for f in made
    )

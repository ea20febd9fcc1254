"""From a TOML table to a Series, and to the closures and exceptional days that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from barograph.catalog.check import check_keys, check_row, nearest, refuse
from barograph.core.errors import CatalogError
from barograph.core.release import Closure, ReleaseRule
from barograph.core.series import Event, ProviderCode, Series, UnitChange
from barograph.core.time import new_york

#: What the provider `http_csv` may be told about a body.
_OPTIONS = {"date", "column", "date_format", "delimiter", "decimal", "missing", "where"}
_EVENT_KEYS = {"period", "kind", "text", "known_from", "release"}


def series_of(row: Mapping[str, Any], where: str) -> Series:
    """Build the Series of one row; raises CatalogError naming the row, the key and the nearest valid thing."""
    check_keys(row, where)
    try:
        release = ReleaseRule.parse(row["release"])
    except CatalogError as error:
        raise refuse(where, f"bad release rule {row['release']!r}", error.nearest, error.step) from None
    tolerance = row.get("tolerance")
    series = Series(
        id=row["id"],
        title=row["title"],
        block=row["block"],
        unit=row["unit"],
        frequency=row["frequency"],
        stamp=row["stamp"],
        seasonal=row["seasonal"],
        release=release,
        transform=row["transform"],
        revises=row["revises"],
        providers=tuple(_provider(p, where) for p in row["providers"]),
        rights=row["rights"],
        citation=row["citation"],
        kind=row["kind"],
        readers=_words(row["readers"], "readers", where),
        calendar=row.get("calendar", "none"),
        agency=row.get("agency", ""),
        start=row.get("start"),
        eligible_from=row.get("eligible_from"),
        unit_from=tuple(_unit_change(c, where) for c in row.get("unit_from", [])),
        events=tuple(_event(e, where) for e in row.get("events", [])),
        family=row.get("family", False),
        vintages=row.get("vintages", True),
        tolerance=None if tolerance is None else float(tolerance),
        tags=_words(row.get("tags", []), "tags", where),
        weekday=row.get("weekday", ""),
        report=row.get("report", ""),
    )
    check_row(series, where)
    return series


def _words(values: list[Any], key: str, where: str) -> tuple[str, ...]:
    if not all(isinstance(v, str) and v for v in values) or len(set(values)) != len(values):
        raise refuse(where, f"{key} = {values!r}", "words, each once")
    return tuple(values)


def _provider(value: Any, where: str) -> ProviderCode:
    if isinstance(value, str):
        source, _, code = value.partition(":")
        if source and code:
            return ProviderCode(source, code)
    elif isinstance(value, dict) and {"source", "code"} <= value.keys():
        source, code, scale = value["source"], value["code"], value.get("scale", 1.0)
        options = {k: v for k, v in value.items() if k not in ("source", "code", "scale")}
        fits = not options.keys() - (_OPTIONS if source == "http_csv" else set())
        texts = all(isinstance(v, str) and v for v in (source, code, *options.values()))
        if fits and texts and type(scale) in (int, float):
            return ProviderCode(source, code, float(scale), tuple(sorted(options.items())))
    raise refuse(where, f"provider {value!r}", '"fred:PAYEMS" or { source = "fred", code = "WALCL", scale = 0.001 }')


def _unit_change(value: Any, where: str) -> UnitChange:
    if isinstance(value, dict) and value.keys() == {"day", "unit"} and type(value["day"]) is date:
        # A rebase comes with the morning's release; midnight of that day covers every release time.
        return UnitChange(new_york(value["day"], time(0)), str(value["unit"]))
    raise refuse(where, f"unit_from entry {value!r}", '{ day = 2023-09-28, unit = "index" }')


def _event(value: Any, where: str) -> Event:
    if isinstance(value, dict) and {"period", "kind", "text", "known_from"} <= value.keys() <= _EVENT_KEYS:
        days = [value["period"], value["known_from"], value.get("release", value["period"])]
        if all(type(d) is date for d in days) and value["kind"] in ("never", "delayed", "note"):
            return Event(value["period"], value["kind"], str(value["text"]), value["known_from"], value.get("release"))
    raise refuse(
        where, f"event {value!r}", '{ period = 2025-10-01, kind = "never", text = "...", known_from = 2025-11-21 }'
    )


def closure_of(table: Mapping[str, Any], where: str) -> Closure:
    """Build one closure; raises CatalogError where keys are missing or days are out of order."""
    keys = {"title", "start", "end", "backlog", "agencies"}
    if table.keys() != keys or any(type(table[k]) is not date for k in ("start", "end", "backlog")):
        raise refuse(where, f"closure with {', '.join(table)}", f"{', '.join(sorted(keys))}, days as 2025-10-01")
    if not table["start"] <= table["end"] < table["backlog"] or not table["agencies"]:
        raise refuse(
            where, "a closure whose days are out of order, or without agencies", "start, then end, then backlog"
        )
    return Closure(table["start"], table["end"], table["backlog"], tuple(table["agencies"]), table["title"])


def add_days(rows: dict[str, Series], table: Mapping[str, Any], never: bool, where: str) -> None:
    """Hang the events of a `[[release]]` or `[[never]]` table on the rows it names, in place.

    It names rows by `series`, or by `reports` all rows of a publication.
    """
    keys = {"known_from", "text", "period" if never else "days"}
    kind: Any = "never" if never else table.get("kind", "delayed")
    named = table.keys() & {"series", "reports"}
    if (
        table.keys() - {"kind"} - named != keys
        or len(named) != 1
        or type(table["known_from"]) is not date
        or kind not in ("never", "delayed", "note")
    ):
        wanted = ", ".join(sorted({*keys, "series or reports"}))
        raise refuse(where, f"{'never' if never else 'release'} table with {', '.join(table)}", wanted)
    try:
        days: dict[date, date | None] = (
            {_day(table["period"]): None} if never else {_day(p): _day(r) for p, r in table["days"].items()}
        )
    except (ValueError, AttributeError):
        raise refuse(
            where, "a day that is none", "{ 2025-09-01 = 2025-11-20 }", "Write period = release day."
        ) from None
    for series_id in _named(rows, table, where):
        series = rows[series_id]
        added = []
        for period, release in days.items():
            added.append(Event(period, kind, table["text"], table["known_from"], release))
        events = tuple(sorted((*series.events, *added), key=lambda e: e.period))
        rows[series_id] = replace(series, events=events)
        check_row(rows[series_id], where)


def _named(rows: Mapping[str, Series], table: Mapping[str, Any], where: str) -> list[str]:
    """Ids of the rows that a table of days names."""
    if "series" in table:
        for series_id in table["series"]:
            if series_id not in rows:
                raise refuse(where, f"a row for {series_id}, which the catalogue does not hold", "", "Correct the id.")
        return list(table["series"])
    out = []
    for report in table["reports"]:
        found = [i for i, s in rows.items() if s.report == report]
        if not found:
            near = nearest(str(report), {s.report for s in rows.values() if s.report})
            raise refuse(where, f"the report {report!r}, in which no row comes", near)
        out += found
    return out


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return date.fromisoformat(value)

"""What a catalogue row must hold, and what rows must not do to each other. Every refusal has four parts."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from barograph.core.errors import CatalogError
from barograph.core.series import Series
from barograph.core.units import UNITS

#: Models and sections that read series; a row that none of them reads has no business here.
READERS = (
    *("levels", "curve", "credit", "attribution", "momentum", "prints", "ranges", "sources", "positioning"),
    *(
        "growth",
        "inflation",
        "activity",
        "gdp_nowcast",
        "gdp_switching",
        "market_hmm",
        "liquidity",
        "recession",
        "market_regime",
        "inflation_nowcast",
        "shocks",
        "curve_fit",
        "policy_path",
        "path_record",
        "attribution_windows",
        "tilt",
        "megacaps",
        "universes",
        "equity_premium",
        "term_premium",
        "expected_record",
        "credit_band",
        "sensitivity",
        "fan_record",
        "announcements",
    ),
    "explorer",  # `barograph series show` and its page, for rows that no model reads yet
)
#: One packaged file each; `user` holds what people bring themselves.
BLOCKS = (
    *("growth", "labour", "prices", "housing", "money", "rates", "credit", "equity", "volatility", "fx", "commodity"),
    *("crypto", "positioning", "survey"),
    "user",
)
FREQUENCIES = {"D": "day", "W": "week_end", "M": "month_start", "Q": "quarter_start"}
TRANSFORMS = {
    "level": "the value itself",
    "change": "difference to the value before",
    "return": "simple return in per cent",
    "percent_change": "per cent change to the period before",
    "yoy": "per cent change to the same period a year before",
    "growth_saar": "per cent change to the quarter before, compounded to a year",
}
CHOICES: dict[str, tuple[str, ...]] = {
    "frequency": tuple(FREQUENCIES),
    "stamp": tuple(FREQUENCIES.values()),
    "seasonal": ("sa", "nsa", "saar", "none"),
    "rights": ("public", "attribution", "personal", "restricted"),
    "kind": ("level", "rate", "claim", "none"),
    "calendar": ("NYSE", "SIFMA", "24x7", "none"),
    "weekday": ("", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"),
    "transform": tuple(TRANSFORMS),
    "block": BLOCKS,
    "unit": tuple(UNITS),
}
#: Key of a row -> (TOML type, whether it must be there).
KEYS: dict[str, tuple[type | tuple[type, ...], bool]] = {
    "id": (str, True),
    "title": (str, True),
    "block": (str, True),
    "unit": (str, True),
    "frequency": (str, True),
    "stamp": (str, True),
    "seasonal": (str, True),
    "release": (str, True),
    "transform": (str, True),
    "revises": (bool, True),
    "providers": (list, True),
    "rights": (str, True),
    "citation": (str, True),
    "kind": (str, True),
    "readers": (list, True),
    "calendar": (str, False),
    "agency": (str, False),
    "start": (date, False),
    "eligible_from": (date, False),
    "unit_from": (list, False),
    "events": (list, False),
    "family": (bool, False),
    "vintages": (bool, False),
    "tolerance": ((int, float), False),
    "tags": (list, False),
    "weekday": (str, False),
    "report": (str, False),
}
ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
#: Which rule belongs to which frequency; day, weekday and session rules are no use to months and quarters.
_RULES = {
    "D": ("close@", "day", "session+", "weekday:", "utc_day_end"),
    "W": ("day", "weekday:", "session+"),
    "M": ("month_end+", "quarter_end+", "payroll", "h6", "friday_after_month_end+"),
    "Q": ("quarter_end+", "quarter_start+"),
}


def nearest(word: str, words: Iterable[str], n: int = 3) -> str:
    """The words most like `word`, joined, or an empty string."""
    return ", ".join(get_close_matches(word, list(words), n, 0.5))


def refuse(where: str, found: str, near: str = "", step: str = "Correct the row.") -> CatalogError:
    """The error for a row: `where` names the row and its file."""
    return CatalogError(where, found, near, step)


def check_keys(row: Mapping[str, Any], where: str) -> None:
    """Unknown keys, missing keys, wrong types and words outside a closed list raise CatalogError."""
    for key in row:
        if key not in KEYS:
            raise refuse(where, f"unknown key {key!r}", nearest(key, KEYS), "Rename or remove the key.")
    missing = [key for key, (_, must) in KEYS.items() if must and key not in row]
    if missing:
        raise refuse(where, f"no {', '.join(missing)}", "", "Add them; docs/reference/catalogue.md lists the keys.")
    for key, value in row.items():
        kind, _ = KEYS[key]
        # A TOML boolean is no number, though Python takes it for one; a timestamp is no day.
        flag = isinstance(value, bool) and kind is not bool
        if not isinstance(value, kind) or flag or isinstance(value, datetime):
            raise refuse(where, f"{key} = {value!r}", _wanted(kind), "Write the value in the type of the key.")
        if key in CHOICES and value not in CHOICES[key]:
            near = nearest(str(value), CHOICES[key]) or "one of " + ", ".join(c for c in CHOICES[key] if c)
            raise refuse(where, f"unknown {key} {value!r}", near)


def _wanted(kind: type | tuple[type, ...]) -> str:
    names = {str: "text", bool: "true or false", list: "a list", date: "a day such as 2015-10-08", int: "a number"}
    return names[kind[0] if isinstance(kind, tuple) else kind]


def check_row(series: Series, where: str) -> None:
    """What one row says must fit together; raises CatalogError."""
    if not ID.fullmatch(series.id):
        member = "; a member in brackets belongs to its family's row" if "[" in series.id else ""
        raise refuse(where, f"id {series.id!r}{member}", "us.rates.par_10y: lower case, digits, underscores and a dot")
    if not series.title.strip() or not series.citation.strip():
        raise refuse(where, "an empty title or citation", "", "Say what the figures are and whose.")
    _check_calendar(series, where)
    if not series.providers:
        raise refuse(where, "no provider", 'providers = ["fred:PAYEMS"]')
    if any(not math.isfinite(p.scale) or p.scale == 0 for p in series.providers):
        raise refuse(where, "a scale that is zero or no number", "scale = 0.001")
    if not series.readers:
        raise refuse(where, "no reader", ", ".join(READERS), "Name who reads it, or drop the row.")
    strangers = [r for r in series.readers if r not in READERS]
    if strangers:
        raise refuse(where, f"unknown reader {strangers[0]!r}", nearest(strangers[0], READERS) or ", ".join(READERS))
    if series.family and (series.frequency != "D" or series.unit_from or series.events):
        raise refuse(where, "a family that is not daily, or has unit_from or events", "daily members")
    if series.tolerance is not None and not 0 < series.tolerance < math.inf:
        raise refuse(where, f"tolerance = {series.tolerance}", "a positive number in the unit of the row")
    if series.start and series.eligible_from and series.eligible_from < series.start:
        raise refuse(where, f"eligible_from {series.eligible_from} before start {series.start}")
    days = [change.known_at for change in series.unit_from]
    if days != sorted(set(days)) or (series.unit_from and series.unit_from[-1].unit != series.unit):
        raise refuse(where, "unit_from out of order, or not ending in the row's unit", f"unit = {series.unit!r} last")
    strange = [c.unit for c in series.unit_from if c.unit not in UNITS]
    if strange:
        raise refuse(where, f"unit_from names {strange[0]!r}", nearest(strange[0], UNITS))
    _check_events(series, where)


def _check_calendar(series: Series, where: str) -> None:
    stamp = FREQUENCIES[series.frequency]
    if series.stamp != stamp:
        raise refuse(where, f"frequency {series.frequency} with stamp {series.stamp}", f"stamp {stamp}")
    if (series.stamp == "week_end") != bool(series.weekday):
        raise refuse(
            where, f"stamp {series.stamp}, weekday {series.weekday!r}", "weekday always and only with week_end"
        )
    rules = _RULES[series.frequency]
    if not series.release.text.startswith(rules):
        raise refuse(where, f"release rule {series.release.text!r} on frequency {series.frequency}", ", ".join(rules))


def _check_events(series: Series, where: str) -> None:
    periods = Counter(e.period for e in series.events)
    for event in series.events:
        if periods[event.period] > 1:
            raise refuse(where, f"two events for {event.period}", "", "Keep one.")
        if event.kind == "never" and event.release is not None:
            raise refuse(where, f"a release day for {event.period}, which never existed", "", "Keep one of the two.")
        if event.release is not None and event.release <= event.period:
            raise refuse(where, f"{event.period} released on {event.release}", "a day after the period begins")


def collisions(rows: Iterable[Series]) -> list[str]:
    """Rows that claim the same provider code, as sentences; one provider's figure must not appear under two ids."""
    seen: dict[tuple[object, ...], str] = {}
    found = []
    for series in rows:
        for provider in series.providers:
            key = (provider.source, provider.code, provider.options)
            if key in seen:
                found.append(f"{provider.source}:{provider.code} stands in {seen[key]} and in {series.id}")
            seen[key] = series.id
    return found

"""From a `[[feed]]` table to a Feed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from barograph.catalog.agenda import KINDS
from barograph.catalog.check import CHOICES, ID, nearest, refuse
from barograph.core.feed import Feed

#: What a headline may be about; `catalog/themes.toml` says by which words.
THEMES = ("fed", "fiscal", "central_banks", "trade", "politics", "credit", "data")
GIVES = ("news", "calendar")
#: Key of a feed -> whether it must be there.
FEED_KEYS = {
    "id": True,
    "title": True,
    "provider": True,
    "gives": True,
    "rights": True,
    "citation": True,
    "agency": False,
    "themes": False,
    "not_before": False,
    "kind": False,
    "shows": False,
}
SHOWS = ("all", "publications")


def feed_of(table: Mapping[str, Any], name: str) -> Feed:
    """Build a feed; raises CatalogError naming the key and the nearest valid thing."""
    where = f"feed {table.get('id', '?')} in {name}"
    for key in table:
        if key not in FEED_KEYS:
            raise refuse(where, f"unknown key {key!r}", nearest(key, FEED_KEYS) or ", ".join(FEED_KEYS))
    missing = [key for key, must in FEED_KEYS.items() if must and not table.get(key)]
    if missing:
        raise refuse(where, f"no {', '.join(missing)}", 'provider = "rss:https://www.example.org/feed.xml"')
    texts = {k: v for k, v in table.items() if k != "themes"}
    if strange := [k for k, v in texts.items() if not isinstance(v, str)]:
        raise refuse(where, f"{strange[0]} = {table[strange[0]]!r}", "text")
    if not ID.fullmatch(table["id"]):
        raise refuse(where, f"id {table['id']!r}", "us.fed.press: lower case, digits, underscores and a dot")
    source, colon, code = table["provider"].partition(":")
    if not (source and colon and code):
        raise refuse(where, f"provider {table['provider']!r}", "rss:https://www.example.org/feed.xml")
    if table["gives"] not in GIVES:
        raise refuse(where, f"gives = {table['gives']!r}", ", ".join(GIVES))
    if table["rights"] not in CHOICES["rights"]:
        raise refuse(where, f"rights = {table['rights']!r}", ", ".join(CHOICES["rights"]))
    for key, choices in (("kind", KINDS), ("shows", SHOWS)):
        if key in table and (table["gives"] != "calendar" or table[key] not in choices):
            raise refuse(where, f"{key} = {table[key]!r}", f"of a calendar: {', '.join(choices)}")
    themes = table.get("themes", [])
    if not isinstance(themes, list) or any(t not in THEMES for t in themes):
        raise refuse(where, f"themes = {themes!r}", ", ".join(THEMES))
    if not re.fullmatch(r"|([01]\d|2[0-3]):[0-5]\d", table.get("not_before", "")):
        raise refuse(where, f"not_before = {table['not_before']!r}", 'not_before = "08:30", New York')
    return Feed(
        id=table["id"],
        title=table["title"],
        source=source,
        code=code,
        gives=table["gives"],
        rights=table["rights"],
        citation=table["citation"],
        agency=table.get("agency", ""),
        themes=tuple(themes),
        not_before=table.get("not_before", ""),
        kind=table.get("kind", "other"),
        shows=table.get("shows", "all"),
    )

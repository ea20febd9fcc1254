"""A row as TOML: how an imported series gets its place in an archive's own catalogue folder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from barograph.core.feed import Feed
from barograph.core.series import ProviderCode, Series
from barograph.core.time import NEW_YORK


def file_name(series_id: str) -> str:
    """The file of an imported series in `<archive>/catalogue/`.

    >>> file_name("user.cdx_ig")
    'user-user.cdx_ig.toml'
    """
    return f"user-{series_id}.toml"


def row_toml(series: Series) -> str:
    """The row as a TOML file that `load` reads back to an equal Series."""
    lines = ["[[series]]"]
    for key, value in _fields(series):
        if value not in ("", None, (), False) or key in ("revises", "providers", "readers"):
            lines.append(f"{key} = {_value(value)}")
    if not series.vintages:
        lines.append("vintages = false")
    return "\n".join(lines) + "\n"


def feed_toml(feed: Feed) -> str:
    """A feed as a TOML file that `load` reads back to an equal Feed."""
    lines = ["[[feed]]", f"provider = {text(f'{feed.source}:{feed.code}')}"]
    keys = ("id", "title", "gives", "rights", "citation", "agency", "themes", "not_before")
    lines += [f"{key} = {_value(value)}" for key in keys if (value := getattr(feed, key))]
    if feed.gives == "calendar":
        lines += [f"kind = {text(feed.kind)}", f"shows = {text(feed.shows)}"]
    return "\n".join(lines) + "\n"


def _fields(series: Series) -> Iterable[tuple[str, object]]:
    for key in ("id", "title", "block", "unit", "frequency", "stamp", "weekday", "seasonal"):
        yield key, getattr(series, key)
    yield "release", series.release.text
    for key in ("transform", "revises", "providers", "rights", "citation", "kind", "readers", "calendar"):
        yield key, getattr(series, key)
    for key in ("agency", "report", "start", "eligible_from", "family", "tolerance", "tags"):
        yield key, getattr(series, key)
    yield "unit_from", tuple({"day": c.known_at.astimezone(NEW_YORK).date(), "unit": c.unit} for c in series.unit_from)
    yield (
        "events",
        tuple(
            {k: v for k in ("period", "kind", "text", "known_from", "release") if (v := getattr(e, k)) is not None}
            for e in series.events
        ),
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, ProviderCode):
        more = "".join(f", {key} = {text(told)}" for key, told in value.options)
        return f"{{ source = {text(value.source)}, code = {text(value.code)}, scale = {value.scale!r}{more} }}"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return repr(value)


def text(value: str) -> str:
    """A TOML basic string; control characters are escaped, so no title can break out of its line.

    >>> print(text('a "b"'))
    "a \\"b\\""
    """
    plain = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(plain.get(c, c if c.isprintable() else f"\\U{ord(c):08X}") for c in value) + '"'

"""Reads one feed in a process of its own, under limits of memory and time, with no file left to open; `rss` starts it.

In on stdin: one line of JSON (base, latest, most, memory, seconds), then the feed's bytes. Out on stdout: JSON with the
entries as plain text, or what was found instead. Started by its path, so that nothing of the program is loaded with it.
"""

from __future__ import annotations

import codecs
import json
import re
import resource
import sys
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

TITLE, CATEGORY, LINK = 300, 80, 2_000
#: A feed is young: what claims to be older carries a wrong clock.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
DC = "{http://purl.org/dc/elements/1.1/}"
ATOM = "{http://www.w3.org/2005/Atom}"
#: Loaded before the limits: afterwards no file can be opened.
_ENCODINGS = ("utf-16", "iso8859-1", "iso8859-2", "iso8859-15", "cp1250", "cp1251", "cp1252", "koi8-r", "idna")
_TAG = re.compile(r"<[A-Za-z/!?][^<>]*(?:>|$)")
_OPENS = re.compile(r"<[A-Za-z/!?]")
_BREAK = re.compile(r"</?(?:br|p|div|li|tr|td|h[1-6])\b", re.IGNORECASE)
#: Characters that draw nothing and yet are no control characters: fillers, joiners, variation selectors, a blank.
_UNSEEN = frozenset(
    [
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)),
    ]
)
_MARKS = 4  # combining marks in a row; no script of a headline needs more
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_SAFE = "/%:@!$&,;=+~-._"


def limit(memory: int, seconds: int, descriptors: int = 3) -> None:
    """Address space, CPU time, no bytes written to files, no core, and no descriptor beyond the three that are open."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))


def read(spec: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The feed's entries: {"items": [[title, link, time, category]], "left": {why: how many}}, or {"found": words}."""
    try:
        root = fromstring(body.lstrip(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        return {"found": f"a document type or entity declaration ({type(error).__name__}): refused"}
    except (ParseError, ValueError, LookupError) as error:
        return {"found": f"text that is not XML: {str(error)[:120]}"}
    entries = entries_of(root)
    if entries is None:
        return {"found": f"an XML document {root.tag[:60]!r}", "nearest": "rss, rdf:RDF or feed"}
    latest = datetime.fromisoformat(spec["latest"])
    items: list[tuple[str, str, str, str]] = []
    left: dict[str, int] = {}
    seen: set[str] = set()
    for entry in entries[: spec["most"]]:
        found = item_of(entry, spec["base"], latest)
        if isinstance(found, str):
            left[found] = left.get(found, 0) + 1
        elif found[1] not in seen:
            seen.add(found[1])
            items.append(found)
    if len(entries) > spec["most"]:
        left[f"after the first {spec['most']}"] = len(entries) - spec["most"]
    return {"items": items, "left": left}


def entries_of(root: Element) -> list[Element] | None:
    """The entries of RSS 2.0 (in a channel), RSS 1.0 (beside it) or Atom, in their order; None for anything else."""
    kind = local(root.tag)
    if kind == "rss":
        return [e for channel in root if local(channel.tag) == "channel" for e in channel if local(e.tag) == "item"]
    if kind == "RDF":
        return [e for e in root if local(e.tag) == "item"]
    if kind == "feed":
        return [e for e in root if local(e.tag) == "entry"]
    return None


def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]


def item_of(entry: Element, base: str, latest: datetime) -> tuple[str, str, str, str] | str:
    """(title, link, time, category) of an entry, or why it is left out."""
    title = plain(text_of(entry, "title"), TITLE)
    if not any(c.isalnum() for c in title):
        return "without a title"
    link = lawful(link_of(entry), base)
    if link is None:
        return "without a lawful link"
    at = instant(text_of(entry, "pubDate", DC + "date", "published", "updated"))
    if at is None:
        return "without a date that has an offset"
    if at > latest:
        return "dated in the future"
    return title, link, at.isoformat(), plain(category_of(entry), CATEGORY)


def text_of(entry: Element, *names: str) -> str:
    """The text of the first child of one of these names; a bare name means RSS' own or Atom's element."""
    for name in names:
        for child in entry:
            own = not child.tag.startswith("{") or child.tag.startswith((ATOM, "{http://purl.org/rss/1.0/}"))
            if (child.tag == name or (own and local(child.tag) == name)) and (
                text := "".join(child.itertext())
            ).strip():
                return text
    return ""


def link_of(entry: Element) -> str:
    """Atom's alternate, RSS' link, or a guid that says it is one."""
    for child in entry:
        if child.tag == ATOM + "link" and child.get("rel", "alternate") == "alternate" and child.get("href"):
            return child.get("href", "")
    if text := text_of(entry, "link"):
        return text
    for child in entry:
        if local(child.tag) == "guid" and child.get("isPermaLink", "true") == "true":
            return (child.text or "") if (child.text or "").strip().startswith(("http://", "https://")) else ""
    return ""


def category_of(entry: Element) -> str:
    """RSS' text or Atom's term."""
    for child in entry:
        if local(child.tag) == "category":
            return (child.text or "").strip() or child.get("label", "") or child.get("term", "")
    return ""


def plain(text: str, most: int) -> str:
    """Words without tags, entities, control, direction and unseen characters; NFC, one space between, cut at `most`.

    >>> plain("A &amp;lt;b&amp;gt;rate&amp;lt;/b&amp;gt; \\u202ecut\\u200b", 40)
    'A rate cut'
    """
    text = text[:20_000]
    for _ in range(6):  # what is taken out may leave a tag behind that was not one before
        bare = unescape(_TAG.sub(lambda m: " " if _BREAK.match(m[0]) else "", text))
        bare = "".join(" " if c.isspace() else c for c in bare if c.isspace() or not _unseen(c))
        bare = _few_marks(unicodedata.normalize("NFC", bare))
        if bare == text:
            break
        text = bare
    if _OPENS.search(text):
        text = text.replace("<", " ")
    words = " ".join(text.split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _unseen(c: str) -> bool:
    return ord(c) in _UNSEEN or unicodedata.category(c)[0] == "C"


def _few_marks(text: str) -> str:
    out, run = [], 0
    for c in text:
        run = run + 1 if unicodedata.category(c)[0] == "M" else 0
        if run <= _MARKS:
            out.append(c)
    return "".join(out)


def lawful(text: str, base: str) -> str | None:
    """An absolute http or https address without user, quotes, brackets or spaces in it, or None.

    >>> lawful("/a (b).htm", "https://example.org/feed.xml")
    'https://example.org/a%20%28b%29.htm'
    >>> lawful("java\\tscript:alert(1)", "https://example.org/")
    """
    text = text.strip()
    if not text or len(text) > LINK or "\\" in text or any(unicodedata.category(c)[0] == "C" for c in text):
        return None
    try:
        parts = urlsplit(urljoin(base, text))
        host = (parts.hostname or "").encode("idna").decode("ascii").casefold()
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host) or len(host) > 253:
        return None
    path, query, fragment = (quote(p, safe=_SAFE) for p in (parts.path or "/", parts.query, parts.fragment))
    made = urlunsplit((parts.scheme, host + port, path, query, fragment))
    return made if len(made) <= LINK else None


def instant(text: str) -> datetime | None:
    """A time with its offset, RFC 822 or ISO 8601, as UTC; None where there is none, or no offset.

    >>> instant("Wed, 05 Nov 2025 14:00:00 -0500").isoformat()
    '2025-11-05T19:00:00+00:00'
    >>> instant("2025-11-05T14:00:00")
    """
    text = text.strip()
    if len(text) > 64:
        return None
    try:
        at = datetime.fromisoformat(text) if _ISO.fullmatch(text) else parsedate_to_datetime(text)
        if at.tzinfo is None and text.endswith("-0000"):  # UTC, says RFC 5322, by a clock of another zone
            at = at.replace(tzinfo=UTC)
        if at.tzinfo is None:
            return None
        at = at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at >= EARLIEST else None


def prepare() -> None:
    """Load what parsing may ask for, while files can still be opened."""
    for name in _ENCODINGS:
        codecs.lookup(name)
    "\u00fc.example".encode("idna")


def answer(reader: Callable[[dict[str, Any], bytes], dict[str, Any]], descriptors: int = 3) -> int:
    """Read what was sent, under its limits, answer in JSON; any failure becomes a sentence."""
    spec = json.loads(sys.stdin.buffer.readline())
    limit(spec["memory"], spec["seconds"], descriptors)
    try:
        said = reader(spec, sys.stdin.buffer.read())
    except MemoryError:
        return 1
    except Exception as error:  # foreign bytes: whatever they do to a library, the parent gets a sentence
        said = {"found": f"{type(error).__name__}: {str(error)[:120]}"}
    sys.stdout.write(json.dumps(said))
    sys.stdout.flush()
    return 0


def main() -> int:
    """Read one feed."""
    prepare()
    return answer(read)


if __name__ == "__main__":
    sys.exit(main())

"""News feeds: RSS 2.0, RSS 1.0 (RDF) and Atom, one request per feed of the catalogue; its code is its address.

A feed is foreign text. It is read in a process of its own under limits (`_rss_child`), any document type is refused,
titles become plain words, links must be http or https. An entry without a date is given none of ours: it is left out
and counted. `Request.note` is the latest time that an entry may carry and, where the feed has one, the time of day in
New York before which nothing of it counts as published.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

from barograph.core.observation import NewsItem, Untrusted
from barograph.core.series import Series
from barograph.core.time import NEW_YORK, new_york
from barograph.sources._protocol import Job, Partial, Request
from barograph.sources._wire import refuse

MOST_BYTES, MOST_ENTRIES = 512_000, 200
MEMORY, CPU_SECONDS, WALL_SECONDS = 256 << 20, 5, 15
#: Clocks differ; what claims to be published later than this from now is refused.
AHEAD = timedelta(days=1)
_CHILD = Path(__file__).with_name("_rss_child.py")


class RssSource:
    """Headlines as their publishers wrote them: title, link, time. Texts behind the links are never fetched."""

    name = "rss"
    title = "News feeds"
    hosts: tuple[str, ...] = ()
    terms = "Feeds of public bodies, and your own: titles are quoted with their link; each feed's terms are its row's."
    key: Literal["none", "optional", "required"] = "none"
    shape_tested_only = True
    per_host = 6  # every feed has a host of its own

    def plan(self, job: Job) -> list[Request]:
        """One request per feed: a feed says what it holds now, whatever the window."""
        note = (job.now + AHEAD).astimezone(UTC).isoformat()
        return [
            Request(self.name, feed.code, (), (feed.id,), job.window, note=f"{note} {feed.not_before}".strip())
            for feed in job.feeds
            if feed.gives == "news"
        ]

    def follow(self, request: Request, body: bytes) -> list[Request]:
        """Nothing: a feed comes in one piece."""
        return []

    def parse(self, body: bytes, request: Request, catalog_series: dict[str, Series]) -> Partial:
        """The headlines of a feed in its order, at most 200; what was left out stands beside them.

        Raises
        ------
        SourceError
            More than 512 kB, no feed, a document type declaration, a reader stopped by its limits, or entries of which
            not one could be taken.
        """
        if not body.strip():
            refuse(request, "an empty body")
        if len(body) > MOST_BYTES:
            refuse(request, f"a feed of {len(body):,} bytes", f"{MOST_BYTES:,} bytes")
        if (
            body[:300]
            .lstrip(b"\xef\xbb\xbf \t\r\n")
            .lower()
            .startswith((b"<!doctype html", b"<html", b"<head", b"<body"))
        ):
            refuse(request, "an HTML page where a feed was asked for")
        answer = _ask_child(body, request)
        if "items" not in answer:
            refuse(request, str(answer.get("found")), str(answer.get("nearest", "")))
        left = ", ".join(f"{n} {why}" for why, n in answer["left"].items())
        if left and not answer["items"]:
            refuse(request, f"entries, but none of use: {left}")
        [feed] = request.series
        floor = request.note.partition(" ")[2]
        items = [
            NewsItem(feed, url, _published(at, floor), Untrusted(title), Untrusted(category))
            for title, url, at, category in answer["items"]
        ]
        return Partial(items, f"entries left out: {left}" if left else "")


def _published(at: str, floor: str) -> datetime:
    """The entry's time, on its day in New York not before `floor`: some are stamped while still under embargo."""
    instant = datetime.fromisoformat(at)
    if not floor:
        return instant
    day = instant.astimezone(NEW_YORK).date()
    return max(instant, new_york(day, time.fromisoformat(floor)))


def _ask_child(body: bytes, request: Request) -> dict[str, Any]:
    spec = {
        "base": request.url,
        "latest": request.note.split()[0],
        "most": MOST_ENTRIES,
        "memory": MEMORY,
        "seconds": CPU_SECONDS,
    }
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(_CHILD)],
            input=json.dumps(spec).encode() + b"\n" + body,
            capture_output=True,
            timeout=WALL_SECONDS,
            env={},  # nothing of the user's environment, keys above all
            check=False,
        )
    except subprocess.TimeoutExpired:
        refuse(request, f"a feed not read within {WALL_SECONDS} s")
    if child.returncode != 0 or not child.stdout:
        refuse(request, f"a feed whose reader was stopped by its limits ({MEMORY >> 20} MB, {CPU_SECONDS} s of CPU)")
    answer: dict[str, Any] = json.loads(child.stdout)
    return answer


SOURCE = RssSource()
